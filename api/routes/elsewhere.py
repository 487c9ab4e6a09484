"""Signing in by the office's provider or its work app, there and back."""

from html import escape

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.desk import Desk, TheDesk
from api.elsewhere import TERM, Elsewhere, back_of
from api.homes import home_of
from api.routes.login import address_of, set_session
from api.sign_in import Wait, admit_proven
from appeals.errors import NotAllowed, NotFound, Unavailable
from appeals.seals import KeyRing

router = APIRouter(prefix="/api", tags=["session"], include_in_schema=False)

_ON = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta http-equiv="refresh" content="0;url={home}"><title>登录</title>'
    '<p>已登录。<a href="{home}">进入工作页面</a></p></html>'
)
_NO = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>登录</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<p>没有登录成：{why}</p><p><a href="/login">返回登录页</a></p></html>'
)


@router.get("/session/{way}")
def there(desk: TheDesk, request: Request, way: str) -> Response:
    """Send the browser to where one signs in; 404 where none of this kind is configured."""
    provider, ring = _both(desk, way)
    try:
        agent = request.headers.get("user-agent", "")
        where, kept = provider.begin(ring, desk.clock(), agent)
    except Unavailable as error:
        return _silent(provider, error)
    answer = RedirectResponse(where, 303)
    # Lax: the way back comes from another site.
    answer.set_cookie(
        f"wangge-{way}", kept, max_age=int(TERM.total_seconds()), path=back_of(way),
        httponly=True, secure=desk.settings.accounts.https, samesite="lax",
    )  # fmt: skip
    return answer


@router.get("/session/{way}/back")
def back(
    desk: TheDesk,
    request: Request,
    way: str,
    state: str = Query(default="", max_length=200),
    code: str = Query(default="", max_length=4000),
) -> Response:
    """Begin the session of whom the provider names, and lead to the page of their work."""
    provider, ring = _both(desk, way)
    kept, now = request.cookies.get(f"wangge-{way}", ""), desk.clock()
    try:
        found = admit_proven(
            desk,
            lambda: provider.finish(ring, now, kept=kept, state=state, code=code),
            address_of(request),
        )
    except NotAllowed:
        why = f"{provider.label}没有通过，或该人员尚未在本系统登记、已停用、须用动态验证码登录。"
        return HTMLResponse(_NO.format(why=escape(why)), 403)
    except Unavailable as error:
        return _silent(provider, error)
    if isinstance(found, Wait):
        seconds = int(found.time.total_seconds()) + 1
        why = f"失败次数过多，请在 {seconds} 秒后再试。"
        return HTMLResponse(_NO.format(why=why), 429, {"Retry-After": str(seconds)})
    person, secret = found
    # A page and no redirect: a cookie that is Strict does not go along a way that began elsewhere.
    answer = HTMLResponse(_ON.format(home=escape(home_of(person.roles))))
    set_session(desk, answer, secret)
    answer.delete_cookie(f"wangge-{way}", path=back_of(way))
    return answer


def _silent(provider: Elsewhere, error: Unavailable) -> Response:
    why = escape(f"{provider.label}没有应答，请稍后再试，或用本系统的用户名登录。（{error}）")
    return HTMLResponse(_NO.format(why=why), 503)


def _both(desk: Desk, way: str) -> tuple[Elsewhere, KeyRing]:
    provider = desk.elsewhere.get(way)
    if provider is None:
        raise NotFound("people do not sign in elsewhere here")
    if desk.ring is None:
        raise Unavailable("this server has no keys")
    return provider, desk.ring

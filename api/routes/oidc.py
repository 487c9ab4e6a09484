"""统一身份认证: signing in by the provider of the office, there and back."""

from html import escape

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from api.desk import Desk, TheDesk
from api.homes import home_of
from api.oidc import BACK, TERM, Provider, begin, finish
from api.routes.login import address_of, set_session
from api.sign_in import admit_proven
from appeals.errors import NotAllowed, NotFound, Unavailable
from appeals.seals import KeyRing

router = APIRouter(prefix="/api", tags=["session"], include_in_schema=False)

_COOKIE = "wangge-oidc"
_ON = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8">'
    '<meta http-equiv="refresh" content="0;url={home}"><title>登录</title>'
    '<p>已登录。<a href="{home}">进入工作页面</a></p></html>'
)
_NO = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>登录</title>'
    '<p>没有登录成：{why}</p><p><a href="/login">返回登录页</a></p></html>'
)


@router.get("/session/oidc")
def there(desk: TheDesk) -> Response:
    """Send the browser to the provider; 404 where none is configured."""
    provider, ring = _both(desk)
    where, kept = begin(provider, ring, desk.clock())
    answer = RedirectResponse(where, 303)
    # Lax: the way back comes from another site.
    answer.set_cookie(
        _COOKIE, kept, max_age=int(TERM.total_seconds()), path=BACK, httponly=True,
        secure=desk.settings.accounts.https, samesite="lax",
    )  # fmt: skip
    return answer


@router.get("/session/oidc/back")
def back(
    desk: TheDesk,
    request: Request,
    state: str = Query(default="", max_length=200),
    code: str = Query(default="", max_length=4000),
) -> Response:
    """Begin the session of whom the provider names, and lead to the page of their work."""
    provider, ring = _both(desk)
    kept = request.cookies.get(_COOKIE, "")
    try:
        proven = finish(provider, ring, desk.clock(), kept=kept, state=state, code=code)
        person, secret = admit_proven(desk, proven, address_of(request))
    except NotAllowed:
        why = "统一身份认证没有通过，或该人员尚未在本系统登记、已停用。"
        return HTMLResponse(_NO.format(why=why), 403)
    # A page and no redirect: a cookie that is Strict does not go along a way that began elsewhere.
    answer = HTMLResponse(_ON.format(home=escape(home_of(person.roles))))
    set_session(desk, answer, secret)
    answer.delete_cookie(_COOKIE, path=BACK)
    return answer


def _both(desk: Desk) -> tuple[Provider, KeyRing]:
    if desk.provider is None:
        raise NotFound("people do not sign in elsewhere here")
    if desk.ring is None:
        raise Unavailable("this server has no keys")
    return desk.provider, desk.ring

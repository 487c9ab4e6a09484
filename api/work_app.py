"""The sign-in of a work app (企业微信, 政务微信 of a site's own): OAuth, yet not OpenID Connect.

The browser goes to the app and comes back with a code. The server asks for a token of its own by
the secret of the application, and with both for the name of the person. A fault is a number within
an answer of 200. The app says nothing of a second factor.

Source: 企业微信开发者中心, 网页授权登录, 扫码授权登录, 获取access_token, 全局错误码.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from api.elsewhere import (
    Proven,
    ask,
    back_of,
    check_address,
    come_back,
    set_out,
    subject_of,
    with_query,
)
from appeals.errors import InputError, NotAllowed, Unavailable
from appeals.seals import KeyRing

WAY: Final = "work-app"

_STALE: Final = frozenset({40014, 42001})  # the token was taken back, or is over
_BAD_CODE: Final = frozenset({40029, 41008})
_EARLY: Final = timedelta(minutes=5)
_LONGEST: Final = timedelta(hours=2)


@dataclass(slots=True, repr=False, eq=False)
class WorkApp:
    """An application within a work app, by its addresses: each private installation has others.

    ``authorize_url`` is for browsers within the app, ``scan_url`` shows all others a code to scan;
    where it is empty these are sent to the first too. ``address`` is that of our pages.
    """

    label: str
    authorize_url: str
    scan_url: str
    token_url: str
    person_url: str
    corp_id: str
    agent_id: str
    secret: str
    address: str
    _token: tuple[str, datetime] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        for name in ("authorize_url", "scan_url", "token_url", "person_url", "address"):
            if name != "scan_url" or self.scan_url:
                check_address(f"work_app.{name}", getattr(self, name))
        for name in ("label", "corp_id", "agent_id", "secret"):
            if not getattr(self, name):
                raise InputError(f"work_app.{name}: is empty")

    def subject(self, name: str) -> str:
        """Give by what a person is bound to the app's name of them, whose case says nothing."""
        return subject_of(f"{WAY} {self.corp_id}", name.lower())

    def begin(self, ring: KeyRing, now: datetime, agent: str) -> tuple[str, str]:
        """Give the address to which the browser goes, and what its cookie holds, sealed."""
        state, kept = set_out(ring, WAY, now, {})
        asked = {
            "appid": self.corp_id,
            "redirect_uri": self.address + back_of(WAY),
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
            "agentid": self.agent_id,
        }
        if self.scan_url and "wxwork" not in agent.lower():
            return with_query(self.scan_url, asked), kept
        return with_query(self.authorize_url, asked) + "#wechat_redirect", kept

    def finish(self, ring: KeyRing, now: datetime, *, kept: str, state: str, code: str) -> Proven:
        """Say who came back, by the app's name of them."""
        come_back(ring, WAY, now, kept=kept, state=state)
        told = self._person(code, now)
        if told.get("errcode") in _STALE:  # before its time: the app may take it back
            self._token = None
            told = self._person(code, now)
        if told.get("errcode") in _BAD_CODE:
            raise NotAllowed("the work app does not accept the code")
        _check(told)
        name = told.get("userid") or told.get("UserId")  # older installations write it so
        if not isinstance(name, str):
            raise NotAllowed("the work app knows nobody of the office by this code")
        return Proven(self.subject(name), two_factors=False)

    def _person(self, code: str, now: datetime) -> Mapping[str, Any]:
        query = {"access_token": self._access(now), "code": code}
        return ask(with_query(self.person_url, query))

    def _access(self, now: datetime) -> str:
        """Give the application's token, asked for anew a little before it is over."""
        if self._token is not None and now < self._token[1]:
            return self._token[0]
        told = ask(with_query(self.token_url, {"corpid": self.corp_id, "corpsecret": self.secret}))
        _check(told)
        token, lasts = told.get("access_token"), told.get("expires_in")
        if not isinstance(token, str) or not isinstance(lasts, int):
            raise Unavailable("the work app gives no token")
        self._token = token, now + min(timedelta(seconds=max(lasts, 0)), _LONGEST) - _EARLY
        return token


def _check(told: Mapping[str, Any]) -> None:
    """Refuse an answer that holds a fault; its own words are not repeated."""
    code = told.get("errcode", 0)
    if code != 0:
        number = code if isinstance(code, int) else "that is no number"
        raise Unavailable(f"the work app answers with errcode {number}")

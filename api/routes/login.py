"""登录: the page, and the session of the person who signed in."""

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field

from api.admission import Caller, TheCaller, cookie_name
from api.answers import answer
from api.demo_people import list_people
from api.desk import Desk, TheDesk
from api.homes import home_of
from api.problems import problem
from api.sign_in import Attempt, Wait, change_password, sign_in, sign_out
from appeals.people.roles import ROLE_WORDS
from maps.sheet import login_page

router = APIRouter(prefix="/api", tags=["session"])
pages = APIRouter(include_in_schema=False)

_WORD: Final = 200


class SigningIn(BaseModel):
    """Who says who they are."""

    model_config = ConfigDict(extra="forbid")
    login: str = Field(min_length=1, max_length=_WORD)
    password: str = Field(min_length=1, max_length=_WORD)
    code: str = Field(default="", max_length=20, description="number of the second factor")


class NewPassword(BaseModel):
    """One's own password, old and new."""

    model_config = ConfigDict(extra="forbid")
    old: str = Field(min_length=1, max_length=_WORD)
    new: str = Field(min_length=1, max_length=_WORD)


@pages.get("/login")
def page(desk: TheDesk) -> Response:
    """Give the page on which one signs in, and out."""
    settings = desk.settings
    return HTMLResponse(
        login_page(
            settings.jurisdiction.name,
            demo=settings.demo,
            elsewhere={way: one.label for way, one in desk.elsewhere.items()},
        ),
        headers={"Cache-Control": "no-cache"},
    )


@router.get("/demo/people", summary="The people of a demo, with their passwords")
def demo_people(desk: TheDesk) -> Response:
    """List whom one may sign in as; 404 anywhere but in a demo."""
    return answer({"items": list_people(desk)})


@router.post("/session", summary="Sign in", status_code=204)
def begin(desk: TheDesk, request: Request, said: SigningIn) -> Response:
    """Begin a session; 403 where name, password or number is wrong, 429 with a time to wait."""
    before = request.cookies.get(cookie_name(desk))
    attempt = Attempt(said.login, said.password, said.code, address_of(request), before)
    return _begun(desk, sign_in(desk, attempt))


@router.get("/session", summary="Who has signed in")
def who(desk: TheDesk, caller: TheCaller) -> Response:
    """Give name, roles, rights, the page of the person's work and the jurisdiction's name.

    ``open`` is true where one need not sign in: the site has no accounts, or is a demo.
    """
    return answer(session_of(desk, caller))


def session_of(desk: Desk, caller: Caller) -> dict[str, object]:
    """Give what a page is told of who has signed in."""
    person = caller.person
    return {
        "open": caller.open,
        "demo": desk.demo_people is not None,
        "jurisdiction": desk.settings.jurisdiction.name,
        "login": person.login if person else None,
        "name": person.name if person else None,
        "roles": [ROLE_WORDS[role] for role in person.roles] if person else [],
        "rights": sorted(caller.rights),
        "home": home_of(person.roles) if person else "/",
    }


@router.delete("/session", summary="Sign out", status_code=204)
def end(desk: TheDesk, request: Request, caller: TheCaller) -> Response:
    """End the session and take the cookie back."""
    if caller.person is None:
        return problem(409, "only a person has a session")
    name = cookie_name(desk)
    sign_out(desk, caller.person.login, request.cookies.get(name, ""))
    response = Response(status_code=204)
    response.delete_cookie(name, path="/", secure=desk.settings.accounts.https, httponly=True)
    return response


@router.post("/session/password", summary="Change one's own password", status_code=204)
def password(desk: TheDesk, request: Request, caller: TheCaller, said: NewPassword) -> Response:
    """Set the password anew; every other session of the person ends."""
    if caller.person is None:
        return problem(409, "only a person has a password")
    login = caller.person.login
    return _begun(desk, change_password(desk, login, said.old, said.new, address_of(request)))


def _begun(desk: Desk, secret: str | Wait) -> Response:
    if isinstance(secret, Wait):
        seconds = str(int(secret.time.total_seconds()) + 1)
        return problem(429, "too many failures: wait", headers={"Retry-After": seconds})
    response = Response(status_code=204)
    set_session(desk, response, secret)
    return response


def set_session(desk: Desk, response: Response, secret: str) -> None:
    """Give the browser the cookie of a session, out of reach for scripts and other sites."""
    response.set_cookie(
        cookie_name(desk),
        secret,
        path="/",
        max_age=int(desk.settings.accounts.session_h * 3600),
        httponly=True,
        secure=desk.settings.accounts.https,
        samesite="strict",
    )


def address_of(request: Request) -> str:
    """Give the address from which a request came."""
    return request.client.host if request.client else "unknown"

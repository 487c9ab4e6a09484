"""Who may come in: asked once for every route, before anything of it runs.

As long as no person exists, whoever reaches the pages is the operator, and they are bound to
loopback. From the first person on, everybody comes with a session's cookie or a machine's token;
a demo alone, which is bound to loopback for good, stays open beside its people.

An unsafe method is answered only where the request comes from a page of ours, which the browser
itself says in ``Sec-Fetch-Site`` or ``Origin``; a cookie without either is refused. A page that
sends what was done earlier says whose it is in ``Wangge-Login``: another's session is refused.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Final
from urllib.parse import unquote, urlsplit

from fastapi import Depends, Request

from alerts.duty.store import duties_held
from api.desk import Desk
from api.rights import ROUTES
from appeals.database import Connection, reading, writing
from appeals.errors import NotAllowed, NotSignedIn
from appeals.people.roles import Right, StaffRole, rights_of, viewer_as
from appeals.people.store import Person, any_person, find_person
from appeals.privacy import Role, Viewer
from appeals.sessions.store import Terms, find_session, note_use
from appeals.tokens.store import find_token
from grids.units.store import units_below

_SAFE: Final = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: as whom they look, what they may do, and the person where it is one.

    ``person`` is ``None`` for a machine and for the operator of a site without accounts; ``open``
    is true for the latter alone.
    """

    viewer: Viewer
    rights: frozenset[Right]
    person: Person | None = None
    open: bool = False

    def said_by(self, who: str) -> str:
        """Give who does something: the person, or on a site without accounts the name typed."""
        return who if self.open else self.viewer.actor


OPERATOR: Final = Caller(Viewer("loopback", Role.OPERATOR), frozenset(Right), open=True)
"""Whoever sits before a site that has no accounts."""


def admit(request: Request) -> None:
    """Let a request in and keep its caller in ``request.state``, or refuse it.

    Raises
    ------
    NotSignedIn
        Nobody knows who asks.
    NotAllowed
        They have no right to this route, or another site's page sent them.
    """
    desk: Desk = request.app.state.desk
    right = ROUTES[f"{request.method} {request.scope['route'].path}"]
    machine = "authorization" in request.headers
    if request.method not in _SAFE and not machine:
        _refuse_foreign(request, desk)
    if right is None:
        return
    caller = caller_of(request, desk)
    meant = request.headers.get("wangge-login")
    if meant is not None and caller.person is not None and unquote(meant) != caller.person.login:
        raise NotSignedIn("this was done by somebody else than who has signed in")
    if right not in caller.rights:
        raise NotAllowed("your role has no right to this")
    request.state.caller = caller


def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


TheCaller = Annotated[Caller, Depends(_caller)]


def caller_of(request: Request, desk: Desk) -> Caller:
    """Say who asks, by what the request carries and what holds at this moment.

    Raises
    ------
    NotSignedIn
        Nobody knows.
    NotAllowed
        The site has no accounts and was reached under a name that is not this machine's.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    secret = request.cookies.get(cookie_name(desk))
    with reading(desk.engine) as connection:
        # A demo is open to who has not signed in, as a site without accounts is.
        if not any_person(connection) or (desk.demo_people and not scheme and not secret):
            return _operator(request, desk)
        if scheme:
            return _machine(connection, given.strip(), desk) if scheme == "Bearer" else _nobody()
        if secret is None:
            return _nobody()
        now = desk.clock()
        session = find_session(connection, secret, now, terms(desk))
        found = find_person(connection, session.login) if session else None
        if session is None or found is None or found[0].disabled_at is not None:
            return _nobody()
        person = found[0]
        roles = person.roles
        area = units_below(connection, person.areas) if person.areas else frozenset()
        held = duties_held(connection, person.login, now) if StaffRole.LIAISON in roles else ()
    if session.stale:
        with writing(desk.engine) as connection:
            note_use(connection, secret, now)
    viewer = viewer_as(person.login, roles, area, (*person.duties, *held))
    return Caller(viewer, rights_of(roles), person)


def viewer_now(request: Request) -> Viewer | None:
    """Give who reads a request that goes on, ``None`` where it would not be let in any more.

    Sessions and shifts end meanwhile, rights are taken and areas changed.
    """
    try:
        admit(request)
    except (NotSignedIn, NotAllowed):
        return None
    viewer: Viewer = request.state.caller.viewer
    return viewer


def terms(desk: Desk) -> Terms:
    """Give how long a session lasts here."""
    accounts = desk.settings.accounts
    return Terms(timedelta(minutes=accounts.idle_min), timedelta(hours=accounts.session_h))


def cookie_name(desk: Desk) -> str:
    """Give the cookie's name; its prefix makes the browser hold it to this host and to HTTPS."""
    return "__Host-wangge" if desk.settings.accounts.https else "wangge"


def _operator(request: Request, desk: Desk) -> Caller:
    # A page of elsewhere whose name is made to point here would read everything.
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname
    if desk.hosts and host not in desk.hosts:
        raise NotAllowed("without accounts the pages answer under the names of this machine only")
    return OPERATOR


def _machine(connection: Connection, secret: str, desk: Desk) -> Caller:
    token = find_token(connection, secret, desk.clock())
    if token is None:
        return _nobody()
    return Caller(Viewer(f"token {token.name}", Role.PLANNER), frozenset(token.scopes))


def _nobody() -> Caller:
    raise NotSignedIn("sign in first")


def _refuse_foreign(request: Request, desk: Desk) -> None:
    headers = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        ours = site == "same-origin"
    elif origin is not None:
        told = urlsplit(origin)
        ours = told.netloc == headers.get("host")
        ours = ours and (told.scheme == "https" or not desk.settings.accounts.https)
    else:
        ours = not request.cookies  # no browser: it has nothing that a page could misuse
    if not ours:
        raise NotAllowed("a page of another site may not do this")

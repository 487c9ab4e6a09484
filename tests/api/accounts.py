"""A door with people: one of each role, a clock that a test sets, sessions without a hash."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

from fastapi.testclient import TestClient

from api.app import create_app
from appeals.audit.chain import first_break
from appeals.audit.store import entries
from appeals.database import Engine, reading, writing
from appeals.passwords import hash_password
from appeals.people.roles import Right, StaffRole, has_area
from appeals.people.store import Person, add_person
from appeals.seals import KeyRing
from appeals.sessions.store import Terms, begin_session
from appeals.tokens.store import Token, add_token
from tests.api.conftest import NOW
from wangge.handover import Handover
from wangge.serve import taking
from wangge.settings import Settings

PASSWORD = "correct horse battery"
ORIGIN = {"Origin": "http://testserver"}
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238
TERMS = Terms(timedelta(minutes=60), timedelta(hours=12))
STREET = "street:990101001"


@cache
def hashed() -> str:
    return hash_password(PASSWORD)


@dataclass
class Door:
    """The application, its database and its clock."""

    client: TestClient
    engine: Engine
    ring: KeyRing
    now: list[datetime] = field(default_factory=lambda: [NOW])

    def later(self, **time: float) -> None:
        self.now[0] += timedelta(**time)

    def sign_in(self, login: str, password: str = PASSWORD, code: str = "", **headers: str) -> int:
        said = {"login": login, "password": password, "code": code}
        answer = self.client.post("/api/session", json=said, headers=ORIGIN | headers)
        return answer.status_code

    def come_as(self, login: str) -> None:
        """Begin a session without proving anything."""
        with writing(self.engine) as connection:
            secret = begin_session(connection, login, self.now[0], TERMS)
        self.client.cookies.clear()
        self.client.cookies.set("wangge", secret)

    def token(self, *scopes: Right) -> dict[str, str]:
        token = Token(f"t{len(scopes)}", scopes, self.now[0], self.now[0] + timedelta(days=1))
        with writing(self.engine) as connection:
            return {"Authorization": f"Bearer {add_token(connection, token, by='test')}"}

    def acts(self) -> list[tuple[str, str]]:
        """Who did what, as the unbroken chain of the audit has it; without what the test did."""
        with reading(self.engine) as connection:
            found = list(entries(connection))
        assert first_break(found) is None
        return [(one.actor, one.act) for one in found if one.actor != "test"]


def people(ring: KeyRing) -> Iterator[tuple[Person, str | None]]:
    """One person of each role, called like it; the system administrator first."""
    yield (
        Person("system_admin", "系统", (StaffRole.SYSTEM_ADMIN,)),
        ring.hide(SECRET, row="factor system_admin"),
    )
    for role in StaffRole:
        if role is not StaffRole.SYSTEM_ADMIN:
            of_area = has_area([role])
            yield Person(role.value, "某人", (role,), (STREET,) if of_area else ()), None


@contextmanager
def open_door(engine: Engine, ring: KeyRing, **accounts: object) -> Iterator[Door]:
    settings = Settings(accounts=accounts)  # type: ignore[arg-type]
    now = [NOW]
    clock: Callable[[], datetime] = lambda: now[0]  # noqa: E731
    with writing(engine) as connection:
        for person, factor in people(ring):
            said = {"by": "test", "now": NOW}
            add_person(connection, person, password=hashed(), factor=factor, **said)  # type: ignore[arg-type]
    take = taking(Handover(engine, settings, ring, clock))
    app = create_app(engine, settings, take=take, clock=clock, ring=ring)
    with TestClient(app) as client:
        yield Door(client, engine, ring, now)

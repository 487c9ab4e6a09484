"""The people of the office in and out of the database. Nobody is ever removed, only disabled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from appeals.audit.store import append_entry
from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.errors import Conflict, InputError, NotFound
from appeals.people.roles import StaffRole, check_roles

PEOPLE = sa.Table(
    "people",
    METADATA,
    sa.Column("person_id", BIG_ID, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("areas", sa.JSON, nullable=False),  # level:code of each unit
    sa.Column("duties", sa.JSON, nullable=False),
    sa.Column("password", sa.Text, nullable=False),  # slow hash, its method before it
    sa.Column("factor", sa.Text),  # sealed secret of the second factor
    sa.Column("factor_step", sa.BigInteger, nullable=False),  # that was used last
    sa.Column("last_address", sa.Text),  # from which they signed in last
    sa.Column(
        "subject", sa.Text, unique=True, index=True
    ),  # issuer and subject of a sign-in elsewhere
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("disabled_at", Instant),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in.

    ``areas`` are units as ``level:code``: codes outlive the editions of the boundaries. ``duties``
    are those of the list of sensitive terms (应急, 公安, …).
    """

    login: str
    name: str
    roles: tuple[StaffRole, ...]
    areas: tuple[str, ...] = ()
    duties: tuple[str, ...] = ()
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Proof:
    """What a person proves themselves by, and where from they did so last."""

    password: str
    factor: str | None
    factor_step: int
    last_address: str | None


def any_person(connection: Connection) -> bool:
    """Say whether there is anybody; from then on everybody must sign in."""
    return connection.execute(sa.select(PEOPLE.c.person_id).limit(1)).first() is not None


def read_people(connection: Connection) -> list[Person]:
    """Give everybody, by login name."""
    rows = connection.execute(sa.select(PEOPLE).order_by(PEOPLE.c.login))
    return [_person(row) for row in rows]


def find_person(connection: Connection, login: str) -> tuple[Person, Proof] | None:
    """Give a person by login name, ``None`` where there is none."""
    query = sa.select(PEOPLE).where(PEOPLE.c.login == login)
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return _person(row), Proof(row.password, row.factor, row.factor_step, row.last_address)


def find_subject(connection: Connection, subject: str) -> tuple[Person, Proof] | None:
    """Give the person whom a provider of sign-ins calls so, ``None`` where there is none."""
    query = sa.select(PEOPLE.c.login).where(PEOPLE.c.subject == subject)
    login = connection.execute(query).scalar_one_or_none()
    return None if login is None else find_person(connection, login)


def set_subject(
    connection: Connection, login: str, subject: str | None, *, by: str, now: datetime
) -> None:
    """Set by which name a provider of sign-ins knows a person, or that none does.

    Raises
    ------
    Conflict
        Somebody else is known by it.
    """
    known = None if subject is None else find_subject(connection, subject)
    if known is not None and known[0].login != login:
        raise Conflict(f"{known[0].login} is known by this name")
    _set(connection, login, {"subject": subject})
    act = "set sign-in elsewhere" if subject else "drop sign-in elsewhere"
    _log(connection, login, act, by, now)


def add_person(
    connection: Connection,
    person: Person,
    *,
    password: str,
    factor: str | None,
    by: str,
    now: datetime,
) -> None:
    """Add a person.

    Parameters
    ----------
    password
        Its slow hash.
    factor
        The sealed secret of the second factor.
    by
        Who does so.

    Raises
    ------
    InputError
        The roles do not go together, or the first person is no system administrator.
    Conflict
        The login name is taken.
    """
    check_roles(person.roles, person.areas)
    if not any_person(connection) and StaffRole.SYSTEM_ADMIN not in person.roles:
        raise InputError("role: the first person is a system administrator (system_admin)")
    if find_person(connection, person.login) is not None:
        raise Conflict(f"there is a person {person.login} already")
    row = _said(person) | {
        "login": person.login,
        "password": password,
        "factor": factor,
        "factor_step": 0,
        "made_at": now,
    }
    connection.execute(sa.insert(PEOPLE), row)
    _log(connection, _named(person), "add person", by, now, _about(person))


def change_person(connection: Connection, person: Person, *, by: str, now: datetime) -> None:
    """Set name, roles, areas and duties; they hold from the next request on.

    Raises
    ------
    InputError
        The roles do not go together.
    NotFound
        There is no such person.
    """
    check_roles(person.roles, person.areas)
    _set(connection, person.login, _said(person))
    _log(connection, _named(person), "change person", by, now, _about(person))


def set_password(
    connection: Connection, login: str, password: str, *, by: str, now: datetime
) -> None:
    """Set the slow hash of a password."""
    _set(connection, login, {"password": password})
    _log(connection, login, "set password", by, now)


def set_factor(
    connection: Connection, login: str, factor: str | None, *, by: str, now: datetime
) -> None:
    """Set the sealed secret of the second factor, or take it away."""
    _set(connection, login, {"factor": factor, "factor_step": 0})
    _log(connection, login, "set second factor" if factor else "drop second factor", by, now)


def set_disabled(
    connection: Connection, login: str, *, disabled: bool, by: str, now: datetime
) -> None:
    """Let a person in no more, or again."""
    _set(connection, login, {"disabled_at": now if disabled else None})
    _log(connection, login, "disable person" if disabled else "enable person", by, now)


def use_step(connection: Connection, login: str, step: int) -> bool:
    """Note the step of a second factor as used; ``False`` where another request was first."""
    where = PEOPLE.c.login == login, PEOPLE.c.factor_step < step
    done = connection.execute(sa.update(PEOPLE).where(*where).values(factor_step=step))
    return done.rowcount == 1


def note_address(connection: Connection, login: str, address: str) -> None:
    """Keep from where a person signed in last."""
    _set(connection, login, {"last_address": address})


def _person(row: sa.Row[Any]) -> Person:
    roles = tuple(StaffRole(role) for role in row.roles)
    return Person(row.login, row.name, roles, tuple(row.areas), tuple(row.duties), row.disabled_at)


def _said(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "roles": [role.value for role in person.roles],
        "areas": list(person.areas),
        "duties": list(person.duties),
    }


def _about(person: Person) -> str:
    parts: Sequence[Sequence[str]] = (person.roles, person.duties)
    return "; ".join(", ".join(part) for part in parts if part)


def _named(person: Person) -> str:
    """Name a person with their areas: in an entry's detail a code would be hidden as a number."""
    return " of ".join(filter(None, (person.login, ", ".join(person.areas))))


def _set(connection: Connection, login: str, values: dict[str, object]) -> None:
    done = connection.execute(sa.update(PEOPLE).where(PEOPLE.c.login == login).values(values))
    if done.rowcount != 1:
        raise NotFound(f"there is no person {login}")


def _log(
    connection: Connection, login: str, act: str, by: str, now: datetime, detail: str = ""
) -> None:
    append_entry(connection, now=now, actor=by, act=act, subject=f"person {login}", detail=detail)

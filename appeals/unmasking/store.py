"""Requests to open personal fields, in and out of the database; what was opened is in the audit.

An id number is opened only when a second person has agreed; that person and the one who asks are
never the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from appeals.audit.store import append_entry
from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.errors import Conflict, InputError, NotAllowed, NotFound
from appeals.privacy import Viewer, may_ask
from appeals.redaction import redact
from appeals.seals import KeyRing
from appeals.store import APPEALS, Lies, unseal

UNMASKINGS = sa.Table(
    "unmaskings",
    METADATA,
    sa.Column("request_id", BIG_ID, primary_key=True),
    sa.Column("appeal_id", sa.ForeignKey("appeals.appeal_id"), nullable=False),
    sa.Column("fields", sa.JSON, nullable=False),
    sa.Column("asked_by", sa.Text, nullable=False),
    sa.Column("asked_at", Instant, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),  # redacted
    sa.Column("agreed_by", sa.Text),
    sa.Column("agreed_at", Instant),
    sa.Column("opened_at", Instant),
)

PERSONAL: Final = ("name", "phone", "id_number", "caller_address", "address", "text")
"""What may be asked for; ``address`` with the door, ``text`` as the citizen wrote it."""

TWO_PERSONS: Final = frozenset({"id_number"})
TERM: Final = timedelta(hours=24)
"""How long a request waits for the second person, and how long the agreement holds."""

MOST_WORDS: Final = 500
_LEAST_WORDS = 4  # a reason that is none: a dot, a dash, "ok"


@dataclass(frozen=True, slots=True)
class Opened:
    """What came of a request: its number, and the fields where they were opened.

    ``fields`` is ``None`` where a second person has to agree first; a field that the citizen never
    gave is ``None`` in it.
    """

    request_id: int
    fields: Mapping[str, str | None] | None


def ask(
    connection: Connection,
    appeal_id: int,
    fields: Sequence[str],
    *,
    viewer: Viewer,
    ring: KeyRing,
    reason: str,
    now: datetime,
    lies: Lies | None = None,
) -> Opened:
    """Ask for personal fields of an appeal; without an id number among them they are opened.

    Request, opening and audit entry are of one transaction.

    Parameters
    ----------
    viewer
        Who asks; the matrix says which fields of which rows they may ask for.
    reason
        Why; kept redacted.
    lies
        Where appeals lie; without it none is a street official's or a grid worker's own.

    Raises
    ------
    InputError
        A field is unknown or none is named, or the reason is none.
    NotAllowed
        The viewer may not ask for one of the fields of this appeal.
    NotFound
        There is no such appeal, or nothing of it was kept.
    """
    wanted = tuple(dict.fromkeys(fields))
    unknown = [name for name in wanted if name not in PERSONAL]
    if unknown or not wanted:
        raise InputError(f"fields: of {', '.join(PERSONAL)}")
    words = " ".join(reason.split())
    if not _LEAST_WORDS <= len(words) <= MOST_WORDS:
        raise InputError(f"reason: {_LEAST_WORDS} to {MOST_WORDS} characters")
    if not may_ask(_whose(connection, appeal_id, lies), viewer).issuperset(wanted):
        raise NotAllowed("your role may not ask for these fields of this appeal")
    who = viewer.actor
    row = {"appeal_id": appeal_id, "fields": list(wanted), "asked_by": who, "asked_at": now}
    made = UNMASKINGS.insert().values(row | {"reason": redact(words)})
    number = int(connection.execute(made.returning(UNMASKINGS.c.request_id)).scalar_one())
    if not TWO_PERSONS.isdisjoint(wanted):
        _log(connection, now, who, "ask to unseal", appeal_id, number, f"{_named(wanted)}: {words}")
        return Opened(number, None)
    return Opened(number, _open(connection, number, ring=ring, who=who, now=now))


def agree(connection: Connection, number: int, *, who: str, now: datetime) -> None:
    """Agree, as the second person, to a request.

    Raises
    ------
    NotFound
        There is no such request.
    NotAllowed
        It is one's own.
    Conflict
        It was agreed to already, or has waited too long.
    """
    request = _request(connection, number)
    if request["asked_by"] == who:
        raise NotAllowed("the second person is another one than who asks")
    if request["agreed_by"] is not None or now >= request["asked_at"] + TERM:
        raise Conflict("the request was agreed to already, or has waited too long")
    mine = UNMASKINGS.c.request_id == number
    same = mine, UNMASKINGS.c.agreed_by.is_(None)
    done = connection.execute(
        sa.update(UNMASKINGS).where(*same).values(agreed_by=who, agreed_at=now)
    )
    if done.rowcount != 1:
        raise Conflict("the request was agreed to just now")
    words = f"{_named(request['fields'])}, asked by {request['asked_by']}"
    _log(connection, now, who, "agree to unseal", request["appeal_id"], number, words)


def take(
    connection: Connection, number: int, *, ring: KeyRing, who: str, now: datetime
) -> Mapping[str, str | None]:
    """Open what a second person has agreed to: once, for who asked, and in time.

    Raises
    ------
    NotFound
        There is no such request, or nothing was kept.
    NotAllowed
        Somebody else asked.
    Conflict
        Nobody has agreed, it was opened already, or the time is over.
    """
    request = _request(connection, number)
    if request["asked_by"] != who:
        raise NotAllowed("only who asked may open it")
    if request["agreed_at"] is None:
        raise Conflict("a second person has to agree first")
    if request["opened_at"] is not None or now >= request["agreed_at"] + TERM:
        raise Conflict("it was opened already, or the agreement is over: ask again")
    return _open(connection, number, ring=ring, who=who, now=now)


SHOWING: Final = timedelta(minutes=15)
"""How long a number that was shown may be looked at again: an answer may be lost on its way."""


def show_phone(
    connection: Connection,
    appeal_id: int,
    *,
    tried_at: datetime | None,
    who: str,
    ring: KeyRing,
    now: datetime,
) -> str | None:
    """Show the caller's number to the one in whose hands the case is: once for each try.

    Whose hands it is in, the caller of this knows. Each look is in the audit.

    Parameters
    ----------
    tried_at
        When a try to reach the caller was recorded last; a number that was shown before it may be
        shown again.

    Returns
    -------
    str or None
        The number, ``None`` where the citizen gave none.

    Raises
    ------
    Conflict
        It was shown, and what came of it was not recorded yet.
    NotFound
        There is no such appeal, or nothing of it was kept.
    """
    own = UNMASKINGS.c.appeal_id == appeal_id, UNMASKINGS.c.asked_by == who
    query = sa.select(UNMASKINGS.c.asked_at, UNMASKINGS.c.fields).where(*own)
    shown = [row.asked_at for row in connection.execute(query) if row.fields == ["phone"]]
    last = max(shown, default=None)
    again = last is None or now < last + SHOWING or (tried_at is not None and tried_at >= last)
    if not again:
        raise Conflict("the number was shown: record first what came of the try")
    row = {"appeal_id": appeal_id, "fields": ["phone"], "asked_by": who, "asked_at": now}
    if last is None or now >= last + SHOWING:
        connection.execute(
            UNMASKINGS.insert().values(row | {"reason": "联系诉求人", "opened_at": now})
        )
    serial = connection.execute(_current(appeal_id)).scalar()
    if serial is None:
        raise NotFound("there is no such appeal")
    return unseal(
        connection, serial, ring=ring, actor=who, reason="phone: 联系诉求人", now=now
    ).phone


def waiting(connection: Connection, now: datetime) -> list[dict[str, object]]:
    """Give the requests that wait for a second person, the oldest first."""
    open_ = UNMASKINGS.c.agreed_by.is_(None), UNMASKINGS.c.opened_at.is_(None)
    query = sa.select(UNMASKINGS).where(*open_, UNMASKINGS.c.asked_at > now - TERM)
    rows = connection.execute(query.order_by(UNMASKINGS.c.request_id)).mappings()
    names = ("request_id", "appeal_id", "fields", "asked_by", "asked_at", "reason")
    return [{name: row[name] for name in names} for row in rows]


def _open(
    connection: Connection, number: int, *, ring: KeyRing, who: str, now: datetime
) -> dict[str, str | None]:
    request = _request(connection, number)
    mine = UNMASKINGS.c.request_id == number, UNMASKINGS.c.opened_at.is_(None)
    done = connection.execute(sa.update(UNMASKINGS).where(*mine).values(opened_at=now))
    if done.rowcount != 1:
        raise Conflict("it was opened just now")
    serial = connection.execute(_current(request["appeal_id"])).scalar_one()
    said = f"{_named(request['fields'])}: {request['reason']}"
    if request["agreed_by"]:
        said += f" (agreed by {request['agreed_by']})"
    personal = asdict(unseal(connection, serial, ring=ring, actor=who, reason=said, now=now))
    return {name: personal[name] for name in request["fields"]}


def _request(connection: Connection, number: int) -> dict[str, Any]:
    query = sa.select(UNMASKINGS).where(UNMASKINGS.c.request_id == number)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no request {number}")
    return dict(row)


def _whose(connection: Connection, appeal_id: int, lies: Lies | None) -> dict[str, Any]:
    query = _current(appeal_id).add_columns(APPEALS.c.appeal_id)
    if lies is not None:
        there = lies.subquery()
        query = query.add_columns(there.c.street_id, there.c.grid_id)
        query = query.outerjoin(there, there.c.serial == APPEALS.c.current)
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("there is no such appeal")
    return dict(row)


def _current(appeal_id: int) -> sa.Select[Any]:
    return sa.select(APPEALS.c.current).where(APPEALS.c.appeal_id == appeal_id)


def _named(fields: Sequence[str]) -> str:
    return ", ".join(fields)


def _log(
    connection: Connection, now: datetime, who: str, act: str, appeal: int, number: int, words: str
) -> None:
    subject = f"appeal {appeal}, request {number}"
    append_entry(connection, now=now, actor=who, act=act, subject=subject, detail=words)

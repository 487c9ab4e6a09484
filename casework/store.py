"""Cases, their moves and photos in and out of the database; moves are only ever added.

The row of a case repeats what its moves say, so that lists need not derive it; both are written in
one transaction. A case without a move has no row: it stands where its source says.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Connection, Instant, case_lock
from appeals.errors import NotFound
from appeals.redaction import redact
from appeals.store import APPEALS, VERSIONS
from casework.moves import Move, State
from casework.photos import Photo
from casework.standing import Case, Spot, Step, begin, closed_by_source, follow

CASES = sa.Table(
    "cases",
    METADATA,
    sa.Column("appeal_id", sa.ForeignKey("appeals.appeal_id"), primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("unit", sa.Text, nullable=False, index=True),  # level:code, empty where none is named
    sa.Column("holder", sa.Text, nullable=False, index=True),  # login, empty where nobody is
    sa.Column("number", sa.Integer, nullable=False),  # of the last move
    sa.Column("position", sa.BigInteger, nullable=False, index=True),  # of it among all moves
    sa.Column("dispatched_at", Instant),
    sa.Column("contacted_at", Instant),
)

CASE_MOVES = sa.Table(
    "case_moves",
    METADATA,
    sa.Column("appeal_id", sa.ForeignKey("appeals.appeal_id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # from 1
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # after it
    sa.Column("at", Instant, nullable=False),  # of the server, which decides
    sa.Column("client_at", Instant),  # of the device, as evidence
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("words", sa.Text, nullable=False),  # redacted
    sa.Column("detail", sa.Text, nullable=False),  # JSON, by move
    sa.Column("lon", sa.Float),  # of the device at the action, WGS84 degrees
    sa.Column("lat", sa.Float),
    sa.Column("radius_m", sa.Float),  # as the device told its accuracy
)

CASE_PHOTOS = sa.Table(
    "case_photos",
    METADATA,
    sa.Column("photo_id", BIG_ID, primary_key=True),
    sa.Column("appeal_id", sa.ForeignKey("appeals.appeal_id"), nullable=False, index=True),
    sa.Column("number", sa.Integer, nullable=False),  # of the move; 0: came with the report
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),  # SHA-256 of the content
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),  # JPEG, written anew: no metadata
)

_SOURCE = ("status", "direct", "dispatched_at", "closed_at")
OF_CASE = tuple(CASES.c[name].label(f"case_{name}") for name in CASES.c.keys()[1:])
"""Columns of a case beside those of its appeal, for queries that join both."""
OF_SOURCE = tuple(VERSIONS.c[name].label(f"source_{name}") for name in _SOURCE)
"""What the source says of the same case."""


def case_of(row: sa.Row[Any]) -> Case:
    """Read the case out of a row that has the columns ``OF_CASE`` and ``OF_SOURCE``."""
    given = row._mapping
    begun = begin(**{name: given[f"source_{name}"] for name in _SOURCE})
    if given["case_state"] is None:
        return begun
    case = Case(
        State(given["case_state"]),
        given["case_number"],
        given["case_unit"],
        given["case_holder"],
        given["case_dispatched_at"],
        given["case_contacted_at"],
    )
    return closed_by_source(case, begun)


def read_steps(connection: Connection, appeal_id: int) -> list[Step]:
    """Give all moves of a case, the oldest first."""
    query = sa.select(CASE_MOVES).where(CASE_MOVES.c.appeal_id == appeal_id)
    return [_step(row) for row in connection.execute(query.order_by(CASE_MOVES.c.number))]


def begun_as(connection: Connection, appeal_id: int) -> Case:
    """Give the case as its source tells it now.

    Raises
    ------
    NotFound
        There is no such appeal.
    """
    columns = (VERSIONS.c[name] for name in _SOURCE)
    query = sa.select(*columns).join(APPEALS, APPEALS.c.current == VERSIONS.c.serial)
    row = connection.execute(query.where(APPEALS.c.appeal_id == appeal_id)).first()
    if row is None:
        raise NotFound("there is no such appeal")
    return begin(**row._mapping)


def lock_cases(connection: Connection) -> None:
    """Let one transaction at a time move cases, until it ends."""
    case_lock(connection)


def append_step(connection: Connection, appeal_id: int, before: Case, step: Step) -> Case:
    """Write one move and what it makes of the case; the caller holds the lock.

    Returns
    -------
    Case
        After it.
    """
    row: dict[str, Any] = {
        "appeal_id": appeal_id,
        "number": step.number,
        "move": step.move.value,
        "state": step.state.value,
        "at": step.at,
        "client_at": step.client_at,
        "who": step.who,
        "words": redact(step.words),
        "detail": json.dumps(dict(step.detail), ensure_ascii=False, sort_keys=True),
    }
    spot = step.spot
    row |= {name: getattr(spot, name) if spot else None for name in Spot.__dataclass_fields__}
    connection.execute(sa.insert(CASE_MOVES), row)
    case = follow(before, step)
    own = CASES.c.appeal_id == appeal_id
    values = {name: getattr(case, name) for name in Case.__dataclass_fields__}
    values |= {"state": case.state.value, "position": last_position(connection) + 1}
    changed = connection.execute(sa.update(CASES).where(own).values(values))
    if changed.rowcount == 0:
        connection.execute(sa.insert(CASES), {"appeal_id": appeal_id, **values})
    return case


def last_position(connection: Connection) -> int:
    """Give the position of the newest move of all cases, 0 where there is none."""
    newest = sa.select(sa.func.coalesce(sa.func.max(CASES.c.position), 0))
    return int(connection.execute(newest).scalar_one())


def add_photos(
    connection: Connection,
    appeal_id: int,
    number: int,
    photos: Iterable[Photo],
    *,
    who: str,
    now: datetime,
) -> list[int]:
    """Keep the photos of one move (0: of the report); give their numbers."""
    numbers = []
    for photo in photos:
        row = {name: getattr(photo, name) for name in Photo.__dataclass_fields__}
        row |= {"appeal_id": appeal_id, "number": number, "at": now, "who": who}
        made = sa.insert(CASE_PHOTOS).values(row).returning(CASE_PHOTOS.c.photo_id)
        numbers.append(int(connection.execute(made).scalar_one()))
    return numbers


def read_photo(connection: Connection, appeal_id: int, photo_id: int) -> bytes:
    """Give one photo of a case, a JPEG.

    Raises
    ------
    NotFound
        The case has no such photo.
    """
    own = CASE_PHOTOS.c.appeal_id == appeal_id, CASE_PHOTOS.c.photo_id == photo_id
    found = connection.execute(sa.select(CASE_PHOTOS.c.content).where(*own)).scalar()
    if found is None:
        raise NotFound("there is no such photo")
    return bytes(found)


def photo_numbers(connection: Connection, appeal_id: int) -> dict[int, list[int]]:
    """Give the numbers of a case's photos by the number of the move that they came with."""
    query = sa.select(CASE_PHOTOS.c.number, CASE_PHOTOS.c.photo_id)
    rows = connection.execute(
        query.where(CASE_PHOTOS.c.appeal_id == appeal_id).order_by(CASE_PHOTOS.c.photo_id)
    )
    found: dict[int, list[int]] = {}
    for number, photo_id in rows:
        found.setdefault(number, []).append(photo_id)
    return found


def steps_after(connection: Connection, appeal_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Give the moves of some cases, the oldest first."""
    found: dict[int, list[Step]] = {number: [] for number in appeal_ids}
    query = sa.select(CASE_MOVES).where(CASE_MOVES.c.appeal_id.in_(appeal_ids))
    for row in connection.execute(query.order_by(CASE_MOVES.c.number)):
        found[row.appeal_id].append(_step(row))
    return found


def moved_cases(connection: Connection, source: str) -> dict[int, tuple[str, Case]]:
    """Give number and standing of all orders of a source that anybody here has moved, by appeal."""
    query = (
        sa.select(APPEALS.c.appeal_id, APPEALS.c.source_id, *OF_CASE, *OF_SOURCE)
        .join(VERSIONS, VERSIONS.c.serial == APPEALS.c.current)
        .join(CASES, CASES.c.appeal_id == APPEALS.c.appeal_id)
        .where(APPEALS.c.source == source)
        .order_by(APPEALS.c.source_id)
    )
    rows = connection.execute(query)
    return {row.appeal_id: (row.source_id, case_of(row)) for row in rows}


def photo_counts(connection: Connection, appeal_ids: Sequence[int]) -> dict[int, int]:
    """Count the photos of some cases."""
    of = CASE_PHOTOS.c.appeal_id
    query = sa.select(of, sa.func.count()).where(of.in_(appeal_ids)).group_by(of)
    return {int(appeal_id): int(n) for appeal_id, n in connection.execute(query)}


def _step(row: sa.Row[Any]) -> Step:
    given = row._mapping
    spot = None if given["lon"] is None else Spot(given["lon"], given["lat"], given["radius_m"])
    return Step(
        given["number"],
        Move(given["move"]),
        State(given["state"]),
        given["at"],
        given["who"],
        given["words"],
        given["client_at"],
        spot,
        json.loads(given["detail"]),
    )

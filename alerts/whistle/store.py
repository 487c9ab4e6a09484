"""Whistles and their moves in and out of the database; moves are only ever added."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.whistle.moves import Act, Step, Whistle
from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.errors import NotFound
from appeals.privacy import redact
from appeals.store import APPEALS, VERSIONS
from grids.store import PLACEMENTS, UNITS

WHISTLES = sa.Table(
    "whistles",
    METADATA,
    sa.Column("whistle_id", BIG_ID, primary_key=True),
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), index=True),
    sa.Column("street", sa.Text, nullable=False),  # level:code of the unit that blows
    sa.Column("street_name", sa.Text, nullable=False),
    sa.Column("cause", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
)

WHISTLE_MOVES = sa.Table(
    "whistle_moves",
    METADATA,
    sa.Column("whistle_id", sa.ForeignKey("whistles.whistle_id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # from 1
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # after it
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("bureau", sa.Text, nullable=False),  # whose move it is; empty for the street's
    sa.Column("words", sa.Text, nullable=False),  # redacted
    sa.Column("detail", sa.Text, nullable=False),  # JSON, by move
)


def add_whistle(connection: Connection, whistle: Whistle) -> int:
    """Write a new whistle; give its number."""
    row = {name: getattr(whistle, name) for name in Whistle.__dataclass_fields__}
    del row["whistle_id"]
    new = sa.insert(WHISTLES).values(row).returning(WHISTLES.c.whistle_id)
    return int(connection.execute(new).scalar_one())


def locked_whistle(connection: Connection, whistle_id: int) -> Whistle:
    """Give a whistle and hold it until the transaction ends.

    Raises
    ------
    NotFound
        There is none of this number.
    """
    return _whistle(connection, _of(whistle_id).with_for_update(), whistle_id)


def read_whistle(connection: Connection, whistle_id: int) -> Whistle:
    """Give a whistle.

    Raises
    ------
    NotFound
        There is none of this number.
    """
    return _whistle(connection, _of(whistle_id), whistle_id)


def read_whistles(
    connection: Connection, *, alert_id: int | None = None, since: datetime | None = None
) -> list[Whistle]:
    """Give whistles, the newest first: of an alert, or those made since a moment."""
    query = sa.select(WHISTLES).order_by(WHISTLES.c.whistle_id.desc())
    if alert_id is not None:
        query = query.where(WHISTLES.c.alert_id == alert_id)
    if since is not None:
        query = query.where(WHISTLES.c.made_at >= since)
    return [_read(row) for row in connection.execute(query)]


def read_steps(connection: Connection, whistle_id: int) -> list[Step]:
    """Give all moves of a whistle, the oldest first."""
    return steps_of(connection, [whistle_id])[whistle_id]


def steps_of(connection: Connection, whistle_ids: Sequence[int]) -> dict[int, list[Step]]:
    """Give the moves of some whistles, the oldest first."""
    query = sa.select(WHISTLE_MOVES).where(WHISTLE_MOVES.c.whistle_id.in_(whistle_ids))
    found: dict[int, list[Step]] = {number: [] for number in whistle_ids}
    for row in connection.execute(query.order_by(WHISTLE_MOVES.c.number)):
        found[row.whistle_id].append(_step(row))
    return found


def steps_between(connection: Connection, begin: datetime, end: datetime) -> dict[int, list[Step]]:
    """Give the moves of a stretch of time by whistle, the oldest first."""
    at = WHISTLE_MOVES.c.at
    query = sa.select(WHISTLE_MOVES).where(at >= begin, at < end)
    found: dict[int, list[Step]] = {}
    for row in connection.execute(query.order_by(WHISTLE_MOVES.c.number)):
        found.setdefault(row.whistle_id, []).append(_step(row))
    return found


def append_step(connection: Connection, whistle_id: int, step: Step) -> None:
    """Write one move, and the state that it leads to."""
    row = {name: getattr(step, name) for name in Step.__dataclass_fields__}
    row |= {"whistle_id": whistle_id, "words": redact(step.words)}
    row["detail"] = json.dumps(step.detail, ensure_ascii=False, sort_keys=True)
    connection.execute(sa.insert(WHISTLE_MOVES), row)
    own = WHISTLES.c.whistle_id == whistle_id
    connection.execute(sa.update(WHISTLES).where(own).values(state=step.state))


def called_by(connection: Connection, whistle_id: int) -> set[str]:
    """Give the bureaus that a whistle has called; before it is blown none."""
    steps = read_steps(connection, whistle_id)
    if all(step.move != Act.BLOW for step in steps):
        return set()
    drafts = [step for step in steps if step.move == Act.DRAFT]
    told = [drafts[-1], *(step for step in steps if step.move == Act.ALLOT)]
    return {bureau for step in told for bureau in step.detail["bureaus"]}


def units_above(connection: Connection, street: str) -> tuple[str, ...]:
    """Give a unit and those above it as ``level:code``, the smallest first."""
    level, _, code = street.partition(":")
    query = sa.select(UNITS).where(UNITS.c.level == level, UNITS.c.code == code)
    row = connection.execute(query.order_by(UNITS.c.valid_from.desc()).limit(1)).first()
    found = []
    while row is not None:
        found.append(f"{row.level}:{row.code}")
        row = connection.execute(sa.select(UNITS).where(UNITS.c.unit_id == row.parent_id)).first()
    return tuple(found)


def appeals_by_street(connection: Connection, since: datetime) -> dict[str, int]:
    """Count the appeals received since a moment by the street in which they lie."""
    query = (
        sa.select(UNITS.c.code, sa.func.count())
        .join(PLACEMENTS, PLACEMENTS.c.street_id == UNITS.c.unit_id)
        .join(APPEALS, APPEALS.c.current == PLACEMENTS.c.serial)
        .join(VERSIONS, VERSIONS.c.serial == APPEALS.c.current)
        .where(VERSIONS.c.received_at >= since)
        .group_by(UNITS.c.code)
    )
    return {f"street:{code}": int(n) for code, n in connection.execute(query)}


def _step(row: sa.Row[Any]) -> Step:
    values: dict[str, Any] = {name: row._mapping[name] for name in Step.__dataclass_fields__}
    return Step(**values | {"detail": json.loads(row.detail)})


def _of(whistle_id: int) -> sa.Select[Any]:
    return sa.select(WHISTLES).where(WHISTLES.c.whistle_id == whistle_id)


def _whistle(connection: Connection, query: sa.Select[Any], whistle_id: int) -> Whistle:
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no whistle {whistle_id}")
    return _read(row)


def _read(row: sa.Row[Any]) -> Whistle:
    return Whistle(**{name: row._mapping[name] for name in Whistle.__dataclass_fields__})

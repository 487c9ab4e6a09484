"""Moves of alerts and snoozes in and out of the database; moves are only ever added."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from alerts.response.moves import ENDED, Made
from alerts.response.snooze import Snooze
from alerts.store import ALERT_APPEALS, ALERTS
from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.errors import NotFound
from appeals.privacy import redact
from appeals.store import APPEALS
from grids.store import PLACEMENTS, UNITS

ALERT_MOVES = sa.Table(
    "alert_moves",
    METADATA,
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # from 1, by alert
    sa.Column("move", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # after it
    sa.Column("level", sa.Text, nullable=False),  # after it
    sa.Column("at", Instant, nullable=False),
    sa.Column("who", sa.Text, nullable=False),  # a person; 系统 for the watch
    sa.Column("post", sa.Text, nullable=False),  # empty where none
    sa.Column("stated_reason", sa.Text, nullable=False),  # redacted
    sa.Column("detail", sa.Text, nullable=False),  # JSON, by move
)

SNOOZES = sa.Table(
    "snoozes",
    METADATA,
    sa.Column("snooze_id", BIG_ID, primary_key=True),
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), nullable=False),  # where it was asked
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("area_kind", sa.Text, nullable=False),
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("class_code", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),  # a graver one is told all the same
    sa.Column("at", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("stated_reason", sa.Text, nullable=False),  # redacted
)


NEAR: Final = timedelta(days=2)
"""Within this time of each other alerts may be of one incident."""


@dataclass(frozen=True, slots=True)
class Alert:
    """What the response needs of an alert's row."""

    alert_id: int
    kind: str
    level: str
    state: str
    area_kind: str
    area: int
    class_code: str
    historical: bool
    aside: str | None
    verdict: str | None
    newest_at: datetime
    cases: int
    callers: int
    detail: Mapping[str, Any]


_COLUMNS = tuple(Alert.__dataclass_fields__)


def hold_alert(connection: Connection, alert_id: int) -> Alert:
    """Give an alert, and let nobody else move it until the transaction ends.

    Raises
    ------
    NotFound
        There is no such alert.
    """
    query = sa.select(*(ALERTS.c[name] for name in _COLUMNS)).where(ALERTS.c.alert_id == alert_id)
    row = connection.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"there is no alert {alert_id}")
    return Alert(**dict(row._mapping) | {"detail": json.loads(row.detail)})


def set_standing(
    connection: Connection,
    alert_id: int,
    state: str,
    level: str,
    *,
    live: bool = False,
    anew: bool = False,
) -> None:
    """Set state and level of an alert.

    ``live``: the office works on it, it is no history. ``anew``: it came back, and what was judged
    of it before says nothing of this time.
    """
    values: dict[str, Any] = {"state": state, "level": level}
    if live:
        values["historical"] = False
    if anew:
        values |= dict.fromkeys(("verdict", "verdict_by", "verdict_at"))
    connection.execute(sa.update(ALERTS).where(ALERTS.c.alert_id == alert_id).values(values))


def told_alerts(connection: Connection) -> list[int]:
    """Give the alerts that have moves and that somebody still has to deal with."""
    query = sa.select(ALERTS.c.alert_id).where(
        ALERTS.c.state.not_in([state.value for state in ENDED]),
        sa.exists().where(ALERT_MOVES.c.alert_id == ALERTS.c.alert_id),
    )
    return list(connection.execute(query.order_by(ALERTS.c.alert_id)).scalars())


def open_alerts(connection: Connection) -> list[dict[str, Any]]:
    """Give number, level and state of the live alerts that somebody still has to deal with."""
    query = sa.select(ALERTS.c.alert_id, ALERTS.c.level, ALERTS.c.state).where(
        ALERTS.c.state.not_in([state.value for state in ENDED]),
        ~ALERTS.c.historical,
        ALERTS.c.aside.is_(None),
    )
    rows = connection.execute(query.order_by(ALERTS.c.alert_id))
    return [{"id": row.alert_id, "level": row.level, "state": row.state} for row in rows]


def near_alerts(connection: Connection, alert_id: int, limit: int = 20) -> list[int]:
    """Give live alerts that may be of the same incident: of shared appeals first, then the newest.

    They were opened within two days of each other.
    """
    theirs, ours = ALERT_APPEALS.alias(), ALERT_APPEALS.alias()
    shared = (
        sa.select(sa.func.count())
        .where(theirs.c.alert_id == ALERTS.c.alert_id, theirs.c.appeal_id == ours.c.appeal_id)
        .where(ours.c.alert_id == alert_id)
        .correlate(ALERTS)
        .scalar_subquery()
    )
    opened = sa.select(ALERTS.c.opened_at).where(ALERTS.c.alert_id == alert_id)
    at = connection.execute(opened).scalar_one()
    query = sa.select(ALERTS.c.alert_id).where(
        ALERTS.c.state.not_in([state.value for state in ENDED]),
        ~ALERTS.c.historical,
        ALERTS.c.opened_at.between(at - NEAR, at + NEAR),
    )
    query = query.order_by(shared.desc(), ALERTS.c.opened_at.desc()).limit(limit)
    return list(connection.execute(query).scalars())


def units_of(connection: Connection, alert: Alert) -> tuple[str, ...]:
    """Give the units in which an alert lies, ``level:code`` from the smallest to the largest.

    A cell or a subject lies where most of its appeals do; what is of the whole city lies in none.
    """
    unit: int | None = alert.area
    if alert.area_kind.startswith("cell_"):
        unit = _common_street(connection, alert.alert_id)
    elif alert.area_kind in ("city", "subject"):
        return ()
    found = []
    while unit is not None:
        row = connection.execute(sa.select(UNITS).where(UNITS.c.unit_id == unit)).one_or_none()
        if row is None:
            break
        found.append(f"{row.level}:{row.code}")
        unit = row.parent_id
    return tuple(found)


def _common_street(connection: Connection, alert_id: int) -> int | None:
    street, n = PLACEMENTS.c.street_id, sa.func.count()
    query = (
        sa.select(street)
        .join(APPEALS, APPEALS.c.current == PLACEMENTS.c.serial)
        .join(ALERT_APPEALS, ALERT_APPEALS.c.appeal_id == APPEALS.c.appeal_id)
        .where(ALERT_APPEALS.c.alert_id == alert_id, street.is_not(None))
    )
    return connection.execute(query.group_by(street).order_by(n.desc(), street).limit(1)).scalar()


def read_moves(connection: Connection, alert_id: int) -> list[Made]:
    """Give all moves of an alert, the oldest first."""
    return moves_of(connection, [alert_id])[alert_id]


def moves_of(connection: Connection, alert_ids: Collection[int]) -> dict[int, list[Made]]:
    """Give the moves of some alerts, the oldest first; an alert without any has an empty list."""
    query = sa.select(ALERT_MOVES).where(ALERT_MOVES.c.alert_id.in_(alert_ids))
    found: dict[int, list[Made]] = {number: [] for number in alert_ids}
    for row in connection.execute(query.order_by(ALERT_MOVES.c.alert_id, ALERT_MOVES.c.number)):
        found[row.alert_id].append(_made(row))
    return found


def moves_between(connection: Connection, begin: datetime, end: datetime) -> dict[int, list[Made]]:
    """Give the moves of a stretch of time by alert, the oldest first."""
    at = ALERT_MOVES.c.at
    query = sa.select(ALERT_MOVES).where(at >= begin, at < end)
    found: dict[int, list[Made]] = {}
    for row in connection.execute(query.order_by(ALERT_MOVES.c.alert_id, ALERT_MOVES.c.number)):
        found.setdefault(row.alert_id, []).append(_made(row))
    return found


def append_move(connection: Connection, alert_id: int, made: Made) -> None:
    """Write one move; of two with one number the second fails, whoever wrote them."""
    row = {name: getattr(made, name) for name in Made.__dataclass_fields__}
    row |= {"alert_id": alert_id, "stated_reason": redact(made.stated_reason)}
    row["detail"] = json.dumps(made.detail, ensure_ascii=False, sort_keys=True)
    connection.execute(sa.insert(ALERT_MOVES), row)


def _made(row: sa.Row[Any]) -> Made:
    known: dict[str, Any] = {name: row._mapping[name] for name in Made.__dataclass_fields__}
    return Made(**known | {"detail": json.loads(row.detail)})


def write_snooze(connection: Connection, snooze: Snooze, alert_id: int) -> None:
    """Write that one key is not told until a moment."""
    row = {name: getattr(snooze, name) for name in Snooze.__dataclass_fields__}
    row |= {"alert_id": alert_id, "stated_reason": redact(snooze.stated_reason)}
    connection.execute(sa.insert(SNOOZES), row)


def snoozes_at(connection: Connection, now: datetime) -> list[Snooze]:
    """Give the snoozes that hold at a moment."""
    query = sa.select(SNOOZES).where(SNOOZES.c.until > now).order_by(SNOOZES.c.snooze_id)
    names = Snooze.__dataclass_fields__
    return [Snooze(**{n: row._mapping[n] for n in names}) for row in connection.execute(query)]

"""Moves of alerts and snoozes in and out of the database; moves are only ever added."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from alerts.response.moves import Made
from alerts.response.snooze import Snooze
from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.privacy import redact

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

"""The tables of the last replay, in and out of the database: one at a time, each says of when."""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from appeals.database import METADATA, Connection, Instant

REPLAYS = sa.Table(
    "replays",
    METADATA,
    sa.Column("at", Instant, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),  # JSON: counts, never words
)


def keep_replay(connection: Connection, tables: bytes, now: datetime) -> None:
    """Keep what a replay found in place of the one before.

    Parameters
    ----------
    connection
        A transaction that may write.
    tables
        Of `wangge backtest`, JSON.
    now
        Aware.
    """
    connection.execute(sa.delete(REPLAYS))
    connection.execute(sa.insert(REPLAYS), {"at": now, "content": tables})


def newest_replay(connection: Connection) -> dict[str, Any] | None:
    """Give what the last replay found, with ``made_at``; None where none was kept."""
    row = connection.execute(sa.select(REPLAYS).order_by(REPLAYS.c.at.desc()).limit(1)).first()
    return None if row is None else {"made_at": row.at} | json.loads(row.content)

"""Answers to writing requests that carry an ``Idempotency-Key``, in and out of the database.

Source: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from appeals.database import METADATA, Connection, Instant

REPLIES = sa.Table(
    "replies",
    METADATA,
    sa.Column("key", sa.Text, primary_key=True),  # digest of route, actor and key
    sa.Column("request", sa.Text, nullable=False),  # digest of what was sent
    sa.Column("answer", sa.LargeBinary, nullable=False),  # JSON: counts, never words
    sa.Column("at", Instant, nullable=False, index=True),
)

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reply:
    """What was answered to a key before: the digest of that request, and the answer."""

    request: str
    answer: bytes


def read_reply(connection: Connection, key: str) -> Reply | None:
    """Give what was answered under this key, or ``None``."""
    row = connection.execute(
        sa.select(REPLIES.c.request, REPLIES.c.answer).where(REPLIES.c.key == key)
    ).first()
    return None if row is None else Reply(row.request, row.answer)


def keep_reply(
    connection: Connection, key: str, request: str, answer: bytes, now: datetime
) -> None:
    """Keep an answer, in the transaction that did what it reports; forget those of last week."""
    connection.execute(sa.delete(REPLIES).where(REPLIES.c.at < now - KEPT))
    connection.execute(
        sa.insert(REPLIES).values(key=key, request=request, answer=answer, at=now)
    )

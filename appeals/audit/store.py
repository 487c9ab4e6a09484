"""The audit log in and out of the database; :func:`append_entry` alone writes it."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from appeals.audit.chain import START, Entry, entry_hash
from appeals.database import BIG_ID, METADATA, Connection, Instant, audit_lock
from appeals.redaction import redact

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("serial", BIG_ID, primary_key=True, autoincrement=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

_PAGE = 5_000  # entries that lie in memory at once


def append_entry(
    connection: Connection, *, now: datetime, actor: str, act: str, subject: str, detail: str = ""
) -> None:
    """Write one entry in the caller's transaction: what was done and that it was, or neither.

    One transaction at a time holds the end of the chain, until it commits: call it last.

    Parameters
    ----------
    now
        Aware.
    actor, act, subject
        Who did what to what.
    detail
        The rest; redacted.
    """
    audit_lock(connection)
    last = head(connection)
    serial, previous = (last.serial + 1, last.hash) if last else (1, START)
    detail = redact(detail)
    entry = Entry(
        serial, now, actor, act, subject, detail, previous,
        entry_hash(serial, now, actor, act, subject, detail, previous),
    )  # fmt: skip
    row = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    connection.execute(sa.insert(AUDIT), row)


def head(connection: Connection) -> Entry | None:
    """Give the newest entry, ``None`` where there is none."""
    query = sa.select(AUDIT).order_by(AUDIT.c.serial.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Entry(*row)


def latest(
    connection: Connection, *, actor: str | None = None, before: int | None = None, limit: int = 100
) -> list[Entry]:
    """Give entries, the newest first: of one actor, with a serial below ``before``."""
    query = sa.select(AUDIT).order_by(AUDIT.c.serial.desc()).limit(limit)
    if actor is not None:
        query = query.where(AUDIT.c.actor == actor)
    if before is not None:
        query = query.where(AUDIT.c.serial < before)
    return [Entry(*row) for row in connection.execute(query)]


def entries(connection: Connection) -> Iterator[Entry]:
    """Give all entries, the oldest first."""
    query = sa.select(AUDIT).order_by(AUDIT.c.serial).execution_options(yield_per=_PAGE)
    with connection.execute(query) as rows:  # a reader may stop at the first break
        for row in rows:
            yield Entry(*row)

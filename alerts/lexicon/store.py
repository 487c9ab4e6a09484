"""Editions of the list of sensitive terms, so that a signal's version leads to the list itself."""

from datetime import datetime

import sqlalchemy as sa

from alerts.lexicon.read import Lexicon
from appeals.database import METADATA, Connection, Instant, upsert

LEXICONS = sa.Table(
    "lexicons",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),  # SHA-256 of the file
    sa.Column("edition", sa.Text, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("imported", sa.Boolean, nullable=False),  # else it was used and never imported
)


def import_lexicon(
    connection: Connection, lexicon: Lexicon, content: bytes, at: datetime
) -> str | None:
    """Put an edition in force; give the version of the one it replaces, None of the first.

    An older edition that is imported again is in force again.
    """
    before = newest_lexicon(connection)
    row = _row(lexicon, content, at, imported=True)
    upsert(connection, LEXICONS, [row], replace=("edition", "at", "imported"))
    return before[0] if before else None


def keep_lexicon(connection: Connection, lexicon: Lexicon, content: bytes, at: datetime) -> None:
    """Keep a list that was used; nothing changes where it is kept already."""
    upsert(connection, LEXICONS, [_row(lexicon, content, at, imported=False)])


def is_kept(connection: Connection, lexicon: Lexicon) -> bool:
    """Tell whether this list is kept."""
    query = sa.select(LEXICONS.c.digest).where(LEXICONS.c.digest == lexicon.digest)
    return connection.execute(query).first() is not None


def newest_lexicon(connection: Connection) -> tuple[str, bytes] | None:
    """Give version and content of the edition that was imported last."""
    query = (
        sa.select(LEXICONS.c.edition, LEXICONS.c.digest, LEXICONS.c.content)
        .where(LEXICONS.c.imported)
        .order_by(LEXICONS.c.at.desc(), LEXICONS.c.digest)
        .limit(1)
    )
    row = connection.execute(query).first()
    return (f"{row.edition}+{row.digest[:12]}", row.content) if row else None


def editions(connection: Connection) -> list[dict[str, object]]:
    """Give all kept editions, the newest first: version, edition, digest, at, imported."""
    columns = [LEXICONS.c.edition, LEXICONS.c.digest, LEXICONS.c.at, LEXICONS.c.imported]
    rows = connection.execute(sa.select(*columns).order_by(LEXICONS.c.at.desc(), LEXICONS.c.digest))
    return [{"version": f"{r.edition}+{r.digest[:12]}", **r._mapping} for r in rows]


def _row(lexicon: Lexicon, content: bytes, at: datetime, *, imported: bool) -> dict[str, object]:
    return {
        "digest": lexicon.digest,
        "edition": lexicon.edition,
        "content": content,
        "at": at,
        "imported": imported,
    }

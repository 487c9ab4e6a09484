"""Verdicts on declared datums, in and out of the database: one row a batch, never changed."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Connection, Instant
from appeals.declared import short_datum
from geo.suspicion import Verdict

DATUM_CHECKS = sa.Table(
    "datum_checks",
    METADATA,
    sa.Column("check_id", BIG_ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),  # appeals, places, units
    sa.Column("source", sa.Text, nullable=False),  # of appeals; the file's name of the others
    sa.Column("at", Instant, nullable=False),
    sa.Column("declared", sa.Text, nullable=False),  # without a surveying office's parameters
    sa.Column("state", sa.Text, nullable=False),  # agrees, suspect, divided, unknown
    sa.Column("looks_like", sa.Text),
    sa.Column("figures", sa.Text, nullable=False),  # the verdict in one line, for a reader
)


@dataclass(frozen=True, slots=True)
class DatumCheck:
    """What was said of the newest batch of a source."""

    kind: str
    source: str
    at: datetime
    declared: str
    state: str
    looks_like: str | None
    figures: str


def add_check(
    connection: Connection, kind: str, source: str, verdict: Verdict, now: datetime
) -> None:
    """Keep a verdict beside the batch that it is about."""
    row = {
        "kind": kind,
        "source": source,
        "at": now,
        "declared": short_datum(verdict.declared),
        "state": verdict.state,
        "looks_like": verdict.looks_like,
        "figures": verdict.line(),
    }
    connection.execute(sa.insert(DATUM_CHECKS), row)


def newest_checks(connection: Connection) -> list[DatumCheck]:
    """Give the newest verdict of each source, suspect ones first."""
    table = DATUM_CHECKS.c
    newest = sa.select(sa.func.max(table.check_id)).group_by(table.kind, table.source)
    rows = connection.execute(
        sa.select(
            table.kind, table.source, table.at, table.declared, table.state, table.looks_like,
            table.figures,
        )
        .where(table.check_id.in_(newest))
        .order_by(table.kind, table.source)
    )  # fmt: skip
    checks = [DatumCheck(*row) for row in rows]
    return sorted(checks, key=lambda one: one.state != "suspect")

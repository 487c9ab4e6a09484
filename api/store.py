"""What the door itself keeps and counts: answers to an ``Idempotency-Key``, figures of the head.

Source: the IETF draft "The Idempotency-Key HTTP Header Field".
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from alerts.store import ALERTS, SIGNALS, seen_by
from appeals.database import METADATA, Connection, Instant
from appeals.privacy import Viewer
from appeals.store import APPEALS, VERSIONS
from grids.store import PLACEMENTS, UNITS

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


def keep_reply(connection: Connection, key: str, reply: Reply, now: datetime) -> None:
    """Keep an answer, in the transaction that did what it reports; forget those of last week."""
    connection.execute(sa.delete(REPLIES).where(REPLIES.c.at < now - KEPT))
    kept = {"request": reply.request, "answer": reply.answer}
    connection.execute(sa.insert(REPLIES), {"key": key, "at": now, **kept})


# --- figures of the head, of health and of the metrics --------------------------------------------


@dataclass(frozen=True, slots=True)
class DayFigures:
    """Appeals of one local day by what is known of their place; ``received`` is all of them."""

    received: int = 0
    located: int = 0
    placed: int = 0
    needs_confirm: int = 0
    outside: int = 0
    unlocated: int = 0


def day_figures(connection: Connection, day: date) -> DayFigures:
    """Count the current appeals of one local day by the status of their place."""
    current = VERSIONS.join(APPEALS, APPEALS.c.current == VERSIONS.c.serial).join(
        PLACEMENTS, PLACEMENTS.c.serial == VERSIONS.c.serial
    )
    found_level = sa.case((PLACEMENTS.c.level == "unlocated", 0), else_=1)
    query = (
        sa.select(PLACEMENTS.c.status, sa.func.count(), sa.func.sum(found_level))
        .select_from(current)
        .where(VERSIONS.c.local_day == day)
        .group_by(PLACEMENTS.c.status)
    )
    rows = connection.execute(query).all()
    by_status = {str(status): int(n) for status, n, _ in rows}
    return DayFigures(
        received=sum(by_status.values()),
        located=sum(int(found) for _, _, found in rows),
        placed=by_status.get("placed", 0),
        needs_confirm=by_status.get("needs_confirm", 0),
        outside=by_status.get("outside", 0),
        unlocated=by_status.get("unlocated", 0),
    )


def count_streets(connection: Connection, day: date) -> int:
    """Count the units of street level that hold on a day."""
    query = sa.select(sa.func.count()).where(
        UNITS.c.level == "street",
        UNITS.c.valid_from <= day,
        sa.or_(UNITS.c.valid_to.is_(None), UNITS.c.valid_to > day),
    )
    return int(connection.execute(query).scalar_one())


_ENDED = ("withdrawn", "expired", "lifted", "reviewed", "merged")


@dataclass(frozen=True, slots=True)
class AlertFigures:
    """Alerts by who has to look at them; each alert is in one of the five.

    ``open``: somebody still has to deal with it. ``historical``: found in old data, shown and never
    delivered. ``ended``: withdrawn, expired, lifted, reviewed, merged. ``over_budget``: more than
    the office can read today; ``aside``: so on days before, or known, or judged untrue before.
    """

    open: int
    historical: int
    ended: int
    over_budget: int
    aside: int


def alert_figures(connection: Connection, viewer: Viewer, midnight: datetime) -> AlertFigures:
    """Count what a viewer may see by who has to look at it; ``midnight`` began the present day."""
    group = sa.case(
        (ALERTS.c.historical, "historical"),
        (ALERTS.c.state.in_(_ENDED), "ended"),
        (ALERTS.c.aside.is_(None), "open"),
        (
            sa.and_(ALERTS.c.aside == "over_budget", ALERTS.c.opened_at > midnight),
            "over_budget",
        ),
        else_="aside",
    ).label("who")
    # By its name: PostgreSQL takes a second writing of the case for another one.
    query = sa.select(group, sa.func.count()).where(seen_by(viewer)).group_by("who")
    rows = connection.execute(query)
    counts = dict.fromkeys(("open", "historical", "ended", "over_budget", "aside"), 0)
    return AlertFigures(**counts | {name: int(n) for name, n in rows})


def count_alerts(connection: Connection) -> dict[tuple[str, str, str], int]:
    """Count the alerts by kind, level and state."""
    keys = ALERTS.c.kind, ALERTS.c.level, ALERTS.c.state
    rows = connection.execute(sa.select(*keys, sa.func.count()).group_by(*keys))
    return {(kind, level, state): int(n) for kind, level, state, n in rows}


def count_rows(connection: Connection) -> dict[str, int]:
    """Count the rows of the tables that grow."""
    tables = (APPEALS, VERSIONS, PLACEMENTS, ALERTS, SIGNALS, UNITS)
    return {
        table.name: int(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        )
        for table in tables
    }

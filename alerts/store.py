"""Watch state, signals and alerts in and out of the database."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts.episode import Episode
from alerts.rows import alert_row, signal_rows
from appeals.database import BIG_ID, METADATA, Connection, Instant, upsert
from appeals.errors import Conflict, NotFound
from appeals.privacy import Viewer

_NAME = "watch"
_UNIT_KINDS = ("district", "street", "community", "grid")

# Exactly one watcher detects: whoever holds the lease, and writes with its fencing number.
LEASE = sa.Table(
    "lease",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("holder", sa.Text, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("expires_at", Instant, nullable=False),
)

# How far the watch has come; the state is a cache of the counts and can be rebuilt from them.
WATCH = sa.Table(
    "watch",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("fence", sa.BigInteger, nullable=False),
    sa.Column("serial", sa.BigInteger, nullable=False),  # newest version that has been seen
    sa.Column("tick", Instant),  # end of the newest closed tick
    sa.Column("state_version", sa.Integer, nullable=False),
    sa.Column("state", sa.LargeBinary),
)

SIGNALS = sa.Table(
    "signals",
    METADATA,
    sa.Column("signal_id", BIG_ID, primary_key=True),
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), nullable=False, index=True),
    sa.Column("tick", Instant, nullable=False),  # end of the tick that raised it
    sa.Column("kind", sa.Text, nullable=False),  # surge, first, sensitive
    sa.Column("area_kind", sa.Text, nullable=False),
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("class_code", sa.Text, nullable=False),
    sa.Column("window_h", sa.Integer, nullable=False),
    sa.Column("cases", sa.Integer, nullable=False),  # 件
    sa.Column("callers", sa.Integer, nullable=False),  # 人
    sa.Column("expected", sa.Float),
    sa.Column("score", sa.Float, nullable=False),  # -log10 of the calibrated p
    sa.Column("reason", sa.Text, nullable=False),  # one Chinese sentence
    sa.Column("detail", sa.Text, nullable=False),  # JSON: numbers to draw and re-run it
)

ALERTS = sa.Table(
    "alerts",
    METADATA,
    sa.Column("alert_id", BIG_ID, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("level", sa.Text, nullable=False),  # red, orange, yellow, blue
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("area_kind", sa.Text, nullable=False),  # the smallest unit with most of the excess
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("class_code", sa.Text, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),  # end of the tick that opened it
    sa.Column("newest_at", Instant, nullable=False),  # receipt of its newest appeal
    sa.Column("cases", sa.Integer, nullable=False),
    sa.Column("callers", sa.Integer, nullable=False),
    sa.Column("expected", sa.Float),
    sa.Column("historical", sa.Boolean, nullable=False),  # shown, never delivered
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),  # JSON: the other keys, the streets it touches
)

ALERT_APPEALS = sa.Table(
    "alert_appeals",
    METADATA,
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), primary_key=True),
    sa.Column("appeal_id", sa.ForeignKey("appeals.appeal_id"), primary_key=True),
)

# What the live page follows; positions are given by the one watcher when it publishes.
EVENTS = sa.Table(
    "events",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), nullable=False),
    sa.Column("what", sa.Text, nullable=False),  # raised, updated, ended
    sa.Column("at", Instant, nullable=False),
)


# --- the lease ------------------------------------------------------------------------------------


def take_lease(connection: Connection, holder: str, now: datetime, lasts: timedelta) -> int | None:
    """Take or renew the right to detect: its fencing number, or None while another holds it."""
    row = connection.execute(sa.select(LEASE).where(LEASE.c.name == _NAME)).one_or_none()
    if row is not None and row.holder != holder and row.expires_at > now:
        return None
    fence = 1 if row is None else row.fence + (row.holder != holder)
    new = {"name": _NAME, "holder": holder, "fence": fence, "expires_at": now + lasts}
    upsert(connection, LEASE, [new], replace=("holder", "fence", "expires_at"))
    return int(fence)


def release_lease(connection: Connection, holder: str, now: datetime) -> None:
    """Give the lease back, so that the next watcher need not wait for its end."""
    connection.execute(
        LEASE.update().where(LEASE.c.name == _NAME, LEASE.c.holder == holder).values(expires_at=now)
    )


def lease_is_held(connection: Connection, now: datetime) -> bool:
    """Tell whether a live watcher is at work."""
    query = sa.select(LEASE.c.expires_at).where(LEASE.c.name == _NAME)
    expires_at = connection.execute(query).scalar_one_or_none()
    return expires_at is not None and expires_at > now


# --- how far the watch has come -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mark:
    """The stored watch: newest version seen, end of its newest tick, its state as bytes."""

    serial: int
    tick: datetime | None
    state_version: int
    state: bytes | None


def read_mark(connection: Connection) -> Mark:
    """Give how far the watch has come; a watch that never ran stands at 0."""
    row = connection.execute(sa.select(WATCH).where(WATCH.c.name == _NAME)).one_or_none()
    if row is None:
        return Mark(0, None, 0, None)
    return Mark(row.serial, row.tick, row.state_version, row.state)


def write_mark(connection: Connection, mark: Mark, fence: int) -> None:
    """Store how far the watch has come, in the transaction that stores what it found.

    Raises
    ------
    Conflict
        Another watcher has taken over since; nothing of this transaction may stay.
    """
    current = connection.execute(sa.select(LEASE.c.fence).where(LEASE.c.name == _NAME)).scalar_one()
    if current != fence:
        raise Conflict("another watcher has taken over")
    new = {
        "name": _NAME,
        "fence": fence,
        "serial": mark.serial,
        "tick": mark.tick,
        "state_version": mark.state_version,
        "state": mark.state,
    }
    upsert(connection, WATCH, [new], replace=tuple(k for k in new if k != "name"))


# --- alerts ---------------------------------------------------------------------------------------


def publish(
    connection: Connection, episodes: Sequence[Episode], now: datetime, stale_after: timedelta
) -> tuple[int, int]:
    """Store new and changed episodes as alerts; give the numbers of new alerts and new signals.

    An episode that was published before, by this run or by one that ended badly, keeps its alert:
    it is known by its number, or by the alert of the same day that holds its appeals. A signal
    whose newest appeal is older than ``stale_after`` is history: stored, never delivered.
    """
    alerts = signals = 0
    for episode in episodes:
        if episode.alert_id is None:
            episode.alert_id = _published(connection, episode)
        row = alert_row(episode, now, stale_after)
        if episode.alert_id is None:
            what, alerts = "raised", alerts + 1
            new = ALERTS.insert().values(state="detected", **row).returning(ALERTS.c.alert_id)
            episode.alert_id = int(connection.execute(new).scalar_one())
        else:
            what = "updated"
            opened = {"opened_at", "historical"}
            changes = {k: v for k, v in row.items() if k not in opened}
            same = sa.select(*(ALERTS.c[k] for k in changes))
            stored = connection.execute(same.where(ALERTS.c.alert_id == episode.alert_id)).one()
            if dict(stored._mapping) == changes:
                continue
            connection.execute(
                ALERTS.update().where(ALERTS.c.alert_id == episode.alert_id).values(changes)
            )
        old = SIGNALS.delete().where(SIGNALS.c.alert_id == episode.alert_id)
        signals += len(episode.signals) - connection.execute(old).rowcount
        connection.execute(SIGNALS.insert(), signal_rows(episode))
        links = [{"alert_id": episode.alert_id, "appeal_id": a} for a in sorted(episode.appeals)]
        upsert(connection, ALERT_APPEALS, links)
        _announce(connection, episode.alert_id, what, now)
    return alerts, signals


def _published(connection: Connection, episode: Episode) -> int | None:
    """Find the alert that this episode was published as before: same opening, shared appeals."""
    query = (
        sa.select(ALERTS.c.alert_id, sa.func.count())
        .join(ALERT_APPEALS, ALERT_APPEALS.c.alert_id == ALERTS.c.alert_id)
        .where(
            ALERTS.c.opened_at > episode.opened_at - timedelta(days=1),
            ALERTS.c.opened_at < episode.opened_at + timedelta(days=1),
            (ALERTS.c.kind == "sensitive") == (episode.kind == "sensitive"),
            ALERT_APPEALS.c.appeal_id.in_(sorted(episode.appeals)[:500]),
        )
        .group_by(ALERTS.c.alert_id)
        .order_by(sa.func.count().desc(), ALERTS.c.alert_id)
        .limit(1)
    )
    row = connection.execute(query).one_or_none()
    if row is None or 2 * row[1] < min(len(episode.appeals), 500):
        return None
    return int(row[0])


def _announce(connection: Connection, alert_id: int, what: str, now: datetime) -> None:
    newest = connection.execute(sa.select(sa.func.max(EVENTS.c.position))).scalar() or 0
    event = {"position": newest + 1, "alert_id": alert_id, "what": what, "at": now}
    connection.execute(EVENTS.insert().values(event))


# --- reading --------------------------------------------------------------------------------------

_OPEN_FIELDS = tuple(column.name for column in ALERTS.columns)


def read_alerts(
    connection: Connection, viewer: Viewer, *, before: int | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Give the newest alerts, newest first, as this viewer may see them.

    Parameters
    ----------
    connection
        An open transaction.
    viewer
        Who reads; alerts are about matters and places and hold no personal field.
    before
        Give only alerts with a lower number: the cursor of the next page.
    limit
        Most alerts to give.
    """
    query = sa.select(ALERTS).order_by(ALERTS.c.alert_id.desc()).limit(limit)
    if before is not None:
        query = query.where(ALERTS.c.alert_id < before)
    return [_viewed(row._mapping, viewer) for row in connection.execute(query)]


def read_alert(connection: Connection, viewer: Viewer, alert_id: int) -> dict[str, Any]:
    """Give one alert with its signals and the numbers of its appeals.

    Raises
    ------
    NotFound
        There is no alert of this number.
    """
    query = sa.select(ALERTS).where(ALERTS.c.alert_id == alert_id)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no alert {alert_id}")
    signals = sa.select(SIGNALS).where(SIGNALS.c.alert_id == alert_id).order_by(SIGNALS.c.signal_id)
    links = sa.select(ALERT_APPEALS.c.appeal_id).where(ALERT_APPEALS.c.alert_id == alert_id)
    return _viewed(row._mapping, viewer) | {
        "signals": [
            {k: v for k, v in one._mapping.items() if k != "detail"}
            | {"detail": json.loads(one.detail)}
            for one in connection.execute(signals)
        ],
        "appeals": sorted(connection.execute(links).scalars()),
    }


def _viewed(row: Mapping[Any, Any], viewer: Viewer) -> dict[str, Any]:
    del viewer  # nothing of an alert depends on who reads it until areas and duties exist
    return {name: row[name] for name in _OPEN_FIELDS if name != "detail"} | {
        "detail": json.loads(row["detail"])
    }


def events_after(connection: Connection, position: int, limit: int = 500) -> list[dict[str, Any]]:
    """Give what was published after this position, oldest first."""
    query = sa.select(EVENTS).where(EVENTS.c.position > position)
    rows = connection.execute(query.order_by(EVENTS.c.position).limit(limit))
    return [dict(row._mapping) for row in rows]


def positions(connection: Connection) -> tuple[int, int]:
    """Give the oldest and the newest position that is kept, (0, 0) where there is none."""
    query = sa.select(sa.func.min(EVENTS.c.position), sa.func.max(EVENTS.c.position))
    low, high = connection.execute(query).one()
    return int(low or 0), int(high or 0)


def stable_rows(
    connection: Connection, unit_codes: Mapping[int, str], appeal_names: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """Give the alerts and their signals without numbers of rows and times of recording.

    ``unit_codes`` and ``appeal_names`` translate numbers that depend on the order of recording.
    """

    def area(kind: str, number: int) -> str:
        return unit_codes.get(number, "?") if kind in _UNIT_KINDS else str(number)

    for row in connection.execute(sa.select(ALERTS)):
        links = sa.select(ALERT_APPEALS.c.appeal_id).where(ALERT_APPEALS.c.alert_id == row.alert_id)
        signals = connection.execute(sa.select(SIGNALS).where(SIGNALS.c.alert_id == row.alert_id))
        yield {
            "alert": row.kind,
            "level": row.level,
            "state": row.state,
            "area": [row.area_kind, area(row.area_kind, row.area)],
            "class": row.class_code,
            "opened_at": row.opened_at.isoformat(),
            "newest_at": row.newest_at.isoformat(),
            "numbers": [row.cases, row.callers, row.expected],
            "reason": row.reason,
            "appeals": sorted(appeal_names[a] for a in connection.execute(links).scalars()),
            "signals": sorted(
                [s.tick.isoformat(), s.kind, s.area_kind, area(s.area_kind, s.area), s.class_code,
                 s.window_h, s.cases, s.callers, s.score, s.reason]
                for s in signals
            ),
        }  # fmt: skip

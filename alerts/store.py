"""Signals and alerts in and out of the database."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa

from alerts.episode import GRAVITY, SAME_OPENING, Episode
from alerts.levels import Levels, read_levels
from alerts.response.moves import ENDED
from alerts.rooms.store import rooms_of
from alerts.rows import alert_row, signal_rows
from appeals.database import BIG_ID, METADATA, Connection, Instant, publish_lock, upsert
from appeals.errors import NotFound
from appeals.privacy import Reach, Viewer, view
from appeals.store import APPEALS, VERSIONS
from grids.store import PLACEMENTS

_AT_ONCE = 10_000  # numbers in one query
UNIT_KINDS = ("district", "street", "community", "grid")  # area is a unit's number

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
    sa.Column("historical", sa.Boolean, nullable=False),  # shown, not delivered
    sa.Column("headline", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),  # JSON: the other keys, the streets it touches
    sa.Column("verdict", sa.Text),  # the one in force: true, false, known
    sa.Column("verdict_by", sa.Text),
    sa.Column("verdict_at", Instant),
    sa.Column("aside", sa.Text),  # why it is not told: over_budget, known, judged_false
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
    sa.Column("what", sa.Text, nullable=False),  # raised, updated, judged
    sa.Column("at", Instant, nullable=False),
)


class Following(Protocol):
    """Who goes on with what was published: the response."""

    @property
    def levels(self) -> Levels:
        """The office's table of 提示等级."""

    def set_apart(
        self, connection: Connection, row: Mapping[str, Any], now: datetime
    ) -> str | None:
        """Say why a row about to be stored is not told, ``None`` where it is."""

    def published(
        self, connection: Connection, alert_id: int, before: Mapping[str, Any] | None, now: datetime
    ) -> None:
        """Take note of an alert that was stored; ``before`` is its row as it stood."""


def publish(
    connection: Connection,
    episodes: Sequence[Episode],
    now: datetime,
    stale_after: timedelta | None,
    *,
    following: Following | None = None,
    provisional: bool = False,
    closed: date | None = None,
) -> tuple[int, int]:
    """Store new and changed episodes as alerts; give the numbers of new alerts and new signals.

    An episode that was published before, by this run or by one that ended badly, keeps its alert:
    it is known by its number, or by its opening and the keys of its signals. An alert
    whose newest appeal is older than ``stale_after`` is history: stored, not delivered. It is
    raised when live appeals come to it.

    Parameters
    ----------
    stale_after
        ``None``: all that is published is history, however new.
    following
        Gives the table of 提示等级, and is told of each alert in the transaction that stores it.
    provisional
        They are of a day that is open: their alerts are marked so until its close confirms them.
    closed
        The local day at whose close they were found: of what was told while it was open, the
        appeals that stand behind an alert no longer are taken from it.
    """
    alerts = signals = 0
    levels = following.levels if following is not None else read_levels()
    for episode in episodes:
        if episode.alert_id is None:
            episode.alert_id = _published(connection, episode)
        row = alert_row(episode, now, stale_after, levels, provisional=provisional)
        live = following if not row["historical"] else None
        if live is not None:
            row["aside"] = live.set_apart(connection, row, now)
        stored: dict[str, Any] | None = None
        if episode.alert_id is None:
            what, alerts = "raised", alerts + 1
            new = ALERTS.insert().values(state="detected", **row).returning(ALERTS.c.alert_id)
            episode.alert_id = int(connection.execute(new).scalar_one())
        else:
            opened = {"opened_at"} if closed is None else set()
            if closed is not None:
                _unlink(connection, episode, closed)
            own = sa.select(ALERTS).where(ALERTS.c.alert_id == episode.alert_id)
            stored = dict(connection.execute(own).mappings().one())
            changes = {k: v for k, v in row.items() if k not in opened} | _kept(stored, row)
            if changes == {k: stored[k] for k in changes}:
                continue
            connection.execute(
                ALERTS.update().where(ALERTS.c.alert_id == episode.alert_id).values(changes)
            )
            what = "raised" if _goes_live(stored, row) else "updated"
        old = SIGNALS.delete().where(SIGNALS.c.alert_id == episode.alert_id)
        signals += len(episode.signals) - connection.execute(old).rowcount
        connection.execute(SIGNALS.insert(), signal_rows(episode))
        more = sorted(episode.appeals - episode.linked)
        links = [{"alert_id": episode.alert_id, "appeal_id": appeal} for appeal in more]
        upsert(connection, ALERT_APPEALS, links)
        episode.linked |= episode.appeals
        announce(connection, episode.alert_id, what, now)
        if live is not None:
            live.published(connection, episode.alert_id, stored, now)
    return alerts, signals


def _unlink(connection: Connection, episode: Episode, day: date) -> None:
    """Take from an alert the appeals of a day that its episode does not have."""
    of_day = sa.select(ALERT_APPEALS.c.appeal_id).join(
        APPEALS, APPEALS.c.appeal_id == ALERT_APPEALS.c.appeal_id
    )
    of_day = of_day.join(VERSIONS, VERSIONS.c.serial == APPEALS.c.current)
    mine = ALERT_APPEALS.c.alert_id == episode.alert_id
    linked = connection.execute(of_day.where(mine, VERSIONS.c.local_day == day)).scalars()
    gone = sorted(set(linked) - episode.appeals)
    for at in range(0, len(gone), _AT_ONCE):
        some = ALERT_APPEALS.c.appeal_id.in_(gone[at : at + _AT_ONCE])
        connection.execute(ALERT_APPEALS.delete().where(mine, some))


def _kept(stored: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Give what an alert keeps, or gives up, when it is published again.

    What was live stays so, and what was told is not set apart afterwards. A level given by hand
    stands until the table gives a graver one than it did. What was judged untrue or known, and has
    become graver since, waits for a verdict anew.
    """
    goes_live = _goes_live(stored, row)
    kept: dict[str, Any] = {"historical": stored["historical"] and not goes_live}
    if stored["aside"] is None and not goes_live:  # history was told to nobody
        kept["aside"] = None
    found = json.loads(stored["detail"]).get("found_level", stored["level"])
    if stored["level"] != found:
        risen = GRAVITY.index(row["level"]) > GRAVITY.index(found)
        levels = (stored["level"], row["level"]) if risen else (stored["level"],)
        kept["level"] = max(levels, key=GRAVITY.index)
    level = kept.get("level", row["level"])
    graver = GRAVITY.index(level) > GRAVITY.index(stored["level"])
    if graver and stored["verdict"] in ("false", "known"):
        kept |= {"state": "detected", "verdict": None, "verdict_by": None, "verdict_at": None}
    return kept


def _goes_live(stored: Mapping[str, Any], row: Mapping[str, Any]) -> bool:
    """Tell whether live appeals have come to an alert that was history.

    One that is only found again, as when the watch goes on after an import, stays what it was.
    """
    newer = row["newest_at"] > stored["newest_at"]
    return bool(stored["historical"] and newer and not row["historical"])


def _published(connection: Connection, episode: Episode) -> int | None:
    """Find the alert as which this episode was published before: opened then, of the same keys."""
    key = sa.tuple_(SIGNALS.c.kind, SIGNALS.c.area_kind, SIGNALS.c.area, SIGNALS.c.class_code)
    query = (
        sa.select(ALERTS.c.alert_id)
        .join(SIGNALS, SIGNALS.c.alert_id == ALERTS.c.alert_id)
        .where(
            ALERTS.c.opened_at > episode.opened_at - SAME_OPENING,
            ALERTS.c.opened_at < episode.opened_at + SAME_OPENING,
            key.in_(sorted(episode.signals)),
        )
        .group_by(ALERTS.c.alert_id)
        .order_by(sa.func.count().desc(), ALERTS.c.alert_id)
        .limit(1)
    )
    return connection.execute(query).scalar_one_or_none()


def announce(connection: Connection, alert_id: int, what: str, now: datetime) -> None:
    """Tell all who follow the alerts what became of one: raised, updated or judged."""
    publish_lock(connection)
    newest = connection.execute(sa.select(sa.func.max(EVENTS.c.position))).scalar() or 0
    event = {"position": newest + 1, "alert_id": alert_id, "what": what, "at": now}
    connection.execute(EVENTS.insert().values(event))


_OWN_FIELDS = frozenset([*ALERTS.columns.keys(), *SIGNALS.columns.keys()])


def read_alerts(
    connection: Connection, viewer: Viewer, *, before: int | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Give the newest alerts, newest first, as this viewer may see them.

    Parameters
    ----------
    connection
        An open transaction.
    viewer
        Who reads; alerts are about matters and places and hold no personal field. A street reads
        those of its own area, a liaison those in whose room a duty of theirs stands.
    before
        Give only alerts with a lower number: the cursor of the next page.
    limit
        Most alerts to give.
    """
    query = sa.select(ALERTS).where(seen_by(viewer))
    query = query.order_by(ALERTS.c.alert_id.desc()).limit(limit)
    if before is not None:
        query = query.where(ALERTS.c.alert_id < before)
    return [_viewed(row, viewer) for row in connection.execute(query)]


def read_alert(connection: Connection, viewer: Viewer, alert_id: int) -> dict[str, Any]:
    """Give one alert with its signals and the numbers of its appeals.

    Raises
    ------
    NotFound
        There is no alert of this number, or the viewer has no business with it.
    """
    query = sa.select(ALERTS).where(ALERTS.c.alert_id == alert_id, seen_by(viewer))
    row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"there is no alert {alert_id}")
    signals = sa.select(SIGNALS).where(SIGNALS.c.alert_id == alert_id).order_by(SIGNALS.c.signal_id)
    links = sa.select(ALERT_APPEALS.c.appeal_id).where(ALERT_APPEALS.c.alert_id == alert_id)
    return _viewed(row, viewer) | {
        "signals": [_viewed(one, viewer) for one in connection.execute(signals)],
        "appeals": sorted(connection.execute(links).scalars()),
    }


def seen_by(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Give which alerts a viewer may read, by :data:`appeals.privacy.REACH`."""
    if viewer.reach is Reach.ALL:
        return sa.true()
    if viewer.reach is Reach.AREA:
        return _lies_in(viewer.area)
    if viewer.reach is Reach.NONE:
        return sa.false()
    concerned = ALERTS.c.alert_id.in_(rooms_of(viewer.duties, told=False))
    told = ALERTS.c.alert_id.in_(rooms_of(viewer.duties, told=True))
    live = ~ALERTS.c.historical & ALERTS.c.aside.is_(None) & ALERTS.c.state.not_in(sorted(ENDED))
    place = _lies_in(viewer.within) if viewer.within else sa.true()
    return place & (told | (concerned & live))


def _lies_in(units: Collection[int]) -> sa.ColumnElement[bool]:
    """Say of an alert that it lies in one of these units.

    What is of cells or of a subject does where an appeal behind it lies there.
    """
    own = sorted(units)
    behind = (
        sa.exists()
        .where(ALERT_APPEALS.c.alert_id == ALERTS.c.alert_id)
        .where(APPEALS.c.appeal_id == ALERT_APPEALS.c.appeal_id)
        .where(PLACEMENTS.c.serial == APPEALS.c.current, PLACEMENTS.c.street_id.in_(own))
    )
    unit = ALERTS.c.area_kind.in_(UNIT_KINDS)
    elsewhere = ALERTS.c.area_kind.in_(("cell_8", "cell_9", "subject"))
    return sa.or_(sa.and_(unit, ALERTS.c.area.in_(own)), sa.and_(elsewhere, behind))


def _viewed(row: sa.Row[Any], viewer: Viewer) -> dict[str, Any]:
    # An alert is about a matter and a place: none of its own columns holds anything of a citizen.
    seen = view(dict(row._mapping), viewer, also=_OWN_FIELDS)
    return seen | {"detail": json.loads(row.detail)}


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

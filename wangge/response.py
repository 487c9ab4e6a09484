"""The response to alerts as this installation has set it, and its limits that pass."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.levels import read_levels
from alerts.response.follow import Follower
from alerts.routing import read_routing
from appeals.database import Engine, reading, writing
from wangge.settings import Settings


def read_follower(settings: Settings) -> Follower:
    """Read the office's tables of levels and of who is told.

    Raises
    ------
    InputError
        A row cannot be understood.
    """
    zone, own = ZoneInfo(settings.jurisdiction.time_zone), settings.alerts
    return Follower(read_levels(own.levels, zone), read_routing(own.routing))


KEPT_EVERY = timedelta(seconds=5)
"""Limits are looked at so often: the shortest is a minute."""


def limit_keeper(engine: Engine, settings: Settings) -> Callable[[datetime], None]:
    """Give what the one watcher calls at each step: limits are looked at every few seconds."""
    follower, kept_at = read_follower(settings), datetime.fromtimestamp(0, UTC)

    def keep(now: datetime) -> None:
        nonlocal kept_at
        if now - kept_at >= KEPT_EVERY:
            kept_at = now
            keep_time(engine, follower, now)

    return keep


def keep_time(engine: Engine, follower: Follower, now: datetime) -> int:
    """Ask the next where nobody has acknowledged in time, end what has expired; give how many.

    Looking costs a read; only where a limit has passed is anything locked.
    """
    with reading(engine) as connection:
        due = follower.is_due(connection, now)
    for alert_id in due:
        with writing(engine) as connection:
            follower.keep_time(connection, alert_id, now)
    return len(due)

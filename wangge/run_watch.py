"""Runs the watch once over what is there, where no other watcher is at work."""

from datetime import UTC, datetime

from appeals.database import Engine
from appeals.errors import Conflict
from wangge.settings import Settings
from wangge.watcher import Progress, Watcher, WatchReport


def run_watch(
    engine: Engine,
    settings: Settings,
    *,
    now: datetime | None = None,
    history: bool = False,
    progress: Progress | None = None,
) -> WatchReport:
    """Run the watch once to the end of what is there, and give the lease back.

    Raises
    ------
    Conflict
        Another watcher is at work.
    """
    watcher = Watcher(engine, settings, history=history)
    report = watcher.step(now or datetime.now(UTC), progress)
    if report is None:
        raise Conflict("another watcher is at work; it will see the new appeals")
    watcher.stop(datetime.now(UTC))
    return report

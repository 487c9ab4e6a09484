"""``wangge watch``: follows new appeals, detects and raises."""

import argparse
from typing import TYPE_CHECKING

from appeals.errors import Conflict, Unavailable
from wangge.arguments import Commands, add_site_command
from wangge.follow import follow
from wangge.site import Site, wall_clock
from wangge.terminal import Answer, progress_bar

if TYPE_CHECKING:
    from wangge.watcher import Finder, WatchReport


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    watch = add_site_command(commands, shared, "watch", _watch)
    watch.add_argument("--once", action="store_true", help="run to the end of what is there")


def _watch(arguments: argparse.Namespace, site: Site) -> Answer:
    return watched(site, once=arguments.once)


def watched(site: Site, *, once: bool, find: "Finder | None" = None) -> Answer:
    """Watch an installation until it is stopped, or once to the end of what is there.

    Parameters
    ----------
    site
        The installation.
    once
        Whether to stop there.
    find
        Goes through days that are over, as :class:`wangge.watcher.Watcher` takes it.

    Raises
    ------
    Conflict
        Another watcher is at work.
    Unavailable
        The database does not answer, and the watch was to be run once.
    """
    from wangge.response import limit_keeper
    from wangge.watcher import Watcher  # river and scipy are heavy: only where they are needed

    watcher = Watcher(site.engine, site.settings, find=find)
    keep_time = limit_keeper(site.engine, site.settings)
    days = signals = alerts = 0

    def tell(report: "WatchReport") -> None:
        nonlocal days, signals, alerts
        days, signals, alerts = report.days, signals + report.signals, alerts + report.alerts

    try:
        try:
            report = watcher.step(wall_clock(), progress_bar("days"))
            if report is None:
                raise Conflict("another watcher is at work: exactly one detects")
            tell(report)
            keep_time(wall_clock())
        except Unavailable:
            if once:
                raise
        if not once:  # what the database did not answer is waited for
            follow(watcher, lambda: False, keep_time, tell)
    except KeyboardInterrupt:
        pass  # the usual end of a watch
    finally:
        watcher.stop(wall_clock())
    data = {"days": days, "signals": signals, "alerts": alerts}
    return Answer(data, [f"signals {signals}, alerts {alerts}"])

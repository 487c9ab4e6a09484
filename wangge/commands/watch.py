"""``wangge watch``: follows new appeals, detects and raises."""

import argparse
import time

from appeals.errors import Unavailable
from wangge.arguments import Commands, add_command
from wangge.site import open_site
from wangge.terminal import Answer

_LOOK_EVERY_S = 5.0


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    watch = add_command(commands, shared, "watch", _watch, "follow new appeals and raise alerts")
    watch.add_argument("--once", action="store_true", help="run to the end of what is there")


def _watch(arguments: argparse.Namespace) -> Answer:
    from wangge.watcher import run_watch  # river and scipy are heavy: only where they are needed

    site = open_site(arguments.config)
    signals = alerts = 0
    try:
        while True:
            report = run_watch(site.engine, site.settings)
            if report is None:
                raise Unavailable("another watcher holds the lease: exactly one detects")
            signals, alerts = signals + report.signals, alerts + report.alerts
            if arguments.once:
                break
            time.sleep(_LOOK_EVERY_S)
    except KeyboardInterrupt:
        pass  # the usual end of a watch
    return Answer({"signals": signals, "alerts": alerts}, [f"signals {signals}, alerts {alerts}"])

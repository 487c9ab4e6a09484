"""The watch that does not end: it looks for fresh appeals ten times a second.

To ask for the newest number costs a fraction of a millisecond on both databases, so that nothing
need be told to the watcher by whoever writes.
"""

import gc
import logging
import signal
import time
from collections.abc import Callable
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from appeals.errors import WanggeError
from wangge.site import open_site, wall_clock

if TYPE_CHECKING:  # river and scipy are heavy: only for the process that watches
    from wangge.watcher import Watcher, WatchReport

LOOK_EVERY_S = 0.1
_REST_S = 3.0  # after a step that failed, and while another watcher is at work

_LOG = logging.getLogger(__name__)


def follow(
    watcher: "Watcher",
    is_over: Callable[[], bool],
    keep_time: Callable[[datetime], object],
    tell: "Callable[[WatchReport], object] | None" = None,
) -> None:
    """Step until it is over, whatever fails meanwhile, and give the lease back.

    A database that is away for a night is one line when it goes and one when it is back.

    Parameters
    ----------
    watcher
        Of one database.
    is_over
        Asked before each step.
    keep_time
        Lets the limits of the response pass, where no other watcher is at work.
    tell
        Called with what each step found.
    """
    fault = ""
    while not is_over():
        rest_s, before, level, fault = LOOK_EVERY_S, fault, logging.WARNING, ""
        try:
            report = watcher.step(wall_clock())
            if report is not None and tell is not None:
                tell(report)
            if report is None:
                rest_s = _REST_S
            elif report.days:
                # What was read and learnt stays: no look shall wait while it is gone through.
                gc.collect()
                gc.freeze()
            else:
                keep_time(wall_clock())
        except WanggeError as error:
            fault, rest_s = str(error), _REST_S
        except Exception as error:
            # It must go on; the message of an unforeseen error may hold a citizen's words.
            fault, rest_s, level = f"internal error {type(error).__name__}", _REST_S, logging.ERROR
        if fault != before:
            _LOG.log(level, "watcher: %s", fault or "goes on")
        time.sleep(0.0 if watcher.busy else rest_s)
    try:
        watcher.stop(wall_clock())
    except WanggeError as error:
        _LOG.warning("watcher: %s", error)


def watch_beside(config: Path, parent: Connection) -> None:
    """Watch the installation of these settings until the parent closes the pipe, or is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal tells all; the parent decides
    from wangge.response import limit_keeper
    from wangge.watcher import Watcher

    with open_site(config) as site:
        watcher = Watcher(site.engine, site.settings)
        follow(watcher, parent.poll, limit_keeper(site.engine, site.settings))

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
    from wangge.watcher import Watcher

LOOK_EVERY_S = 0.1
_REST_S = 3.0  # after a step that failed, and while another watcher is at work

_LOG = logging.getLogger(__name__)


def follow(
    watcher: "Watcher", is_over: Callable[[], bool], keep_time: Callable[[datetime], object]
) -> None:
    """Step until it is over, and give the lease back.

    Parameters
    ----------
    watcher
        Of one database.
    is_over
        Asked before each step.
    keep_time
        Lets the limits of the response pass, where no other watcher is at work.
    """
    while not is_over():
        rest_s = LOOK_EVERY_S
        try:
            report = watcher.step(wall_clock())
            if report is None:
                rest_s = _REST_S
            elif report.days:
                # What was read and learnt stays: no look shall wait while it is gone through.
                gc.collect()
                gc.freeze()
            else:
                keep_time(wall_clock())
        except WanggeError as error:
            _LOG.warning("watcher: %s", error)
            rest_s = _REST_S
        except Exception as error:
            # It must go on; the message of an unforeseen error may hold a citizen's words.
            _LOG.error("watcher: internal error %s", type(error).__name__)
            rest_s = _REST_S
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

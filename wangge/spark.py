"""Days that are over, looked through side by side in Spark.

Nothing that is found teaches: the state at the end of a day follows from the counts alone. So the
driver runs ahead and only learns, and every few days hands out the watch as it stands there; a task
takes those days from it with the same code as a single machine, all keys together, so that every
sum over the city is whole (decision 0080). What the tasks find is told in the order of the days.

A task only reads. One that died is run again, and a driver that died goes on at the stored mark.
"""

import os
import sys
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import which
from typing import TYPE_CHECKING

from alerts.findings import Findings
from alerts.watch import Context, Watch
from appeals.database import reading
from appeals.errors import InputError, Unavailable, WanggeError
from wangge.site import Site, open_site
from wangge.watch_context import Names, fresh_context, named_rows
from wangge.watcher import Parts

if TYPE_CHECKING:  # an extra: only this command needs it
    from pyspark import Broadcast, SparkContext

DAYS_A_TASK = 7
_LOCAL = "local[*,4]"  # a task may fail three times, as on a cluster
_HEARTBEAT_S = 5.0


def start_spark(master: str | None) -> "SparkContext":
    """Start Spark, or join the cluster that the surroundings name.

    Parameters
    ----------
    master
        Address of the cluster; all cores of this machine where neither this nor the settings of
        Spark name one.

    Raises
    ------
    InputError
        pyspark or Java is missing.
    """
    try:
        from pyspark import SparkConf, SparkContext
    except ImportError as error:
        raise InputError("pyspark is not installed: pip install 'wangge[spark]'") from error
    # The tasks need the packages that the driver has.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    if not (os.environ.get("JAVA_HOME") or which("java")):
        raise InputError("Spark needs Java 17 or later: it is not installed here")
    conf = SparkConf().setIfMissing("spark.app.name", "wangge")
    conf = conf.setMaster(master) if master else conf.setIfMissing("spark.master", _LOCAL)
    for name in ("spark.ui.enabled", "spark.ui.showConsoleProgress"):
        conf.setIfMissing(name, "false")
    spark = SparkContext(conf=conf)
    spark.setLogLevel("ERROR")
    return spark


@dataclass(frozen=True, slots=True)
class SparkDays:
    """Goes through days that are over in tasks of Spark; a :data:`wangge.watcher.Finder`.

    Parameters
    ----------
    spark
        From :func:`start_spark`.
    site
        The installation. Its settings file and its database must be reached from every executor
        under the same address.

    Raises
    ------
    InputError
        The database is a file and the cluster more than this machine.
    """

    spark: "SparkContext"
    site: Site

    def __post_init__(self) -> None:
        if self.site.embedded and not self.spark.master.startswith("local"):
            raise InputError("database: executors cannot reach a file; use PostgreSQL")

    def __call__(self, watch: Watch, days: Sequence[date], context: Context, names: Names) -> Parts:
        """Give what the days showed, part by part; as a Finder does."""
        if not days:
            return
        ahead, slots = watch.copy(), self.spark.defaultParallelism
        waiting: deque[tuple[Future[list[Findings]], Watch]] = deque()
        with ThreadPoolExecutor(slots) as pool:
            try:
                for low in range(0, len(days), DAYS_A_TASK):
                    part = days[low : low + DAYS_A_TASK]
                    state = self.spark.broadcast(ahead)  # as it stands: it is written out at once
                    job = pool.submit(self._find, state, part)
                    for day in part:
                        with reading(self.site.engine) as connection:
                            rows = named_rows(connection, day, names)
                        ahead.learn_day(day, rows, context)
                        yield watch, []
                    waiting.append((job, ahead.copy()))
                    # What waits is held in memory: one part more than are at work.
                    yield from _done(waiting, most=slots)
                yield from _done(waiting, most=0)
            finally:
                self.spark.cancelAllJobs()

    def _find(self, state: "Broadcast[Watch]", days: Sequence[date]) -> list[Findings]:
        config = str(self.site.config)
        task = self.spark.parallelize([list(days)], 1)
        try:
            found: list[list[Findings]] = task.map(
                lambda own: _look_through(config, state.value, own)
            ).collect()
        except Exception as error:
            raise Unavailable(
                f"Spark could not look through {days[0]} to {days[-1]}: its log says why"
            ) from error
        finally:
            state.destroy()
        return found[0]


def _done(waiting: deque[tuple[Future[list[Findings]], Watch]], most: int) -> Parts:
    """Give the oldest parts until so many are left that are not done."""
    while waiting:
        job, end = waiting[0]
        if not job.done() and len(waiting) <= most:
            return
        if not wait([job], _HEARTBEAT_S).done:
            yield end, []
            continue
        waiting.popleft()
        yield end, job.result()


def _look_through(config: str, start: Watch, days: Sequence[date]) -> list[Findings]:
    """Do the work of one task: find what some days showed, from the watch before them."""
    try:
        with open_site(Path(config)) as site, reading(site.engine) as connection:
            context, names = fresh_context(connection, site.settings)
            watch = start.copy()  # what is broadcast serves another try too
            return [
                watch.find_day(day, named_rows(connection, day, names), context) for day in days
            ]
    except WanggeError:
        raise
    except Exception as error:
        # Spark logs what a task raises; the message may hold a citizen's words.
        raise RuntimeError(f"internal error {type(error).__name__}") from None

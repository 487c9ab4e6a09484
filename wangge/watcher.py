"""Runs the watch on a database: the lease, the rows of each day, and what is stored of it.

A closed day's findings, state and mark are one transaction. A day closes when rows and the
clock show that it is over; the day that is open is followed row by row on a copy of the state.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from alerts.columns import DAY_ENDS, Columns
from alerts.episode import Episode
from alerts.findings import Findings
from alerts.lease import store as lease_store
from alerts.live import Found, OpenDay
from alerts.sensitive import SensitiveWatch
from alerts.subjects import SubjectReader
from alerts.watch import Context, Watch
from appeals.database import Connection, Engine, reading
from appeals.errors import Conflict
from geo.store import places_mark
from grids import store as grid_store
from wangge.own_files import OwnFiles
from wangge.sensitive_terms import read_sensitive
from wangge.settings import Settings
from wangge.warm import Here, brought_up, late_alerts, untold
from wangge.watch_context import (
    LATENESS,
    Names,
    named_rows,
    newest_by,
    read_subjects,
    watch_context,
)
from wangge.watch_writer import WatchWriter

RUN_AGAIN_S = 60
"""An open day is begun anew for corrections, and looked through for clusters, so often at most."""
SLICE_S = 0.05
"""Between two questions for fresh rows what is asked of numbers takes so long, and one slice."""
RUN_SHARE = 0.005  # of the time at most is spent on beginning an open day anew
TELL_AGAIN_S = 5
"""What was told of an open day is told again, as it grows, so often at most."""
Progress = Callable[[int, int], None]

Parts = Iterator[tuple[Watch, list[Findings]]]
"""Days that are over, some at a time: the watch at their end, and what each of them showed.

Where nothing is to be stored yet, findings are empty: the lease has time to be renewed.
"""
Finder = Callable[[Watch, Sequence[date], Context, Names], Parts]
"""Goes through days that are over, in their order, from the watch as it stands before them."""


@dataclass(frozen=True, slots=True)
class WatchReport:
    """What one run of the watch found: days run, new signals, new alerts."""

    days: int
    signals: int
    alerts: int


class Watcher:
    """Follows one database; keeps the watch in memory between steps.

    Parameters
    ----------
    engine, settings
        The database and what the office set.
    history
        All that is found is history: stored and shown, never delivered.
    find
        Goes through days that are over; without it they are run here, one by one.
    """

    def __init__(
        self,
        engine: Engine,
        settings: Settings,
        *,
        history: bool = False,
        find: Finder | None = None,
    ) -> None:
        self._engine = engine
        self._find = find or self._one_by_one
        self._settings, self._files = settings, OwnFiles(settings)
        self._writer = WatchWriter(engine, settings, history=history)
        self._subjects: SubjectReader | None = None
        self._watch: Watch | None = None
        self._entered = -1  # newest version that the closed days hold
        self._open: OpenDay | None = None
        self._work: Found | None = None  # what is asked of numbers, as far as it was done
        self._open_since = date.min  # the first of the days that are open
        self._serial = -1  # newest version that was looked at
        self._behind = False  # more has come than looking can take in
        self._run_again_at = self._scan_at = self._again_at = datetime.fromtimestamp(0, UTC)
        self._context: Context | None = None
        self._names = Names()
        self._subjects_mark: str | None = None
        self._renamed = False  # units have heirs, or names were taught, since rows were read
        self._sensitive: SensitiveWatch | None = None
        self._scan = False  # rows have come since clusters were looked for

    def step(self, now: datetime, progress: Progress | None = None) -> WatchReport | None:
        """Run everything that is new; None where another watcher is at work.

        Rows of the day that is followed are looked at by themselves: their words at once, their
        numbers slice by slice (see :attr:`busy`). Whatever else has come (rows of other days,
        appeals that say something else now, the end of a day) runs the open days from their
        beginning: at once where a day begins or ends, else now and then.

        Parameters
        ----------
        now
            Aware; what is older than ``alerts.stale_after_h`` by then is history.
        progress
            Called with the days done and the days to do.
        """
        try:
            return self._step(now, progress)
        except BaseException:
            self._forget()
            raise

    @property
    def busy(self) -> bool:
        """Tell whether the next step goes on with numbers, be there fresh rows or not."""
        return self._work is not None

    def _step(self, now: datetime, progress: Progress | None) -> WatchReport | None:
        if not self._writer.hold(now):
            self._forget()
            return None
        with reading(self._engine) as connection:
            newest = grid_store.newest_serial(connection)
            again = self._behind and now >= self._run_again_at
            due = self._open is not None and self._open.reach(self._hour(self._open.day, now))
            waits = self.busy or due or (self._scan and now >= self._scan_at)
            if newest == self._serial and not again and not waits:
                return WatchReport(0, 0, 0)
            fresh = None
            if self._open is not None and not again:
                fresh = Columns.of_rows(grid_store.fresh_rows(connection, self._serial))
        if self._sensitive is None or now >= self._scan_at:
            self._sensitive = self._files.sensitive(self._engine, now)
        if fresh is None or self._open is None or self._moves_on(fresh, now):
            return self._run(newest, now, progress)
        return self._look(self._open, fresh, newest, now)

    def stop(self, now: datetime) -> None:
        """Give the lease back."""
        self._writer.release(now)

    def _forget(self) -> None:
        """Begin at the mark again: what was found and not stored is found again."""
        self._watch, self._open, self._work, self._serial = None, None, None, -1

    def _moves_on(self, fresh: Columns, now: datetime) -> bool:
        """Tell whether fresh rows begin a day or show that one is over."""
        if self._open is None or self._context is None or not len(fresh):
            return False
        over = self._context.tick_end(self._open_since, 23) + LATENESS
        newest = min(int(fresh.received_ns.max()) / 1e9, now.timestamp())
        today = now.astimezone(self._context.zone).date()
        return newest >= over.timestamp() or min(max(fresh.day), today) > self._open.day

    def _hour(self, day: date, now: datetime) -> int:
        """Give the hour of an open day at which the clock stands."""
        local = now.astimezone(ZoneInfo(self._settings.jurisdiction.time_zone))
        return local.hour if local.date() == day else DAY_ENDS

    def _look(self, day: OpenDay, fresh: Columns, newest: int, now: datetime) -> WatchReport:
        """Follow the open day by its fresh rows; all other rows wait, but for their words.

        What the words say is stored before anything is asked of the numbers.
        """
        with reading(self._engine) as connection:
            if self._context is None or not self._names.paths.keys() >= {*fresh.class_code}:
                self._context = self._read_context(connection, now)
        if self._renamed:
            return self._run(newest, now, None)
        told = []
        if len(fresh):
            with reading(self._engine) as connection:
                fresh = fresh.named(self._names.paths, self._names.heirs)
                own = fresh.day == day.day
                late = fresh.take(~own | day.corrected(fresh))
                late = untold(connection, late, self._context)
            told.append(
                self._writer.store(day.take(fresh.take(own), self._context), now, provisional=True)
            )
            if len(late):
                told += self._tell_late(late, self._context, now)
            self._behind = self._behind or day.changed or not own.all()
            self._scan = True
        if self._work is None:
            self._work = self._numbers(day, self._context, now)
        told.append(self._writer.store(self._slice(), now, provisional=True))
        self._serial = newest
        return WatchReport(0, sum(n for _, n in told), sum(n for n, _ in told))

    def _tell_late(self, late: Columns, context: Context, now: datetime) -> list[tuple[int, int]]:
        """Store what late appeals say; only what began on an open day is provisional."""
        with reading(self._engine) as connection:
            found = late_alerts(connection, late, context, self._names)
        begin = context.tick_end(self._open_since, 0)
        return [
            self._writer.store(
                [e for e in found if (e.opened_at >= begin) == open_], now, provisional=open_
            )
            for open_ in (False, True)
        ]

    def _numbers(self, day: OpenDay, context: Context, now: datetime) -> Found:
        """Give the work on what has come so far; now and then all of it, clusters and names too."""
        again, scan = now >= self._again_at, self._scan and now >= self._scan_at
        if again:
            self._again_at = now + timedelta(seconds=TELL_AGAIN_S)
        if scan:
            self._scan, self._scan_at = False, now + timedelta(seconds=RUN_AGAIN_S)
        yield from day.work(context, again=again, scan=scan)
        if scan:
            with reading(self._engine) as connection:
                self._context = self._read_context(connection, now)
            yield []

    def _slice(self) -> list[Episode]:
        """Go on with the numbers for a moment, or until something is to be stored."""
        until = time.monotonic() + SLICE_S
        for episodes in self._work or ():
            if episodes or time.monotonic() >= until:
                return episodes
        self._work = None
        return []

    def _run(self, newest: int, now: datetime, progress: Progress | None) -> WatchReport:
        """Take in rows of closed days, close the days that are over, begin the open ones anew."""
        begun = time.monotonic()
        with reading(self._engine) as connection:
            context = self._context = self._read_context(connection, now)
            here = Here(self._watch, self._entered, renamed=self._renamed)
            watch, late = brought_up(connection, here, context, self._names)
            self._watch, self._renamed = watch, False
            days = lease_store.days_with_rows(connection, after=watch.closed)
            newest_at = newest_by(connection, now)
        over = sum(context.tick_end(day, 23) + LATENESS <= newest_at for day in days)
        alerts, signals = self._writer.store(late, now) if late else (0, 0)
        done = 0
        for closed, part in self._find(watch, days[:over], context, self._names):
            if part:
                closed.episodes, self._watch = watch.episodes, closed
                found = self._writer.close(closed, part, newest, context, now)
                alerts, signals = alerts + found[0], signals + found[1]
                watch, done = closed, done + len(part)
            if progress:
                progress(done, len(days))
            if not self._writer.hold(datetime.now(UTC)):
                raise Conflict("another watcher has taken over")
        found = self._open_days(days[over:], now, context)
        self._serial = self._entered = newest
        self._behind = self._scan = False
        # Fresh words wait while it runs.
        took = timedelta(seconds=time.monotonic() - begun)
        self._scan_at = now + timedelta(seconds=RUN_AGAIN_S)
        self._run_again_at = now + max(timedelta(seconds=RUN_AGAIN_S), took / RUN_SHARE)
        return WatchReport(len(days), signals + found[1], alerts + found[0])

    def _one_by_one(
        self, watch: Watch, days: Sequence[date], context: Context, names: Names
    ) -> Parts:
        for day in days:
            with reading(self._engine) as connection:
                rows = named_rows(connection, day, names)
            yield watch, [watch.find_day(day, rows, context)]

    def _read_context(self, connection: Connection, now: datetime) -> Context:
        sensitive = self._sensitive or read_sensitive(connection, self._settings)
        mark = places_mark(connection)
        if self._subjects is None or mark != self._subjects_mark:
            self._subjects = read_subjects(connection, self._files.aliases())
        own = sensitive, self._subjects, self._files.levels()
        context, names = watch_context(connection, self._settings, *own, now)
        self._renamed |= (names.heirs, mark) != (self._names.heirs, self._subjects_mark)
        self._names, self._subjects_mark = names, mark
        return context

    def _open_days(self, days: list[date], now: datetime, context: Context) -> tuple[int, int]:
        self._open = self._work = None
        if not days or self._watch is None:
            return 0, 0
        today = now.astimezone(context.zone).date()
        begun = [day for day in days if day <= today]
        trial = self._watch if len(begun) == len(days) == 1 else self._watch.copy()
        changed: list[Episode] = []
        for day in begun:
            with reading(self._engine) as connection:
                rows = named_rows(connection, day, self._names)
            if day != begun[-1]:
                changed += trial.run_day(day, rows, context)
            elif len(rows):
                hour = self._hour(day, now)
                self._open, found = OpenDay.begin(trial, day, rows, context, hour)
                changed += found
        for day in days[len(begun) :]:  # what is dated ahead waits for its day, but for its words
            with reading(self._engine) as connection:
                own = Columns.of(named_rows(connection, day, self._names))
                ahead = untold(connection, own, context)
                changed += late_alerts(connection, ahead, context, self._names)
        self._open_since = days[0]
        return self._writer.store(changed, now, provisional=True)

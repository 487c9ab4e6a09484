"""The watch: hour by hour through one local day, the three steps of a tick in a row.

Only a day's close changes what has been learnt. A day that is still open is followed on a copy (see
:mod:`alerts.live`), and what was found before is found again at its close, not twice.
"""

import copy
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from alerts.baseline import GUARD_DAYS, Baseline
from alerts.calibrate import Calibrations
from alerts.columns import Columns
from alerts.course import BINS, season_bin
from alerts.decide import Bounds
from alerts.drift import Drift, Found
from alerts.episode import Episode, Signal, gather
from alerts.find import Slices, find_surges
from alerts.find_clusters import CELL, Usual, Week, find_clusters, learn_recurrence
from alerts.find_drift import DRIFT_DAYS, find_drift
from alerts.find_first import find_first
from alerts.find_possible import Possible, find_possible
from alerts.find_sensitive import find_sensitive
from alerts.findings import Findings
from alerts.judged import strata
from alerts.keys import Watched
from alerts.novelty import RecentTexts
from alerts.observe import DAY_ENDS, DayCounts, Rows, count_day, join, rows_of
from alerts.recent import WINDOWS_H
from alerts.recurrence import Recurrence
from alerts.scan import SCAN_DAYS
from alerts.score import score_keys
from alerts.sensitive import SensitiveWatch
from alerts.subjects import SubjectReader
from alerts.telling import Telling, settle

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

DAYS_BEHIND = max(GUARD_DAYS + 1, SCAN_DAYS[-1])
"""Whole days before the open one whose rows the watch holds."""


_WEEK_ENDS = 6  # Sunday


@dataclass(frozen=True, slots=True)
class Context:
    """What the watch is told from outside: names, calendar, and what the office set.

    ``name_of`` gives the Chinese name of an area by kind and number; ``nature`` tells of a day
    whether it is a statutory holiday and whether a make-up workday; ``learning`` whether a class
    code is too new to be judged on that day; ``subjects`` reads 被反映主体.
    """

    zone: ZoneInfo
    name_of: Callable[[str, int], str]
    nature: Callable[[date], tuple[bool, bool]]
    learning: Callable[[str, date], bool]
    sensitive: SensitiveWatch
    subjects: SubjectReader = field(default_factory=SubjectReader)
    bounds: Bounds = field(default_factory=Bounds)
    learning_days: int = 14
    telling: Telling = field(default_factory=Telling)
    consult: bool = False
    watched: Watched = field(default_factory=Watched)
    possible: Possible = field(default_factory=Possible)

    def tick_end(self, day: date, hour: int) -> datetime:
        """Give the UTC instant at which this local hour ends."""
        end = datetime.combine(day, time(hour), self.zone) + timedelta(hours=1)
        return end.astimezone(UTC)


@dataclass(slots=True)
class Ticks:
    """One local day while its hours are run: its counts, its rows and those of the days behind it.

    ``week`` has the same rows by class, ``may`` says what may raise an alert (see
    :meth:`Watch.may_raise`), ``spent`` are the alerts told on the day, by level.
    """

    day: date
    counts: DayCounts
    held: Rows
    week: Week
    may: Bools
    spent: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Watch:
    """All that is remembered between days; between ticks of an open day nothing else is.

    ``recent`` holds the rows of the last whole days, ``episodes`` those that are not over,
    ``recurrence`` how often chance shows a cluster, as it was reckoned a week ago at most,
    ``drift`` the last weeks of each class and street, ``watched`` which keys it counts.
    """

    baseline: Baseline = field(default_factory=Baseline)
    calibration: Calibrations = field(default_factory=Calibrations)
    texts: RecentTexts = field(default_factory=RecentTexts)
    recent: list[tuple[date, Rows]] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    recurrence: Recurrence | None = None
    drift: Drift = field(default_factory=Drift)
    closed: date | None = None
    watched: Watched = field(default_factory=Watched)

    def remember(self, day: date, frame: pd.DataFrame, context: Context) -> DayCounts:
        """Enter a day's rows into the ring without scoring: it warms a stored state up."""
        counts = self._take(day, frame, context)
        for hour in range(24):
            self._put(day, hour, counts, context)
        return counts

    def carry_on(self, heirs: Mapping[int, int]) -> None:
        """Let the heirs of units, by their ids, go on with what was learnt of them."""
        self.baseline.keys.carry_on(heirs)
        for episode in self.episodes:
            episode.carry_on(heirs)

    def _take(self, day: date, frame: pd.DataFrame, context: Context) -> DayCounts:
        self.watched = context.watched
        columns = Columns.of(frame)
        rows = rows_of(day, columns, self.baseline.keys, context.subjects, context.watched)
        kept = [(d, r) for d, r in self.recent if d != day and (day - d).days <= DAYS_BEHIND]
        self.recent = sorted([*kept, (day, rows)], key=lambda one: one[0])
        return count_day(rows, self.baseline.keys, context.watched)

    def _put(self, day: date, hour: int, counts: DayCounts, context: Context) -> int:
        return self.put(day, hour, *counts.at(hour), context)

    def put(self, day: date, hour: int, key: Ints, callers: Ints, context: Context) -> int:
        """Enter one hour's counts by key, (n,), in place of what stood there; give its number."""
        number = day.toordinal() * 24 + hour
        code = self.baseline.course.periods.code(context.sensitive.focus.periods, day)
        own_bin = season_bin(day, hour, *context.nature(day)) + BINS * code
        self.baseline.put(number, own_bin, key, callers)
        return number

    def copy(self) -> "Watch":
        """Give a twin that can run on without changing this one."""
        return Watch(
            self.baseline.copy(),
            copy.deepcopy(self.calibration),
            self.texts.copy(),
            list(self.recent),
            copy.deepcopy(self.episodes),
            self.recurrence,
            self.drift.copy(),
            self.closed,
            self.watched,
        )

    def run_day(self, day: date, frame: pd.DataFrame, context: Context) -> list[Episode]:
        """Run a whole day and close it: scores, signals, episodes, and then what it teaches.

        Parameters
        ----------
        day
            Local day; days come in order, days without a row are left out by the caller.
        frame
            The day's appeals, from :func:`grids.store.appeal_rows`.
        context
            Names, calendar and bounds.

        Returns
        -------
        list[Episode]
            Episodes that were opened or that changed on this day.
        """
        return self.tell(self.find_day(day, frame, context), context)

    def find_day(self, day: date, frame: pd.DataFrame, context: Context) -> Findings:
        """Run a whole day and close it without deciding; as of :meth:`run_day`."""
        self.drift.close_weeks(self.closed, day, self.baseline.keys)
        ticks = self.open_day(day, frame, context)
        hours = [(context.tick_end(day, h), self._find(ticks, h, context)) for h in range(24)]
        found = [(tick, signals) for tick, signals in hours if signals is not None]
        drifts = self._drifts(self._close(day, ticks.counts, context), day, context)
        return Findings(day, context.tick_end(day, DAY_ENDS), found, drifts)

    def learn_day(self, day: date, frame: pd.DataFrame, context: Context) -> None:
        """Let a whole day teach what :meth:`find_day` does, and look for nothing."""
        self.drift.close_weeks(self.closed, day, self.baseline.keys)
        self._close(day, self.remember(day, frame, context), context)

    def tell(self, found: Findings, context: Context) -> list[Episode]:
        """Gather what the next day showed; give the episodes that it opened or changed."""
        self.begin_day(found.day, context)
        return found.gather(self.episodes, context.telling)

    def begin_day(self, day: date, context: Context) -> None:
        """Leave the episodes out that are over as a day begins."""
        start = context.tick_end(day, 0)
        self.episodes = [e for e in self.episodes if start - e.last_at <= e.kept_for]
        for episode in self.episodes:
            episode.changed = False

    def _close(self, day: date, counts: DayCounts, context: Context) -> list[Found]:
        """Let the day that was taken in teach; give the drifts of the week that it ends."""
        number = day.toordinal() * 24 + DAY_ENDS
        self.baseline.grow()
        active = self.baseline.recent.heard()
        if self.baseline.days > 2 * GUARD_DAYS and active.size:
            scores = score_keys(self.baseline, active, number)
            every = np.arange(len(self.baseline.keys))
            self.calibration.learn(scores, strata(self.baseline, every))
        self.baseline.learn(number)
        if self.baseline.days >= context.learning_days and (
            self.recurrence is None or day.weekday() == _WEEK_ENDS
        ):
            chance = np.random.default_rng(day.toordinal())
            self.recurrence = learn_recurrence(self.baseline, chance)
        self.drift.add_day(self.baseline.keys, counts)
        today = self.recent[-1][1]
        self.texts.add(day, today.appeal_id, today.text.tolist())
        self.closed = day
        return self.drift.close_week(self.baseline.keys) if day.weekday() == _WEEK_ENDS else []

    def _drifts(self, found: list[Found], day: date, context: Context) -> list[Signal]:
        if not found:
            return []
        may = self._may(day, context)
        week = join([rows for own, rows in self.recent if (day - own).days < DRIFT_DAYS])
        told = Drift.telling([one for one in found if may[one.token]], int(may.sum()))
        tick = context.tick_end(day, DAY_ENDS)
        return find_drift(told, self.baseline.keys, week, tick, context)

    def open_day(self, day: date, frame: pd.DataFrame, context: Context) -> Ticks:
        """Take in a day's rows as far as they have come; nothing is scored yet."""
        counts = self._take(day, frame, context)
        held = join([rows for _, rows in self.recent])
        self.baseline.grow()
        week = Week.of(held, Usual.of(self.baseline))
        return Ticks(day, counts, held, week, self.may_raise(day, context))

    def tick(self, ticks: Ticks, hour: int, context: Context) -> None:
        """Run one hour of an open day: what its rows raise is found, gathered and settled."""
        signals = self._find(ticks, hour, context)
        if signals is not None:
            gather(self.episodes, signals)
            settle(self.episodes, context.tick_end(ticks.day, hour), ticks.spent, context.telling)

    def _find(self, ticks: Ticks, hour: int, context: Context) -> list[Signal] | None:
        """Find what the rows of one hour raise; None where there are none."""
        number = self._put(ticks.day, hour, ticks.counts, context)
        past = ticks.held.hours(number - WINDOWS_H[-1] + 1, number)
        fresh = past.hours(number, number)
        if not len(fresh):
            return None
        tick = context.tick_end(ticks.day, hour)
        signals = self.signals(ticks.counts.at(hour)[0], ticks.may, fresh, past, tick, context)
        return signals + self.clusters(ticks.week, number, ticks.may, tick, context)

    def clusters(
        self, week: Week, number: int, may: Bools, tick: datetime, context: Context
    ) -> list[Signal]:
        """Find what gathers in cells around the rows of the hour of this number."""
        return list(chain.from_iterable(self.of_cells(week, number, may, tick, context)))

    def of_cells(
        self, week: Week, number: int, may: Bools, tick: datetime, context: Context
    ) -> Slices:
        """Do the work of :meth:`clusters` slice by slice."""
        if self.recurrence is not None:
            yield from find_clusters(week, self.recurrence, number, may[CELL], tick, context)

    def signals(
        self, risen: Ints, may: Bools, fresh: Rows, past: Rows, tick: datetime, context: Context
    ) -> list[Signal]:
        """Find what fresh rows raise, but for clusters; as of :meth:`of_counts`."""
        counts = self.of_counts(risen, may, fresh, past, tick, context)
        return self.of_words(fresh, past, tick, context) + list(chain.from_iterable(counts))

    def of_words(self, fresh: Rows, past: Rows, tick: datetime, context: Context) -> list[Signal]:
        """Find what the words of fresh rows say by themselves; ``past`` as of :meth:`of_counts`."""
        signals = find_sensitive(fresh, past, tick, context)
        return signals + find_possible(fresh, self.recent, tick, context.possible, context)

    def of_counts(
        self, risen: Ints, may: Bools, fresh: Rows, past: Rows, tick: datetime, context: Context
    ) -> Slices:
        """Find what fresh rows raise by their numbers, but for clusters, slice by slice.

        The keys are scored together before the first slice; until the last one nothing may be put.

        Parameters
        ----------
        risen
            Numbers of the keys that showed more by these rows, shape (n,).
        may
            From :meth:`may_raise`.
        fresh, past
            The rows, and those of the longest window up to the newest hour.
        tick
            End of that hour.
        context
            Names, calendar and bounds.
        """
        if self.baseline.days < context.learning_days:
            return
        kind, token, _, _ = self.baseline.keys.arrays()
        kind, token = kind[risen], token[risen]
        risen = risen[may[kind, token] & (kind != CELL)]  # cells are the scan's
        if risen.size:
            yield from find_surges(self.baseline, self.calibration, risen, tick, past, context)
            yield from find_first(self.baseline, self.texts, risen, tick, fresh, past, context)

    def may_raise(self, day: date, context: Context) -> Bools:
        """Tell which kinds of area and class tokens may raise an alert on a day, (kinds, m)."""
        depth = np.array([one.depth for one in self.baseline.keys.tokens], np.int64)
        return np.asarray(self._may(day, context) & context.watched.raising()[:, depth])

    def _may(self, day: date, context: Context) -> npt.NDArray[np.bool_]:
        """Tell which class tokens may raise an alert on this day, shape (m,)."""
        may = [
            token.depth > 0
            and (context.consult or not token.consult)
            and not context.learning(token.code, day)
            for token in self.baseline.keys.tokens
        ]
        return np.array(may, np.bool_)

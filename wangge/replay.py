"""Replays stored appeals through the detectors as of their time, and decides of them many times.

Each day is run on its rows as they were known when the day closed; what was recorded later enters
as late, as it would have. Days before the installation's first recording are history that came in
files: they are replayed as they stand. Nothing is told to anybody.

The days are scored once, at the largest false share that is asked about. What another share or
budget would have told follows from the findings, for each knows by what margin it was found.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from math import log10

import numpy as np
import pandas as pd

from alerts.columns import Columns
from alerts.episode import SAME_OPENING, Episode, Signal, gather
from alerts.late import grave
from alerts.lease import store as lease_store
from alerts.telling import Budget, settle
from alerts.watch import DAYS_BEHIND, Context, Watch
from appeals.database import Connection
from appeals.errors import InputError
from grids.store import newest_serial
from wangge.settings import Settings
from wangge.warm import late_alerts
from wangge.watch_context import LATENESS, Names, fresh_context, named_rows

Progress = Callable[[int, int], None]

FALSE_SHARES = (0.02, 0.05, 0.1, 0.2)
"""Shares of false alarms that are asked about, beside the one that is set."""

_ROUNDED = 0.0005  # margins are kept to three places


@dataclass(frozen=True, slots=True)
class Replay:
    """What one replay found, from the first stored day to the last that was asked about.

    ``found`` has each tick's findings at ``false_share``, the largest that can be asked about;
    ``late`` are alerts of appeals that came after their day's close.
    """

    first: date
    last: date
    false_share: float
    context: Context
    found: list[tuple[datetime, list[Signal]]] = field(repr=False)
    late: list[Episode] = field(repr=False)

    @property
    def days(self) -> int:
        """Number of days that are asked about, both ends included."""
        return (self.last - self.first).days + 1

    def day_of(self, moment: datetime) -> date:
        """Give the local day of the tick that ends at a moment."""
        return (moment - timedelta(seconds=1)).astimezone(self.context.zone).date()

    def decide(
        self, false_share: float | None = None, budget: Budget | None = None
    ) -> list[Episode]:
        """Give the episodes of the days that are asked about, each told or set apart.

        Parameters
        ----------
        false_share
            As if this one were set; the one that is set without it.
        budget
            As if this one were set.

        Raises
        ------
        InputError
            The share is larger than that of the replay.
        """
        share = self.context.bounds.false_share if false_share is None else false_share
        if share > self.false_share:
            raise InputError(f"this replay knows shares up to {self.false_share}")
        least = log10(self.false_share / share) - _ROUNDED
        own = self.context.telling
        telling = own if budget is None else replace(own, budget=budget)
        open_now: list[Episode] = []
        every: dict[int, Episode] = {}
        for day, ticks in groupby(self.found, key=lambda one: self.day_of(one[0])):
            spent: Counter[str] = Counter()
            start = self.context.tick_end(day, 0)
            open_now = [e for e in open_now if start - e.last_at <= e.kept_for]
            for episode in open_now:
                episode.changed = False
            for tick, parts in groupby(ticks, key=lambda one: one[0]):
                signals = [s for _, part in parts for s in part if _passes(s, least)]
                gather(open_now, signals)
                settle(open_now, tick, spent, telling)
            every |= {id(e): e for e in open_now}
        asked = _with_late(every.values(), self.late)
        return [e for e in asked if self.first <= self.day_of(e.opened_at) <= self.last]


def _with_late(told: Iterable[Episode], late: Iterable[Episode]) -> list[Episode]:
    """Put late alerts among those that were told: one that is there already has grown by it.

    It is there as the store would find it: opened about then, of the same keys.
    """
    every = list(told)
    for one in late:
        same = (
            n
            for n, e in enumerate(every)
            if abs(e.opened_at - one.opened_at) < SAME_OPENING and e.signals.keys() & one.signals
        )
        at = next(same, None)
        if at is None:
            every.append(one)
        elif one.named.strength > every[at].named.strength:
            every[at] = one
    return every


def _passes(signal: Signal, least: float) -> bool:
    margin = signal.detail.get("margin")
    return margin is None or margin >= least


def replay(
    connection: Connection,
    settings: Settings,
    first: date,
    last: date,
    progress: Progress | None = None,
) -> Replay:
    """Run a new watch from the first stored day on; give what it found.

    Parameters
    ----------
    connection
        An open transaction; it is only read.
    settings
        Of the installation, or with a change that is to be tried.
    first, last
        Local days, both included.
    progress
        Called with the days done and the days to do.

    Raises
    ------
    InputError
        The last day lies before the first, or there are no appeals in between.
    """
    if last < first:
        raise InputError(f"to: {last} lies before {first}")
    context, names = fresh_context(connection, settings)
    days = [day for day in lease_store.days_with_rows(connection, after=None) if day <= last]
    if not days or days[-1] < first:
        raise InputError(f"from: there are no appeals between {first} and {last}")
    live_from = lease_store.first_recorded(connection)
    share = max(*FALSE_SHARES, context.bounds.false_share)
    loose = replace(context, bounds=replace(context.bounds, false_share=share))
    watch, late, seen, told = Watch(), list[Episode](), 0, set[int]()
    ticks: list[tuple[datetime, list[Signal]]] = []
    for done, day in enumerate(days):
        close = context.tick_end(day, 23) + LATENESS
        known_by = close if live_from is not None and close >= live_from else None
        if known_by is not None:
            came = _late(connection, watch, context, names, known_by, seen, told)
            told.update(*(episode.appeals for episode in came))
            late += came
            seen = newest_serial(connection, known_by)
        found = watch.find_day(day, named_rows(connection, day, names, known_by), loose)
        ticks += [*found.ticks, (found.end, found.drifts)]
        signals = (one for _, own in found.ticks for one in own if one.kind == "sensitive")
        told.update(*(one.appeals for one in signals))
        if progress:
            progress(done + 1, len(days))
    return Replay(first, last, share, context, ticks, late)


def _late(
    connection: Connection,
    watch: Watch,
    context: Context,
    names: Names,
    known_by: datetime,
    seen: int,
    told: set[int],
) -> list[Episode]:
    """Let rows of closed days enter that were recorded after their day's close.

    What was told before is not told again, as live (see :func:`wangge.warm.untold`).
    """
    if watch.closed is None:
        return []
    behind = [watch.closed - timedelta(days=back) for back in reversed(range(DAYS_BEHIND))]
    frames = [(day, named_rows(connection, day, names, known_by)) for day in behind]
    fresh = [frame[frame["serial"] > seen] for _, frame in frames]
    if not any(len(frame) for frame in fresh):
        return []
    came = grave(Columns.of(pd.concat(fresh)), context)
    came = came.take(~np.isin(came.appeal_id, list(told)))
    found = late_alerts(connection, came, context, names, known_by)
    for day, frame in frames:
        if len(frame):
            watch.remember(day, frame, context)
    return found

"""A day that is still open, followed row by row on a twin of the watch.

What the twin finds is provisional: it is told at once and never learnt from, and the day's close
runs the whole day again on the watch itself. A look costs what its fresh rows touch, however many
came before: counts grow by the callers that are new, keys that rose are scored at the newest hour,
fresh words are read for sensitive terms. Clusters are looked for where the caller of
:meth:`OpenDay.look` asks for it, and at the end of each hour; what was told of a key is told again
only when its callers have grown by a tenth.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from alerts.episode import Episode, Signal, gather
from alerts.find_clusters import Usual, Week
from alerts.held import Held
from alerts.keys import AREA_KINDS
from alerts.observe import DAY_ENDS, Rows, keys_of, rows_of
from alerts.recent import WINDOWS_H
from alerts.telling import settle
from alerts.watch import Bools, Context, Ints, Watch

_CALLER_BITS = 26  # of a packed pair of key and caller: some sixty million callers a day
_GROWN = 1.1

_SAME_APPEAL = (
    "local_hour", "class_code", "kind", "caller_hash", "subject", "text", "district_id",
    "street_id", "community_id", "grid_id", "cell_8", "cell_9",
)  # fmt: skip
"""Columns of an appeal that the watch counts by; a change in any other is none."""


@dataclass(slots=True)
class OpenDay:
    """An open day as far as its rows have come; build it with :meth:`begin`.

    ``watch`` is the twin, ``last`` the newest hour, ``changed`` says that an appeal which was
    counted says something else now, so that the day has to be begun again. ``pairs`` are the
    packed (key, caller) of the day in order, ``first_hour`` the hour of each, shape (n,);
    ``counts`` the keys and callers by hour; ``appeals`` what each appeal said; ``unsure`` the rows
    by the name that they alone give, which is no subject yet.
    """

    watch: Watch
    day: date
    last: int
    held: Held
    usual: Usual
    spent: Counter[str]
    may: Bools
    pairs: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    first_hour: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    counts: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    callers: dict[object, int] = field(default_factory=dict)
    appeals: dict[int, int] = field(default_factory=dict)
    unsure: dict[str, list[pd.DataFrame]] = field(default_factory=dict)
    told: dict[tuple[str, int, str], int] = field(default_factory=dict)
    changed: bool = False

    @classmethod
    def begin(
        cls, watch: Watch, day: date, frame: pd.DataFrame, context: Context
    ) -> tuple["OpenDay", list[Episode]]:
        """Run a day as far as it has come on a twin; give it and the episodes that changed.

        Parameters
        ----------
        watch
            As it stood before the day; it is not changed.
        day
            Local day.
        frame
            The day's appeals so far, from :func:`grids.store.appeal_rows`; at least one.
        context
            Names, calendar and bounds.
        """
        twin = watch.copy()
        ticks = twin.open_day(day, frame, context)
        last = _last_hour(frame)
        for hour in range(last + 1):
            twin.tick(ticks, hour, context)
        own = day.toordinal() * 24
        self = cls(twin, day, last, Held(ticks.held), ticks.week.usual, ticks.spent, ticks.may)
        self._count(ticks.held.hours(own, own + DAY_ENDS), context)
        self._note(frame, context)
        return self, [episode for episode in twin.episodes if episode.changed]

    def look(self, frame: pd.DataFrame, context: Context, *, scan: bool) -> list[Episode]:
        """Take in fresh rows of the day; give the episodes that were opened or that changed.

        Parameters
        ----------
        frame
            Rows that came since the last look, in any order. Of an appeal that was counted already
            nothing is taken in again.
        context
            Names, calendar and bounds.
        scan
            Look for clusters too.
        """
        for episode in self.watch.episodes:
            episode.changed = False
        frame = self._new(frame)
        if len(frame):
            if _last_hour(frame) > self.last:
                self._end_hour(context)
                self._go_to(_last_hour(frame), context)
            fresh, risen = self._enter(frame, context)
            self._gather(self._raised(fresh, self._worth_asking(risen), context), context)
        if scan:
            self._gather(self._clusters(context), context)
        return [episode for episode in self.watch.episodes if episode.changed]

    def _new(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Give the rows of appeals that are new; note whether another one has changed."""
        said = _said(frame)
        known = [self.appeals.get(appeal) for appeal in frame["appeal_id"].tolist()]
        both = zip(known, said, strict=True)
        self.changed |= any(old is not None and old != new for old, new in both)
        return frame[np.array([old is None for old in known], np.bool_)]

    def _enter(self, frame: pd.DataFrame, context: Context) -> tuple[Rows, Ints]:
        """Count fresh rows; give them as the watch reads them, and the keys that rose."""
        keys = self.watch.baseline.keys
        every = pd.concat([*self._said_before(frame, context), frame])
        rows = rows_of(self.day, every, keys, context.subjects, context.watched)
        fresh = np.isin(rows.appeal_id, frame["appeal_id"].to_numpy(np.int64))
        self.held.add(rows.take(fresh))
        self.held.set_subjects(rows.take(~fresh))
        hours, risen = self._count(rows, context)
        for hour in hours:
            self.watch.put(self.day, hour, *self.counts[hour], context)
        self._note(frame, context)
        if self.may.shape[1] != len(keys.tokens):
            self.may = self.watch.may_raise(self.day, context)
        return rows.take(fresh), risen

    def _count(self, rows: Rows, context: Context) -> tuple[list[int], Ints]:
        """Add callers to the counts of their first hour; give the hours and the keys that rose."""
        position, key = keys_of(rows, self.watch.baseline.keys, context.watched)
        number = [self.callers.setdefault(one, len(self.callers)) for one in rows.caller]
        packed = (key << _CALLER_BITS) | np.array(number, np.int64)[position]
        hour = rows.number[position] % 24
        order = np.lexsort((hour, packed))
        packed, first = np.unique(packed[order], return_index=True)
        hour = hour[order][first]
        at = np.asarray(np.searchsorted(self.pairs, packed))
        known = np.zeros(len(packed), np.bool_)
        inside = at < len(self.pairs)
        known[inside] = self.pairs[at[inside]] == packed[inside]
        moved = known.copy()
        moved[known] = hour[known] < self.first_hour[at[known]]
        new = ~known
        gone_hour, gone_key = self.first_hour[at[moved]], packed[moved] >> _CALLER_BITS
        self.first_hour[at[moved]] = hour[moved]
        self.pairs = np.insert(self.pairs, at[new], packed[new])
        self.first_hour = np.insert(self.first_hour, at[new], hour[new])
        risen, come = packed[new | moved] >> _CALLER_BITS, hour[new | moved]
        hours = np.unique(np.concatenate([come, gone_hour])).tolist()
        for one in hours:
            plus, minus = risen[come == one], gone_key[gone_hour == one]
            self.counts[one] = _added(self.counts.get(one), plus, minus)
        return hours, np.unique(risen)

    def _said_before(self, frame: pd.DataFrame, context: Context) -> list[pd.DataFrame]:
        """Give the day's rows whose name only words have given and fresh rows give again.

        A name that became a subject at a later hour than that of a fresh row might have done so
        sooner: that is for the day to be begun anew.
        """
        since, names = self.watch.baseline.keys.subjects_since, _names(frame, context)
        hours = frame["local_hour"].fillna(DAY_ENDS).astype(np.int64) + self.day.toordinal() * 24
        both = zip(names, hours.tolist(), strict=True)
        self.changed |= any(name is not None and at < since.get(name, 0) for name, at in both)
        again = sorted({name for name in names if name is not None} & self.unsure.keys())
        return [row for name in again for row in self.unsure[name]]

    def _note(self, frame: pd.DataFrame, context: Context) -> None:
        """Remember what appeals said, and the names that are no subject yet."""
        self.appeals.update(zip(frame["appeal_id"].tolist(), _said(frame), strict=True))
        seen = self.watch.baseline.keys.subjects_since
        for i, name in enumerate(_names(frame, context)):
            if name is not None and name in seen:
                self.unsure.pop(name, None)
            elif name is not None:
                self.unsure.setdefault(name, []).append(frame.iloc[i : i + 1])

    def _worth_asking(self, risen: Ints) -> Ints:
        """Leave out keys of which was told when they had nearly as many callers."""
        keys = self.watch.baseline.keys
        callers = self.watch.baseline.recent.callers(risen, WINDOWS_H[-1])
        told = [
            self.told.get((AREA_KINDS[keys.kind[k]], keys.area[k], keys.tokens[keys.token[k]].code))
            for k in risen.tolist()
        ]
        return risen[callers >= _GROWN * np.array([one or 0 for one in told])]

    def _raised(self, fresh: Rows, risen: Ints, context: Context) -> list[Signal]:
        number = self.day.toordinal() * 24 + self.last
        past = self.held.rows.hours(number - WINDOWS_H[-1] + 1, number)
        tick = context.tick_end(self.day, self.last)
        signals = self.watch.signals(risen, self.may, fresh, past, tick, context)
        for one in signals:
            if one.kind == "surge":
                self.told[one.key[1:]] = one.callers
        return signals

    def _clusters(self, context: Context) -> list[Signal]:
        number = self.day.toordinal() * 24 + self.last
        week = Week.of(self.held.rows, self.usual)
        tick = context.tick_end(self.day, self.last)
        return self.watch.clusters(week, number, self.may, tick, context)

    def _gather(self, signals: list[Signal], context: Context) -> None:
        tick = context.tick_end(self.day, self.last)
        gather(self.watch.episodes, signals)
        settle(self.watch.episodes, tick, self.spent, context.telling)

    def _end_hour(self, context: Context) -> None:
        """Ask once more of all that rose in the hour that has ended, as its close will."""
        number = self.day.toordinal() * 24 + self.last
        fresh = self.held.rows.hours(number, number)
        if len(fresh):
            self.told.clear()
            signals = self._raised(fresh, self.counts[self.last][0], context)
            self._gather(signals + self._clusters(context), context)

    def _go_to(self, hour: int, context: Context) -> None:
        """Move the windows on to a later hour."""
        empty = np.empty(0, np.int64)
        for one in range(self.last + 1, hour + 1):
            self.watch.put(self.day, one, empty, empty, context)
        self.last = hour


def _last_hour(frame: pd.DataFrame) -> int:
    return int(frame["local_hour"].fillna(DAY_ENDS).max())


def _added(before: tuple[Ints, Ints] | None, plus: Ints, minus: Ints) -> tuple[Ints, Ints]:
    """Add single callers to an hour's counts by key and take others away; keys stay sorted."""
    key, callers = before or (plus[:0], plus[:0])
    every = np.concatenate([key, plus, minus])
    weight = np.concatenate([callers, np.ones(len(plus)), -np.ones(len(minus))])
    unique, inverse = np.unique(every, return_inverse=True)
    total = np.bincount(inverse, weight, len(unique)).astype(np.int64)
    return unique[total > 0], total[total > 0]


def _said(frame: pd.DataFrame) -> list[int]:
    columns = (frame[name].tolist() for name in _SAME_APPEAL)
    return [hash(tuple(map(str, row))) for row in zip(*columns, strict=True)]


def _names(frame: pd.DataFrame, context: Context) -> list[str | None]:
    """Give the name that only the words of each row give, None where there is none."""
    if not context.watched.counts("subject", 0):
        return [None] * len(frame)
    names: list[str | None] = []
    for column, text, kind in zip(frame["subject"], frame["text"], frame["kind"], strict=True):
        sure = kind == "consult" or (isinstance(column, str) and bool(column))
        name = None if sure else context.subjects.read(None, text)
        names.append(None if name is None or context.subjects.knows(name) else name)
    return names

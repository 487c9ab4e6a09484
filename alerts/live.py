"""A day that is still open, followed row by row on a twin of the watch.

What the twin finds is provisional: it is told at once and never learnt from, and the day's close
runs the whole day again on the watch itself. What fresh rows cost is what they touch, however many
came before, and what must be told at once never waits: :meth:`OpenDay.take` reads the words of
fresh rows, :meth:`OpenDay.work` counts them, asks of the keys that rose and looks for clusters, in
slices between which more may be taken. What was told of a key is told again only when its callers
have grown by a tenth.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain

import numpy as np
import pandas as pd

from alerts.columns import Columns, join
from alerts.episode import Episode, Signal, gather
from alerts.find import Slices
from alerts.find_clusters import Usual, Week
from alerts.held import Held
from alerts.keys import AREA_KINDS
from alerts.observe import DAY_ENDS, Rows, added, keys_of, rows_of
from alerts.observe import join as join_rows
from alerts.recent import WINDOWS_H
from alerts.subjects import names_of_words
from alerts.telling import settle
from alerts.watch import Bools, Context, Ints, Watch

_CALLER_BITS = 26  # of a packed pair of key and caller: some sixty million callers a day
_GROWN = 1.1
_HOURLESS = 0.5  # share of rows without an hour at which a source is one that names none
_AT_ONCE = 24  # signals of episodes that are stored together

Found = Iterator[list[Episode]]
"""Episodes to be stored, after each slice of work; mostly none yet."""


@dataclass(slots=True)
class OpenDay:
    """An open day as far as its rows have come; build it with :meth:`begin`.

    ``watch`` is the twin, ``last`` the newest hour that is counted, ``newest`` that of the rows and
    ``upto`` that of the clock, ``changed`` says that an appeal which was taken says something else
    now, so that the day has to be begun again. ``waiting`` are rows whose words were read and that
    are to be counted, what is dated ahead once the clock is there. ``pairs`` are the packed (key,
    caller) of the day in order, ``first_hour`` the hour of each, shape (n,); ``counts`` the keys
    and callers by hour; ``appeals`` what each appeal said; ``unsure`` the rows by the name that
    they alone give, which is no subject yet. ``risen`` are keys that rose and ``fresh`` the rows by
    which they did, since they were judged last.
    """

    watch: Watch
    day: date
    last: int
    newest: int
    held: Held
    usual: Usual
    spent: Counter[str]
    may: Bools
    upto: int
    waiting: list[Rows] = field(default_factory=list)
    pairs: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    first_hour: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    counts: dict[int, tuple[Ints, Ints]] = field(default_factory=dict)
    callers: dict[object, int] = field(default_factory=dict)
    appeals: dict[int, int] = field(default_factory=dict)
    unsure: dict[str, list[Columns]] = field(default_factory=dict)
    told: dict[tuple[str, int, str], int] = field(default_factory=dict)
    risen: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    fresh: list[Rows] = field(default_factory=list)
    changed: bool = False

    @classmethod
    def begin(
        cls, watch: Watch, day: date, frame: pd.DataFrame, context: Context, upto: int = DAY_ENDS
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
        upto
            Local hour of the clock; it stops nothing where most rows of late name no hour.
        """
        twin = watch.copy()
        twin.begin_day(day, context)
        ticks, appeals = twin.open_day(day, frame, context), Columns.of(frame)
        if np.mean(ticks.held.number % 24 == DAY_ENDS) > _HOURLESS:
            upto = DAY_ENDS
        last = _newest(appeals.hour, upto)
        for hour in range(last + 1):
            twin.tick(ticks, hour, context)
        own, held, usual = day.toordinal() * 24, Held(ticks.held), ticks.week.usual
        self = cls(twin, day, last, last, held, usual, ticks.spent, ticks.may, upto)
        self._count(ticks.held.hours(own, own + last), context)
        self._note(appeals, context)
        changed = [episode for episode in twin.episodes if episode.changed]
        self.waiting.append(ticks.held.hours(own + last + 1, own + DAY_ENDS))
        return self, changed + self._read(self.waiting[0], context)

    def reach(self, hour: int) -> bool:
        """Let the clock reach an hour; tell whether rows wait that can be counted by now."""
        self.upto = max(self.upto, hour)
        return any((rows.number % 24 <= self.upto).any() for rows in self.waiting)

    def take(self, appeals: Columns, context: Context) -> list[Episode]:
        """Read the words of fresh rows; give the episodes that were opened or changed.

        Parameters
        ----------
        appeals
            Of this day, that came since rows were taken last, in any order. Of an appeal that was
            taken already nothing is taken in again.
        context
            Names, calendar and bounds.
        """
        appeals = self._new(appeals)
        if not len(appeals):
            return []
        fresh = self._enter(appeals, context)
        self.newest = max(self.newest, _newest(appeals.hour, self.upto))
        return self._read(fresh, context)

    def corrected(self, appeals: Columns) -> Bools:
        """Tell which rows say something else of an appeal that was taken already, shape (n,)."""
        both = zip(appeals.appeal_id.tolist(), appeals.said(), strict=True)
        return np.array([self.appeals.get(appeal, new) != new for appeal, new in both], np.bool_)

    def work(self, context: Context, *, again: bool, scan: bool = False) -> Found:
        """Count the rows that wait and ask what they raise, slice by slice, to the end.

        Between two slices rows may be taken; they wait for the work after this one.

        Parameters
        ----------
        context
            Names, calendar and bounds.
        again
            Ask also of keys of which was told already: how far they have grown can wait a little.
        scan
            Look for clusters around the rows of the newest hour as well.
        """
        waiting, self.waiting = self.waiting, []
        if waiting:
            rows = join_rows(waiting)
            ahead = rows.number % 24 > self.upto
            self.waiting, rows = [rows.take(ahead)], rows.take(~ahead)
            newest = self.newest = max(self.newest, _newest(rows.number % 24, self.upto))
            late = rows.number <= self._number
            self._add(rows.take(late), context)
            yield []
            if newest > self.last:
                yield from self._end_hour(newest, context)
                self._add(rows.take(~late), context)
                yield []
        yield from self._judge(context, again=again)
        if scan:
            yield from self._tell(self._clusters(context), context)

    def _read(self, fresh: Rows, context: Context) -> list[Episode]:
        """Read the words of fresh rows; what is dated ahead says them in the newest hour."""
        number = self._number - self.last + self.newest
        past = self.held.rows.hours(number - WINDOWS_H[-1] + 1, number - self.newest + DAY_ENDS)
        past = replace(past, number=np.minimum(past.number, number))
        tick = context.tick_end(self.day, self.newest)
        return self._gather(self.watch.of_words(fresh, past, tick, context), tick, context)

    def _judge(self, context: Context, *, again: bool) -> Found:
        """Ask of the keys that rose since they were asked last."""
        if not self.fresh and not (again and self.risen.size):
            return
        worth, waits = self._worth_asking(self.risen)
        asked = self.risen[worth & (again | ~waits)]
        fresh = join_rows([*self.fresh, self.held.rows.take(slice(0, 0))])
        self.risen, self.fresh = self.risen[worth & waits & (not again)], []
        yield from self._tell(self._raised(fresh, asked, context), context)

    def _end_hour(self, newest: int, context: Context) -> Found:
        """Ask once more of all that rose in the hour that has ended, as its close will; go on."""
        fresh = self.held.rows.hours(self._number, self._number)
        if len(fresh):
            counted = self.counts.get(self.last)
            rose = self.risen if counted is None else np.union1d(self.risen, counted[0])
            self.told.clear()
            self.risen, self.fresh = self.risen[:0], []
            asked = self._raised(fresh, rose, context)
            yield from self._tell(chain(asked, self._clusters(context)), context)
        empty = np.empty(0, np.int64)
        for hour in range(self.last + 1, newest + 1):
            self.watch.put(self.day, hour, empty, empty, context)
        self.last = newest

    def _clusters(self, context: Context) -> Slices:
        week = Week.of(self.held.rows, self.usual)
        tick = context.tick_end(self.day, self.last)
        return self.watch.of_cells(week, self._number, self._may_raise(context), tick, context)

    def _tell(self, slices: Slices, context: Context) -> Found:
        """Put what the slices find into episodes; give those that were opened or that changed."""
        signals: list[Signal] = []
        for found in slices:
            signals += found
            yield []
        for one in signals:
            if one.kind == "surge":
                self.told[one.key[1:]] = one.callers
        part: list[Episode] = []
        for episode in self._gather(signals, context.tick_end(self.day, self.last), context):
            part.append(episode)
            if sum(len(one.signals) for one in part) >= _AT_ONCE:
                yield part
                part = []
        yield part

    @property
    def _number(self) -> int:
        return self.day.toordinal() * 24 + self.last

    def _may_raise(self, context: Context) -> Bools:
        if self.may.shape[1] != len(self.watch.baseline.keys.tokens):
            self.may = self.watch.may_raise(self.day, context)
        return self.may

    def _new(self, appeals: Columns) -> Columns:
        """Give the rows of appeals that are new; note whether another one has changed."""
        self.changed |= bool(self.corrected(appeals).any())
        new = [appeal not in self.appeals for appeal in appeals.appeal_id.tolist()]
        return appeals.take(np.array(new, np.bool_))

    def _enter(self, appeals: Columns, context: Context) -> Rows:
        """Hold fresh rows, to be counted by and by; give them as the watch reads them."""
        keys = self.watch.baseline.keys
        every = join([*self._said_before(appeals, context), appeals])
        rows = rows_of(self.day, every, keys, context.subjects, context.watched)
        fresh = np.isin(rows.appeal_id, appeals.appeal_id)
        self.held.add(rows.take(fresh))
        self.held.set_subjects(rows.take(~fresh))
        self.waiting.append(rows)
        self._note(appeals, context)
        return rows.take(fresh)

    def _add(self, rows: Rows, context: Context) -> None:
        """Count rows of the hours up to the last one."""
        hours, risen = self._count(rows, context)
        for hour in hours:
            self.watch.put(self.day, hour, *self.counts[hour], context)
        self.fresh.append(rows)
        self.risen = np.union1d(self.risen, risen)

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
            self.counts[one] = added(self.counts.get(one), plus, minus)
        return hours, np.unique(risen)

    def _said_before(self, appeals: Columns, context: Context) -> list[Columns]:
        """Give the day's rows whose name only words have given and fresh rows give again.

        A name that became a subject at a later hour than that of a fresh row might have done so
        sooner: that is for the day to be begun anew.
        """
        since, names = self.watch.baseline.keys.subjects_since, _names(appeals, context)
        hours = appeals.hour + self.day.toordinal() * 24
        both = zip(names, hours.tolist(), strict=True)
        self.changed |= any(name is not None and at < since.get(name, 0) for name, at in both)
        again = sorted({name for name in names if name is not None} & self.unsure.keys())
        return [row for name in again for row in self.unsure[name]]

    def _note(self, appeals: Columns, context: Context) -> None:
        """Remember what appeals said, and the names that are no subject yet."""
        self.appeals.update(zip(appeals.appeal_id.tolist(), appeals.said(), strict=True))
        seen = self.watch.baseline.keys.subjects_since
        for i, name in enumerate(_names(appeals, context)):
            if name is not None and name in seen:
                self.unsure.pop(name, None)
            elif name is not None:
                self.unsure.setdefault(name, []).append(appeals.take(slice(i, i + 1)))

    def _worth_asking(self, risen: Ints) -> tuple[Bools, Bools]:
        """Tell which keys have more callers by a tenth than were told of, and which were told."""
        keys = self.watch.baseline.keys
        callers = self.watch.baseline.recent.callers(risen, WINDOWS_H[-1])
        told = np.array(
            [
                self.told.get(
                    (AREA_KINDS[keys.kind[k]], keys.area[k], keys.tokens[keys.token[k]].code), 0
                )
                for k in risen.tolist()
            ],
            np.int64,
        )
        return callers >= _GROWN * told, told > 0

    def _raised(self, fresh: Rows, risen: Ints, context: Context) -> Slices:
        tick, number = context.tick_end(self.day, self.last), self._number
        past = self.held.rows.hours(number - WINDOWS_H[-1] + 1, number)
        return self.watch.of_counts(risen, self._may_raise(context), fresh, past, tick, context)

    def _gather(self, signals: list[Signal], tick: datetime, context: Context) -> list[Episode]:
        """Put signals into episodes; give those that were opened or that changed."""
        for episode in self.watch.episodes:
            episode.changed = False
        gather(self.watch.episodes, signals)
        settle(self.watch.episodes, tick, self.spent, context.telling)
        return [episode for episode in self.watch.episodes if episode.changed]


def _newest(hours: Ints, upto: int) -> int:
    """Give the newest hour that is not ahead of the clock, 0 where all are."""
    return int(hours.max(initial=0, where=hours <= upto))


def _names(appeals: Columns, context: Context) -> list[str | None]:
    """Give the name that only the words of each row give, None where there is none."""
    if not context.watched.counts("subject", 0):
        return [None] * len(appeals)
    return names_of_words(context.subjects, appeals)

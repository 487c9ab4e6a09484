"""Detector of clusters (集中反映, 跨街乡集中): what gathers where no single unit shows it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
import pandas as pd

from alerts.alike import callers_alike
from alerts.baseline import Baseline
from alerts.decide import margins, worth_telling
from alerts.episode import Signal
from alerts.find import Bools, Floats, Ints, Slices, Told, streets_of
from alerts.keys import AREA_KINDS, ClassToken
from alerts.observe import NOWHERE, Rows
from alerts.reason import cluster_reason
from alerts.recurrence import Recurrence, fit_recurrence
from alerts.scan import SCAN_DAYS, Disk, Lattice, Share, counts_by_day, scan

CELL = AREA_KINDS.index("cell_8")

_LOOKS = 2.0  # independent ones a day: what is scanned every hour is mostly the same
_MOST_DISKS = 3  # of one class in one tick
_SURPRISE = 2.0  # a disk that chance shows every hundred days is none of those that are told
_LEAST = 1e-12
_AT_ONCE = 16  # classes that are scanned together


@dataclass(frozen=True, slots=True, eq=False)
class Usual:
    """Where appeals usually come from: the lattice, and what each cell has of each class.

    ``level`` has the level of every key; ``whole`` is each cell's share of all appeals, shape (n,);
    ``order`` and ``token`` are the keys of cells sorted by class, shape (k,), ``position`` the cell
    of each.
    """

    baseline: Baseline
    level: Floats
    lattice: Lattice
    whole: Floats
    order: Ints
    token: Ints
    position: Ints
    known: dict[int, tuple[Share, float]] = field(default_factory=dict)

    @classmethod
    def of(cls, baseline: Baseline) -> "Usual":
        """Read it off the levels that have been learnt."""
        keys = baseline.keys
        kind, token, _, _ = keys.arrays()
        own = np.flatnonzero(kind[: baseline.a.size] == CELL)
        cell = np.array(keys.area, np.int64)[own]
        lattice = Lattice.of(np.unique(cell))
        position = lattice.positions(cell)
        every = keys.token_number(ClassToken(consult=False, code=""))
        whole = np.full(len(lattice.cells), _LEAST)
        of_all = token[own] == every
        level = baseline.levels(np.arange(baseline.rate.size))
        whole[position[of_all]] += level[own[of_all]]
        order = np.argsort(token[own], kind="stable")
        whole /= whole.sum()
        return cls(baseline, level, lattice, whole, own[order], token[own][order], position[order])

    def share(self, token: int) -> tuple[Share, float]:
        """Give what is usual of a class in every disk, and the dispersion of its counts.

        A cell that never had the class is expected to have its share of everything.
        """
        if token not in self.known:
            share, spread = self._share(token)
            self.known[token] = Share.of(self.lattice, share), spread
        return self.known[token]

    def _share(self, token: int) -> tuple[Floats, float]:
        low, high = np.searchsorted(self.token, [token, token + 1])
        key, position = self.order[low:high], self.position[low:high]
        if not key.size:
            return self.whole, 1.0
        city = self.baseline.keys.city[int(key[0])]
        rate = self.whole * self.level[city]
        rate[position] = self.level[key]
        spread = float(np.average(self.baseline.phi[0, key], weights=self.level[key]))
        return rate / rate.sum(), max(spread, 1.0)


def learn_recurrence(baseline: Baseline, rng: np.random.Generator) -> Recurrence | None:
    """Tabulate how often chance shows a cluster in this city; None where no cell is known."""
    usual = Usual.of(baseline)
    if not len(usual.lattice.cells):
        return None
    _, token, city, _ = baseline.keys.arrays()
    depth = np.array([one.depth for one in baseline.keys.tokens])
    top = (city == np.arange(len(city))) & (depth[token] > 0)
    busiest = float(baseline.levels(np.flatnonzero(top)).max(initial=0.0)) * 24
    return fit_recurrence(usual.lattice, usual.whole, busiest, rng)


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """The rows of the longest window, once for each class that they count for.

    ``row`` is the position of a row in ``rows``, ``token`` a class of it, ``cell`` the position of
    its cell in the lattice, ``number`` its hour and ``until`` the hour in which its caller is heard
    again in this class: shape (m,) each, sorted by class, then time.
    """

    rows: Rows
    usual: Usual
    row: Ints
    token: Ints
    cell: Ints
    number: Ints
    until: Ints

    @classmethod
    def of(cls, rows: Rows, usual: Usual) -> "Week":
        """Sort the rows of a week by their classes."""
        placed = np.flatnonzero(rows.area[:, CELL] != NOWHERE)
        deeper = rows.token[placed, 1:] != rows.token[placed, :-1]  # classes of fewer levels
        own, depth = np.nonzero(deeper)
        row, token = placed[own], rows.token[placed[own], depth + 1]
        caller = pd.factorize(rows.caller)[0][row]
        order = np.lexsort((row, caller, token))
        row, token, caller = row[order], token[order], caller[order]
        number = rows.number[row]
        until = np.full(len(row), np.iinfo(np.int64).max)
        again = np.flatnonzero((token[1:] == token[:-1]) & (caller[1:] == caller[:-1]))
        until[again] = number[again + 1]
        cell = usual.lattice.positions(rows.area[row, CELL])
        order = np.lexsort((row, token))
        order = order[cell[order] >= 0]
        return cls(rows, usual, row[order], token[order], cell[order], number[order], until[order])

    def callers(self, number: int, judged: Bools, fewest: float) -> Ints:
        """Give the newest row of each caller of the week up to this hour, shape (c,).

        Only of the classes that are judged, have a row of this hour and so many callers. What is
        given are positions in ``row``, sorted by class.
        """
        first = number - 24 * SCAN_DAYS[-1] + 1
        held = (self.number <= number) & (self.number >= first) & (self.until > number)
        asked = np.zeros(len(judged), np.bool_)
        asked[self.token[held & (self.number == number)]] = True
        own = np.flatnonzero(held & (asked & judged)[self.token])
        callers = np.bincount(self.token[own], minlength=len(judged))
        return own[callers[self.token[own]] >= fewest]

    def appeals(self, token: int, cells: Ints, days: int, number: int) -> Rows:
        """Give all rows of a class in these cells over the days up to this hour."""
        low, high = np.searchsorted(self.token, [token, token + 1])
        recent = (self.number[low:high] > number - 24 * days) & (self.number[low:high] <= number)
        inside = np.isin(self.cell[low:high], cells)
        return self.rows.take(self.row[low:high][recent & inside])


def find_clusters(
    week: Week, recurrence: Recurrence, number: int, judged: Bools, tick: datetime, told: Told
) -> Slices:
    """Find classes that gather in a disk of cells beyond their usual share.

    Parameters
    ----------
    week
        Rows of the longest window.
    recurrence
        How often chance shows as much.
    number
        Number of the hour that has just ended; only disks with a row of it are looked at.
    judged
        Which class tokens may raise an alert, shape (m,).
    tick
        End of the hour.
    told
        Names and bounds.
    """
    # Fewer callers than this are never worth telling, wherever they are.
    own = week.callers(number, judged, max(told.bounds.floor[CELL], told.bounds.excess))
    if not own.size:
        return
    tokens, which, callers = np.unique(week.token[own], return_inverse=True, return_counts=True)
    cell, age_days = week.cell[own], (number - week.number[own]) / 24
    per_day = callers / SCAN_DAYS[-1]
    disks: list[Disk] = []
    for low in range(0, len(tokens), _AT_ONCE):
        yield []
        some = tokens[low : low + _AT_ONCE]
        mine = slice(*np.searchsorted(which, [low, low + _AT_ONCE]).tolist())
        usual = [week.usual.share(token) for token in some.tolist()]
        rates = per_day[low : low + _AT_ONCE].tolist()
        now, place, age = which[mine] - low, cell[mine], age_days[mine]
        found = scan(
            week.usual.lattice,
            counts_by_day(now, place, age, len(some), len(week.usual.whole)),
            [share for share, _ in usual],
            dispersion=np.array([spread for _, spread in usual]),
            fresh=(now[age == 0], place[age == 0]),
            most=_MOST_DISKS,
            least=np.array([recurrence.evidence(_SURPRISE, rate) for rate in rates]),
        )
        disks += [replace(disk, which=disk.which + low) for disk in found]
    if not disks:
        return
    surprise = np.array([recurrence.surprise(d.evidence, float(per_day[d.which])) for d in disks])
    margin = margins(surprise, int(judged.sum()), told.bounds.false_share / _LOOKS)
    fires = (margin >= 0) & worth_telling(
        np.array([disk.seen for disk in disks]),
        np.array([disk.expected for disk in disks]),
        np.full(len(disks), CELL),
        told.bounds,
    )
    for i in np.flatnonzero(fires).tolist():
        disk, token = disks[i], int(tokens[disks[i].which])
        yield [_signal(week, token, disk, float(surprise[i]), float(margin[i]), number, tick, told)]


def _signal(
    week: Week,
    token: int,
    disk: Disk,
    p: float,
    margin: float,
    number: int,
    tick: datetime,
    told: Told,
) -> Signal:
    code = week.usual.baseline.keys.tokens[token].code
    rows = week.appeals(token, disk.inside, disk.days, number)
    streets = streets_of(rows, told)
    centre = int(week.usual.lattice.cells[disk.centre])
    alike = callers_alike(rows.text, rows.caller)
    place = told.name_of(AREA_KINDS[CELL], centre)
    return Signal(
        tick=tick,
        kind="cluster",
        area_kind=AREA_KINDS[CELL],
        area=centre,
        area_name=place,
        class_code=code,
        window_h=24 * disk.days,
        cases=len(rows),
        callers=int(disk.seen),
        expected=round(disk.expected, 3),
        score=round(p, 3),
        newest_at=rows.newest_at(),
        reason=cluster_reason(
            place, streets, code, disk.days, len(rows), int(disk.seen), disk.expected, 10**p, alike
        ),
        detail={
            "detector": "disk scan 1",
            "margin": round(margin, 3),
            "rings": disk.rings,
            "cells": week.usual.lattice.cells[disk.inside].tolist(),
            "streets": streets,
            "alike": alike,
            "evidence": round(disk.evidence, 3),
            "recurrence_days": round(min(10**p, 1e9)),
        },
        appeals=frozenset(rows.appeal_id.tolist()),
    )

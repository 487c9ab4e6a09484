"""Detector of clusters (集中反映, 跨街乡集中): what gathers where no single unit shows it."""

from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import pandas as pd

from alerts.alike import callers_alike
from alerts.baseline import Baseline
from alerts.decide import margins, worth_telling
from alerts.episode import Signal
from alerts.find import Bools, Floats, Ints, Told, streets_of
from alerts.keys import AREA_KINDS, ClassToken, KeyTable
from alerts.observe import NOWHERE, Rows
from alerts.reason import cluster_reason
from alerts.recurrence import Recurrence, fit_recurrence
from alerts.scan import SCAN_DAYS, Disk, Lattice, counts_by_day, scan

CELL = AREA_KINDS.index("cell_8")

_LOOKS = 2.0  # independent ones a day: what is scanned every hour is mostly the same
_MOST_DISKS = 3  # of one class in one tick
_SURPRISE = 2.0  # a disk that chance shows every hundred days is none of those that are told
_LEAST = 1e-12


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
    known: dict[int, tuple[Floats, float]] = field(default_factory=dict)

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
        level = baseline.level
        whole[position[of_all]] += level[own[of_all]]
        order = np.argsort(token[own], kind="stable")
        whole /= whole.sum()
        return cls(baseline, level, lattice, whole, own[order], token[own][order], position[order])

    def share(self, token: int) -> tuple[Floats, float]:
        """Give the share of a class that each cell usually has, (n,), and its dispersion.

        A cell that never had the class is expected to have its share of everything.
        """
        if token not in self.known:
            self.known[token] = self._share(token)
        return self.known[token]

    def _share(self, token: int) -> tuple[Floats, float]:
        low, high = np.searchsorted(self.token, [token, token + 1])
        key, position = self.order[low:high], self.position[low:high]
        if not key.size:
            return self.whole, 1.0
        city = self.baseline.keys.city[int(key[0])]
        rate = self.whole * self.level[city]
        rate[position] = self.level[key]
        spread = float(np.average(self.baseline.dispersion(key)[0], weights=self.level[key]))
        return rate / rate.sum(), max(spread, 1.0)


def learn_recurrence(baseline: Baseline, rng: np.random.Generator) -> Recurrence | None:
    """Tabulate how often chance shows a cluster in this city; None where no cell is known."""
    usual = Usual.of(baseline)
    if not len(usual.lattice.cells):
        return None
    _, token, city, _ = baseline.keys.arrays()
    depth = np.array([one.depth for one in baseline.keys.tokens])
    top = (city == np.arange(len(city))) & (depth[token] > 0)
    busiest = float(baseline.level[top].max(initial=0.0)) * 24
    return fit_recurrence(usual.lattice, usual.whole, busiest, rng)


@dataclass(frozen=True, slots=True, eq=False)
class Week:
    """The rows of the longest window, and those of each class in the order of time.

    ``cell`` is the position of each row's cell in the lattice or -1, ``caller`` the number of its
    caller, shape (n,).
    """

    rows: Rows
    usual: Usual
    cell: Ints
    caller: Ints
    of_token: dict[int, Ints]

    @classmethod
    def of(cls, rows: Rows, usual: Usual) -> "Week":
        """Sort the rows of a week by their classes."""
        of_token: dict[int, Ints] = {}
        placed = np.flatnonzero(rows.area[:, CELL] != NOWHERE)
        for depth in range(1, rows.token.shape[1]):
            own = placed[rows.token[placed, depth] != rows.token[placed, depth - 1]]
            if not own.size:  # classes of fewer levels
                continue
            tokens = rows.token[own, depth]
            order = np.argsort(tokens, kind="stable")
            unique, begin = np.unique(tokens[order], return_index=True)
            parts = np.split(own[order], begin[1:])
            of_token.update(zip(unique.tolist(), parts, strict=True))
        cell = usual.lattice.positions(rows.area[:, CELL])
        return cls(rows, usual, cell, pd.factorize(rows.caller)[0], of_token)

    def callers(self, token: int, number: int) -> Ints:
        """Give the newest row of each caller of a class in the week up to this hour, (c,)."""
        own = self.of_token.get(token, np.empty(0, np.int64))
        first = number - 24 * SCAN_DAYS[-1] + 1
        low, high = np.searchsorted(self.rows.number[own], [first, number + 1])
        own = own[low:high][::-1]
        _, newest = np.unique(self.caller[own], return_index=True)
        own = own[newest]
        return own[self.cell[own] >= 0]


def find_clusters(
    week: Week, recurrence: Recurrence, number: int, judged: Bools, tick: datetime, told: Told
) -> list[Signal]:
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
    low, high = np.searchsorted(week.rows.number, [number, number + 1])
    tokens = np.unique(week.rows.token[low:high, 1:])
    keys = week.usual.baseline.keys
    found: list[tuple[float, int, Disk, Ints]] = []
    for token in tokens[judged[tokens]].tolist():
        rows = week.callers(token, number)
        new = rows[rows >= low]
        # Fewer than this are never worth telling, wherever they are.
        if len(rows) < max(told.bounds.floor[CELL], told.bounds.excess) or not new.size:
            continue
        age_days = (number - week.rows.number[rows]) / 24
        counts = counts_by_day(week.cell[rows], age_days, len(week.usual.whole))
        per_day = len(rows) / SCAN_DAYS[-1]
        share, spread = week.usual.share(token)
        for disk in scan(
            week.usual.lattice,
            counts,
            share,
            dispersion=spread,
            fresh=week.cell[new],
            most=_MOST_DISKS,
            least=recurrence.evidence(_SURPRISE, per_day),
        ):
            p = recurrence.surprise(disk.evidence, per_day)
            inside = np.isin(week.cell[rows], disk.inside) & (age_days < disk.days)
            found.append((p, token, disk, np.sort(rows[inside])))
    if not found:
        return []
    surprise = np.array([one[0] for one in found])
    margin = margins(surprise, int(judged.sum()), told.bounds.false_share / _LOOKS)
    fires = (margin >= 0) & worth_telling(
        np.array([one[2].seen for one in found]),
        np.array([one[2].expected for one in found]),
        np.full(len(found), CELL),
        told.bounds,
    )
    return [
        _signal(keys, *found[i], week, tick, told, float(margin[i]))
        for i in np.flatnonzero(fires).tolist()
    ]


def _signal(
    keys: KeyTable, p: float, token: int, disk: Disk, callers: Ints, week: Week, tick: datetime,
    told: Told, margin: float,
) -> Signal:  # fmt: skip
    code = keys.tokens[token].code
    own = week.of_token[token]
    number = week.rows.number[own]
    now = int(week.rows.number[callers].max())
    recent = own[(number > now - 24 * disk.days) & (number <= now)]
    rows = week.rows.take(np.sort(recent[np.isin(week.cell[recent], disk.inside)]))
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

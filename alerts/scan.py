"""Disk scan: where one class gathers across borders, in disks of H3 cells over days.

What is expected in a disk is its usual share of the class × what the class shows in the whole city
over the same window, as in the space-time permutation scan (Kulldorff et al., PLoS Medicine 2,
2005): a wave over the city or a bad day of the class gathers nowhere. Two things differ from the
likelihood ratio of that scan, and find more at the same rate of false alarms. The evidence is a
Bayes factor against an excess of unknown size, so that a disk with next to nothing expected does
not win by a tiny denominator; and a place is as likely beforehand as the root of its share, between
"each cell alike" and "each caller alike".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
import numpy.typing as npt
from scipy import special

from geo.cells import disk

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SCAN_DAYS = (1, 3, 7)
"""Windows: a burst, a matter of some days, a slow one."""

RINGS = 4
"""Disks have 0 to so many rings around their cell: 0.7 to 45 km² at resolution 8."""

FEWEST = 3.0
"""Callers below which a disk is not looked at."""

EXCESS = 8.0
"""Callers that a cluster brings on the average, before anything is seen."""

_LEAST_SHARE = 1e-9

_ENDS = tuple(3 * k * (k + 1) for k in range(RINGS + 1))  # where each ring ends in a disk
_BEGINS = np.array([0, *(end + 1 for end in _ENDS[:-1])])
_BITS = 21  # of a count, so that the three windows of a cell are summed as one integer
_AT_ONCE = 2**14  # disks' centres that are summed at once: 8 MB


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """The cells of a city, and around each its neighbours ring by ring; build it with :meth:`of`.

    ``cells`` are H3 numbers in ascending order, shape (n,). ``around`` has the positions of the 61
    cells within four steps of each, nearest first, n where the city has none, shape (n, 61).
    """

    cells: Ints
    around: Ints

    @classmethod
    def of(cls, cells: Ints) -> "Lattice":
        """Build the neighbours of these cells, in ascending order, shape (n,)."""
        return _lattice(cells.tobytes())

    @classmethod
    def _of(cls, cells: Ints) -> "Lattice":
        near = np.array([_around(cell) for cell in cells.tolist()], np.int64)
        around = near.reshape(len(cells), int(_ENDS[-1]) + 1)
        at = np.minimum(np.searchsorted(cells, around), max(len(cells) - 1, 0))
        return cls(cells, np.where(cells[at] == around, at, len(cells)) if len(cells) else around)

    def positions(self, cells: Ints) -> Ints:
        """Give the position of each cell, -1 where the lattice has none, shape (k,)."""
        if not len(self.cells):
            return np.full(len(cells), -1)
        at = np.minimum(np.searchsorted(self.cells, cells), len(self.cells) - 1)
        return np.where(self.cells[at] == cells, at, -1)

    def inside(self, centre: int, rings: int) -> Ints:
        """Give the positions of the cells of one disk, shape (k,)."""
        own = self.around[centre, : _ENDS[rings] + 1]
        return own[own < len(self.cells)]


@lru_cache(maxsize=2)
def _lattice(cells: bytes) -> Lattice:
    return Lattice._of(np.frombuffer(cells, np.int64))


@lru_cache(maxsize=100_000)
def _around(cell: int) -> tuple[int, ...]:
    near: dict[int, None] = {}
    for k in range(RINGS + 1):
        near.update(dict.fromkeys(disk(cell, k)))
    missing = int(_ENDS[-1]) + 1 - len(near)  # beside one of the twelve pentagons of the globe
    return (*near, *[-1] * missing)


@dataclass(frozen=True, slots=True, eq=False)
class Share:
    """What share of a class is usual in every disk; build it with :meth:`of`.

    ``disk`` has it by centre and rings, shape (n, RINGS + 1); ``prior`` the log of how likely a
    cluster is around each cell, before anything is seen, shape (n,).
    """

    disk: Floats
    prior: Floats

    @classmethod
    def of(cls, lattice: Lattice, share: Floats) -> "Share":
        """Sum up the share of each cell, which sums to 1, shape (n,)."""
        # One more than cells: what lies outside of the city counts nothing.
        around = np.append(share, 0.0)[lattice.around.T]
        disk = np.add.reduceat(around, _BEGINS, axis=0).cumsum(0).T
        likely = np.sqrt(np.maximum(share, _LEAST_SHARE))
        return cls(np.maximum(disk, _LEAST_SHARE), np.log(likely / likely.sum()))


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk in which a class gathers over the last ``days`` days.

    ``which`` is the number of the class among those that were scanned together, ``centre`` a
    position in the lattice, ``rings`` the size, ``inside`` the positions of the cells, shape (k,).
    ``expected`` is the disk's usual share of all ``seen`` in the city.
    """

    which: int
    centre: int
    rings: int
    days: int
    seen: float
    expected: float
    evidence: float
    inside: Ints


def evidence(seen: Floats, expected: Floats) -> Floats:
    """Give the log Bayes factor of an excess against none, elementwise.

    The counts are Poisson; the excess is exponential with a mean of eight callers.

    Parameters
    ----------
    seen, expected
        Counts, of one shape; ``expected`` is above zero.

    Examples
    --------
    Six where a half was expected is much, six where five were is nothing:

    >>> [round(x, 1) for x in evidence(np.array([6.0, 6.0]), np.array([0.5, 5.0])).tolist()]
    [8.4, -0.8]
    """
    rate = 1.0 + 1.0 / EXCESS
    tail = np.maximum(special.gammaincc(seen + 1.0, rate * expected), 1e-300)
    return np.asarray(
        rate * expected
        - seen * np.log(expected)
        - (seen + 1.0) * np.log(rate)
        + special.gammaln(seen + 1.0)
        + np.log(tail)
        - np.log(EXCESS)
    )


def counts_by_day(which: Ints, cell: Ints, age_days: Floats, k: int, n: int) -> Ints:
    """Count cases by class and cell over each window, shape (k, n, windows).

    Parameters
    ----------
    which, cell
        Number of the class, and position in the lattice, of each case, shape (c,).
    age_days
        Age of each case at the end of the tick, shape (c,).
    k, n
        Number of classes and of cells.
    """
    at = which * n + cell
    counted = [np.bincount(at[age_days < days], minlength=k * n) for days in SCAN_DAYS]
    return np.stack(counted, axis=1).reshape(k, n, len(SCAN_DAYS))


def scan(
    lattice: Lattice,
    counts: Ints,
    shares: Sequence[Share],
    *,
    dispersion: Floats | None = None,
    fresh: tuple[Ints, Ints] | None = None,
    most: int = 1,
    least: Floats | None = None,
) -> list[Disk]:
    """Find for some classes the disks that show the greatest evidence, none overlapping another.

    Parameters
    ----------
    lattice
        The cells and disks.
    counts
        Cases by class, cell and window, shape (k, n, windows), from :func:`counts_by_day`.
    shares
        What is usual of each class, k of them.
    dispersion
        Variance over mean of such counts, at least 1, by class, shape (k,); counts are divided by
        it. 1 where it is not given.
    fresh
        Numbers of classes and positions of cells: only disks of a class that hold such a cell are
        looked at, shape (f,) each. All that hold a case where it is not given.
    most
        Most disks to give of one class.
    least
        Evidence by class below which a disk is not given, shape (k,).

    Returns
    -------
    list[Disk]
        By class, of each the best first.
    """
    total = counts.sum(1)
    class_of, cell_of = np.nonzero(counts[..., -1]) if fresh is None else fresh
    worth = total[class_of, -1] >= FEWEST
    which, centre, nearest = _touched(lattice, class_of[worth], cell_of[worth], len(counts))
    if not which.size:
        return []
    packed = _sums(lattice, counts, which, centre)
    # The last window holds the others: what it shows too few in need not be taken apart.
    enough = packed >> ((len(SCAN_DAYS) - 1) * _BITS) >= FEWEST
    row, rings = np.nonzero(enough & (np.arange(RINGS + 1) >= nearest[:, None]))
    which, centre = which[row], centre[row]
    shifts = np.arange(len(SCAN_DAYS)) * _BITS
    sums = packed[row, rings, None] >> shifts & (2**_BITS - 1)
    share = np.array([one.disk for one in shares])[which, centre, rings]
    expected = share[:, None] * total[which]
    at, window = np.nonzero((sums >= FEWEST) & (sums > expected))
    seen, expected = sums[at, window].astype(np.float64), expected[at, window]
    own, centre, rings = which[at], centre[at], rings[at]
    prior = np.array([one.prior for one in shares])[own, centre]
    spread = np.ones(len(seen)) if dispersion is None else dispersion[own]
    c, b = seen / spread, expected / spread
    # A Bayes factor is a mean of likelihood ratios and never above the greatest of them, which
    # costs little: what cannot win is not reckoned.
    bound = c * np.log(c / b) - (c - b) + prior
    floor = np.full(len(counts), -np.inf) if least is None else least.copy()
    if most == 1:
        top = _greatest(own, bound)
        floor[own[top]] = np.maximum(floor[own[top]], evidence(c[top], b[top]) + prior[top])
    close = np.flatnonzero(bound >= floor[own])
    found = evidence(c[close], b[close]) + prior[close]
    close, found = close[found >= floor[own[close]]], found[found >= floor[own[close]]]
    order = np.lexsort((-found, own[close]))
    disks = (
        Disk(
            which=int(own[i]),
            centre=int(centre[i]),
            rings=int(rings[i]),
            days=SCAN_DAYS[window[i]],
            seen=float(seen[i]),
            expected=float(expected[i]),
            evidence=float(weight),
            inside=lattice.inside(int(centre[i]), int(rings[i])),
        )
        for i, weight in zip(close[order].tolist(), found[order].tolist(), strict=True)
    )
    return [disk for _, own in groupby(disks, lambda one: one.which) for disk in _apart(own, most)]


def _touched(lattice: Lattice, which: Ints, cell: Ints, k: int) -> tuple[Ints, Ints, Ints]:
    """Give class and centre of the disks that may hold one of these cells, and at how many rings.

    ``which`` and ``cell`` have shape (f,), what is given shape (m,) each.
    """
    n = len(lattice.cells)
    nearest = np.full((k, n + 1), RINGS + 1)
    for ring in range(RINGS, -1, -1):
        around = lattice.around[cell, _BEGINS[ring] : _ENDS[ring] + 1]
        nearest[which[:, None], around] = ring
    touched, centre = np.nonzero(nearest[:, :n] <= RINGS)
    return touched, centre, nearest[touched, centre]


def _sums(lattice: Lattice, counts: Ints, which: Ints, centre: Ints) -> Ints:
    """Sum the counts (k, n, windows) in the disks around m centres, shape (m, RINGS + 1).

    The counts of the windows lie beside each other in one integer, the last in the highest bits.
    """
    k, n, windows = counts.shape
    packed = np.zeros((k, n + 1), np.int64)  # what lies outside of the city counts nothing
    for w in range(windows):
        packed[:, :n] |= counts[..., w] << (w * _BITS)
    nearby, flat = lattice.around.T, packed.ravel()
    parts = [
        np.add.reduceat(
            flat[nearby[:, centre[i : i + _AT_ONCE]] + which[i : i + _AT_ONCE] * (n + 1)],
            _BEGINS,
            axis=0,
        ).cumsum(0)
        for i in range(0, len(centre), _AT_ONCE)
    ]
    return np.concatenate(parts, axis=1).T


def _greatest(which: Ints, value: Floats) -> Ints:
    """Give the position of the greatest value of each class; classes are in ascending order."""
    if not which.size:
        return which
    begin = np.flatnonzero(np.diff(which, prepend=-1))
    greatest = np.maximum.reduceat(value, begin)
    at = np.flatnonzero(value == np.repeat(greatest, np.diff(begin, append=len(which))))
    return at[np.flatnonzero(np.diff(which[at], prepend=-1))]


def _apart(disks: Iterable[Disk], most: int) -> list[Disk]:
    """Keep the first disks of one class that overlap none before them."""
    kept: list[Disk] = []
    taken: set[int] = set()
    for one in disks:
        inside = one.inside.tolist()
        if taken.isdisjoint(inside):
            taken.update(inside)
            kept.append(one)
            if len(kept) == most:
                break
    return kept

"""Disk scan: where one class gathers across borders, in disks of H3 cells over days.

What is expected in a disk is its usual share of the class × what the class shows in the whole city
over the same window, as in the space-time permutation scan (Kulldorff et al., PLoS Medicine 2,
2005): a wave over the city or a bad day of the class gathers nowhere. Two things differ from the
likelihood ratio of that scan, and find more at the same rate of false alarms. The evidence is a
Bayes factor against an excess of unknown size, so that a disk with next to nothing expected does
not win by a tiny denominator; and a place is as likely beforehand as the root of its share, between
"each cell alike" and "each caller alike".
"""

from dataclasses import dataclass
from functools import lru_cache

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

_EXCESS = 8.0  # callers that a cluster brings on the average, before anything is seen
_LEAST_SHARE = 1e-9


_ENDS = tuple(3 * k * (k + 1) for k in range(RINGS + 1))  # where each ring ends in a disk
_BEGINS = np.array([0, *(end + 1 for end in _ENDS[:-1])])


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


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk in which a class gathers over the last ``days`` days.

    ``centre`` is a position in the lattice, ``rings`` its size, ``inside`` the positions of its
    cells, shape (k,). ``expected`` is the disk's usual share of all ``seen`` in the city.
    """

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
    rate = 1.0 + 1.0 / _EXCESS
    tail = np.maximum(special.gammaincc(seen + 1.0, rate * expected), 1e-300)
    return np.asarray(
        rate * expected
        - seen * np.log(expected)
        - (seen + 1.0) * np.log(rate)
        + special.gammaln(seen + 1.0)
        + np.log(tail)
        - np.log(_EXCESS)
    )


def counts_by_day(cell: Ints, age_days: Floats, n: int) -> Floats:
    """Count cases by cell over each window, shape (n, windows).

    Parameters
    ----------
    cell
        Position of each case in the lattice, shape (c,).
    age_days
        Age of each case at the end of the tick, shape (c,).
    n
        Number of cells.
    """
    inside = [cell[age_days < days] for days in SCAN_DAYS]
    return np.stack([np.bincount(one, minlength=n) for one in inside], axis=1).astype(np.float64)


def scan(
    lattice: Lattice,
    counts: Floats,
    share: Floats,
    *,
    dispersion: float = 1.0,
    fresh: Ints | None = None,
    most: int = 1,
    least: float = -np.inf,
) -> list[Disk]:
    """Find the disks that show the greatest evidence, best first, none overlapping another.

    Parameters
    ----------
    lattice
        The cells and disks.
    counts
        Cases of the class by cell and window, shape (n, windows), from :func:`counts_by_day`.
    share
        Usual share of the class that each cell has, summing to 1, shape (n,).
    dispersion
        Variance over mean of such counts, at least 1; counts are divided by it.
    fresh
        Positions of cells: only disks that hold one of them are looked at, shape (f,). All that
        hold a case where it is not given.
    most
        Most disks to give.
    least
        Evidence below which a disk is not given.
    """
    n = len(lattice.cells)
    fresh = np.flatnonzero(counts[:, -1]) if fresh is None else np.unique(fresh)
    total = counts.sum(0)
    if not fresh.size or total[-1] < FEWEST:
        return []
    # One row more than cells: what lies outside of the city counts nothing.
    known = np.zeros((n + 1, len(SCAN_DAYS) + 1))
    known[:n, :-1], known[:n, -1] = counts, share
    touched, new = np.zeros(n + 1, np.bool_), np.zeros(n + 1, np.bool_)
    touched[lattice.around[fresh]], new[fresh] = True, True
    centres = np.flatnonzero(touched[:n])
    around = lattice.around[centres]
    sums = np.add.reduceat(known[around], _BEGINS, axis=1).cumsum(1)
    reached = np.logical_or.accumulate(np.logical_or.reduceat(new[around], _BEGINS, axis=1), axis=1)
    seen = sums[..., :-1]
    expected = np.maximum(sums[..., -1:], _LEAST_SHARE) * total
    at = np.nonzero((seen >= FEWEST) & (seen > expected) & reached[..., None])
    seen, expected = seen[at], expected[at]
    likely = np.sqrt(np.maximum(share, _LEAST_SHARE))
    prior = np.log(likely / likely.sum())[centres[at[0]]]
    c, b = seen / dispersion, expected / dispersion
    # A Bayes factor is a mean of likelihood ratios and never above the greatest of them, which
    # costs little: what cannot win is not reckoned.
    bound = c * np.log(c / b) - (c - b) + prior
    if most == 1 and len(bound):
        top = int(np.argmax(bound))
        least = max(least, float(evidence(c[top : top + 1], b[top : top + 1])[0] + prior[top]))
    close = np.flatnonzero(bound >= least)
    at = tuple(one[close] for one in at)
    seen, expected = seen[close], expected[close]
    found = evidence(c[close], b[close]) + prior[close]
    disks: list[Disk] = []
    enough = int((found >= least).sum())
    taken = np.zeros(n, np.bool_)
    for best in np.argsort(-found, kind="stable")[:enough].tolist():
        centre, rings = int(centres[at[0][best]]), int(at[1][best])
        inside = lattice.inside(centre, rings)
        if taken[inside].any():
            continue
        taken[inside] = True
        disks.append(
            Disk(
                centre,
                rings,
                SCAN_DAYS[at[2][best]],
                float(seen[best]),
                float(expected[best]),
                float(found[best]),
                inside,
            )
        )
        if len(disks) == most:
            break
    return disks

"""Near repeats (近期近邻再发): do appeals follow each other in place and time more than by chance.

It sets how far and how long to look back for repeats; it raises nothing. Same-day pairs are mostly
one matter entered twice: drop repeats first.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.spatial import KDTree

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Close pairs of n appeals, listed once whatever is asked of them later.

    ``one`` and ``other`` are their rows, ``distance_m`` lies between them, arrays of one shape;
    ``days`` is when each appeal came, shape (n,).
    """

    one: Ints
    other: Ints
    distance_m: Floats
    days: Floats

    def gaps(self, days: Floats) -> Floats:
        """Give the days between the appeals of each pair if they had come on ``days``, (n,)."""
        return np.abs(days[self.one] - days[self.other])


def pairs_within(x_m: Floats, y_m: Floats, days: Floats, reach_m: float) -> Pairs:
    """List the pairs of appeals within a distance.

    Parameters
    ----------
    x_m, y_m
        Metres of a projection, shape (n,).
    days
        Days from any one moment, shape (n,).
    reach_m
        Metres up to which a pair is close, counted in.
    """
    points = np.column_stack([x_m, y_m])
    found = KDTree(points).query_pairs(reach_m, output_type="ndarray").astype(np.int64)
    one, other = found[:, 0], found[:, 1]
    apart = np.hypot(*(points[one] - points[other]).T)
    return Pairs(one, other, apart, np.asarray(days, dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Knox:
    """Knox's test: close pairs in place and time, what chance gives, its probabilities.

    ``modified`` is Baker's statistic, pairs less those that each appeal's own numbers of close
    appeals give; ``p`` is of permutations, NaN without any, ``p_poisson`` of Poisson counts.
    """

    pairs: int
    expected: float
    modified: float
    p_poisson: float
    p: float


def knox(
    pairs: Pairs, within_d: float, chance: np.random.Generator | None = None, draws: int = 999
) -> Knox:
    """Test whether appeals near in place are near in time.

    Parameters
    ----------
    pairs
        Pairs near in place.
    within_d
        Days up to which a pair is near in time, counted in.
    chance, draws
        Where the permutations of the days come from, and how many; none without it.

    Notes
    -----
    Knox, Applied Statistics 13 (1964); Baker, J. Royal Statistical Society A 167 (2004).

    Examples
    --------
    Four appeals; two near each other came on one day:

    >>> x_m, days = np.array([0.0, 5, 900, 1800]), np.array([1, 1, 9, 20.0])
    >>> pairs = pairs_within(x_m, np.zeros(4), days, 9)
    >>> of = knox(pairs, 2)
    >>> of.pairs, round(of.expected, 4)
    (1, 0.1667)
    """
    n = len(pairs.days)
    if n < 2:
        return Knox(0, 0.0, 0.0, 1.0, float("nan"))
    seen = int((pairs.gaps(pairs.days) <= within_d).sum())
    near_in_space = np.bincount(np.concatenate([pairs.one, pairs.other]), minlength=n)
    ordered = np.sort(pairs.days)
    low = np.searchsorted(ordered, pairs.days - within_d, side="left")
    near_in_time = np.searchsorted(ordered, pairs.days + within_d, side="right") - low - 1
    expected = len(pairs.one) * float(near_in_time.sum()) / 2 / (n * (n - 1) / 2)
    modified = seen - float(near_in_space @ near_in_time) / (n - 1) / 2
    p = float("nan")
    if chance is not None:
        drawn = [pairs.gaps(chance.permutation(pairs.days)) <= within_d for _ in range(draws)]
        p = (1 + sum(int(near.sum()) >= seen for near in drawn)) / (draws + 1)
    return Knox(seen, expected, modified, float(stats.poisson.sf(seen - 1, expected)), p)


def mantel(x: Floats, y: Floats, days: Floats) -> float:
    """Correlate the distances of all pairs in place with those in time.

    Parameters
    ----------
    x, y, days
        Where and when, shape (n,).

    Notes
    -----
    Mantel, Cancer Research 27 (1967). Far pairs weigh as much as near ones: Knox sees more.

    Examples
    --------
    >>> round(mantel(np.array([0.0, 1, 9]), np.zeros(3), np.array([0.0, 2, 18])), 6)
    1.0
    """
    one, other = np.triu_indices(len(days), 1)
    space = np.hypot(x[one] - x[other], y[one] - y[other])
    return float(np.corrcoef(space, np.abs(days[one] - days[other]))[0, 1])

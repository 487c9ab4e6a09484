"""How sure a rank is (名次区间): most monthly tables are no rankings at all."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hotspots.shrinkage import Rates

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

DRAWS: Final = 4000
WORST: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Ranks of k places, 1 the highest rate.

    ``low`` and ``high`` bound the rank, ``in_worst`` is the probability of being among the worst.
    """

    low: Ints
    high: Ints
    in_worst: Floats


def rank_intervals(
    n: Ints | Floats,
    base: Floats,
    chance: np.random.Generator,
    *,
    worst: int = WORST,
    coverage: float = 0.90,
    draws: int = DRAWS,
) -> Ranks:
    """Draw true rates as they are believed and see how the places would rank.

    Parameters
    ----------
    n, base
        Appeals and what they refer to (households, expected counts) by place, shape (k,); both
        over the dispersion where counts scatter more than Poisson ones.
    chance
        Where the draws come from: the same seed gives the same page.
    worst
        Places that the list of the worst has.
    coverage
        Probability that the interval holds the rank.
    draws
        Draws of all rates.

    Notes
    -----
    Goldstein and Spiegelhalter, J. R. Statist. Soc. A 159 (1996); rates as in
    :mod:`hotspots.shrinkage`.

    Examples
    --------
    Of places with 5, 6, 7 and 90 appeals only the last has a rank:

    >>> of = rank_intervals(np.array([5, 6, 7, 90]), np.ones(4), np.random.default_rng(1), worst=1)
    >>> of.low.tolist(), of.high.tolist(), of.in_worst.round(2).tolist()
    ([2, 2, 2, 1], [4, 4, 4, 1], [0.0, 0.0, 0.0, 1.0])
    """
    spread = Rates.of(n, base)
    k = len(n)
    if spread.variance == 0:
        share = min(worst / k, 1.0)
        return Ranks(np.full(k, 1), np.full(k, k), np.full(k, share))
    strength = spread.mean / spread.variance
    known = base > 0
    shape = np.where(known, n, 0) + spread.mean * strength
    drawn = chance.standard_gamma(shape, (draws, k)) / (np.where(known, base, 0.0) + strength)
    rank = np.empty((draws, k), dtype=np.int64)
    np.put_along_axis(rank, np.argsort(-drawn, axis=1), np.arange(1, k + 1)[None, :], axis=1)
    tail = (1 - coverage) / 2
    low, high = np.quantile(rank, (tail, 1 - tail), axis=0, method="nearest").astype(np.int64)
    return Ranks(low, high, (rank <= worst).mean(axis=0))

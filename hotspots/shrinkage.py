"""Rates of small places made steady (稳健率), drawn to the city's by as much as they are noise.

A place's true rate is taken as a draw from a gamma distribution whose mean and variance are read
off all places; appeals are Poisson. The mean of what is then believed of a place is Marshall's
global empirical Bayes rate, its quantiles are an interval.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import stats

from hotspots.rates import Interval

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rates:
    """How true rates are spread over the places: their ``mean`` and ``variance``."""

    mean: float
    variance: float

    @classmethod
    def of(cls, n: Counts | Floats, base: Floats) -> Self:
        """Read the spread off counts and bases (households, expected counts), each shape (k,).

        Notes
        -----
        Marshall, Applied Statistics 40 (1991), method of moments; the variance is not below 0.
        A base that is not above 0 is passed over.

        Raises
        ------
        ValueError
            There is no base above 0.
        """
        known = base > 0
        if not known.any():
            raise ValueError("no place has a base above zero")
        count, size = n[known].astype(np.float64), base[known]
        mean = count.sum() / size.sum()
        variance = (size * (count / size - mean) ** 2).sum() / size.sum() - mean / size.mean()
        return cls(float(mean), float(max(variance, 0.0)))

    def believed(self, n: Counts, base: Floats, *, coverage: float = 0.95) -> Interval:
        """Give the steady rate of each place with its interval.

        Parameters
        ----------
        n, base
            Shape (k,); where the base is not above 0 nothing is known but the spread.
        coverage
            Probability that the interval holds the true rate.

        Returns
        -------
        Interval
            Shape (k,). Where places differ by chance alone each is believed to have the mean.

        Examples
        --------
        The first counties of North Carolina, sudden infant deaths of 1974: one death of 1,091 is
        believed as 1.7 per thousand, not .9:

        >>> spread = Rates(0.002021445, 7.692931e-07)
        >>> spread.believed(np.array([1]), np.array([1091.0])).value.round(6).tolist()
        [0.001697]
        """
        if self.variance == 0:
            level = np.full(n.shape, self.mean)
            return Interval(level, level, level)
        strength = self.mean / self.variance
        shape, rate = n + self.mean * strength, np.where(base > 0, base, 0.0) + strength
        shape = np.where(base > 0, shape, self.mean * strength)
        tail = (1 - coverage) / 2
        low, high = (
            np.asarray(stats.gamma.ppf(end, shape, scale=1 / rate), dtype=np.float64)
            for end in (tail, 1 - tail)
        )
        return Interval(shape / rate, low, high)

"""Rates and growth of counts, each with its exact interval.

A count of appeals is taken as Poisson. The formulas are those of every textbook on rates; the rule
that a small base shows figures only is the office's (``docs/glossary.md``, 环比).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

MIN_BASE: Final = 20
"""A base period below this many appeals shows figures only, no percentage."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with its interval, arrays of one shape; NaN where it cannot be told."""

    value: Floats
    low: Floats
    high: Floats

    def excludes(self, *values: float) -> npt.NDArray[np.bool_]:
        """Tell where the whole interval lies on one side of all values; False where it is NaN."""
        return (self.low > max(values)) | (self.high < min(values))


def poisson_interval(n: Counts, *, coverage: float = 0.95) -> tuple[Floats, Floats]:
    """Exact interval of a Poisson mean from one count.

    Parameters
    ----------
    n
        Counts, shape (k,), not negative.
    coverage
        Probability that the interval holds the true mean, at least.

    Returns
    -------
    low, high
        Bounds of the mean, shape (k,); the lower one is 0 for a count of 0.

    Raises
    ------
    ValueError
        A count is negative or ``coverage`` does not lie between 0 and 1.

    Notes
    -----
    Garwood, Fiducial limits for the Poisson distribution, Biometrika 28 (1936): half the chi-square
    quantiles with 2n and 2n+2 degrees of freedom.

    Examples
    --------
    Ten appeals are compatible with a mean between five and eighteen:

    >>> low, high = poisson_interval(np.array([0, 10]))
    >>> low.round(3).tolist(), high.round(3).tolist()
    ([0.0, 4.795], [3.689, 18.39])
    """
    tail = _tail(coverage)
    counts = _counts(n)
    low = np.where(counts > 0, stats.chi2.ppf(tail, 2 * np.maximum(counts, 1)) / 2, 0.0)
    high = stats.chi2.ppf(1 - tail, 2 * counts + 2) / 2
    return np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)


def rate(n: Counts, households: Floats, *, per: float = 1000, coverage: float = 0.95) -> Interval:
    """Appeals per thousand households (每千户诉求量) with its exact interval.

    Parameters
    ----------
    n
        Appeals, shape (k,).
    households
        Households at the same places, shape (k,); zero, negative or NaN means unknown.
    per
        Households to which the rate refers.
    coverage
        See :func:`poisson_interval`.

    Returns
    -------
    Interval
        Appeals per ``per`` households; NaN where the households are unknown.

    Examples
    --------
    >>> of = rate(np.array([30, 4]), np.array([1500.0, np.nan]))
    >>> of.value.tolist(), of.low.round(2).tolist(), of.high.round(2).tolist()
    ([20.0, nan], [13.49, nan], [28.55, nan])
    """
    base = np.asarray(households, dtype=np.float64)
    factor = np.full(base.shape, np.nan)
    np.divide(per, base, out=factor, where=base > 0)
    low, high = poisson_interval(n, coverage=coverage)
    return Interval(_counts(n) * factor, low * factor, high * factor)


def growth(
    now: Counts,
    before: Counts,
    *,
    min_base: int = MIN_BASE,
    coverage: float = 0.95,
    dispersion: float = 1.0,
) -> Interval:
    """Growth of a count against a base period of the same length (环比, 同比).

    Parameters
    ----------
    now, before
        Appeals in the period and in the base period, shape (k,).
    min_base
        A base below this gives NaN: the page then shows the two figures only.
    coverage
        Probability that the interval holds the true growth, at least.
    dispersion
        Of :func:`hotspots.funnel.dispersion`: counts that scatter so much more than Poisson ones
        tell as much as counts so much smaller.

    Returns
    -------
    Interval
        Growth as a share (0.25 is 25 % more).

    Raises
    ------
    ValueError
        A count is negative, ``coverage`` does not lie between 0 and 1 or ``dispersion`` is below 1.

    Notes
    -----
    Given the sum of the two counts, the newer one is binomial with p = r / (1 + r), r the ratio of
    the means; the interval of p is Clopper and Pearson's (Biometrika 26, 1934), r = p / (1 - p).

    Examples
    --------
    Fifty after forty is no proof of more; eighty after forty is:

    >>> of = growth(np.array([50, 80, 9]), np.array([40, 40, 8]))
    >>> of.value.tolist()
    [0.25, 1.0, nan]
    >>> of.low.round(3).tolist(), of.excludes(0).tolist()
    ([-0.192, 0.352, nan], [False, True, False])
    """
    tail = _tail(coverage)
    if dispersion < 1:
        raise ValueError(f"dispersion must be at least 1, not {dispersion}")
    newer, older = _counts(now), _counts(before)
    shown = older >= max(min_base, 1)
    base = np.where(shown, older, 1)
    lower = stats.beta.ppf(tail, np.maximum(newer, 1) / dispersion, base / dispersion + 1)
    upper = stats.beta.ppf(1 - tail, newer / dispersion + 1, base / dispersion)
    low = np.where(newer > 0, lower / (1 - lower), 0.0) - 1
    # A base that says nearly nothing bounds nothing.
    high = np.where(upper < 1, upper / np.where(upper < 1, 1 - upper, 1.0) - 1, np.inf)
    return Interval(
        np.where(shown, newer / base - 1, np.nan),
        np.where(shown, low, np.nan),
        np.where(shown, high, np.nan),
    )


def _tail(coverage: float) -> float:
    if not 0 < coverage < 1:
        raise ValueError(f"coverage must lie between 0 and 1, not {coverage}")
    return (1 - coverage) / 2


def _counts(n: Counts) -> Counts:
    counts = np.asarray(n, dtype=np.int64)
    if (counts < 0).any():
        raise ValueError("a count of appeals cannot be negative")
    return counts

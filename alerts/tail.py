"""How improbable a count is: the upper tail of a negative binomial, vectorised."""

import numpy as np
import numpy.typing as npt
from scipy import special, stats

Floats = npt.NDArray[np.float64]

_LN10 = float(np.log(10))
_TINY = 1e-290


def upper_tail(count: Floats, mean: Floats, variance: Floats) -> Floats:
    """Give -log10 P(Y >= count) of a negative binomial with this mean and variance.

    With r = mean² / (variance - mean) the tail is the regularised incomplete beta function
    I_{mean/(mean+r)}(count, r); where the variance is not above the mean, r is large and the
    tail is that of a Poisson count. Where it is too small for a float, the leading term stands.

    Parameters
    ----------
    count, mean, variance
        Counts and moments per window, shape (n,), no unit.

    Returns
    -------
    Floats
        -log10 of the probability, 0 for a count of 0, shape (n,).

    Examples
    --------
    The chance of 8 or more where 2 are expected (Poisson) is 0.0011:

    >>> two = np.array([2.0])
    >>> round(float(10 ** -upper_tail(np.array([8.0]), two, two)[0]), 4)
    0.0011
    """
    p, mean, r = _at_least(count, mean, variance)
    answer = -np.log10(np.maximum(p, 1e-300))
    tiny = p < _TINY
    if tiny.any():
        leading = stats.nbinom.logpmf(np.round(count), r, r / (mean + r))
        answer = np.where(tiny, -leading / _LN10, answer)
    return np.asarray(answer, dtype=np.float64)


def mid_tail(count: Floats, mean: Floats, variance: Floats) -> Floats:
    """Give -log10 of the mid-p value (P(Y >= count) + P(Y > count)) / 2.

    Half of the probability of the count itself is left out, which makes p-values of small counts
    less cautious (Lancaster 1961, JASA 56:223).

    Parameters
    ----------
    count, mean, variance
        As for :func:`upper_tail`.

    Returns
    -------
    Floats
        -log10 of the mid-p value, shape (n,).
    """
    p, mean, r = _at_least(count, mean, variance)
    of_count = count * np.log(mean / (mean + r)) - r * np.log1p(mean / r)
    of_count -= np.log(count + r) + special.betaln(count + 1.0, r)
    return np.asarray(-np.log10(np.maximum(p - 0.5 * np.exp(of_count), _TINY)), dtype=np.float64)


def _at_least(count: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats, Floats]:
    """Give P(Y >= count), and the mean and the shape r that were taken, shape (n,) each."""
    mean = np.maximum(mean, 1e-9)
    r = np.minimum(mean**2 / np.maximum(variance - mean, 1e-9 * mean + 1e-12), 1e7)
    p = special.betainc(np.maximum(count, 1.0), r, mean / (mean + r))
    return np.where(count < 0.5, 1.0, p), mean, r

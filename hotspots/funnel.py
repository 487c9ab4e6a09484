"""The funnel (正常波动范围): which counts lie outside of what chance gives at their expectation.

Real appeals scatter more than Poisson counts. By how much is measured, once a page, as the
dispersion; limits and scores widen by its root, and it is published beside them.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

OUTER: Final = 0.998
"""Coverage of the outer limits."""


def limits(expected: Floats, *, coverage: float = OUTER) -> tuple[Floats, Floats]:
    """Give the lowest and the highest count inside the funnel.

    Parameters
    ----------
    expected
        Of shape (k,), not negative.
    coverage
        Probability that a Poisson count lies inside, at least.

    Notes
    -----
    Spiegelhalter, Statistics in Medicine 24 (2005), without his interpolation.

    Examples
    --------
    >>> [limits(np.array([20.0]), coverage=c) for c in (0.95, 0.998)]
    [(array([12.]), array([29.])), (array([8.]), array([35.]))]
    """
    tail = (1 - coverage) / 2
    low = np.asarray(stats.poisson.ppf(tail, expected), dtype=np.float64)
    high = np.asarray(stats.poisson.ppf(1 - tail, expected), dtype=np.float64)
    return np.maximum(low, 0.0), high


def dispersion(n: Counts, expected: Floats, *, trimmed: float = 0.1) -> float:
    """Measure by how much counts scatter more than Poisson ones.

    Parameters
    ----------
    n, expected
        Of shape (k,); expectations of 0 are passed over.
    trimmed
        Share at either end whose scores are drawn in to the ones beside, so that the places that
        do stand out do not hide themselves; 0 for the plain mean.

    Returns
    -------
    float
        Mean square of the Pearson scores, at least 1; 1 where there is nothing to measure.

    Notes
    -----
    Spiegelhalter (2005), winsorised.

    Examples
    --------
    >>> round(dispersion(np.array([10, 14, 6, 90]), np.full(4, 10.0), trimmed=0), 1)
    160.8
    >>> dispersion(np.array([10, 14, 6, 90]), np.full(4, 10.0), trimmed=0.25)
    1.0
    """
    known = expected > 0
    if not known.any():
        return 1.0
    z = np.sort((n[known] - expected[known]) / np.sqrt(expected[known]))
    drawn = int(trimmed * len(z))
    z = np.clip(z, z[drawn], z[len(z) - 1 - drawn])
    return max(1.0, float((z**2).mean()))


def score(n: Counts, expected: Floats, *, dispersion: float = 1.0) -> Floats:
    """Give how many standard deviations counts lie from their expectation.

    Parameters
    ----------
    n, expected
        Of shape (k,).
    dispersion
        Of :func:`dispersion`.

    Returns
    -------
    Floats
        Of shape (k,); 0 where nothing is expected.

    Examples
    --------
    >>> score(np.array([30, 30]), np.array([20.0, 0.0]), dispersion=2.5).round(3).tolist()
    [1.414, 0.0]
    """
    out = np.zeros(np.shape(expected))
    np.divide(n - expected, np.sqrt(expected * dispersion), out=out, where=expected > 0)
    return out


def probability(n: Counts, expected: Floats) -> Floats:
    """Give the Poisson probability of so few appeals or fewer, shape (k,).

    Notes
    -----
    Choynowski, J. Amer. Statist. Assoc. 54 (1959): the probability map.

    Examples
    --------
    >>> probability(np.array([1]), np.array([2.2054])).round(3).tolist()
    [0.353]
    """
    return np.asarray(stats.poisson.cdf(n, expected), dtype=np.float64)

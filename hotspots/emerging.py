"""Trend classes of hot spots (热点演变): new, persistent, fading and so on, seventeen in all.

The names and rules are those of Emerging Hot Spot Analysis as its public documentation gives them.
Where the text overlaps the order of the rules below decides; where it leaves the choice of the
comparison open, ``OURS`` takes the one in which growth or season of the whole city makes no place
hot, and ``COMPATIBLE`` the defaults that other tools document.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse

from hotspots.discoveries import confidence_bins
from hotspots.getis_ord import Window, getis_ord
from hotspots.trend import mann_kendall

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int8]


class Pattern(IntEnum):
    """The eight kinds of a hot spot; a cold one has the negative number, 0 is none of them."""

    NONE = 0
    NEW = 1
    CONSECUTIVE = 2
    INTENSIFYING = 3
    PERSISTENT = 4
    DIMINISHING = 5
    SPORADIC = 6
    OSCILLATING = 7
    HISTORICAL = 8


OFTEN: Final = 0.9
"""Share of the steps from which on a place is hot nearly always."""

TREND_P: Final = 0.10
"""A trend of z at or below this p is one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How Gi* is taken for the classes; stored with every class that is shown.

    ``lags`` and ``window`` are of :func:`hotspots.getis_ord.getis_ord` for the bins, ``trend_lags``
    for the scores that are tested for a trend; ``whole`` takes all places and periods as one family
    of tests instead of those of each period.
    """

    lags: int = 1
    window: Window = "within"
    trend_lags: int = 0
    whole: bool = False


OURS: Final = Comparison()
"""Every period against itself; the trend on scores whose windows do not overlap."""

COMPATIBLE: Final = Comparison(window="cube", trend_lags=1, whole=True)
"""The documented defaults of the known tools, for those who compare."""


@dataclass(frozen=True, slots=True, eq=False)
class Emerging:
    """Trend classes of n places.

    ``pattern`` holds numbers of :class:`Pattern`, negative where cold, shape (n,); ``bins``
    confidence bins by place and period, shape (n, periods); ``z`` the scores behind them;
    ``trend_z`` and ``trend_p`` Mann and Kendall's test, shape (n,).
    """

    pattern: Codes
    bins: Codes
    z: Floats
    trend_z: Floats
    trend_p: Floats


def emerging(
    counts: npt.NDArray[np.generic], weights: sparse.csr_array, how: Comparison = OURS
) -> Emerging:
    """Class places by the course of their Gi*.

    Parameters
    ----------
    counts
        Appeals of one class by place and period, shape (n, periods), oldest first; at least ten
        periods make sense.
    weights
        Of :meth:`hotspots.neighbours.Neighbours.with_self`, shape (n, n).
    how
        ``OURS`` or ``COMPATIBLE``.
    """
    z = getis_ord(counts, weights, lags=how.lags, window=how.window)
    course = z
    if how.trend_lags != how.lags:
        course = getis_ord(counts, weights, lags=how.trend_lags, window=how.window)
    bins = confidence_bins(z, whole=how.whole)
    trend = mann_kendall(course)
    pattern = patterns(bins > 0, bins < 0, trend.z, trend.p)
    return Emerging(pattern, bins, z, trend.z, trend.p)


def patterns(hot: Bools, cold: Bools, trend_z: Floats, trend_p: Floats) -> Codes:
    """Give the class of each place.

    Parameters
    ----------
    hot, cold
        Where each period is significantly hot or cold, shape (n, periods), the last one newest.
    trend_z, trend_p
        Of the place's scores over time, shape (n,).

    Returns
    -------
    Codes
        Numbers of :class:`Pattern`, negative where cold, shape (n,).

    Examples
    --------
    Hot in the last period only; hot in all of ten; cold in all of ten and colder all the time:

    >>> hot = np.array([[False] * 9 + [True], [True] * 10, [False] * 10])
    >>> cold = np.array([[False] * 10, [False] * 10, [True] * 10])
    >>> codes = patterns(hot, cold, np.array([0.0, 1.0, -3.0]), np.array([1.0, 0.3, 0.01]))
    >>> [Pattern(abs(code)).name for code in codes.tolist()], codes.tolist()
    (['NEW', 'PERSISTENT', 'INTENSIFYING'], [1, 4, -3])
    """
    found, mirrored = _side(hot, cold, trend_z, trend_p), -_side(cold, hot, -trend_z, trend_p)
    # What was nearly always cold stays historical though it is hot now, and the other way round.
    colder = (found == 0) | _often(cold)
    return np.where(colder, mirrored, found).astype(np.int8)


def _often(mine: Bools) -> Bools:
    # Nine of ten steps are 0.9 of them, whatever binary fractions say.
    return np.asarray(mine.sum(axis=1) >= OFTEN * mine.shape[1] - 1e-9)


def _side(mine: Bools, other: Bools, trend_z: Floats, trend_p: Floats) -> Codes:
    """Class the places of one sign; the rules are tried in order."""
    steps = mine.shape[1]
    count = mine.sum(axis=1)
    last = mine[:, -1]
    before = mine[:, :-1].any(axis=1)
    was_other = other.any(axis=1)
    often = _often(mine)
    trend = trend_p <= TREND_P
    final_run = np.where(mine.all(axis=1), steps, (~mine[:, ::-1]).argmax(axis=1))
    rules = (
        (often & last & trend & (trend_z > 0), Pattern.INTENSIFYING),
        (often & last & trend & (trend_z < 0), Pattern.DIMINISHING),
        (often & last, Pattern.PERSISTENT),
        (often, Pattern.HISTORICAL),
        (last & was_other, Pattern.OSCILLATING),
        (last & ~before, Pattern.NEW),
        (last & (count == final_run), Pattern.CONSECUTIVE),
        (last, Pattern.SPORADIC),
    )
    return np.select([rule for rule, _ in rules], [int(p) for _, p in rules], 0).astype(np.int8)

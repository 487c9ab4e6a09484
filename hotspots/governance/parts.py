"""The parts by which places are judged for the list of places under governance (治理类).

Arrays have one row a place and one column a month, the newest month last; windows reach back over
three or twelve months, or over as many as there are.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from hotspots.shrinkage import Rates

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PER_HOUSEHOLDS: Final = 1000.0
DAYS: Final = 30
LEAST: Final = 20
"""Appeals in the window below which a share says nothing."""


def rolling(counts: Counts, window: int) -> Counts:
    """Add up each month and those before it.

    Parameters
    ----------
    counts
        Shape (n, months).
    window
        Months that are added, fewer at the beginning.

    Examples
    --------
    >>> rolling(np.array([[1, 2, 3, 4]]), 3).tolist()
    [[1, 3, 6, 9]]
    """
    along = np.cumsum(counts, axis=1)
    out = along.copy()
    out[:, window:] -= along[:, :-window]
    return out


def steady_rates(counts: Counts, households: Floats, days: Ints, window: int) -> Floats:
    """Give appeals in 30 days and a thousand households, steady (:mod:`hotspots.shrinkage`).

    Parameters
    ----------
    counts
        Shape (n, months).
    households
        Shape (n,); NaN or 0 is not known. Where none is known at all the rates are appeals a month.
    days
        Length of each month, shape (months,): the last may be running.
    window
        Months that are looked at.

    Returns
    -------
    Floats
        Shape (n, months); NaN where the households are not known.

    Examples
    --------
    >>> households = np.array([2000.0, np.nan])
    >>> rates = steady_rates(np.array([[40], [20]]), households, np.array([30]), 3)
    >>> rates.round(1).tolist()
    [[20.0], [nan]]
    """
    known = households > 0
    base = np.where(known, households, 0.0) / PER_HOUSEHOLDS
    if not known.any():
        known, base = np.ones(len(base), dtype=np.bool_), np.ones(len(base))
    summed, length = rolling(counts, window), rolling(days[None, :], window)[0]
    out = np.full(summed.shape, np.nan)
    if not len(base):
        return out  # a level without places has no rates
    for month in range(summed.shape[1]):
        exposure = base * length[month] / DAYS
        n = np.where(known, summed[:, month], 0)
        rates = Rates.of(n, exposure).believed(n, exposure).value
        out[known, month] = rates[known]
    return out


def shares(part: Counts, whole: Counts, *, window: int = 3, least: int = LEAST) -> Floats:
    """Give a share of counts over a window, shape (n, months); NaN where there are too few.

    Examples
    --------
    >>> shares(np.array([[5, 10, 3]]), np.array([[10, 30, 20]])).tolist()
    [[nan, 0.375, 0.3]]
    """
    above, below = rolling(part, window), rolling(whole, window)
    out = np.full(below.shape, np.nan)
    np.divide(above, below, out=out, where=below >= max(least, 1))
    return out


def topics_for_half(counts: Counts, *, window: int = 3, least: int = LEAST) -> Floats:
    """Count the topics that make up half of a place's appeals.

    Parameters
    ----------
    counts
        By place, topic and month, shape (n, topics, months).
    window, least
        Months that are looked at, and appeals below which the figure is NaN.

    Returns
    -------
    Floats
        Shape (n, months).

    Examples
    --------
    >>> topics_for_half(np.array([[[30], [10], [10], [10]]])).tolist()
    [[1.0]]
    """
    n, topics, months = counts.shape
    summed = rolling(counts.reshape(n * topics, months), window).reshape(counts.shape)
    along = np.cumsum(-np.sort(-summed, axis=1), axis=1)
    total = along[:, -1, :] if topics else np.zeros((n, months), dtype=np.int64)
    needed = (2 * along < total[:, None, :]).sum(axis=1) + 1.0
    return np.where(total >= least, needed, np.nan)


def busiest_share(
    counts: Counts, parent: Ints, n: int, *, window: int = 3, least: int = LEAST
) -> Floats:
    """Give the share of a place's appeals that its busiest part has.

    Parameters
    ----------
    counts
        By part and month, shape (parts, months).
    parent
        Row of the place of each part, shape (parts,).
    n
        Places.
    window, least
        Months that are looked at, and appeals below which the figure is NaN.

    Returns
    -------
    Floats
        Shape (n, months); NaN where a place has no parts.

    Examples
    --------
    >>> busiest_share(np.array([[30], [10], [7]]), np.array([0, 0, 1]), 2).tolist()
    [[0.75], [nan]]
    """
    summed = rolling(counts, window)
    total = np.zeros((n, counts.shape[1]), dtype=np.int64)
    most = np.zeros_like(total)
    np.add.at(total, parent, summed)
    np.maximum.at(most, parent, summed)
    out = np.full(total.shape, np.nan)
    np.divide(most, total, out=out, where=total >= max(least, 1))
    return out

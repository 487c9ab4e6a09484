"""Getis and Ord's Gi*: how far the sum around a place is from what the whole map would give.

Closed form, all places and periods at once. What "the whole map" is decides what hot means:

- ``within``: every period is compared with itself, then the periods looked at are added. What all
  places share (growth, season, one busy month) cancels.
- ``slice``: mean and variance of the newest period; ``neighborhood``: of the periods looked at;
  ``cube``: of all periods. These three are the windows of the known tools, for comparison.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Window = Literal["within", "slice", "neighborhood", "cube"]

ROWS = 512
"""Places worked on at once: what is made on the way stays in the cache of the processor."""


def getis_ord(
    counts: npt.NDArray[np.generic],
    weights: sparse.csr_array,
    *,
    lags: int = 0,
    window: Window = "within",
) -> Floats:
    """Give the z score of Gi* of every place and period.

    Parameters
    ----------
    counts
        Appeals or rates by place and period, shape (n, periods), oldest period first.
    weights
        Shape (n, n), the diagonal included (:meth:`hotspots.neighbours.Neighbours.with_self`).
    lags
        The same places in so many periods before count as neighbours too; none of the future does.
    window
        What mean and variance are taken over; without lags ``within`` and ``slice`` are one.

    Returns
    -------
    Floats
        Shape (n, periods); 0 where nothing varies.

    Raises
    ------
    ValueError
        Shapes do not fit, ``lags`` is negative or the window is unknown.

    Notes
    -----
    Ord and Getis, Geographical Analysis 27 (1995), eq. 14:
    z = (sum_j w_ij x_j - m W_i) / (s sqrt((N S1_i - W_i²) / (N - 1))), W_i the sum of the weights,
    S1_i that of their squares, s with divisor N. Row-standardised weights give the same z.

    Examples
    --------
    Six points within 15 units of each other, from the documentation of esda:

    >>> near = [(0, 1), (0, 3), (1, 3), (1, 4), (2, 4), (3, 4), (4, 5)]
    >>> one, other = zip(*near, *[(b, a) for a, b in near], *[(i, i) for i in range(6)])
    >>> weights = sparse.csr_array((np.ones(len(one)), (one, other)), shape=(6, 6))
    >>> getis_ord(np.array([[2, 3, 3.2, 5, 8, 7]]).T, weights)[:, 0].round(4).tolist()
    [-1.3973, -0.2892, 0.6506, -0.2892, 1.2345, 2.0242]
    """
    values = np.asarray(counts, dtype=np.float64)
    if values.ndim != 2 or weights.shape != (len(values), len(values)):
        raise ValueError("counts must have one row a place, as many as there are weights")
    if lags < 0:
        raise ValueError("lags must not be negative")
    whole = _whole_map(values, lags, window)
    ones = np.ones(len(values))
    sum_w, sum_w2 = weights @ ones, weights.power(2) @ ones
    # One root a place wherever periods are alike, instead of one a place and period.
    shares, alike = np.unique(whole.steps / whole.size, return_inverse=True)
    of_place = _reciprocal_root(sum_w2[:, None] - np.multiply.outer(sum_w**2, shares))
    of_period = _reciprocal_root(
        whole.variance * whole.size * whole.steps / np.maximum(whole.size - 1, 1)
    )

    z = np.asarray(weights @ values, dtype=np.float64)
    for start in range(0, len(z), ROWS):
        rows = slice(start, start + ROWS)
        distance = _running(z[rows], lags) - np.multiply.outer(sum_w[rows], whole.expected)
        np.multiply(distance, of_place[rows][:, alike] * of_period, out=z[rows])
    return z


@dataclass(frozen=True, slots=True, eq=False)
class _WholeMap:
    """What a place is held against, by period: arrays of shape (periods,).

    Attributes
    ----------
    expected
        What one unit of weight would have, all steps together.
    variance
        Of one bin; within, of one place and its steps.
    steps, size
        Periods that a place looks at as bins of their own, and the bins on the map.
    """

    expected: Floats
    variance: Floats
    steps: Floats
    size: Floats


def _whole_map(values: Floats, lags: int, window: Window) -> _WholeMap:
    n, periods = values.shape
    mean = values.mean(axis=0)
    squares = np.zeros(periods)
    for start in range(0, n, ROWS):
        apart = values[start : start + ROWS] - mean
        squares += np.einsum("ij,ij->j", apart, apart)
    one = np.ones(periods)
    if window == "within":
        return _WholeMap(_running(mean, lags), _running(squares / n, lags), one, n * one)

    steps = _running(one, lags)
    if window == "slice":
        return _WholeMap(steps * mean, squares / n, steps, n * one)
    if window == "neighborhood":
        over = steps
        first, second = _running(mean, lags), _running(squares / n + mean**2, lags)
    elif window == "cube":
        over = periods * one
        first, second = mean.sum() * one, (squares / n + mean**2).sum() * one
    else:
        raise ValueError(f"window {window} is none of within, slice, neighborhood, cube")
    centre = first / over
    return _WholeMap(steps * centre, second / over - centre**2, steps, n * over)


def _running(values: Floats, lags: int) -> Floats:
    """Add each period (last axis) and the ``lags`` before it."""
    if lags == 0:
        return values
    out = values.copy()
    for lag in range(1, min(lags, values.shape[-1] - 1) + 1):
        out[..., lag:] += values[..., :-lag]
    return out


def _reciprocal_root(variance: Floats) -> Floats:
    """Give one over the root, 0 where rounding alone leaves a trace of variance."""
    some = variance > 1e-12
    return np.where(some, 1 / np.sqrt(np.where(some, variance, 1)), 0)

"""Getis and Ord's Gi*: how far the sum around a place is from what the whole map would give.

Closed form, all places and periods at once. What "the whole map" is decides what hot means:

- ``within``: every period is compared with itself, then the periods looked at are added. What all
  places share (growth, season, one busy month) cancels.
- ``slice``: mean and variance of the newest period; ``neighborhood``: of the periods looked at;
  ``cube``: of all periods. These three are the windows of the known tools, for comparison.
"""

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Window = Literal["within", "slice", "neighborhood", "cube"]


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
    n, periods = values.shape
    sum_w = np.asarray(weights.sum(axis=1), dtype=np.float64)
    squares = sparse.csr_array((weights.data**2, weights.indices, weights.indptr), weights.shape)
    sum_w2 = np.asarray(squares.sum(axis=1), dtype=np.float64)

    if window == "within":
        centred = values - values.mean(axis=0)
        # Scaling the few weights saves a walk through all places and periods.
        root = _reciprocal_root((n * sum_w2 - sum_w**2) / max(n - 1, 1))
        data = weights.data * np.repeat(root, np.diff(weights.indptr))
        scaled = sparse.csr_array((data, weights.indices, weights.indptr), weights.shape)
        z = _running(scaled @ centred, lags)
        z *= _reciprocal_root(_running(np.einsum("ij,ij->j", centred, centred) / n, lags))
        return z

    around = weights @ values
    seen = np.minimum(np.arange(periods), lags) + 1.0  # periods that there are to look at
    first, second = values.sum(axis=0), (values**2).sum(axis=0)
    if window == "slice":
        size = np.full(periods, float(n))
    elif window == "neighborhood":
        size, first, second = n * seen, _running(first, lags), _running(second, lags)
    elif window == "cube":
        size = np.full(periods, float(n * periods))
        first, second = np.full(periods, first.sum()), np.full(periods, second.sum())
    else:
        raise ValueError(f"window {window} is none of within, slice, neighborhood, cube")
    mean = first / size
    total_w = np.outer(sum_w, seen)
    spread = (size * np.outer(sum_w2, seen) - total_w**2) / np.maximum(size - 1, 1)
    distance = _running(around, lags) - total_w * mean
    z = distance * _reciprocal_root((second / size - mean**2) * spread)
    return np.asarray(z, dtype=np.float64)


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

"""The ceiling: the same score by one who knows the true mean and dispersion of every series."""

import numpy as np
import numpy.typing as npt

from alerts.recent import WINDOWS_H
from alerts.tail import mid_tail
from benchmarks.surge.series import Suite

Floats = npt.NDArray[np.float64]


def oracle_scores(suite: Suite, counts: Floats) -> Floats:
    """Give -log10 of the mid-p value under the truth, the best of the product's windows.

    In the hotline suite chance moves whole days (gamma), so that the variance of a window that
    begins within a day is that of its parts. ``counts`` and the scores have shape (S, T).
    """
    out = np.zeros(counts.shape)
    heard = np.zeros(counts.shape, np.bool_)
    heard[:, suite.test] = counts[:, suite.test] > 0
    row, step = np.nonzero(heard)
    a_day = suite.steps_a_day
    extra = np.maximum(suite.spread - 1, 0)[row]
    day = step // a_day
    of_day = suite.a_day(suite.mean)
    begun = np.cumsum(suite.mean.reshape(len(counts), -1, a_day), 2).reshape(counts.shape)
    total = np.cumsum(np.pad(of_day, ((0, 0), (1, 0))), 1)
    for window_h in WINDOWS_H:
        days = window_h // 24
        length = days * a_day
        seen, mean = (_last(values, length)[row, step] for values in (counts, suite.mean))
        first = day - days
        left = of_day[row, first] - begun[row, step - length]
        whole = total[row, day] - total[row, first + 1]
        parts = begun[row, step] ** 2 / np.maximum(of_day[row, day], 1e-12)
        parts = parts + left**2 / np.maximum(of_day[row, first], 1e-12) + whole
        out[row, step] = np.maximum(out[row, step], mid_tail(seen, mean, mean + extra * parts))
    return out


def _last(values: Floats, length: int) -> Floats:
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), 1)
    out = total[:, 1:].copy()
    out[:, length:] = total[:, length + 1 :] - total[:, 1:-length]
    return out

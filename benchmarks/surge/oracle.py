"""The ceiling: the same score by one who knows the true mean and dispersion of every series."""

import numpy as np
import numpy.typing as npt

from alerts.decide import at_once
from alerts.onset import WORTH, odds_by_part
from alerts.recent import PARTS, WINDOWS_H
from alerts.score import Scores
from alerts.tail import mid_tail
from benchmarks.surge.series import Suite

Floats = npt.NDArray[np.float64]


def oracle_scores(suite: Suite, counts: Floats) -> Floats:
    """Give the product's score under the truth: of counts, and by the hours where there are hours.

    In the hotline suite chance moves whole days (gamma), so that the variance of a window that
    begins within a day is that of its parts. ``counts`` and the scores have shape (S, T).
    """
    heard = np.zeros(counts.shape, np.bool_)
    heard[:, suite.test] = counts[:, suite.test] > 0
    row, step = np.nonzero(heard)
    a_day = suite.steps_a_day
    extra = np.maximum(suite.spread - 1, 0)[row]
    day = step // a_day
    of_day = suite.a_day(suite.mean)
    begun = np.cumsum(suite.mean.reshape(len(counts), -1, a_day), 2).reshape(counts.shape)
    total = np.cumsum(np.pad(of_day, ((0, 0), (1, 0))), 1)
    best = np.full((5, row.size), -1.0)  # score, window, seen, mean, spread
    for w, window_h in enumerate(WINDOWS_H):
        days = window_h // 24
        length = days * a_day
        seen, mean = (_last(values, length)[row, step] for values in (counts, suite.mean))
        first = day - days
        left = of_day[row, first] - begun[row, step - length]
        whole = total[row, day] - total[row, first + 1]
        parts = begun[row, step] ** 2 / np.maximum(of_day[row, day], 1e-12)
        parts = parts + left**2 / np.maximum(of_day[row, first], 1e-12) + whole
        variance = mean + extra * parts
        score = mid_tail(seen, mean, variance)
        own = np.array([score, np.full(row.size, w), seen, mean, variance / mean])
        best = np.where(score > best[0], own, best)
    out = np.zeros(counts.shape)
    if a_day == 1:
        out[row, step] = np.maximum(best[0], 0.0)
        return out
    odds = [_odds(suite, counts, window_h)[row, step] for window_h in WINDOWS_H]
    both = (np.logaddexp(*odds) - np.log(len(odds))) / np.log(10)
    score, window, seen, mean, spread = best
    ones = np.ones(row.size)
    scores = Scores(row, score, window.astype(np.int64), seen, mean, ones, spread, both)
    out[row, step] = np.maximum(at_once(scores, score, both + WORTH), 0.0)
    return out


def _odds(suite: Suite, counts: Floats, window_h: int) -> Floats:
    part = np.arange(counts.shape[1]) % 24 * PARTS // 24
    came, mean = (
        np.array([_last(np.where(part == one, values, 0.0), window_h) for one in range(PARTS)])
        for values in (counts, suite.mean)
    )
    hours = np.full((PARTS, 1, 1), window_h / PARTS)
    return odds_by_part(came, np.maximum(mean, 1e-9), hours, window_h, suite.spread[:, None])


def _last(values: Floats, length: int) -> Floats:
    total = np.cumsum(np.pad(values, ((0, 0), (1, 0))), 1)
    out = total[:, 1:].copy()
    out[:, length:] = total[:, length + 1 :] - total[:, 1:-length]
    return out

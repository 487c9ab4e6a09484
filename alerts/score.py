"""Second step of a tick: how surprising is what a key shows, in the light of its class.

The expectation of a key over a window is level × season, times what the rest of its class does at
the same moment (the common mode, leave-one-out): a wave over the whole city is then one surprise of
the city and none of its communities.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.baseline import WINDOWS_H, Baseline
from alerts.tail import mid_tail

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_COMMON_PRIOR = 10.0  # pseudo-callers that draw the common mode to 1
_COMMON_RANGE = (0.5, 4.0)
_A0 = 0.5


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores of the keys that rose in one tick, shape (n,).

    ``score`` is -log10 of the mid-p value over the better window; ``window`` indexes WINDOWS_H;
    ``seen`` and ``expected`` are distinct callers over that window; ``common`` is the factor that
    the rest of the class gave.
    """

    key: Ints
    score: Floats
    window: Ints
    seen: Floats
    expected: Floats
    common: Floats


def score_keys(baseline: Baseline, key: Ints, hour_number: int) -> Scores:
    """Score these keys at the end of this hour.

    Parameters
    ----------
    baseline
        The state; it is read, not changed.
    key
        Numbers of the keys that rose, shape (n,).
    hour_number
        The hour that has just been put into the ring (see :class:`alerts.baseline.Baseline`).
    """
    _, token_of, city_of, _ = baseline.keys.arrays()
    token, city = token_of[key], city_of[key]
    level, city_level = baseline.levels(key), baseline.levels(city)
    unique, inverse = np.unique(token, return_inverse=True)
    factors = baseline.factors()[unique]
    dispersion = baseline.dispersion(key)
    best = np.full(len(key), -1.0)
    window = np.zeros(len(key), np.int64)
    seen, expected, common = (np.zeros(len(key)) for _ in range(3))
    for w, window_h in enumerate(WINDOWS_H):
        rows, bins = baseline.rows(hour_number, window_h)
        exposure = factors[:, bins].sum(1)[inverse]
        here = baseline.ring[np.ix_(rows, key)].sum(0, dtype=np.float64)
        mean = np.maximum(level * exposure, 1e-6)
        rest_seen = baseline.ring[np.ix_(rows, city)].sum(0, dtype=np.float64) - here
        rest_mean = np.maximum(city_level * exposure - mean, 0.0)
        shared = np.clip((rest_seen + _COMMON_PRIOR) / (rest_mean + _COMMON_PRIOR), *_COMMON_RANGE)
        shared = np.where(city == key, 1.0, shared)
        mean = mean * shared
        phi = dispersion[w]
        variance = phi * (mean + mean**2 / np.maximum(baseline.a[key], _A0))
        score = mid_tail(here, mean, variance)
        better = score > best
        best = np.where(better, score, best)
        window = np.where(better, w, window)
        seen = np.where(better, here, seen)
        expected = np.where(better, mean, expected)
        common = np.where(better, shared, common)
    return Scores(key, best, window, seen, expected, common)

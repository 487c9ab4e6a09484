"""Second step of a tick: how surprising is what a key shows, in the light of its class.

The expectation of a key over a window is level × season, times what the rest of its class does at
the same moment (the common mode, leave-one-out): a wave over the whole city is then one surprise of
the city and none of its communities.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.baseline import Baseline
from alerts.recent import WINDOWS_H
from alerts.tail import mid_tail

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores of the keys that rose in one tick, shape (n,).

    ``score`` is -log10 of the mid-p value over the better window; ``window`` indexes WINDOWS_H;
    ``seen`` and ``expected`` are distinct callers over that window; ``common`` is the factor that
    the rest of the class gave, ``spread`` the variance of the count over its mean, as the score
    takes it.
    """

    key: Ints
    score: Floats
    window: Ints
    seen: Floats
    expected: Floats
    common: Floats
    spread: Floats


def score_keys(baseline: Baseline, key: Ints, hour_number: int) -> Scores:
    """Score these keys at the end of this hour.

    Parameters
    ----------
    baseline
        The state; it is read, not changed.
    key
        Numbers of the keys that rose, shape (n,).
    hour_number
        The hour that has just been put (see :class:`alerts.baseline.Baseline`).
    """
    n = len(key)
    best = Scores(key, np.full(n, -1.0), np.zeros(n, np.int64), *(np.zeros(n) for _ in range(4)))
    for w, window_h in enumerate(WINDOWS_H):
        seen, mean, common, relative = baseline.expect(key, hour_number, window_h)
        spread = baseline.phi[w, key] + relative * mean
        score = mid_tail(seen, mean, spread * mean)
        better = score > best.score
        for kept, new in (
            (best.score, score),
            (best.window, np.full(n, w)),
            (best.seen, seen),
            (best.expected, mean),
            (best.common, common),
            (best.spread, spread),
        ):
            np.copyto(kept, new, where=better)
    return best

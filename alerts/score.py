"""Second step of a tick: how surprising is what a key shows, in the light of its class.

The expectation of a key over a window is level × season, times what the rest of its class does at
the same moment (the common mode, leave-one-out): a wave over the whole city is then one surprise of
the city and none of its communities.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from alerts.baseline import Baseline
from alerts.recent import WINDOWS_H
from alerts.tail import mid_tail
from alerts.usual import common_mode

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

    def take(self, which: Ints) -> "Scores":
        """Give those of some of the keys."""
        return Scores(*(getattr(self, one.name)[which] for one in fields(self)))


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


def score_beside_the_rest(baseline: Baseline, scores: Scores, hour_number: int) -> Floats:
    """Score classes of the whole city again: in the light of all other classes, shape (n,).

    On a holiday or in a storm every class rises, and that is one matter. What the rest of all
    appeals shows against its expectation excuses as much of a class; a rest that fell excuses
    nothing.

    Parameters
    ----------
    baseline
        The state; it is read, not changed.
    scores
        Of keys of the whole city, from :func:`score_keys`.
    hour_number
        As for that.
    """
    _, token, _, whole = baseline.keys.arrays()
    every = whole[scores.key]
    again = np.empty(len(every))
    for w, window_h in enumerate(WINDOWS_H):
        own = np.flatnonzero(scores.window == w)
        seen, mean, _, _ = baseline.expect(every[own], hour_number, window_h)
        factor, unsure = common_mode(
            np.maximum(seen - scores.seen[own], 0.0),
            np.maximum(mean - scores.expected[own], 0.0),
            baseline.moves[w][token[every[own]]] + baseline.doubt[every[own]],
        )
        expected = scores.expected[own] * np.maximum(factor, 1.0)
        spread = scores.spread[own] + unsure * expected
        again[own] = mid_tail(scores.seen[own], expected, spread * expected)
    return again

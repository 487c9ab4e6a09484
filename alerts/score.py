"""Second step of a tick: how surprising is what a key shows, in the light of its class.

The expectation of a key over a window is level × season, times what the rest of its class does at
the same moment (the common mode, leave-one-out): a wave over the whole city is then one surprise of
the city and none of its communities.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from alerts.baseline import Baseline
from alerts.keys import CITY
from alerts.onset import odds_of
from alerts.recent import WINDOWS_H
from alerts.tail import mid_tail
from alerts.usual import FIRST_DISPERSION

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BROAD = 1.25
"""Seen over expected of the middle branch of classes from which on everything rises."""

_OF_A_MEDIAN = np.pi / 2  # variance over that of a mean
_LEAST_OF_A_BRANCH = 5.0  # callers expected of a branch that may be the middle one


@dataclass(frozen=True, slots=True)
class Scores:
    """Raw scores of the keys that rose in one tick, shape (n,).

    ``score`` is -log10 of the mid-p value over the better window; ``window`` indexes WINDOWS_H;
    ``seen`` and ``expected`` are distinct callers over that window; ``common`` is the factor that
    the rest of the class gave, ``spread`` the variance of the count over its mean, as the score
    takes it. ``odds`` is log10 of the odds that something has begun (:mod:`alerts.onset`).
    """

    key: Ints
    score: Floats
    window: Ints
    seen: Floats
    expected: Floats
    common: Floats
    spread: Floats
    odds: Floats

    def take(self, which: Ints) -> "Scores":
        """Give those of some of the keys."""
        return Scores(*(getattr(self, one.name)[which] for one in fields(self)))


def score_keys(
    baseline: Baseline,
    key: Ints,
    hour_number: int,
    rise: Floats | float = 1.0,
    unsure: Floats | float = 0.0,
) -> Scores:
    """Score these keys at the end of this hour.

    Parameters
    ----------
    baseline
        The state; it is read, not changed.
    key
        Numbers of the keys that rose, shape (n,).
    hour_number
        The hour that has just been put (see :class:`alerts.baseline.Baseline`).
    rise, unsure
        What else the expectations are multiplied by, and its relative variance, shape (n,).
    """
    n = len(key)
    score, window = np.full(n, -1.0), np.zeros(n, np.int64)
    seen, expected, common, spread = (np.zeros(n) for _ in range(4))
    shown, spreads = [], []
    for w, window_h in enumerate(WINDOWS_H):
        usual = baseline.expect(key, hour_number, window_h)
        usual = usual._replace(mean=usual.mean * rise, relative=usual.relative + unsure)
        spreads.append(baseline.phi[w, key] + usual.relative * usual.mean)
        shown.append(usual)
        own = mid_tail(usual.seen, usual.mean, spreads[w] * usual.mean)
        better = own > score
        for kept, new in (
            (score, own),
            (window, np.full(n, w)),
            (seen, usual.seen),
            (expected, usual.mean),
            (common, usual.common),
            (spread, spreads[w]),
        ):
            np.copyto(kept, new, where=better)
    odds = odds_of(baseline, key, hour_number, shown, spreads)
    return Scores(key, score, window, seen, expected, common, spread, odds)


def score_beside_the_rest(baseline: Baseline, scores: Scores, hour_number: int) -> Scores:
    """Score classes of the whole city again: in the light of all other branches, shape (n,).

    On a holiday or in a storm every class rises, and that is one matter. What the middle one of the
    other branches of the class tree shows against its expectation excuses as much of a class: two
    that surge on a usual day do not excuse each other, and less than :data:`BROAD` excuses nothing.

    Parameters
    ----------
    baseline
        The state; it is read, not changed.
    scores
        Of keys of the whole city, from :func:`score_keys`.
    hour_number
        As for that.
    """
    keys, n = baseline.keys, len(scores.key)
    rise, unsure = np.ones(n), np.zeros(n)
    for i, key in enumerate(scores.key.tolist()):
        branch = keys.tokens[keys.token[key]].code.split("/")[0]
        middle, seen = middle_rise(baseline, keys.whole[key], hour_number, scores.window[i], branch)
        rise[i] = middle if middle >= BROAD else 1.0
        unsure[i] = _OF_A_MEDIAN * FIRST_DISPERSION / (1 + seen)
    return score_keys(baseline, scores.key, hour_number, rise, unsure)


def middle_rise(
    baseline: Baseline, whole: int, hour_number: int, window: int, but: str = ""
) -> tuple[float, float]:
    """Give seen over expected of the middle branch of the city's class tree, and all callers seen.

    Parameters
    ----------
    baseline
        The state; it is read, not changed.
    whole
        Number of the city's key for all classes.
    hour_number, window
        As for :func:`score_keys`, and the index into WINDOWS_H.
    but
        A branch (class of the first level) that is left out.
    """
    keys = baseline.keys
    kind, token, _, for_all = keys.arrays()
    asked = np.array([one.depth == 1 and one.code != but for one in keys.tokens])[token]
    roots = np.flatnonzero((kind == CITY) & asked & (for_all == whole))
    seen, mean, _, _ = baseline.expect(roots, hour_number, WINDOWS_H[window])
    large = mean >= _LEAST_OF_A_BRANCH
    if not large.any():
        return 1.0, 0.0
    rise = np.sort(seen[large] / mean[large])
    return float(rise[(rise.size - 1) // 2]), float(seen[large].sum())

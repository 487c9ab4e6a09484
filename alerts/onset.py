"""Has something begun: callers at hours at which hardly anybody calls tell more than others.

A window's count forgets when in the day its callers came. What has just begun (a main that bursts,
a works that pours at night) calls at all hours alike, what is usual mostly in the day: by the hours
of the calls fewer of them prove as much, and sooner. Against the usual stands one plain
alternative: so many callers more an hour, whatever the hour.
"""

import numpy as np
import numpy.typing as npt

from alerts.baseline import Baseline
from alerts.recent import PARTS, WINDOWS_H
from alerts.usual import Expected, common_mode

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SIZE = 5.0
"""What is looked for, in standard deviations of a day's callers, of whom there is one more."""

WORTH = 1.4
"""Powers of ten by which chance passes a bound of the odds less often than one over it.

The odds are right in the mean (E[odds] = 1), so that Markov's inequality holds; at a day's close
made-up quiet days pass 10, 100 and 1,000 in one of 470, 2,700 and 15,000.
"""

LOOKS = 2.5
"""Of how many looks an hourly look at the odds is worth, by the same days: they pass in clumps."""

_TINY = 1e-9
_MOST = 300.0  # natural logarithms; beyond is beyond doubt


def odds_of(
    baseline: Baseline, key: Ints, hour_number: int, shown: list[Expected], spread: list[Floats]
) -> Floats:
    """Give log10 of the odds that something has begun at these keys, shape (n,).

    Parameters
    ----------
    baseline
        The state; it is read, not changed.
    key
        Numbers of keys, shape (n,).
    hour_number
        The hour that has just been put.
    shown
        What the keys showed and what was expected, by window of WINDOWS_H.
    spread
        Variance of a window's count over its mean, by window, each of shape (n,).

    Notes
    -----
    The likelihood ratios of the windows (:func:`odds_by_part`) are averaged.
    """
    odds = []
    for w, window_h in enumerate(WINDOWS_H):
        came, mean = _by_part(baseline, key, hour_number, w, shown[w].mean)
        hours = baseline.span(hour_number, window_h).hours
        odds.append(odds_by_part(came, mean, hours, window_h, spread[w]))
    both = np.logaddexp(*odds) - np.log(len(WINDOWS_H))
    return np.asarray(np.minimum(both, _MOST) / np.log(10))


def odds_by_part(
    came: Floats | Ints, mean: Floats, hours: Floats, window_h: int, spread: Floats
) -> Floats:
    """Give the natural logarithm of one window's odds, shape (...).

    Parameters
    ----------
    came, mean
        Callers by part of the day, and those expected, shape (PARTS, ...).
    hours
        Hours of the window in each part, broadcast to the same.
    window_h
        Its length in hours.
    spread
        Variance of its count over its mean, shape (...).

    Notes
    -----
    Where Y callers come in each part, m are expected, H are its hours, and d callers come more an
    hour, the likelihood ratio of Poisson counts is prod (1 + d H / m)^Y exp(-d H); counts that vary
    more tell less, so its logarithm is divided by their spread.
    """
    more = SIZE * np.sqrt(spread * mean.sum(0) * 24 / window_h + 1) / 24
    gained = came * np.log1p(more * hours / mean)
    return np.asarray((gained.sum(0) - more * hours.sum(0)) / spread)


def _by_part(
    baseline: Baseline, key: Ints, hour_number: int, window: int, mean: Floats
) -> tuple[Ints, Floats]:
    """Give a window's callers by part of the day and those expected, shape (PARTS, n) each.

    What is expected is divided by its class's season, and by what the rest of the class shows at
    these hours: a power cut at night makes the whole city call at night, and none of its
    communities stands out by that.
    """
    _, token_of, city_of, _ = baseline.keys.arrays()
    token, city = token_of[key], city_of[key]
    sums = baseline.recent.parts[window]
    came, top = sums[:, key], city == key
    season = baseline.span(hour_number, WINDOWS_H[window]).share[:, token]
    own = np.maximum(mean * season, _TINY)
    share = np.where(top, 1.0, np.clip(baseline.rate[key], _TINY, 1.0))
    rest = np.maximum(sums[:, city] - came, 0).astype(np.float64)
    moves = baseline.moves[window][token] + baseline.doubt[city]
    common, _ = common_mode(rest, own * (1 / share - 1), moves)
    return came, own * np.where(top, 1.0, common)


def telling_hours(
    baseline: Baseline, key: int, hour_number: int, window: int, expected: float
) -> tuple[int, int, int, float]:
    """Give the part of the day that tells most of a key: its hours, callers and those expected.

    Parameters
    ----------
    baseline, hour_number
        As for :func:`odds_of`.
    key
        Number of the key.
    window
        Index into WINDOWS_H.
    expected
        Callers expected over it.
    """
    one, whole = np.array([key]), np.array([expected])
    came, mean = (by[:, 0] for by in _by_part(baseline, one, hour_number, window, whole))
    at = int(np.argmax(came * np.log1p(came / mean)))
    length = 24 // PARTS
    return at * length, (at + 1) * length, int(came[at]), float(mean[at])

"""What follows from counts for tomorrow's expectation: rates, shares, their doubt, dispersion.

Pure functions of the sums that the watch keeps. Whatever has been seen too little of leans on what
is usual: a share on the area's share of everything, a key's dispersion on its class's, a class's
movement on that of most classes. How much it leans is learnt too, from how much they differ.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.recent import WINDOWS_H

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FIRST_RATE = 0.2 / 24
"""Callers an hour of a class of which nothing is known."""

FIRST_WEIGHT = 0.1  # of that, and of an area's share of everything, in counts
FIRST_DISPERSION = 1.15
FIRST_MOVES = 0.14**2  # of a class from day to day, variance on the log scale

_DRIFT_SD = 0.06  # of a share between its slow and its fast memory, on the log scale
_LEAST_MOVES = 0.03**2
_POOL = 400.0  # callers at the first dispersion
_LEAN_DAYS = 100.0  # at which a key's own dispersion weighs as much as its class's
_LEAN_CALLERS = 50.0
_SURE = 3.0  # squared standard errors by which a movement must be larger than chance
_TINY = 1e-9


class Expected(NamedTuple):
    """What keys showed over a window and what was expected, each of shape (n,).

    ``mean`` holds the common mode, the factor that the rest of the class gave, already;
    ``relative`` is the variance of the mean itself over its square.
    """

    seen: Floats
    mean: Floats
    common: Floats
    relative: Floats


def common_mode(seen: Floats, expected: Floats, moves: Floats) -> tuple[Floats, Floats]:
    """Give the factor by which a class moves just now, and its relative variance, shape (n,).

    A gamma prior with mean 1 and variance ``moves``, and the class's own count. A class that went
    further than it ever does is believed: the prior gives way.

    Parameters
    ----------
    seen, expected
        Callers of the class, without those of the key that is asked about, shape (n,).
    moves
        Variance by which classes move, relative, shape (n,).

    Examples
    --------
    Three times as many of a large class, nothing unusual in a small one:

    >>> seen, expected = np.array([300.0, 1.0]), np.array([100.0, 0.5])
    >>> common_mode(seen, expected, np.full(2, 0.02))[0].round(2)
    array([2.98, 1.01])
    """
    came, usual = seen + 1.0, expected + 1.0
    moved, noise = np.log(came / usual), 1.0 / came + 1.0 / usual
    weight = FIRST_DISPERSION / np.maximum(moves, moved**2 - _SURE * noise)
    return (weight + seen) / (weight + expected), FIRST_DISPERSION / (weight + seen)


def ahead(
    slow: Floats, fast: Floats, noise: Floats, half_lives_d: tuple[float, float, int]
) -> tuple[Floats, Floats]:
    """Give the factor from a slow share to today's, and what it adds to the doubt, shape (n,).

    The difference of the two memories is believed as far as it is more than chance, and carried on
    to today along a line.

    Parameters
    ----------
    slow, fast
        The two shares, shape (n,).
    noise
        Variance of the logarithm of their ratio, shape (n,).
    half_lives_d
        Of the slow and the fast memory, and the days by which both lag, in days.
    """
    moved = np.log(fast / slow)
    believed = np.maximum(_DRIFT_SD**2, moved**2 - _SURE * noise)
    weight = believed / (believed + noise)
    slow_d, fast_d = half_lives_d[0] / np.log(2), half_lives_d[1] / np.log(2)
    far = min((slow_d + half_lives_d[2]) / (slow_d - fast_d), 2.0)
    factor = np.exp(np.clip(far * weight * moved, -0.7, 1.0))
    return np.asarray(factor), np.asarray((far * weight) ** 2 * noise)


def thinned(half_life_d: float, days: int) -> float:
    """Give the variance of a discounted count over the count itself, after so many days.

    Examples
    --------
    Nothing has faded on the first day; in the long run half of the variance has:

    >>> round(thinned(84, 1), 2), round(thinned(84, 2000), 2)
    (1.0, 0.5)
    """
    q = 0.5 ** (1 / half_life_d)
    return float((1 + q**days) / (1 + q))


def dispersion(spread: Floats, usual: Floats, a_day: Floats) -> Floats:
    """Give variance over mean, at least 1, leaning on the usual one, shape (windows, n).

    ``spread`` holds sums of squared residuals and of expectations, shape (windows, 2, n), ``a_day``
    expected callers a day, shape (n,).
    """
    lean = _LEAN_DAYS * a_day + _LEAN_CALLERS
    return np.asarray(np.maximum(1.0, (spread[:, 0] + lean * usual) / (spread[:, 1] + lean)))


def usual_dispersion(spread: Floats, kind: Ints, token: Ints, shape: tuple[int, int]) -> Floats:
    """Give the dispersion of each class in areas of one kind, shape (windows, kinds, classes).

    A class leans on all classes of its kind of area, these on what is usual anywhere.

    Parameters
    ----------
    spread
        Sums of squared residuals and of expectations, shape (windows, 2, n).
    kind, token
        Kind of area and class of each key, shape (n,).
    shape
        Number of kinds and of classes.
    """
    pooled = np.empty((len(WINDOWS_H), *shape))
    place, size = kind * shape[1] + token, shape[0] * shape[1]
    for w in range(len(WINDOWS_H)):
        # A key weighs no more than what it could tell of the others: much of it tells of itself.
        weight = _LEAN_CALLERS / (_LEAN_CALLERS + spread[w, 1])
        squares, mean = (np.bincount(place, weight * s, size).reshape(shape) for s in spread[w])
        of_kind = (squares.sum(1) + _POOL * FIRST_DISPERSION) / (mean.sum(1) + _POOL)
        pooled[w] = (squares + _POOL * of_kind[:, None]) / (mean + _POOL)
    return np.maximum(1.0, pooled)


def usual_strength(
    count: Floats, expected: Floats, noise: float, group: Ints, groups: int
) -> Floats:
    """Give by how many counts a share leans on its area's, by group, shape (groups,).

    Between keys of one group the true share over the expected one has some variance; its inverse
    is the shape of the gamma prior (method of moments).

    Parameters
    ----------
    count, expected
        Discounted counts, and what the area's share of everything lets expect, shape (n,).
    noise
        Variance of such a count by chance, over the count (see :func:`thinned`).
    group
        Group of each key, shape (n,).
    groups
        Number of groups.
    """
    weight = 1 / (1 + expected) ** 2
    squares = np.bincount(group, weight * expected**2, groups)
    excess = np.bincount(group, weight * ((count - expected) ** 2 - noise * count), groups)
    return np.clip((squares + 1.0) / (np.maximum(excess, 0.0) + 0.5), 0.3, 30.0)


def class_moves(spread: Floats, rate: Floats) -> Floats:
    """Give by how much each class moves as a whole, relative variance, shape (windows, c).

    ``spread`` are the dispersion sums of the classes' keys of the whole city, (windows, 2, c),
    ``rate`` their callers an hour, (c,).
    """
    moves = np.empty((len(WINDOWS_H), rate.size))
    for w, window_h in enumerate(WINDOWS_H):
        mean = np.maximum(rate * window_h, _TINY)
        total, weight = spread[w]
        phi = np.where(weight > 0, total / np.maximum(weight, _TINY), FIRST_DISPERSION)
        found = (phi - FIRST_DISPERSION) / mean
        days = weight / np.maximum(24 * rate, _TINY)
        noise = 4 * phi**2 / np.maximum(days * mean**2, _TINY)
        believed = FIRST_MOVES**2 / (FIRST_MOVES**2 + noise)
        moves[w] = np.maximum(believed * found + (1 - believed) * FIRST_MOVES, _LEAST_MOVES)
    return moves

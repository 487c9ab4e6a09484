"""Third step of a tick: which surprises are worth a reader's time.

Benjamini-Hochberg (1995) over all keys of one kind of area that are watched, silent ones counted
with p = 1; then floors, because 2 where 0.2 were expected is improbable and still no matter.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.keys import AREA_KINDS
from alerts.onset import LOOKS, WORTH
from alerts.recent import WINDOWS_H
from alerts.score import Scores

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


_ROUNDING = 1e-12
_OCTAVES = float(np.log2(10))


@dataclass(frozen=True, slots=True)
class Bounds:
    """What an office asks of a surge before it is told.

    ``floor`` is the least number of distinct callers by kind of area; ``ratio`` the least seen over
    expected, eased for large expectations: ``ratio_at_100`` holds where 100 are expected.
    """

    false_share: float = 0.1
    floor: tuple[int, ...] = (8, 6, 5, 4, 4, 5, 4, 4)  # in the order of AREA_KINDS
    excess: float = 4.0
    ratio: float = 2.0
    ratio_at_100: float = 1.3


def margins(score: Floats, tests: int, q: float) -> Floats:
    """Give by how many powers of ten the false discovery rate could be smaller, shape (n,).

    A p-value is rejected at rate ``q`` where its margin is not negative, and at any other rate
    q' where the margin reaches log10(q / q'): decided once, asked many times.

    Parameters
    ----------
    score
        -log10 p of the active tests, shape (n,).
    tests
        Number of all tests; those that are not given count with p = 1.
    q
        The rate, between 0 and 1.

    Examples
    --------
    Three of four at a rate of a tenth; the second also at a fiftieth, the third not:

    >>> p = np.array([.0001, .004, .03, .9])
    >>> margins(-np.log10(p), 4, 0.1).round(2).tolist()
    [2.4, 1.1, 0.4, -0.95]
    """
    order = np.argsort(-score, kind="stable")
    rank = np.arange(1, len(score) + 1)
    adjusted = score[order] + np.log10(rank * q / max(tests, 1))
    found = np.empty(len(score))
    found[order] = np.maximum.accumulate(adjusted[::-1])[::-1]
    return found


def benjamini_hochberg(score: Floats, tests: int, q: float) -> Bools:
    """Tell which of these p-values are rejected at false discovery rate ``q``.

    Parameters
    ----------
    score
        -log10 p of the active tests, shape (n,).
    tests
        Number of all tests; those that are not given count with p = 1.
    q
        The rate, between 0 and 1.

    Examples
    --------
    The fifteen p-values of Benjamini and Hochberg (1995, section 3.2) give four rejections:

    >>> p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344,
    ...      .0459, .3240, .4262, .5719, .6528, .7590, 1.0]
    >>> int(benjamini_hochberg(-np.log10(np.array(p)), 15, 0.05).sum())
    4
    """
    return np.asarray(margins(score, tests, q) >= -_ROUNDING)


def looks(scores: Scores) -> Floats:
    """Give of how many independent looks a day's looks at both windows are worth, shape (n,).

    A window that is looked at whenever it grows is mostly the same data again. Chance passes a high
    bound in clumps, and a clump of a window that holds k where m are expected, with a variance of
    ``spread`` × m, lasts some spread² k / (k - m)² of its length: the more it takes to be told, the
    more looks a day has. By Aldous's clumping heuristic (1989, Probability Approximations via the
    Poisson Clumping Heuristic, scan statistics) with gamma rates: what makes a count vary more than
    chance is the day it falls on, and a wild day stays wild while it is looked at. The other
    window had as many chances.

    Examples
    --------
    Six where none are expected, in a day and in three, and with twice the variance:

    >>> window, six = np.array([0, 1, 0]), np.full(3, 6.0)
    >>> zero, spread = np.zeros(3), np.array([1.0, 1.0, 2.0])
    >>> looks(Scores(window, zero, window, six, zero, zero, spread, zero)).tolist()
    [12.0, 4.0, 3.0]
    """
    a_day = 24 / np.array(WINDOWS_H)[scores.window]
    beyond = np.maximum(scores.seen - scores.expected, 0.0) / scores.spread
    return len(WINDOWS_H) * np.maximum(a_day * beyond**2 / np.maximum(scores.seen, 1.0), 1.0)


def at_once(scores: Scores, count: Floats, odds: Floats) -> Floats:
    """Give -log10 of the probability that a day shows as much by chance, shape (n,).

    Either a window's count is improbable, or the hours at which its callers came
    (:mod:`alerts.onset`). Of each the looks of a day are taken off; that there are two chances is
    paid for by the harmonic mean of both probabilities (Wilson 2019, PNAS 116:1195).

    Parameters
    ----------
    scores
        Raw scores of the keys that rose, shape (n,).
    count, odds
        -log10 of the probabilities of both at one look, shape (n,).
    """
    either = count - np.log10(looks(scores)), odds - np.log10(LOOKS)
    inverse = np.logaddexp2(*(_OCTAVES * one for one in either))
    return np.asarray((inverse - 1) / _OCTAVES)


def by_hours(scores: Scores) -> Bools:
    """Tell where the hours of the callers prove more than their number, shape (n,)."""
    return np.asarray(
        scores.odds + WORTH - np.log10(LOOKS) > scores.score - np.log10(looks(scores))
    )


def firing(
    scores: Scores, p: Floats, kind: Ints, monitored: Ints, bounds: Bounds
) -> tuple[Bools, Floats]:
    """Tell which keys fire in this tick, and by what margin (see :func:`margins`), each (n,).

    Parameters
    ----------
    scores
        Raw scores of the keys that rose, shape (n,).
    p
        -log10 of their calibrated probabilities in a day, shape (n,).
    kind
        Index into AREA_KINDS of each, shape (n,).
    monitored
        Number of keys watched, by kind, shape (len(AREA_KINDS),).
    bounds
        The floors and the false discovery rate.
    """
    margin = np.empty(len(p))
    for number in range(len(AREA_KINDS)):
        own = np.flatnonzero(kind == number)
        margin[own] = margins(p[own], int(monitored[number]), bounds.false_share)
    worth = worth_telling(scores.seen, scores.expected, kind, bounds)
    return np.asarray(worth & (margin >= -_ROUNDING)), margin


def worth_telling(seen: Floats, expected: Floats, kind: Ints, bounds: Bounds) -> Bools:
    """Tell which counts reach the floors: callers, callers above the expectation, and the ratio.

    Parameters
    ----------
    seen, expected
        Distinct callers, shape (n,).
    kind
        Index into AREA_KINDS of each, shape (n,).
    bounds
        The floors.
    """
    ease = np.clip(np.log10(np.maximum(expected, 1.0)) / 2, 0.0, 1.0)
    ratio = bounds.ratio + (bounds.ratio_at_100 - bounds.ratio) * ease
    return np.asarray(
        (seen >= np.array(bounds.floor)[kind])
        & (seen - expected >= bounds.excess)
        & (seen >= ratio * expected)
    )

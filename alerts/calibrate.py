"""From raw scores to probabilities: how often does a score really occur.

A raw score of 3 promises one in a thousand; where days are shared, levels drift or two windows are
looked at, it comes more often. By how much is learnt online, once a day, for keys of about equal
level, each leaning on all keys. A factor, not a slope: scores of rare callers come in steps, and a
line through low scores, carried on into the far tail, tells of the steps and not of the tail.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alerts.decide import at_once, benjamini_hochberg
from alerts.onset import WORTH
from alerts.score import Scores

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEVELS = (0.03, 0.3, 3.0)
"""Callers a day that part the strata of keys."""

MARK = 3.0
"""Score whose frequency is learnt: higher up, true surges weigh more than chance."""

_FADING = 0.03  # a month's memory
_FIRST_RATIO = 3.0  # realised over promised, before anything was seen
_LEAN = 10.0  # keys above the mark, as many as chance lets expect, that weigh as much
_SURE = 0.01  # false discovery rate at which surges are left out: chance stays in


SUBJECT = len(LEVELS) + 1
"""Stratum of the 被反映主体: a name counts from when it came up, so its chance is its own."""

LEFT_OUT = -1
"""Stratum of keys that are not told by their score, such as cells, which the scan looks at."""


def stratum_of(a_day: Floats, subject: npt.NDArray[np.bool_]) -> Ints:
    """Give the stratum of keys by the callers that they expect a day; both of shape (n,)."""
    level = np.searchsorted(LEVELS, a_day, side="right")
    return np.where(subject, SUBJECT, level).astype(np.int64)


@dataclass(slots=True)
class Calibration:
    """What was learnt, by stratum, both of shape (strata,), discounted by day.

    ``above``: keys above the mark; ``tests``: keys that were watched.
    """

    above: Floats = field(default_factory=lambda: np.zeros(SUBJECT + 1))
    tests: Floats = field(default_factory=lambda: np.zeros(SUBJECT + 1))

    def learn(self, scores: Floats, heard: Ints, stratum: Ints) -> None:
        """Learn from one closed day.

        Parameters
        ----------
        scores
            Raw scores of the keys that showed anything, shape (n,).
        heard
            Their numbers, shape (n,).
        stratum
            Of each watched key, silent ones too, shape (keys,); :data:`LEFT_OUT` is not counted.
        """
        size, watched = self.tests.size, stratum[stratum != LEFT_OUT]
        counts = stratum[heard] != LEFT_OUT
        scores, own = scores[counts], stratum[heard][counts]
        surges = benjamini_hochberg(self.calibrated(scores, own), watched.size, _SURE)
        above = own[(scores > MARK) & ~surges]
        self.above = (1 - _FADING) * self.above + np.bincount(above, minlength=size)
        self.tests = (1 - _FADING) * self.tests + np.bincount(watched, minlength=size)

    def ratio(self) -> Floats:
        """Give how much more often the mark is passed than it promises, by stratum."""
        promised = self.tests * 10**-MARK
        places = slice(SUBJECT)
        whole = (self.above[places].sum() + _LEAN * _FIRST_RATIO) / (promised[places].sum() + _LEAN)
        return np.asarray((self.above + _LEAN * whole) / (promised + _LEAN))

    def calibrated(self, scores: Floats, stratum: Ints) -> Floats:
        """Give -log10 of the calibrated probability, at least 0; all of shape (n,)."""
        return np.asarray(np.maximum(scores - np.log10(self.ratio())[stratum], 0.0))


@dataclass(slots=True)
class Calibrations:
    """What was learnt of both readings of a key: its count, and the odds by its hours."""

    count: Calibration = field(default_factory=Calibration)
    odds: Calibration = field(default_factory=Calibration)

    def learn(self, scores: Scores, stratum: Ints) -> None:
        """Learn from one closed day; ``stratum`` as for :meth:`Calibration.learn`."""
        self.count.learn(scores.score, scores.key, stratum)
        self.odds.learn(scores.odds + WORTH, scores.key, stratum)

    def of_a_day(self, scores: Scores, stratum: Ints) -> Floats:
        """Give -log10 of the probability that a day shows as much by chance, shape (n,).

        ``stratum`` is that of each score, shape (n,). What the odds promise is a bound: where they
        are passed more seldom, as by rare keys, that makes none of them more probable.
        """
        count, odds = scores.score, scores.odds + WORTH
        bound = np.minimum(self.odds.calibrated(odds, stratum), np.maximum(odds, 0.0))
        return at_once(scores, self.count.calibrated(count, stratum), bound)

    def stored(self) -> Floats:
        """Give what is stored, shape (2, 2, strata): of each, above and tests."""
        return np.array([[one.above, one.tests] for one in (self.count, self.odds)])

    @classmethod
    def restored(cls, stored: Floats) -> "Calibrations":
        """Take it back."""
        return cls(*(Calibration(above, tests) for above, tests in stored))

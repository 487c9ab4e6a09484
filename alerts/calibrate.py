"""From raw scores to probabilities: how often does a score really occur.

A raw score of 3 promises one in a thousand; where days are shared, levels drift or two windows are
looked at, it comes more often. By how much is learnt online, once a day, for keys of about equal
level, each leaning on all keys. A factor, not a slope: scores of rare callers come in steps, and a
line through low scores, carried on into the far tail, tells of the steps and not of the tail.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alerts.decide import benjamini_hochberg

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


@dataclass(slots=True)
class Calibration:
    """What was learnt, by stratum of level, both of shape (strata,), discounted by day.

    ``above``: keys above the mark; ``tests``: keys that were watched.
    """

    above: Floats = field(default_factory=lambda: np.zeros(len(LEVELS) + 1))
    tests: Floats = field(default_factory=lambda: np.zeros(len(LEVELS) + 1))

    def learn(self, scores: Floats, heard: Ints, a_day: Floats) -> None:
        """Learn from one closed day.

        Parameters
        ----------
        scores
            Raw scores of the keys that showed anything, shape (n,).
        heard
            Their numbers, shape (n,).
        a_day
            Callers that each watched key expects a day, silent ones too, shape (keys,).
        """
        size, stratum = self.tests.size, _stratum(a_day)
        surges = benjamini_hochberg(self.calibrated(scores, a_day[heard]), a_day.size, _SURE)
        above = stratum[heard[(scores > MARK) & ~surges]]
        self.above = (1 - _FADING) * self.above + np.bincount(above, minlength=size)
        self.tests = (1 - _FADING) * self.tests + np.bincount(stratum, minlength=size)

    def ratio(self) -> Floats:
        """Give how much more often the mark is passed than it promises, by stratum."""
        promised = self.tests * 10**-MARK
        whole = (self.above.sum() + _LEAN * _FIRST_RATIO) / (promised.sum() + _LEAN)
        return np.asarray((self.above + _LEAN * whole) / (promised + _LEAN))

    def calibrated(self, scores: Floats, a_day: Floats) -> Floats:
        """Give -log10 of the calibrated probability, at least 0.

        ``scores`` and ``a_day``, callers that the keys expect a day, have the same shape (n,), and
        so has the answer.
        """
        return np.asarray(np.maximum(scores - np.log10(self.ratio())[_stratum(a_day)], 0.0))


def _stratum(a_day: Floats) -> Ints:
    return np.asarray(np.searchsorted(LEVELS, a_day, side="right"), np.int64)

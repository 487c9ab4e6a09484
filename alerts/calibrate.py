"""From raw scores to probabilities: how often does a score really occur.

A raw score of 4 promises one in ten thousand; on streams with drift and shared days it comes more
often. The map is a line through what was seen, -log10(realised) = slope × score - offset, learnt
online from the share of keys above some marks. Keys that expect less than one caller have a line of
their own: their scores come in steps. The marks of the others lie low, where the few keys that
really rise weigh nothing; high up they would pass for chance.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from river import stats

Floats = npt.NDArray[np.float64]

DENSE_FROM = 1.0
"""Expected callers from which a key counts as dense."""

MARKS = ((1.5, 2.0, 2.5, 3.0), (1.0, 1.5, 2.0))
"""Marks of sparse and of dense keys."""

_SLOPE, _OFFSET = 0.85, 0.1  # before anything was seen
_FADING = 0.03  # a month's memory
_PRIOR_DAYS = 10.0


def _first_shares() -> list[list[float]]:
    return [[10 ** (_OFFSET - _SLOPE * mark) for mark in marks] for marks in MARKS]


@dataclass(slots=True)
class Calibration:
    """The learnt map: mean share of keys above each mark, sparse and dense, and the days behind."""

    shares: list[list[float]] = field(default_factory=_first_shares)
    days: int = 0

    def learn(self, scores: Floats, expected: Floats, monitored: int) -> None:
        """Learn from one closed day.

        Parameters
        ----------
        scores, expected
            Raw scores of the keys that showed anything, and the callers they expected, shape (n,).
        monitored
            Number of keys that are watched, silent ones included.
        """
        dense = expected >= DENSE_FROM
        for own, marks, shares, number in (
            (~dense, MARKS[0], self.shares[0], monitored - int(dense.sum())),
            (dense, MARKS[1], self.shares[1], int(dense.sum())),
        ):
            if not number:
                continue
            for i, mark in enumerate(marks):
                # river's exponentially weighted mean, rebuilt from our own number: its pickles do
                # not survive its versions.
                mean = stats.EWMean(fading_factor=_FADING)
                mean.update(shares[i])
                mean.update(float((scores[own] > mark).sum()) / number)
                shares[i] = float(mean.get())
        self.days += 1

    def line(self, dense: int) -> tuple[float, float]:
        """Give slope and offset of the map of sparse (0) or dense (1) keys."""
        seen = -np.log10(np.maximum(self.shares[dense], 1e-7))
        slope, negative_offset = np.polyfit(MARKS[dense], seen, 1)
        weight = self.days / (self.days + _PRIOR_DAYS)
        slope = weight * float(np.clip(slope, 0.5, 1.0)) + (1 - weight) * _SLOPE
        offset = weight * float(np.clip(-negative_offset, -0.3, 0.5)) + (1 - weight) * _OFFSET
        return slope, offset

    def calibrated(self, scores: Floats, expected: Floats) -> Floats:
        """Give -log10 of the calibrated probability, at least 0.

        ``scores`` and ``expected`` (callers) have the same shape (n,), and so has the answer.
        """
        lines = np.array([self.line(0), self.line(1)])[(expected >= DENSE_FROM).astype(np.int64)]
        return np.asarray(np.maximum(lines[:, 0] * scores - lines[:, 1], 0.0))

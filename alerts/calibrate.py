"""From raw scores to probabilities: how often does a score really occur.

A raw score of 4 promises one in ten thousand; on streams with drift and shared days it comes more
often. The map is a line through what was seen: -log10(realised) = slope × score - offset, learnt
online from the share of keys above three marks, and drawn to the line measured on simulated
hotline streams (slope .73, offset .1) while little has been seen.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from river import stats

Floats = npt.NDArray[np.float64]

MARKS = (1.5, 2.0, 2.5, 3.0)
_SLOPE, _OFFSET = 0.73, 0.1
_FADING = 0.03  # a month's memory
_PRIOR_DAYS = 10.0


@dataclass(slots=True)
class Calibration:
    """The learnt map: mean share of monitored keys above each mark, and the days behind it."""

    shares: list[float] = field(
        default_factory=lambda: [10 ** (_OFFSET - _SLOPE * m) for m in MARKS]
    )
    days: int = 0

    def learn(self, scores: Floats, monitored: int) -> None:
        """Learn from one closed day.

        Parameters
        ----------
        scores
            Raw scores of the keys that showed anything, shape (n,).
        monitored
            Number of keys that are watched, silent ones included.
        """
        if not monitored:
            return
        for i, mark in enumerate(MARKS):
            # river's exponentially weighted mean, rebuilt from our own number: its pickles do not
            # survive its versions.
            mean = stats.EWMean(fading_factor=_FADING)
            mean.update(self.shares[i])
            mean.update(float((scores > mark).sum()) / monitored)
            self.shares[i] = float(mean.get())
        self.days += 1

    def line(self) -> tuple[float, float]:
        """Give the slope and the offset of the map."""
        seen = -np.log10(np.maximum(self.shares, 1e-7))
        slope, negative_offset = np.polyfit(MARKS, seen, 1)
        weight = self.days / (self.days + _PRIOR_DAYS)
        slope = weight * float(np.clip(slope, 0.5, 1.1)) + (1 - weight) * _SLOPE
        offset = weight * float(np.clip(-negative_offset, -1.5, 0.5)) + (1 - weight) * _OFFSET
        return slope, offset

    def calibrated(self, scores: Floats) -> Floats:
        """Give -log10 of the calibrated probability, at least 0, same shape."""
        slope, offset = self.line()
        return np.asarray(np.maximum(slope * scores - offset, 0.0))

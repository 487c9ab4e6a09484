"""What the counts of a tick come to: which keys fire, and which only go with all the others.

On a holiday or in a storm every class of the city rises. That is one matter of the city, not one of
each class: classes that rose no more than the rest are told together.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.baseline import Baseline
from alerts.calibrate import LEFT_OUT, Calibrations, stratum_of
from alerts.decide import Bounds, by_hours, firing
from alerts.keys import AREA_KINDS
from alerts.onset import telling_hours
from alerts.score import BROAD, Scores, middle_rise, score_beside_the_rest, score_keys

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MOST_CLASSES = 3
"""Classes that are named where all rose."""


def strata(baseline: Baseline, key: Ints) -> Ints:
    """Give the stratum of calibration of keys, shape (n,); cells, the scan's, have none."""
    kind = baseline.keys.arrays()[0][key]
    stratum = stratum_of(24 * baseline.levels(key), kind == AREA_KINDS.index("subject"))
    return np.where(kind == AREA_KINDS.index("cell_8"), LEFT_OUT, stratum)


@dataclass(frozen=True, slots=True)
class Judged:
    """Scores of keys in one tick, and which of them fire, shape (n,).

    ``p`` is the calibrated score of a day, ``margin`` as of :func:`alerts.decide.firing`.
    """

    baseline: Baseline
    calibration: Calibrations
    number: int
    scores: Scores
    p: Floats
    fires: Bools
    margin: Floats

    @classmethod
    def of(
        cls,
        baseline: Baseline,
        calibration: Calibrations,
        key: Ints,
        number: int,
        monitored: Ints,
        bounds: Bounds,
    ) -> "Judged":
        """Judge keys at the end of the hour of this number."""
        scores = score_keys(baseline, key, number)
        p = calibration.of_a_day(scores, strata(baseline, key))
        fires, margin = firing(scores, p, baseline.keys.arrays()[0][key], monitored, bounds)
        return cls(baseline, calibration, number, scores, p, fires, margin)

    def whole(self, monitored: Ints, bounds: Bounds) -> "Judged":
        """Judge all appeals of the city, where one of its classes fires and most rose."""
        _, _, city, whole = self.baseline.keys.arrays()
        key = self.scores.key
        every = np.unique(whole[key[self.fires & (city[key] == key)]])
        found = Judged.of(self.baseline, self.calibration, every, self.number, monitored, bounds)
        for i, one in enumerate(every.tolist()):
            rise, _ = middle_rise(self.baseline, one, self.number, int(found.scores.window[i]))
            found.fires[i] &= rise >= BROAD
        return found

    def swept(self) -> Bools:
        """Tell which classes of the city fire, and rose no more than the others, shape (n,)."""
        key, swept = self.scores.key, np.zeros(len(self.p), np.bool_)
        asked = np.flatnonzero(self.fires & (self.baseline.keys.arrays()[2][key] == key))
        if asked.size:
            again = score_beside_the_rest(self.baseline, self.scores.take(asked), self.number)
            p = self.calibration.of_a_day(again, strata(self.baseline, key[asked]))
            swept[asked] = self.margin[asked] + p < self.p[asked]
        return swept

    def hours_of(self, i: int) -> tuple[int, int, int, float] | None:
        """Give the hours of the day that prove one of the keys, where they are what proves it."""
        one = self.scores.take(np.array([i]))
        if not by_hours(one)[0]:
            return None
        key, window, expected = int(one.key[0]), int(one.window[0]), float(one.expected[0])
        return telling_hours(self.baseline, key, self.number, window, expected)

    def most(self, some: Bools) -> list[str]:
        """Give the classes of the first level that rose most among some of the keys."""
        keys = self.baseline.keys
        beyond = self.scores.seen - self.scores.expected
        order = [i for i in np.argsort(-beyond, kind="stable").tolist() if some[i]]
        codes = [keys.tokens[keys.token[int(self.scores.key[i])]].code for i in order]
        return list(dict.fromkeys(code.split("/")[0] for code in codes))[:MOST_CLASSES]

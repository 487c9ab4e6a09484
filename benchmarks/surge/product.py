"""The product's own detector over made-up series: counts go in as its ticks, its scores come out.

Nothing is detected here. A series is a key of the watch: of a street where series share a category
(the class), of the whole city where each stands alone. Counts enter the baseline hour by hour, as
the watch enters them; counts of days enter with the hour that closes the day.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from alerts.baseline import Baseline
from alerts.course import YEAR_D, Course, season_bin
from alerts.decide import at_once
from alerts.keys import AREA_KINDS, CITY, ClassToken, KeyTable
from alerts.observe import DAY_ENDS
from alerts.onset import WORTH
from alerts.score import score_keys
from benchmarks.surge.daily import YEAR
from benchmarks.surge.series import Suite

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FIRST_DAY = date(2018, 1, 1)  # a Monday
STREET = AREA_KINDS.index("street")
NOBODY = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Keys:
    """A table of keys and the number of each series' key, shape (S,)."""

    table: KeyTable
    number: Ints

    @classmethod
    def of(cls, category: Ints) -> "Keys":
        """Make the keys of series by their category, shape (S,)."""
        table, place = KeyTable(), dict.fromkeys(category.tolist(), 0)
        alone = len(place) == len(category)
        kinds, areas, tokens = [], [], []
        for one in category.tolist():
            kinds.append(CITY if alone else STREET)
            areas.append(0 if alone else 1 + place[one])
            tokens.append(table.token_number(ClassToken(consult=False, code=f"class {one}")))
            place[one] += 1
        kind, area, token = (np.array(values, np.int64) for values in (kinds, areas, tokens))
        packed = np.empty(len(category), np.int64)
        for one in np.unique(kind).tolist():
            own = kind == one
            packed[own] = table.pack(one, area[own], token[own])
        return cls(table, table.numbers(packed, kind, area, token))

    def counts(self, counts: Ints) -> tuple[Ints, Ints]:
        """Give keys and callers of one tick: the series', and the keys that they add up to.

        ``counts`` has shape (S,), the answers (n,).
        """
        _, _, city, whole = self.table.arrays()
        total = np.zeros(len(self.table), np.int64)
        every = (self.number, city[self.number], whole[self.number], city[whole[self.number]])
        for i, keys in enumerate(every):
            fresh = np.ones(keys.shape, np.bool_)
            for before in every[:i]:
                fresh &= keys != before
            np.add.at(total, keys[fresh], counts[fresh])
        key = np.flatnonzero(total)
        return key, total[key]


def product_scores(suite: Suite, counts: Floats) -> Floats:
    """Give the scores by which the product decides, 0 where nothing was heard, shape (S, T).

    Before calibration, which needs more keys than a race has. A window that is looked at all day
    has had several looks, one that is looked at once a day has not.
    """
    keys = Keys.of(suite.category)
    year_d = YEAR if suite.name == "daily" else YEAR_D  # made-up years are whole weeks
    baseline = Baseline(keys=keys.table, course=Course(year_d=year_d))
    steps = counts.astype(np.int64)
    out = np.zeros(counts.shape)
    for t in range(counts.shape[1]):
        day = FIRST_DAY + timedelta(days=t // suite.steps_a_day)
        hour = t % suite.steps_a_day if suite.steps_a_day > 1 else DAY_ENDS
        holiday = bool(suite.holiday[t // suite.steps_a_day])
        first = hour if suite.steps_a_day > 1 else 0
        for silent in range(first, hour):
            at = day.toordinal() * 24 + silent
            baseline.put(at, season_bin(day, silent, holiday, False), NOBODY, NOBODY)
        number = day.toordinal() * 24 + hour
        baseline.put(number, season_bin(day, hour, holiday, False), *keys.counts(steps[:, t]))
        heard = np.flatnonzero(steps[:, t])
        if t >= suite.test.start and heard.size:
            scores = score_keys(baseline, keys.number[heard], number)
            score = scores.score
            if suite.steps_a_day > 1:
                score = at_once(scores, score, scores.odds + WORTH)
            out[heard, t] = np.maximum(score, 0.0)
        if hour == DAY_ENDS:
            baseline.learn(number)
    return out

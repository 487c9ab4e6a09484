"""What a detector is worth: outbreaks found at a fixed rate of false alarms, and how late.

The bound is taken from the outbreak-free twins of the same series, several draws pooled;
differences are judged by a paired bootstrap over series.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.surge.series import Suite

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

AFTER_H = 12  # hours after its last case for which an outbreak may still be found
DRAWS = 2000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one detector said: ``null`` its daily maxima without outbreak, shape (S, days).

    ``during`` holds each series' scores while its outbreak can be found, ``late`` the delay at the
    end of each of these steps, in hours (hotline) or steps; ``group`` has shape (S,).
    """

    null: Floats
    during: Sequence[Floats]
    late: Sequence[Floats]
    group: Floats


def calm(suite: Suite, quiet: Floats, scored: Bools | None = None) -> Floats:
    """Give the greatest score of every day of the test without outbreak, shape (S, days).

    Parameters
    ----------
    suite
        The series.
    quiet
        Scores of the twins without outbreak, by step or, in the hotline suite, by day too, (S, T).
    scored
        Steps of the test that count, shape (test,); all if None.
    """
    a_day = quiet.shape[1] // suite.days
    days = slice(suite.test.start // suite.steps_a_day, suite.test.stop // suite.steps_a_day)
    null = quiet.reshape(len(quiet), suite.days, a_day).max(2)[:, days]
    return np.asarray(null if scored is None else null[:, scored])


def evidence(suite: Suite, null: Floats, planted: Floats, scored: Bools | None = None) -> Evidence:
    """Gather what is judged: what was said without outbreak, and what while there was one.

    Parameters
    ----------
    suite
        The series.
    null
        From :func:`calm`, shape (S, days).
    planted
        Scores of the twins with outbreak, by step or by day, shape (S, T).
    scored
        As for :func:`calm`.
    """
    hourly = suite.steps_a_day > 1
    a_day = planted.shape[1] // suite.days
    counts = suite.outbreak if a_day == suite.steps_a_day else suite.a_day(suite.outbreak)
    start = suite.test.start // suite.steps_a_day * a_day
    during, late = [], []
    for scores, cases, fine in zip(planted, counts, suite.outbreak, strict=True):
        at = np.flatnonzero(cases)
        if a_day > 1:
            at = np.arange(at[0], min(at[-1] + AFTER_H + 1, len(cases)))
        at = at[at >= start]
        if scored is not None:
            at = at[scored[at - start]]
        begin = float(np.flatnonzero(fine)[0]) if hourly else float(at[0]) if at.size else 0.0
        during.append(scores[at])
        late.append((at + 1) * (suite.steps_a_day / a_day) - begin if hourly else at - begin)
    return Evidence(null, during, late, suite.group)


@dataclass(frozen=True, slots=True)
class Power:
    """The delay of every outbreak, nan where it was not found, and its group; shape (S,)."""

    late: Floats
    group: Floats

    @property
    def hits(self) -> Bools:
        """Found or not, shape (S,)."""
        return np.asarray(~np.isnan(self.late))

    @property
    def delay(self) -> float:
        """Median delay of what was found."""
        return float(np.median(self.late[self.hits])) if self.hits.any() else float("nan")

    @property
    def delay_of_all(self) -> float:
        """Median delay of all outbreaks, infinite where half of them are never found."""
        return float(np.median(np.where(self.hits, self.late, np.inf)))

    @property
    def share(self) -> float:
        """Outbreaks found, mean over groups of equal size."""
        return float(np.mean([self.hits[self.group == g].mean() for g in np.unique(self.group)]))

    def by_group(self) -> list[float]:
        """Give the share found in every group."""
        return [float(self.hits[self.group == g].mean()) for g in np.unique(self.group)]


def power(draws: Sequence[Evidence], rate: float, *, by_group: bool) -> Power:
    """Give what is found at ``rate`` false alarms a series and day, draws pooled.

    One bound for all series, or one a group.
    """
    group = np.concatenate([one.group for one in draws])
    null = np.concatenate([one.null for one in draws])
    bound = np.full(len(group), np.quantile(null, 1 - rate))
    if by_group:
        for one in np.unique(group):
            bound[group == one] = np.quantile(null[group == one], 1 - rate)
    during = [scores for one in draws for scores in one.during]
    late = [delays for one in draws for delays in one.late]
    delays = np.full(len(group), np.nan)
    for i, (scores, after) in enumerate(zip(during, late, strict=True)):
        above = np.flatnonzero(scores > bound[i])
        if above.size:
            delays[i] = after[above[0]]
    return Power(delays, group)


def delays_of_both(one: Power, other: Power) -> tuple[float, float]:
    """Give the median delay of each on the outbreaks that both find."""
    both = one.hits & other.hits
    if not both.any():
        return float("nan"), float("nan")
    return float(np.median(one.late[both])), float(np.median(other.late[both]))


def earlier(one: Power, other: Power, seed: int = 0) -> tuple[float, float, float]:
    """Give the mean of how much earlier one is on what both find, with a 95 % interval."""
    both = one.hits & other.hits
    if not both.any():
        return float("nan"), float("nan"), float("nan")
    gained = other.late[both] - one.late[both]
    draws = np.random.default_rng(seed).choice(gained, (DRAWS, gained.size)).mean(1)
    low, high = np.quantile(draws, [0.025, 0.975])
    return float(gained.mean()), float(low), float(high)


def difference(one: Power, other: Power, seed: int = 0) -> tuple[float, float, float]:
    """Give share found by one minus the other with a 95 % interval, paired over series."""
    rng = np.random.default_rng(seed)
    paired = one.hits.astype(np.float64) - other.hits
    groups = [paired[one.group == g] for g in np.unique(one.group)]
    draws = np.mean([rng.choice(own, (DRAWS, len(own))).mean(1) for own in groups], axis=0)
    low, high = np.quantile(draws, [0.025, 0.975])
    return one.share - other.share, float(low), float(high)

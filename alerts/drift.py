"""Drift (倾向性): a class that rises slowly in some streets, which no day and no week shows.

Every week the last four and eight weeks are compared with what came before them, street by street.
What the class does in all streets at once is taken out: the season, a campaign, a new way to file
cases raise no street above the others. The streets that rose are found by their ratio: of all sets
of streets the most improbable is one of the n that take the first by ratio (Neill, J. R. Statist.
Soc. B 74, 2012, 337-360). A class that rises in the whole city is compared with
the same weeks of a year before, by how the half year before them differed; so it is told from the
87th week on.

Memory is constant: eight weeks and a level for each class and street, 86 weeks for each class.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from alerts.decide import benjamini_hochberg
from alerts.keys import AREA_KINDS, KeyTable
from alerts.observe import DayCounts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WEEKS = 8
SPANS = (4, 8)
"""Weeks that are looked back on."""

HISTORY_WEEKS = 8
"""Weeks of a level before the eight: nothing is told of a class earlier."""

LEAST_STREETS, LEAST_RATIO, LEAST_EXCESS = 3, 1.15, 20.0
"""A drift is in so many streets, so much above the expectation, and worth so many callers."""

LEAST_CITY_RATIO = 1.3
"""The same for the whole city against the year before: no two years are alike."""

FALSE_SHARE, BUDGET_PER_WEEK = 0.01, 3
"""False discovery rate over the classes of one week, and most drifts told in it. A week that looks
back on eight is looked at fifty times a year: the rate is a tenth of that of surges."""

_LEVEL_HALF_LIFE_W, _SPREAD_HALF_LIFE_W = 26.0, 26.0
_FIRST_DISPERSION, _DISPERSION_PRIOR = 1.3, 20.0
_YEAR, _HALF_YEAR = 52, 26
_TOTALS = _YEAR + _HALF_YEAR + WEEKS
_YEARS_DIFFER = 0.15  # relative standard deviation of a class's weeks between two years
STREET = AREA_KINDS.index("street")


@dataclass(frozen=True, slots=True)
class Found:
    """A class that drifts: over how many weeks, in which streets, how many callers for how many.

    ``streets`` are unit ids, those that rose most first; all streets of the class where the whole
    city rose. ``surprise`` is -log10 of the probability by chance, ``seen`` and ``expected`` are
    callers of these streets.
    """

    token: int
    weeks: int
    whole_city: bool
    streets: tuple[int, ...]
    seen: int
    expected: float
    surprise: float


@dataclass(slots=True)
class Drift:
    """The weeks of every class and street, kept in the order of the keys of streets.

    ``now`` are callers of the running week, shape (n,); ``weeks`` the last eight, oldest first,
    shape (8, n); ``a``, ``b`` callers and exposure in weeks of the level before them, (n,).
    ``days`` are the days with data of the last eight weeks and the running one, shape (9,).
    ``totals`` has callers a day of each class in the whole city over the last 86 weeks, NaN for a
    week without data, shape (86, m); ``spread`` squared residuals over expectations by class,
    shape (2, m).
    """

    now: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    weeks: Ints = field(default_factory=lambda: np.zeros((WEEKS, 0), np.int64))
    a: Floats = field(default_factory=lambda: np.zeros(0))
    b: Floats = field(default_factory=lambda: np.zeros(0))
    days: Ints = field(default_factory=lambda: np.zeros(WEEKS + 1, np.int64))
    totals: Floats = field(default_factory=lambda: np.full((_TOTALS, 0), np.nan))
    spread: Floats = field(default_factory=lambda: np.zeros((2, 0)))

    def copy(self) -> "Drift":
        """Give a twin that can learn without changing this one."""
        return copy.deepcopy(self)

    def stored(self) -> dict[str, Any]:
        """Give the arrays that are stored, by name."""
        return {f"drift_{one.name}": getattr(self, one.name) for one in fields(self)}

    @classmethod
    def restored(cls, arrays: Mapping[str, Any]) -> "Drift":
        """Build it again from what was stored."""
        return cls(**{one.name: arrays[f"drift_{one.name}"] for one in fields(cls)})

    def add_day(self, keys: KeyTable, counts: DayCounts) -> None:
        """Count one closed local day."""
        own = self._grow(keys)
        kind = keys.arrays()[0]
        mine = kind[counts.key] == STREET
        at = np.searchsorted(own, counts.key[mine])
        self.now += np.bincount(at, counts.callers[mine], len(own)).astype(np.int64)
        self.days[-1] += 1

    def _grow(self, keys: KeyTable) -> Ints:
        """Make room for new keys; give the numbers of the keys of streets, shape (n,)."""
        own = np.flatnonzero(keys.arrays()[0] == STREET)
        more, classes = len(own) - len(self.now), len(keys.tokens) - self.totals.shape[1]
        if more:
            self.now, self.a = np.pad(self.now, (0, more)), np.pad(self.a, (0, more))
            self.b = np.pad(self.b, (0, more))
            self.weeks = np.pad(self.weeks, ((0, 0), (0, more)))
            # A class that is new in a street was there all the time and silent.
            self.b[-more:] = self.b.max(initial=0.0)
        if classes:
            self.totals = np.pad(self.totals, ((0, 0), (0, classes)), constant_values=np.nan)
            self.spread = np.pad(self.spread, ((0, 0), (0, classes)))
        return own

    def close_weeks(self, closed: date | None, day: date, keys: KeyTable) -> None:
        """End the weeks between the day closed last and this one whose Sunday had no rows.

        An outage teaches nothing and tells nothing.
        """
        if closed is not None:
            monday = day.toordinal() - day.weekday()
            last = closed.toordinal() - (closed.weekday() + 1) % 7  # its Sunday before
            for _ in range((monday - last - 1) // 7):
                self.close_week(keys)

    def close_week(self, keys: KeyTable) -> list[Found]:
        """End the running week; give the classes that drift, the most surprising first."""
        own = self._grow(keys)
        token, area = keys.arrays()[1][own], np.array(keys.area, np.int64)[own]
        self._teach(token)
        days = int(self.days[-1])
        seen = np.bincount(token, self.now, len(keys.tokens))
        self.totals = np.concatenate([self.totals[1:], [seen / days if days else seen * np.nan]])
        self.weeks = np.concatenate([self.weeks[1:], self.now[None]])
        self.now = np.zeros_like(self.now)
        self.days = np.append(self.days[1:], 0)
        found = [one for part in self._classes(token, area) for one in part]
        best: dict[int, Found] = {}
        for one in found:
            if one.token not in best or one.surprise > best[one.token].surprise:
                best[one.token] = one
        return sorted(best.values(), key=lambda one: (-one.surprise, one.token))

    @staticmethod
    def telling(found: list[Found], tests: int, budget: int = BUDGET_PER_WEEK) -> list[Found]:
        """Choose what is told of one week: by false discovery rate and by the weekly budget.

        Parameters
        ----------
        found
            From :meth:`close_week`.
        tests
            Classes that are watched.
        budget
            Most that are told.
        """
        surprise = np.array([one.surprise for one in found])
        told = benjamini_hochberg(surprise, tests, FALSE_SHARE)
        return [one for one, fires in zip(found, told, strict=True) if fires][:budget]

    def _teach(self, token: Ints) -> None:
        """Let the week that leaves the eight teach level and dispersion."""
        count, exposure = self.weeks[0].astype(np.float64), self.days[0] / 7
        if not exposure:
            return
        level = np.where(self.b > 0, self.a / np.maximum(self.b, 1e-9), 0.0)
        m = self.totals.shape[1]
        seen = np.bincount(token, count, m)
        usual = np.bincount(token, level, m) * exposure
        known = usual > 0
        share = np.where(
            known[token], level * exposure * (seen / np.maximum(usual, 1e-9))[token], 0
        )
        told = share >= 1.0
        square = np.bincount(token[told], (count - share)[told] ** 2 / share[told], m)
        q = 0.5 ** (1 / _SPREAD_HALF_LIFE_W)
        self.spread = self.spread * q + np.stack([square, np.bincount(token[told], minlength=m)])
        q = 0.5 ** (1 / _LEVEL_HALF_LIFE_W)
        self.a = self.a * q + count
        self.b = self.b * q + exposure

    def _classes(self, token: Ints, area: Ints) -> Iterator[list[Found]]:
        if not token.size:  # no street is known here
            return
        order = np.argsort(token, kind="stable")
        classes, begin = np.unique(token[order], return_index=True)
        enough = HISTORY_WEEKS * 0.8
        for number, own in zip(classes.tolist(), np.split(order, begin[1:]), strict=True):
            if len(own) < LEAST_STREETS or self.b[own].max() < enough:
                continue
            phi = (self.spread[0, number] + _FIRST_DISPERSION * _DISPERSION_PRIOR) / (
                self.spread[1, number] + _DISPERSION_PRIOR
            )
            phi = max(float(phi), 1.0)
            for span in SPANS:
                exposure = float(self.days[-span - 1 : -1].sum()) / 7
                seen = self.weeks[-span:, own].sum(0).astype(np.float64)
                expected = np.maximum(self.a[own], 0.5) / self.b[own] * exposure
                yield _in_streets(number, span, area[own], seen, expected, self.a[own], phi)
                yield _in_city(number, span, area[own], self.totals[:, number], phi)


def _in_streets(
    token: int, span: int, area: Ints, seen: Floats, expected: Floats, taught: Floats, phi: float
) -> list[Found]:
    """Look for the streets of one class that rose against the others."""
    total, usual = seen.sum(), expected.sum()
    if total <= 0 or usual <= 0:
        return []
    order = np.argsort(-seen / expected, kind="stable")
    n = len(order)
    size = np.arange(1, n)
    c = seen[order].cumsum()[:-1]
    b = expected[order].cumsum()[:-1] * total / usual
    # The level is an estimate too: what it rests on makes chance wider.
    wide = phi * (1 + b / np.maximum(taught[order].cumsum()[:-1], 1.0))
    ratio = special.xlogy(c, c / b) + special.xlogy(total - c, (total - c) / (total - b))
    told = (size >= LEAST_STREETS) & (c >= LEAST_RATIO * b) & (c - b >= LEAST_EXCESS)
    if not told.any():
        return []
    nats = _by_chance(np.where(told, ratio / wide, 0.0), n) - np.log(2 * len(SPANS))
    k = int(nats.argmax())
    if not told[k] or nats[k] <= 0:
        return []
    streets = tuple(area[order[: k + 1]].tolist())
    surprise = float(nats[k] / np.log(10))
    return [Found(token, span, False, streets, int(c[k]), float(b[k]), surprise)]


def _by_chance(ratio: Floats, n: int) -> Floats:
    """Give -log of a bound on the chance that any set of n streets shows such a ratio, (n - 1,).

    Two bounds hold, and the better counts: the number of sets of that size (few of many streets),
    and the chi-bar-squared law of a sum over the streets that happen to be above their expectation
    (many of few).
    """
    size = np.arange(1, n)
    choices = special.gammaln(n + 1) - special.gammaln(size + 1) - special.gammaln(n - size + 1)
    above = np.arange(1, n + 1)
    weight = np.exp(
        special.gammaln(n + 1) - special.gammaln(above + 1) - special.gammaln(n - above + 1)
        - n * np.log(2)
    )  # fmt: skip
    tail = (weight * special.chdtrc(above, 2 * ratio[:, None])).sum(1)
    bounds = ratio - choices - np.log(n), -np.log(np.maximum(tail, 1e-300))
    return np.asarray(np.maximum(*bounds))


def _in_city(token: int, span: int, area: Ints, totals: Floats, phi: float) -> list[Found]:
    """Look at a class in the whole city: the same weeks a year before, by how the year differs."""
    year_ago, before = totals[-_YEAR - span : -_YEAR], slice(-span - _HALF_YEAR, -span)
    now, earlier = totals[-span:], totals[-_YEAR - span - _HALF_YEAR : -_YEAR - span]
    both = np.isfinite(now) & np.isfinite(year_ago)
    then = np.isfinite(totals[before]) & np.isfinite(earlier)
    sums = np.array([now[both].sum(), year_ago[both].sum(),
                     totals[before][then].sum(), earlier[then].sum()]) * 7  # fmt: skip
    if both.sum() < span or then.sum() < _HALF_YEAR // 2 or (sums <= 0).any():
        return []
    seen, expected = float(sums[0]), float(sums[1] * sums[2] / sums[3])
    if seen < LEAST_CITY_RATIO * expected or seen - expected < LEAST_EXCESS:
        return []
    doubt = phi * float((1 / sums[1:]).sum()) + _YEARS_DIFFER**2
    z = (seen - expected) / np.sqrt(phi * expected + doubt * expected**2)
    surprise = (-float(special.log_ndtr(-z)) - np.log(len(SPANS))) / np.log(10)
    streets = tuple(np.unique(area).tolist())
    return [Found(token, span, True, streets, int(seen), expected, float(surprise))]

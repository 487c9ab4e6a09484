"""How a class goes through week and year: what all its areas share.

Per class a season over the hours of the week, the hours of a statutory holiday being an eighth day,
a factor of the 重点时段 that a day falls into, and, once a whole year has been learnt, a factor of
the time of the year. The bin of an hour also carries its periods: bin + BINS × their code.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from alerts.keys import ClassToken
from alerts.periods import Periods

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BINS = 24 * 8  # hour of the week, and the hours of a statutory holiday as an eighth day
HOLIDAY = 7
YEAR_BINS = 52
YEAR_D = 365.2425

_SEASON_HALF_LIFE_D = 84.0
_SEASON_PRIOR = 6.0  # pseudo-counts that draw a class's season to its parent's
_YEAR_PRIOR = 20.0  # pseudo-counts that draw a time of the year to no effect
_YEAR_HALF_LIFE_Y = 3.0
_LONG_HALF_LIFE_D = 730.0
_LOWEST = 0.02
_TINY = 1e-9
_STORED = ("season", "year", "long")


def _empty(*shape: int) -> Floats:
    return np.zeros(shape, np.float64)


class Span(NamedTuple):
    """What the hours of a window mean for every class, m of them; all keys of a look share it.

    ``exposure``: sum of the class's season over the hours, shape (m,); ``unsure``: its relative
    variance by periods, (m,); ``share``: what falls into each part of the day of it, shape
    (parts, m); ``hours`` of each part, shape (parts, 1).
    """

    exposure: Floats
    unsure: Floats
    share: Floats
    hours: Floats


@dataclass(slots=True)
class Course:
    """What was learnt of every class token, m of them.

    ``season``: counts and expectations by hour of the week, shape (2, m, 192). ``year``: the same
    by the time of the year, shape (2, m, 52). ``long``: counts and exposure with a memory of
    years, against which the time of the year is measured, shape (2, m). ``year_d`` are the days of
    a year: those of made-up series are not the sun's.
    """

    season: Floats = field(default_factory=lambda: _empty(2, 0, BINS))
    year: Floats = field(default_factory=lambda: _empty(2, 0, YEAR_BINS))
    long: Floats = field(default_factory=lambda: _empty(2, 0))
    seasons: Floats = field(default_factory=lambda: _empty(0, BINS))
    periods: Periods = field(default_factory=Periods)
    year_d: float = YEAR_D

    def copy(self) -> "Course":
        """Give a twin that can learn without changing this one."""
        learnt = self.season.copy(), self.year.copy(), self.long.copy()
        return Course(*learnt, self.seasons, self.periods.copy(), self.year_d)

    def stored(self) -> dict[str, Floats]:
        """Give the arrays that are stored."""
        return {name: getattr(self, name) for name in _STORED} | self.periods.stored()

    def restore(self, stored: Mapping[str, Floats]) -> None:
        """Take stored arrays back."""
        for name in _STORED:
            setattr(self, name, stored[name])
        self.periods.restore(stored)
        self.seasons = _empty(0, BINS)

    def grow(self, tokens: list[ClassToken]) -> None:
        """Make room for new classes."""
        more = len(tokens) - self.season.shape[1]
        if more > 0:
            self.season = np.concatenate([self.season, _empty(2, more, BINS)], axis=1)
            self.year = np.concatenate([self.year, _empty(2, more, YEAR_BINS)], axis=1)
            self.long = np.concatenate([self.long, _empty(2, more)], axis=1)
        self.periods.grow(tokens)
        if len(self.seasons) != len(tokens):
            self.seasons = self._seasons(tokens)

    def _seasons(self, tokens: list[ClassToken]) -> Floats:
        """Give the season of every class token, mean 1 over the week, shape (m, 192).

        A class leans on its parent's season, the whole on a flat one; the hours of a holiday lean
        on the class's own Sunday until holidays have been seen.
        """
        number = {token: i for i, token in enumerate(tokens)}
        factors = np.ones((len(tokens), BINS))
        for i in sorted(range(len(tokens)), key=lambda i: tokens[i].depth):
            token = tokens[i]
            above = number.get(token._replace(code=token.code.rpartition("/")[0]), i)
            lean = factors[above] if above != i else np.ones(BINS)
            count, expected = self.season[:, i]
            factor = (count + _SEASON_PRIOR * lean) / (expected + _SEASON_PRIOR)
            if token.depth == 0:
                seen = expected[HOLIDAY * 24 :]
                sunday = factor[6 * 24 : 7 * 24]
                weight = seen / (seen + _SEASON_PRIOR)
                factor[HOLIDAY * 24 :] = weight * factor[HOLIDAY * 24 :] + (1 - weight) * sunday
            # Mean 1 over the week: else level and season could drift apart for ever.
            factor = np.maximum(factor, _LOWEST)
            factors[i] = factor / factor[: HOLIDAY * 24].mean()
        return factors

    def exposure(self, bins: Ints, token: Ints) -> Floats:
        """Give the sum of these classes' seasons over these hours, shape (n,) of ``token``."""
        return np.asarray(self._over(bins)[0].sum(1)[token])

    def span(self, bins: Ints, part: Ints, parts: int) -> Span:
        """Give what these hours mean for every class.

        ``part`` tells the part of the day of every hour, shape (hours,) as ``bins``.
        """
        seasons, doubt = self._over(bins)
        within = (part[:, None] == np.arange(parts)).astype(np.float64)
        by_part = (seasons @ within).T
        exposure = by_part.sum(0)
        divisor = np.maximum(exposure, _TINY)
        return Span(exposure, (doubt / divisor) ** 2, by_part / divisor, within.sum(0)[:, None])

    def _over(self, bins: Ints) -> tuple[Floats, Floats]:
        """Give every class's season at each hour, (m, hours), and what periods leave unsure, (m,).

        The latter is the standard deviation of their sum: a period's factor is wrong in all of its
        hours alike.
        """
        code, hour = np.divmod(bins, BINS)
        seasons, doubt = self.seasons[:, hour], np.zeros(len(self.seasons))
        for one in np.unique(code[code > 0]).tolist():
            factor, unsure = self.periods.factor(one)
            seasons[:, code == one] *= factor[:, None]
            doubt += seasons[:, code == one].sum(1) * np.sqrt(unsure)
        return seasons, doubt

    def year_factor(self, day: int) -> Floats:
        """Give the factor of the time of the year around a day's ordinal, shape (m,)."""
        at = (day % self.year_d) / self.year_d * YEAR_BINS - 0.5
        low = int(np.floor(at))
        part = at - low
        count, expected = self.year[:, :, [low % YEAR_BINS, (low + 1) % YEAR_BINS]]
        value = (count + _YEAR_PRIOR) / (expected + _YEAR_PRIOR)
        return np.asarray((1 - part) * value[:, 0] + part * value[:, 1])

    def learn(
        self,
        day: int,
        token: Ints,
        bins: Ints,
        count: Floats,
        taught: Floats,
        seen: Floats,
        level: Floats,
    ) -> None:
        """Learn one day of the city's keys.

        Parameters
        ----------
        day
            The day's ordinal.
        token
            Class token of each, shape (c,).
        bins
            Season's bins of the day's hours, shape (h,).
        count
            Callers by key and hour, shape (c, h), already capped.
        taught
            Callers of the day, capped, shape (c,).
        seen
            The same as they were, shape (c,).
        level
            Expected callers an hour without season, shape (c,).
        """
        code, bins = int(bins[0]) // BINS, bins % BINS
        exposure, factor = self.exposure(bins, token), self.periods.factor(code)[0][token]
        self.season[:, :, bins] *= 0.5 ** (1 / _SEASON_HALF_LIFE_D)
        here = np.ix_(token, bins)
        self.season[0][here] += count
        self.season[1][here] += (level * factor)[:, None]
        # What a period does is no time of the year as well.
        free = ~self.periods.touched(code)[token]
        self._learn_year(day, token[free], taught[free], exposure[free])
        # A class that began within a period has no level from before it.
        before = np.where(self.long[0, token] > 0, level, 0.0)
        self.periods.learn(code, token, seen, before, exposure)
        self.seasons = _empty(0, BINS)

    def _learn_year(self, day: int, token: Ints, taught: Floats, exposure: Floats) -> None:
        part = int((day % self.year_d) / self.year_d * YEAR_BINS)
        count, hours = self.long[:, token]
        expected = np.where(hours > 0, count / np.maximum(hours, 1e-9), 0.0) * exposure
        self.year[:, :, part] *= 0.5 ** (YEAR_BINS / self.year_d / _YEAR_HALF_LIFE_Y)
        self.year[0, token, part] += np.minimum(taught, 4 * expected + 3)
        self.year[1, token, part] += expected
        q = 0.5 ** (1 / _LONG_HALF_LIFE_D)
        self.long[0, token] = count * q + taught
        self.long[1, token] = hours * q + exposure


def season_bin(day: date, hour: int, holiday: bool, makeup_workday: bool) -> int:
    """Give the bin of one hour: hour of the week, or hour of a statutory holiday.

    A make-up workday (调休上班) at a weekend counts as a Wednesday.
    """
    weekday = HOLIDAY if holiday else 2 if makeup_workday else day.weekday()
    return weekday * 24 + hour

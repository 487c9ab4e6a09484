"""What is usual: per class of the city a forgetting gamma-Poisson level, per area its share of it.

The level of a class in the whole city is counts over exposure, both discounted, times the class's
season, carried on as the town grows. An area holds a share of its class: its callers over those
that the class had, so that what moves the whole class moves the expectation of its areas too. A day
teaches three days later and never more than its expectation and 3.5 standard deviations, so that a
surge does not teach itself away. The state is a cache: it can be rebuilt from the counts.
"""

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from alerts import usual
from alerts.course import Course, Span
from alerts.growth import growth, memories
from alerts.keys import AREA_KINDS, KeyTable
from alerts.recent import PARTS, WINDOWS_H, Hour, Recent

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GUARD_DAYS = 3  # a day teaches the level this many days later

_LEVEL_HALF_LIVES_D = (28.0, 10.0)  # of the slow and the fast memory
_SHARE_HALF_LIVES_D = (84.0, 14.0)
_SEEN_HALF_LIFE_D = 60.0
_DISPERSION_HALF_LIFE_D = 180.0
_CAP_SD = 3.5
_UNCAPPED_DAYS = 10  # until the level knows anything, a cap would keep it from being learnt
_SPREAD_CAP_SD = 2.7  # a surge must not make itself look usual
_NO_SURGE = 3.0  # callers, fewer than are ever told of: what they teach is never cut
_SETTLED_DAYS = 14  # before that a residual tells of a level that is still being learnt
_YEAR_KNOWN_DAYS = 365  # the time of the year is reckoned with after a whole one
_YEAR_LAG_D = 28  # middle of what the level remembers
_TINY = 1e-9

_MEMORIES = ("a", "b"), ("fast_a", "fast_b")
_STORED = ("a", "b", "fast_a", "fast_b", "seen", "spread")
_WORKED_OUT = ("rate", "doubt", "phi")


def _empty(*shape: int) -> Floats:
    return np.zeros(shape, np.float64)


@dataclass(slots=True)
class Baseline:
    """The state of the watch between ticks: arrays per key (n) and per class token (m).

    ``a``, ``b``: callers over exposure, both discounted; the exposure of a key of the city is in
    hours of the class's season, that of an area's key in callers of the class. ``fast_a``,
    ``fast_b``: the same with a shorter memory, for the trend. ``seen``: counts with a memory of
    months, for "never before". ``spread``: dispersion sums, shape (2, 2, n): window × (squares,
    expectations). What follows from these is worked out once a day: ``rate`` (callers an hour of
    the city's keys, share of the class of the others) and ``doubt`` (its relative variance), shape
    (n,), ``phi`` (variance over mean), shape (2, n); by kind of area and class ``strength`` and
    ``usual_phi``, by kind the number of ``units`` heard of, by class ``moves`` (see
    :mod:`alerts.usual`). ``spans`` holds what all looks at one hour share. An hour's number is its
    local day's ordinal × 24 + its local hour, so that a day has 24 hours also where clocks change.
    """

    keys: KeyTable = field(default_factory=KeyTable)
    course: Course = field(default_factory=Course)
    recent: Recent = field(default_factory=Recent)
    a: Floats = field(default_factory=lambda: _empty(0))
    b: Floats = field(default_factory=lambda: _empty(0))
    fast_a: Floats = field(default_factory=lambda: _empty(0))
    fast_b: Floats = field(default_factory=lambda: _empty(0))
    seen: Floats = field(default_factory=lambda: _empty(0))
    spread: Floats = field(default_factory=lambda: _empty(2, 2, 0))
    days: int = 0  # days with data that were learnt from
    rate: Floats = field(default_factory=lambda: _empty(0))
    doubt: Floats = field(default_factory=lambda: _empty(0))
    phi: Floats = field(default_factory=lambda: _empty(2, 0))
    strength: Floats = field(default_factory=lambda: _empty(len(AREA_KINDS), 0))
    usual_phi: Floats = field(default_factory=lambda: _empty(2, len(AREA_KINDS), 0))
    moves: Floats = field(default_factory=lambda: _empty(2, 0))
    units: Ints = field(default_factory=lambda: np.zeros(len(AREA_KINDS), np.int64))
    spans: dict[tuple[int, int], Span] = field(default_factory=dict)

    def copy(self) -> "Baseline":
        """Give a twin that can learn and grow without changing this one."""
        twin = copy.copy(self)
        twin.keys, twin.recent = self.keys.copy(), self.recent.copy()
        twin.course, twin.spans = self.course.copy(), {}
        for name in (*_STORED, *_WORKED_OUT, "moves"):
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def grow(self) -> None:
        """Make room for keys and classes that were added to the table."""
        old, n, m = self.a.size, len(self.keys), len(self.keys.tokens)
        self.course.grow(self.keys.tokens)
        self.recent.grow(n)
        more = m - self.moves.shape[1]
        if more:
            self.spans.clear()
            self.strength = np.pad(self.strength, ((0, 0), (0, more)), constant_values=1.0)
            self.usual_phi = np.pad(
                self.usual_phi,
                ((0, 0), (0, 0), (0, more)),
                constant_values=usual.FIRST_DISPERSION,
            )
            self.moves = np.pad(self.moves, ((0, 0), (0, more)), constant_values=usual.FIRST_MOVES)
        if n > old:
            for name in (*_STORED, *_WORKED_OUT):
                array = getattr(self, name)
                room = [(0, 0)] * (array.ndim - 1) + [(0, n - old)]
                setattr(self, name, np.pad(array, room))
            self._work_out(old)

    def put(self, hour_number: int, season_bin: int, key: Ints, callers: Ints) -> None:
        """Enter one hour's distinct callers by key, both of shape (n,)."""
        self.grow()
        known = self.recent.hours.get(hour_number)
        if known is None or known.season_bin != season_bin:
            self.spans.clear()
        self.recent.put(hour_number, Hour(season_bin, key, callers))

    def span(self, hour_number: int, window_h: int) -> Span:
        """Give what the hours of a window mean for every class, worked out once for all looks."""
        at = hour_number, window_h
        if at not in self.spans:
            bins, part = self.recent.bins(*at), self.recent.day_parts(*at)
            self.spans[at] = self.course.span(bins, part, PARTS)
        return self.spans[at]

    def expect(self, key: Ints, hour_number: int, window_h: int) -> usual.Expected:
        """Give what these keys showed over a window and what was expected.

        The expectation of a class in the city is level × season; of an area its share of that ×
        common mode: what the rest of the class shows over the same window against its own
        expectation, leaving the key out.

        Parameters
        ----------
        key
            Numbers of keys, shape (n,).
        hour_number
            The window's last hour, the newest that was put.
        window_h
            Its length in hours, one of :data:`alerts.recent.WINDOWS_H`.
        """
        window = WINDOWS_H.index(window_h)
        _, token_of, city_of, _ = self.keys.arrays()
        token, city = token_of[key], city_of[key]
        span = self.span(hour_number, window_h)
        whole = self.rate[city] * span.exposure[token] * self._year(hour_number // 24)[token]
        top = city == key
        mean = np.maximum(np.where(top, 1.0, self.rate[key]) * whole, _TINY)
        sums = self.recent.sums[window]
        seen = sums[key].astype(np.float64)
        # A caller counts once a day in the city too, perhaps in an hour before this window.
        rest_seen = np.maximum(sums[city] - seen, 0.0)
        common, unsure = usual.common_mode(
            rest_seen, np.maximum(whole - mean, 0.0), self.moves[window][token] + self.doubt[city]
        )
        common, unsure = np.where(top, 1.0, common), np.where(top, span.unsure[token], unsure)
        relative = unsure + self.phi[window, key] * self.doubt[key]
        return usual.Expected(seen, mean * common, common, relative)

    def _year(self, day: int) -> Floats:
        if self.days < _YEAR_KNOWN_DAYS:
            return np.ones(len(self.keys.tokens))
        return self.course.year_factor(day)

    def learn(self, hour_number: int) -> None:
        """Close a local day: its dispersion is learnt now, the day three days ago teaches.

        Parameters
        ----------
        hour_number
            Of the day's last hour. A day without any data in the city is an outage: the caller
            leaves it out, so that a gap is not learnt as a fall.
        """
        self.grow()
        if not self.a.size:
            return
        self.days += 1
        if self.days > _SETTLED_DAYS:
            self._learn_spread(hour_number)
        last = hour_number - 24 * GUARD_DAYS
        if self.days > GUARD_DAYS and (hours := self.recent.day(last)):
            self._learn_day(last // 24, hours)
        self._work_out(0)

    def _learn_spread(self, hour_number: int) -> None:
        every = np.arange(self.a.size)
        q = 0.5 ** (1 / _DISPERSION_HALF_LIFE_D)
        for w, window_h in enumerate(WINDOWS_H):
            seen, mean, _, relative = self.expect(every, hour_number, window_h)
            # The mean itself is uncertain; what that explains is not dispersion of the key.
            unsure = relative * mean**2
            most = _SPREAD_CAP_SD * np.sqrt(self.phi[w] * mean + unsure) + _NO_SURGE
            squares = np.minimum(np.abs(seen - mean), most) ** 2 - unsure
            self.spread[w] *= q
            self.spread[w] += np.array([squares, mean]) * (24 / window_h)

    def _learn_day(self, day: int, hours: list[Hour]) -> None:
        _, token, city, _ = self.keys.arrays()
        top = city == np.arange(city.size)
        tops = np.flatnonzero(top)
        seen = np.zeros(city.size)
        for hour in hours:
            seen[hour.key] += hour.callers
        exposure = self.course.exposure(_bins(hours), token) * self._year(day)[token]
        whole = np.where(top, self.rate * exposure, 0.0)
        common, _ = usual.common_mode(
            seen[tops], whole[tops], self.moves[0][token[tops]] + self.doubt[tops]
        )
        # The class as it was on that day, drawn to its expectation where it is small.
        course = whole.copy()
        course[tops] *= common
        taught = seen
        if self.days > _UNCAPPED_DAYS:
            expected = np.where(top, whole, self.rate * course[city])
            cap = expected + _CAP_SD * np.sqrt(self.phi[0] * expected + 0.25)
            taught = np.minimum(seen, cap)
        self._learn_course(day, hours, tops, taught, seen)
        self.spans.clear()
        unit = np.where(top, exposure, course[city])
        half_lives = zip(_LEVEL_HALF_LIVES_D, _SHARE_HALF_LIVES_D, strict=True)
        for (level, share), (name_a, name_b) in zip(half_lives, _MEMORIES, strict=True):
            q = np.where(top, 0.5 ** (1 / level), 0.5 ** (1 / share))
            setattr(self, name_a, getattr(self, name_a) * q + taught)
            setattr(self, name_b, getattr(self, name_b) * q + unit)
        self.seen = self.seen * 0.5 ** (1 / _SEEN_HALF_LIFE_D) + seen

    def _learn_course(
        self, day: int, hours: list[Hour], tops: Ints, taught: Floats, seen: Floats
    ) -> None:
        _, token, _, _ = self.keys.arrays()
        place = np.full(seen.size, -1)
        place[tops] = np.arange(tops.size)
        count = np.zeros((tops.size, len(hours)))
        for column, hour in enumerate(hours):
            at = place[hour.key]
            count[at[at >= 0], column] = hour.callers[at >= 0]
        count *= (taught[tops] / np.maximum(seen[tops], 1.0))[:, None]
        bins, year = _bins(hours), self._year(day)[token[tops]]
        # With the day itself: what a class shows on its first day is no season.
        unit = self.b[tops] + self.course.exposure(bins, token[tops]) * year
        level = (self.a[tops] + taught[tops]) / np.maximum(unit, _TINY) * year
        self.course.learn(day, token[tops], bins, count, taught[tops], seen[tops], level)
        self.course.grow(self.keys.tokens)
        if self.days + 1 == _YEAR_KNOWN_DAYS:
            # From tomorrow on levels are without the time of the year; what they remember is not.
            factor = self.course.year_factor(day - _YEAR_LAG_D)[token[tops]]
            self.b[tops] *= factor
            self.fast_b[tops] *= factor

    def _work_out(self, low: int) -> None:
        """Work out what follows from the sums, for the keys from ``low`` on; 0 at a day's close."""
        kind, token, city, whole = self.keys.arrays()
        number, m = np.arange(city.size), len(self.keys.tokens)
        top, area = city == number, whole == number
        own = number[low:]
        if low == 0:
            self.units = np.bincount(kind[area], minlength=len(AREA_KINDS))
            group, groups = kind * m + token, len(AREA_KINDS) * m
            self.usual_phi = usual.usual_dispersion(self.spread, kind, token, (len(AREA_KINDS), m))
        self._rate_of_city(own[top[own]], token, low)
        areas = own[area[own] & ~top[own]]
        units = np.maximum(self.units[kind[areas]], 1)
        self._share(areas, 1.0 / units, np.full(areas.size, usual.FIRST_WEIGHT))
        if low == 0:
            expected = self.b * np.where(area, 0.0, self.rate[whole])
            noise = usual.FIRST_DISPERSION * usual.thinned(_SHARE_HALF_LIVES_D[0], self.days)
            strength = usual.usual_strength(self.a, expected, noise, group, groups)
            self.strength = strength.reshape(len(AREA_KINDS), m)
        parts = own[~area[own] & ~top[own]]
        self._share(parts, self.rate[whole[parts]], self.strength[kind[parts], token[parts]])

    def _rate_of_city(self, top: Ints, token: Ints, low: int) -> None:
        # The first rate is for classes that are hardly known; it draws no other one to it.
        own = self.a[top] / np.maximum(self.b[top], _TINY)
        lean = usual.FIRST_WEIGHT / np.maximum(own, usual.FIRST_RATE)
        a = self.a[top] + usual.FIRST_WEIGHT
        rate = a / (self.b[top] + lean)
        hours = np.array(WINDOWS_H)[:, None]
        self.phi[:, top] = usual.dispersion(
            self.spread[:, :, top],
            usual.FIRST_DISPERSION + usual.FIRST_MOVES * rate * hours,
            24 * rate,
        )
        self.rate[top], self.doubt[top] = rate, 1 / a
        if low == 0 and self.days > GUARD_DAYS + 1:
            self._carry_growth_on(top, token[top])
        self.moves[:, token[top]] = usual.class_moves(self.spread[:, :, top], self.rate[top])

    def _carry_growth_on(self, top: Ints, token: Ints) -> None:
        """Carry the levels of the city's keys on to tomorrow, as fast as they grow."""
        told = memories(_LEVEL_HALF_LIVES_D, self.days - GUARD_DAYS)
        rate, lean = self.rate[top], usual.FIRST_WEIGHT
        fast = (self.fast_a[top] + lean) / (self.fast_b[top] + lean / rate)
        # Of the longest window: days in a row are alike, and memories add them up.
        noise = self.phi[-1, top] * told.noise / (24 * rate)
        depth = np.array([one.depth for one in self.keys.tokens], np.int64)[token]
        a_day, unsure = growth(np.log(fast / rate) / told.apart_d, noise / told.apart_d**2, depth)
        far_d = told.age_d + GUARD_DAYS + 1
        self.rate[top] = rate * np.exp(np.clip(far_d * a_day, -0.7, 1.0))
        self.doubt[top] += far_d**2 * unsure / self.phi[0, top]

    def _share(self, key: Ints, prior: Floats, strength: Floats) -> None:
        kind, token, city, _ = self.keys.arrays()
        a, b = self.a[key] + strength, self.b[key] + strength / np.maximum(prior, _TINY)
        share = a / b
        fast_a, fast_b = self.fast_a[key] + strength, self.fast_b[key] + strength / share
        self.phi[:, key] = usual.dispersion(
            self.spread[:, :, key],
            self.usual_phi[:, kind[key], token[key]],
            24 * share * self.rate[city[key]],
        )
        slow, fast = (usual.thinned(one, self.days) for one in _SHARE_HALF_LIVES_D)
        slow_noise = slow / a
        noise = self.phi[0, key] * (slow_noise + fast / fast_a)
        half_lives = (*_SHARE_HALF_LIVES_D, GUARD_DAYS)
        factor, doubt = usual.ahead(share, fast_a / fast_b, noise, half_lives)
        self.rate[key] = np.minimum(share * factor, 1.0)
        self.doubt[key] = slow_noise + doubt

    def levels(self, key: Ints) -> Floats:
        """Give the expected callers an hour of these keys at a mean hour, without season, (n,)."""
        _, _, city, _ = self.keys.arrays()
        return np.where(city[key] == key, 1.0, self.rate[city[key]]) * self.rate[key]

    def stored(self) -> dict[str, Floats]:
        """Give the arrays from which all others are worked out again."""
        return {name: getattr(self, name) for name in _STORED} | self.course.stored()

    @classmethod
    def restored(cls, keys: KeyTable, days: int, stored: Mapping[str, Floats]) -> "Baseline":
        """Build the state at a day's close again; its recent hours are still empty."""
        again = cls(keys=keys)
        again.grow()
        for name in _STORED:
            setattr(again, name, stored[name])
        again.course.restore(stored)
        again.days = days
        again.grow()
        again._work_out(0)
        return again


def _bins(hours: list[Hour]) -> Ints:
    return np.array([hour.season_bin for hour in hours], np.int64)

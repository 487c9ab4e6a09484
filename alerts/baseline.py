"""What is usual: per key a forgetting gamma-Poisson level, per class a season of the week.

The level of a key is A / B: discounted counts over discounted exposure, with a prior from the
key's parents (the area's share of everything × the class's rate in the whole city). A day teaches
three days later and never more than its expectation and 3.5 standard deviations, so that a surge
does not teach itself away. The state is a cache: it can be rebuilt from the counts.
"""

import copy
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from alerts.keys import KeyTable
from alerts.observe import DayCounts

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WINDOWS_H = (24, 72)
"""A burst and a slower rise; a shorter window lost power where it was measured."""

GUARD_DAYS = 3  # a day teaches the level this many days later
RING_H = 24 * (GUARD_DAYS + 1)
BINS = 24 * 8  # hour of the week, and the hours of a statutory holiday as an eighth day
HOLIDAY = 7

_LEVEL_HALF_LIFE_D = 28.0
_FAST_HALF_LIFE_D = 10.0
_SEASON_HALF_LIFE_D = 84.0
_SEEN_HALF_LIFE_D = 60.0
_DISPERSION_HALF_LIFE_D = 180.0
_A0 = 0.5  # weight of the prior, in counts
_SEASON_PRIOR = 6.0  # pseudo-counts that draw a class's season to its parent's
_DISPERSION_PRIOR = 15.0  # pseudo-days at the starting dispersion
_FIRST_DISPERSION = 1.15
_CAP_SD = 3.5
_SPREAD_CAP = 4.0  # times the dispersion: a surge must not make itself look usual
_SLOWEST_PER_H = 1e-7
_COMMON_SD = 0.14  # of a class's usual movement from day to day, on the log scale
_COMMON_RANGE = (0.7, 50.0)
_SETTLED_DAYS = 7  # before that a residual tells of a level that is still being learnt

_PER_KEY = ("a", "b", "fast_a", "fast_b", "seen")


def _empty(*shape: int) -> Floats:
    return np.zeros(shape, np.float64)


@dataclass(slots=True)
class Baseline:
    """The state of the watch between ticks: arrays per key (n) and per class token (m).

    ``a``, ``b``: level in distinct callers, exposure in hours. ``fast_a``, ``fast_b``: the same
    with a shorter memory, for the trend. ``seen``: counts with a memory of months, for "never
    before". ``spread``: dispersion sums, shape (2, 2, n): window × (sum, weight). ``season``:
    counts and expectations by hour of the week, shape (2, m, 192). ``ring``: callers of the last
    96 hours, shape (96, n), row = hour number modulo 96. An hour's number is its local day's
    ordinal × 24 + its local hour, so that a day has 24 rows also where clocks change.
    """

    keys: KeyTable = field(default_factory=KeyTable)
    a: Floats = field(default_factory=lambda: _empty(0))
    b: Floats = field(default_factory=lambda: _empty(0))
    fast_a: Floats = field(default_factory=lambda: _empty(0))
    fast_b: Floats = field(default_factory=lambda: _empty(0))
    seen: Floats = field(default_factory=lambda: _empty(0))
    spread: Floats = field(default_factory=lambda: _empty(2, 2, 0))
    season: Floats = field(default_factory=lambda: _empty(2, 0, BINS))
    ring: npt.NDArray[np.uint16] = field(default_factory=lambda: np.zeros((RING_H, 0), np.uint16))
    bins: Ints = field(default_factory=lambda: np.full(RING_H, -1, np.int64))  # of each ring row
    days: int = 0  # days with data that were learnt from
    seasons: Floats = field(default_factory=lambda: _empty(0, BINS))  # see factors()

    def copy(self) -> "Baseline":
        """Give a twin that can learn and grow without changing this one."""
        twin = copy.copy(self)
        twin.keys = self.keys.copy()
        for name in (*_PER_KEY, "spread", "season", "seasons", "ring", "bins"):
            setattr(twin, name, getattr(self, name).copy())
        return twin

    def grow(self) -> None:
        """Make room for keys and classes that were added to the table."""
        n, m = len(self.keys), len(self.keys.tokens)
        old = self.a.size
        if n > old:
            prior = self._prior(old, n)
            self.a = np.append(self.a, np.full(n - old, _A0))
            self.b = np.append(self.b, _A0 / prior)
            self.fast_a = np.append(self.fast_a, np.full(n - old, _A0))
            self.fast_b = np.append(self.fast_b, _A0 / prior)
            self.seen = np.append(self.seen, np.zeros(n - old))
            spread = np.full((2, 2, n - old), _DISPERSION_PRIOR)
            spread[:, 0] *= _FIRST_DISPERSION
            self.spread = np.concatenate([self.spread, spread], axis=2)
            self.ring = np.concatenate([self.ring, np.zeros((RING_H, n - old), np.uint16)], axis=1)
        if m > self.season.shape[1]:
            more = np.zeros((2, m - self.season.shape[1], BINS))
            self.season = np.concatenate([self.season, more], axis=1)

    def _prior(self, low: int, high: int) -> Floats:
        """Give callers an hour as the parents let expect, for keys ``low`` to ``high``, (n,)."""
        fallback = 0.2 / 24
        if low == 0:
            return np.full(high, fallback)
        # Keys that are new together with their parents start from the fallback, corrected as soon
        # as the parents have learnt (see learn).
        _, _, city_of, whole_of = self.keys.arrays()
        city, whole = city_of[low:high], whole_of[low:high]
        level = self.a / self.b
        known = (city < low) & (whole < low)
        rate = level[np.where(city < low, city, 0)]
        total_key = city_of[np.where(whole < low, whole, 0)]
        total = level[np.where(total_key < low, total_key, 0)]
        share = level[np.where(whole < low, whole, 0)] / np.maximum(total, _SLOWEST_PER_H)
        prior = np.where(known, rate * np.minimum(share, 1.0), fallback)
        return np.maximum(prior, _SLOWEST_PER_H)

    def put(self, hour_number: int, season_bin: int, key: Ints, callers: Ints) -> None:
        """Enter one hour's counts into the ring; what stood there 96 hours ago is forgotten."""
        self.grow()
        row = hour_number % RING_H
        self.ring[row] = 0
        self.ring[row, key] = np.minimum(callers, np.iinfo(np.uint16).max)
        self.bins[row] = season_bin

    def rows(self, hour_number: int, length: int) -> tuple[Ints, Ints]:
        """Give ring rows and season bins of the ``length`` hours up to this one that hold data."""
        rows = (hour_number - np.arange(length, dtype=np.int64)) % RING_H
        rows = rows[self.bins[rows] >= 0]
        return rows, self.bins[rows]

    def factors(self) -> Floats:
        """Give the season of every class token, mean about 1, shape (m, 192).

        A class leans on its parent's season, the whole on a flat one; the hours of a holiday lean
        on the class's own Sunday until holidays have been seen. It changes when a day is learnt.
        """
        if len(self.seasons) != len(self.keys.tokens):
            every = [self._factor(number) for number in range(len(self.keys.tokens))]
            self.seasons = np.array(every).reshape(-1, BINS)
        return self.seasons

    def _factor(self, number: int) -> Floats:
        token = self.keys.tokens[number]
        factor = np.ones(BINS)
        parts = token.code.split("/") if token.code else []
        for depth in range(len(parts) + 1):
            parent = token._replace(code="/".join(parts[:depth]))
            row = self.keys.token_number(parent)
            if row >= self.season.shape[1]:
                continue
            count, expected = self.season[:, row]
            factor = (count + _SEASON_PRIOR * factor) / (expected + _SEASON_PRIOR)
            if depth == 0:
                seen = expected[HOLIDAY * 24 :]
                sunday = factor[6 * 24 : 7 * 24]
                weight = seen / (seen + _SEASON_PRIOR)
                factor[HOLIDAY * 24 :] = weight * factor[HOLIDAY * 24 :] + (1 - weight) * sunday
        return np.maximum(factor, 0.02)

    def levels(self, key: Ints) -> Floats:
        """Give the expected callers an hour of these keys at a mean hour, with the trend, (n,)."""
        a, b = self.a[key], self.b[key]
        fast_a, fast_b = self.fast_a[key], self.fast_b[key]
        level = a / b
        phi = self.dispersion(key)[0]
        slope = np.log(fast_a / fast_b / level)
        doubt = phi * (1 / np.maximum(fast_a, _A0) + 1 / np.maximum(a, _A0))
        believed = slope * slope**2 / (slope**2 + 4 * doubt + 1e-12)
        age, fast_age = _LEVEL_HALF_LIFE_D / np.log(2), _FAST_HALF_LIFE_D / np.log(2)
        ahead = min(1.0, (fast_age + GUARD_DAYS) / (age - fast_age))
        return np.asarray(level * np.exp(np.clip(believed * (1 + ahead), -0.7, 1.0)))

    def expect(self, key: Ints, hour_number: int, window_h: int) -> tuple[Floats, Floats, Floats]:
        """Give what these keys showed over a window, what was expected, and the common mode.

        The expectation is level × season × common mode: what the rest of the class shows over the
        same window against its own expectation, leaving the key out. The whole city's keys have no
        rest; their common mode is 1.

        Parameters
        ----------
        key
            Numbers of keys, shape (n,).
        hour_number, window_h
            The window's last hour and its length in hours.

        Returns
        -------
        seen, expected, common
            Distinct callers, expected callers, factor; each of shape (n,).
        """
        _, token_of, city_of, _ = self.keys.arrays()
        city = city_of[key]
        rows, bins = self.rows(hour_number, window_h)
        exposure = self.factors()[:, bins].sum(1)[token_of[key]]
        seen = self.ring[np.ix_(rows, key)].sum(0, dtype=np.float64)
        expected = np.maximum(self.levels(key) * exposure, 1e-6)
        unique, back = np.unique(city, return_inverse=True)
        # A caller counts once a day in the city too, perhaps in an hour before this window.
        rest_seen = self.ring[np.ix_(rows, unique)].sum(0, dtype=np.float64)[back] - seen
        rest_seen = np.maximum(rest_seen, 0.0)
        rest = np.maximum(self.levels(unique)[back] * exposure - expected, 0.0)
        # Drawn to 1 by the doubt of the rest's own count, the less the further it went.
        moved = np.log((rest_seen + 1.0) / (rest + 1.0))
        believed = np.maximum(moved**2, _COMMON_SD**2)
        doubt = 1.0 / (rest_seen + 1.0) + 1.0 / (rest + 1.0)
        common = np.exp(moved * believed / (believed + doubt))
        common = np.where(city == key, 1.0, np.clip(common, *_COMMON_RANGE))
        return seen, expected * common, common

    def dispersion(self, key: Ints) -> Floats:
        """Give variance over mean per window, at least 1, shape (2, n)."""
        return np.asarray(np.maximum(1.0, self.spread[:, 0, key] / self.spread[:, 1, key]))

    def learn(self, hour_number: int) -> None:
        """Close a local day: its dispersion is learnt now, the day three days ago teaches.

        Parameters
        ----------
        hour_number
            Of the day's last hour. A day without any data in the city is an outage: the caller
            leaves it out, so that a gap is not learnt as a fall.
        """
        self.grow()
        every = np.arange(self.a.size)
        if not every.size:
            return
        self.days += 1
        kind, token, _, _ = self.keys.arrays()
        factors = self.factors()
        level = self.levels(every)
        self._learn_spread(every, hour_number)
        rows, bins = self.rows(hour_number - 24 * GUARD_DAYS, 24)
        if not rows.size or self.days <= GUARD_DAYS:
            return
        count = self.ring[rows].astype(np.float64)
        seen = count.sum(0)
        exposure = factors[:, bins].sum(1)[token]
        expected = level * exposure
        phi = self.dispersion(every)[0]
        # Until the level knows anything, a cap would keep a busy key from ever being learnt.
        cap = expected + _CAP_SD * np.sqrt(phi * expected + 0.25)
        taught = np.where(self.days > 10, np.minimum(seen, cap), seen)
        city = np.flatnonzero(kind == 0)
        share = np.where(seen[city] > 0, taught[city] / np.maximum(seen[city], 1), 0.0)
        self.season[:, :, bins] *= 0.5 ** (1 / _SEASON_HALF_LIFE_D)
        here = np.ix_(token[city], bins)
        self.season[0][here] += (count[:, city] * share).T
        self.season[1][here] += (self.a[city] / self.b[city])[:, None]
        self.seasons = _empty(0, BINS)
        self._learn_level(taught, seen, exposure)

    def _learn_level(self, taught: Floats, seen: Floats, exposure: Floats) -> None:
        _, _, city, whole = self.keys.arrays()
        level = self.a / self.b
        total = np.maximum(level[city[whole]], _SLOWEST_PER_H)
        prior = level[city] * np.minimum(level[whole] / total, 1.0)
        top = city == np.arange(city.size)
        prior = np.maximum(np.where(top | (whole == np.arange(city.size)), level, prior), 1e-6)
        for half_life, name_a, name_b in (
            (_LEVEL_HALF_LIFE_D, "a", "b"),
            (_FAST_HALF_LIFE_D, "fast_a", "fast_b"),
        ):
            q = 0.5 ** (1 / half_life)
            setattr(self, name_a, getattr(self, name_a) * q + taught + (1 - q) * _A0)
            setattr(self, name_b, getattr(self, name_b) * q + exposure + (1 - q) * _A0 / prior)
        self.seen = self.seen * 0.5 ** (1 / _SEEN_HALF_LIFE_D) + seen

    def _learn_spread(self, every: Ints, hour_number: int) -> None:
        if self.days <= _SETTLED_DAYS:
            return
        q = 0.5 ** (1 / _DISPERSION_HALF_LIFE_D)
        for w, window_h in enumerate(WINDOWS_H):
            seen, mean, _ = self.expect(every, hour_number, window_h)
            # The level itself is uncertain; what that explains is not dispersion of the key.
            scale = mean + mean**2 / np.maximum(self.a, _A0) + 0.05
            phi = np.maximum(1.0, self.spread[w, 0] / self.spread[w, 1])
            square = np.minimum((seen - mean) ** 2 / scale, _SPREAD_CAP * phi)
            weight = 24 / window_h
            self.spread[w, 0] = self.spread[w, 0] * q + square * weight
            self.spread[w, 1] = self.spread[w, 1] * q + weight

    def per_key(self) -> dict[str, Floats]:
        """Give the arrays that are stored, one value a key."""
        return {name: getattr(self, name) for name in _PER_KEY}


def season_bin(day: date, hour: int, holiday: bool, makeup_workday: bool) -> int:
    """Give the bin of one hour: hour of the week, or hour of a statutory holiday.

    A make-up workday (调休上班) at a weekend counts as a Wednesday.
    """
    weekday = HOLIDAY if holiday else 2 if makeup_workday else day.weekday()
    return weekday * 24 + hour


def count_into(baseline: Baseline, counts: DayCounts, hour: int, at: int, bin_of_hour: int) -> Ints:
    """Put one hour of a day's counts into the ring and give the keys that rose."""
    key, callers = counts.at(hour)
    baseline.put(at, bin_of_hour, key, callers)
    return key

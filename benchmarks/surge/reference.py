"""The reference row: a gamma-Poisson detector with a fixed common mode, one series at a time.

Exponentially forgetting level × season × holiday (× time of the year), a trend, a guard of three
days, a negative binomial tail over several windows, each series shrunk to its category's mean of
the first month. It stands for what the product must beat; it is kept as it was first measured.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.tail import mid_tail

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_LEVEL_D, _FAST_D, _SEASON_D, _SPREAD_D, _LONG_D = 28.0, 10.0, 84.0, 180.0, 730.0
_A0, _GUARD_D, _CAP_SD = 0.5, 3, 3.5
_YEAR_PRIOR, _YEAR_BINS = 20.0, 52


@dataclass(slots=True)
class Reference:
    """The detector over S series; ``unit`` steps a day, ``period`` steps a season.

    ``group`` gives the category whose season a series shares, ``prior`` its expected daily rate,
    both of shape (S,); ``holiday`` has shape (T,). ``common`` are the pseudo-counts of the common
    mode, 0 for none; ``year`` the steps a year, 0 for none.
    """

    group: Ints
    holiday: Bools
    prior: Floats
    period: int = 7
    windows: tuple[int, ...] = (1, 3, 7)
    season_prior: float = 6.0
    unit: int = 1
    common: float = 0.0
    year: int = 0

    def scores(self, counts: Floats) -> Floats:
        """Give -log10 of the mid-p value, the best of the windows; both of shape (S, T)."""
        series, steps = counts.shape
        group, groups = self.group, int(self.group.max()) + 1
        season, holidays = np.zeros((2, groups, self.period)), np.zeros((2, groups))
        years = np.zeros((2, groups, _YEAR_BINS))
        a = np.full(series, _A0)
        mean_rate = self.prior / self.unit
        b = a / mean_rate
        fast_a, fast_b, long_a, long_b = a.copy(), b.copy(), a.copy(), b.copy()
        spread = np.full((2, len(self.windows), series), 30.0)
        q, fast_q, long_q, season_q, spread_q = (
            0.5 ** (1 / (half_life * self.unit))
            for half_life in (_LEVEL_D, _FAST_D, _LONG_D, _SEASON_D, _SPREAD_D)
        )
        lengths = [w * self.unit for w in self.windows]
        guard, most = _GUARD_D * self.unit, max(lengths)
        past_y, past_m = np.zeros((most + 1, series)), np.zeros((most + 1, series))
        kept: list[tuple[Floats, Floats, int, bool]] = []
        out = np.zeros((series, steps))
        for t in range(steps):
            place, free = t % self.period, bool(self.holiday[t])
            factor = self._season(season, holidays, place, free)[group] * self._year_at(years, t)
            mean = self._level(a, b, fast_a, fast_b, spread) * factor
            y, slot = counts[:, t], t % (most + 1)
            past_y[slot], past_m[slot] = y, mean
            for w, length in enumerate(lengths):
                rows = [(t - j) % (most + 1) for j in range(length)] if t >= length else [slot]
                seen, expected = past_y[rows].sum(0), past_m[rows].sum(0)
                if self.common:
                    seen_all = np.bincount(group, seen, groups)[group] - seen
                    expected_all = np.bincount(group, expected, groups)[group] - expected
                    moved = (seen_all + self.common) / (expected_all + self.common)
                    expected = expected * np.clip(moved, 0.5, 4)
                phi = np.maximum(1, spread[0, w] / spread[1, w])
                variance = phi * expected + expected**2 / np.maximum(a, _A0) * phi
                out[:, t] = np.maximum(out[:, t], mid_tail(seen, expected, variance))
                if t >= length + guard:
                    square = np.minimum(
                        (seen - expected) ** 2 / (expected + 0.05 / self.unit), 9 * phi
                    )
                    gain = 30 * (1 - spread_q)
                    spread[0, w] = spread[0, w] * spread_q + square * gain
                    spread[1, w] = spread[1, w] * spread_q + gain
            kept.append((y, mean, place, free))
            if len(kept) <= guard + 1:
                continue
            old_y, old_mean, old_place, old_free = kept.pop(0)
            phi = np.maximum(1, spread[0, 0] / spread[1, 0])
            taught = np.minimum(old_y, old_mean + _CAP_SD * np.sqrt(phi * old_mean + 0.25))
            shape = np.maximum(self._season(season, holidays, old_place, False), 0.02)
            if old_free:
                shape = shape * self._holiday(holidays)
            exposure, then = shape[group], t - guard - 1
            if self.year:
                at = int((then / (self.year / _YEAR_BINS)) % _YEAR_BINS)
                usual = long_a / long_b * exposure
                years[0, :, at] += np.bincount(group, np.minimum(taught, 4 * usual + 3), groups)
                years[1, :, at] += np.bincount(group, usual, groups)
                years[:, :, at] *= 0.9995
                long_a, long_b = long_a * long_q + taught, long_b * long_q + exposure
                exposure = exposure * self._year_at(years, then)
            a, b = self._fade(a, b, q, taught, exposure, mean_rate)
            fast_a, fast_b = self._fade(fast_a, fast_b, fast_q, taught, exposure, mean_rate)
            count = np.bincount(group, taught, groups)
            expected = np.bincount(group, a / b * self._year_at(years, then), groups)
            if old_free:
                holidays[0] = holidays[0] * 0.97 + count
                holidays[1] = holidays[1] * 0.97 + expected * shape
            else:
                fade = season_q**self.period
                season[0, :, old_place] = season[0, :, old_place] * fade + count
                season[1, :, old_place] = season[1, :, old_place] * fade + expected
        return out

    def _fade(
        self, a: Floats, b: Floats, q: float, taught: Floats, exposure: Floats, rate: Floats
    ) -> tuple[Floats, Floats]:
        return a * q + taught + (1 - q) * _A0, b * q + exposure + (1 - q) * _A0 / rate

    def _holiday(self, holidays: Floats) -> Floats:
        return np.asarray((holidays[0] + self.season_prior) / (holidays[1] + self.season_prior))

    def _season(self, season: Floats, holidays: Floats, place: int, free: bool) -> Floats:
        count, expected = season[:, :, place]
        factor = (count + self.season_prior) / (expected + self.season_prior)
        return np.asarray(factor * self._holiday(holidays) if free else factor)

    def _year_at(self, years: Floats, t: int) -> Floats:
        if not self.year:
            return np.ones(len(self.group))
        x = (t / (self.year / _YEAR_BINS) - 0.5) % _YEAR_BINS
        low = int(x)
        part = x - low
        value = (years[0] + _YEAR_PRIOR) / (years[1] + _YEAR_PRIOR)
        blend = (1 - part) * value[:, low % _YEAR_BINS] + part * value[:, (low + 1) % _YEAR_BINS]
        return np.asarray(blend[self.group])

    def _level(
        self, a: Floats, b: Floats, fast_a: Floats, fast_b: Floats, spread: Floats
    ) -> Floats:
        level = a / b
        slope = np.log(np.maximum(fast_a / fast_b, 1e-9) / np.maximum(level, 1e-9))
        doubt = spread[0, 0] / spread[1, 0] * (1 / np.maximum(fast_a, _A0) + 1 / np.maximum(a, _A0))
        believed = slope**2 / (slope**2 + 4 * doubt)
        slow_d, fast_d = _LEVEL_D / np.log(2), _FAST_D / np.log(2)
        ahead = min(1.0, (fast_d + _GUARD_D) / (slow_d - fast_d))
        risen = level * np.exp(np.clip(slope * believed * (1 + ahead), -1.5, 1.5))
        return np.asarray(np.where(slope > 0, risen, np.maximum(risen, level * 0.5)))

"""The last four days, hour by hour: what the windows show and what is about to teach.

Sparse: an hour holds the keys that were heard in it, so that half a million silent keys cost
nothing. The sums of the windows are kept as hours come and go, whole and by part of the day.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WINDOWS_H = (24, 72)
"""A burst and a slower rise; a shorter window lost power where it was measured."""

PARTS = 8
"""Of a day: three hours each, from midnight on."""

KEPT_H = 96


class Hour(NamedTuple):
    """One hour: its season's bin, and distinct callers by key, both of shape (n,)."""

    season_bin: int
    key: Ints
    callers: Ints


def part_of(number: int) -> int:
    """Give the part of the day of an hour's number."""
    return number % 24 * PARTS // 24


@dataclass(slots=True)
class Recent:
    """The hours that are kept, by number, and the sums of each window up to the newest.

    ``sums`` has shape (windows, keys), distinct callers; ``parts`` holds the same by part of the
    day, shape (windows, PARTS, keys).
    """

    hours: dict[int, Hour] = field(default_factory=dict)
    newest: int = -1
    sums: npt.NDArray[np.int32] = field(
        default_factory=lambda: np.zeros((len(WINDOWS_H), 0), np.int32)
    )
    parts: npt.NDArray[np.int32] = field(
        default_factory=lambda: np.zeros((len(WINDOWS_H), PARTS, 0), np.int32)
    )

    def copy(self) -> "Recent":
        """Give a twin; the hours themselves never change and are shared."""
        return Recent(dict(self.hours), self.newest, self.sums.copy(), self.parts.copy())

    def grow(self, keys: int) -> None:
        """Make room for new keys."""
        if keys > self.sums.shape[1]:
            more = keys - self.sums.shape[1]
            self.sums = np.pad(self.sums, ((0, 0), (0, more)))
            self.parts = np.pad(self.parts, ((0, 0), (0, 0), (0, more)))

    def put(self, number: int, hour: Hour) -> None:
        """Enter one hour; given again, it takes the place of what stood there.

        Hours come in any order within the days that are kept; a newer one moves the windows on.
        """
        if number > self.newest:
            for w, window_h in enumerate(WINDOWS_H):
                for at, gone in self.hours.items():
                    if self.newest - window_h < at <= number - window_h:
                        self._add(w, at, gone, -1)
            self.newest = number
            for old in [n for n in self.hours if n <= number - KEPT_H]:
                del self.hours[old]
        before = self.hours.get(number)
        self.hours[number] = hour
        for w, window_h in enumerate(WINDOWS_H):
            if number > self.newest - window_h:
                if before is not None:
                    self._add(w, number, before, -1)
                self._add(w, number, hour, 1)

    def _add(self, w: int, number: int, hour: Hour, sign: int) -> None:
        more = (sign * hour.callers).astype(np.int32)
        self.sums[w, hour.key] += more  # a key stands once
        self.parts[w, part_of(number), hour.key] += more

    def heard(self) -> Ints:
        """Give the keys that showed anything over the longest window, shape (n,)."""
        return np.flatnonzero(self.sums[-1])

    def callers(self, key: Ints, window_h: int) -> Ints:
        """Give the callers of these keys over a window up to the newest hour, shape (n,)."""
        return np.asarray(self.sums[WINDOWS_H.index(window_h), key], np.int64)

    def bins(self, last: int, length: int) -> Ints:
        """Give the season's bins of the hours up to ``last`` that hold data."""
        return np.array([self.hours[n].season_bin for n in self._held(last, length)], np.int64)

    def day_parts(self, last: int, length: int) -> Ints:
        """Give the parts of the day of the same hours."""
        return np.array([part_of(n) for n in self._held(last, length)], np.int64)

    def _held(self, last: int, length: int) -> list[int]:
        return [n for n in range(last - length + 1, last + 1) if n in self.hours]

    def day(self, last: int) -> list[Hour]:
        """Give the hours of the day that ends with ``last`` that hold data."""
        found = (self.hours.get(n) for n in range(last - 23, last + 1))
        return [hour for hour in found if hour is not None]

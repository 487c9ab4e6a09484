"""What every planter of events needs: the city, the calendar of what is taken, and the results."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from wangge.city.background import Rates, draw_kinds, draw_places
from wangge.city.calls import Callers, calls
from wangge.city.classes import Leaf
from wangge.city.land import PREFIX, Land
from wangge.city.outline import Ints
from wangge.city.rhythm import seconds_of_day
from wangge.city.settlement import Settlement
from wangge.city.truth import EventKind

CITY_CODE = PREFIX + "00"
FIRST_DAY = 22  # before it the watch learns; single appeals may lie anywhere
LEAST_DAYS = 25  # shorter cities get single appeals only
APART_DAYS = 4  # between two events of one area and class


@dataclass(frozen=True, slots=True)
class Planted:
    """One event before its appeals have their numbers."""

    kind: EventKind
    areas: tuple[str, ...]
    class_code: str
    base_per_day: float
    note: str


@dataclass(slots=True)
class Stage:
    """The city to plant in; ``planted`` and ``parts`` grow as events are planted."""

    leaves: tuple[Leaf, ...]
    land: Land
    settlement: Settlement
    rates: Rates
    callers: Callers
    days: int
    planted: list[Planted] = field(default_factory=list)
    parts: list[pd.DataFrame] = field(default_factory=list)
    _taken: list[tuple[tuple[str, ...], str, int, int]] = field(default_factory=list)

    def wanted(self, for_sixty_days: int) -> int:
        """Scale a number of events to the length of the period, at least one."""
        return max(1, round(for_sixty_days * self.days / 60))

    def first_day(self, lasting: int, rng: np.random.Generator) -> int:
        """Draw the first day of an event that is to end a day before the period does."""
        return int(rng.integers(FIRST_DAY, max(self.days - lasting, FIRST_DAY + 1)))

    def take(self, areas: Sequence[str], class_code: str, first: int, last: int) -> bool:
        """Take these areas, class and days for one event, unless another one has them."""
        for other_areas, other_class, other_first, other_last in self._taken:
            if (
                first <= other_last + APART_DAYS
                and other_first <= last + APART_DAYS
                and _related(class_code + "/", other_class + "/")
                and any(_related(a, b) for a in areas for b in other_areas)
            ):
                return False
        self._taken.append((tuple(areas), class_code, first, last))
        return True

    def plant(self, event: Planted, rows: pd.DataFrame) -> None:
        """Add an event and its calls."""
        rows["event"] = len(self.planted)
        self.planted.append(event)
        self.parts.append(rows)

    def extra(
        self,
        leaf: int,
        community: Ints,
        second: Ints,
        rng: np.random.Generator,
    ) -> pd.DataFrame:
        """Make calls of new callers about one class, each at a place of its community."""
        n = len(community)
        what = np.full(n, leaf)
        return calls(
            n,
            second=second,
            leaf=leaf,
            kind=draw_kinds(self.leaves, what, rng),
            place=draw_places(self.leaves, self.settlement, community, what, rng),
            caller=self.callers.new(n),
        )

    def times(self, leaf: int, n: int, first: int, lasting: int, rng: np.random.Generator) -> Ints:
        """Draw n seconds over the days of an event, by the rhythm of the class.

        The second day is the fullest, and each day has at least one where n allows.
        """
        weights = np.array([0.8, 1.2, 0.8, 0.6])[:lasting]
        day = rng.choice(lasting, size=n, p=weights / weights.sum())
        day[:lasting] = np.arange(lasting)[:n]
        seconds = seconds_of_day(self.leaves[leaf].rhythm, n, rng)
        return np.asarray((first + day) * 86_400 + seconds)


def _related(one: str, other: str) -> bool:
    if CITY_CODE in (one, other):
        return True
    return one.startswith(other) or other.startswith(one)

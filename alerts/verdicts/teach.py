"""What the verdicts in force teach, worked out anew each time: one that is undone leaves nothing.

A verdict concerns a matter: the place that the alert named, or a smaller one among its evidence,
and its class with those above and below it; also what so far shows in no other street, community or
cell than those of its evidence. By decision 0035:

- 已知（在办）: the same matter is not told again until its term ends, unless it comes at a graver
  level.
- 不属实: the same matter needs half a power of ten more evidence for each such verdict, at most two
  powers, and each counts half after 60 days. 属实 takes as much away again, never more than that.

Both hold for ticks that end after the verdict, and never for sensitive appeals: what the list finds
is told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from alerts.episode import FINENESS, GRAVITY, SAME_OPENING, SMALL, Episode, Key, carried
from alerts.keys import related
from alerts.levels import Levels, read_levels
from geo.cells import disk

DECADES = 0.5
"""Powers of ten of evidence that one verdict 不属实 asks for, and one 属实 takes back."""

MOST_DECADES = 2.0
HALF_LIFE_D = 60.0
"""Days after which a verdict weighs half."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict in force on a stored alert.

    ``key`` is what the alert names, ``keys`` what all its signals are about; ``level`` as it stood
    when it was judged; ``until`` ends the term of what is known; ``opened_at`` is of the alert.
    """

    alert_id: int
    verdict: str
    at: datetime
    level: str
    key: Key
    keys: tuple[Key, ...]
    until: datetime | None = None
    opened_at: datetime | None = None

    def carried_on(self, heirs: Mapping[int, int]) -> "Judged":
        """Give the verdict with the heirs of units in their place."""
        keys = tuple(carried(key, heirs) for key in self.keys)
        return replace(self, key=carried(self.key, heirs), keys=keys)

    def is_on(self, episode: Episode) -> bool:
        """Tell whether this episode is the very alert that was judged, run again or not."""
        if episode.alert_id is not None:
            return episode.alert_id == self.alert_id
        opened = self.opened_at
        near = opened is not None and abs(opened - episode.opened_at) < SAME_OPENING
        return near and not episode.signals.keys().isdisjoint((self.key, *self.keys))

    def concerns(self, episode: Episode) -> bool:
        """Tell whether an episode is of the matter that was judged."""
        bound = FINENESS[self.key[1]]
        every = (self.key, *self.keys)
        narrow = [own for own in every if FINENESS[own[1]] <= bound]
        if _stands_among(episode.named.key, narrow):
            return True
        # As a matter begins it may show in a cell or a street only, where it was seen before.
        keys = episode.signals
        return all(key[1] in SMALL and _stands_among(key, every) for key in keys)


def _stands_among(key: Key, judged: Iterable[Key]) -> bool:
    """Tell whether place and class of a key are among those that were judged, or next to them.

    The disk of a cluster moves from hour to hour: a cell beside the one that was judged is of it.
    """
    _, kind, area, code = key
    places = disk(area, 1) if kind.startswith("cell_") else [area]
    return any(own[1] == kind and own[2] in places and related(own[3], code) for own in judged)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What verdicts say of an episode: ``decades`` of evidence more, or ``known`` already.

    ``alerts`` are the numbers of the alerts that were judged.
    """

    decades: float = 0.0
    known: Judged | None = None
    alerts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Taught:
    """All verdicts in force, and the table by which levels are compared."""

    judged: tuple[Judged, ...] = ()
    levels: Levels = field(default_factory=read_levels)

    def of(self, episode: Episode, tick: datetime) -> Lesson:
        """Give what the verdicts say of an episode at the end of a tick."""
        named = episode.named
        if not self.judged or named.kind in ("sensitive", "possible"):
            return Lesson()
        own = [
            one
            for one in self.judged
            if one.at < tick and not one.is_on(episode) and one.concerns(episode)
        ]
        decades = needed_decades(own, tick)
        known = _known(own, tick, self.levels.of_episode(episode).level)
        alerts = tuple(sorted(one.alert_id for one in own if one.verdict == "false"))
        return Lesson(decades, known, alerts if decades else ())


def needed_decades(judged: Iterable[Judged], tick: datetime) -> float:
    """Give by how many powers of ten more evidence must be there.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> at = datetime(2026, 3, 2, tzinfo=UTC)
    >>> key = ("surge", "street", 3, "噪声")
    >>> false, true = (Judged(i, v, at, "blue", key, ()) for i, v in enumerate(("false", "true")))
    >>> [needed_decades([false] * n, at) for n in (1, 2, 9)]
    [0.5, 1.0, 2.0]
    >>> needed_decades([false], at + timedelta(days=60)), needed_decades([false, true, true], at)
    (0.25, 0.0)
    """
    sign = {"false": 1.0, "true": -1.0}
    total: float = sum(
        sign.get(one.verdict, 0.0) * DECADES * 0.5 ** ((tick - one.at).days / HALF_LIFE_D)
        for one in judged
    )
    return min(max(total, 0.0), MOST_DECADES)


def _known(judged: Sequence[Judged], tick: datetime, level: str) -> Judged | None:
    holding = [
        one
        for one in judged
        if one.until is not None
        and tick <= one.until
        and GRAVITY.index(level) <= GRAVITY.index(one.level)
    ]
    return max(holding, key=lambda one: (one.at, one.alert_id), default=None)

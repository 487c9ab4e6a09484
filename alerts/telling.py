"""What of all that was found is told, and what is kept and set apart, with the reason.

Everything that a detector finds is stored. It is set apart where the desk said that it is known,
where the desk said of the same matter that it was not true and the evidence is not stronger than
that, and where the alerts that the office can read in a day are told already.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from types import MappingProxyType

from alerts.episode import Episode
from alerts.verdicts.teach import Lesson, Taught

OVER_BUDGET, KNOWN, JUDGED_FALSE = "over_budget", "known", "judged_false"

LEVEL_OF = MappingProxyType({"cell_8": "community", "cell_9": "community", "subject": "city"})
"""Whose readers are told of what is no unit: a cell lies in a community, a subject in the city."""

POSSIBLE = "possible"
_UNBUDGETED = ("sensitive", "drift")  # told all, or with a budget of the week


@dataclass(frozen=True, slots=True)
class Budget:
    """How many alerts a day can be read: in all, and of a level where that is set.

    ``possible`` is the budget of what may be sensitive, which does not count in the others.
    """

    per_day: int = 12
    by_level: Mapping[str, int] = field(default_factory=dict)
    possible: int = 2

    def left(self, spent: Mapping[str, int], level: str) -> bool:
        """Tell whether one more of this level can be told today.

        Examples
        --------
        >>> budget = Budget(3, {"street": 1})
        >>> budget.left({"street": 1}, "street"), budget.left({"street": 1}, "city")
        (False, True)
        >>> budget.left({"street": 1, "city": 2}, "city")
        False
        """
        if level == POSSIBLE:
            return spent.get(level, 0) < self.possible
        own = self.by_level.get(level, self.per_day)
        told = sum(n for at, n in spent.items() if at != POSSIBLE)
        return told < self.per_day and spent.get(level, 0) < own


@dataclass(frozen=True, slots=True)
class Telling:
    """What the office has set and said."""

    budget: Budget = field(default_factory=Budget)
    taught: Taught = field(default_factory=Taught)
    zone: tzinfo | None = None


def settle(
    episodes: Iterable[Episode], tick: datetime, spent: Counter[str], telling: Telling
) -> None:
    """Decide of the episodes that a tick opened or changed which are told.

    What was told stays told. What was set apart is looked at again when it has grown.

    Parameters
    ----------
    episodes
        Those that are open.
    tick
        End of the tick.
    spent
        Alerts told on this local day, by level; it is added to.
    telling
        What the office has set and said.
    """
    waiting = [e for e in episodes if e.changed and not e.told]
    for episode in sorted(waiting, key=lambda e: (-e.named.score, e.named.key)):
        lesson = telling.taught.of(episode, tick)
        episode.lesson = lesson_words(lesson, telling.zone)
        episode.aside = _aside(episode, lesson, spent, telling.budget)
        episode.told = episode.aside is None


def _aside(episode: Episode, lesson: Lesson, spent: Counter[str], budget: Budget) -> str | None:
    named = episode.named
    if lesson.known is not None:
        return KNOWN
    if max(_margin(s.detail) for s in episode.signals.values()) < lesson.decades:
        return JUDGED_FALSE
    if named.kind in _UNBUDGETED:
        return None
    level = LEVEL_OF.get(named.area_kind, named.area_kind)
    if named.kind == POSSIBLE:
        level = POSSIBLE
    if not budget.left(spent, level):
        return OVER_BUDGET
    spent[level] += 1
    return None


def _margin(detail: Mapping[str, object]) -> float:
    """Give by how many powers of ten the evidence is more than was asked for.

    A signal that has none, such as a first report, is not weighed.
    """
    margin = detail.get("margin")
    return margin if isinstance(margin, float) else float("inf")


def lesson_words(lesson: Lesson, zone: tzinfo | None = None) -> str:
    """Say what verdicts had to do with an alert, for its reason; empty where nothing.

    Examples
    --------
    >>> lesson_words(Lesson(1.0, alerts=(7, 9)))
    '同一事项曾判不属实（提示7、9），所需证据提高到10倍。'
    """
    said = ""
    if lesson.known is not None and lesson.known.until is not None:
        until = lesson.known.until.astimezone(zone)
        said += (
            f"同一事项已判已知（在办）（提示{lesson.known.alert_id}），"
            f"{until.month}月{until.day}日前不再单独提示。"
        )
    if lesson.decades:
        numbers = "、".join(map(str, lesson.alerts))
        said += f"同一事项曾判不属实（提示{numbers}），所需证据提高到{10**lesson.decades:.2g}倍。"
    return said

"""提示等级 from a written table that an office edits: the first row that fits decides."""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, Final

from alerts.episode import FINENESS, GRAVITY, Episode
from appeals.errors import InputError
from appeals.toml_rows import read_rows

_KINDS: Final = frozenset(
    {"sensitive", "first", "surge", "cluster", "subject", "drift", "possible"}
)


@dataclass(frozen=True, slots=True)
class LevelRow:
    """One row of the table; what is empty or ``None`` asks nothing."""

    level: str
    why: str
    kinds: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    severity: int = 0
    raised: bool = False
    callers: int = 0
    excess: float = 0.0
    areas: frozenset[str] = frozenset()
    hours: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the table looks at; ``hour`` is of the jurisdiction's clock."""

    kind: str
    family: str
    severity: float
    raised: bool
    callers: int
    excess: float
    area_kind: str
    hour: int


@dataclass(frozen=True, slots=True)
class Levels:
    """The rows in the order of the file, and the zone of its hours."""

    rows: tuple[LevelRow, ...]
    zone: tzinfo = UTC

    def of(self, facts: Facts) -> LevelRow:
        """Give the row that decides."""
        return next(row for row in self.rows if _fits(row, facts))

    def of_episode(self, episode: Episode) -> LevelRow:
        """Give the row that decides of an episode."""
        return self.of(facts_of(episode, self.zone))


def facts_of(episode: Episode, zone: tzinfo) -> Facts:
    """Give what the table looks at of an episode.

    Callers and severity are the most that a signal of it has, for several may be of one danger.
    """
    named, signals = episode.named, episode.signals.values()
    own = [s for s in signals if s.kind == "sensitive"] if named.kind == "sensitive" else []
    return Facts(
        kind=episode.kind,
        family=str(named.detail.get("family", "")),
        severity=max((float(s.detail.get("severity", s.score)) for s in own), default=0.0),
        raised=any(s.detail.get("raised_by") for s in own),
        callers=max(s.callers for s in signals),
        excess=max(s.excess for s in signals),
        area_kind=named.area_kind,
        hour=named.newest_at.astimezone(zone).hour,
    )


def _fits(row: LevelRow, facts: Facts) -> bool:
    return (
        (not row.kinds or facts.kind in row.kinds)
        and (not row.families or facts.family in row.families)
        and facts.severity >= row.severity
        and (facts.raised or not row.raised)
        and facts.callers >= row.callers
        and (row.excess == 0 or facts.excess >= row.excess)
        and (not row.areas or facts.area_kind in row.areas)
        and (row.hours is None or _within(facts.hour, *row.hours))
    )


def _within(hour: int, begin: int, end: int) -> bool:
    return begin <= hour < end if begin < end else hour >= begin or hour < end


def read_levels(path: Path | None = None, zone: tzinfo = UTC) -> Levels:
    """Read the table of a file, or the one that the product brings.

    Raises
    ------
    InputError
        A row cannot be understood, or some alert would fit none.

    Examples
    --------
    >>> facts = Facts("sensitive", "gas", 3, False, 3, 3.0, "community", 3)
    >>> row = read_levels().of(facts)
    >>> row.level, row.why
    ('red', '危及生命或公共秩序，3人及以上反映')
    """
    where, given = read_rows(path, ("alerts", "levels.toml"), "levels", "row")
    rows = tuple(_row(one, f"{where}: row {n}") for n, one in enumerate(given, start=1))
    if not rows or not _fits_all(rows[-1]):
        raise InputError(f"{where}: the last row must fit every alert: give level and why")
    return Levels(rows, zone)


def _fits_all(row: LevelRow) -> bool:
    return row == LevelRow(row.level, row.why)


def _row(given: dict[str, Any], where: str) -> LevelRow:
    unknown = given.keys() - LevelRow.__dataclass_fields__.keys()
    if unknown:
        known = ", ".join(LevelRow.__dataclass_fields__)
        raise InputError(f"{where}: {min(unknown)} is unknown; known: {known}")
    level, why = given.get("level"), given.get("why")
    if level not in GRAVITY:
        raise InputError(f"{where}: level is one of {', '.join(reversed(GRAVITY))}")
    if not isinstance(why, str) or not why.strip():
        raise InputError(f"{where}: why is empty")
    hours = given.get("hours")
    if hours is not None and not _is_span(hours):
        raise InputError(f"{where}: hours are two different hours from 0 to 23, such as [22, 6]")
    for name, most in (("severity", 3), ("callers", None), ("excess", None)):
        value = given.get(name, 0)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or value < 0 or (most is not None and value > most):
            raise InputError(f"{where}: {name} is a number of at least 0")
    if not isinstance(given.get("raised", False), bool):
        raise InputError(f"{where}: raised is true or false")
    return LevelRow(
        level=level,
        why=why.strip(),
        kinds=_words(given, "kinds", where, _KINDS),
        families=_words(given, "families", where),
        severity=given.get("severity", 0),
        raised=given.get("raised", False),
        callers=given.get("callers", 0),
        excess=float(given.get("excess", 0.0)),
        areas=_words(given, "areas", where, frozenset(FINENESS)),
        hours=tuple(hours) if hours else None,
    )


def _is_span(hours: object) -> bool:
    if not isinstance(hours, list) or len(hours) != 2 or hours[0] == hours[1]:
        return False
    return all(type(hour) is int and 0 <= hour < 24 for hour in hours)


def _words(
    given: dict[str, Any], name: str, where: str, known: frozenset[str] | None = None
) -> frozenset[str]:
    words = given.get(name, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise InputError(f"{where}: {name} is a list of words")
    wrong = set(words) - known if known is not None else set()
    if wrong:
        raise InputError(f"{where}: {name}: known are {', '.join(sorted(known or ()))}")
    return frozenset(words)

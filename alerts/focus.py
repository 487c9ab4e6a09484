"""重点时段, 重点点位, 重点人群: when, where and about whom nothing sensitive waits for a size.

A site keeps them in one file. What falls on a period, names a point or speaks of such people is
told at its first caller and one level higher. A period may also name classes: what these show then
is compared with the same period of earlier years (see :mod:`alerts.periods`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick

from alerts.lexicon.terms import squeeze
from appeals.errors import InputError
from appeals.toml_files import parse_toml

_KINDS = {"period": "重点时段", "point": "重点点位", "people": "重点人群"}
_MAY_LACK = {"families", "classes", "factor"}
_PARTS = {
    "period": {"name", "first", "last", "families", "classes", "factor"},
    "point": {"name", "words", "families"},
    "people": {"name", "words", "families"},
}


@dataclass(frozen=True, slots=True)
class Period:
    """A 重点时段: days from ``first`` to ``last``, both included.

    No family is every family, but for a period that names classes: paths from the top, expected to
    show ``factor`` times as much as long as no earlier period of this name has taught better.
    """

    name: str
    first: date
    last: date
    families: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    factor: float = 1.0

    def raises(self, family: str, day: date) -> bool:
        """Tell whether what is of this family is graver on this day."""
        named = bool(self.families) or not self.classes
        return named and self.first <= day <= self.last and _concerns(self.families, family)


@dataclass(frozen=True, slots=True)
class Named:
    """A 重点点位 or 重点人群, known by words in an appeal; no family is every family."""

    kind: str
    name: str
    words: tuple[str, ...]
    families: tuple[str, ...] = ()


class Focus:
    """What a site watches more closely.

    Parameters
    ----------
    periods, named
        From the site's file.
    """

    def __init__(self, periods: tuple[Period, ...] = (), named: tuple[Named, ...] = ()) -> None:
        self.periods, self.named = periods, named
        words = {squeeze(word): one for one in named for word in one.words}
        self._named = list(words.values())
        self._automaton = AhoCorasick(list(words))

    def why(self, family: str, day: date, text: str) -> str | None:
        """Say why an appeal of this family is raised on this day; None where it is not.

        Parameters
        ----------
        family
            Key of the family in the list of terms.
        day
            Local day of the appeal.
        text
            Its redacted words.

        Examples
        --------
        >>> exams = Period("中高考", date(2026, 6, 6), date(2026, 6, 10))
        >>> Focus((exams,)).why("group", date(2026, 6, 7), "")
        '重点时段：中高考'
        """
        for period in self.periods:
            if period.raises(family, day):
                return f"重点时段：{period.name}"
        if self._named:
            for index, _, _ in self._automaton.find_matches_as_indexes(squeeze(text)):
                one = self._named[index]
                if _concerns(one.families, family):
                    return f"{one.kind}：{one.name}"
        return None


def _concerns(families: tuple[str, ...], family: str) -> bool:
    return not families or family in families


def focus_bytes(path: Path) -> bytes:
    """Give the bytes of a site's file.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"focus: {path.name} cannot be read: {error.strerror}") from error


def parse_focus(content: bytes) -> Focus:
    """Read a site's periods, points and people.

    Raises
    ------
    InputError
        The file is broken; the message names the entry, its part and the reason.
    """
    given = parse_toml(content, "focus")
    for fault in _faults(given):
        raise InputError(f"focus: {fault}")
    periods = tuple(
        Period(
            one["name"],
            one["first"],
            one["last"],
            tuple(one.get("families", ())),
            tuple(one.get("classes", ())),
            float(one.get("factor", 1.0)),
        )
        for one in given.get("period", ())
    )
    named = tuple(
        Named(_KINDS[kind], one["name"], tuple(one["words"]), tuple(one.get("families", ())))
        for kind in ("point", "people")
        for one in given.get(kind, ())
    )
    return Focus(periods, named)


def _faults(given: dict[str, Any]) -> Iterator[str]:
    for kind in given.keys() - _KINDS.keys():
        yield f"{kind} is not one of {', '.join(_KINDS)}"
    for kind, entries in given.items():
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            yield f"{kind}: write [[{kind}]] before each entry"
            continue
        for number, one in enumerate(entries, 1):
            for part in one.keys() - _PARTS[kind]:
                yield f"{kind} {number}: {part} is not known: {', '.join(sorted(_PARTS[kind]))}"
            for part in _PARTS[kind] - _MAY_LACK - one.keys():
                yield f"{kind} {number}: {part} is missing"
            yield from (f"{kind} {number}: {why}" for why in _entry_faults(one))


def _entry_faults(one: dict[str, Any]) -> Iterator[str]:
    first, last = one.get("first"), one.get("last")
    for name, value in (("first", first), ("last", last)):
        if value is not None and type(value) is not date:
            yield f"{name} must be a day like 2026-06-07"
            return
    if isinstance(first, date) and isinstance(last, date) and last < first:
        yield "last lies before first"
    families = one.get("families", [])
    if not isinstance(families, list) or not all(isinstance(key, str) for key in families):
        yield "families must be a list of keys of families"
    classes = one.get("classes", ["－"])
    if not isinstance(classes, list) or not all(isinstance(c, str) and c for c in classes):
        yield "classes must be a list of paths of classes like 公用事业/供热"
    factor = one.get("factor", 1.0)
    if isinstance(factor, bool) or not isinstance(factor, int | float) or not 0.1 <= factor <= 20:
        yield "factor must be a number from 0.1 to 20"
    words = one.get("words", ["－－"])
    if not isinstance(words, list) or not words:
        yield "words must be a list of words"
    elif "words" in one and any(not isinstance(w, str) or len(squeeze(w)) < 2 for w in words):
        yield "each of words must have two letters or more"

"""What a matter of a class asks for: limits, a photo, when two cases may be one. A table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from appeals.errors import InputError
from appeals.toml_rows import read_rows

_NUMBERS: Final = ("respond_h", "handle_h", "near_m", "near_days")
_SAID: Final = (*_NUMBERS, "photo")
_KNOWN: Final = ("class", "urgency", *_SAID)


@dataclass(frozen=True, slots=True)
class Rule:
    """What holds for one class and urgency; hours from 派单, metres, days."""

    respond_h: float
    handle_h: float
    photo: bool
    near_m: float
    near_days: float

    def respond_by(self, dispatched_at: datetime | None) -> datetime | None:
        """Give when the caller must have been contacted."""
        return None if dispatched_at is None else dispatched_at + timedelta(hours=self.respond_h)

    def handle_by(self, dispatched_at: datetime | None) -> datetime | None:
        """Give when it must have been reported back."""
        return None if dispatched_at is None else dispatched_at + timedelta(hours=self.handle_h)


@dataclass(frozen=True, slots=True)
class _Line:
    class_name: str
    urgency: str
    says: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Rules:
    """The lines of a table, as they stand in it."""

    lines: Sequence[_Line]
    _known: dict[tuple[str, str], Rule] = field(default_factory=dict)

    def of(self, class_code: str, urgency: str | None) -> Rule:
        """Give what holds for a class, whose code is a path, and an urgency.

        Examples
        --------
        >>> rules = read_rules()
        >>> rules.of("城市管理/市政设施/井盖缺损", "紧急")
        Rule(respond_h=2, handle_h=24, photo=True, near_m=30, near_days=30)
        """
        key = class_code, urgency or ""
        if key not in self._known:
            path = class_code.split("/")
            fitting = sorted(
                (rank, i)
                for i, line in enumerate(self.lines)
                if (rank := _rank(line, class_code, path, key[1])) is not None
            )
            values: dict[str, Any] = {}
            for _, i in fitting:
                values |= self.lines[i].says
            self._known[key] = Rule(**values)
        return self._known[key]


def _rank(line: _Line, code: str, path: list[str], urgency: str) -> tuple[int, int] | None:
    """Tell how particular a line is for a class, ``None`` where it does not fit."""
    if line.urgency not in ("", urgency):
        return None
    if line.class_name == "":
        depth = 0
    elif line.class_name == code:
        depth = len(path) + 1
    elif line.class_name in path:
        depth = path.index(line.class_name) + 1
    else:
        return None
    return depth, int(line.urgency != "")


def read_rules(path: Path | None = None) -> Rules:
    """Read the table of a file, or the one that the product brings.

    Raises
    ------
    InputError
        A rule cannot be understood, or the one for any class leaves a value open.
    """
    where, given = read_rows(path, ("casework", "rules.toml"), "field", "rule")
    lines = []
    for number, one in enumerate(given, start=1):
        fault = next(_faults(one), None)
        if fault is not None:
            raise InputError(f"{where}: rule {number}: {fault}")
        says = {key: one[key] for key in _SAID if key in one}
        lines.append(_Line(one.get("class", ""), one.get("urgency", ""), says))
    whole = [line for line in lines if not line.class_name and not line.urgency]
    if not any(line.says.keys() >= set(_SAID) for line in whole):
        raise InputError(f"{where}: a rule without class and urgency says all of {_SAID}")
    return Rules(tuple(lines))


def _faults(given: dict[str, Any]) -> Iterator[str]:
    unknown = given.keys() - set(_KNOWN)
    if unknown:
        yield f"{min(unknown)} is unknown; known: {', '.join(_KNOWN)}"
    for name in ("class", "urgency"):
        if not isinstance(given.get(name, ""), str):
            yield f"{name} is a text"
    for name in _NUMBERS:
        value = given.get(name, 1)
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            yield f"{name} is a number above 0"
    if not isinstance(given.get("photo", False), bool):
        yield "photo is true or false"

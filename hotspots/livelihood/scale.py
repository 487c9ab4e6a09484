"""The written scale of 民生指数: a file that the office edits."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from appeals.errors import InputError
from hotspots.rule_files import RuleFile, own_text, shipped_text

PARTS: Final = ("load", "growth", "repeats", "contact", "resolution", "satisfaction")
"""What a place is given points for."""

_PART: Final = ("weight", "full", "none")
_MOST: Final = 1000.0


@dataclass(frozen=True, slots=True)
class PartScale:
    """How much a part weighs, and at which of its values it has all points and none."""

    weight: float
    full: float
    none: float


@dataclass(frozen=True, slots=True)
class Scale:
    """The parts' scales by name, and the share of the weights that must be known."""

    parts: Mapping[str, PartScale]
    known: float


def read_scale(path: Path | None) -> Scale:
    """Read the office's own file, the shipped scale without one.

    Raises
    ------
    InputError
        It cannot be read, or :func:`scale_of` refuses it.

    Examples
    --------
    >>> scale = read_scale(None)
    >>> round(sum(part.weight for part in scale.parts.values()), 2), scale.known
    (1.0, 0.5)
    """
    if path is None:
        return scale_of(shipped_text("livelihood", "scale.toml"), "scale.toml")
    return scale_of(own_text(path), path.name)


def scale_of(text: str, name: str) -> Scale:
    """Read a scale out of its text, TOML with a table a part and the table ``index``.

    Raises
    ------
    InputError
        :class:`hotspots.rule_files.RuleFile` refuses it, a value is out of its range, no part
        weighs, or the value of all points is that of none.
    """
    of = RuleFile.of(text, name, dict.fromkeys(PARTS, _PART) | {"index": ("known",)})
    parts = {
        part: PartScale(*(of.number(part, key, most=_MOST) for key in _PART)) for part in PARTS
    }
    if not any(part.weight for part in parts.values()):
        raise InputError(f"{name}: one of the weights must be above 0")
    for part, scale in parts.items():
        if scale.full == scale.none:
            raise InputError(f"{name}: {part}.full is {part}.none: every place had the same points")
    return Scale(parts, of.number("index", "known", most=1))

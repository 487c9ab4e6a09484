"""A cell with one coordinate: a plain number, or degrees with minutes, seconds and a side.

What such a cell means does not hang on its neighbours: 东经116度23分24秒 is read cell by cell. What
bare numbers mean (degrees, millionths, metres) is asked of a whole column, in ``geo/formats.py``.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from appeals.errors import InputError
from appeals.values import number, plain_text

Axis = Literal["lon", "lat"]

_SIDES: dict[str, tuple[Axis, int]] = {
    **dict.fromkeys(("东经", "东", "e"), ("lon", 1)),
    **dict.fromkeys(("西经", "西", "w"), ("lon", -1)),
    **dict.fromkeys(("北纬", "北", "n"), ("lat", 1)),
    **dict.fromkeys(("南纬", "南", "s"), ("lat", -1)),
}
_SIDE = "东经|西经|北纬|南纬|[东西北南ewns]"
_N = r"(\d+(?:\.\d*)?)"
# After folding: 116°, 116°23', 116°23'24" (the last mark may be missing), or 116:23:24.
_ANGLE = re.compile(
    rf"(?P<before>{_SIDE})?:?(?P<sign>[+-]?)"
    rf"(?:{_N}°?|{_N}°{_N}'?|{_N}°{_N}'{_N}\"?|{_N}(?P<mark>[:-]){_N}(?P=mark){_N}\"?)"
    rf"(?P<after>{_SIDE})?"
)
_SPACED = re.compile(rf"{_N} +{_N} +{_N}")
# Primes, quotes and accents that stand for the marks of minutes and seconds.
_MARKS = {
    "°": "\u00ba\u02da度",
    "'": "\u2032\u2019\u2018\u0060\u00b4\u02b9分",
    '"': "\u2033\u201d\u201c\u02ba秒",
    "-": "\uff0d\u2014\u2013",
}
_FOLD = str.maketrans({sign: mark for mark, signs in _MARKS.items() for sign in signs})


@dataclass(frozen=True, slots=True)
class Angle:
    """One number of a point, and the axis that its cell names (东经, N …), if it names one."""

    value: float
    axis: Axis | None = None


def coordinate(text: str | None) -> Angle | None:
    """Read one coordinate, ``None`` where the cell is empty.

    Examples
    --------
    >>> coordinate("116.391")
    Angle(value=116.391, axis=None)
    >>> coordinate("东经116度23分24秒"), coordinate("39:54:00N")
    (Angle(value=116.39, axis='lon'), Angle(value=39.9, axis='lat'))
    >>> coordinate("118度14.5分W").value
    -118.24166666666666

    Raises
    ------
    InputError
        It is none of these, or its minutes or seconds are 60 or more.
    """
    try:
        plain = number(text)
    except InputError:
        return _angle(plain_text(text) or "")
    return None if plain is None else Angle(plain)


def _angle(text: str) -> Angle:
    folded = unicodedata.normalize("NFKC", text.translate(_FOLD)).translate(_FOLD).casefold()
    folded = _SPACED.sub(r"\1:\2:\3", folded).replace("''", '"')
    # Two bare numbers side by side are no angle: 116 39 may be anything.
    found = None if re.search(r"\d\s+\d", folded) else _ANGLE.fullmatch("".join(folded.split()))
    if found is None:
        raise InputError("is not a number")
    parts = [part for part in found.groups()[2:-1] if part and part not in ":-"]
    degrees, minutes, seconds = [*map(float, parts), 0.0, 0.0][:3]
    if minutes >= 60 or seconds >= 60:
        raise InputError("has 60 minutes or seconds or more")
    if any("." in part for part in parts[:-1]):
        raise InputError("has decimals before its minutes or seconds")
    sides = {_SIDES[side] for side in (found["before"], found["after"]) if side}
    if len(sides) > 1 or (sides and found["sign"]):
        raise InputError("names two sides")
    axis, sign = next(iter(sides), (None, -1 if found["sign"] == "-" else 1))
    return Angle(sign * (degrees + minutes / 60 + seconds / 3600), axis)

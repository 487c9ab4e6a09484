"""Colours and class limits of the maps, the same on the live page (``static/palette.js``).

Counts are painted in one cool hue, so that the warm colours belong to the alerts alone. Every
colour stands beside a word or a figure: a map must be readable without telling red from green.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

SEQUENCE: Final = ("#d3e6ea", "#aacfd6", "#7fb3bf", "#458a9b", "#1c5a6b")
"""Light to dark, for counts and rates."""

GROWTH: Final = ("#3f74a8", "#a9c8e2", "#e4e4df", "#f0bd84", "#b86414")
"""Much less, less, no clear change, more, much more."""

GROWTH_LIMITS: Final = (-0.3, 0.0, 0.0, 0.3)
"""Limits between the five steps of ``GROWTH``; the middle one is what is not sure."""

_SPREAD: Final = ((2,), (1, 3), (0, 2, 4), (0, 1, 3, 4), (0, 1, 2, 3, 4))

NO_DATA: Final = "#ffffff"
SMALL: Final = "#f4f7f7"

LEVEL_WORDS: Final = MappingProxyType({"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"})

KIND_WORDS: Final = MappingProxyType(
    {
        "surge": "突增",
        "first": "首次反映",
        "sensitive": "敏感（风险性诉求）",
        "cluster": "集中反映",
        "subject": "集中反映",
        "drift": "倾向性问题",
        "possible": "待核实（可能敏感）",
    }
)


def limits(
    values: npt.NDArray[np.float64], steps: int = len(SEQUENCE), *, whole: bool = False
) -> tuple[float, ...]:
    """Limits between classes that hold about as many places each, rounded to two digits.

    Parameters
    ----------
    values
        One figure a place, shape (n,); NaN and figures at or below zero do not count.
    steps
        Classes wanted, at least 1.
    whole
        Whether the figures are whole numbers: the limits are then rounded up to such, which puts
        no value into another class.

    Returns
    -------
    tuple of float
        At most ``steps - 1`` limits, ascending, each once; a value at a limit belongs to the class
        above it. Empty when there is no positive value.

    Examples
    --------
    >>> limits(np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 113.0]))
    (2.8, 4.6, 6.4, 8.2)
    >>> limits(np.array([1, 2, 3, 4, 5, 6, 7, 8, 9, 113.0]), whole=True)
    (3.0, 5.0, 7.0, 9.0)
    >>> limits(np.array([np.nan, 0.0]))
    ()
    """
    known = values[np.isfinite(values) & (values > 0)]
    if not len(known):
        return ()
    raw = np.quantile(known, np.arange(1, steps) / steps)
    smallest = float(known.min())
    rounded = (math.ceil(v) if whole else v for v in (float(f"{v:.2g}") for v in raw))
    return tuple(sorted({float(limit) for limit in rounded if limit > smallest}))


def colour(value: float, between: Sequence[float]) -> str:
    """Colour of a count or rate, ``SMALL`` at zero and ``NO_DATA`` where it is NaN.

    Examples
    --------
    >>> colour(7.0, (2.8, 4.6, 6.4, 8.2)) == SEQUENCE[3]
    True
    """
    if np.isnan(value):
        return NO_DATA
    if value <= 0:
        return SMALL
    shades = ramp(len(between) + 1)
    return shades[int(np.searchsorted(np.asarray(between, dtype=np.float64), value, side="right"))]


def ramp(steps: int) -> tuple[str, ...]:
    """Give ``steps`` shades of ``SEQUENCE``, 1 to 5, spread from light to dark.

    Examples
    --------
    >>> ramp(3) == (SEQUENCE[0], SEQUENCE[2], SEQUENCE[4])
    True
    """
    return tuple(SEQUENCE[position] for position in _SPREAD[steps - 1])


def growth_colour(value: float, *, sure: bool) -> str:
    """Colour of a growth, the middle one unless it is sure.

    Examples
    --------
    >>> growth_colour(0.5, sure=True) == GROWTH[4], growth_colour(0.5, sure=False) == GROWTH[2]
    (True, True)
    """
    if np.isnan(value):
        return NO_DATA
    if not sure:
        return GROWTH[2]
    if value < 0:
        return GROWTH[0] if value <= GROWTH_LIMITS[0] else GROWTH[1]
    return GROWTH[4] if value >= GROWTH_LIMITS[-1] else GROWTH[3]


def class_labels(between: Sequence[float], unit: str) -> list[str]:
    """Labels of the classes for a legend.

    Examples
    --------
    >>> class_labels((2.8, 1200.0), "件")
    ['不足 2.8 件', '2.8 至不足 1,200 件', '1,200 件及以上']
    """
    if not between:
        return ["有诉求"]
    written = [f"{limit:,.10g}" for limit in between]
    middle = [f"{low} 至不足 {high} {unit}" for low, high in pairwise(written)]
    return [f"不足 {written[0]} {unit}", *middle, f"{written[-1]} {unit}及以上"]

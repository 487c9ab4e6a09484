"""Drawings of a report as SVG: a map of streets by their figures, and bars of days.

Nothing stands under the map but the units' own borders; its classes and colours are those of the
pages (``maps.palette``). Text in a drawing is set in whatever Chinese font the reader has.
"""

import math
from collections.abc import Sequence
from datetime import date
from html import escape
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from maps.layers import SMALL_BELOW
from maps.palette import NO_DATA, SMALL, class_labels, colour, limits, ramp

FONTS: Final = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, SimHei, sans-serif"
_WIDE: Final = 900
_LEGEND: Final = 190
_MOST_NAMES: Final = 60
_OVERHANG: Final = 1.4
"""Width of a name over that of its unit, at most."""
_INK: Final = "#1d1d1f"


def choropleth(units: gpd.GeoDataFrame, figures: pd.DataFrame, unit: str = "件") -> str | None:
    """Draw the units of one level in classes of their counts.

    Parameters
    ----------
    units
        Columns ``unit_id``, ``name`` and ``geometry``, WGS84; those without a border are left out.
    figures
        ``area`` (unit id) and ``this``, the count.
    unit
        Word of the counts in the legend.

    Returns
    -------
    str or None
        SVG; None where no unit has a border.
    """
    drawn = units[units.geometry.notna() & ~units.geometry.is_empty]
    if drawn.empty:
        return None
    counts = figures.set_index("area")["this"]
    n = drawn["unit_id"].map(counts).fillna(0).to_numpy(np.float64)
    shown = np.where((n > 0) & (n < SMALL_BELOW), np.nan, n)
    between = limits(shown, whole=True)
    west, south, east, north = drawn.total_bounds
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (_WIDE - _LEGEND - 20) / max((east - west) * squeeze, 1e-9)
    scale = min(scale, 620 / max(north - south, 1e-9))
    high = (north - south) * scale + 20

    def flat(points: np.ndarray) -> np.ndarray:
        lon, lat = points.T
        return np.column_stack(((lon - west) * squeeze * scale + 10, (north - lat) * scale + 10))

    shapes = shapely.simplify(shapely.transform(np.array(drawn.geometry, dtype=object), flat), 0.4)
    parts = [
        f'<path d="{_path(shape)}" fill="{colour(value, between)}" stroke="#5a6a70" '
        f'stroke-width="0.8"><title>{escape(str(name))}</title></path>'
        for shape, value, name in zip(shapes, shown, drawn["name"], strict=True)
    ]
    if len(drawn) <= _MOST_NAMES:
        parts += _names(shapes, [str(name) for name in drawn["name"]], shown, between)
    parts += _legend(between, unit, hidden=bool(np.isnan(shown).any()))
    return _svg(_WIDE, max(high, 40 + 26 * (len(between) + 3)), parts)


def bars(days: Sequence[date], counts: Sequence[int]) -> str:
    """Draw appeals by day, or by month where there are more than sixty days."""
    if len(days) > _MOST_NAMES:
        frame = pd.DataFrame({"month": [f"{day:%Y-%m}" for day in days], "n": counts})
        months = frame.groupby("month", sort=True)["n"].sum()
        labels, values = [str(month) for month in months.index], [int(n) for n in months]
    else:
        labels, values = [f"{day.month}-{day.day}" for day in days], list(counts)
    top = _round_up(max(values, default=1))
    high, left, bottom = 240, 64, 206
    step = (_WIDE - left - 30) / max(len(values), 1)
    every = max(1, math.ceil(len(values) / 16))
    parts = []
    for share in (0, 0.5, 1):
        y = bottom - share * 180
        parts.append(
            f'<line x1="{left}" x2="{_WIDE - 30}" y1="{y:.1f}" y2="{y:.1f}" stroke="#c8d0d3"/>'
            + _text(left - 6, y + 5, f"{top * share:,.0f}", anchor="end")
        )
    for i, (label, n) in enumerate(zip(labels, values, strict=True)):
        tall = 180 * n / top
        x = left + i * step
        parts.append(
            f'<rect x="{x + step * 0.15:.1f}" y="{bottom - tall:.1f}" width="{step * 0.7:.1f}" '
            f'height="{tall:.1f}" fill="#458a9b"><title>{label} {n:,}件</title></rect>'
        )
        if i % every == 0:
            parts.append(_text(x + step / 2, bottom + 20, label, anchor="middle"))
    return _svg(_WIDE, high, parts)


def _path(shape: shapely.Geometry) -> str:
    rings = []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = shapely.get_coordinates(ring)
            rings.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points[:-1]) + "Z")
    return "".join(rings)


def _names(
    shapes: np.ndarray, names: Sequence[str], values: np.ndarray, between: Sequence[float]
) -> list[str]:
    """Write each name inside its unit, the larger units first, none over another."""
    taken: list[tuple[float, float, float]] = []
    written = []
    dark = set(ramp(len(between) + 1)[-2:])
    for i in np.argsort(-shapely.area(shapes)):
        at = shapely.point_on_surface(shapes[i])
        middle = shapely.centroid(shapes[i])
        x, y = (middle.x, middle.y) if shapes[i].contains(middle) else (at.x, at.y)
        name = names[i]
        half = 6.5 * len(name)
        west, _, east, _ = shapely.bounds(shapes[i])
        if 2 * half > _OVERHANG * (east - west):
            continue  # it would lie over its neighbours, in an ink for another colour
        if any(abs(x - other) < half + wide and abs(y - row) < 15 for other, row, wide in taken):
            continue
        taken.append((x, y, half))
        ink = "#ffffff" if colour(float(values[i]), between) in dark else _INK
        written.append(_text(x, y + 4, name, anchor="middle", ink=ink))
    return written


def _legend(between: Sequence[float], unit: str, *, hidden: bool) -> list[str]:
    rows = list(zip(ramp(len(between) + 1), class_labels(between, unit), strict=True))
    rows = [*rows[::-1], (SMALL, f"0 {unit}")]
    if hidden:
        rows.append((NO_DATA, f"小于{SMALL_BELOW} {unit}，不列"))
    x = _WIDE - _LEGEND + 10
    return [
        f'<rect x="{x}" y="{14 + 26 * i}" width="26" height="17" fill="{fill}" stroke="#5a6a70"/>'
        + _text(x + 34, 28 + 26 * i, label)
        for i, (fill, label) in enumerate(rows)
    ]


def _text(x: float, y: float, text: str, *, anchor: str = "start", ink: str = _INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="13" text-anchor="{anchor}" '
        f'fill="{ink}">{escape(text)}</text>'
    )


def _svg(wide: float, high: float, parts: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:.0f}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:.0f} {high:.0f}" font-family="{FONTS}">{"".join(parts)}</svg>'
    )


def _round_up(n: int) -> int:
    """Give a round number not below n, for the end of an axis.

    Examples
    --------
    >>> [_round_up(n) for n in (1, 7, 130, 966, 1183)]
    [10, 10, 150, 1000, 1500]
    """
    power: int = 10 ** int(math.log10(max(n, 10)))
    return next(
        step * power // 10 for step in (10, 15, 20, 30, 40, 60, 80, 100) if step * power >= 10 * n
    )

"""Codes and parents of a layer's units: taken from the file, else made by a written rule.

A unit code is 6 + 3 + 3 + 3 digits: 区 (GB/T 2260), 街乡镇, 社区（村）, 网格; each begins with its
parent's (DB11 单元网格划分, GB/T 30428). Where a layer has no codes we make them:

1. A unit of the same name under the same parent keeps the code that it has.
2. The others are numbered inside their parent, west to east and then north to south by an inner
   point (units without a border: as they stand in the file), from one above the highest number
   that was ever given there, so that no number comes to mean another place.
3. The code is the parent's followed by the number, two digits for a 区, three below it. Without a
   parent the jurisdiction's code stands in its place; levels that are missing are filled with 0.

A parent is the unit of the next coarser level that has units: the one that the parent column
names (by name or code), else the one whose code begins this code, else the one that covers most of
this unit's area, else none.
"""

from collections.abc import Callable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from appeals.errors import BoundaryError
from grids.boundaries import LEVELS, Boundaries, Shapes
from grids.findings import Finding

WIDTH = {"district": 6, "street": 9, "community": 12, "grid": 15}


def level_above(level: str, boundaries: Boundaries) -> str | None:
    """Tell the next coarser level that has units, ``None`` where there is none."""
    coarser = LEVELS[: LEVELS.index(level)]
    return next((one for one in reversed(coarser) if one in boundaries.levels), None)


def find_parents(
    layer: gpd.GeoDataFrame, level: str, boundaries: Boundaries
) -> tuple[list[int | None], list[Finding]]:
    """Find the parent of each unit of a layer.

    Parameters
    ----------
    layer
        Columns ``code``, ``name``, ``parent`` (text or missing) and ``geometry`` (WGS84 or None).
    level
        The layer's level.
    boundaries
        The units of the day.

    Returns
    -------
    parents : list of int or None
        Unit ids, one a row.
    findings : list of Finding
        Parents that are unknown or were found by area.
    """
    above = level_above(level, boundaries)
    if above is None:
        return [None] * len(layer), []
    parents: list[int | None] = []
    findings: list[Finding] = []
    for code, name, parent in zip(layer["code"], layer["name"], layer["parent"], strict=True):
        found = boundaries.named(above, parent) if pd.notna(parent) else None
        if found is None and pd.notna(parent):
            several = len(boundaries.all_named(above, parent)) > 1
            what = f"is the name of several units of level {above}" if several else "is not known"
            findings.append(Finding("parent unknown", (name,), f"{above} {parent!r} {what}"))
        if found is None and pd.notna(code):
            found = _by_prefix(code, above, boundaries)
        parents.append(found)
    without = [i for i, parent in enumerate(parents) if parent is None]
    shapes, names = np.array(layer.geometry, dtype=object)[without], layer["name"].tolist()
    places = boundaries.units["name"].tolist()
    for i, (found, share) in zip(without, _by_area(shapes, above, boundaries), strict=True):
        parents[i], name = found, names[i]
        if found is None:
            findings.append(Finding("no parent", (name,), f"lies in no unit of level {above}"))
            continue
        where = places[boundaries.row(found)]
        words = f"taken by area: {share:.0%} of it lies in {where}"
        findings.append(Finding("parent by area", (name,), words, severity="note"))
    return parents, findings


def _by_prefix(code: str, above: str, boundaries: Boundaries) -> int | None:
    column = LEVELS.index(above)
    for length in range(len(code) - 1, 0, -1):
        for unit in boundaries.coded(code[:length]):
            if boundaries.above[boundaries.row(unit), column] == unit:
                return unit
    return None


def _by_area(shapes: Shapes, above: str, boundaries: Boundaries) -> list[tuple[int | None, float]]:
    """Give the unit that covers most of each shape, and the share that it covers."""
    best: list[tuple[int | None, float]] = [(None, 0.0)] * len(shapes)
    layer = boundaries.layers.get(above)
    if layer is None:
        return best
    own, other = layer.tree.query(shapes)
    order = np.lexsort((other, own))
    own, other = own[order], other[order]
    whole = shapely.covers(layer.shapes[other], shapes[own])
    area = shapely.area(shapes)[own]
    common = np.where(whole, area, 0.0)
    part = ~whole & ~np.isin(own, own[whole])
    common[part] = shapely.area(shapely.intersection(layer.shapes[other[part]], shapes[own[part]]))
    for i, shape, share in zip(own.tolist(), other.tolist(), common / area, strict=True):
        if share > best[i][1]:  # of equals the first has the lowest code
            best[i] = int(boundaries.ids[layer.rows[shape]]), float(share)
    return best


def make_codes(
    layer: gpd.GeoDataFrame,
    level: str,
    parent_codes: Sequence[str | None],
    known: Mapping[tuple[str | None, str], str],
    used: Sequence[str],
    jurisdiction: str,
) -> list[str]:
    """Give each unit a code: its own, else the one it has, else a new one by the rule above.

    Parameters
    ----------
    layer
        Columns ``code`` (text or missing), ``name`` and ``geometry``.
    level
        The layer's level.
    parent_codes
        Code of each unit's parent.
    known
        Codes of the units that hold today by parent's code and name.
    used
        All codes of the level that were ever given.
    jurisdiction
        Six digits.

    Raises
    ------
    BoundaryError
        A parent has more units than its digits can number.
    """
    codes: list[str | None] = [None if pd.isna(code) else str(code) for code in layer["code"]]
    for i, (parent, name) in enumerate(zip(parent_codes, layer["name"], strict=True)):
        codes[i] = codes[i] or known.get((parent, name))
    digits = 2 if level == "district" else 3
    highest: dict[str, int] = {}
    for code in (*used, *filter(None, codes)):
        tail = code[-digits:]
        if tail.isdecimal():
            prefix = code[:-digits]
            highest[prefix] = max(highest.get(prefix, 0), int(tail))
    waiting: dict[str | None, list[int]] = {}
    for i in sorted((i for i, code in enumerate(codes) if code is None), key=_order(layer)):
        waiting.setdefault(parent_codes[i], []).append(i)
    for parent, mine in waiting.items():
        prefix = _prefix(level, parent, jurisdiction)
        first = highest.get(prefix, 0) + 1
        if first + len(mine) > 10**digits:
            raise BoundaryError(
                f"{level}: {len(mine)} units under {prefix} do not fit into {digits} digits; "
                "give --parent or --code"
            )
        for number, i in enumerate(mine, first):
            codes[i] = f"{prefix}{number:0{digits}}"
        highest[prefix] = first + len(mine) - 1
    return [code for code in codes if code is not None]


def _prefix(level: str, parent: str | None, jurisdiction: str) -> str:
    if level == "district":
        return jurisdiction[:4]
    start = parent or jurisdiction
    length = WIDTH[level] - 3
    # A parent's code of another kind (a foreign number) is continued as it is.
    standard = start.isdecimal() and len(start) in (6, 9, 12)
    return start.ljust(length, "0") if standard else start


def _order(layer: gpd.GeoDataFrame) -> Callable[[int], tuple[bool, float, float, int]]:
    """Give the sort key of rows: west to east, then north to south; without a border, last."""
    inner = shapely.point_on_surface(np.array(layer.geometry, dtype=object))
    lon, lat = shapely.get_x(inner).tolist(), shapely.get_y(inner).tolist()

    def key(row: int) -> tuple[bool, float, float, int]:
        if np.isnan(lon[row]):
            return True, 0.0, 0.0, row
        return False, lon[row], -lat[row], row

    return key

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

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from appeals.errors import BoundaryError
from grids.boundaries import LEVELS, Boundaries
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
    names = zip(layer["code"], layer["name"], layer["parent"], layer.geometry, strict=True)
    for code, name, parent, shape in names:
        found = boundaries.named(above, parent) if pd.notna(parent) else None
        if found is None and pd.notna(parent):
            several = len(boundaries.all_named(above, parent)) > 1
            what = f"is the name of several units of level {above}" if several else "is not known"
            findings.append(Finding("parent unknown", (name,), f"{above} {parent!r} {what}"))
        if found is None and pd.notna(code):
            found = _by_prefix(code, above, boundaries)
        if found is None and shape is not None:
            found, share = _by_area(shape, above, boundaries)
            if found is not None:
                words = f"taken by area: {share:.0%} of it lies in {boundaries.unit(found).name}"
                findings.append(Finding("parent by area", (name,), words, severity="note"))
        if found is None:
            findings.append(Finding("no parent", (name,), f"lies in no unit of level {above}"))
        parents.append(found)
    return parents, findings


def _by_prefix(code: str, above: str, boundaries: Boundaries) -> int | None:
    for length in range(len(code) - 1, 0, -1):
        for unit in boundaries.coded(code[:length]):
            if boundaries.unit(unit).level == above:
                return unit
    return None


def _by_area(shape: BaseGeometry, above: str, boundaries: Boundaries) -> tuple[int | None, float]:
    layer = boundaries.layers.get(above)
    if layer is None or shape.area == 0:
        return None, 0.0
    near = np.sort(layer.tree.query(shape, predicate="intersects"))
    if not len(near):
        return None, 0.0
    shares = shapely.area(shapely.intersection(layer.shapes[near], shape)) / shape.area
    best = int(np.argmax(shares))  # the first of equals has the lowest code
    if shares[best] == 0:
        return None, 0.0
    return int(boundaries.ids[layer.rows[near[best]]]), float(shares[best])


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
    taken = [*used, *(code for code in codes if code)]
    digits = 2 if level == "district" else 3
    waiting = [i for i, code in enumerate(codes) if code is None]
    for parent in dict.fromkeys(parent_codes[i] for i in waiting):
        prefix = _prefix(level, parent, jurisdiction)
        mine = sorted((i for i in waiting if parent_codes[i] == parent), key=_order(layer))
        numbers = [
            int(code[len(prefix) :])
            for code in taken
            if code.startswith(prefix)
            and len(code) == len(prefix) + digits
            and code[len(prefix) :].isdecimal()
        ]
        number = max(numbers, default=0)
        if number + len(mine) >= 10**digits:
            raise BoundaryError(
                f"{level}: {len(mine)} units under {prefix} do not fit into {digits} digits; "
                "give --parent or --code"
            )
        for i in mine:
            number += 1
            codes[i] = f"{prefix}{number:0{digits}}"
    return [code for code in codes if code is not None]


def _prefix(level: str, parent: str | None, jurisdiction: str) -> str:
    if level == "district":
        return jurisdiction[:4]
    start = parent or jurisdiction
    length = WIDTH[level] - 3
    # A parent's code of another kind (a foreign number) is continued as it is.
    standard = start.isdecimal() and len(start) in (6, 9, 12)
    return start.ljust(length, "0") if standard else start


def _order(layer: gpd.GeoDataFrame) -> "_Order":
    inner = shapely.point_on_surface(np.array(layer.geometry, dtype=object))
    return _Order(shapely.get_x(inner), shapely.get_y(inner))


class _Order:
    """Sort key of rows: west to east, then north to south; units without a border come last."""

    def __init__(self, lon: np.ndarray, lat: np.ndarray) -> None:
        self._lon, self._lat = lon, lat

    def __call__(self, row: int) -> tuple[bool, float, float, int]:
        if np.isnan(self._lon[row]):
            return True, 0.0, 0.0, row
        return False, float(self._lon[row]), -float(self._lat[row]), row

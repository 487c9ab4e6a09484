"""Which unit each unit of a layer lies in.

A parent is the unit of the next coarser level that has units: the one that the parent column
names (by name or code), else the one whose code begins this code, else the one that covers most of
this unit's area, else none.
"""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from grids.boundaries import LEVELS, Boundaries, Shapes
from grids.codes import WIDTH, place_code, rows_of
from grids.findings import Finding


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
    rows = rows_of(layer)
    for row, code, name, parent in zip(
        rows, layer["code"], layer["name"], layer["parent"], strict=True
    ):
        found = boundaries.named(above, parent) if pd.notna(parent) else None
        if found is None and pd.notna(parent):
            several = len(boundaries.all_named(above, parent)) > 1
            kind = "parent ambiguous" if several else "parent unknown"
            findings.append(Finding(kind, (name,), repr(parent), row=row))
        if found is None and pd.notna(code):
            found = _by_prefix(place_code(code), above, boundaries)
        parents.append(found)
    without = [i for i, parent in enumerate(parents) if parent is None]
    shapes, names = np.array(layer.geometry, dtype=object)[without], layer["name"].tolist()
    places = boundaries.units["name"].tolist()
    for i, (found, share) in zip(without, _by_area(shapes, above, boundaries), strict=True):
        parents[i], name = found, names[i]
        if found is None:
            findings.append(Finding("no parent", (name,), above, row=rows[i]))
            continue
        words = f"{places[boundaries.row(found)]} ({share:.0%})"
        findings.append(Finding("parent by area", (name,), words, row=rows[i]))
    return parents, findings


def _by_prefix(code: str, above: str, boundaries: Boundaries) -> int | None:
    column = LEVELS.index(above)
    for length in range(len(code) - 1, 0, -1):
        start = code[:length]
        padded = start.ljust(12, "0") if length == WIDTH[above] else start
        for unit in (*boundaries.coded(start), *boundaries.coded(padded)):
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

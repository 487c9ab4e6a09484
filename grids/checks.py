"""The check report of a boundary layer: what an office should mend, with units and sizes."""

from collections import defaultdict
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.measure import area_m2
from grids.boundaries import Boundaries
from grids.codes import find_parents, level_above
from grids.findings import CheckReport, Finding, make_report

LEAST_M2 = 1.0
"""Overlaps, gaps and parts outside below this are the rounding of coordinates."""

Shapes = NDArray[np.object_]


def check(layer: gpd.GeoDataFrame, level: str, boundaries: Boundaries) -> CheckReport:
    """Check a layer as it was read, before it is taken in.

    Parameters
    ----------
    layer
        Of :func:`grids.read.read_layer`.
    level
        Of :data:`grids.boundaries.LEVELS`.
    boundaries
        The units of the day, among which parents are looked for.
    """
    parents, findings = find_parents(layer, level, boundaries)
    findings = [*layer.attrs.get("findings", ()), *findings]
    return _report(layer, level, parents, boundaries, findings)


def check_units(boundaries: Boundaries) -> list[CheckReport]:
    """Check the units that are stored, one report a level that has any.

    Parameters
    ----------
    boundaries
        The units of the day.
    """
    reports = []
    for level in boundaries.levels:
        layer = boundaries.frame(level)
        parents = [None if pd.isna(one) else int(one) for one in layer["parent_id"]]
        findings = []
        above = level_above(level, boundaries)
        for name, parent, shape in zip(layer["name"], parents, layer.geometry, strict=True):
            if parent is None and above is not None:
                findings.append(Finding("no parent", (name,), f"has no unit of level {above}"))
            if shape is None:
                findings.append(Finding("no shape", (name,), "is known by name only"))
        reports.append(_report(layer, level, parents, boundaries, findings))
    return reports


def _report(
    layer: gpd.GeoDataFrame,
    level: str,
    parents: Sequence[int | None],
    boundaries: Boundaries,
    findings: Sequence[Finding],
) -> CheckReport:
    names = [str(name) for name in layer["name"]]
    shapes = np.array(layer.geometry, dtype=object)
    there = ~shapely.is_missing(shapes)
    known = [name for name, has in zip(names, there, strict=True) if has]
    found = [
        *findings,
        *_twice(layer, parents),
        *_prefixes(layer, parents, boundaries),
        *_overlaps(shapes[there], known),
        *_gaps(shapes[there], known),
        *_outside(shapes, names, parents, boundaries),
    ]
    return make_report(level, len(layer), found)


def _twice(layer: gpd.GeoDataFrame, parents: Sequence[int | None]) -> list[Finding]:
    codes: dict[str, list[str]] = defaultdict(list)
    names: dict[tuple[str, int | None], int] = defaultdict(int)
    for code, name, parent in zip(layer["code"], layer["name"], parents, strict=True):
        if pd.notna(code):
            codes[code].append(name)
        names[name, parent] += 1
    out = [
        Finding("duplicate code", tuple(who), f"all have the code {code}", severity="error")
        for code, who in codes.items()
        if len(who) > 1
    ]
    out += [
        Finding("duplicate name", (name,), f"stands {n} times under one parent")
        for (name, _), n in names.items()
        if n > 1
    ]
    return out


def _prefixes(
    layer: gpd.GeoDataFrame, parents: Sequence[int | None], boundaries: Boundaries
) -> list[Finding]:
    codes, names = (boundaries.units[column].tolist() for column in ("code", "name"))
    out = []
    for code, name, parent in zip(layer["code"], layer["name"], parents, strict=True):
        if parent is None or pd.isna(code):
            continue
        row = boundaries.row(parent)
        if not code.startswith(codes[row]):
            words = f"code {code} does not begin with {codes[row]} of {names[row]}"
            out.append(Finding("code not of parent", (name,), words))
    return out


def _overlaps(shapes: Shapes, names: Sequence[str]) -> list[Finding]:
    """Find the ground that two units of the layer both hold."""
    if not len(shapes):
        return []
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    # Where all edges are shared to the last digit nothing overlaps: the dear step is spared.
    bad = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    asked = (one < other) & (bad[one] | bad[other])
    one, other = one[asked], other[asked]
    both = shapely.intersection(shapes[one], shapes[other])
    sizes = area_m2(both)
    return [
        Finding("overlap", (names[i], names[j]), "both hold the same ground", float(size))
        for i, j, size in zip(one, other, sizes, strict=True)
        if size >= LEAST_M2
    ]


def _gaps(shapes: Shapes, names: Sequence[str]) -> list[Finding]:
    """Find the holes between units of the layer, with the units around each."""
    if not len(shapes):
        return []
    whole = shapely.get_parts(shapely.union_all(shapes))
    rings = shapely.get_rings(whole)
    # Of each polygon the first ring is its outline, the others are holes.
    _, owner = shapely.get_rings(whole, return_index=True)
    inner = np.r_[False, owner[1:] == owner[:-1]]
    if not inner.any():
        return []
    holes = np.asarray(shapely.polygons(rings[inner]), dtype=object)
    sizes = area_m2(holes)
    tree = shapely.STRtree(shapes)
    out = []
    for hole, size in zip(holes, sizes, strict=True):
        if size < LEAST_M2:
            continue
        around = np.sort(tree.query(hole, predicate="dwithin", distance=1e-9))
        who = tuple(names[i] for i in around[:6])
        at = hole.representative_point()
        words = f"belongs to nobody, near {at.x:.5f}, {at.y:.5f}"
        out.append(Finding("gap", who, words, float(size)))
    return out


def _outside(
    shapes: Shapes,
    names: Sequence[str],
    parents: Sequence[int | None],
    boundaries: Boundaries,
) -> list[Finding]:
    """Find the parts of units that lie outside of their parents."""
    geometries = np.array(boundaries.units.geometry, dtype=object)
    rows = [
        (i, boundaries.row(parent))
        for i, parent in enumerate(parents)
        if parent is not None and shapes[i] is not None
    ]
    rows = [(i, row) for i, row in rows if geometries[row] is not None]
    if not rows:
        return []
    own, above = (np.array(column) for column in zip(*rows, strict=True))
    sizes = area_m2(shapely.difference(shapes[own], geometries[above]))
    return [
        Finding(
            "outside parent",
            (names[i],),
            f"lies in part outside of {boundaries.units['name'].iloc[row]}",
            float(size),
        )
        for i, row, size in zip(own, above, sizes, strict=True)
        if size >= LEAST_M2
    ]

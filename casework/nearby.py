"""Neighbouring grids, and cases that may be the same matter: by shape, distance and time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry import mapping

from casework.tasks.store import Near, Task
from geo.cells import cell, cell_polygon
from geo.measure import distance_m
from grids.boundaries import LEVELS, Boundaries

_M_PER_DEG: Final = 111_320.0
_TOUCH_DEG: Final = 30 / _M_PER_DEG  # a road between two grids is often in neither
_SIMPLE_DEG: Final = 2 / _M_PER_DEG
_DIGITS: Final = 6  # 0.1 m
_SIZE: Final = 9  # of cells: how exactly the place of others' cases is told


def box_around(lon: float, lat: float, near_m: float) -> tuple[float, float, float, float]:
    """Give west, south, east, north in degrees of what may be within ``near_m`` of a point.

    Examples
    --------
    >>> [round(one, 4) for one in box_around(104.0, 30.0, 111.32)]
    [103.9988, 29.999, 104.0012, 30.001]
    """
    up = near_m / _M_PER_DEG
    across = up / max(float(np.cos(np.radians(lat))), 0.01)
    return lon - across, lat - up, lon + across, lat + up


def grids_in(units: Boundaries, box: tuple[float, float, float, float]) -> list[int]:
    """Give the ids of the grids that a box of WGS84 degrees touches, none where there are none."""
    if "grid" not in units.layers:
        return []
    layer = units.layers["grid"]
    with layer.asking:
        found = layer.tree.query(shapely.box(*box), predicate="intersects")
    return [int(units.ids[layer.rows[i]]) for i in found]


def search_box(lon: float, lat: float, near_m: float) -> tuple[float, float, float, float]:
    """Give the box that holds what is within ``near_m`` of a point, and the point's own cell."""
    shapes = shapely.box(*box_around(lon, lat, near_m)), cell_polygon(cell(lon, lat, _SIZE))
    both = shapely.union_all(shapes)
    west, south, east, north = both.bounds
    return west, south, east, north


def measured(
    found: Sequence[Near], lon: float, lat: float, near_m: float
) -> list[tuple[Task, float | None]]:
    """Give those within ``near_m`` of a point with their distance in metres, the nearest first.

    Of others' cases those in the point's cell of size 9, without a distance: who moved the point
    until one is there no more would know its place.
    """
    here = cell(lon, lat, _SIZE)
    others: list[tuple[Task, float | None]] = [
        (one.task, None) for one in found if not one.task.own and one.cell == here
    ]
    own = [one for one in found if one.task.own]
    if not own:
        return others
    lons, lats = np.array([one.lon for one in own]), np.array([one.lat for one in own])
    away = distance_m(np.full(len(own), lon), np.full(len(own), lat), lons, lats)
    pairs = [(one.task, float(far)) for one, far in zip(own, away, strict=True) if far <= near_m]
    return [*sorted(pairs, key=lambda pair: pair[1]), *others]


@dataclass(frozen=True, slots=True)
class Grids:
    """Ids of one's own grids and of those that touch them; communities where there are no grids."""

    level: str
    own: tuple[int, ...]
    around: tuple[int, ...]


def grids_of(units: Boundaries, area: Collection[int]) -> Grids:
    """Give the finest units of an area, and those that touch them.

    Examples
    --------
    >>> import pandas as pd
    >>> from grids.boundaries import COLUMNS
    >>> grids_of(Boundaries.build(pd.DataFrame(columns=list(COLUMNS))), [])
    Grids(level='grid', own=(), around=())
    """
    level = next((one for one in reversed(LEVELS) if one in units.layers), "grid")
    if level not in units.layers:
        return Grids(level, (), ())
    layer = units.layers[level]
    ids = units.ids[layer.rows]
    mine = np.flatnonzero(np.isin(ids, np.array(sorted(area), dtype=np.int64)))
    if not len(mine):
        return Grids(level, (), ())
    with layer.asking:
        wide = shapely.buffer(layer.shapes[mine], _TOUCH_DEG)
        touched = np.unique(layer.tree.query(wide, predicate="intersects")[1])
    beside = np.setdiff1d(touched, mine)
    return Grids(level, tuple(int(ids[i]) for i in mine), tuple(int(ids[i]) for i in beside))


def as_features(units: Boundaries, grids: Grids) -> Mapping[str, object]:
    """Give grids as GeoJSON (WGS84, longitude first), simple enough for a phone."""
    own = set(grids.own)
    features = []
    for unit_id in (*grids.own, *grids.around):
        unit, row = units.unit(unit_id), units.row(unit_id)
        above = [units.unit(one) for one in units.ancestors(unit_id)]
        community = next((one.name for one in above if one.level == "community"), "")
        shape = shapely.simplify(units.units.geometry.iloc[row], _SIMPLE_DEG)
        shape = shapely.set_precision(shape, 10**-_DIGITS)
        told = {"code": unit.code, "name": unit.name, "level": unit.level,
                "own": unit_id in own, "community": community}  # fmt: skip
        features.append({"type": "Feature", "geometry": mapping(shape), "properties": told})
    return {"type": "FeatureCollection", "features": features}

"""落图: the units and cells of located appeals, each with its certainty.

Our rules (decision "border rule for placing"):

- A point lies in at most one unit of a level. On a border, or where polygons overlap, it is the one
  with the lowest code, with ``border`` true.
- The finest level is asked first; the levels above follow from the unit's own chain, and only
  where that is silent from their own polygons. A point in no unit of a level is tried at the
  next coarser one.
- A point with a radius is certain at a level only if no border of that level lies within the
  radius, or if a name in its text or columns decides. Else the level stays empty, the units in
  reach are its candidates, and coarser levels are kept where they are certain.
- A pin of the source beats a name that contradicts it; an inferred point is bound by the names.
"""

import json
from collections.abc import Callable, Sequence
from typing import cast

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.cells import EDGE_M, cells
from geo.datums import Floats, in_range
from geo.locate import Located
from grids.boundaries import LEVELS, Boundaries, Ints, Layer, Shapes
from grids.doubt import NO_NAMES, Choice, Names, Reach, decide, decide_by_name, names_of
from grids.rows import missing, records

Flags = NDArray[np.bool_]

# The stubs know one distance only; the function takes as many as there are points.
_within = cast("Callable[[Shapes, Shapes, Floats], Flags]", shapely.dwithin)

UNIT_COLUMNS = tuple(f"{level}_id" for level in LEVELS)
CELL_COLUMNS = tuple(f"cell_{resolution}" for resolution in EDGE_M)
PLACED = ("status", "finest", "how", "border", *UNIT_COLUMNS, "candidates", *CELL_COLUMNS)
"""Columns of a placed frame: those of the table of placements from status to cell_10."""


def place(located: Sequence[Located], boundaries: Boundaries) -> pd.DataFrame:
    """Find the units and cells of appeals that were located.

    Parameters
    ----------
    located
        n results of :func:`geo.locate.locate`.
    boundaries
        The units of the day.

    Returns
    -------
    DataFrame
        n rows in the same order with the columns ``PLACED``. ``status`` is ``placed`` (by its
        finest certain unit, nothing finer in doubt), ``needs_confirm``, ``outside`` (a point in no
        unit) or ``unlocated`` (no point, and no known unit for the level that it names); unit ids
        and cells are ``Int64`` with ``<NA>`` for none; ``candidates`` is a JSON list of unit ids.
    """
    names: dict[tuple[str, ...], Names] = {}
    for one in located:
        if one.named not in names:
            names[one.named] = names_of(one.named, boundaries)
    return _place(
        np.array([np.nan if one.lon is None else one.lon for one in located], np.float64),
        np.array([np.nan if one.lat is None else one.lat for one in located], np.float64),
        np.array([one.radius_m or 0.0 for one in located], np.float64),
        [one.level for one in located],
        [names[one.named] for one in located],
        boundaries,
    )


def place_points(
    lon: Floats, lat: Floats, radius_m: Floats | float, boundaries: Boundaries
) -> pd.DataFrame:
    """Find the units and cells of points.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,).
    radius_m
        Metres within which each point may lie, shape (n,) or one number; 0: taken as declared.
    boundaries
        The units of the day.

    Returns
    -------
    DataFrame
        As of :func:`place`.
    """
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    radius = np.broadcast_to(np.asarray(radius_m, np.float64), lon.shape)
    n = len(lon)
    return _place(lon, lat, radius, ["point"] * n, [NO_NAMES] * n, boundaries)


def _place(
    lon: Floats,
    lat: Floats,
    radius_m: Floats,
    levels: Sequence[str],
    names: Sequence[Names],
    boundaries: Boundaries,
) -> pd.DataFrame:
    n = len(lon)
    pointed = in_range(lon, lat)
    units = np.zeros((n, len(LEVELS)), np.int64)
    border = np.zeros(n, bool)
    how = np.full(n, None, dtype=object)
    status = np.full(n, "unlocated", dtype=object)
    candidates = np.full(n, None, dtype=object)
    strayed = np.zeros(n, bool)

    exact = np.flatnonzero(pointed & (radius_m <= 0))
    units[exact], border[exact] = units_of_points(lon[exact], lat[exact], boundaries)
    inside = exact[units[exact].any(axis=1)]
    how[inside] = "point"
    status[exact], status[inside] = "outside", "placed"

    def settle(row: int, choice: Choice) -> None:
        units[row], how[row], status[row] = choice.units, choice.how, choice.status
        strayed[row] = choice.strayed
        if choice.candidates:
            candidates[row] = json.dumps(list(choice.candidates))

    for row in exact.tolist():
        if names[row].borderless:
            settle(row, decide_by_name(names[row].borderless_only(), levels[row], units[row]))
    wide = np.flatnonzero(pointed & (radius_m > 0))
    reaches = _reaches(lon[wide], lat[wide], radius_m[wide], boundaries)
    for row, reach in zip(wide.tolist(), reaches, strict=True):
        settle(row, decide(reach, names[row], levels[row] == "point", boundaries))
    for row in np.flatnonzero(~pointed).tolist():
        if names[row].known:
            settle(row, decide_by_name(names[row], levels[row], units[row]))

    at_cell = pointed & ~strayed
    columns: dict[str, object] = {
        "status": pd.Series(status, dtype=object),
        "finest": pd.Series(_finest(units), dtype=object),
        "how": pd.Series(how, dtype=object),
        "border": border,
    }
    columns |= {name: _nullable(units[:, i]) for i, name in enumerate(UNIT_COLUMNS)}
    columns["candidates"] = pd.Series(candidates, dtype=object)
    for resolution, edge_m in EDGE_M.items():
        found = cells(lon, lat, resolution)
        found[~at_cell | (radius_m > edge_m)] = 0
        columns[f"cell_{resolution}"] = _nullable(found)
    return pd.DataFrame(columns, columns=list(PLACED))


def placement_rows(
    serials: Sequence[int],
    located: Sequence[Located],
    placed: pd.DataFrame,
    sent_ids: Sequence[int | None],
) -> list[dict[str, object]]:
    """Write n appeals out as rows of the table of placements.

    Coordinates are rounded to 1e-7 degrees (1 cm), so that equal places are equal numbers.

    Parameters
    ----------
    serials, located, placed, sent_ids
        Of the same versions in the same order: serial, what :mod:`geo.locate` found, what
        :func:`place` found, and the unit that each was sent to.
    """
    rows = records(placed[list(PLACED)])
    return [
        {
            "serial": int(serial),
            "level": found.level,
            "lon": None if found.lon is None else round(float(found.lon), 7),
            "lat": None if found.lat is None else round(float(found.lat), 7),
            "radius_m": found.radius_m,
            "confidence": found.confidence,
            "evidence": found.evidence,
            "datum": found.datum,
            "x": found.x,
            "y": found.y,
            "sent_unit_id": sent,
            **{key: None if missing(value) else value for key, value in row.items()},
        }
        for serial, found, row, sent in zip(serials, located, rows, sent_ids, strict=True)
    ]


def units_of_points(lon: Floats, lat: Floats, boundaries: Boundaries) -> tuple[Ints, Flags]:
    """Give the chain of units in which each point lies, and whether a border rule was needed.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,), all on the globe.
    boundaries
        The units of the day.

    Returns
    -------
    units : ndarray of int64
        Unit ids by level of ``LEVELS``, shape (n, 4), 0 for none.
    border : ndarray of bool
        Whether the point touches a border or lies in two polygons of a level, shape (n,).
    """
    units = np.zeros((len(lon), len(LEVELS)), np.int64)
    border = np.zeros(len(lon), bool)
    for column in range(len(LEVELS) - 1, -1, -1):
        layer = boundaries.layers.get(LEVELS[column])
        asked = np.flatnonzero(units[:, column] == 0)
        if layer is None or not len(asked):
            continue
        row, shared = _inside(layer, lon[asked], lat[asked])
        hit = row >= 0
        border[asked] |= shared
        chain = boundaries.above[row[hit]]
        known = units[asked[hit]]
        units[asked[hit]] = np.where(known == 0, chain, known)
    return units, border


def _inside(layer: Layer, lon: Floats, lat: Floats) -> tuple[Ints, Flags]:
    """Give the row of the unit with the lowest code that a point touches (-1: none)."""
    point, shape = layer.tree.query(shapely.points(lon, lat))
    order = np.argsort(shape, kind="stable")  # one prepared polygon after the other
    point, shape = point[order], shape[order]
    touched = shapely.intersects_xy(layer.shapes[shape], lon[point], lat[point])
    point, shape = point[touched], shape[touched]
    inner = shapely.contains_xy(layer.shapes[shape], lon[point], lat[point])
    row = np.full(len(lon), -1, np.int64)
    # Shapes stand in order of code: written backwards, the lowest is written last.
    row[point[::-1]] = layer.rows[shape[::-1]]
    shared = np.bincount(point, minlength=len(lon)) > 1
    shared[point[~inner]] = True
    return row, shared


def _reaches(
    lon: Floats, lat: Floats, radius_m: Floats, boundaries: Boundaries
) -> list[list[Reach | None]]:
    """Give the units of each level (fine to coarse) within the radius of each point."""
    out: list[list[Reach | None]] = [[None] * len(LEVELS) for _ in lon]
    if not len(lon) or not boundaries.layers:
        return out
    x, y = boundaries.to_metres(lon, lat)
    points = np.asarray(shapely.points(x, y), dtype=object)
    boxes = shapely.box(x - radius_m, y - radius_m, x + radius_m, y + radius_m)
    for column, level in enumerate(LEVELS):
        if level not in boundaries.layers:
            continue
        layer = boundaries.flat(level)
        point, shape = layer.tree.query(boxes)
        order = np.argsort(shape, kind="stable")  # one prepared polygon after the other
        point, shape = point[order], shape[order]
        near = _within(layer.shapes[shape], points[point], radius_m[point])
        point, shape = point[near], shape[near]
        order = np.argsort(point, kind="stable")
        point, shape = point[order], shape[order]
        starts = np.searchsorted(point, np.arange(len(lon) + 1))
        alone = np.flatnonzero(np.diff(starts) == 1)
        only = shape[starts[alone]]
        at_edge = _within(layer.edges[only], points[alone], radius_m[alone])
        clear = np.zeros(len(lon), bool)
        clear[alone] = ~at_edge & shapely.intersects(layer.shapes[only], points[alone])
        units = boundaries.ids[layer.rows[shape]]
        for i in np.flatnonzero(np.diff(starts)).tolist():
            mine = units[starts[i] : starts[i + 1]]
            out[i][column] = Reach(tuple(mine.tolist()), bool(clear[i]))
    return out


def _finest(units: Ints) -> NDArray[np.object_]:
    out = np.full(len(units), None, dtype=object)
    for column, level in enumerate(LEVELS):
        out[units[:, column] > 0] = level
    return out


def _nullable(numbers: Ints) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(numbers, numbers == 0)

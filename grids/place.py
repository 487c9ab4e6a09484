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
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.cells import EDGE_M, cells_by_resolution
from geo.datums import Floats, in_range
from geo.locate import Located
from grids.boundaries import LEVELS, Boundaries, Ints, Shapes
from grids.doubt import NO_NAMES, Choice, Names, Reach, decide, decide_by_name, names_of
from grids.inside import Flags, units_of_points
from grids.rows import missing, records

Ints8 = NDArray[np.int8]

# The stubs know one distance only; the function takes as many as there are points.
_within = cast("Callable[[Shapes, Shapes, Floats], Flags]", shapely.dwithin)

UNIT_COLUMNS = tuple(f"{level}_id" for level in LEVELS)
CELL_COLUMNS = tuple(f"cell_{resolution}" for resolution in EDGE_M)
PLACED = ("status", "finest", "how", "border", *UNIT_COLUMNS, "candidates", *CELL_COLUMNS)
"""Columns of a placed frame: those of the table of placements from status to cell_10."""

_STATUS = ("unlocated", "placed", "outside", "needs_confirm")
_HOW = (None, "point", "named")


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
    known: dict[tuple[str, ...], Names] = {}
    for one in located:
        if one.named not in known:
            known[one.named] = names_of(one.named, boundaries)
    draft = _Draft.of_points(
        np.array([np.nan if one.lon is None else one.lon for one in located], np.float64),
        np.array([np.nan if one.lat is None else one.lat for one in located], np.float64),
        np.array([one.radius_m or 0.0 for one in located], np.float64),
        boundaries,
    )
    names = [known[one.named] for one in located]
    for row in np.flatnonzero(draft.pointed & (draft.radius_m <= 0)).tolist():
        if names[row].borderless:
            only = names[row].borderless_only()
            draft.settle(row, decide_by_name(only, located[row].level, draft.units[row]))
    is_pin = [one.level == "point" for one in located]
    _decide_wide(draft, names, is_pin, boundaries)
    for row in np.flatnonzero(~draft.pointed).tolist():
        if names[row].known:
            draft.settle(row, decide_by_name(names[row], located[row].level, draft.units[row]))
    return draft.frame()


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
    draft = _Draft.of_points(lon, lat, radius, boundaries)
    _decide_wide(draft, None, None, boundaries)
    return draft.frame()


@dataclass(frozen=True, slots=True, eq=False)
class _Draft:
    """The placing of n appeals while it is decided, arrays of shape (n,) and (n, 4).

    ``status`` and ``how`` are positions in ``_STATUS`` and ``_HOW``; ``strayed``: a name decided
    for a unit out of the point's reach, so the point has no cell.
    """

    lon: Floats
    lat: Floats
    radius_m: Floats
    pointed: Flags
    units: Ints
    border: Flags
    status: Ints8
    how: Ints8
    strayed: Flags
    candidates: dict[int, str]

    @staticmethod
    def of_points(lon: Floats, lat: Floats, radius_m: Floats, boundaries: Boundaries) -> "_Draft":
        """Decide what exact points decide by themselves."""
        n = len(lon)
        pointed = in_range(lon, lat)
        exact = pointed & (radius_m <= 0)
        if exact.all():
            units, border = units_of_points(lon, lat, boundaries)
        else:
            units, border = np.zeros((n, len(LEVELS)), np.int64), np.zeros(n, bool)
            units[exact], border[exact] = units_of_points(lon[exact], lat[exact], boundaries)
        inside = units.max(axis=1) > 0
        status = np.zeros(n, np.int8)
        status[exact] = _STATUS.index("outside")
        status[inside] = _STATUS.index("placed")
        how = inside.astype(np.int8)
        strayed = np.zeros(n, bool)
        return _Draft(lon, lat, radius_m, pointed, units, border, status, how, strayed, {})

    def settle(self, row: int, choice: Choice) -> None:
        """Write what was chosen for one appeal."""
        self.units[row], self.strayed[row] = choice.units, choice.strayed
        self.status[row], self.how[row] = _STATUS.index(choice.status), _HOW.index(choice.how)
        if choice.candidates:
            self.candidates[row] = json.dumps(list(choice.candidates))

    def frame(self) -> pd.DataFrame:
        """Give the columns ``PLACED``."""
        finest = np.zeros(len(self.lon), np.int8)
        columns: dict[str, object] = {}
        for i, name in enumerate(UNIT_COLUMNS):
            own = np.ascontiguousarray(self.units[:, i])
            finest[own > 0] = i + 1
            columns[name] = _nullable(own)
        columns["status"] = _words(_STATUS, self.status)
        columns["finest"] = _words((None, *LEVELS), finest)
        columns["how"] = _words(_HOW, self.how)
        columns["border"] = self.border
        candidates = np.full(len(self.lon), None, dtype=object)
        for row, text in self.candidates.items():
            candidates[row] = text
        columns["candidates"] = pd.Series(candidates, dtype=object)
        at_cell = self.pointed & ~self.strayed
        for resolution, own in cells_by_resolution(self.lon, self.lat, EDGE_M).items():
            own[~at_cell | (self.radius_m > EDGE_M[resolution])] = 0
            columns[f"cell_{resolution}"] = _nullable(own)
        return pd.DataFrame(columns, columns=list(PLACED), copy=False)


def _words(words: Sequence[str | None], which: Ints8) -> "pd.Series[str]":
    return pd.Series(np.array(words, dtype=object).take(which), dtype=object)


def _decide_wide(
    draft: _Draft,
    names: Sequence[Names] | None,
    is_pin: Sequence[bool] | None,
    boundaries: Boundaries,
) -> None:
    """Decide points with a radius; without names they are pins."""
    wide = np.flatnonzero(draft.pointed & (draft.radius_m > 0))
    reaches = _reaches(draft.lon[wide], draft.lat[wide], draft.radius_m[wide], boundaries)
    for row, reach in zip(wide.tolist(), reaches, strict=True):
        named, pin = names[row] if names else NO_NAMES, is_pin[row] if is_pin else True
        draft.settle(row, decide(reach, named, pin, boundaries))


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


def _nullable(numbers: Ints) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(numbers, numbers == 0)

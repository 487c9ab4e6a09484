"""The units that are valid on one day, with their borders and with who lies in whom."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from threading import Lock

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import Transformer

from appeals.errors import NotFound
from geo.datums import Floats
from geo.locate import NamedUnit
from grids.rasters.raster import Raster

Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]
Chain = tuple[int, int, int, int]

LEVELS = ("district", "street", "community", "grid")
"""From coarse to fine: 区, 街乡镇, 社区（村）, 网格."""

COLUMNS = (
    "unit_id", "level", "code", "name", "parent_id", "valid_from", "valid_to",
    "area_m2", "households", "people", "geometry",
)  # fmt: skip

# What an office adds to or leaves off a place's own name, longest first.
_ENDINGS = re.compile(
    "(街道办事处|地区办事处|社区居民委员会|村民委员会|社区居委会|居民委员会|街道办|办事处|街办"
    "|社区|居委会|村委会|管理区|街道|地区|镇人民政府|乡人民政府|人民政府|镇|乡|村|新区|区|县|市|网格)$"
)


def stem(name: str) -> str:
    """Give the part of a unit's name that all its spellings share.

    Examples
    --------
    >>> stem("学院街道办事处"), stem("学院街办"), stem("三间房地区"), stem("三间房乡")
    ('学院', '学院', '三间房', '三间房')
    """
    text = "".join(name.split())
    return _ENDINGS.sub("", text) or text


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit, apart from its border; ``above`` has the ids of its own chain, one per level."""

    unit_id: int
    level: str
    code: str
    name: str
    parent_id: int | None
    above: Chain


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The units of one level that have a border, in ascending order of code.

    ``rows`` are their positions in the arrays of :class:`Boundaries`, ``shapes`` their WGS84
    polygons (prepared), shape (k,); ``tree`` finds them by bounding box, ``raster`` by squares
    where the layer has one. Shapes are asked by one thread at a time, that holds ``asking``.
    """

    rows: Ints
    shapes: Shapes
    tree: shapely.STRtree
    raster: Raster | None = None
    asking: Lock = field(default_factory=Lock)


@dataclass(frozen=True, slots=True, eq=False)
class FlatLayer:
    """A :class:`Layer` in metres of :meth:`Boundaries.to_metres`, with its borders as lines."""

    rows: Ints
    shapes: Shapes
    edges: Shapes
    tree: shapely.STRtree


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Boundaries:
    """Units valid on one day, sorted by level and code; made by :meth:`build`.

    Attributes
    ----------
    units
        One row a unit with the columns of ``COLUMNS``; WGS84, longitude first.
    ids
        Unit ids in that order, shape (n,).
    above
        Ids of each unit's own chain, one column a level of ``LEVELS``, shape (n, 4); the unit
        itself stands in the column of its level, 0 where nothing is known.
    layers
        The borders of each level that has any.
    levels
        The levels that have units, coarse to fine.
    """

    units: gpd.GeoDataFrame
    ids: Ints
    above: Ints
    layers: Mapping[str, Layer]
    levels: tuple[str, ...]
    _row_of: Mapping[int, int]
    _chains: Sequence[Chain]
    _by_code: Mapping[str, tuple[int, ...]]
    _by_name: Mapping[tuple[str, str], tuple[int, ...]]
    _flat: dict[str, "FlatLayer"] = field(default_factory=dict)

    @staticmethod
    def build(units: pd.DataFrame) -> "Boundaries":
        """Make the units of one day ready for questions.

        Parameters
        ----------
        units
            The columns of ``COLUMNS``; ``geometry`` holds shapely polygons in WGS84 or ``None``.

        Examples
        --------
        >>> Boundaries.build(pd.DataFrame(columns=list(COLUMNS))).levels
        ()
        """
        keys = [
            (LEVELS.index(at), code) for at, code in zip(units["level"], units["code"], strict=True)
        ]
        order = sorted(range(len(keys)), key=keys.__getitem__)
        frame = gpd.GeoDataFrame(units.iloc[order].reset_index(drop=True), crs="EPSG:4326")
        ids = frame["unit_id"].to_numpy(np.int64)
        parents = frame["parent_id"].fillna(0).to_numpy(np.int64)
        levels = frame["level"].tolist()
        row_of = {int(unit): i for i, unit in enumerate(ids)}
        above = np.zeros((len(ids), len(LEVELS)), np.int64)
        for i, level in enumerate(levels):  # coarse first: a parent's chain is ready
            if parents[i] in row_of:
                above[i] = above[row_of[int(parents[i])]]
            above[i, LEVELS.index(level)] = ids[i]
        by_code: dict[str, tuple[int, ...]] = {}
        by_name: dict[tuple[str, str], tuple[int, ...]] = {}
        for i, (level, code, name) in enumerate(
            zip(levels, frame["code"], frame["name"], strict=True)
        ):
            by_code[code] = (*by_code.get(code, ()), i)
            for key in {name, "~" + stem(name)}:
                by_name[level, key] = (*by_name.get((level, key), ()), i)
        shapes = np.array(frame.geometry.to_numpy(), dtype=np.object_)
        layers = {}
        for level in LEVELS:
            rows = np.flatnonzero(
                (frame["level"] == level).to_numpy() & ~(shapely.is_missing(shapes))
            )
            if len(rows):
                own = shapes[rows]
                shapely.prepare(own)
                layers[level] = Layer(rows, own, shapely.STRtree(own))
        there = tuple(level for level in LEVELS if level in set(levels))
        chains = [(a, b, c, d) for a, b, c, d in above.tolist()]
        return Boundaries(frame, ids, above, layers, there, row_of, chains, by_code, by_name)

    def __len__(self) -> int:
        return len(self.ids)

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._row_of

    def row(self, unit_id: int) -> int:
        """Tell the position of a unit in the arrays.

        Raises
        ------
        NotFound
            No such unit is valid on this day.
        """
        try:
            return self._row_of[int(unit_id)]
        except KeyError:
            raise NotFound(f"unit {unit_id} is not valid on this day") from None

    def chain(self, unit_id: int) -> Chain:
        """Give the ids of a unit's own chain, one per level of ``LEVELS``, 0 where none is known.

        Raises
        ------
        NotFound
            No such unit is valid on this day.
        """
        return self._chains[self.row(unit_id)]

    def unit(self, unit_id: int) -> Unit:
        """Give one unit.

        Raises
        ------
        NotFound
            No such unit is valid on this day.
        """
        row = self.row(unit_id)
        one = self.units.iloc[row]
        parent = None if pd.isna(one["parent_id"]) else int(one["parent_id"])
        chain = self._chains[row]
        return Unit(int(unit_id), one["level"], one["code"], one["name"], parent, chain)

    def ancestors(self, unit_id: int) -> tuple[int, ...]:
        """Give the ids of the units above a unit, the nearest first, without itself."""
        return tuple(one for one in self.chain(unit_id)[::-1] if one not in (0, unit_id))

    def coded(self, code: str) -> tuple[int, ...]:
        """Give the ids of the units with this code, coarse to fine (a code is unique per level)."""
        return tuple(int(self.ids[row]) for row in self._by_code.get(code, ()))

    def all_named(self, level: str, name: str, parent: int | None = None) -> tuple[int, ...]:
        """Give the ids of all units of a level that this name may mean, in order of code.

        The name as it stands goes before its :func:`stem` (学院街办 for 学院街道); a code is
        taken, too.

        Parameters
        ----------
        level
            Of ``LEVELS``.
        name
            Name or code.
        parent
            Id of a unit of any coarser level in whose chain the unit must stand.
        """
        column = LEVELS.index(level)
        codes = [r for r in self._by_code.get(name, ()) if self.above[r, column] == self.ids[r]]
        for rows in (
            codes,
            self._by_name.get((level, "".join(name.split())), ()),
            self._by_name.get((level, "~" + stem(name)), ()),
        ):
            found = [r for r in rows if parent is None or parent in self.above[r]]
            if found:
                return tuple(int(self.ids[row]) for row in found)
        return ()

    def named(self, level: str, name: str, parent: int | None = None) -> int | None:
        """Give the id of the one unit that this name means, ``None`` for none or several.

        Parameters are those of :meth:`all_named`.
        """
        found = self.all_named(level, name, parent)
        return found[0] if len(found) == 1 else None

    def named_units(self) -> list[NamedUnit]:
        """List districts, streets and communities for the search in texts, in order of code."""
        codes = dict(zip(self.ids.tolist(), self.units["code"], strict=True))
        codes_above = [
            codes.get(next((int(u) for u in chain[::-1] if u not in (0, unit)), 0))
            for chain, unit in zip(self.above, self.ids, strict=True)
        ]
        return [
            NamedUnit(level, code, name, parent)
            for level, code, name, parent in zip(
                self.units["level"],
                self.units["code"],
                self.units["name"],
                codes_above,
                strict=True,
            )
            if level != "grid"
        ]

    def frame(self, level: str) -> gpd.GeoDataFrame:
        """Give the units of one level with the columns of ``COLUMNS``, in order of code."""
        return self.units[self.units["level"] == level].reset_index(drop=True)

    # --- metres ----------------------------------------------------------------------------------

    def flat(self, level: str) -> "FlatLayer":
        """Give the layer of a level in metres of :meth:`to_metres`; made at the first call."""
        if level not in self._flat:
            layer = self.layers[level]
            shapes = shapely.transform(
                layer.shapes, lambda points: np.column_stack(self.to_metres(*points.T))
            )
            edges = np.asarray(shapely.boundary(shapes), dtype=object)
            shapely.prepare(shapes)
            shapely.prepare(edges)
            self._flat[level] = FlatLayer(layer.rows, shapes, edges, shapely.STRtree(shapes))
        return self._flat[level]

    def to_metres(self, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
        """Project WGS84 degrees to metres east and north of the middle of all units.

        A transverse Mercator on the middle meridian: within 1e-4 of the true length up to 90 km
        from it, 1e-3 up to 285 km.
        """
        west, south, east, north = self.units.total_bounds
        project = _projection(round((west + east) / 2, 2), round((south + north) / 2, 2))
        x, y = project.transform(lon, lat)
        return np.asarray(x), np.asarray(y)

    def distances_m(self, lon: float, lat: float, unit_ids: Sequence[int]) -> list[float | None]:
        """Measure from a WGS84 point to each unit, 0 inside; ``None`` for a unit without border."""
        x, y = self.to_metres(np.array([lon]), np.array([lat]))
        point = shapely.Point(x[0], y[0])
        out: list[float | None] = []
        for unit in unit_ids:
            layer = (
                self.flat(self.unit(unit).level) if self.unit(unit).level in self.layers else None
            )
            at = np.flatnonzero(layer.rows == self.row(unit)) if layer is not None else np.array([])
            out.append(
                float(shapely.distance(point, layer.shapes[at[0]]))
                if layer is not None and len(at)
                else None
            )
        return out


@cache
def _projection(lon: float, lat: float) -> Transformer:
    crs = f"+proj=tmerc +lon_0={lon} +lat_0={lat} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m"
    return Transformer.from_crs("EPSG:4326", crs, always_xy=True)


def on_day(units: pd.DataFrame, day: date) -> pd.DataFrame:
    """Keep the units that hold on a day: ``valid_from`` is the first, ``valid_to`` no more."""
    begun = np.array([first <= day for first in units["valid_from"]], dtype=bool)
    ended = np.array([pd.notna(last) and last <= day for last in units["valid_to"]], dtype=bool)
    return pd.DataFrame(units.loc[begun & ~ended])

"""The ways to place points: the product's, and what a user would write with geopandas and h3."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import geopandas as gpd
import h3
import numpy as np
import pandas as pd
import shapely

from benchmarks.place.city import City, Ints, Shapes
from geo.datums import Floats
from grids.boundaries import LEVELS, Boundaries
from grids.place import place_points

RESOLUTIONS = (8, 9, 10)
Way = Callable[[Floats, Floats], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Joins:
    """Layers as a user has them: one frame a level, coarse to fine, each unit with those above."""

    frames: Sequence[gpd.GeoDataFrame]

    @staticmethod
    def of(city: City) -> "Joins":
        """Make the frames, with geometries that nobody else has prepared."""
        frames: list[gpd.GeoDataFrame] = []
        above: dict[str, Ints] = {}
        for level, shapes, parents in zip(LEVELS, city.shapes, (None, *city.parents), strict=True):
            if parents is not None:
                above = {name: column[parents] for name, column in above.items()}
            above[level] = np.arange(len(shapes))
            own = shapely.from_wkb(shapely.to_wkb(shapes))
            frames.append(gpd.GeoDataFrame(above, geometry=own, crs="EPSG:4326"))
        return Joins(frames)

    def leaf(self, lon: Floats, lat: Floats) -> pd.DataFrame:
        """Join with the finest level, take its table for the parents, ask h3 in a loop.

        Parameters are WGS84 degrees of shape (n,).
        """
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
        joined = gpd.sjoin(points, self.frames[-1], how="left", predicate="within")
        return _with_cells(joined, lon, lat)

    def every_level(self, lon: Floats, lat: Floats) -> pd.DataFrame:
        """Join with each level, ask h3 in a loop.

        Parameters are WGS84 degrees of shape (n,).
        """
        points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat), crs="EPSG:4326")
        out = pd.DataFrame()
        for level, frame in zip(LEVELS, self.frames, strict=True):
            joined = gpd.sjoin(points, frame[[level, "geometry"]], how="left", predicate="within")
            out[level] = joined[level]
        return _with_cells(out, lon, lat)


def _with_cells(frame: pd.DataFrame, lon: Floats, lat: Floats) -> pd.DataFrame:
    for resolution in RESOLUTIONS:
        frame[f"h3_{resolution}"] = [
            h3.latlng_to_cell(y, x, resolution)
            for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
        ]
    return frame


def of_product(boundaries: Boundaries) -> Way:
    """Give the product's way, from arrays to a frame of ``grids.place.PLACED``."""
    return lambda lon, lat: place_points(lon, lat, 0.0, boundaries)


def in_threads(way: Way, pool: Executor, chunks: int) -> Way:
    """Give the same way over chunks of the points in the threads of a pool."""

    def run(lon: Floats, lat: Floats) -> pd.DataFrame:
        parts = pool.map(way, np.array_split(lon, chunks), np.array_split(lat, chunks))
        return pd.concat(list(parts), ignore_index=True)

    return run


def boundaries_of(city: City) -> Boundaries:
    """Make the product's units of the city; unit ids go on from level to level."""
    rows = []
    first = 1
    above = 0
    for level, shapes, parents in zip(LEVELS, city.shapes, (None, *city.parents), strict=True):
        n = len(shapes)
        parent = [None] * n if parents is None else (above + parents).tolist()
        rows.append(
            pd.DataFrame(
                {
                    "unit_id": np.arange(first, first + n), "level": level,
                    "code": [f"{i:06}" for i in range(n)], "name": [f"{i}" for i in range(n)],
                    "parent_id": pd.array(parent, dtype="Int64"), "valid_from": None,
                    "valid_to": None, "area_m2": 1.0, "households": 0, "people": 0,
                    "geometry": shapes,
                }
            )
        )  # fmt: skip
        above, first = first, first + n
    return Boundaries.build(pd.concat(rows, ignore_index=True))


def exact(city: City, lon: Floats, lat: Floats) -> pd.DataFrame:
    """Place by the written rule and nothing else: every polygon that covers a point is found.

    The unit is the one with the lowest code; a border is where there are two, or where the point
    lies in the one but not in its inside. Units above are those of the table.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,).
    """
    grids: Shapes = shapely.from_wkb(shapely.to_wkb(city.shapes[-1]))
    points: Shapes = np.asarray(shapely.points(lon, lat), dtype=object)
    point, grid = shapely.STRtree(grids).query(points, predicate="intersects")
    unit = np.full(len(lon), len(grids))
    np.minimum.at(unit, point, grid)
    count = np.bincount(point, minlength=len(lon))
    inner = shapely.contains(grids[grid], points[point])
    out = pd.DataFrame({"border": count > 1})
    out.loc[point[~inner], "border"] = True
    first = sum(len(shapes) for shapes in city.shapes[:-1]) + 1
    has = unit < len(grids)
    for column, level in reversed(list(enumerate(LEVELS))):
        out[f"{level}_id"] = np.where(has, first + unit, 0)
        if column:
            unit = np.append(city.parents[column - 1], 0)[np.where(has, unit, -1)]
            first -= len(city.shapes[column - 1])
    for resolution in RESOLUTIONS:
        out[f"cell_{resolution}"] = [
            h3.str_to_int(h3.latlng_to_cell(y, x, resolution))
            for x, y in zip(lon.tolist(), lat.tolist(), strict=True)
        ]
    return out

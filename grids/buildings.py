"""Buildings and roads from files, for the making of grids."""

from pathlib import Path

import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from appeals.errors import BoundaryError, InputError
from geo.datums import check_datum, to_wgs84
from grids.divide import Buildings
from grids.read import HOUSEHOLDS, NAMES, TABLES, find_column, read_table
from grids.vectors import read_vector

_LON = ("lon", "lng", "longitude", "经度", "x")
_LAT = ("lat", "latitude", "纬度", "y")


def read_buildings(path: Path, datum: str | None) -> Buildings:
    """Read buildings or door plates, points or polygons, with their households where they have any.

    Parameters
    ----------
    path
        A layer of shapes, or a CSV or XLSX with columns of longitude and latitude.
    datum
        Of the coordinates, as of :func:`grids.read.read_layer`.

    Raises
    ------
    InputError
        The file cannot be read, its coordinates are not found, or its datum is not declared.
    """
    if path.suffix.lower() in TABLES:
        if datum is None:
            raise InputError(f"{path.name}: the datum is not declared; give --datum")
        table, _ = read_table(path, None)
        x, y = (_numbers(table, usual, path.name) for usual in (_LON, _LAT))
        points = np.column_stack(to_wgs84(x, y, check_datum(datum)))
    else:
        table, shapes, _ = read_vector(path, datum)
        points = np.full((len(shapes), 2), np.nan)
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        points[there] = shapely.get_coordinates(shapely.point_on_surface(shapes[there]))
    column = find_column(table, HOUSEHOLDS)
    one = np.ones(len(table)) if column is None else pd.to_numeric(column, errors="coerce")
    households = np.nan_to_num(np.asarray(one, np.float64)).clip(min=0.0)
    known = ~np.isnan(points).any(axis=1)
    return Buildings(points[known], households[known], counted=column is not None)


def _numbers(table: pd.DataFrame, usual: tuple[str, ...], file: str) -> np.ndarray:
    column = find_column(table, usual)
    if column is None:
        raise InputError(f"{file}: no column of {usual[0]}; there are: {', '.join(table.columns)}")
    return np.asarray(pd.to_numeric(column, errors="coerce"), np.float64)


def read_lines(path: Path, datum: str | None) -> list[BaseGeometry]:
    """Read roads, the pieces of one name as one line.

    Parameters
    ----------
    path, datum
        As of :func:`grids.read.read_layer`.

    Raises
    ------
    BoundaryError
        There are no lines in the file.
    """
    table, shapes, _ = read_vector(path, datum)
    lines = np.array([one is not None and one.geom_type.endswith("LineString") for one in shapes])
    if not lines.any():
        raise BoundaryError(f"{path.name}: there are no lines in it")
    column = find_column(table, NAMES)
    names = pd.Series([None] * len(table), dtype=object) if column is None else column
    own = pd.Series([f"#{i}" for i in range(len(table))])  # a line without a name is its own
    groups = names.where(names.notna() & (names.astype(str) != ""), own).astype(str).to_numpy()
    return [
        shapely.union_all(shapes[lines & (groups == name)]) for name in pd.unique(groups[lines])
    ]

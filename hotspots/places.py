"""The places of a hot-spot table: units of one level, or cells."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from geo.cells import cell_name, cell_polygon, cells_of_polygon, disk
from geo.measure import area_m2

PLACE_COLUMNS: Final = ("area", "code", "name", "households", "area_m2")


def unit_places(units: pd.DataFrame, level: str) -> pd.DataFrame:
    """Give the units of one level as places.

    Parameters
    ----------
    units
        ``grids.boundaries.Boundaries.units``: unit_id, level, code, name, households, area_m2,
        geometry.
    level
        ``district``, ``street``, ``community`` or ``grid``.

    Returns
    -------
    DataFrame
        Columns of ``PLACE_COLUMNS`` (households NaN where unknown, area in square metres), and
        geometry.
    """
    of_level = units[units["level"] == level].rename(columns={"unit_id": "area"})
    of_level = of_level.assign(
        households=pd.to_numeric(of_level["households"]).astype(np.float64),
        area_m2=pd.to_numeric(of_level["area_m2"]).astype(np.float64),
    )
    return of_level[[*PLACE_COLUMNS, "geometry"]].reset_index(drop=True)


def cell_places(cells: Iterable[int]) -> pd.DataFrame:
    """Give H3 cells as places; their name stays empty, their households unknown.

    Parameters
    ----------
    cells
        Cells of one resolution: those of the study area and all that hold appeals, so that a cell
        at the edge is not lost.

    Returns
    -------
    DataFrame
        Columns of ``PLACE_COLUMNS``, in ascending order of the cell's number.
    """
    ids = sorted({int(cell) for cell in cells} - {0})
    shapes = np.array([cell_polygon(cell) for cell in ids], dtype=np.object_)
    return pd.DataFrame(
        {
            "area": np.array(ids, dtype=np.int64),
            "code": [cell_name(cell) for cell in ids],
            "name": [""] * len(ids),
            "households": np.full(len(ids), np.nan),
            "area_m2": area_m2(shapes) if ids else np.zeros(0),
        }
    )


def study_cells(units: pd.DataFrame, resolution: int) -> set[int]:
    """Give the cells whose centre lies in one of the shapes.

    Parameters
    ----------
    units
        Column geometry: WGS84 polygons or None.
    resolution
        H3 resolution.
    """
    found: set[int] = set()
    for shape in units["geometry"].dropna():
        found.update(cells_of_polygon(shape, resolution)[0])
    return found


def ring(cell: int) -> list[int]:
    """Give the cells that touch a cell, for the focus layer."""
    return [other for other in disk(cell, 1) if other != cell]

"""H3 cells as the places of a hot-spot table; units come from their boundaries as they are."""

from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from geo.cells import cell_name, cell_polygon, disk
from geo.measure import area_m2

PLACE_COLUMNS: Final = ("area", "code", "name", "households", "area_m2")


def cell_places(cells: Iterable[int]) -> pd.DataFrame:
    """Give H3 cells as places; their name stays empty, their households unknown.

    Parameters
    ----------
    cells
        Cells of one resolution, those that hold appeals; 0 (no cell) is passed over.

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


def ring(cell: int) -> list[int]:
    """Give the cells that touch a cell, for the focus layer."""
    return [other for other in disk(cell, 1) if other != cell]

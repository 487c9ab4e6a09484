"""H3 cells of points.

The range of a position is checked before h3 sees it: the library takes a latitude of 116 degrees
and gives a valid cell somewhere else. A cell is a signed 64-bit integer in arrays and in the
database (an index fits), 0 where there is none, and its hexadecimal text for people.
"""

from collections.abc import Collection
from typing import cast

import h3.api.basic_int as h3
import numpy as np
from shapely import Polygon

from appeals.errors import InputError
from geo.datums import Floats, in_range, range_fault
from geo.lattice import RESOLUTIONS, Cells, cells_of_many, each_cell

# Average edge in metres: a point gets a cell only where its radius is at most this.
EDGE_M = {8: 531, 9: 201, 10: 76}

# From so many positions on, the lattice costs less than asking h3 for each.
_MANY = 1_000


def cell(lon: float, lat: float, resolution: int) -> int:
    """Tell the cell of one WGS84 position in degrees.

    Raises
    ------
    InputError
        The position is not on the globe; the message says which number.

    Examples
    --------
    >>> cell_name(cell(116.4075, 39.9045, 9))
    '8931aa42827ffff'
    """
    fault = range_fault(lon, lat)
    if fault is not None:
        raise InputError(fault)
    return cast(int, h3.latlng_to_cell(lat, lon, resolution))


def cells(lon: Floats, lat: Floats, resolution: int) -> Cells:
    """Tell the cell of each position.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,).
    resolution
        H3 resolution, 0 to 15.

    Returns
    -------
    ndarray of int64
        Shape (n,); 0 where a position is NaN or not on the globe.

    Examples
    --------
    Swapped numbers get no cell:

    >>> cells(np.array([39.9045, np.nan]), np.array([116.4075, 39.9]), 9).tolist()
    [0, 0]
    """
    return cells_by_resolution(lon, lat, [resolution])[resolution]


def cells_by_resolution(lon: Floats, lat: Floats, resolutions: Collection[int]) -> dict[int, Cells]:
    """Tell the cells of each position at several resolutions, as :func:`cells` does at one.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,).
    resolutions
        H3 resolutions, 0 to 15.
    """
    lon = np.asarray(lon, dtype=np.float64)
    lat = np.asarray(lat, dtype=np.float64)
    good = in_range(lon, lat)
    all_good = bool(good.all())
    if not all_good:
        lon, lat = lon[good], lat[good]
    found: dict[int, Cells] = {}
    many = [one for one in resolutions if one in RESOLUTIONS and len(lon) >= _MANY]
    if many:
        found = dict(zip(many, cells_of_many(lon, lat, many), strict=True))
    for one in set(resolutions) - found.keys():
        found[one] = each_cell(lon, lat, one)
    if not all_good:
        for one, own in found.items():
            found[one] = np.zeros(good.shape, np.int64)
            found[one][good] = own
    return found


def cell_name(cell: int) -> str:
    """Write a cell as h3's hexadecimal text."""
    return cast(str, h3.int_to_str(cell))


def cell_polygon(cell: int) -> Polygon:
    """Draw a cell as a WGS84 polygon, longitude first."""
    return Polygon([(lon, lat) for lat, lon in h3.cell_to_boundary(cell)])


def cell_point(cell: int) -> tuple[float, float]:
    """Tell the centre of a cell: WGS84 longitude, latitude in degrees."""
    lat, lon = h3.cell_to_latlng(cell)
    return lon, lat


def disk(cell: int, k: int) -> list[int]:
    """List the cells within ``k`` steps of a cell, itself among them, in ascending order."""
    return sorted(h3.grid_disk(cell, k))

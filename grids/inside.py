"""Which unit of a level a point touches: by the raster where it is sure, else by the polygons."""

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datums import Floats
from grids.boundaries import LEVELS, Boundaries, Ints, Layer

Flags = NDArray[np.bool_]

# Fewer points do not pay for a look into the squares.
_FEW = 64


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
        shape, shared = touched(layer, lon[asked], lat[asked])
        border[asked[shared]] = True
        hit = np.flatnonzero(shape >= 0)
        rows = asked[hit]
        chain = boundaries.above.take(layer.rows.take(shape[hit]), axis=0)
        known = units.take(rows, axis=0)
        units[rows] = np.where(known == 0, chain, known)
    return units, border


def touched(layer: Layer, lon: Floats, lat: Floats) -> tuple[Ints, Flags]:
    """Give the first shape of a layer that each point touches (-1: none), and if a rule chose it.

    Parameters
    ----------
    layer
        Borders of one level, in order of code.
    lon, lat
        WGS84 degrees, shape (n,), all on the globe.

    Returns
    -------
    shape : ndarray of int64
        Positions in the layer, shape (n,).
    shared : ndarray of bool
        Whether the point lies on a border or in several shapes, shape (n,).
    """
    found = np.full(len(lon), -1, np.int64)
    shared = np.zeros(len(lon), bool)
    if layer.raster is None or len(lon) < _FEW:
        point, shape = layer.tree.query(shapely.points(lon, lat))
    else:
        answers = layer.raster.answers(lon, lat)
        sure = answers <= len(layer.shapes)
        found = answers.astype(np.int64) - 1
        asked = np.flatnonzero(~sure)
        found[asked] = -1
        point, shape = layer.raster.pairs(answers.take(asked))
        point = asked.take(point)
    order = np.argsort(shape, kind="stable")  # one prepared polygon after the other
    point, shape = point[order], shape[order]
    # A prepared polygon makes its index when it is first asked: not by two threads at once.
    with layer.asking:
        touches = shapely.intersects_xy(layer.shapes[shape], lon[point], lat[point])
        point, shape = point[touches], shape[touches]
        inner = shapely.contains_xy(layer.shapes[shape], lon[point], lat[point])
    # Shapes stand in order of code: written backwards, the lowest is written last.
    found[point[::-1]] = shape[::-1]
    shared |= np.bincount(point, minlength=len(lon)) > 1
    shared[point[~inner]] = True
    return found, shared

"""Metres and square metres of WGS84 shapes."""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.geometry.base import BaseGeometry

from geo.datums import Floats

_GEOD = Geod(ellps="WGS84")
_EQUAL_AREA = Transformer.from_crs("EPSG:4326", "EPSG:6933", always_xy=True)


def area_m2(geometries: Sequence[BaseGeometry] | NDArray[np.object_]) -> Floats:
    """Measure areas in a cylindrical equal-area projection (EPSG:6933) of the WGS84 ellipsoid.

    Parameters
    ----------
    geometries
        WGS84 shapes, longitude first, shape (n,); ``None`` counts as nothing.

    Returns
    -------
    ndarray of float
        Square metres, shape (n,); points and lines have 0, ``None`` has 0.

    Examples
    --------
    A hundredth of a degree at 40 degrees north:

    >>> int(area_m2([shapely.box(116.0, 40.0, 116.01, 40.01)])[0])
    948099
    """
    shapes = np.asarray(geometries, dtype=np.object_)
    flat = shapely.transform(
        shapes, lambda points: np.column_stack(_EQUAL_AREA.transform(points[:, 0], points[:, 1]))
    )
    return np.nan_to_num(shapely.area(flat))


def width_m(geometries: Sequence[BaseGeometry] | NDArray[np.object_]) -> Floats:
    """Measure how wide polygons are on average: twice the area over the length of the border.

    Parameters
    ----------
    geometries
        WGS84 polygons, longitude first, shape (n,).

    Returns
    -------
    ndarray of float
        Metres, shape (n,).

    Examples
    --------
    A strip of 5 m by 20 km:

    >>> round(float(width_m([shapely.box(116.3, 39.9, 116.3 + 20_000 / 85_393, 39.900045)])[0]), 1)
    5.0
    """
    shapes = np.asarray(geometries, dtype=np.object_)
    length = [_GEOD.geometry_area_perimeter(shape)[1] for shape in shapes]
    return np.asarray(2 * area_m2(shapes) / np.array(length, np.float64))


def distance_m(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Measure geodesic distances on the WGS84 ellipsoid.

    Parameters
    ----------
    lon1, lat1, lon2, lat2
        WGS84 degrees, shapes that broadcast together.

    Returns
    -------
    ndarray of float
        Metres; NaN where a number is NaN.

    Examples
    --------
    >>> east, south, north = np.array([116.0]), np.array([40.0]), np.array([40.01])
    >>> int(distance_m(east, south, east, north)[0])
    1110
    """
    a, b, c, d = np.broadcast_arrays(
        *(np.asarray(v, dtype=np.float64) for v in (lon1, lat1, lon2, lat2))
    )
    return np.asarray(_GEOD.inv(a, b, c, d)[2], dtype=np.float64)

"""Coordinates of any declared datum become WGS84 longitude and latitude, and back.

The shifts between WGS84, GCJ-02 (高德 and 腾讯 maps) and BD-09 (百度 maps) are
the publicly known formulas, not an official specification. CGCS2000 is taken as WGS84: the two
differ by centimetres. A datum is declared by the source, never guessed from the numbers.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from appeals.declared import NAMED, declared_datum

if TYPE_CHECKING:
    from pyproj import Transformer

Floats = NDArray[np.float64]

# Krasovsky's ellipsoid, on which the GCJ-02 formula stands.
_A_M = 6378245.0
_EE = 0.00669342162296594323
# Outside of this box (degrees) the national maps do not shift.
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
_BD_K = np.pi * 3000.0 / 180.0
# Four passes reach 1e-9 degrees everywhere in China; the fifth is a reserve.
_PASSES = 5


def check_datum(name: str) -> str:
    """Tell the canonical name of a datum, or refuse it.

    Parameters
    ----------
    name
        ``wgs84``, ``cgcs2000``, ``gcj02``, ``bd09`` (case, dash and space are free), ``EPSG:n``,
        ``EPSG:n +towgs84=…`` or a PROJ string.

    Raises
    ------
    InputError
        The name is unknown, the system is not horizontal, or its shift to WGS84 is not public
        (Beijing 1954, Xi'an 1980) and not given.

    Examples
    --------
    >>> check_datum("GCJ-02"), check_datum("epsg:4548")
    ('gcj02', 'EPSG:4548')
    """
    datum = declared_datum(name)
    if datum not in NAMED:
        _way(datum)
    return datum


def to_wgs84(x: Floats, y: Floats, datum: str) -> tuple[Floats, Floats]:
    """Bring positions of a declared datum to WGS84.

    Parameters
    ----------
    x, y
        East or longitude, north or latitude, in the unit of the datum (degrees or metres),
        shape (n,).
    datum
        As for :func:`check_datum`.

    Returns
    -------
    lon, lat
        WGS84 degrees, shape (n,); NaN where a number was NaN or has no image.

    Raises
    ------
    InputError
        The datum is refused.

    Examples
    --------
    >>> lon, lat = to_wgs84(np.array([448472.1]), np.array([4419567.942]), "EPSG:4548")
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (116.397389, 39.908722)
    """
    name = check_datum(datum)
    x = np.asarray(x, dtype=np.float64)
    y = np.asarray(y, dtype=np.float64)
    if name in ("wgs84", "cgcs2000"):
        return x.copy(), y.copy()
    if name == "gcj02":
        return wgs84_from_gcj02(x, y)
    if name == "bd09":
        return wgs84_from_bd09(x, y)
    lon, lat = _way(name).transform(x, y)
    lost = ~(np.isfinite(lon) & np.isfinite(lat))
    return np.where(lost, np.nan, lon), np.where(lost, np.nan, lat)


def from_wgs84(lon: Floats, lat: Floats, datum: str) -> tuple[Floats, Floats]:
    """Write WGS84 positions in a datum: the inverse of :func:`to_wgs84`.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,).
    datum
        As for :func:`check_datum`.

    Returns
    -------
    x, y
        In the unit of the datum, shape (n,); NaN where there is no image.

    Raises
    ------
    InputError
        The datum is refused.

    Examples
    --------
    >>> x, y = from_wgs84(np.array([116.397389]), np.array([39.908722]), "EPSG:4527")
    >>> x.round(3).tolist(), y.round(3).tolist()
    ([39448472.1], [4419567.942])
    """
    name = check_datum(datum)
    lon = np.asarray(lon, dtype=np.float64)
    lat = np.asarray(lat, dtype=np.float64)
    if name in ("wgs84", "cgcs2000"):
        return lon.copy(), lat.copy()
    if name == "gcj02":
        return gcj02_from_wgs84(lon, lat)
    if name == "bd09":
        return bd09_from_wgs84(lon, lat)
    x, y = _way(name).transform(lon, lat, direction="INVERSE")
    lost = ~(np.isfinite(x) & np.isfinite(y))
    return np.where(lost, np.nan, x), np.where(lost, np.nan, y)


def gcj02_from_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS84 positions to GCJ-02; outside of China's box they stay.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,).

    Returns
    -------
    lon, lat
        GCJ-02 degrees, shape (n,); NaN stays NaN.

    Examples
    --------
    >>> lon, lat = gcj02_from_wgs84(np.array([116.397389, 2.35]), np.array([39.908722, 48.85]))
    >>> lon.round(6).tolist(), lat.round(6).tolist()
    ([116.403633, 2.35], [39.910125, 48.85])
    """
    d_lon, d_lat = _gcj_shift(lon, lat)
    inside = _in_china(lon, lat)
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def wgs84_from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift GCJ-02 positions back to WGS84.

    The shift has no closed inverse; five fixed-point passes leave less than 1e-9 degrees.

    Parameters
    ----------
    lon, lat
        GCJ-02 degrees, shape (n,).

    Returns
    -------
    lon, lat
        WGS84 degrees, shape (n,); NaN stays NaN, outside of China's box nothing moves.

    Examples
    --------
    >>> lon, lat = wgs84_from_gcj02(np.array([116.3975]), np.array([39.906846]))
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (116.391259, 39.905445)
    """
    # What is not on the globe stays as it is, and passes would only carry it further away.
    sane = in_range(lon, lat)
    wgs_lon, wgs_lat = np.where(sane, lon, np.nan), np.where(sane, lat, np.nan)
    for _ in range(_PASSES):
        # Without the box, so that a pass never jumps across its edge.
        d_lon, d_lat = _gcj_shift(wgs_lon, wgs_lat)
        wgs_lon, wgs_lat = lon - d_lon, lat - d_lat
    inside = _in_china(wgs_lon, wgs_lat)
    return np.where(inside, wgs_lon, lon), np.where(inside, wgs_lat, lat)


def bd09_from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift GCJ-02 positions to BD-09 (degrees, shape (n,)); this step has no box."""
    z = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_K)
    theta = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_K)
    return z * np.cos(theta) + 0.0065, z * np.sin(theta) + 0.006


def gcj02_from_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift BD-09 positions back to GCJ-02 (degrees, shape (n,)) to 1e-9 degrees.

    The usual closed form is 0.2 m off; it is only where the passes begin.
    """
    x, y = lon - 0.0065, lat - 0.006
    z = np.hypot(x, y) - 0.00002 * np.sin(y * _BD_K)
    theta = np.arctan2(y, x) - 0.000003 * np.cos(x * _BD_K)
    gcj_lon, gcj_lat = z * np.cos(theta), z * np.sin(theta)
    for _ in range(_PASSES):
        bd_lon, bd_lat = bd09_from_gcj02(gcj_lon, gcj_lat)
        gcj_lon, gcj_lat = gcj_lon + (lon - bd_lon), gcj_lat + (lat - bd_lat)
    return gcj_lon, gcj_lat


def bd09_from_wgs84(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift WGS84 positions to BD-09 (degrees, shape (n,))."""
    return bd09_from_gcj02(*gcj02_from_wgs84(lon, lat))


def wgs84_from_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Shift BD-09 positions back to WGS84 (degrees, shape (n,)) to 1e-9 degrees."""
    return wgs84_from_gcj02(*gcj02_from_bd09(lon, lat))


def in_range(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    """Tell which positions are on the globe.

    Parameters
    ----------
    lon, lat
        Degrees, shape (n,).

    Returns
    -------
    ndarray of bool
        Shape (n,); false where a number is NaN, infinite, or beyond 180 or 90 degrees.
    """
    return (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)


def range_fault(lon: float, lat: float) -> str | None:
    """Say in words what is wrong with one position in degrees, ``None`` where it is on the globe.

    Examples
    --------
    >>> range_fault(39.9045, 116.4075)
    'latitude out of range'
    """
    if not np.abs(lat) <= 90.0:
        return "latitude out of range"
    if not np.abs(lon) <= 180.0:
        return "longitude out of range"
    return None


def _way(datum: str) -> "Transformer":
    """Give the way from a system that has a code or a PROJ string."""
    # PROJ loads in a third of a second: only for these.
    from geo.systems import transformer

    return transformer(datum)


def _in_china(lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def _gcj_shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    root, xy = np.sqrt(np.abs(x)), x * y
    pi_x, pi_y = np.pi * x, np.pi * y
    wave = 20.0 * np.sin(6.0 * pi_x) + 20.0 * np.sin(2.0 * pi_x)
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * xy + 0.2 * root
    north += (
        wave
        + (20.0 * np.sin(pi_y) + 40.0 * np.sin(pi_y / 3.0))
        + (160.0 * np.sin(pi_y / 12.0) + 320.0 * np.sin(pi_y / 30.0))
    ) * (2.0 / 3.0)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * xy + 0.1 * root
    east += (
        wave
        + (20.0 * np.sin(pi_x) + 40.0 * np.sin(pi_x / 3.0))
        + (150.0 * np.sin(pi_x / 12.0) + 300.0 * np.sin(pi_x / 30.0))
    ) * (2.0 / 3.0)
    phi = np.radians(lat)
    m = 1.0 - _EE * np.sin(phi) ** 2
    d_lat = north * 180.0 / (_A_M * (1.0 - _EE) / (m * np.sqrt(m)) * np.pi)
    d_lon = east * 180.0 / (_A_M / np.sqrt(m) * np.cos(phi) * np.pi)
    return d_lon, d_lat

"""The reference system that a layer leaves in: named, chosen by place, or a site's own.

Inside all is WGS84 (``docs/decisions/0003``). Here, and only here, a layer is turned for other
hands. Coordinates are x then y, east first, whatever an authority's definition says.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from appeals.errors import InputError
from geo.datums import gcj02_from_wgs84

WGS84: Final = "EPSG:4326"
CGCS2000: Final = "EPSG:4490"
ZONE: Final = "cgcs2000-zone"
"""The zone of three degrees, in metres without zone number, that the layer's middle lies in."""
GCJ02: Final = "gcj02"

NAMED: Final[Mapping[str, str]] = MappingProxyType(
    {
        WGS84: "WGS84 经纬度",
        CGCS2000: "CGCS2000 经纬度",
        ZONE: "CGCS2000 三度带（米）",
        "EPSG:3857": "Web 墨卡托（米）",
        GCJ02: "GCJ-02 偏移坐标（仅供显示）",
    }
)
"""What a page offers: names for :func:`project`, and in Chinese what they are."""

_FIRST_ZONE_EPSG, _FIRST_MERIDIAN_DEG, _N_ZONES = 4534, 75, 21
_ZONE_WIDTH_DEG: Final = 3


def project(layer: gpd.GeoDataFrame, crs: str | None) -> tuple[gpd.GeoDataFrame, str]:
    """Turn a layer into a reference system.

    Parameters
    ----------
    layer
        WGS84, longitude first; it may be empty.
    crs
        ``EPSG:NNNN``, ``cgcs2000-zone`` (the zone of three degrees by the layer's middle),
        ``gcj02``, or a system written as WKT or PROJ string, as a site's own has to be. ``None`` is
        WGS84. ``EPSG:4490`` leaves the numbers as they are: WGS84 and CGCS2000 are equal for this
        use.

    Returns
    -------
    tuple
        The layer, and what its coordinates are, in Chinese, for the file. After ``gcj02`` the layer
        has no ``crs``: that shift is no reference system, and a reader must not take it for one.

    Raises
    ------
    InputError
        The layer is not WGS84, the system is unknown, or the layer lies outside of what the system
        can show.

    Examples
    --------
    >>> here = gpd.GeoDataFrame(geometry=gpd.points_from_xy([104.0], [30.0]), crs="EPSG:4326")
    >>> there, words = project(here, "cgcs2000-zone")
    >>> there.crs.to_epsg(), words
    (4544, '坐标系 EPSG:4544（CGCS2000 / 3-degree Gauss-Kruger CM 105E），东坐标在前，单位米')
    """
    if layer.crs is None or not CRS(layer.crs).equals(CRS(WGS84)):
        raise InputError("a layer to export must be WGS84 (EPSG:4326)")
    name = (crs or WGS84).strip()
    if name.upper() == WGS84:
        return layer, "坐标系 WGS84（EPSG:4326），经度在前，单位度"
    if name.upper() == CGCS2000:
        return layer.set_crs(CGCS2000, allow_override=True), (
            "坐标系 CGCS2000（EPSG:4490），经度在前，单位度；"
            "由 WGS84 坐标直接标记，本用途下两者等同"
        )
    if name.lower() == GCJ02:
        return _shifted(layer), (
            "偏移坐标 GCJ-02，经度在前，单位度；仅供在该坐标的底图上显示，不是法定坐标系"
        )
    target = zone_of(layer) if name.lower() == ZONE else _system(name)
    turned = layer.to_crs(target)
    if not np.isfinite(turned.total_bounds).all() and not layer.empty:
        raise InputError(f"crs: {name} cannot show the places of this layer")
    return turned, _words(target)


def zone_of(layer: gpd.GeoDataFrame) -> CRS:
    """Give the CGCS2000 zone of three degrees that the middle of a WGS84 layer lies in.

    Raises
    ------
    InputError
        The layer's middle lies outside the zones of 75 to 135 degrees east. An empty layer, which
        has no middle, gets the middle one of the zones.
    """
    west, _, east, _ = layer.total_bounds
    middle_deg = 105.0 if layer.geometry.dropna().empty else (west + east) / 2
    zone = round((middle_deg - _FIRST_MERIDIAN_DEG) / _ZONE_WIDTH_DEG)
    if not 0 <= zone < _N_ZONES:
        raise InputError(f"crs: {ZONE} knows 75 to 135 degrees east, the layer lies elsewhere")
    return CRS.from_epsg(_FIRST_ZONE_EPSG + zone)


def _system(name: str) -> CRS:
    try:
        return CRS.from_user_input(name)
    except CRSError as error:
        raise InputError(
            f"crs: no reference system {name}; known: EPSG:NNNN, {ZONE}, {GCJ02}, WKT or PROJ"
        ) from error


def _shifted(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    def shift(points: np.ndarray) -> np.ndarray:
        return np.column_stack(gcj02_from_wgs84(points[:, 0], points[:, 1]))

    shapes = shapely.transform(layer.geometry.to_numpy(), shift)
    plain = pd.DataFrame(layer).assign(**{str(layer.geometry.name): shapes})
    return gpd.GeoDataFrame(plain, geometry=str(layer.geometry.name))


def _words(crs: CRS) -> str:
    code = crs.to_epsg()
    name = f"EPSG:{code}（{crs.name}）" if code else f"{crs.name}（{crs.to_wkt()}）"
    if crs.is_geographic:
        return f"坐标系 {name}，经度在前，单位度"
    unit = crs.axis_info[0].unit_name
    return f"坐标系 {name}，东坐标在前，单位{_UNITS.get(unit, unit)}"


_UNITS: Final = {"metre": "米", "meter": "米"}

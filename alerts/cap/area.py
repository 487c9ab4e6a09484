"""The place of an alert as an area that receivers can draw: few corners, nothing left out."""

from typing import Final

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from alerts.cap.message import MOST_CORNERS, Ring

_FIRST_TOLERANCE_DEG: Final = 1e-5  # about a metre
_DIGITS: Final = 6


def rings_of(shape: BaseGeometry) -> tuple[Ring, ...]:
    """Give outlines that cover a shape, each with few enough corners and none crossing itself.

    Parameters
    ----------
    shape
        A polygon or several, WGS84 degrees, longitude first. Holes are filled: to name a place
        too many is safe, one too few is not.

    Returns
    -------
    tuple of Ring
        One for each part. An outline that has too many corners is widened by as much as it is
        simplified, so that every point of the shape stays inside.
    """
    parts = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    return tuple(_ring(part) for part in parts if isinstance(part, Polygon) and not part.is_empty)


def _ring(part: Polygon) -> Ring:
    whole = Polygon(part.exterior)
    if not whole.is_valid:
        whole = _rounded(whole.convex_hull)
    outline, tolerance = _rounded(whole), _FIRST_TOLERANCE_DEG
    while not (len(outline.exterior.coords) <= MOST_CORNERS and outline.is_valid):
        wider = whole.buffer(2 * tolerance, join_style="mitre").simplify(tolerance)
        outline = _rounded(wider)
        if not outline.covers(whole):
            outline = _rounded(whole.buffer(2 * tolerance).convex_hull)
        tolerance *= 2
    return tuple((lon, lat) for lon, lat in outline.exterior.coords)


def _rounded(shape: BaseGeometry) -> Polygon:
    ring = shapely.get_exterior_ring(shape if isinstance(shape, Polygon) else shape.convex_hull)
    return Polygon(shapely.get_coordinates(ring).round(_DIGITS))

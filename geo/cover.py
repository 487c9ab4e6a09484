"""H3 cells of polygons."""

from dataclasses import dataclass
from typing import Literal

import h3.api.basic_int as h3
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from appeals.errors import InputError
from geo.cells import cell
from geo.datums import range_fault

Mode = Literal["centre", "overlap"]

_CONTAIN = {"centre": "center", "overlap": "overlap"}


@dataclass(frozen=True, slots=True)
class Cover:
    """The cells of a polygon in ascending order; empty only for an empty shape.

    ``fallback``: no cell's centre lies inside, so the one cell that holds an inner point stands
    for the polygon.
    """

    cells: tuple[int, ...] = ()
    fallback: bool = False


def cover(shape: BaseGeometry, resolution: int, mode: Mode = "centre") -> Cover:
    """Cover a polygon with cells; a small or thin one keeps at least the cell of an inner point.

    Parameters
    ----------
    shape
        WGS84 Polygon or MultiPolygon, longitude first.
    resolution
        H3 resolution.
    mode
        ``centre``: cells whose centre lies inside, so that neighbours share none (but for
        fallbacks); ``overlap``: every cell that touches the polygon.

    Raises
    ------
    InputError
        The shape is no polygon or leaves the globe.

    Examples
    --------
    A building of 15 m at resolution 8, where a cell is half a kilometre wide:

    >>> from shapely import box
    >>> cover(box(116.4075, 39.9045, 116.40768, 39.90464), 8).fallback
    True
    """
    if shape.is_empty:
        return Cover()
    if not isinstance(shape, Polygon | MultiPolygon):
        raise InputError("cells: a Polygon or MultiPolygon is needed")
    west, south, east, north = shape.bounds
    fault = range_fault(west, south) or range_fault(east, north)
    if fault is not None:
        raise InputError(fault)
    found: set[int] = set()
    for part in shape.geoms if isinstance(shape, MultiPolygon) else [shape]:
        outer, *holes = (
            [(lat, lon) for lon, lat in ring.coords] for ring in (part.exterior, *part.interiors)
        )
        found.update(
            h3.h3shape_to_cells_experimental(
                h3.LatLngPoly(outer, *holes), resolution, contain=_CONTAIN[mode]
            )
        )
    if found:
        return Cover(tuple(sorted(found)), False)
    inner = shape.representative_point()
    return Cover((cell(inner.x, inner.y, resolution),), True)

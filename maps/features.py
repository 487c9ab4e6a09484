"""A layer as a set of features that is given out in pages: by box, by value, by number.

The rules are those of OGC API - Features, Part 1 (core) and Part 2 (reference systems). A set is
built once and asked many times, so each feature is written out beforehand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Final

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Transformer

from appeals.errors import InputError

Ints = NDArray[np.int64]
Box = tuple[float, float, float, float]

CRS84: Final = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
SYSTEMS: Final = {
    CRS84: "OGC:CRS84",
    "http://www.opengis.net/def/crs/EPSG/0/4326": "EPSG:4326",
    "http://www.opengis.net/def/crs/EPSG/0/4490": "EPSG:4490",
    "http://www.opengis.net/def/crs/EPSG/0/3857": "EPSG:3857",
}
"""Systems that a page may be asked in, by the address that names them; axes as defined there."""

_DECIMALS_DEG: Final = 7  # a centimetre


@dataclass(frozen=True, slots=True, eq=False)
class FeatureSet:
    """The features of one layer.

    Attributes
    ----------
    fields
        Everything but the shapes, one row a feature.
    ids
        Name of each feature inside the set.
    shapes
        WGS84, longitude first, shape (n,).
    written
        Each as a GeoJSON Feature in CRS84.
    tree
        Finds shapes by box.
    """

    fields: pd.DataFrame
    ids: Sequence[str]
    shapes: NDArray[np.object_]
    written: Sequence[bytes]
    tree: shapely.STRtree

    @property
    def bounds(self) -> Box | None:
        """West, south, east, north in degrees; ``None`` without a shape."""
        if shapely.is_missing(self.shapes).all():
            return None
        west, south, east, north = (float(value) for value in shapely.total_bounds(self.shapes))
        return west, south, east, north


def feature_set(layer: gpd.GeoDataFrame, key: str) -> FeatureSet:
    """Build the set of a layer.

    Parameters
    ----------
    layer
        EPSG:4326; shapes may be missing.
    key
        The column that names a feature; its values differ.

    Returns
    -------
    FeatureSet
        In the order of the layer.
    """
    name = layer.geometry.name
    shapes = shapely.set_precision(
        layer.geometry.to_numpy(), 10.0**-_DECIMALS_DEG, mode="pointwise"
    )
    fields = pd.DataFrame(layer.drop(columns=name)).reset_index(drop=True).map(_plain)
    ids = [str(one) for one in fields[key]]
    properties = orjson.loads(fields.to_json(orient="records") or "[]")
    drawn = shapely.to_geojson(shapes)
    written = [
        _feature(one, draw, orjson.dumps(values))
        for one, draw, values in zip(ids, drawn, properties, strict=True)
    ]
    return FeatureSet(fields, ids, shapes, written, shapely.STRtree(shapes))


def in_box(features: FeatureSet, box: Box) -> Ints:
    """Find the features that a box meets.

    Parameters
    ----------
    features
        The set.
    box
        West, south, east, north in degrees; west is greater than east where the box crosses the
        meridian of 180 degrees.

    Returns
    -------
    array of int64, shape (k,)
        Positions in the set, ascending.
    """
    west, south, east, north = box
    halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    found = [
        features.tree.query(shapely.box(left, south, right, north), predicate="intersects")
        for left, right in halves
    ]
    return np.unique(np.concatenate(found)).astype(np.int64)


def with_values(features: FeatureSet, values: Mapping[str, str]) -> Ints:
    """Find the features whose fields read as given: positions, shape (k,).

    A field that is missing equals nothing.
    """
    keep = np.ones(len(features.ids), dtype=bool)
    for field, value in values.items():
        column = features.fields[field]
        texts = column.map(lambda one: str(one).lower() if isinstance(one, bool) else str(one))
        keep &= (texts == value).to_numpy(dtype=bool) & column.notna().to_numpy(dtype=bool)
    return np.flatnonzero(keep)


def write_features(features: FeatureSet, at: Ints, system: str = CRS84) -> list[bytes]:
    """Write features of a set as GeoJSON, in one of ``SYSTEMS``; ``at`` has shape (k,).

    In another system than CRS84 the axes stand in the order of its definition, as Part 2 asks:
    latitude first in EPSG:4326 and EPSG:4490.
    """
    if system == CRS84:
        return [features.written[one] for one in at]
    turn = _turn(SYSTEMS[system])

    def turned(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(turn.transform(points[:, 0], points[:, 1]))

    drawn = shapely.to_geojson(shapely.transform(features.shapes[at], turned))
    properties = [orjson.loads(features.written[one])["properties"] for one in at]
    return [
        _feature(features.ids[one], draw, orjson.dumps(values))
        for one, draw, values in zip(at, drawn, properties, strict=True)
    ]


def read_box(text: str, system: str = CRS84) -> Box:
    """Read a box as a request writes it, in one of ``SYSTEMS``, into degrees.

    Parameters
    ----------
    text
        Four numbers, or six with heights, in the axis order of the system.
    system
        What they are in.

    Returns
    -------
    tuple
        West, south, east, north.

    Raises
    ------
    InputError
        It is no box, or lies outside the world.

    Examples
    --------
    >>> read_box("116,39,117,40")
    (116.0, 39.0, 117.0, 40.0)
    >>> read_box("39,116,40,117", "http://www.opengis.net/def/crs/EPSG/0/4490")
    (116.0, 39.0, 117.0, 40.0)
    """
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4 or not np.isfinite(numbers).all():
        raise InputError("bbox: four or six numbers with commas between them are needed")
    first, second, third, fourth = numbers
    if SYSTEMS[system] not in ("OGC:CRS84", "EPSG:3857"):
        first, second, third, fourth = second, first, fourth, third
    if SYSTEMS[system] == "EPSG:3857":
        turn = Transformer.from_crs("EPSG:3857", "EPSG:4326", always_xy=True)
        first, second, third, fourth = turn.transform_bounds(first, second, third, fourth)
    box = first, second, third, fourth
    reach = np.abs(box) <= (180.0, 90.0, 180.0, 90.0)
    if not reach.all() or box[1] > box[3]:
        raise InputError("bbox: it lies outside the world, or its corners or axes are swapped")
    return box


def read_moments(text: str) -> tuple[pd.Timestamp | None, pd.Timestamp | None]:
    """Read a moment, or an interval that may be open, of RFC 3339; a day without hours is its own.

    Raises
    ------
    InputError
        It is neither, or its end lies before its beginning.

    Examples
    --------
    >>> [str(one) for one in read_moments("2026-03-02T00:00:00+08:00/..")]
    ['2026-03-02 00:00:00+08:00', 'None']
    """
    parts = text.split("/")
    try:
        ends = [None if part in ("", "..") else pd.Timestamp(part) for part in parts]
    except ValueError:
        ends = []
    if len(ends) not in (1, 2) or ends in ([None], [None, None]) or pd.NaT in ends:
        raise InputError("datetime: a moment or an interval of RFC 3339 is needed")
    utc = [one if one is None or one.tz is not None else one.tz_localize("UTC") for one in ends]
    first, last = utc[0], utc[-1]
    if first is not None and last is not None and first > last:
        raise InputError("datetime: the interval ends before it begins")
    return first, last


def within(
    moments: "pd.Series[pd.Timestamp]", span: tuple[pd.Timestamp | None, pd.Timestamp | None]
) -> NDArray[np.bool_]:
    """Tell which moments lie in a span, both ends included; what has no moment does."""
    first, last = span
    out = np.zeros(len(moments), dtype=bool)
    if first is not None:
        out |= (moments < first).to_numpy(dtype=bool)
    if last is not None:
        out |= (moments > last).to_numpy(dtype=bool)
    return ~out


@cache
def _turn(system: str) -> Transformer:
    # From longitude first, to the axes as the system defines them.
    return Transformer.from_crs(CRS("OGC:CRS84"), CRS(system))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) and not pd.isna(value) else value


def _feature(name: str, drawn: str | None, properties: bytes) -> bytes:
    shape = "null" if drawn is None else drawn
    head = b'{"type":"Feature","id":' + orjson.dumps(name) + b',"geometry":' + shape.encode()
    return head + b',"properties":' + properties + b"}"

"""What lies under the data on a map: one base map by configuration, as plain values.

Every tile comes through our own server, so that a page asks no other host and a key stays out of
browsers. Maps that others may see carry their source and 审图号 (地图管理条例, art. 37 to 39;
公开地图内容表示规范); the office alone answers for a map of its own that stays inside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import asinh, floor, pi, radians, tan
from pathlib import Path
from typing import Final, Literal

from appeals.errors import InputError

Kind = Literal["blank", "pmtiles", "tianditu", "tiles"]
Crs = Literal["EPSG:3857", "EPSG:4490"]
Datum = Literal["CGCS2000", "GCJ-02"]
Box = tuple[float, float, float, float]

TIANDITU: Final = (
    "https://t{s}.tianditu.gov.cn/{layer}_{matrix}/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={layer}&STYLE=default&TILEMATRIXSET={matrix}&FORMAT=tiles"
    "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
)
"""国家地理信息公共服务平台: ``w`` is its Web Mercator pyramid, ``c`` that in degrees."""

_SUBDOMAINS: Final = 8
_PAD_DEG: Final = 0.05
_MERCATOR_EDGE_DEG: Final = 85.05112878


@dataclass(frozen=True, slots=True, repr=False)
class Base:
    """A base map.

    Attributes
    ----------
    kind
        ``tiles`` is any XYZ or WMTS service whose address is given as a template.
    url
        With ``{z}``, ``{x}``, ``{y}`` and, where the service has them, ``{layer}``, ``{key}`` and
        ``{s}`` (0 to 7).
    path
        The packed tiles, for ``pmtiles``.
    layers
        Names put for ``{layer}``, the lowest first.
    crs
        System of the pyramid; in EPSG:4490 its level 0 is two tiles wide.
    datum
        GCJ-02: the pages move what they draw to fit, and say so.
    zoom_offset
        What the service adds to the level.
    public
        Whether anybody outside the office may see the map.
    """

    kind: Kind = "blank"
    url: str = ""
    path: Path | None = None
    layers: tuple[str, ...] = ("base",)
    crs: Crs = "EPSG:3857"
    datum: Datum = "CGCS2000"
    key: str = ""
    zoom_offset: int = 0
    max_zoom: int = 18
    attribution: str = ""
    review_no: str = ""
    public: bool = True


def check_base(base: Base) -> Base:
    """Give the base map back, completed, or refuse it.

    Raises
    ------
    InputError
        A public map without 审图号 or source, a service without address or key, packed tiles that
        are not there.

    Examples
    --------
    >>> check_base(Base("tianditu", key="k", review_no="GS(2024)0650号")).layers
    ('vec', 'cva')
    >>> check_base(Base("tiles", "http://t/{z}/{x}/{y}", attribution="某局"))
    Traceback (most recent call last):
    ...
    appeals.errors.InputError: basemap.review_no: a public base map needs its 审图号
    """
    if base.kind == "blank":
        return base
    if base.kind == "tianditu":
        base = _tianditu(base)
    if base.kind == "pmtiles" and (base.path is None or not base.path.is_file()):
        raise InputError("basemap.path: the file of packed tiles is not there")
    if base.kind == "tiles" and not all(part in base.url for part in ("{z}", "{x}", "{y}")):
        raise InputError("basemap.url: the address of tiles needs {z}, {x} and {y}")
    if base.url and not base.url.startswith(("http://", "https://")):
        raise InputError("basemap.url: must begin with http:// or https://")
    if "{key}" in base.url and not base.key:
        raise InputError("basemap.key: the service asks for a key: set WANGGE_BASEMAP__KEY")
    if not base.layers or not all(name.replace("_", "").isalnum() for name in base.layers):
        raise InputError("basemap.layers: names of letters and digits, at least one")
    if base.public and not base.review_no.strip():
        raise InputError("basemap.review_no: a public base map needs its 审图号")
    if base.public and not base.attribution.strip():
        raise InputError("basemap.attribution: a public base map names its source")
    return base


def _tianditu(base: Base) -> Base:
    if not base.public:
        raise InputError("basemap.public: 天地图 is a public map wherever it is shown")
    return Base(
        "tianditu",
        base.url or TIANDITU,
        layers=("vec", "cva") if base.layers == ("base",) else base.layers,
        crs=base.crs,
        key=base.key,
        zoom_offset=1 if base.crs == "EPSG:4490" else 0,
        max_zoom=base.max_zoom,
        attribution=base.attribution or "天地图",
        review_no=base.review_no,
    )


def described(base: Base, box: Box | None) -> Mapping[str, object]:
    """Say what a page has to know of it; neither address nor key of a service.

    Parameters
    ----------
    base
        A checked one.
    box
        West, south, east, north of the jurisdiction, WGS84 degrees; maps go no further.
    """
    return {
        "kind": {"tianditu": "tiles"}.get(base.kind, base.kind),
        "layers": list(base.layers),
        "crs": base.crs,
        "shifted": base.datum == "GCJ-02",
        "maxZoom": base.max_zoom,
        "attribution": base.attribution,
        "reviewNo": base.review_no,
        "box": None if box is None else list(box),
    }


def tile_address(base: Base, layer: str, z: int, x: int, y: int, box: Box | None) -> str | None:
    """Give the address of one tile; ``None`` where there is none or it lies outside of the box.

    Parameters
    ----------
    base
        A checked one of tiles.
    layer
        One of its layers.
    z, x, y
        Level, column from the west, row from the north.
    box
        West, south, east, north of the jurisdiction, WGS84 degrees.

    Examples
    --------
    >>> base = Base("tiles", "http://t/{layer}/{z}/{x}/{y}.png")
    >>> tile_address(base, "base", 10, 843, 387, (115.4, 39.4, 117.6, 41.1))
    'http://t/base/10/843/387.png'
    >>> tile_address(base, "base", 10, 843, 300, (115.4, 39.4, 117.6, 41.1)) is None
    True
    """
    wide, high = (2 ** (z + 1), 2**z) if base.crs == "EPSG:4490" else (2**z, 2**z)
    inside = layer in base.layers and 0 <= z <= base.max_zoom and 0 <= x < wide and 0 <= y < high
    if not inside or (box is not None and not _touches(base.crs, z, x, y, box)):
        return None
    parts = {
        "layer": layer, "z": z + base.zoom_offset, "x": x, "y": y, "s": (x + y) % _SUBDOMAINS,
        "key": base.key, "matrix": "c" if base.crs == "EPSG:4490" else "w",
    }  # fmt: skip
    address = base.url
    for name, value in parts.items():
        address = address.replace("{" + name + "}", str(value))
    return address


def _touches(crs: Crs, z: int, x: int, y: int, box: Box) -> bool:
    west, south, east, north = (
        box[0] - _PAD_DEG, box[1] - _PAD_DEG, box[2] + _PAD_DEG, box[3] + _PAD_DEG,
    )  # fmt: skip
    if crs == "EPSG:4490":
        first, last = _in_degrees(z, west, north), _in_degrees(z, east, south)
    else:
        first, last = _in_mercator(z, west, north), _in_mercator(z, east, south)
    return first[0] <= x <= last[0] and first[1] <= y <= last[1]


def _in_degrees(z: int, lon: float, lat: float) -> tuple[int, int]:
    size_deg = 180 / 2**z
    return floor((lon + 180) / size_deg), floor((90 - lat) / size_deg)


def _in_mercator(z: int, lon: float, lat: float) -> tuple[int, int]:
    lat = min(max(lat, -_MERCATOR_EDGE_DEG), _MERCATOR_EDGE_DEG)
    north = asinh(tan(radians(lat))) / pi
    return floor((lon + 180) / 360 * 2**z), floor((1 - north) / 2 * 2**z)

"""Reference systems by EPSG code or PROJ string, with their way to WGS84 or a refusal.

Beijing 1954, Xi'an 1980 and a city's own grid have no public shift to WGS84: a transformation
without parameters would leave the numbers as they are and be up to 100 m off in silence. They are
refused until the deployer gives the parameters of the surveying office, as
``EPSG:NNNN +towgs84=dx,dy,dz[,rx,ry,rz,s]`` (metres, seconds of arc, parts per million; position
vector, as PROJ has it) or as a PROJ string.
"""

import re
from functools import lru_cache

from pyproj import CRS, Transformer
from pyproj.crs import BoundCRS
from pyproj.crs.coordinate_operation import ToWGS84Transformation
from pyproj.exceptions import CRSError
from pyproj.transformer import TransformerGroup

from appeals.declared import short_datum
from appeals.errors import InputError

# Datums whose shift to WGS84 is not public.
_CLOSED = ("Beijing 1954", "Xian 1980", "New Beijing")
_SEMI_MAJOR_M, _INVERSE_FLATTENING = 6378137.0, 298.2572  # of WGS84 and GRS80, to what they share


@lru_cache(maxsize=64)
def transformer(datum: str) -> Transformer:
    """Give the way from a system to WGS84 degrees, longitude or easting first.

    Parameters
    ----------
    datum
        ``EPSG:n``, ``EPSG:n +towgs84=…`` or ``+proj=…``.

    Raises
    ------
    InputError
        There is no such system, it is not horizontal, or its shift to WGS84 is not known.

    Examples
    --------
    >>> lon, lat = transformer("EPSG:4548").transform(448472.1, 4419567.942)
    >>> round(lon, 6), round(lat, 6)
    (116.397389, 39.908722)
    """
    if datum.startswith("+"):
        return _of_string(datum)
    code, _, given = datum.partition(" +towgs84=")
    crs = _of_code(code)
    base = crs.geodetic_crs
    if base is None or base.datum is None or len(crs.axis_info) != 2 or crs.is_geocentric:
        raise InputError(f"datum {code} is not a horizontal reference system")
    if given:
        return Transformer.from_crs(_bound(crs, base, given), 4326, always_xy=True)
    name = base.datum.name
    if name in _CLOSED:
        raise InputError(
            f"datum {code} stands on {name}, whose shift to WGS84 is not public: give the "
            f'parameters of the surveying office, "{code} +towgs84=dx,dy,dz,rx,ry,rz,s"'
        )
    if name == "China 2000":
        # To its own degrees, which are WGS84's for our use.
        return Transformer.from_crs(crs, base, always_xy=True)
    ways = TransformerGroup(crs, 4326, always_xy=True).transformers
    if not any(way.accuracy >= 0 for way in ways):
        raise InputError(f"datum {code} ({name}) has no known transformation to WGS84")
    return Transformer.from_crs(crs, 4326, always_xy=True)


def central_meridian(datum: str) -> float | None:
    """Tell the central meridian of a transverse Mercator system, ``None`` for any other.

    Examples
    --------
    >>> central_meridian("EPSG:4548"), central_meridian("EPSG:3857")
    (117.0, None)
    """
    values = _projection(datum)
    return values.get("Longitude of natural origin") if values else None


def area_of_use(datum: str) -> tuple[float, float, float, float] | None:
    """Give west, south, east, north in degrees of where a system is used, 3 degrees wider.

    Examples
    --------
    >>> [round(edge) for edge in area_of_use("EPSG:4527")]
    [112, 20, 122, 53]
    """
    area = _crs(datum).area_of_use
    if area is None:
        return None
    # A city's own office uses its zone beyond the edge.
    return area.west - 3, area.south - 3, area.east + 3, area.north + 3


def false_easting_m(datum: str) -> float | None:
    """Tell the easting of the central meridian in metres, ``None`` where there is none.

    Examples
    --------
    >>> false_easting_m("EPSG:4548"), false_easting_m("EPSG:4527"), false_easting_m("EPSG:4490")
    (500000.0, 39500000.0, None)
    """
    values = _projection(datum)
    return values.get("False easting") if values else None


def in_degrees(datum: str) -> bool:
    """Tell whether a system counts in degrees.

    Examples
    --------
    >>> in_degrees("gcj02"), in_degrees("EPSG:4490"), in_degrees("EPSG:4548")
    (True, True, False)
    """
    return not datum.startswith(("EPSG:", "+")) or _crs(datum).is_geographic


@lru_cache(maxsize=64)
def _projection(datum: str) -> dict[str, float] | None:
    operation = None if in_degrees(datum) else _crs(datum).coordinate_operation
    if operation is None or operation.method_name != "Transverse Mercator":
        return None
    return {one.name: float(one.value) for one in operation.params}


@lru_cache(maxsize=64)
def _crs(datum: str) -> CRS:
    transformer(datum)  # refuses what cannot be used
    crs = CRS.from_user_input(datum.partition(" +towgs84=")[0] if datum[0] == "E" else datum)
    return crs.source_crs if crs.is_bound and crs.source_crs is not None else crs


def _of_code(code: str) -> CRS:
    try:
        return CRS.from_user_input(code)
    except CRSError as error:
        raise InputError(f"datum {code} is not a known reference system") from error


def _bound(crs: CRS, base: CRS, given: str) -> BoundCRS:
    numbers = re.split(r",", given)
    try:
        values = [float(number) for number in numbers]
    except ValueError:
        values = []
    if len(values) not in (3, 7):
        raise InputError("+towgs84 has three or seven numbers: dx,dy,dz or dx,dy,dz,rx,ry,rz,s")
    shift = ToWGS84Transformation(base, *values)
    return BoundCRS(crs, CRS.from_epsg(4326), shift)


def _of_string(string: str) -> Transformer:
    said = short_datum(string)
    try:
        crs = CRS.from_user_input(string)
    except CRSError as error:
        # The library's own words repeat the string.
        raise InputError(f"the PROJ string {said}=… is not understood by PROJ") from error
    horizontal = crs.source_crs if crs.is_bound else crs
    if horizontal is None or not (horizontal.is_projected or horizontal.is_geographic):
        raise InputError(f"the PROJ string {said}=… is not a horizontal reference system")
    if crs.is_bound:
        return Transformer.from_crs(crs, 4326, always_xy=True)
    ellipsoid, base = crs.ellipsoid, crs.geodetic_crs
    if (
        ellipsoid is None
        or base is None
        or abs(ellipsoid.semi_major_metre - _SEMI_MAJOR_M) > 0.001
        or abs(ellipsoid.inverse_flattening - _INVERSE_FLATTENING) > 0.0001
    ):
        raise InputError(
            f"the PROJ string {said}=… stands on another ellipsoid than WGS84 and CGCS2000 and "
            "gives no +towgs84: add the parameters of the surveying office"
        )
    return Transformer.from_crs(crs, base, always_xy=True)

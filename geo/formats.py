"""What the numbers of a column are: degrees, swapped, millionths, plane metres of a known kind.

The datum is declared, never guessed. How its numbers are written can be told from a whole column,
since a reading that is wrong puts nearly every row outside of the jurisdiction. It is never told
from one row: a single swapped pair is a mistake of that row, and a reject.
"""

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geo.datums import Floats, check_datum, to_wgs84
from geo.systems import area_of_use, central_meridian, false_easting_m, in_degrees, transformer

Box = tuple[float, float, float, float]

MIN_ROWS = 20
"""Fewer rows with both numbers tell nothing of their column."""

MIN_SHARE = 0.9
"""Of the rows that a reading must bring into the jurisdiction to be taken."""

_PLAIN_SHARE = 0.5  # so many good rows as they stand, and the others are single mistakes
_EARTH: Box = (-180.0, -90.0, 180.0, 90.0)
_CHINA: Box = (73.0, 3.0, 136.0, 54.0)
_ZONE_M = 1e6  # the number of a zone stands before the millions of an easting
_FALSE_EASTING_M = 500_000.0
# Central meridian of each zone of China: 13 to 23 are 6 degrees wide, 25 to 45 are 3.
_MERIDIANS = {zone: 6.0 * zone - 3.0 for zone in range(13, 24)} | {
    zone: 3.0 * zone for zone in range(25, 46)
}
_HALF_ZONE_M = 350_000.0  # an easting lies within 3 degrees of its central meridian


@dataclass(frozen=True, slots=True)
class Notation:
    """How the two numbers of a column pair are written.

    ``kind`` is one of

    - ``plain``: as the datum has them;
    - ``millionths``: degrees × 1e6 as integers;
    - ``zones``: Gauss-Krüger metres whose easting begins with the number of its zone (13 to 23 of
      6 degrees, 25 to 45 of 3 degrees);
    - ``meridian``: Gauss-Krüger metres without a zone, of ``meridian_deg``;
    - ``mercator``: metres of Web Mercator;
    - ``no zone``, ``with zone``: metres of a declared system, without its zone number where it has
      one, or with one where it has none.

    ``swapped`` says that the first column holds north or latitude.
    """

    kind: str = "plain"
    swapped: bool = False
    meridian_deg: float = 0.0

    def __str__(self) -> str:
        """Say it in words for a report."""
        words = {
            "plain": "as declared",
            "millionths": "degrees × 1000000",
            "zones": "Gauss-Krüger metres with the number of the zone",
            "meridian": f"Gauss-Krüger metres of {self.meridian_deg:.0f}° E without a zone",
            "mercator": "metres of Web Mercator",
            "no zone": "metres without the number of the zone",
            "with zone": "metres with the number of the zone",
        }[self.kind]
        if not self.swapped:
            return words
        return "swapped" if self.kind == "plain" else f"{words}, swapped"


PLAIN = Notation()
"""What a column is taken for until it tells otherwise."""


def recognise(x: Floats, y: Floats, datum: str, box: Box | None) -> Notation:
    """Tell how a column pair is written.

    Parameters
    ----------
    x, y
        The numbers of the columns for longitude or easting and latitude or northing, shape (n,);
        NaN where a row has none.
    datum
        As declared, for :func:`geo.datums.check_datum`.
    box
        West, south, east, north of the jurisdiction in WGS84 degrees; without one degrees are
        looked for in China, then on the Earth, metres in the area of their system.

    Returns
    -------
    Notation
        :data:`PLAIN` where the numbers are good as they stand, where they are too few, and where no
        other reading, or more than one, brings them into the jurisdiction.

    Examples
    --------
    >>> lon, lat = np.linspace(116.2e6, 116.6e6, 41), np.linspace(39.7e6, 40.1e6, 41)
    >>> print(recognise(lat, lon, "gcj02", (115.4, 39.4, 117.6, 41.1)))
    degrees × 1000000, swapped
    """
    datum = check_datum(datum)
    there = np.isfinite(x) & np.isfinite(y)
    x, y = x[there], y[there]
    if len(x) < MIN_ROWS:
        return PLAIN
    for frame in _frames(datum, box):
        if _share(PLAIN, x, y, datum, frame) >= _PLAIN_SHARE:
            return PLAIN
        others = _others(datum, frame)
        good = [one for one in others if _share(one, x, y, datum, frame) >= MIN_SHARE]
        if good:
            return good[0] if len(good) == 1 else PLAIN
    return PLAIN


def read(notation: Notation, x: Floats, y: Floats, datum: str) -> tuple[Floats, Floats]:
    """Bring numbers of a notation to the plain form of their datum.

    Parameters
    ----------
    notation
        Of the column pair.
    x, y
        Its numbers, shape (n,).
    datum
        As declared.

    Returns
    -------
    x, y
        East or longitude, north or latitude in the datum's own unit, shape (n,); NaN where a number
        has no image.

    Examples
    --------
    >>> zones = Notation("zones")
    >>> lon, lat = read(zones, np.array([39448472.1]), np.array([4419567.942]), "cgcs2000")
    >>> lon.round(6).tolist(), lat.round(6).tolist()
    ([116.397389], [39.908722])
    """
    if notation.swapped:
        x, y = y, x
    if notation.kind == "millionths":
        return x / 1e6, y / 1e6
    if notation.kind == "mercator":
        return _unprojected("EPSG:3857", x, y)
    if notation.kind == "meridian":
        return _unprojected(_gauss_kruger(notation.meridian_deg), x, y)
    if notation.kind == "zones":
        return _of_zones(x, y)
    if notation.kind == "no zone":
        return x + _zone_m(datum), y
    if notation.kind == "with zone":
        zones = _zones(x)
        own = np.isin(zones, _zones_of(central_meridian(datum)))
        return np.where(own, x - zones * _ZONE_M, np.nan), y
    return x, y


def range_faults(x: Floats, y: Floats, datum: str) -> dict[int, tuple[str, str]]:
    """Find the rows whose degrees are none; a datum in metres has no such rows.

    Parameters
    ----------
    x, y
        In the plain form of the datum, shape (n,).
    datum
        As declared.

    Returns
    -------
    dict
        Row to the field and the reason, with what the numbers look like.

    Examples
    --------
    >>> range_faults(np.array([39.9045]), np.array([116.4075]), "wgs84")[0][1]
    'latitude out of range (-90 to 90 degrees): longitude and latitude look swapped'
    """
    if not in_degrees(datum):
        return {}
    faults: dict[int, tuple[str, str]] = {}
    for i in np.flatnonzero(~(np.abs(y) <= 90.0)).tolist():
        swapped = abs(x[i]) <= 90.0 and abs(y[i]) <= 180.0
        hint = ": longitude and latitude look swapped" if swapped else _unit_hint(y[i])
        faults[i] = ("lat", f"latitude out of range (-90 to 90 degrees){hint}")
    for i in np.flatnonzero(~(np.abs(x) <= 180.0) & (np.abs(y) <= 90.0)).tolist():
        faults[i] = ("lon", f"longitude out of range (-180 to 180 degrees){_unit_hint(x[i])}")
    return faults


def _unit_hint(value: float) -> str:
    if abs(value) >= 1e6:
        return ": it looks like metres (declare EPSG:NNNN) or millionths of a degree, not degrees"
    return ": it looks like metres: declare their EPSG:NNNN as the datum" if value >= 1e4 else ""


def _others(datum: str, frame: Box) -> list[Notation]:
    kinds = [Notation()]
    if frame == _EARTH:
        pass  # nearly any two numbers lie on the Earth by some reading
    elif in_degrees(datum):
        kinds.append(Notation("millionths"))
        if datum != "bd09":  # whose own plane is another
            kinds.append(Notation("mercator"))
        if datum in ("cgcs2000", "EPSG:4490"):
            # Under another datum the same numbers may be Xi'an 1980: there the code is asked for.
            kinds.append(Notation("zones"))
            meridians = range(75, 138, 3)
            near = [one for one in meridians if frame[0] - 3 <= one <= frame[2] + 3]
            kinds += [Notation("meridian", meridian_deg=one) for one in near]
    elif central_meridian(datum) is not None:
        kinds.append(Notation("no zone" if _zone_m(datum) else "with zone"))
    both = [one for kind in kinds for one in (kind, replace(kind, swapped=True))]
    return [one for one in both if one != PLAIN]


def _share(notation: Notation, x: Floats, y: Floats, datum: str, frame: Box) -> float:
    """Tell the share of rows that lie in the frame by this reading."""
    west, south, east, north = frame
    lon, lat = to_wgs84(*read(notation, x, y, datum), datum)
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return float(np.mean(inside & _fits(notation, x, y)))


def _frames(datum: str, box: Box | None) -> tuple[Box, ...]:
    """Give the boxes in which points may lie, the likeliest first."""
    if box is not None:
        west, south, east, north = box
        # An appeal may come from the neighbours, and the edge is judged row by row later.
        wide, high = (east - west) / 4, (north - south) / 4
        return ((west - wide, south - high, east + wide, north + high),)
    return (_CHINA, _EARTH) if in_degrees(datum) else (area_of_use(datum) or _EARTH,)


def _fits(notation: Notation, x: Floats, y: Floats) -> NDArray[np.bool_]:
    """Tell which numbers can be of this notation at all."""
    if notation.swapped:
        x, y = y, x
    if notation.kind == "millionths":
        return np.asarray((x == np.rint(x)) & (y == np.rint(y)))
    if notation.kind == "meridian":
        return np.asarray(np.abs(x - _FALSE_EASTING_M) <= _HALF_ZONE_M)
    return np.ones(len(x), dtype=bool)


@lru_cache(maxsize=64)
def _gauss_kruger(meridian_deg: float, zone: int = 0) -> str:
    east = _FALSE_EASTING_M + zone * _ZONE_M
    return (
        f"+proj=tmerc +lat_0=0 +lon_0={meridian_deg:g} +k=1 +x_0={east:.0f} +y_0=0 "
        "+ellps=GRS80 +units=m"
    )


def _unprojected(system: str, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    lon, lat = transformer(system).transform(x, y)
    lost = ~(np.isfinite(lon) & np.isfinite(lat))
    return np.where(lost, np.nan, lon), np.where(lost, np.nan, lat)


def _of_zones(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    zones = _zones(x)
    for zone in sorted({*zones.tolist()} & _MERIDIANS.keys()):
        mine = zones == zone
        system = _gauss_kruger(_MERIDIANS[zone], zone)
        lon[mine], lat[mine] = _unprojected(system, x[mine], y[mine])
    return lon, lat


def _zones(x: Floats) -> NDArray[np.int64]:
    # What is no easting at all has no zone; no number may be too large to be whole.
    easting = np.where(np.abs(x) < 1e9, x, 0.0)
    return np.floor_divide(easting, _ZONE_M).astype(np.int64)


def _zones_of(meridian_deg: float | None) -> list[int]:
    return [zone for zone, meridian in _MERIDIANS.items() if meridian == meridian_deg]


def _zone_m(datum: str) -> float:
    """Tell what the zone adds to the eastings of a system: 39e6 for EPSG:4527, 0 for EPSG:4548."""
    return (false_easting_m(datum) or 0.0) // _ZONE_M * _ZONE_M

"""One reading of a text as a point, and how near readings are to each other."""

import re
from collections.abc import Mapping
from math import cos, hypot, radians
from statistics import median
from typing import NamedTuple

from geo.gazetteer import Gazetteer, Rows

LEVEL_OF_KIND = {"plate": "plate", "building": "building", "point": "building"}
"""Levels of places by their kind; of the others it is ``compound``."""

_DEGREE_M = 111_195.0
_MEMBER = re.compile(
    r"[甲乙丙丁]?\d+号|[东西南北中前后]{0,2}(?:[\da-z]{0,2}[区期]|里(?!弄)|[园街]?院)"
)
_PART = re.compile(r"(?:第?\d+|[a-z东西南北])[区期]")


class Point(NamedTuple):
    """One reading: where (WGS84 degrees, metres), why, and what speaks for it.

    ``sort`` is a table of :mod:`geo.confidence`, ``name`` the name or road that was read, ``row``
    the place (of several the first), ``span`` where its words stand in the key, ``chance`` the
    fitted chance that the true place is within 500 m.
    """

    sort: str
    name: str
    level: str
    lon: float
    lat: float
    radius_m: float
    why: str
    row: int
    span: tuple[int, int]
    features: Mapping[str, float]
    chance: float = 0.0


def apart_m(a: Point, b: Point) -> float:
    """Measure between two readings in metres, flat: good to a thousandth inside a city."""
    return flat_m(a.lon, a.lat, b.lon, b.lat)


def flat_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Measure between two WGS84 points in metres, flat: good to a thousandth inside a city."""
    east = (lon1 - lon2) * cos(radians((lat1 + lat2) / 2))
    return hypot(east, lat1 - lat2) * _DEGREE_M


def spread(places: Gazetteer, rows: Rows) -> tuple[float, float, float]:
    """Give the middle of places and how far in metres the furthest lies from it."""
    if len(rows) == 1:
        return places.lon.item(rows[0]), places.lat.item(rows[0]), 0.0
    lon, lat = places.lon[list(rows)].tolist(), places.lat[list(rows)].tolist()
    middle_lon, middle_lat = median(lon), median(lat)
    far = max(flat_m(x, y, middle_lon, middle_lat) for x, y in zip(lon, lat, strict=True))
    return middle_lon, middle_lat, far


def part_after(key: str, end: int) -> str:
    """Give the part of a compound that follows, empty for none: 3区, 2期, 东区."""
    found = _PART.match(key, end)
    return found[0] if found else ""


def is_family_member(key: str, end: int) -> bool:
    """Tell whether what follows makes a neighbour of a family of names: 北里, 三区, 12号."""
    return _MEMBER.match(key, end) is not None

"""One reading of a text as a point, and how near readings are to each other."""

from collections.abc import Mapping
from functools import partial
from typing import NamedTuple

from geo.ground import flat_m

LEVEL_OF_KIND = {"plate": "plate", "building": "building", "point": "building"}
"""Levels of places by their kind; of the others it is ``compound``."""


class Point(NamedTuple):
    """One reading: where (WGS84 degrees, metres), why, and what speaks for it.

    ``sort`` is a table of :mod:`geo.confidence`, ``name`` the name or road that was read, ``row``
    the place (of several the first), ``span`` where its words stand in the key, ``features`` what
    speaks for and against it, ``chance`` the fitted chance that the true place is within 500 m.
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

    def weighed(self, features: Mapping[str, float], chance: float = 0.0) -> "Point":
        """Give the same reading with other features and their chance."""
        return _point((*self[:9], features, chance))


_point = partial(tuple.__new__, Point)  # what Point() does, without its checks


def apart_m(a: Point, b: Point) -> float:
    """Measure between two readings in metres, flat: good to a thousandth inside a city."""
    return flat_m(a.lon, a.lat, b.lon, b.lat)

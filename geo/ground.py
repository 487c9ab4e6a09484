"""What the matcher knows of the ground: in which units places lie, and how wide a name spreads."""

from functools import lru_cache
from math import cos, hypot, radians
from statistics import median

import numpy as np

from geo.gazetteer import KINDS, Gazetteer, Rows
from geo.names import UnitNames

FAR_M = 800.0
"""Points of one name further apart than this are different places."""

KEPT = 1 << 14
"""How many names and units that texts say again and again are worked out once and kept."""

_DEGREE_M = 111_195.0


class Ground:
    """Places of a gazetteer among the units of a day.

    What is asked of a list of places is kept: a city's appeals say the same roads and compounds.
    """

    def __init__(self, places: Gazetteer, units: UnitNames) -> None:
        self.places = places
        self._units = units
        known = (units.named("district", name) for name in places.district_names)
        # One more entry, for a place or unit without: its number is -1.
        number = np.array([*(who[0] if len(who) == 1 else -1 for who in known), -1], np.int32)
        homes = (units.number_of(code) for code in places.home_codes)
        home_of = np.array([-1 if unit is None else unit for unit in homes], np.int32)
        above = (units.above(unit, "district") for unit in range(len(units.units)))
        district_of = np.array([*(-1 if one is None else one for one in above), -1], np.int32)
        stated, within = number[places.districts], home_of[places.homes]
        home = np.where(within >= 0, within, stated)
        district = district_of[home]
        strays = (stated >= 0) & (district >= 0) & (stated != district)
        # Views answer with plain numbers, twice as soon as arrays.
        self._home = home.data
        self._district = district.data
        self._doubtful = (places.sink | strays).data
        self._lon, self._lat = places.lon.data, places.lat.data
        self._kinds, self._crowd, self._roads = (
            places.kinds.data,
            places.crowd.data,
            places.roads.data,
        )
        self.name = lru_cache(KEPT)(places.names.__getitem__)
        self._fits = lru_cache(KEPT)(self._may_lie)
        self._inside_of_many = lru_cache(KEPT)(self._those_inside)
        self._spread_of_many = lru_cache(KEPT)(self._middle)

    def home(self, row: int) -> int | None:
        """Tell the finest unit in which a place is known to lie: by its pin, else as stated."""
        unit: int = self._home[row]
        return unit if unit >= 0 else None

    def district(self, row: int) -> int | None:
        """Tell the district in which a place is known to lie."""
        unit: int = self._district[row]
        return unit if unit >= 0 else None

    def kind(self, row: int) -> str:
        """Tell what a place is, one of :data:`geo.gazetteer.KINDS`."""
        return KINDS[self._kinds[row]]

    def crowd(self, row: int) -> float:
        """Tell how closely places stand about one (:func:`geo.crowding.crowding`)."""
        crowd: float = self._crowd[row]
        return crowd

    def road(self, row: int) -> int:
        """Tell the key of the road that a place lies on, -1 where none is known."""
        road: int = self._roads[row]
        return road

    def is_doubtful(self, row: int) -> bool:
        """Tell whether many names share a place's pin, or it lies outside its stated district."""
        doubtful: bool = self._doubtful[row]
        return doubtful

    def inside(self, rows: Rows, units: Rows) -> Rows:
        """Keep the places that may lie in one of some units; all where none is said."""
        if not units or not rows:
            return rows
        if len(rows) == 1:
            return rows if self._fits(self._home[rows[0]], units) else ()
        return self._inside_of_many(rows, units)

    def spread(self, rows: Rows) -> tuple[float, float, float]:
        """Give the middle of places (WGS84 degrees), and how far in metres the furthest lies."""
        if len(rows) == 1:
            return self._lon[rows[0]], self._lat[rows[0]], 0.0
        return self._spread_of_many(rows)

    def _may_lie(self, home: int, units: Rows) -> bool:
        return home < 0 or any(self._units.fits(home, unit) for unit in units)

    def _those_inside(self, rows: Rows, units: Rows) -> Rows:
        home, fits = self._home, self._fits
        return tuple([row for row in rows if fits(home[row], units)])

    def _middle(self, rows: Rows) -> tuple[float, float, float]:
        lon, lat = self.places.lon[list(rows)].tolist(), self.places.lat[list(rows)].tolist()
        middle_lon, middle_lat = median(lon), median(lat)
        far = max(flat_m(x, y, middle_lon, middle_lat) for x, y in zip(lon, lat, strict=True))
        return middle_lon, middle_lat, far


def flat_m(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Measure between two WGS84 points in metres, flat: good to a thousandth inside a city."""
    east = (lon1 - lon2) * cos(radians((lat1 + lat2) / 2))
    return hypot(east, lat1 - lat2) * _DEGREE_M

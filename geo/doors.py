"""Where on a road: at the door, between the nearest known doors, or on the road as a whole."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise
from math import log1p
from statistics import median

from geo.addresses import NUMBER
from geo.asked import Asked
from geo.gazetteer import Gazetteer, Rows, plain_number
from geo.ground import FAR_M, flat_m
from geo.located import NEAR_DOOR_M, RADIUS_M
from geo.matcher import Hit
from geo.reading import Point

# Points of one road without a number are one place only if they lie this close.
_ROAD_M = 1500.0
# Two numbers further apart than this say nothing of each other; a number is some 8 m of road where
# the road's own doors do not tell.
_NUMBERS, _NUMBER_M, _MOST_NUMBER_M = 120, 8.0, 60.0
# Odd and even numbers stand on opposite sides and run apart.
_OTHER_SIDE = 8
_SORT = re.compile(
    r".*(?:(?P<avenue>大街|大道)|(?P<lane>胡同|巷|条|里|弄)|(?P<street>(?<!大)街)|(?P<way>路|(?<!大)道))"
)


def on_road(asked: Asked, hit: Hit, rows: Rows) -> Point | None:
    """Read a road and the number after it.

    Parameters
    ----------
    hit
        The road in the text.
    rows
        Places on the road that may be meant.

    Returns
    -------
    Point or None
        The finest reading; ``None`` where the road's known places lie too far apart.
    """
    said = NUMBER.match(asked.finding.key, hit.end)
    lon, lat, spread_m = asked.ground.spread(rows)
    crowd = asked.ground.crowd(rows[0])
    features = {**asked.about, "scale": log1p(spread_m / 500), "crowd": crowd, _sort(hit.name): 1.0}
    if len(rows) == 1:
        features["single"] = 1.0
    if said is not None:
        features["numbered"] = 1.0
        point = _at_door(asked, hit, said, features) or _by_door(asked, hit, said, features)
        if point is not None:
            return point
    if hit.other or spread_m > _ROAD_M or "quarter" in features:
        return None
    radius_m = max(RADIUS_M["road"], spread_m) + (_ROAD_M / 2 if len(rows) == 1 else 0.0)
    why = f"文字中有道路「{hit.name}」"
    span = (hit.start, said.end() if said else hit.end)
    return Point("road", hit.name, "road", lon, lat, radius_m, why, rows[0], span, features)


def _at_door(
    asked: Asked, hit: Hit, said: re.Match[str], features: Mapping[str, float]
) -> Point | None:
    """Read a door that the gazetteer holds."""
    places = asked.places
    same = asked.allowed(places.plate(hit.name, said[1]))
    if not same:
        return None
    lon, lat, same_m = asked.ground.spread(same)
    if 2 * same_m > FAR_M:
        return None
    # A compound's address is a plate that its pin need not stand at.
    kind = asked.ground.kind
    own = all(kind(row) in ("plate", "building", "point") for row in same)
    radius_m = RADIUS_M["plate" if own else "compound"] + same_m
    why = f"门牌「{hit.name}{said[1]}号」在地名库中"
    span = (hit.start, said.end())
    features = {**features, "same": 1.0}
    return Point("door", hit.name, "plate", lon, lat, radius_m, why, same[0], span, features)


def _by_door(
    asked: Asked, hit: Hit, said: re.Match[str], features: Mapping[str, float]
) -> Point | None:
    """Read a door by its nearest known neighbours."""
    nearest = _between(asked, hit.name, plain_number(said[1]))
    if nearest is None:
        return None
    row, apart, lon, lat, two = nearest
    apart_m = apart * _metres_a_number(asked.places, hit.name)
    why = f"「{hit.name}」上最近的已知门牌，相差 {apart} 号"
    span = (hit.start, said.end())
    gaps = {"gap": log1p(apart), "gap_m": log1p(apart_m / 100), "two": float(two)}
    return Point(
        "door", hit.name, "road", lon, lat, NEAR_DOOR_M + apart_m, why, row, span,
        {**features, **gaps},
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _sort(name: str) -> str:
    """Tell what a road is by its name; a quarter counts its doors without any road."""
    sort = _SORT.fullmatch(name)
    return (sort and sort.lastgroup) or "quarter"


@lru_cache(maxsize=4096)
def _metres_a_number(places: Gazetteer, road: str) -> float:
    """Measure along a road by its known doors: the middle of what neighbours of one side tell."""
    key = places.keys.get(road)
    assert key is not None, "a door was found on it"
    numbers, rows = places.doors_of(key)
    lon, lat = places.lon.item, places.lat.item
    told = []
    for side in (0, 1):
        mine = [(n, row) for n, row in zip(numbers, rows, strict=True) if n % 2 == side]
        for (n, a), (m, b) in pairwise(mine):
            if m > n:
                way_m = flat_m(lon(a), lat(a), lon(b), lat(b))
                told.append(min(way_m / (m - n), _MOST_NUMBER_M))
    return max(median(told), _NUMBER_M / 2) if told else _NUMBER_M


def _between(asked: Asked, road: str, number: int) -> tuple[int, int, float, float, bool] | None:
    """Find the nearest known door and the place of the number: row, apart, lon, lat, two-sided."""
    places = asked.places
    key = places.keys.get(road)
    if key is None:
        return None
    doors = {}
    for known, row in zip(*places.doors_of(key), strict=True):
        apart = abs(known - number) + (_OTHER_SIDE if known % 2 != number % 2 else 0)
        if apart <= _NUMBERS:
            doors[row] = (apart, known)
    left = sorted((*doors[row], row) for row in asked.allowed(tuple(doors)))
    if not left:
        return None
    apart, known, row = left[0]
    closest = tuple(one[2] for one in left if one[0] == apart)
    # Two roads of one name in one city.
    if 2 * asked.ground.spread(closest)[2] > FAR_M:
        return None
    lon, lat = float(places.lon[row]), float(places.lat[row])
    for _, beyond, other in left[1:]:
        if (beyond - number) * (known - number) < 0:
            a, b = float(places.lon[other]), float(places.lat[other])
            if flat_m(lon, lat, a, b) > _ROAD_M:
                break
            share = (number - known) / (beyond - known)
            return row, apart, lon + share * (a - lon), lat + share * (b - lat), True
    return row, apart, lon, lat, False

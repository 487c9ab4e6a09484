"""Where two names of one text meet: a road by a family of compounds, a road at another."""

from itertools import combinations
from math import log1p

from geo.asked import Asked
from geo.gazetteer import Gazetteer, Rows
from geo.ground import flat_m
from geo.located import NEAR_DOOR_M
from geo.reading import Point

_MEET_M = 800.0
# Pairs of places that are looked at for two names: a road of a hundred compounds is everywhere.
_MOST_PAIRS = 2500
_NAMES = ("place", "alias", "family", "road")


def meetings(asked: Asked) -> list[Point]:
    """Read two names whose known places come near each other as the point between the nearest.

    Neither name alone need tell where: a road is long, a family wide.
    """
    places, points = asked.places, []
    named = [hit for hit in asked.finding.hits if hit.what in _NAMES and hit.left]
    for first, second in combinations(named, 2):
        if second.start < first.end or first.name == second.name:
            continue
        near = _nearest(places, asked.allowed(first.who), asked.allowed(second.who))
        if near is None:
            continue
        apart_m, a, b = near
        roads = (first.what == "road") + (second.what == "road")
        point = Point(
            sort="meeting",
            name=f"{first.name} {second.name}",
            level="road",
            lon=float(places.lon[a] + places.lon[b]) / 2,
            lat=float(places.lat[a] + places.lat[b]) / 2,
            radius_m=NEAR_DOOR_M + apart_m / 2,
            why=f"「{first.name}」与「{second.name}」的已知地点在此相近",
            row=a,
            span=(first.start, second.end),
            features={
                **asked.about,
                "crowd": places.crowd.item(a),
                "apart": log1p(apart_m / 200),
                "roads": float(roads == 2),
            },
        )
        points.append(point)
    return points


def _nearest(places: Gazetteer, some: Rows, others: Rows) -> tuple[float, int, int] | None:
    if not 0 < len(some) * len(others) <= _MOST_PAIRS:
        return None
    lon, lat = places.lon, places.lat
    nearest = min((flat_m(lon[a], lat[a], lon[b], lat[b]), a, b) for a in some for b in others)
    return nearest if nearest[0] <= _MEET_M else None

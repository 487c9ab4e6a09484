"""Names that a text nearly says, read as points: each with its lead over the next elsewhere."""

from math import log1p

from geo.asked import Asked
from geo.ground import FAR_M
from geo.heard import echoes
from geo.located import RADIUS_M
from geo.matcher import bounded_left, bounded_right
from geo.reading import LEVEL_OF_KIND, Point, apart_m

_HEARD_RIGHT = 0.15  # a character: all sounds are as said
_MOST_LEAD = 0.5


def as_heard(asked: Asked) -> list[Point]:
    """Read what the text nearly names, the nearest first."""
    places, key = asked.places, asked.finding.key
    points = []
    exact = [h for h in asked.finding.hits if h.left and h.what in ("road", "unit")]
    for echo in echoes(places, key):
        if any(h.start <= echo.start and echo.end <= h.end for h in exact):
            continue
        rows = asked.allowed(places.rows("place", echo.name) or places.rows("alias", echo.name))
        if not rows:
            continue
        same_road = asked.on_roads(rows, beside=(echo.start, echo.end))
        lon, lat, spread_m = asked.ground.spread(same_road or rows)
        if 2 * spread_m > FAR_M:
            continue
        features = {
            **asked.about,
            "cost": echo.cost / len(echo.name),
            "odd": echo.odd,
            "sounds": float(echo.cost <= _HEARD_RIGHT * len(echo.name)),
            "length": min(len(echo.name), 8) - 4.0,
            "road": float(bool(same_road)),
            "unbound_left": float(not bounded_left(key, echo.start)),
            "unbound_right": float(not bounded_right(key, echo.end)),
            "spread": log1p(spread_m / 200),
            "doubt": float(asked.ground.is_doubtful(rows[0])),
        }
        level = LEVEL_OF_KIND.get(places.kind(rows[0]), "compound")
        why = f"文字与地名库的「{places.names[rows[0]]}」读音或字形相近"
        radius_m = RADIUS_M[level] + spread_m
        span = (echo.start, echo.end)
        points.append(
            Point("heard", echo.name, level, lon, lat, radius_m, why, rows[0], span, features)
        )
    return [_with_lead(point, points) for point in points]


def _with_lead(point: Point, points: list[Point]) -> Point:
    cost = point.features["cost"]
    others = [p.features["cost"] for p in points if apart_m(p, point) > FAR_M]
    lead = min(others, default=1.0) - cost
    features = {**point.features, "lead": max(min(lead, _MOST_LEAD), -_MOST_LEAD)}
    return point.weighed(features)

"""Which place of the gazetteer a text means, with rivals, inside the districts that it allows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from geo.addresses import NUMBER
from geo.gazetteer import Gazetteer, Rows, plain_number
from geo.located import RADIUS_M, Candidate
from geo.matcher import Finding, Hit, Matcher
from geo.measure import distance_m
from geo.places import FAR_M

# Our rule, set by hand and not yet fitted: how far a name alone can be trusted, by its length.
_BY_LENGTH = {2: 0.45, 3: 0.7, 4: 0.8}
_LONG = 0.85
_LEVEL_OF_KIND = {"plate": "plate", "building": "building", "point": "building"}
# Points of one road without a number are one place only if they lie this close.
_ROAD_M = 1500.0
# Two numbers further apart than this say nothing of each other; a number is some 8 m of road.
_NUMBERS, _NUMBER_M = 100, 8.0
_MAX_CANDIDATES = 10
# Parts of one compound lie some hundred metres apart.
_PHASE, _PHASE_M = re.compile(r"(?:\d+|[a-z东西南北])[区期]"), 300.0


@dataclass(frozen=True, slots=True)
class Point:
    """One reading of the text as a point: WGS84 degrees, metres, 0 to 1, and why."""

    level: str
    lon: float
    lat: float
    radius_m: float
    score: float
    why: str
    rows: Rows


@dataclass(frozen=True, slots=True)
class Reading:
    """All readings of a text: the best point, what else it may mean, and what that tells.

    ``open_rows`` are places of one name too far apart to choose; ``barred`` are places whose
    district contradicts the one that was said; ``district`` is the one on which the open ones
    agree, with its ``why``.
    """

    best: Point | None
    rivals: tuple[Point, ...] = ()
    open_rows: Rows = ()
    open_name: str = ""
    barred: Rows = ()
    district: int | None = None
    why: str = ""


def read_points(matcher: Matcher, finding: Finding, allowed: frozenset[int] | None) -> Reading:
    """Read a text's hits as points.

    Parameters
    ----------
    allowed
        Numbers of the districts in which the place may lie, ``None`` where none is said.
    """
    places = matcher.gazetteer
    if places is None:
        return Reading(None)
    roads = {hit.name for hit in finding.hits if hit.what == "road"}
    points: list[Point] = []
    open_rows: list[int] = []
    barred: list[int] = []
    open_name = ""
    for hit in finding.hits:
        if hit.what in ("unit", "hint") or (hit.what == "road" and not hit.left):
            continue
        rows = _allowed(matcher, hit.who, allowed)
        if not rows:
            if hit.what != "road":
                barred += hit.who
            continue
        if hit.what == "road":
            point = _on_road(matcher, finding, hit, allowed)
        else:
            on_road = tuple(row for row in rows if places.roads[row] in roads)
            point = _named(
                places, finding.key, hit, on_road or rows, allowed is not None, bool(on_road)
            )
            if point is None:
                open_rows, open_name = list(rows), hit.name
        if point is not None:
            points.append(point)
    district, why = _agreed(matcher, finding, open_rows, open_name, allowed)
    best, rivals = _choose(points)
    return Reading(best, rivals, tuple(open_rows), open_name, tuple(barred), district, why)


def _allowed(matcher: Matcher, rows: Rows, allowed: frozenset[int] | None) -> Rows:
    if allowed is None:
        return rows
    of = matcher.district_of
    return tuple(row for row in rows if of[row] is None or of[row] in allowed)


def _spread(places: Gazetteer, rows: Rows) -> tuple[float, float, float]:
    if len(rows) == 1:
        return float(places.lon[rows[0]]), float(places.lat[rows[0]]), 0.0
    lon, lat = places.lon[list(rows)], places.lat[list(rows)]
    middle_lon, middle_lat = float(np.median(lon)), float(np.median(lat))
    far = distance_m(lon, lat, np.array(middle_lon), np.array(middle_lat))
    return middle_lon, middle_lat, float(far.max())


def _named(
    places: Gazetteer, key: str, hit: Hit, rows: Rows, district_said: bool, road_said: bool
) -> Point | None:
    lon, lat, spread_m = _spread(places, rows)
    if 2 * spread_m > FAR_M:
        return None
    level = _LEVEL_OF_KIND.get(places.kinds[rows[0]], "compound")
    score = _BY_LENGTH.get(hit.end - hit.start, _LONG)
    score += 0.1 * district_said + 0.1 * road_said - 0.1 * (hit.what == "alias")
    score -= 0.2 * (not hit.left) + 0.15 * (not hit.right) + 0.25 * hit.other
    kind = {"plate": "门牌", "building": "建筑", "compound": "小区"}[level]
    why = f"文字中有地名库的{kind}「{places.names[rows[0]]}」"
    radius_m = RADIUS_M[level] + spread_m
    if _PHASE.match(key, hit.end):
        # 某某园三区 where only 某某园 or its other parts are known.
        score, radius_m, why = score - 0.15, radius_m + _PHASE_M, why + "，分区未见"
    return Point(level, lon, lat, radius_m, score, why, rows)


def _on_road(
    matcher: Matcher, finding: Finding, hit: Hit, allowed: frozenset[int] | None
) -> Point | None:
    places = matcher.gazetteer
    assert places is not None, "a road is known from the gazetteer alone"
    said = NUMBER.match(finding.key, hit.end)
    district = 0.1 * (allowed is not None)
    if said is not None:
        rows = _allowed(matcher, places.plates.get((hit.name, said[1]), ()), allowed)
        if rows:
            lon, lat, spread_m = _spread(places, rows)
            if 2 * spread_m <= FAR_M:
                # A compound's address is a plate that its pin need not stand at.
                own = all(places.kinds[row] in ("plate", "building", "point") for row in rows)
                radius_m = RADIUS_M["plate" if own else "compound"] + spread_m
                why = f"门牌「{hit.name}{said[1]}号」在地名库中"
                return Point("plate", lon, lat, radius_m, 0.85 + district, why, rows)
        nearest = _nearest(matcher, hit.name, plain_number(said[1]), allowed)
        if nearest is not None:
            row, apart = nearest
            radius_m = RADIUS_M["road"] + _NUMBER_M * apart
            why = f"「{hit.name}」上最近的已知门牌，相差 {apart} 号"
            lon, lat = float(places.lon[row]), float(places.lat[row])
            return Point("road", lon, lat, radius_m, 0.6 + district, why, (row,))
    if hit.other:
        return None
    rows = _allowed(matcher, hit.who, allowed)
    lon, lat, spread_m = _spread(places, rows)
    if spread_m > _ROAD_M:
        return None
    few = 0.1 * (len(rows) == 1)
    radius_m = max(RADIUS_M["road"], spread_m) + (_ROAD_M / 2 if few else 0.0)
    score = 0.5 + district - few
    return Point("road", lon, lat, radius_m, score, f"文字中有道路「{hit.name}」", rows)


def _nearest(
    matcher: Matcher, road: str, number: int, allowed: frozenset[int] | None
) -> tuple[int, int] | None:
    places = matcher.gazetteer
    assert places is not None, "a road is known from the gazetteer alone"
    known = [
        (abs(n - number), row)
        for n, row in places.numbers.get(road, ())
        # Odd and even numbers stand on opposite sides and run apart.
        if n % 2 == number % 2 and abs(n - number) <= _NUMBERS
    ]
    rows = set(_allowed(matcher, tuple(row for _, row in known), allowed))
    left = sorted((apart, row) for apart, row in known if row in rows)
    if not left:
        return None
    apart = left[0][0]
    closest = tuple(row for a, row in left if a == apart)
    # Two roads of one name in one city.
    return (closest[0], apart) if 2 * _spread(places, closest)[2] <= FAR_M else None


def _agreed(
    matcher: Matcher,
    finding: Finding,
    open_rows: list[int],
    open_name: str,
    allowed: frozenset[int] | None,
) -> tuple[int | None, str]:
    """Tell the district on which places of one name, or on one road, agree."""
    of = matcher.district_of
    spoken: list[tuple[str, Iterable[int]]] = [(open_name, open_rows)] if open_rows else []
    spoken += [
        (hit.name, _allowed(matcher, hit.who, allowed))
        for hit in finding.hits
        if hit.what == "road" and hit.left and (not hit.other)
    ]
    for name, rows in spoken:
        districts = {of[row] for row in rows}
        if len(districts) == 1 and None not in districts:
            return districts.pop(), f"「{name}」的各处都在同一个区"
    return None, ""


def _choose(points: list[Point]) -> tuple[Point | None, tuple[Point, ...]]:
    if not points:
        return None, ()
    # Points that agree support each other; of equals the later stands finer in an address.
    order = sorted(range(len(points)), key=lambda i: (points[i].score, i), reverse=True)
    ranked = [points[i] for i in order]
    best = ranked[0]
    rivals = tuple(
        p for p in ranked[1:] if _apart_m(p, best) > max(FAR_M, best.radius_m + p.radius_m)
    )
    return best, rivals


def _apart_m(a: Point, b: Point) -> float:
    return float(distance_m(np.array(a.lon), np.array(a.lat), np.array(b.lon), np.array(b.lat)))


def candidates(places: Gazetteer | None, rows: Iterable[int]) -> tuple[Candidate, ...]:
    """Show places as candidates, at most ten."""
    if places is None:
        return ()
    return tuple(
        Candidate(
            level=_LEVEL_OF_KIND.get(places.kinds[row], "compound"),
            name=places.names[row],
            lon=float(places.lon[row]),
            lat=float(places.lat[row]),
            district=places.districts[row] or None,
        )
        for row in dict.fromkeys(rows)
    )[:_MAX_CANDIDATES]

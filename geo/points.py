"""Which place of the gazetteer a text means, with rivals, inside the units that it allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from geo.areas import Area
from geo.confidence import ALONE_CAP, CAP, CAP_OF, NEAR_CAP, WEIGHTS, Weights, chance
from geo.doors import on_road
from geo.gazetteer import Gazetteer, Rows
from geo.heard import echoes
from geo.located import RADIUS_M, Candidate
from geo.matcher import Finding, Hit, Matcher
from geo.meeting import meetings
from geo.places import FAR_M
from geo.reading import (
    LEVEL_OF_KIND,
    Point,
    apart_m,
    is_family_member,
    part_after,
    spread,
)

_MAX_CANDIDATES = 10
# Parts of one compound lie some hundred metres apart.
_PART_M = 300.0
_SURE = 0.7  # an exact reading that is as sure as this needs no second pass


@dataclass(frozen=True, slots=True)
class Reading:
    """All readings of a text: the best point, what else it may mean, and what that tells.

    ``points`` are all readings; ``open_rows`` are places of one name too far apart to choose;
    ``barred`` are places that lie outside of the units that were said.
    """

    best: Point | None = None
    points: tuple[Point, ...] = ()
    rivals: tuple[Point, ...] = ()
    open_rows: Rows = ()
    open_name: str = ""
    barred: Rows = ()


@dataclass(frozen=True, slots=True)
class _Asked:
    """A text and the units in which its place may lie, ``None`` where none is said."""

    matcher: Matcher
    places: Gazetteer
    finding: Finding
    area: Area
    within: tuple[int, ...]
    about: Mapping[str, float]
    roads: frozenset[int]

    def allowed(self, rows: Rows) -> Rows:
        """Keep the places that may lie in one of the units said."""
        if not self.within:
            return rows
        return tuple([row for row in rows if self._inside(row)])

    def on_roads(self, rows: Rows) -> Rows:
        """Keep the places that lie on one of the roads said."""
        if not self.roads:
            return ()
        road_of = self.places.roads.item
        return tuple([row for row in rows if road_of(row) in self.roads])

    def _inside(self, row: int) -> bool:
        home = self.matcher.home(row)
        if home is None:
            return True
        fits = self.matcher.units.fits
        return any(fits(home, unit) for unit in self.within)


def read_points(
    matcher: Matcher, finding: Finding, area: Area, weights: Weights = WEIGHTS
) -> Reading:
    """Read a text's hits as points.

    Parameters
    ----------
    area
        The units that text and columns name: the place lies in them.
    weights
        Of the features, as fitted.
    """
    places = matcher.gazetteer
    if places is None:
        return Reading()
    asked = _asked(matcher, places, finding, area)
    points: list[Point] = []
    open_rows: Rows = ()
    open_name = ""
    barred: list[int] = []
    for hit in finding.hits:
        if hit.what in ("unit", "hint") or (hit.what == "road" and not hit.left):
            continue
        rows = asked.allowed(hit.who)
        if not rows:
            if hit.what in ("place", "alias"):
                barred += hit.who
        elif hit.what == "road":
            points += on_road(places, finding.key, hit, rows, asked.allowed, asked.about)
        else:
            same_road = asked.on_roads(rows)
            point = _named(asked, hit, same_road or rows, bool(same_road))
            if point is not None:
                points.append(point)
            elif hit.what != "family":
                open_rows, open_name = rows, hit.name
    scored = _scored(points, weights)
    written = any(_is_written(point) for point in points) or bool(open_rows)
    if not any(point.chance >= _SURE for point in scored):
        met = meetings(places, finding.hits, asked.allowed, asked.about)
        points += met
        scored = _scored(points, weights)
    if not written and not any(point.chance >= _SURE and not _goes_on(point) for point in scored):
        heard = _echoed(asked)
        points = [p for p in points if not (_goes_on(p) and any(_covers(h, p) for h in heard))]
        scored = _scored(points + heard, weights)
    best = max(scored, key=lambda point: point.chance, default=None)
    rivals = tuple(p for p in scored if best is not None and _rival(p, best))
    if best is not None and best.row in open_rows:
        open_rows, open_name = (), ""
    return Reading(best, tuple(scored), rivals, open_rows, open_name, tuple(barred))


def _is_written(point: Point) -> bool:
    """Tell whether a place's own name stands in the text, bounded on both sides."""
    features = point.features
    doubts = ("unbound_left", "unbound_right", "other", "short")
    return point.sort == "named" and not any(features[doubt] for doubt in doubts)


def _goes_on(point: Point) -> bool:
    """Tell whether the text may say a longer name than the one that was read."""
    features = point.features
    return bool(features.get("unbound_left") or features.get("unbound_right"))


def _covers(heard: Point, point: Point) -> bool:
    """Tell whether a longer name of the same sound stands around what was read."""
    (first, last), (start, end) = heard.span, point.span
    around = first <= start and end <= last and last - first > end - start
    return around and bool(heard.features["sounds"])


def _asked(matcher: Matcher, places: Gazetteer, finding: Finding, area: Area) -> _Asked:
    within = area.others or ((area.unit,) if area.unit is not None else ())
    level = matcher.units.units[within[0]].level if within else ""
    about = {
        "district": float(bool(within)),
        "inside": float(level in ("community", "street") and len(places.home_codes) > 1),
        "near": float(finding.near),
    }
    roads = {hit.name for hit in finding.hits if hit.what == "road"}
    known = frozenset(places.keys[road] for road in roads)
    return _Asked(matcher, places, finding, area, within, about, known)


def _named(asked: _Asked, hit: Hit, rows: Rows, on_road: bool) -> Point | None:
    places = asked.places
    lon, lat, spread_m = spread(places, rows)
    family = hit.what == "family"
    if family and not (hit.right or is_family_member(asked.finding.key, hit.end)):
        return None  # a quarter's name before that of another place: 新街口 in 新街口罗儿胡同
    if 2 * spread_m > FAR_M * (1 + family):
        return None
    kind = places.kind(rows[0])
    part = part_after(asked.finding.key, hit.end)
    features = {
        **asked.about,
        "short": float(len(hit.name) == 2),
        "three": float(len(hit.name) == 3),
        "alias": float(hit.what == "alias"),
        "unbound_left": float(not hit.left),
        "unbound_right": float(not hit.right and not part),
        "other": float(hit.other and not part),
        "road": float(on_road),
        "family": float(family),
        "numbered": float(part[:1].isdigit() or part[:1] == "第"),
        "several": float(len(rows) > 1),
        "spread": log1p(spread_m / 200),
        "doubt": float(bool(places.sink[rows[0]]) or asked.matcher.strays(rows[0])),
    }
    level = LEVEL_OF_KIND.get(kind, "compound")
    radius_m = RADIUS_M[level] + spread_m
    word = {"plate": "门牌", "building": "建筑", "compound": "小区"}[level]
    why = f"文字中有地名库的{word}「{places.names[rows[0]]}」"
    if family:
        why, radius_m = f"文字中有「{hit.name}」，地名库中有其各部分", radius_m + _PART_M
    elif part:
        # 某某园三区 where only 某某园 or its other parts are known.
        radius_m, why = radius_m + _PART_M, why + "，分区未见"
    span = (hit.start, hit.end)
    sort = "sibling" if family or part else "named"
    return Point(sort, hit.name, level, lon, lat, radius_m, why, rows[0], span, features)


def _echoed(asked: _Asked) -> list[Point]:
    """Read what the text nearly names; each with its lead over the next that lies elsewhere."""
    places, key = asked.places, asked.finding.key
    points = []
    exact = [h for h in asked.finding.hits if h.left and h.what in ("road", "unit")]
    for echo in echoes(places, key):
        if any(h.start <= echo.start and echo.end <= h.end for h in exact):
            continue
        rows = asked.allowed(places.rows("place", echo.name) or places.rows("alias", echo.name))
        if not rows:
            continue
        same_road = asked.on_roads(rows)
        lon, lat, spread_m = spread(places, same_road or rows)
        if 2 * spread_m > FAR_M:
            continue
        features = {
            **asked.about,
            "cost": echo.cost / len(echo.name),
            "odd": echo.odd,
            "sounds": float(echo.cost <= 0.15 * len(echo.name)),
            "length": min(len(echo.name), 8) - 4.0,
            "road": float(bool(same_road)),
            "unbound_left": float(not asked.matcher.bounded_left(key, echo.start)),
            "unbound_right": float(not asked.matcher.bounded_right(key, echo.end)),
            "spread": log1p(spread_m / 200),
            "doubt": float(bool(places.sink[rows[0]]) or asked.matcher.strays(rows[0])),
        }
        level = LEVEL_OF_KIND.get(places.kind(rows[0]), "compound")
        why = f"文字与地名库的「{places.names[rows[0]]}」读音或字形相近"
        radius_m = RADIUS_M[level] + spread_m
        span = (echo.start, echo.end)
        points.append(
            Point("heard", echo.name, level, lon, lat, radius_m, why, rows[0], span, features)
        )
    for i, point in enumerate(points):
        others = [p.features["cost"] for p in points if apart_m(p, point) > FAR_M]
        lead = min(others, default=1.0) - point.features["cost"]
        features = {**point.features, "lead": max(min(lead, 0.5), -0.5)}
        points[i] = point._replace(features=features)
    return points


def _scored(points: list[Point], weights: Weights) -> list[Point]:
    """Give each reading its chance; readings that agree support each other.

    A text has one place: readings that lie far apart share the certainty by their odds.
    """
    alone = [chance(weights[point.sort], point.features) for point in points]
    if len(points) == 1:
        sure = min(alone[0], _cap(points[0]))
        return [points[0]._replace(chance=_among(sure, []))]
    clash = _clashes(points)
    full, capped = [], []
    for i, point in enumerate(points):
        support, features, sure = 0.0, point.features, alone[i]
        for j, other in enumerate(points):
            if alone[j] > support and not clash[i][j] and _supports(other, point):
                support = alone[j]
        if support:
            features = {**features, "support": support}
            sure = chance(weights[point.sort], features)
        full.append(features)
        capped.append(min(sure, _cap(point)))
    scored = []
    for i, point in enumerate(points):
        # What sounds alike competes by its lead, and gives way to what is written.
        rivals = [capped[j] for j, p in enumerate(points) if clash[i][j] and p.sort != "heard"]
        scored.append(point._replace(features=full[i], chance=_among(capped[i], rivals)))
    return scored


def _clashes(points: list[Point]) -> list[list[bool]]:
    """Tell of each pair of readings whether both cannot be true."""
    n = len(points)
    clash = [[False] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            clash[i][j] = clash[j][i] = _clash(points[i], points[j])
    return clash


def _cap(point: Point) -> float:
    features = point.features
    cap = CAP_OF.get(point.sort, CAP)
    alone = point.sort == "heard" and not (
        features["district"] or features["road"] or _is_misheard(features)
    )
    if alone or features.get("family") or features.get("other"):
        cap = ALONE_CAP
    elif point.sort == "road" and features["lane"]:
        cap = CAP
    return min(cap, NEAR_CAP) if features["near"] else cap


def _is_misheard(features: Mapping[str, float]) -> bool:
    """Tell whether the words themselves witness an error of hearing.

    All sounds are right, no name has these pairs of characters, it ends, is long enough, and no
    other sounds nearly alike: in folds right .98 of the time, of names that are known.
    """
    bounded = not (features["unbound_left"] or features["unbound_right"])
    return bool(
        bounded
        and features["sounds"]
        and features["odd"] >= 0.5
        and features["length"] >= 0
        and features["lead"] >= 0.3
    )


def _among(chance_: float, others: list[float]) -> float:
    odds = [one / (1 - one) for one in (chance_, *others)]
    return odds[0] / (1 + sum(odds))


def _supports(other: Point, point: Point) -> bool:
    apart = other.name != point.name and not _overlap(point, other)
    return apart and not (point.sort == other.sort == "heard")


def _overlap(a: Point, b: Point) -> bool:
    return a.span[0] < b.span[1] and b.span[0] < a.span[1]


def _clash(a: Point, b: Point) -> bool:
    return apart_m(a, b) > max(FAR_M, a.radius_m + b.radius_m)


def _rival(point: Point, best: Point) -> bool:
    return point is not best and point.chance > best.chance - 0.3 and _clash(point, best)


def candidates(places: Gazetteer | None, rows: Sequence[int]) -> tuple[Candidate, ...]:
    """Show places as candidates, at most ten."""
    if places is None or not rows:
        return ()
    return tuple(
        Candidate(
            level=LEVEL_OF_KIND.get(places.kind(row), "compound"),
            name=places.names[row],
            lon=float(places.lon[row]),
            lat=float(places.lat[row]),
            district=places.district(row),
        )
        for row in list(dict.fromkeys(rows))[:_MAX_CANDIDATES]
    )

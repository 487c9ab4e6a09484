"""Which place of the gazetteer a text means, with rivals, inside the units that it allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.areas import Area
from geo.asked import asked_of
from geo.confidence import WEIGHTS, Weights
from geo.doors import on_road
from geo.gazetteer import Gazetteer, Rows
from geo.located import Candidate
from geo.matcher import Finding, Hit, Matcher
from geo.meeting import meetings
from geo.misheard import as_heard
from geo.reading import LEVEL_OF_KIND, Point
from geo.weighing import clash, weighed
from geo.written import as_written

_MAX_CANDIDATES = 10
_SURE = 0.7  # an exact reading that is as sure as this needs no second pass
_FINER = 0.5  # a place on a road that is as sure as this stands before the road
# As far as this below the best, a reading is a rival.
_RIVAL = 0.3
_OWN = ("place", "alias")
_DOUBTS = frozenset(("unbound_left", "unbound_right", "other", "short"))


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
    asked = asked_of(matcher, finding, area)
    if asked is None:
        return Reading()
    points: list[Point] = []
    open_rows: Rows = ()
    open_name = ""
    barred: list[int] = []
    for hit in finding.hits:
        what = hit.what
        if what == "unit" or what == "hint" or (what == "road" and not hit.left):
            continue
        if what == "alias" and _is_wide_unit(matcher, finding, hit):
            continue
        rows = asked.allowed(hit.who)
        if not rows:
            if what in _OWN:
                barred += hit.who
            continue
        point = on_road(asked, hit, rows) if what == "road" else as_written(asked, hit, rows)
        if point is not None:
            points.append(point)
        elif what in _OWN:
            open_rows, open_name = rows, hit.name
    scored = weighed(points, weights)
    if not any(point.chance >= _SURE for point in scored):
        met = meetings(asked)
        if met:
            points += met
            scored = weighed(points, weights)
    written = bool(open_rows) or any(map(_is_written, points))
    if not written and not any(p.chance >= _SURE and not _goes_on(p) for p in scored):
        heard = as_heard(asked)
        if heard:
            points = [p for p in points if not (_goes_on(p) and any(_covers(h, p) for h in heard))]
            scored = weighed(points + heard, weights)
    if not scored:
        return Reading(None, (), (), open_rows, open_name, tuple(barred))
    best = _best(scored)
    rivals = tuple([p for p in scored if p is not best and _rival(p, best)])
    if best.row in open_rows:
        open_rows, open_name = (), ""
    return Reading(best, tuple(scored), rivals, open_rows, open_name, tuple(barred))


def _is_wide_unit(matcher: Matcher, finding: Finding, alias: Hit) -> bool:
    """Tell whether an alias stands where a district or street is named.

    示例家园(示例区) tells in brackets in which it lies, not how it is also called; a community may
    well have the name of its compound.
    """
    level_of = matcher.units.units
    return any(
        hit.what == "unit"
        and (hit.start, hit.end) == (alias.start, alias.end)
        and level_of[hit.who[0]].level != "community"
        for hit in finding.hits
    )


def _is_written(point: Point) -> bool:
    """Tell whether a place's own name stands in the text, bounded on both sides."""
    return point.sort == "named" and _DOUBTS.isdisjoint(point.features)


def _goes_on(point: Point) -> bool:
    """Tell whether the text may say a longer name than the one that was read."""
    features = point.features
    return bool(features.get("unbound_left") or features.get("unbound_right"))


def _covers(heard: Point, point: Point) -> bool:
    """Tell whether a longer name of the same sound stands around what was read."""
    (first, last), (start, end) = heard.span, point.span
    around = first <= start and end <= last and last - first > end - start
    return around and bool(heard.features["sounds"])


def _best(scored: Sequence[Point]) -> Point:
    """Choose the surest reading; a road gives way to what the text says to be on it."""
    best = max(scored, key=lambda point: point.chance)
    if best.sort != "road":
        return best
    on_it = [
        p
        for p in scored
        if p.name != best.name and p.sort != "road" and p.chance >= _FINER and not clash(p, best)
    ]
    return max(on_it, key=lambda point: point.chance, default=best)


def _rival(point: Point, best: Point) -> bool:
    return point.chance > best.chance - _RIVAL and clash(point, best)


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

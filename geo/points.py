"""Which place of the gazetteer a text means, with rivals, inside the units that it allows."""

from collections.abc import Sequence
from typing import NamedTuple

from geo.areas import Area
from geo.asked import Asked, asked_of
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


class Reading(NamedTuple):
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


class _Written(NamedTuple):
    """What stands in a text: its points, and places that are open or barred as of a reading."""

    points: list[Point]
    open_rows: Rows
    open_name: str
    barred: Rows


def read_points(
    matcher: Matcher,
    findings: Sequence[Finding],
    areas: Sequence[Area],
    weights: Weights = WEIGHTS,
) -> list[Reading]:
    """Read the hits of texts as points.

    Parameters
    ----------
    areas
        The units that text and columns of each name: the place lies in them.
    weights
        Of the features, as fitted.
    """
    ground = matcher.ground
    if ground is None:
        return [Reading()] * len(findings)
    asked = [asked_of(ground, *one) for one in zip(findings, areas, strict=True)]
    written = [_written(matcher, one) for one in asked]
    scored = [weighed(one.points, weights) for one in written]
    for i, points in enumerate(scored):
        if not any(map(_is_sure, points)):
            scored[i] = _further(asked[i], written[i], points, weights)
    return [_chosen(*one) for one in zip(written, scored, strict=True)]


def _written(matcher: Matcher, asked: Asked) -> _Written:
    points: list[Point] = []
    open_rows: Rows = ()
    open_name = ""
    barred: list[int] = []
    for hit in asked.finding.hits:
        what = hit.what
        if what == "unit" or what == "hint" or (what == "road" and not hit.left):
            continue
        if what == "alias" and _is_wide_unit(matcher, asked.finding, hit):
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
    return _Written(points, open_rows, open_name, tuple(barred))


def _further(asked: Asked, written: _Written, scored: list[Point], weights: Weights) -> list[Point]:
    """Look for where two names meet, then for names that are nearly said, where none is sure."""
    points = written.points
    if max([point.chance for point in scored], default=0.0) < _SURE:
        met = meetings(asked)
        if met:
            points = points + met
            scored = weighed(points, weights)
    if written.open_rows or any(map(_is_sure, scored)) or any(map(_is_written, points)):
        return scored
    heard = as_heard(asked)
    if not heard:
        return scored
    points = [p for p in points if not (_goes_on(p) and any(_covers(h, p) for h in heard))]
    return weighed(points + heard, weights)


def _chosen(written: _Written, scored: Sequence[Point]) -> Reading:
    _, open_rows, open_name, barred = written
    if not scored:
        return Reading(None, (), (), open_rows, open_name, barred)
    best = _best(scored)
    rivals = tuple([p for p in scored if p is not best and _rival(p, best)])
    if best.row in open_rows:
        open_rows, open_name = (), ""
    return Reading(best, tuple(scored), rivals, open_rows, open_name, barred)


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


def _is_sure(point: Point) -> bool:
    """Tell whether a reading is so sure that no other need be looked for."""
    return point.chance >= _SURE and not _goes_on(point)


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

"""One text, the names found in it, and the units in which its place may lie."""

from collections.abc import Mapping
from typing import NamedTuple

from geo.areas import Area
from geo.gazetteer import Gazetteer, Rows
from geo.ground import Ground
from geo.matcher import Finding, Matcher


class Asked(NamedTuple):
    """What every way of reading a text asks; build it with :func:`asked_of`.

    ``within`` are the units that are said, ``about`` the features of the text as a whole that are
    not zero, ``roads`` the keys of the roads in it.
    """

    places: Gazetteer
    ground: Ground
    finding: Finding
    within: Rows
    about: Mapping[str, float]
    roads: frozenset[int]

    def allowed(self, rows: Rows) -> Rows:
        """Keep the places that may lie in one of the units said."""
        return self.ground.inside(rows, self.within)

    def on_roads(self, rows: Rows) -> Rows:
        """Keep the places that lie on one of the roads said."""
        if not self.roads:
            return ()
        road_of, roads = self.places.roads.item, self.roads
        return tuple([row for row in rows if road_of(row) in roads])


def asked_of(matcher: Matcher, finding: Finding, area: Area) -> Asked | None:
    """Put together what a text asks of a gazetteer; ``None`` where there is none."""
    places, ground = matcher.gazetteer, matcher.ground
    if places is None or ground is None:
        return None
    about: dict[str, float] = {}
    within = area.others
    if not within and area.unit is not None:
        within = (area.unit,)
    if within:
        about["district"] = 1.0
    if finding.near:
        about["near"] = 1.0
    roads = frozenset([places.keys[hit.name] for hit in finding.hits if hit.what == "road"])
    return Asked(places, ground, finding, within, about, roads)

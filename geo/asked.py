"""One text, the names found in it, and the units in which its place may lie."""

from collections.abc import Mapping
from typing import NamedTuple

from geo.areas import Area
from geo.gazetteer import Gazetteer, Rows
from geo.ground import Ground
from geo.matcher import Finding


class Asked(NamedTuple):
    """What every way of reading a text asks; build it with :func:`asked_of`.

    ``within`` are the units that are said, ``about`` the features of the text as a whole that are
    not zero, ``roads`` where each road in it stands and its key.
    """

    places: Gazetteer
    ground: Ground
    finding: Finding
    within: Rows
    about: Mapping[str, float]
    roads: tuple[tuple[int, int, int], ...]

    def allowed(self, rows: Rows) -> Rows:
        """Keep the places that may lie in one of the units said."""
        return self.ground.inside(rows, self.within)

    def on_roads(self, rows: Rows, beside: tuple[int, int]) -> Rows:
        """Keep the places that lie on one of the roads said beside a span, not inside of it."""
        if not self.roads:
            return ()
        first, last = beside
        roads = [key for start, end, key in self.roads if end <= first or last <= start]
        if not roads:
            return ()
        road_of = self.ground.road
        return tuple([row for row in rows if road_of(row) in roads])


def asked_of(ground: Ground, finding: Finding, area: Area) -> Asked:
    """Put together what a text asks of a gazetteer."""
    about: dict[str, float] = {}
    within = area.others
    if not within and area.unit is not None:
        within = (area.unit,)
    if within:
        about["district"] = 1.0
    if finding.near:
        about["near"] = 1.0
    roads = tuple([(hit.start, hit.end, hit.number) for hit in finding.hits if hit.what == "road"])
    return Asked(ground.places, ground, finding, within, about, roads)

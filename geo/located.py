"""What 落点 answers: a level, a point where the level has one, how wide, how sure, and why."""

from dataclasses import dataclass

from appeals.mapping import LEVELS_OF_PLACE

LEVELS = LEVELS_OF_PLACE
"""Levels from fine to coarse; ``point`` is a pin of the source, the others are inferred."""

COARSE = ("community", "street", "district", "unlocated")
"""Levels without a point: the place is the unit's polygon, not its centre pretending to be one."""

RADIUS_M: dict[str, float] = {
    # A door plate that the gazetteer holds: the pin's own error and the depth of the yard.
    "plate": 75.0,
    # A named building, school, shop or yard: half its length and the pin's own error.
    "building": 100.0,
    # A residential compound (小区): most are 200 to 400 m across, its pin stands anywhere in it.
    "compound": 200.0,
    # An urban 社区 of 1 or 2 km², from its middle to its border.
    "community": 800.0,
    # The nearest known number of the same road, plus 8 m a number; a road alone gets at least this.
    "road": 500.0,
    # 街道 are some 10 km² in town; 镇 are wider.
    "street": 3000.0,
    # A district, from its middle to its border.
    "district": 15000.0,
}
"""Our rule: metres within which the true place should lie two times in three, by inferred level.

A point's radius decides which H3 cells and which units it may be given to, so it is rather too wide
than too narrow: without door plates a name gives hundreds of metres, not tens.
"""

NEAR_DOOR_M = 300.0
"""The least radius of a point that a known door on the same road tells, before 8 m a number."""

NEAR_M = 200.0
"""Added where the text says 附近, 对面, 路口 …: the place is near the named one, not the same."""


@dataclass(frozen=True, slots=True)
class NamedUnit:
    """A unit as its name is known to the matcher; polygons are in the room above.

    ``level`` is district, street or community; codes are text.
    """

    level: str
    code: str
    name: str
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that the text may mean, by a name of the gazetteer or of a unit.

    ``lon`` and ``lat`` are WGS84 degrees, ``None`` for a unit; ``code`` is the unit's.
    """

    level: str
    name: str
    lon: float | None = None
    lat: float | None = None
    code: str | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True)
class Located:
    """Where an appeal is, as well as its source or its text can tell.

    ``level`` is one of :data:`LEVELS`. ``lon`` and ``lat`` are WGS84 degrees, ``None`` for a
    coarse level; ``radius_m`` is the distance in metres within which the place lies, ``None`` where
    unlocated; ``confidence`` is from 0 to 1. ``evidence`` says why in words of the gazetteer and
    the unit list, never in the citizen's. ``datum``, ``x`` and ``y`` are the source's coordinates
    as they came. ``named`` holds the codes of units that text or columns name, finest first.
    ``ambiguous`` says that the words fit several places, which stand in ``candidates``.
    """

    level: str
    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    confidence: float = 0.0
    evidence: str = ""
    datum: str | None = None
    x: float | None = None
    y: float | None = None
    named: tuple[str, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    ambiguous: bool = False

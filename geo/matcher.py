"""One pass over a text: every name of the gazetteer and of the units that stands in it.

All keys are in one Aho-Corasick automaton; of the hits those stay that no longer hit contains.
Finding is exact. Whether a hit is meant is decided later, from what stands left and right of it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import ahocorasick_rs

from geo.addresses import key_and_cuts
from geo.gazetteer import Gazetteer, Rows
from geo.located import NamedUnit
from geo.names import UnitNames

# After a name these make another place of it: 苹果园地铁, 朝阳路, 东直门医院.
_OTHER_PLACE = re.compile(
    r"[东西南北中前后内外上下新老]{0,2}(?:大街|大道|街|路|胡同|巷|条|桥|道(?!口)|里|园|苑|湾|庄|村|门(?!口))"
    r"|[东西南北中]?[区院](?!内)|地铁|火?车?站|医院|小学|中学|大学|学校|学院|幼儿园|公园|广场|大厦"
    r"|机场|银行|派出所|法院|酒店|宾馆|饭店"
)
# After a name these leave it what it is.
_SAME_PLACE = re.compile(
    r"$|[\s\da-z甲乙丙丁#-]|小区|社区|居民|住户|业主|物业|家属|楼|栋|门口|[东西南北]+门|附近|旁|对面|周边|院内|内|里面"
    r"|[东西南北]{1,2}(?:侧|口|面|边|角)|路口|门前|的|和|与|及|在|有|地下|底商|商铺|第|号|以"
)
# Before a name these end something else.
_BEFORE = re.compile(
    r"[\s\d省市区县旗镇乡村街路道巷条号楼院口弄段在到住是于从离往去的和与及近]$|胡同$|社区$|小区$|交叉$"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found in the key, from ``start`` to ``end``.

    ``what`` is ``place``, ``alias`` (a name without its brackets), ``road``, ``unit`` (with its
    suffix) or ``hint`` (a unit's bare stem); ``who`` are the numbers of places or units.
    ``left`` and ``right`` tell whether the name ends there beyond doubt, ``other`` that the next
    words make another place of it.
    """

    what: str
    start: int
    end: int
    name: str
    who: Rows
    left: bool
    right: bool
    other: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """The key of one text and the hits in it, by their start."""

    key: str
    hits: tuple[Hit, ...]


class Matcher:
    """The automaton over all names; build one and use it for many texts."""

    def __init__(self, gazetteer: Gazetteer | None, units: UnitNames) -> None:
        self.units = units
        self.gazetteer = gazetteer
        tables: list[Mapping[str, Rows]] = [units.stems]
        if gazetteer is not None:
            tables += [gazetteer.by_name, gazetteer.by_alias, gazetteer.by_road]
        self._keys: list[str] = sorted({key for table in tables for key in table})
        self._automaton = ahocorasick_rs.AhoCorasick(self._keys)
        self.district_of: tuple[int | None, ...] = ()
        if gazetteer is not None:
            known = {
                name: units.named("district", name) for name in set(gazetteer.districts) if name
            }
            unit = {name: who[0] for name, who in known.items() if len(who) == 1}
            self.district_of = tuple(unit.get(name) for name in gazetteer.districts)

    def find(self, text: str) -> Finding:
        """Find the names in a text."""
        key, cuts = key_and_cuts(text)
        spans: list[tuple[int, int, str, str, Rows]] = []
        places = self.gazetteer
        for number, start, end in self._automaton.find_matches_as_indexes(key, overlapping=True):
            name = self._keys[number]
            if places is not None:
                if name in places.by_name:
                    spans.append((start, end, "place", name, places.by_name[name]))
                elif name in places.by_alias:
                    spans.append((start, end, "alias", name, places.by_alias[name]))
                if name in places.by_road:
                    spans.append((start, end, "road", name, places.by_road[name]))
            if name in self.units.stems:
                who, reach, full = self.units.said(name, key, end)
                spans.append((start, reach, "unit" if full else "hint", name, who))
        spans.sort(key=lambda span: (span[0], -span[1]))
        ends = cuts | {span[1] for span in spans}
        starts = cuts | {span[0] for span in spans}
        hits, reach, at = [], -1, -1
        for start, end, what, name, who in spans:
            if end < reach or (end == reach and start > at):
                continue  # inside a longer one
            reach, at = end, start
            right = end in starts or _SAME_PLACE.match(key, end) is not None
            other = end not in cuts and _OTHER_PLACE.match(key, end) is not None
            left = (
                start == 0
                or start in ends
                or _BEFORE.search(key, max(0, start - 2), start) is not None
            )
            hits.append(Hit(what, start, end, name, who, left, right and not other, other))
        return Finding(key, tuple(hits))


@lru_cache(maxsize=2)
def matcher(gazetteer: Gazetteer | None, units: tuple[NamedUnit, ...]) -> Matcher:
    """Build the matcher over these names, once while both stay the same."""
    return Matcher(gazetteer, UnitNames(units))


def matcher_of(gazetteer: Gazetteer | None, units: Sequence[NamedUnit]) -> Matcher:
    """Build, or find again, the matcher over these names."""
    return matcher(gazetteer, tuple(units))

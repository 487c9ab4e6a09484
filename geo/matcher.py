"""One pass over a text: every name of the gazetteer and of the units that stands in it.

Of the hits those stay that no longer hit contains. Finding is exact; whether a hit is meant is
decided later, from what stands left and right of it.
"""

import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import NamedTuple

import ahocorasick_rs

from geo.addresses import NEAR, ends_in_numeral, key_and_cuts
from geo.areas import Area, decide
from geo.gazetteer import LONGEST, MEANINGS, Gazetteer, Rows
from geo.ground import KEPT, Ground
from geo.located import NamedUnit
from geo.names import SUFFIX_BEGINS, UnitNames

# After a name these make another place of it: 苹果园地铁, 朝阳路, 东直门医院.
_OTHER_PLACE = (
    r"(?![东西南北]{1,2}门)[东西南北中前后内外上下新老]{0,2}(?:大街|大道|街|路|胡同|巷|条|桥|道(?!口)|里|园|苑|湾|庄|村|门(?!口))"
    r"|[东西南北中]?[区院](?!内)|地铁|火?车?站|医院|小学|中学|大学|学校|学院|幼儿园|公园|广场|大厦"
    r"|机场|银行|派出所|法院|酒店|宾馆|饭店"
)
# After a name these leave it what it is.
_SAME_PLACE = (
    r"$|[\s\da-z甲乙丙丁#-]|小区|社区|居民|住户|业主|物业|家属|楼|栋|门口|[东西南北]{1,4}门|附近|旁|对面|周边|院内|内|里面"
    r"|[东西南北]{1,2}(?:侧|口|面|边|角)|路口|门前|的|和|与|及|在|有|地下|底商|商铺|第|号|以"
)
_AFTER = re.compile(f"(?P<other>{_OTHER_PLACE})|{_SAME_PLACE}")
# Before a name these end something else.
_BEFORE = re.compile(
    r"[\s\d省市区县旗镇乡村街路道巷条号楼院口弄段在到住是于从离往去的和与及近]$|胡同$|社区$|小区$|交叉$|[东西南北]门$|[东西南北]侧$|对面$|旁边?$"
    r"|(?:反映|投诉|举报|咨询|求助|反馈|建议|来电)$"
)


MOST_READ = 2000
"""Characters of a text that are read: all its names are weighed against each other."""

# Most names end and begin beside one of these: looked up before the expressions are asked.
_PLAIN_AFTER = frozenset(" 0123456789abcdefghijklmnopqrstuvwxyz甲乙丙丁#-楼栋旁的和与及在有第号以")
_PLAIN_BEFORE = frozenset(
    " 0123456789省市区县旗镇乡村街路道巷条号楼院口弄段在到住是于从离往去的和与及近"
)

# What a key of the gazetteer may be, by the bits of Gazetteer.meanings.
_MEANT = [tuple(i for i in range(len(MEANINGS)) if bits >> i & 1) for bits in range(16)]
_UNIT, _HINT = len(MEANINGS), len(MEANINGS) + 1
_WHAT = (*MEANINGS, "unit", "hint")


# Tuples: some ten of them are made for each of ten thousand texts a second.
class Hit(NamedTuple):
    """A name found in the key, from ``start`` to ``end``.

    ``what`` is one of :data:`geo.gazetteer.MEANINGS`, ``unit`` (with its suffix) or ``hint`` (a
    unit's bare stem); ``number`` is the key's in the gazetteer, -1 for a unit; ``who`` are the
    numbers of places or units. ``left`` and ``right`` tell whether the name ends there beyond
    doubt, ``other`` that the next words make another place of it.
    """

    what: str
    start: int
    end: int
    name: str
    number: int
    who: Rows
    left: bool
    right: bool
    other: bool


_hit = partial(tuple.__new__, Hit)  # what Hit() does, without its checks


class Finding(NamedTuple):
    """The key of one text, where brackets stood in it, and the hits in it by their start.

    ``near`` says that the place is by another: 附近, 对面, 路口, 30米.
    """

    key: str
    cuts: frozenset[int]
    hits: tuple[Hit, ...]
    near: bool


# Start, end below zero so that the longer comes first, order, meaning (of _WHAT), name, number of
# the key (-1 for units) and numbers of the units.
_Span = tuple[int, int, int, int, str, int, Rows]


class Matcher:
    """All names of a gazetteer and of the units of a day; build one and use it for many texts."""

    def __init__(self, gazetteer: Gazetteer | None, units: Sequence[NamedUnit]) -> None:
        self.gazetteer = gazetteer
        self.units = UnitNames(units, gazetteer.unit_aliases if gazetteer is not None else {})
        self.ground = Ground(gazetteer, self.units) if gazetteer is not None else None
        self._stems = sorted(self.units.stems)
        self._bare = [self.units.bare(stem) for stem in self._stems]
        self._heads = gazetteer.heads if gazetteer is not None else frozenset()
        # An automaton over whole heads would take three times as long to build.
        pairs = sorted({head[:2] for head in self._heads})
        self._automaton = ahocorasick_rs.AhoCorasick([*self._stems, *pairs])
        numerals = {stem for stem in self._stems if ends_in_numeral(stem)}
        if gazetteer is not None:
            numerals |= gazetteer.numeral_names
            self._meanings = gazetteer.meanings()
            # Views answer with plain numbers, twice as soon as arrays.
            self._starts = [lists.starts.data for lists in gazetteer.meant]
            self._listed = [lists.rows.data for lists in gazetteer.meant]
        self._numerals = frozenset(numerals)
        self._decided = lru_cache(KEPT)(partial(decide, self.units))

    def find(self, texts: Sequence[str]) -> list[Finding]:
        """Find the names in each text."""
        keyed = [key_and_cuts(text[:MOST_READ], self._numerals) for text in texts]
        found = [self._spans(key) for key, _ in keyed]
        return [
            self._finding(key, cuts, spans) for (key, cuts), spans in zip(keyed, found, strict=True)
        ]

    def _finding(self, key: str, cuts: frozenset[int], spans: list[_Span]) -> Finding:
        """Keep the spans that no longer one holds, and tell how each is bounded."""
        near = NEAR.search(key) is not None
        if not spans:
            return Finding(key, cuts, (), near)
        spans.sort()
        starts = {span[0] for span in spans}
        ends = {-span[1] for span in spans}
        if cuts:
            starts |= cuts
            ends |= cuts
        hits, reach, at, size = [], -1, -1, len(key)
        left = right = other = False
        for start, end, _, what, name, number, who in spans:
            end = -end
            if end < reach or (end == reach and start > at):
                continue  # inside a longer one
            if end > reach:
                reach, at = end, start
                left = start in ends or bounded_left(key, start)
                other = False
                right = end == size or end in cuts or key[end] in _PLAIN_AFTER
                if not right:
                    after = _AFTER.match(key, end)
                    other = after is not None and after.lastgroup == "other"
                    right = not other and (after is not None or end in starts)
            if number >= 0:
                who = self._rows(what, number)
            hits.append(_hit((_WHAT[what], start, end, name, number, who, left, right, other)))
        return Finding(key, cuts, tuple(hits), near)

    def _spans(self, key: str) -> list[_Span]:
        """List all names in a key, those too that a longer one holds."""
        spans: list[_Span] = []
        stems, bare, said, n = self._stems, self._bare, self.units.said, len(_WHAT)
        known, heads, begun = len(stems), self._heads, []
        for number, start, end in self._automaton.find_matches_as_indexes(key, overlapping=True):
            if number >= known:
                if key[start : start + 3] in heads or key[start:end] in heads:
                    begun.append(start)
            elif bare[number] and key[end : end + 1] not in SUFFIX_BEGINS:
                spans.append((start, -end, n, _HINT, stems[number], -1, bare[number]))
            else:
                units, reach, full = said(stems[number], key, end)
                what = _UNIT if full else _HINT
                spans.append((start, -reach, n, what, stems[number], -1, units))
            n += 1
        for start, end, name in self.units.of_gates(key):
            units, reach, full = said(name, key, end)
            spans.append((start, -reach, n, _UNIT if full else _HINT, name, -1, units))
            n += 1
        if begun and self.gazetteer is not None:
            meanings, beginning = self._meanings, self.gazetteer.keys.iter_prefixes_with_ids
            for start in begun:
                for name, number in beginning(key[start : start + LONGEST]):
                    reach = -start - len(name)
                    for what in _MEANT[meanings[number]]:
                        spans.append((start, reach, what, what, name, number, ()))
        return spans

    def named(self, finding: Finding) -> Area:
        """Tell which units a text names in full."""
        return self._decided(tuple([hit.who for hit in finding.hits if hit.what == "unit"]))

    def home(self, row: int) -> int | None:
        """Tell the finest unit in which a place is known to lie, as a number of a unit."""
        return self.ground.home(row) if self.ground is not None else None

    def district(self, row: int) -> int | None:
        """Tell the district in which a place is known to lie, as a number of a unit."""
        return self.ground.district(row) if self.ground is not None else None

    def _rows(self, what: int, number: int) -> Rows:
        first, last = self._starts[what][number], self._starts[what][number + 1]
        if last - first == 1:  # of most keys
            return (self._listed[what][first],)
        return tuple(self._listed[what][first:last])


def bounded_left(key: str, start: int) -> bool:
    """Tell whether what stands before a name ends there beyond doubt."""
    if start == 0 or key[start - 1] in _PLAIN_BEFORE:
        return True
    return _BEFORE.search(key, max(0, start - 2), start) is not None


def bounded_right(key: str, end: int) -> bool:
    """Tell whether what stands after a name leaves it what it is."""
    after = _AFTER.match(key, end)
    return after is not None and after.lastgroup is None


@lru_cache(maxsize=4)
def _matcher(gazetteer: Gazetteer | None, units: tuple[NamedUnit, ...]) -> Matcher:
    return Matcher(gazetteer, units)


def matcher_of(gazetteer: Gazetteer | None, units: Sequence[NamedUnit]) -> Matcher:
    """Build, or find again, the matcher over these names."""
    return _matcher(gazetteer, tuple(units))

"""Names of units, in all the forms in which people say them.

三间房地区 is said 三间房乡, 建国门外街道 is said 建外街道, 竹涛山社区居委会 is said 竹涛山社区.
A unit is indexed by its stem; a suffix of its level makes the hit a name, without one it is a hint.
Districts that were merged or renamed are still said by their old names (``renamed.csv``, from the
yearly lists of changes of divisions at county level and above, Ministry of Civil Affairs).
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files

from geo.addresses import normalise
from geo.located import NamedUnit

UNIT_LEVELS = ("community", "street", "district")
"""From fine to coarse."""

_SUFFIX = {
    "district": re.compile(r"(?:新区|[区县旗市])$"),
    "street": re.compile(r"(?:街道办事处|地区办事处|街道|地区|街办|办事处|管理区|民族乡|镇|乡)$"),
    "community": re.compile(
        r"(?:社区居民委员会|社区居委会|居民委员会|村民委员会|社区|居委会|村委会|委会|居委|村)$"
    ),
}
_SAID = {
    "district": re.compile(r"新区|[区县旗](?!\d)"),
    "street": re.compile(
        r"街道办事处|街道办|地区办事处|街道|地区|街办|办事处|管理区|民族乡|镇(?!中心)|乡(?!村)"
    ),
    "community": re.compile(
        r"社区居民委员会|社区居委会|居民委员会|社区|村民委员会|村委会|居委会?|村(?![庄口东西南北])"
    ),
}
# Bare stems that are also said of other things: roads, and what any place has (西里, 二区).
NO_HINT = re.compile(
    r".*(?:路|街|巷|胡同|道|条|桥|门|站)|[东西南北中前后新老\d]{1,2}[里区园村城街期院]"
)


def _renamed() -> tuple[tuple[str, str, str], ...]:
    lines = (files("geo") / "renamed.csv").read_text(encoding="utf-8").splitlines()
    return tuple((row["old"], row["code"], row["new"]) for row in csv.DictReader(lines))


RENAMED = _renamed()
"""Old name, code and name of the district that it is in today."""


SUFFIX_BEGINS = frozenset("新区县旗街地办管民镇乡社居村")
"""Characters that a suffix begins with: most names of units are followed by something else."""

_GATE = re.compile(r"(.).门([内外])(?=街道|地区|街办|办事处)")


_Units = tuple[int, ...]
# All units of a stem; of each level the suffixes, the units, and whether the stem is a name.
_Ways = tuple[_Units, tuple[tuple[re.Pattern[str], _Units, bool], ...] | None]


class UnitNames:
    """The units of one day and the ways to say each.

    Parameters
    ----------
    units
        Units of the levels district, street and community; others are left out. A parent that is
        not given is looked for by code: 110105 of 110105001.
    aliases
        Keys of other names, each with the code of its unit.
    """

    def __init__(self, units: Iterable[NamedUnit], aliases: Mapping[str, str] = {}) -> None:
        self.units: tuple[NamedUnit, ...] = tuple(u for u in units if u.level in UNIT_LEVELS)
        self._by_code: dict[str, int] = {}
        for i, unit in enumerate(self.units):
            self._by_code.setdefault(unit.code, i)
        self.stems: dict[str, tuple[int, ...]] = {}
        self._names: list[str] = [normalise(unit.name) for unit in self.units]
        stems: defaultdict[str, list[int]] = defaultdict(list)
        for i, unit in enumerate(self.units):
            for stem in self._stems_of(unit.level, self._names[i]):
                stems[stem].append(i)
        self.stems = {stem: tuple(who) for stem, who in stems.items()}
        self._aliases = self._other_names(aliases)
        self.stems |= self._aliases
        self._ways = {stem: self._ways_of(stem) for stem in self.stems}
        self._chains = [self._climb(i) for i in range(len(self.units))]
        # Of several units of one level in a chain the finest stands.
        self._above = [{self.units[i].level: i for i in chain[::-1]} for chain in self._chains]
        self._codes = [tuple(self.units[i].code for i in chain) for chain in self._chains]

    def _ways_of(self, stem: str) -> _Ways:
        """Sort the units of a stem by level; a name of somebody's choice needs no suffix."""
        who = self.stems[stem]
        if stem in self._aliases:
            return who, None
        by_level = []
        for level in UNIT_LEVELS:
            of_level = tuple(i for i in who if self.units[i].level == level)
            if of_level:
                complete = any(self._names[i] == stem for i in of_level)
                by_level.append((_SAID[level], of_level, complete))
        return who, tuple(by_level)

    def _other_names(self, aliases: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
        found: dict[str, tuple[int, ...]] = {}
        for old, code, new in RENAMED:
            unit = self._by_code.get(code)
            # A city may have given the code, or a new district the name, to another.
            if unit is not None and self._names[unit] == new and old not in self._names:
                found[old] = (unit,)
        for name, code in aliases.items():
            if code in self._by_code:
                found[name] = (self._by_code[code],)
        return found

    @staticmethod
    def _stems_of(level: str, name: str) -> set[str]:
        stem = _SUFFIX[level].sub("", name)
        if level == "community":
            # 辛庄村村委会 is said 辛庄村 and 辛庄.
            stem = re.sub(r"村$", "", stem)
        if len(stem) < 2:
            return {name}
        stems = {stem}
        if level == "street" and len(stem) == 4 and stem[2] == "门":
            stems.add(stem[0] + stem[3])  # 建国门外 is said 建外
        return stems

    def _climb(self, i: int) -> tuple[int, ...]:
        chain, seen = [i], {i}
        while True:
            unit = self.units[chain[-1]]
            parent = self._by_code.get(unit.parent_code or "")
            if parent is None and unit.level != "district":
                heads = (
                    (unit.code[:9], unit.code[:6])
                    if unit.level == "community"
                    else (unit.code[:6],)
                )
                parent = next((self._by_code[h] for h in heads if h in self._by_code), None)
            if parent is None or parent in seen:
                return tuple(chain)
            chain.append(parent)
            seen.add(parent)

    def chain(self, unit: int) -> tuple[int, ...]:
        """List a unit and those above it, finest first."""
        return self._chains[unit]

    def codes(self, unit: int) -> tuple[str, ...]:
        """List the codes of a unit and those above it, finest first."""
        return self._codes[unit]

    def number_of(self, code: str) -> int | None:
        """Tell the number of a unit by its code, ``None`` where unknown."""
        return self._by_code.get(code)

    def level_of(self, code: str) -> str | None:
        """Tell the level of a unit by its code, ``None`` where unknown."""
        number = self._by_code.get(code)
        return self.units[number].level if number is not None else None

    def above(self, unit: int, level: str) -> int | None:
        """Tell the unit of a level that holds this one (or is it), ``None`` where unknown."""
        return self._above[unit].get(level)

    def fits(self, unit: int, inside: int) -> bool:
        """Tell whether one unit may lie in the other: an unknown parent may be any."""
        if inside in self._chains[unit] or unit in self._chains[inside]:
            return True
        level = self.units[inside].level
        if level in self._above[unit]:
            return False
        finer = UNIT_LEVELS.index(self.units[unit].level) < UNIT_LEVELS.index(level)
        return finer and self._agree_above(unit, inside)

    def _agree_above(self, unit: int, other: int) -> bool:
        a, b = self.above(unit, "district"), self.above(other, "district")
        return a is None or b is None or a == b

    def common(self, units: Sequence[int]) -> int | None:
        """Tell the finest unit that holds all of these, ``None`` where there is none."""
        if not units:
            return None
        shared = [i for i in self._chains[units[0]] if all(i in self._chains[u] for u in units[1:])]
        return shared[0] if shared else None

    def of_gates(self, key: str) -> Iterator[tuple[int, int, str]]:
        """Find streets that are listed short and said long: 建国门外 of 建外街道.

        Yields
        ------
        tuple of (int, int, str)
            Start and end in the key, and the stem of the street.
        """
        if "门" not in key:
            return
        for match in _GATE.finditer(key):
            stem = match[1] + match[2]
            if stem in self.stems:
                yield match.start(), match.end(), stem

    def bare(self, stem: str) -> tuple[int, ...]:
        """List the units of a stem that is no name without a suffix; none where it is one."""
        who, by_level = self._ways[stem]
        if by_level is None or any(complete for _, _, complete in by_level):
            return ()
        return who

    def said(self, stem: str, key: str, end: int) -> tuple[tuple[int, ...], int, bool]:
        """Read what follows a stem in a key.

        Parameters
        ----------
        stem
            A key of :attr:`stems` that ends at ``end`` in ``key``.

        Returns
        -------
        units
            Numbers of the units meant.
        end : int
            Where the name with its suffix ends.
        full : bool
            Whether a suffix of the level (or the name as it is) was said; else it is a hint.
        """
        who, by_level = self._ways[stem]
        if by_level is None:
            return who, end, True
        best: tuple[tuple[int, ...], int] | None = None
        for suffixes, of_level, complete in by_level:
            suffix = suffixes.match(key, end)
            if suffix is None and not complete:
                continue
            reach = suffix.end() if suffix else end
            if best is None or reach > best[1]:
                name = stem + key[end:reach]
                exact = tuple([i for i in of_level if self._names[i] == name])
                best = (exact or of_level, reach)
        return (*best, True) if best is not None else (who, end, False)

    def named(self, level: str, name: str) -> tuple[int, ...]:
        """Find the units of a level that a column names, with or without suffix."""
        key = normalise(name)
        whole = tuple(
            i
            for stem in self._stems_of(level, key)
            for i in self.stems.get(stem, ())
            if self.units[i].level == level
        )
        exact = tuple(i for i in whole if self._names[i] == key)
        return exact or whole

"""被反映主体: the enterprise, project, school, compound or road that an appeal is about.

The column of the source says it, or the words do. Many callers about one chain in many streets are
one matter only if the chain has one name, so names are normalised: legal forms, brackets and
branches fall off, aliases of the office's own list and names of the gazetteer are known. A private
person is never a subject: what looks like a person's name is none.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import ahocorasick_rs
import numpy as np
import numpy.typing as npt

from alerts.columns import Columns
from alerts.subject_words import (
    ENDINGS,
    GENERIC,
    LEGAL_FORM,
    NOT_PART,
    PERSON,
    TAIL_WORDS,
    TITLED,
)
from appeals.errors import InputError
from appeals.toml_files import read_toml

_MOST_TEXT = 200  # characters; the matter stands in the first sentences
_LONGEST = 10  # characters of a name before its ending
_LEAST_KNOWN = 3  # characters of a name that is looked for in words
_BRACKETS = re.compile(r"[(\[【<《「『][^)\]】>》」』]{0,20}[)\]】>》」』]")
_NO_NAME = re.compile(r"[^\u4e00-\u9fffA-Za-z0-9·&-]")
_BRANCH = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]{0,14}(?:店|公司|集团|分校|校区|营业部|分行|支行)")


@dataclass(frozen=True, slots=True, eq=False)
class SubjectReader:
    """Reads subjects; build it with :meth:`of`.

    ``aliases`` leads from each way to say a chain's name to the name itself, ``places`` from each
    name of a place, also one that people taught, to the name of the gazetteer; ``finder`` looks for
    both in one pass.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    said: tuple[str, ...] = ()
    finder: ahocorasick_rs.AhoCorasick | None = None

    @classmethod
    def of(
        cls,
        aliases: Mapping[str, Iterable[str]] | None = None,
        places: Iterable[str] = (),
        taught: Mapping[str, str] = MappingProxyType({}),
    ) -> "SubjectReader":
        """Build a reader.

        Parameters
        ----------
        aliases
            From the name of a chain to the other ways to say it.
        places
            Names of compounds, schools and other places of the gazetteer, without door plates.
        taught
            From a name that people taught to the known place that it means, to itself where it
            means a point.
        """
        ways = {plain(w): name for name, all_ways in (aliases or {}).items() for w in all_ways}
        ways |= {plain(name): name for name in aliases or {}}
        both = [*((one, one) for one in (*places, *taught.values())), *taught.items()]
        plainly = ((plain(name), plain(meant)) for name, meant in both)
        known = {name: meant for name, meant in plainly if len(name) >= _LEAST_KNOWN}
        said = tuple(sorted({*ways, *known} - {""}))
        return cls(ways, known, said, ahocorasick_rs.AhoCorasick(said) if said else None)

    def read(self, column: str | None, text: str | None) -> str | None:
        """Give the subject of an appeal, None where there is none.

        Parameters
        ----------
        column
            What the source says, if anything.
        text
            The redacted words.

        Examples
        --------
        >>> reader = SubjectReader.of({"朗悦": ["朗悦运动"]}, places=["晴桥雅居"])
        >>> reader.read("碧堤物业服务有限公司（演示）", "")
        '碧堤物业'
        >>> reader.read(None, "晴桥雅居门口尚臻健身突然关门，年卡退不了")
        '尚臻健身'
        >>> reader.read(None, "朗悦运动望京店不退钱"), reader.read(None, "晴桥雅居停水两天")
        ('朗悦', '晴桥雅居')
        >>> reader.read("王某", "王先生的公司欠我工资"), reader.read("张伟", "")
        (None, None)
        """
        named = self.of_column(column) if column else None
        return named or (_of_text(self, text[:_MOST_TEXT]) if text else None)

    def of_column(self, column: str) -> str | None:
        """Give the normal form of a name that the source gives, None where it is a person's."""
        name = plain(column)
        alias = self._alias(name)
        if alias is not None:
            return alias
        if len(name) < 2 or PERSON.search(name) or TITLED.search(name):
            return None
        return short(name)

    def of_text(self, text: str) -> str | None:
        """Give the subject that words speak of; enterprises before projects, schools and places."""
        words = TITLED.sub(" ", _BRACKETS.sub(" ", unicodedata.normalize("NFKC", text)))
        hits: list[tuple[int, int, str]] = []
        if self.finder is not None:
            found = self.finder.find_matches_as_indexes(words, overlapping=True)
            hits = [(start, end, self.said[number]) for number, start, end in found]
        for _, _, name in hits:
            if name in self.aliases:
                return self.aliases[name]
        ends = [end for _, end, name in hits if name in self.places]
        for ending in ENDINGS:
            for match in ending.finditer(words):
                stem = _name_before(words, match.start(), ends)
                if stem is not None:
                    return short(stem + match.group())
        longest = max(hits, key=lambda hit: (hit[1] - hit[0], -hit[0]), default=None)
        return self.places[longest[2]] if longest else None

    def knows(self, name: str) -> bool:
        """Tell whether a name stands in the office's list or in the gazetteer."""
        return name in self.places or name in self.aliases.values()

    def _alias(self, name: str) -> str | None:
        inside = (way for way in self.aliases if way in name)
        way = max(inside, key=lambda one: (len(one), one), default=None)
        return self.aliases[way] if way is not None else None


@lru_cache(maxsize=200_000)
def _of_text(reader: SubjectReader, text: str) -> str | None:
    return reader.of_text(text)


CALLERS = 3
"""A name that only words have given is a subject from the hour of so many callers of one day on."""


def subjects_of(
    reader: SubjectReader, appeals: Columns, day: date, seen: Mapping[str, int]
) -> tuple[npt.NDArray[np.object_], dict[str, int]]:
    """Give the subject of each appeal of one local day, and since when each new name counts.

    A name that stands nowhere but in words may be no name: it counts once several callers use it,
    so that chance wordings fill no memory. A question (咨询) is about what its column says alone.

    Parameters
    ----------
    reader
        Reads the names.
    appeals
        Of the day, by hour.
    day
        The local day.
    seen
        Subjects that are known, with the number of the hour since which they count.

    Returns
    -------
    names, since
        Shape (n,), in the order of the appeals; numbers of hours by new name.
    """
    columns = [one if isinstance(one, str) and one else None for one in appeals.subject]
    words = zip(columns, appeals.text, appeals.consult.tolist(), strict=True)
    names = [reader.read(column, None if asked else text) for column, text, asked in words]
    sure = [
        column is not None or name is None or reader.knows(name)
        for column, name in zip(columns, names, strict=True)
    ]
    hours = (day.toordinal() * 24 + appeals.hour).tolist()
    since: dict[str, int] = {}
    for name, safe in zip(names, sure, strict=True):
        if name is not None and safe and name not in seen:
            since[name] = 0
    callers: dict[str, set[object]] = {}
    for name, caller, at in zip(names, appeals.caller, hours, strict=True):
        if name is not None and name not in seen and name not in since:
            own = callers.setdefault(name, set())
            own.add(caller)
            if len(own) == CALLERS:
                since[name] = at
    told = np.empty(len(names), np.object_)
    for i, (name, safe, at) in enumerate(zip(names, sure, hours, strict=True)):
        first = since.get(str(name), seen.get(str(name), at + 1))
        told[i] = name if safe or at >= first else None
    return told, since


def names_of_words(reader: SubjectReader, appeals: Columns) -> list[str | None]:
    """Give the name that only the words of each appeal give, None where there is none."""
    names: list[str | None] = []
    columns = zip(appeals.subject, appeals.text, appeals.consult.tolist(), strict=True)
    for column, text, consult in columns:
        sure = consult or (isinstance(column, str) and bool(column))
        name = None if sure else reader.read(None, text)
        names.append(None if name is None or reader.knows(name) else name)
    return names


def _name_before(words: str, start: int, places: list[int]) -> str | None:
    """Give what stands before an ending and can be a name, None where nothing can."""
    first = max([0, start - _LONGEST, *(end for end in places if end <= start)])
    stem = words[first:start]
    for cut in NOT_PART.finditer(stem):
        stem = words[first + cut.end() : start]
    cuts = [match.end() for match in _NO_NAME.finditer(stem)]
    stem = stem[cuts[-1] :] if cuts else stem
    bare = GENERIC.sub("", stem)
    return stem if len(bare) >= 2 else None


def plain(name: str) -> str:
    """Give a name without brackets, marks and spaces, in half-width characters."""
    return _NO_NAME.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", name)))


def short(name: str) -> str:
    """Give a chain's name of an enterprise's: without legal form, branch and what says nothing.

    Examples
    --------
    >>> short("朗悦健身管理有限公司望京分公司"), short("朗悦健身朝阳门店"), short("某某集团")
    ('朗悦健身', '朗悦健身', '某某集团')
    """
    kept = name
    ending = ENDINGS[0].search(name, 2)
    if ending is not None and _BRANCH.fullmatch(name, ending.end()):
        kept = name[: ending.end()]
    for _ in range(4):
        less = TAIL_WORDS.sub("", LEGAL_FORM.sub("", kept))
        if len(less) < 3 or less == kept:
            break
        kept = less
    return kept if len(kept) >= 3 else name


def read_aliases(path: Path | None) -> dict[str, list[str]]:
    """Read the office's list of chains: a TOML table ``names`` from a name to its other forms.

    Raises
    ------
    InputError
        The file is missing, is no TOML or has another shape.
    """
    if path is None:
        return {}
    names = read_toml(path, f"alerts.subjects: {path.name}").get("names", {})
    for name, ways in names.items():
        if not isinstance(ways, list) or not all(isinstance(way, str) for way in ways):
            raise InputError(f"alerts.subjects: {path.name}: names: {name} needs a list of names")
    return {name: list(ways) for name, ways in names.items()}

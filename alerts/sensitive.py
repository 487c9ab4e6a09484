"""Sensitive appeals (风险性诉求): a list of terms that an office can read and change.

The list decides, so every hit can be explained: family, term, severity, and what in the words
around it lowered it: negation, a supposition, the past, a drill, a name that merely holds the term.
"""

import tomllib
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick

from appeals.errors import InputError

TOLD_FROM = 2
"""Least severity that raises an alert: 1 note, 2 prompt, 3 danger to life or public order."""

_CLAUSE_ENDS = frozenset("，。！？；,!?;\n")
_NEAR = 7  # characters that count as near to a term

WHERE = ("near_before", "before", "near_after", "clause", "text")
"""Where a cue may stand: close before or after the term, anywhere before it in its clause,
anywhere in its clause, anywhere in the text."""


@dataclass(frozen=True, slots=True)
class Family:
    """Terms of one kind of danger: Chinese name, severity 1-3, duties it concerns."""

    key: str
    name: str
    severity: int
    duties: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lowering:
    """Words that lower a hit by two degrees: why, where they must stand, and the words."""

    why: str
    where: str
    cues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The families, what lowers a hit, and the names that are no hit at all."""

    families: tuple[Family, ...]
    lowered: tuple[Lowering, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found: its family, the severity that is left, and why it was lowered."""

    family: Family
    term: str
    severity: int
    lowered_by: str | None


def read_lexicon(path: Path | None = None) -> Lexicon:
    """Read the list of terms from a file, or the one that the product brings.

    Raises
    ------
    InputError
        The file is missing or a family lacks a part; the message names family and key.
    """
    try:
        if path is None:
            text = (resources.files("alerts") / "lexicon.toml").read_text(encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
        given = tomllib.loads(text)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"lexicon: cannot be read: {error}") from error
    families = tuple(_family(key, value) for key, value in given.get("family", {}).items())
    if not families:
        raise InputError("lexicon: there is no [family.…] in the file")
    lowered = tuple(_lowering(number, one) for number, one in enumerate(given.get("lowered", ())))
    return Lexicon(families, lowered, tuple(given.get("names", {}).get("spans", ())))


def _lowering(number: int, value: dict[str, Any]) -> Lowering:
    if value.get("where") not in WHERE:
        raise InputError(f"lexicon: lowered {number + 1}: where must be one of {', '.join(WHERE)}")
    if not value.get("why") or not value.get("cues"):
        raise InputError(f"lexicon: lowered {number + 1}: why or cues is missing")
    return Lowering(value["why"], value["where"], tuple(value["cues"]))


def _family(key: str, value: dict[str, Any]) -> Family:
    for part in ("name", "severity", "duties", "terms"):
        if part not in value:
            raise InputError(f"lexicon: family {key}: {part} is missing")
    if value["severity"] not in (1, 2, 3):
        raise InputError(f"lexicon: family {key}: severity must be 1, 2 or 3")
    return Family(
        key, value["name"], value["severity"], tuple(value["duties"]), tuple(value["terms"])
    )


class SensitiveWatch:
    """Finds the terms of a lexicon in texts.

    Parameters
    ----------
    lexicon
        What to look for.
    """

    def __init__(self, lexicon: Lexicon) -> None:
        self._terms: list[tuple[Family, str]] = [
            (family, term) for family in lexicon.families for term in family.terms
        ]
        patterns = [_squeeze(term)[0] for _, term in self._terms]
        self._automaton = AhoCorasick(patterns + [_squeeze(n)[0] for n in lexicon.names])
        self._lexicon = lexicon

    def hits(self, text: str) -> list[Hit]:
        """Give the hits in one text, the most severe first; no hit inside a listed name.

        Marks and spaces put between the characters of a term do not hide it.
        """
        squeezed, clause = _squeeze(text)
        found = self._automaton.find_matches_as_indexes(squeezed, overlapping=True)
        names = [(s, e) for i, s, e in found if i >= len(self._terms)]
        hits: dict[tuple[str, str], Hit] = {}
        for index, start, end in found:
            if index >= len(self._terms) or any(s <= start and end <= e for s, e in names):
                continue
            family, term = self._terms[index]
            if clause[start] != clause[end - 1] and end - start > 2:
                continue  # a long term does not run over the end of a clause
            lowered = self._lowered(squeezed, clause, start, end)
            severity = family.severity - 2 if lowered else family.severity
            hit = Hit(family, term, max(severity, 0), lowered)
            known = hits.get((family.key, term))
            if known is None or known.severity < hit.severity:
                hits[family.key, term] = hit
        return sorted(hits.values(), key=lambda h: (-h.severity, h.family.key, h.term))

    def _lowered(self, text: str, clause: Sequence[int], start: int, end: int) -> str | None:
        own = clause[start]
        first, last = bisect_left(clause, own), bisect_right(clause, own)
        areas = {
            "near_before": text[max(first, start - _NEAR) : start],
            "before": text[first:start],
            "near_after": text[end : min(last, end + _NEAR)],
            "clause": text[first:last],
            "text": text,
        }
        for rule in self._lexicon.lowered:
            if any(cue in areas[rule.where] for cue in rule.cues):
                return rule.why
        return None


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Give the text without marks and spaces, and the clause number of each character left."""
    kept: list[str] = []
    clause: list[int] = []
    number = 0
    for char in unicodedata.normalize("NFKC", text):
        if char in _CLAUSE_ENDS:
            number += 1
        elif char.isalnum():
            kept.append(char.lower())
            clause.append(number)
    return "".join(kept), clause

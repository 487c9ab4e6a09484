"""Sensitive appeals (风险性诉求): a list of terms that an office can read and change.

The list decides, so every hit can be explained: family, term, severity, and what in the words
around it lowered it: negation, a supposition, the past, a drill, a name that merely holds the term.
"""

import itertools
import unicodedata
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ahocorasick_rs import AhoCorasick

from alerts.focus import Focus
from alerts.lexicon.read import Family, Lexicon, Lowering
from alerts.lexicon.terms import NEAR, Term, squeeze

TOLD_FROM = 2
"""Least severity that raises an alert: 1 note, 2 prompt, 3 danger to life or public order."""

MATTER = 400
"""Characters from the beginning of a text in which its matter stands; what comes later is history
and argument, and counts two degrees less, unless its family says otherwise."""

_SENTENCE_ENDS = frozenset("。！？；!?;\n")
_CLAUSE_ENDS = _SENTENCE_ENDS | frozenset("，,")
_CLOSE = 7  # characters that count as close to a term
_LOWERED = 2  # degrees
_REMEMBERED = 2**15  # texts whose hits are kept

Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A term that was found.

    ``severity`` is what is left of its family's; ``lowered_by`` says why it is less; ``words`` are
    the characters that were found, in the order in which they stand.
    """

    family: Family
    term: str
    severity: int
    lowered_by: str | None
    words: str


@dataclass(frozen=True, slots=True)
class _Squeezed:
    """A text without marks and spaces; the clause and sentence number of each character left."""

    text: str
    clause: Sequence[int]
    sentence: Sequence[int]


class SensitiveWatch:
    """Finds the terms of a lexicon in texts.

    Parameters
    ----------
    lexicon
        What to look for.
    focus
        When, where and about whom nothing waits for a size.
    """

    def __init__(self, lexicon: Lexicon, focus: Focus | None = None) -> None:
        self.lexicon = lexicon
        self.focus = focus or Focus()
        self._terms: list[tuple[Family, Term]] = [
            (family, term) for family in lexicon.families for term in family.terms
        ]
        # Each word once in the automaton, with all the terms and parts that it stands for.
        uses: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, (_, term) in enumerate(self._terms):
            for part, words in enumerate(term.parts):
                for word in words:
                    uses[word].append((number, part))
        names = {squeeze(name) for name in lexicon.names} - {""}
        self._uses = [*uses.values(), *([] for _ in names)]
        self._first_name = len(uses)
        self._automaton = AhoCorasick([*uses, *names])
        # The words of a day are asked about again and again as its hours go by.
        self.hits = lru_cache(maxsize=_REMEMBERED)(self._hits)

    def tells(self, text: str) -> bool:
        """Tell whether a text says something that is told."""
        return any(hit.severity >= TOLD_FROM for hit in self.hits(text))

    def _hits(self, text: str) -> tuple[Hit, ...]:
        """Give the hits in one text, no hit inside a listed name.

        The most severe come first, of equal ones those that wait for fewer callers.

        Marks and spaces put between the characters of a term do not hide it.
        """
        squeezed = _squeeze(text)
        found = self._automaton.find_matches_as_indexes(squeezed.text, overlapping=True)
        names = [(s, e) for i, s, e in found if i >= self._first_name]
        parts: dict[int, dict[int, Spans]] = defaultdict(lambda: defaultdict(list))
        for index, start, end in found:
            if not any(s <= start and end <= e for s, e in names):
                for number, part in self._uses[index]:
                    parts[number][part].append((start, end))
        hits: dict[tuple[str, str], Hit] = {}
        for number in sorted(parts):
            family, term = self._terms[number]
            for spans in _together(term, parts[number], squeezed):
                hit = self._hit(family, term, spans, squeezed)
                known = hits.get((family.key, term.written))
                if known is None or known.severity < hit.severity:
                    hits[family.key, term.written] = hit
        return tuple(sorted(hits.values(), key=_gravest_first))

    def _hit(self, family: Family, term: Term, spans: Spans, squeezed: _Squeezed) -> Hit:
        ordered = sorted(spans)
        why = self._lowered(family, squeezed, ordered)
        if why is None and ordered[0][0] >= MATTER and not family.throughout:
            why = "后文提及"
        severity = max(family.severity - _LOWERED, 0) if why else family.severity
        if why and family.severity == TOLD_FROM:
            severity = min(severity, TOLD_FROM - 1)
        words = "…".join(squeezed.text[s:e] for s, e in ordered)
        return Hit(family, term.written, severity, why, words)

    def _lowered(self, family: Family, squeezed: _Squeezed, spans: Spans) -> str | None:
        """Say what lowers a hit in these spans, which stand in the order of the text."""
        start, inside, end = spans[0][0], spans[-1][0], max(e for _, e in spans)
        first, last = _around(squeezed.clause, start, end)
        sentence, sentence_end = _around(squeezed.sentence, start, end)
        text = squeezed.text
        own = [text[s:e] for s, e in spans]
        areas = {
            "near_before": text[max(first, start - _CLOSE) : inside],
            "before": text[first:inside],
            "near_after": text[end : min(last, end + _CLOSE)],
            "after": text[end:last],
            "clause": text[first:last],
            "sentence_before": text[sentence:inside],
            "sentence": text[sentence:sentence_end],
            "text": text,
        }
        for rule in self.lexicon.lowered:
            if _concerns(rule, family) and any(
                # What a term says itself lowers nothing: 没有 in “没有 + 灭火器” denies no danger.
                cue in areas[rule.where] and not any(cue in word for word in own)
                for cue in rule.cues
            ):
                return rule.why
        return None


def _around(part: Sequence[int], start: int, end: int) -> tuple[int, int]:
    """Give where the clauses (or sentences) begin and end that hold ``start`` to ``end``."""
    return bisect_left(part, part[start]), bisect_right(part, part[end - 1])


def _gravest_first(hit: Hit) -> tuple[int, int, str, str]:
    return -hit.severity, hit.family.callers, hit.family.key, hit.term


def _concerns(rule: Lowering, family: Family) -> bool:
    return not rule.families or family.key in rule.families


def _together(term: Term, found: dict[int, Spans], squeezed: _Squeezed) -> Iterator[Spans]:
    """Give the places where every part of a term stands, near to each other in one sentence."""
    if len(found) < len(term.parts):
        return
    if len(term.parts) == 1:
        for start, end in found[0]:
            # A long term does not run over the end of a clause.
            if end - start <= 2 or squeezed.clause[start] == squeezed.clause[end - 1]:
                yield [(start, end)]
        return
    for spans in itertools.product(*(found[part] for part in range(len(term.parts)))):
        ordered = sorted(spans)
        near = all(
            0 <= later[0] - earlier[1] <= NEAR for earlier, later in itertools.pairwise(ordered)
        )
        one = squeezed.sentence[ordered[0][0]] == squeezed.sentence[ordered[-1][1] - 1]
        if near and one:
            yield list(spans)


def _squeeze(text: str) -> _Squeezed:
    kept: list[str] = []
    clause: list[int] = []
    sentence: list[int] = []
    clauses = sentences = 0
    for char in unicodedata.normalize("NFKC", text):
        if char in _CLAUSE_ENDS:
            clauses += 1
            sentences += char in _SENTENCE_ENDS
        elif char.isalnum():
            kept.append(char.lower())
            clause.append(clauses)
            sentence.append(sentences)
    # A letter may become two when it is made small: only one counts, as positions are told by it.
    return _Squeezed("".join(c[0] for c in kept), clause, sentence)

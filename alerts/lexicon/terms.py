"""One term of the list: words that stand together, in every way in which they may be written.

``着火`` is one word. ``消防通道|安全出口 + 堵|占`` is a combination: one word of each part, near to
each other inside one sentence, in any order. ``@欠付 + @报酬`` takes the words of two groups, which
the list names once for all the terms that need them.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from appeals.errors import InputError

NEAR = 12
"""Most characters between two words of a combination."""

MOST_WORDS = 90  # in one part: more is a list of its own
MOST_PARTS = 3
GROUP = "@"  # before the name of a group

Parts = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A term as it is written in the list, and the words of each of its parts, squeezed."""

    written: str
    parts: Parts


def squeeze(text: str) -> str:
    """Give the letters and digits of a text, small and of full width no more.

    Marks and spaces put between characters do not hide a term.

    Examples
    --------
    >>> squeeze("拖 欠·工-資ＡＢ")
    '拖欠工資ab'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text).lower() if c.isalnum())


def read_term(
    written: str,
    variants: Mapping[str, Sequence[str]],
    groups: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Term:
    """Read one term and add the variants of its words.

    Parameters
    ----------
    written
        As in the list: words divided by ``|`` inside a part, parts divided by ``+``.
    variants
        What a word or character may also be written as: homophones, split characters, traditional
        forms, initials.
    groups
        Words of one meaning under a name; ``@name`` stands for all of them.

    Raises
    ------
    InputError
        A part is empty, a word has no letter, a lone word has one letter only, a group is not
        known, or there are too many words; the message says why, the caller says where.

    Examples
    --------
    >>> read_term("讨薪", {"讨": ["言寸"], "讨薪": ["tx"]}).parts
    (('讨薪', 'tx', '言寸薪'),)
    >>> read_term("通道 + 堵|占", {}).parts
    (('通道',), ('堵', '占'))
    >>> read_term("通道 + @堵|锁", {}, {"堵": ["堵", "占"]}).parts
    (('通道',), ('堵', '占', '锁'))
    """
    parts: list[tuple[str, ...]] = []
    pieces = written.split("+")
    if len(pieces) > MOST_PARTS:
        raise InputError(f"more than {MOST_PARTS} parts")
    for piece in pieces:
        words = [squeeze(word) for word in _named(piece, groups)]
        if not words or not all(words):
            raise InputError("a part or a word is empty")
        if len(words) > MOST_WORDS:
            raise InputError(f"more than {MOST_WORDS} words in one part")
        parts.append(tuple(dict.fromkeys(w for word in words for w in _ways(word, variants))))
    if len(parts) == 1 and any(len(word) < 2 for word in parts[0]):
        raise InputError("a word of one letter fires everywhere: write two, or a combination")
    return Term(written, tuple(parts))


def _named(piece: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    """Give the words of a part, those of its groups in their place."""
    words: list[str] = []
    for word in map(str.strip, piece.split("|")):
        name = word.removeprefix(GROUP)
        if name == word:
            words.append(word)
        elif name in groups:
            words += groups[name]
        else:
            raise InputError(f"there is no group {name}")
    return words


def _ways(word: str, variants: Mapping[str, Sequence[str]]) -> list[str]:
    """Give a word and the ways of writing it: each variant alone, and all of a kind together."""
    ways = [word, *(squeeze(v) for v in variants.get(word, ()))]
    for part, others in variants.items():
        if part != word and part in word:
            ways += [word.replace(part, squeeze(other)) for other in others]
    whole = word
    for part, others in variants.items():
        if others and len(part) == 1:
            whole = whole.replace(part, squeeze(others[0]))
    return [*ways, whole]

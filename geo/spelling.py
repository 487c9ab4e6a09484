"""One spelling of a text's characters: damage undone, width, traditional forms, case, marks.

Most characters of most texts have one spelling whatever stands beside them; those are looked up one
by one. A text with any other is read as a whole.
"""

import re

from geo.repair import repair

CUT = "\ue000"
"""Stands where a bracket or dot stood: a private-use character, for str.split takes the control
characters for white space."""

# Brackets and dots inside names are dropped (but remembered as a cut); other marks separate.
_BRACKETS = "()[]{}<>《》〈〉【】「」『』\u3014\u3015\u201c\u201d\u2018\u2019\"'·•・|"
_CUTS = str.maketrans(dict.fromkeys(_BRACKETS, CUT))
_MARKS = re.compile(r"[,.;:!?~、。…—_/\\]+")
_ALONE = frozenset(
    [*map(chr, range(0x80)), *map(chr, range(0xFF01, 0xFF5F)), *_BRACKETS, *"\u3000\u3007、。…—"]
) - {"・"}
# Common as they are, but the converter turns them in some words: 沈船, 毛坏, 想像.
_IN_WORDS = frozenset("坏沈覆藉瞭甦衹哩椀像")
_READING = re.compile(r"[(（][a-zａ-ｚ]")  # noqa: RUF001
_BESIDE = "\ue001"


class _Spellings(dict[int, str]):
    """The spelling of each character that was met, ``_BESIDE`` where its neighbours may matter."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if "\u4e00" <= char <= "\u9fff":
            alone = char not in _IN_WORDS and repair(char) == char
        else:
            alone = char in _ALONE
        self[code] = spelling = _as_a_whole(char) if alone else _BESIDE
        return spelling


_SPELLINGS = _Spellings()


def spelled(text: str) -> str:
    """Bring a text's characters to one spelling.

    Examples
    --------
    >>> spelled("３号樓、 样板路【A】") == "3号楼 样板路" + CUT + "a" + CUT
    True
    """
    spelling = text.translate(_SPELLINGS)
    bracket = "(" in text or "（" in text
    if _BESIDE in spelling or "??" in text or (bracket and _READING.search(text)):
        return _as_a_whole(text)
    while "  " in spelling:
        spelling = spelling.replace("  ", " ")
    return spelling


def _as_a_whole(text: str) -> str:
    return _MARKS.sub(" ", "".join(repair(text).casefold().translate(_CUTS).split()))

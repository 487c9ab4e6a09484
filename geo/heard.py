"""The second pass: names that a text nearly has, by their sound or but for a character or two.

Speech is written down with other characters of the same sound; typists leave one out or swap two.
"""

import math
from dataclasses import dataclass

from geo.gazetteer import Gazetteer

# What tells neighbours from each other must not be taken for an error: 二区 is not 三区.
_TELLING = frozenset(
    "0123456789abcdefghijklmnopqrstuvwxyz东西南北中上下前后内外左右一二三四五六七八九十甲乙丙丁新老"
)
# Costs in characters. Our rule; what they are worth is fitted in confidence.toml.
_HOMOPHONE, _MIXED_UP, _LEFT_OUT, _PUT_IN, _SWAPPED = 0.15, 0.3, 0.8, 0.9, 0.6
_OTHER = 3.0  # a character of another sound makes another name
# Beyond this share of its length, or more than one real error, it is another name.
_MOST_COST, _ONE_ERROR = 0.36, 1.45
_MOST_NAMES, _MARGIN, _LONGEST_TEXT = 14, 3, 80


@dataclass(frozen=True, slots=True)
class Echo:
    """A name that the key nearly has from ``start`` to ``end``; ``cost`` in characters.

    ``odd`` is the share of the text's own pairs of characters there that no name has: an error
    makes odd pairs, another place's name does not.
    """

    start: int
    end: int
    key: int
    name: str
    cost: float
    odd: float


def echoes(gazetteer: Gazetteer, key: str) -> list[Echo]:
    """Find the names that a key nearly has, the nearest first.

    Parameters
    ----------
    key
        Of a text, by :func:`geo.addresses.normalise`.

    Examples
    --------
    >>> import pandas as pd
    >>> from geo.gazetteer import COLUMNS
    >>> from geo.indexing import build_gazetteer
    >>> row = ("和平嘉苑", "compound", "", "", 116.0, 40.0, "doc")
    >>> gazetteer = build_gazetteer(pd.DataFrame([row], columns=list(COLUMNS)))
    >>> [(one.name, one.start, one.end, one.cost) for one in echoes(gazetteer, "住在和平家园")]
    [('和平嘉苑', 2, 6, 0.3)]
    """
    key = key[:_LONGEST_TEXT]
    table = gazetteer.sounding.table
    exact, loose = table.of(key)
    said, said_loose = exact.tolist(), loose.tolist()
    found = []
    for number, at in gazetteer.sounding.like(loose, _MOST_NAMES):
        name = gazetteer.keys.restore_key(number)
        reach = len(name) + _MARGIN
        first, last = max(0, at - reach), min(len(key), at + reach)
        own, own_loose = (sounds.tolist() for sounds in table.of(name))
        most = min(_MOST_COST * len(name), _ONE_ERROR)
        cost, start, end = _align(
            name, own, own_loose, key[first:last], said[first:last], said_loose[first:last], most
        )
        if 0 < cost <= most:
            start, end = first + start, first + end
            odd = _odd(gazetteer.sounding.written, name, key[start:end])
            found.append(Echo(start, end, number, name, round(cost, 3), odd))
    return sorted(found, key=lambda one: (one.cost / len(one.name), one.start, one.name))


def _odd(written: frozenset[str], name: str, text: str) -> float:
    pairs = [text[i : i + 2] for i in range(len(text) - 1) if text[i : i + 2] not in name]
    return sum(pair not in written for pair in pairs) / len(pairs) if pairs else 0.0


def _align(
    name: str,
    own: list[int],
    own_loose: list[int],
    text: str,
    said: list[int],
    loose: list[int],
    most: float,
) -> tuple[float, int, int]:
    """Find where in the text the name stands at the least cost: cost, start, end.

    Optimal string alignment (edits and swaps of neighbours), free to begin and end anywhere; given
    up, at a cost without end, as soon as it must come to more than ``most``.
    """
    width = len(text)
    put_in = [_PUT_IN + (char in _TELLING) for char in text]
    # Costs and starts of the row before the last, of the last row, and of this one.
    before, before_from = [0.0] * (width + 1), list(range(width + 1))
    above, above_from = before, before_from
    for i, char in enumerate(name):
        telling = char in _TELLING
        left_out = _LEFT_OUT + telling
        row, row_from = [above[0] + left_out], [0]
        sound, loose_sound, last = own[i] or -1, own_loose[i] or -1, name[i - 1] if i else ""
        for j, other in enumerate(text):
            if char == other:
                cost = above[j]
            elif sound == said[j]:
                cost = above[j] + _HOMOPHONE
            elif loose_sound == loose[j] and not (telling or other in _TELLING):
                cost = above[j] + _MIXED_UP
            else:
                cost = above[j] + _OTHER
            start = above_from[j]
            if above[j + 1] + left_out < cost:
                cost, start = above[j + 1] + left_out, above_from[j + 1]
            if row[j] + put_in[j] < cost:
                cost, start = row[j] + put_in[j], row_from[j]
            if j and other == last and char == text[j - 1] and before[j - 1] + _SWAPPED < cost:
                cost, start = before[j - 1] + _SWAPPED, before_from[j - 1]
            row.append(cost)
            row_from.append(start)
        before, before_from, above, above_from = above, above_from, row, row_from
        if min(above) > most and min(before) > most:  # a swap reaches over one row
            return math.inf, 0, 0
    end = min(range(width + 1), key=above.__getitem__)
    return above[end], above_from[end], end

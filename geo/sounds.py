"""How characters sound: for names that were heard and written down with other characters.

Sounds are numbers. Two characters of one reading without tone have one ``exact`` number; readings
that dialects and recognisers mix up (zh and z, n and l, in and ing, …) have one ``loose`` number.
"""

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Sounds16 = NDArray[np.uint16]

LIMIT = 2048
"""Sounds are below it: a pair of them is one number below its square."""

_FIRST, _LAST = 0x3400, 0x9FFF
_ASCII = 1800  # letters and digits stand for themselves, above all readings
_SILENT = 0


@dataclass(frozen=True, slots=True, eq=False)
class SoundTable:
    """The sound of every character of the basic plane; both of shape (65536,)."""

    exact: Sounds16
    loose: Sounds16

    def of(self, text: str) -> tuple[Sounds16, Sounds16]:
        """Give the exact and the loose sounds of a text's characters, each of shape (n,)."""
        codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
        codes = np.where(codes < len(self.exact), codes, 0)
        return self.exact[codes], self.loose[codes]


def fold(reading: str) -> str:
    """Bring a reading without tone to the one that it is mixed up with.

    Examples
    --------
    >>> fold("zhang"), fold("zan"), fold("ning"), fold("lin")
    ('zan', 'zan', 'lin', 'lin')
    """
    reading = re.sub(r"^(z|c|s)h", r"\1", reading)
    reading = re.sub(r"^n(?=[aeiouv])", "l", reading)
    return re.sub(r"(?<=[aei])ng$", "n", reading)


@cache
def sound_table() -> SoundTable:
    """Make the table from the commonest reading of each character (pypinyin)."""
    from pypinyin import Style, pinyin  # loads in most of a second: only where an index is built

    chars = [chr(code) for code in range(_FIRST, _LAST + 1)]
    readings = [pinyin(char, style=Style.NORMAL)[0][0] for char in chars]
    known = [one if one.isascii() and one.isalpha() else "" for one in readings]
    exact_of = {one: n for n, one in enumerate(sorted({*known} - {""}), start=1)}
    loose_of = {one: n for n, one in enumerate(sorted({fold(k) for k in exact_of}), start=1)}
    exact = np.zeros(1 << 16, np.uint16)
    loose = np.zeros(1 << 16, np.uint16)
    for char, reading in zip(chars, known, strict=True):
        exact[ord(char)] = exact_of.get(reading, _SILENT)
        loose[ord(char)] = loose_of[fold(reading)] if reading else _SILENT
    for code in range(0x30, 0x7B):
        exact[code] = loose[code] = _ASCII + code
    return SoundTable(exact, loose)

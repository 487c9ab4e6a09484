"""Named places (地名地址库) made ready for the matcher: keys, doors, and how names sound.

All of it is arrays and tries, so that a file can hold it and processes share it (:mod:`geo.kept`).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import marisa_trie
import numpy as np
from numpy.typing import NDArray

from geo.datums import Floats
from geo.postings import Int32s, Postings, Words
from geo.sounding import Sounding

Rows = tuple[int, ...]

KINDS = ("plate", "building", "compound", "road", "point")
"""What a place is; ``point`` is any other named place: a school, a shop, a station."""

COLUMNS = ("name", "kind", "address", "district", "lon", "lat", "source")
"""Columns of a frame of places."""

ALIAS_COLUMNS = ("name", "place", "lon", "lat", "code")
"""What a name is also said for: the name of a known place, a point (WGS84), or a unit's code."""

MEANINGS = ("place", "alias", "family", "road")
"""What a key may be: a whole name, another that it holds (without brackets), the part that names of
one family share (花家地西里 of 花家地西里三区), or a road that places lie on."""

LONGEST = 40
"""Characters of a text in which a key is looked for: no name is longer."""


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Places and their keys, as :func:`geo.indexing.build_gazetteer` makes them.

    One is equal to itself alone.

    ``names``, ``kinds`` (index in ``KINDS``), ``districts`` (index in ``district_names``, -1 for
    none), ``roads`` (key of the road, -1 for none), ``lon``, ``lat`` (WGS84 degrees), ``sink``
    (many names share the pin) and ``crowd`` (:func:`geo.crowding.crowding`) have one entry a place,
    shape (n,). ``keys`` numbers the keys,
    ``heads`` are the first three characters (of two, the two) of keys, ``meant`` has for each of
    :data:`MEANINGS` the places of each key. ``plates`` numbers road and door number in one word,
    ``at_plate`` has their places; ``doors`` has the places of a road that have a door, and
    ``door_numbers`` their plain numbers. ``homes`` are codes of the finest units that the places
    lie in (empty where unknown), an index into ``home_codes`` for each.
    """

    names: Words
    kinds: NDArray[np.uint8]
    district_names: tuple[str, ...]
    districts: Int32s
    roads: Int32s
    lon: Floats
    lat: Floats
    sink: NDArray[np.bool_]
    crowd: Floats
    keys: marisa_trie.Trie
    heads: frozenset[str] = field(repr=False)
    numeral_names: frozenset[str]
    meant: tuple[Postings, ...]
    plates: marisa_trie.Trie
    at_plate: Postings
    doors: Postings
    door_numbers: Int32s
    sounding: Sounding
    unit_aliases: Mapping[str, str] = field(repr=False)
    homes: Int32s
    home_codes: tuple[str, ...]

    def __len__(self) -> int:
        """Tell how many places there are."""
        return len(self.names)

    def housed(self, codes: Sequence[str]) -> "Gazetteer":
        """Tell for each place the code of the finest unit that it lies in, empty where unknown."""
        known = tuple(sorted({*codes}))
        number = {code: i for i, code in enumerate(known)}
        return replace(
            self, homes=np.array([number[code] for code in codes], np.int32), home_codes=known
        )

    def rows(self, what: str, key: str) -> Rows:
        """List the places for which a key has one of :data:`MEANINGS`."""
        number = self.keys.get(key)
        return () if number is None else self.meant[MEANINGS.index(what)].of(number)

    def plate(self, road: str, number: str) -> Rows:
        """List the places at a door of a road, both in the form of the key."""
        plate = self.plates.get(f"{road} {number}")
        return () if plate is None else self.at_plate.of(plate)

    def doors_of(self, road: int) -> tuple[list[int], list[int]]:
        """List the plain numbers of the known doors on a road, by its key, and their places."""
        first, last = self.doors.starts.item(road), self.doors.starts.item(road + 1)
        return self.door_numbers[first:last].tolist(), self.doors.rows[first:last].tolist()

    def kind(self, row: int) -> str:
        """Tell what a place is, one of :data:`KINDS`."""
        return KINDS[self.kinds.item(row)]

    def district(self, row: int) -> str | None:
        """Tell the district that the source states for a place."""
        number = self.districts[row]
        return self.district_names[number] if number >= 0 else None

    def meanings(self) -> bytes:
        """Tell for each key what it may be: a bit for each of :data:`MEANINGS`, a byte a key."""
        bits = np.zeros(len(self.keys), np.uint8)
        for i, postings in enumerate(self.meant):
            bits |= (np.diff(postings.starts) > 0).astype(np.uint8) << i
        return bits.tobytes()


def plain_number(number: str) -> int:
    """Tell the number of a door without its stem and sub-number.

    Examples
    --------
    >>> plain_number("甲12-3")
    12
    """
    digits = re.search(r"\d+", number)
    return int(digits[0]) if digits else 0

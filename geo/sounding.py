"""The index of how names sound: from two neighbouring sounds of a text to the names with them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.postings import Int32s, Postings
from geo.sounds import LIMIT, Sounds16, SoundTable, sound_table

SHORTEST = 3
"""Names of fewer characters sound like too much else."""

_LONGEST = 24
_COMMON = 4000  # a pair in more names than this (小区, 花园) tells nothing


@dataclass(frozen=True, slots=True, eq=False)
class Sounding:
    """Names by pairs of sounds that stand next to each other or with one between.

    ``pairs`` are the known pairs, ascending, ``names`` the keys that have each; ``sizes`` tells for
    each key how many pairs it has, shape (k,). ``written`` are the pairs of characters in names.
    """

    table: SoundTable
    pairs: NDArray[np.uint32]
    names: Postings
    sizes: NDArray[np.uint8]
    written: frozenset[str]

    @classmethod
    def build(cls, names: Mapping[int, str]) -> "Sounding":
        """Make the index over keys and their numbers."""
        table = sound_table()
        pairs, owners = [np.zeros(0, np.uint32)], [np.zeros(0, np.int32)]
        sizes = np.zeros(max(names, default=-1) + 1, np.uint8)
        for number, key in names.items():
            if SHORTEST <= len(key) <= _LONGEST:
                mine = np.unique(pairs_of(table.of(key)[1])[0])
                sizes[number] = len(mine)
                pairs.append(mine)
                owners.append(np.full(len(mine), number, np.int32))
        flat, who = np.concatenate(pairs), np.concatenate(owners)
        order = np.lexsort((who, flat))
        known, starts = np.unique(flat[order], return_index=True)
        ends = np.append(starts, len(flat)).astype(np.int32)
        written = frozenset(key[i : i + 2] for key in names.values() for i in range(len(key) - 1))
        return cls(table, known, Postings(ends, who[order]), sizes, written)

    def like(self, loose: Sounds16, most: int) -> list[tuple[int, int]]:
        """Find the names that share most pairs with a text.

        Parameters
        ----------
        loose
            Loose sounds of the text, shape (n,).
        most
            How many names to give.

        Returns
        -------
        list of (int, int)
            Numbers of names, the likeliest first, and the place in the text where each stands.
        """
        said, at = pairs_of(loose)
        if len(said) == 0 or len(self.pairs) == 0:
            return []
        found = np.minimum(np.searchsorted(self.pairs, said), len(self.pairs) - 1)
        hit = np.flatnonzero(self.pairs[found] == said)
        lists, places = [], []
        starts, rows = self.names.starts, self.names.rows
        for i in hit.tolist():
            first, last = starts[found[i]], starts[found[i] + 1]
            if last - first <= _COMMON:
                lists.append(rows[first:last])
                places.append(np.full(last - first, at[i], np.int32))
        if not lists:
            return []
        who, where = np.concatenate(lists), np.concatenate(places)
        names, back, n = np.unique(who, return_inverse=True, return_counts=True)
        share = n / self.sizes[names]
        good = np.flatnonzero((share >= 0.34) & ((n > 1) | (self.sizes[names] <= SHORTEST)))
        best = good[np.argsort(-(share[good] + 0.02 * n[good]), kind="stable")][:most]
        middle = np.bincount(back, where) / n
        return [(int(names[i]), int(middle[i])) for i in best]


def pairs_of(loose: Sounds16) -> tuple[NDArray[np.uint32], Int32s]:
    """Give the pairs of sounds of a text, and where each begins; both of shape (m,)."""
    wide = loose.astype(np.uint32)
    near = wide[:-1] * LIMIT + wide[1:]
    next_but_one = wide[:-2] * LIMIT + wide[2:]
    at = np.concatenate([np.arange(len(near)), np.arange(len(next_but_one))]).astype(np.int32)
    pairs = np.concatenate([near, next_but_one])
    audible = np.concatenate([(wide[:-1] > 0) & (wide[1:] > 0), (wide[:-2] > 0) & (wide[2:] > 0)])
    return pairs[audible], at[audible]

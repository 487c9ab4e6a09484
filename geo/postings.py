"""Lists of unequal length, and words, as plain arrays that a file can hold and processes share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """For each of k keys an ascending list of rows: ``rows[starts[key]:starts[key + 1]]``.

    ``starts`` has shape (k + 1,), ``rows`` the shape of all lists together.
    """

    starts: Int32s
    rows: Int32s

    @classmethod
    def build(cls, lists: Mapping[int, Iterable[int]], keys: int) -> "Postings":
        """Lay the lists of keys from 0 to ``keys`` one after the other.

        Examples
        --------
        >>> postings = Postings.build({2: [5, 3]}, keys=3)
        >>> postings.of(0), postings.of(2)
        ((), (3, 5))
        """
        sorted_lists = [sorted(lists.get(key, ())) for key in range(keys)]
        starts = np.zeros(keys + 1, np.int32)
        np.cumsum([len(one) for one in sorted_lists], out=starts[1:])
        flat = [row for one in sorted_lists for row in one]
        return cls(starts, np.array(flat, np.int32))

    def of(self, key: int) -> tuple[int, ...]:
        """List the rows of a key."""
        first, last = self.starts.item(key), self.starts.item(key + 1)
        if last - first == 1:  # of most keys
            return (self.rows.item(first),)
        return tuple(self.rows[first:last].tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """n words in one run of UTF-8: ``ends`` and ``text`` of shapes (n + 1,) and (bytes,)."""

    ends: Int32s
    text: NDArray[np.uint8]

    @classmethod
    def build(cls, words: Sequence[str]) -> "Words":
        """Put words after each other.

        Examples
        --------
        >>> words = Words.build(["示例路", "", "b"])
        >>> len(words), words[0], words[2], words.all()
        (3, '示例路', 'b', ['示例路', '', 'b'])
        """
        coded = [word.encode() for word in words]
        ends = np.zeros(len(coded) + 1, np.int32)
        np.cumsum([len(one) for one in coded], out=ends[1:])
        return cls(ends, np.frombuffer(b"".join(coded), np.uint8))

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, number: int) -> str:
        first, last = self.ends.item(number), self.ends.item(number + 1)
        return self.text[first:last].tobytes().decode()

    def all(self) -> list[str]:
        """List the words."""
        run = self.text.tobytes().decode()
        # Where each word ends in characters: bytes that continue one do not count.
        begun = np.cumsum(np.append(0, (self.text & 0xC0) != 0x80))
        return [run[a:b] for a, b in pairwise(begun[self.ends].tolist())]

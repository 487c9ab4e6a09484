"""How new the words of an appeal are: its nearest neighbour among recent appeals.

Character pairs and triples, hashed, weighted by how rare they are; on Chinese appeals this found
the same issue again better than hashed signatures or a packaged embedding did. The index forgets
whole days and is bounded, so that it stays the same size in the third year.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

FEATURES = 2**17
_LONGEST = 120  # characters; the matter stands in the first sentences


def _grams(texts: Sequence[str]) -> tuple[Ints, Ints]:
    """Give the text number and the hashed feature of every character pair and triple."""
    lengths = np.array([min(len(text), _LONGEST) for text in texts], np.int64)
    joined = "".join(text[:_LONGEST] for text in texts)
    char = np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), lengths)
    # Han characters, digits and Latin letters carry the matter; marks and spaces do not.
    matter = (char >= 0x3400) & (char <= 0x9FFF)
    matter |= ((char >= 48) & (char <= 57)) | ((char | 32) >= 97) & ((char | 32) <= 122)
    char, owner = char[matter], owner[matter]
    owners, features = [], []
    for size in (2, 3):
        if char.size < size:
            continue
        whole = owner[: char.size - size + 1]
        inside = whole == owner[size - 1 :]
        mixed = np.full(whole.size, size, np.uint64)
        for step in range(size):
            mixed = (mixed ^ char[step : step + whole.size]) * np.uint64(0x9E3779B97F4A7C15)
            mixed ^= mixed >> np.uint64(29)
        owners.append(whole[inside])
        features.append((mixed[inside] % np.uint64(FEATURES)).astype(np.int64))
    empty = np.empty(0, np.int64)
    return (np.concatenate(owners), np.concatenate(features)) if owners else (empty, empty)


def gram_matrix(texts: Sequence[str]) -> Any:
    """Give one row a text, columns are hashed grams, values 1 + log(count), CSR."""
    owner, feature = _grams(texts)
    shape = (len(texts), FEATURES)
    matrix = sparse.csr_matrix((np.ones(len(owner), np.float32), (owner, feature)), shape=shape)
    matrix.sum_duplicates()
    matrix.data = (1.0 + np.log(matrix.data)).astype(np.float32)
    return matrix


@dataclass(slots=True)
class RecentTexts:
    """The index: one sparse matrix a day, and the number of texts that hold each gram."""

    days_kept: int = 60
    most_texts: int = 100_000
    _days: deque[tuple[date, Ints, Any]] = field(default_factory=deque)
    _holding: Floats = field(default_factory=lambda: np.zeros(FEATURES))
    _size: int = 0
    _lengths: list[Floats] = field(default_factory=list)  # of the kept texts, until a day is added

    def copy(self) -> "RecentTexts":
        """Give a twin to which days can be added without changing this one."""
        return RecentTexts(
            self.days_kept, self.most_texts, self._days.copy(), self._holding.copy(), self._size
        )

    def add(self, day: date, ids: Ints, texts: Sequence[str]) -> None:
        """Add the texts of one day; days that are too old, and the oldest beyond the bound, go.

        Parameters
        ----------
        day
            Local day; days come in order.
        ids, texts
            Numbers of the appeals, shape (n,), and their redacted words.
        """
        matrix = gram_matrix(texts)
        self._lengths = []
        self._days.append((day, ids, matrix))
        self._holding += np.bincount(matrix.indices, minlength=FEATURES)
        self._size += len(ids)
        while self._days and (
            (day - self._days[0][0]).days >= self.days_kept
            or (self._size > self.most_texts and len(self._days) > 1)
        ):
            _, old, gone = self._days.popleft()
            self._holding -= np.bincount(gone.indices, minlength=FEATURES)
            self._size -= len(old)

    def replace(self, day: date, ids: Ints, texts: Sequence[str]) -> None:
        """Put the texts of a day that was added in place of those that it had, as :meth:`add`."""
        days = [own for own, _, _ in self._days]
        if day not in days:
            return
        at, matrix = days.index(day), gram_matrix(texts)
        _, old, gone = self._days[at]
        self._lengths = []
        self._days[at] = day, ids, matrix
        self._holding += np.bincount(matrix.indices, minlength=FEATURES)
        self._holding -= np.bincount(gone.indices, minlength=FEATURES)
        self._size += len(ids) - len(old)

    def _weights(self) -> Floats:
        return np.log((1.0 + self._size) / (1.0 + self._holding)) + 0.1

    def nearest(self, text: str, without: Ints) -> float:
        """Give the cosine similarity of the nearest kept text, 0 where there is none.

        Parameters
        ----------
        text
            Redacted words of the appeal that is asked about.
        without
            Numbers of appeals that do not count as neighbours, shape (k,).
        """
        ids, similarity = self.similarities(text)
        return float(similarity[~np.isin(ids, without)].max(initial=0.0))

    def similarities(self, text: str) -> tuple[Ints, Floats]:
        """Give the numbers of the kept texts and their cosine similarities, shape (n,) each."""
        weights = self._weights()
        row = gram_matrix([text])
        query = np.zeros(FEATURES)
        query[row.indices] = row.data * weights[row.indices] ** 2
        length = float(np.sqrt((row.data**2 * weights[row.indices] ** 2).sum()))
        if not self._lengths:
            self._lengths = [np.sqrt(m.multiply(m) @ weights**2) for _, _, m in self._days]
        found = [
            (ids, (matrix @ query) / np.maximum(lengths * length, 1e-9))
            for (_, ids, matrix), lengths in zip(self._days, self._lengths, strict=True)
        ]
        if not found:
            return np.empty(0, np.int64), np.empty(0)
        ids_of, similarity = zip(*found, strict=True)
        return np.concatenate(ids_of), np.concatenate(similarity)

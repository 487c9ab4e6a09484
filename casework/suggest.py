"""Which class words may belong to, learnt from the appeals that have one.

Pairs of letters, each class a bag of them (multinomial naive Bayes with additive smoothing): it
needs no list of words, learns a new city's classes from its own orders, and is asked in
microseconds. It proposes; the person who reports decides.

Source: McCallum and Nigam, "A comparison of event models for naive Bayes text classification"
(AAAI workshop 1998).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

_SMOOTH: Final = 0.2
_LEAST_PAIRS: Final = 2  # known pairs of letters, below which words say nothing
_SHIFT: Final = 21  # bits of a code point

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Suggester:
    """What was learnt of k classes by v pairs of letters.

    ``pairs`` ascend, shape (v,); ``weights`` (v, k) of a pair in a class; ``base`` (k,) of a class,
    ``each`` (k,) added for every pair.
    """

    codes: tuple[str, ...]
    pairs: Ints
    weights: sp.csr_array
    base: NDArray[np.float64]
    each: NDArray[np.float64]

    def suggest(self, words: str, most: int = 3) -> list[str]:
        """Give the likeliest classes, the best first; none where the words say nothing.

        Examples
        --------
        >>> known = learn(["井盖破损", "井盖丢失", "半夜施工很吵"], ["井盖", "井盖", "噪声"])
        >>> known.suggest("路口井盖丢失了")[0], known.suggest("嗯")
        ('井盖', [])
        """
        asked = _pairs_of(words)
        at = np.searchsorted(self.pairs, asked)
        at = at[(at < len(self.pairs))]
        at = at[np.isin(self.pairs[at], asked)]
        if len(at) < _LEAST_PAIRS:
            return []
        scores = self.base + len(at) * self.each + np.asarray(self.weights[at].sum(axis=0)).ravel()
        best = np.argsort(-scores, kind="stable")[:most]
        return [self.codes[int(i)] for i in best]


def learn(texts: Sequence[str], codes: Sequence[str]) -> Suggester:
    """Learn from n texts and the class of each."""
    names, of = np.unique(np.array(list(codes), dtype=object).astype(str), return_inverse=True)
    bags = [_pairs_of(text) for text in texts]
    pairs, column = np.unique(np.concatenate([*bags, np.zeros(0, np.int64)]), return_inverse=True)
    owner = np.repeat(of, [len(bag) for bag in bags])
    shape = (len(pairs), len(names))
    counts = sp.coo_array((np.ones(len(owner)), (column, owner)), shape=shape).tocsr()
    totals: NDArray[np.float64] = np.asarray(counts.sum(axis=0)).ravel()
    weights = counts.copy()
    weights.data = np.log1p(weights.data / _SMOOTH)
    each = np.log(_SMOOTH) - np.log(totals + _SMOOTH * max(len(pairs), 1))
    base = np.log(np.bincount(of, minlength=len(names)) / max(len(of), 1))
    return Suggester(tuple(str(one) for one in names), pairs, weights, base, each)


def _pairs_of(text: str) -> Ints:
    """Give the distinct pairs of neighbouring letters of a text, as numbers."""
    letters = "".join(char for char in text if char.isalpha())
    points = np.frombuffer(letters.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    return np.unique((points[:-1] << _SHIFT) | points[1:])

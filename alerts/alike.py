"""表述雷同: how many callers say a thing in nearly the same words, as if from one sheet."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]

ALIKE = 0.7
"""Share of common character triples (Jaccard) from which two texts are nearly equal."""

_SIZE = 3
_MOST_TEXTS, _LONGEST = 80, 200


def callers_alike(texts: Sequence[str] | Objects, callers: Sequence[str] | Objects) -> int:
    """Count the different callers of the largest group of nearly equal texts.

    A group is all texts that are nearly equal to one of them. The last eighty texts are compared.

    Parameters
    ----------
    texts, callers
        Redacted words and who said them, of one length, shape (n,).

    Examples
    --------
    >>> callers_alike(["门店突然关门，年卡退不了"] * 3 + ["路灯坏了三天没人修"], "abca")
    3
    >>> callers_alike(["门店突然关门，年卡退不了"] * 3, "aaa")
    1
    """
    who = [str(caller) for caller in callers[-_MOST_TEXTS:]]
    grams = [_grams(text[:_LONGEST]) for text in texts[-_MOST_TEXTS:]]
    if not grams:
        return 0
    size = np.array([len(own) for own in grams])
    known, column = np.unique(np.concatenate(grams), return_inverse=True)
    holds = np.zeros((len(grams), len(known)), np.float32)
    holds[np.repeat(np.arange(len(grams)), size), column] = 1
    common = holds @ holds.T
    either = size[:, None] + size[None, :] - common
    near = (common >= ALIKE * either) & (either > 0)
    groups = [{who[i] for i in np.flatnonzero(row)} for row in near]
    return max(map(len, groups))


@lru_cache(maxsize=2**12)  # the same appeals are asked about hour after hour
def _grams(text: str) -> Ints:
    """Give the different character triples of a text, each as one integer."""
    char = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32).astype(np.int64)
    steps = [char[i : len(char) - _SIZE + 1 + i] << (21 * i) for i in range(_SIZE)]
    return np.unique(np.sum(steps, axis=0)) if len(char) >= _SIZE else char[:0]

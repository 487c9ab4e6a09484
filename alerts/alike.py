"""表述雷同: how many callers say a thing in nearly the same words, as if from one sheet."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

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
    said = [text[:_LONGEST] for text in texts[-_MOST_TEXTS:]]
    who = [str(caller) for caller in callers[-_MOST_TEXTS:]]
    grams = [{text[i : i + _SIZE] for i in range(len(text) - _SIZE + 1)} for text in said]
    column: dict[str, int] = {}
    for gram in sorted(set().union(*grams)) if grams else []:
        column[gram] = len(column)
    holds = np.zeros((len(said), len(column)), np.float32)
    for row, own in enumerate(grams):
        holds[row, [column[gram] for gram in own]] = 1
    common = holds @ holds.T
    size = holds.sum(1)
    either = size[:, None] + size[None, :] - common
    near = (common >= ALIKE * either) & (either > 0)
    groups = [{who[i] for i in np.flatnonzero(row)} for row in near]
    return max(map(len, groups), default=0)

"""Why there: what makes up half of a place's appeals, and which places are like it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hotspots.concentration import places_for

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST: Final = 20
"""Appeals from which on the mix of a place's topics can be compared."""


def making(n: Counts, share: float = 0.5) -> Ints:
    """Give the positions of the busiest parts that together make up a share, busiest first.

    Parameters
    ----------
    n
        Appeals by part, shape (k,).
    share
        Above 0, at most 1.

    Examples
    --------
    >>> making(np.array([3, 10, 0, 9, 3])).tolist()
    [1, 3]
    """
    order = np.argsort(-n, kind="stable")
    return order[: places_for(n, share)].astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Places like one: their ``rows`` and how ``alike`` they are (1: the same mix), best first."""

    rows: Ints
    alike: Floats


def similar(mixes: Counts, row: int, *, most: int = 3, least: int = LEAST) -> Alike:
    """Find the places whose topics are mixed like those of one place.

    Parameters
    ----------
    mixes
        Appeals by place and topic, shape (n, topics).
    row
        The place.
    most
        Places that are given at most.
    least
        Appeals that both need.

    Returns
    -------
    Alike
        Nothing where the place itself has too few appeals.

    Notes
    -----
    Bhattacharyya, Bull. Calcutta Math. Soc. 35 (1943): the sum of the roots of the products of both
    shares. Sizes do not count, rare topics do.

    Examples
    --------
    >>> found = similar(np.array([[30, 10], [3, 1], [60, 22], [5, 50]]), 0, most=2)
    >>> found.rows.tolist(), found.alike.round(3).tolist()
    ([2, 3], [1.0, 0.738])
    """
    totals = mixes.sum(axis=1)
    known = totals >= least
    if not known[row]:
        return Alike(np.zeros(0, dtype=np.int64), np.zeros(0))
    root = np.sqrt(mixes / np.maximum(totals, 1)[:, None])
    alike = np.where(known, root @ root[row], -1.0)
    alike[row] = -1.0
    order = np.argsort(-alike, kind="stable")[:most]
    order = order[alike[order] >= 0]
    return Alike(order.astype(np.int64), np.minimum(alike[order], 1.0))

"""The focus layer (关注区域): where to look next month.

Recency-weighted monthly counts plus a share of the neighbours' mean. On public 311 data this simple
score foretold next month's places better than Gi*, kernel density or last month's count. It says
where to go, not that anything is out of the ordinary.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from hotspots.neighbours import Neighbours

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MEMORY: Final = 0.1
"""Weight of the newest month; each older one weighs 0.9 of the next newer."""

RING: Final = 0.3
"""Weight of the mean over the neighbours."""

AREA_SHARE: Final = 0.05
"""Share of the area that the layer flags; scores at different shares are never compared."""


def recent(counts: Floats, *, memory: float = MEMORY) -> Floats:
    """Exponentially weighted mean of monthly counts, the newest month last.

    Parameters
    ----------
    counts
        Appeals by place and month, shape (places, months), oldest month first.
    memory
        Weight of the newest month, above 0, at most 1.

    Returns
    -------
    Floats
        Appeals a month, shape (places,). The weights of the months handed in sum to one, so that
        a short history is not taken for a quiet one; zeros where there is no month.

    Raises
    ------
    ValueError
        ``memory`` is out of range or ``counts`` is not two-dimensional.

    Examples
    --------
    Weights of two months are 0.9 and 1, over 1.9:

    >>> recent(np.array([[10.0, 0.0], [0.0, 10.0]])).round(4).tolist()
    [4.7368, 5.2632]
    """
    if counts.ndim != 2:
        raise ValueError("counts must have one row a place and one column a month")
    if not 0 < memory <= 1:
        raise ValueError(f"memory must lie above 0 and at most at 1, not {memory}")
    months = counts.shape[1]
    if months == 0:
        return np.zeros(counts.shape[0])
    weights = (1 - memory) ** np.arange(months - 1, -1, -1, dtype=np.float64)
    return np.asarray(counts @ (weights / weights.sum()), dtype=np.float64)


def focus(
    counts: Floats, around: Neighbours, *, memory: float = MEMORY, ring: float = RING
) -> Floats:
    """Score of each place: its recent count plus a share of its neighbours' mean.

    Parameters
    ----------
    counts
        See :func:`recent`.
    around
        The neighbours of the places.
    memory, ring
        Weights of the newest month and of the neighbours' mean.

    Returns
    -------
    Floats
        Scores in appeals a month, shape (places,).

    Examples
    --------
    A quiet place between two busy ones scores by its neighbours:

    >>> from hotspots.neighbours import neighbours
    >>> line = neighbours(np.array([1, 2, 3]), lambda place: [place - 1, place + 1])
    >>> focus(np.array([[10.0], [0.0], [20.0]]), line).tolist()
    [10.0, 4.5, 20.0]
    """
    own = recent(counts, memory=memory)
    return np.asarray(own + ring * around.ring_mean(own), dtype=np.float64)


def flag_top(
    scores: Floats, area_m2: Floats, *, share: float = AREA_SHARE, study_m2: float | None = None
) -> Flags:
    """Flag the places of highest score that together fill a fixed share of the area.

    Parameters
    ----------
    scores
        Shape (places,); places at or below zero are never flagged.
    area_m2
        Square metres of each place, shape (places,).
    study_m2
        Square metres of the study area where places without appeals are not listed; without it, or
        where the places fill more, their sum.
    share
        Share of that area to fill, from 0 to 1. It is never exceeded, and ties at the edge
        fall to the place that comes first.

    Returns
    -------
    Flags
        Shape (places,).

    Raises
    ------
    ValueError
        ``share`` is out of range or an area is not positive.

    Examples
    --------
    >>> flag_top(np.array([1.0, 9.0, 5.0, 0.0]), np.full(4, 100.0), share=0.5).tolist()
    [False, True, True, False]
    """
    if not 0 <= share <= 1:
        raise ValueError(f"share must lie between 0 and 1, not {share}")
    if not (area_m2 > 0).all():
        raise ValueError("every place needs an area above zero")
    whole_m2 = max(float(area_m2.sum()), study_m2 or 0.0)
    order = np.argsort(-scores, kind="stable")
    filled = np.cumsum(area_m2[order])
    flags = np.zeros(len(scores), dtype=np.bool_)
    flags[order[filled <= share * whole_m2 * (1 + 1e-12)]] = True
    return flags & (scores > 0)

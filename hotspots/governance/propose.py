"""Scores of places, and who is proposed for the list of places under governance (治理类).

A score is the weighted mean of a place's positions among all places, part by part: nothing is
added up that has not the same unit, and every part can be shown. To leave takes a lower score and
more months than to enter. The rules propose; a person decides (:mod:`hotspots.governance.store`).
"""

from collections.abc import Collection, Mapping
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

from hotspots.governance.rules import Rules

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Proposal = Literal["enter", "stay", "leave", ""]
PROPOSALS: Final[tuple[Proposal, ...]] = ("", "enter", "stay", "leave")


def positions(values: Floats, *, better_high: bool = False) -> Floats:
    """Give where each value stands among all of its month, from 0 (best) to 1 (worst).

    Parameters
    ----------
    values
        Of a part, shape (n, months); NaN: no data.
    better_high
        Whether the higher value is the better one.

    Returns
    -------
    Floats
        Of that shape; equal values share the mean of their positions, NaN stays NaN, and where one
        place alone has data it is in the middle.

    Examples
    --------
    >>> positions(np.array([[1.0], [5.0], [np.nan], [3.0]]))[:, 0].tolist()
    [0.0, 1.0, nan, 0.5]
    """
    signed = -values if better_high else values
    known = ~np.isnan(signed)
    rank = stats.rankdata(signed, axis=0, nan_policy="omit")
    size = known.sum(axis=0)
    out = np.where(size > 1, (rank - 1) / np.maximum(size - 1, 1), 0.5)
    return np.where(known, out, np.nan)


def scores(
    parts: Mapping[str, Floats],
    weights: Mapping[str, float],
    better_high: Collection[str] = (),
) -> Floats:
    """Score rows month by month.

    Parameters
    ----------
    parts
        By name, each of shape (n, months); NaN: no data.
    weights
        Of the parts that count.
    better_high
        Parts of which a higher figure is better.

    Returns
    -------
    Floats
        From 0 (best) to 1 (worst), shape (n, months); NaN where no part that weighs has data.

    Examples
    --------
    The worse of two places in one part, as good in the other, which weighs as much:

    >>> parts = {"rate_3": np.array([[9.0], [4.0]]), "topics": np.array([[3.0], [3.0]])}
    >>> scores(parts, {"rate_3": 1.0, "topics": 1.0})[:, 0].tolist()
    [0.75, 0.25]
    """
    shape = next(iter(parts.values())).shape
    total, weight = np.zeros(shape), np.zeros(shape)
    for part, weighs in weights.items():
        stand = positions(parts[part], better_high=part in better_high)
        known = ~np.isnan(stand)
        total += np.where(known, stand, 0.0) * weighs
        weight += known * weighs
    return np.where(weight > 0, total / np.where(weight > 0, weight, 1), np.nan)


def propose(score: Floats, n_3: Counts, listed: Bools, rules: Rules) -> list[Proposal]:
    """Propose who enters, stays and leaves.

    Parameters
    ----------
    score
        Of :func:`scores`, the newest month last, shape (n, months). Fewer months than a rule asks
        for prove nothing: nobody enters, and nobody leaves.
    n_3
        Appeals of the last three months, shape (n,).
    listed
        Who stands on the list, shape (n,).

    Returns
    -------
    list
        Of each place; empty where nothing is proposed.

    Examples
    --------
    Over the bound to enter in two months; once only; on the list and in between; below in three:

    >>> from hotspots.governance.rules import shipped_rules
    >>> score = np.array([[.1, .9, .9], [.1, .1, .9], [.7, .7, .7], [.5, .6, .6]])
    >>> listed = np.array([False, False, True, True])
    >>> propose(score, np.full(4, 50), listed, shipped_rules())
    ['enter', '', 'stay', 'leave']
    """
    enters = _always(score >= rules.enter_score, rules.enter_months) & (n_3 >= rules.least)
    leaves = _always(score < rules.leave_score, rules.leave_months)
    number = np.where(listed, np.where(leaves, 3, 2), np.where(enters, 1, 0))
    return [PROPOSALS[one] for one in number.tolist()]


def _always(met: Bools, months: int) -> Bools:
    if met.shape[1] < months:
        return np.zeros(len(met), dtype=np.bool_)
    return np.asarray(met[:, -months:].all(axis=1), dtype=np.bool_)

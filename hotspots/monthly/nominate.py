"""Which classes are nominated as topic of the month (每月一题): spread, persistence, difficulty.

A topic is what many streets share, month after month, and what is not solved. Arrays have one row
a class; parts without data are NaN and are said to be so. A person chooses.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from hotspots import funnel
from hotspots.concentration import gini
from hotspots.governance.propose import scores
from hotspots.monthly.rules import PARTS, Rules
from hotspots.trend import sen_slope

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

REACHED: Final = 5
"""Appeals in three months from which on a street shares a topic; fewer are small counts."""

LEAST: Final = 20
"""Answers of the rating call below which a share says nothing."""


def at_depth(codes: Sequence[str], depth: int) -> list[str]:
    """Give the class of a depth above each code, the code itself where it is coarser.

    Examples
    --------
    >>> at_depth(["环境/噪声/施工", "环境", "公用/停水"], 2)
    ['环境/噪声', '环境', '公用/停水']
    """
    return ["/".join(code.split("/")[:depth]) for code in codes]


def spread(counts: Counts) -> dict[str, Floats]:
    """Tell how widely classes are spread over streets.

    Parameters
    ----------
    counts
        Appeals of three months by class and street, shape (k, streets).

    Returns
    -------
    dict
        ``reach`` (share of streets with five or more), ``even`` (1 less Gini), ``outside`` (streets
        above the outer limit of the funnel around the class's usual share of their appeals).

    Examples
    --------
    Two classes that all of twenty streets share; one street has far more of the second:

    >>> of = spread(np.array([[40] * 20, [20] * 19 + [90]]))
    >>> of["reach"].tolist(), of["even"].round(2).tolist(), of["outside"].tolist()
    ([1.0, 1.0], [1.0, 0.86], [0.0, 1.0])
    """
    k, streets = counts.shape
    reach = (counts >= REACHED).sum(axis=1) / max(streets, 1)
    even = np.array([1 - gini(row) if row.sum() and streets > 1 else np.nan for row in counts])
    share = counts.sum(axis=1) / max(int(counts.sum()), 1)
    outside = np.zeros(k)
    for row, expected in enumerate(np.outer(share, counts.sum(axis=0))):
        some = expected > 0
        scatter = funnel.dispersion(counts[row, some], expected[some]) if some.any() else 1.0
        _, high = funnel.limits(np.maximum(expected, 1e-9) / scatter)
        outside[row] = ((counts[row] / scatter > high) & (counts[row] >= REACHED)).sum()
    return {"reach": reach, "even": even, "outside": outside}


def persistence(counts: Counts, top: int) -> dict[str, Floats]:
    """Tell how long classes have been among the busiest.

    Parameters
    ----------
    counts
        Appeals of the city by class and month, the newest last, shape (k, months).
    top
        Rank up to which a class is among the busiest of a month.

    Returns
    -------
    dict
        ``volume`` (share of all appeals), ``months`` (share of months among the busiest), ``slope``
        (Sen's slope of its share of a month, relative to its mean share; NaN below three months).

    Examples
    --------
    >>> of = persistence(np.array([[30, 30, 30], [20, 10, 5]]), top=1)
    >>> of["months"].tolist(), of["slope"].round(2).tolist()
    ([1.0, 0.0], [0.17, -0.49])
    """
    total = np.maximum(counts.sum(axis=0), 1)
    share = counts / total
    busier = (counts[None, :, :] > counts[:, None, :]).sum(axis=1)
    mean = share.mean(axis=1)
    slope = np.full(len(counts), np.nan)
    if counts.shape[1] >= 3:
        some = mean > 0
        slope[some] = sen_slope(share[some]) / mean[some]
    return {
        "volume": counts.sum(axis=1) / total.sum(),
        "months": ((busier < top) & (counts > 0)).mean(axis=1),
        "slope": slope,
    }


def difficulty(no: Counts, yes: Counts) -> Floats:
    """Give the share of answers that say no, NaN where there are too few, shape (k,).

    Examples
    --------
    >>> difficulty(np.array([10, 3]), np.array([30, 1])).tolist()
    [0.25, nan]
    """
    answers = no + yes
    out = np.full(len(no), np.nan)
    np.divide(no, answers, out=out, where=answers >= LEAST)
    return out


def nominate(
    parts: Mapping[str, Floats], n_3: Counts, months: int, rules: Rules
) -> tuple[Floats, Ints]:
    """Score classes and rank those that are nominated.

    Parameters
    ----------
    parts
        Of :data:`hotspots.monthly.rules.PARTS`, each of shape (k,); NaN: no data.
    n_3
        Appeals of the last three months, shape (k,).
    months
        Months of data.
    rules
        Weights and bounds.

    Returns
    -------
    score, rank
        From 0 to 1 (NaN where no part has data), and 1, 2, … of the nominated, 0 of the others,
        each of shape (k,).

    Examples
    --------
    >>> from hotspots.monthly.rules import read_rules
    >>> parts = dict.fromkeys(PARTS, np.full(3, np.nan)) | {"reach": np.array([0.9, 0.5, 0.1])}
    >>> score, rank = nominate(parts, np.array([90, 90, 90]), 12, read_rules(None))
    >>> score.tolist(), rank.tolist()
    ([1.0, 0.5, 0.0], [1, 2, 0])
    """
    score = scores({name: parts[name][:, None] for name in PARTS}, rules.weights)[:, 0]
    fit = (n_3 >= rules.least) & (parts["reach"] >= rules.reach) & ~np.isnan(score)
    rank = np.zeros(len(score), dtype=np.int64)
    if months >= rules.months:
        order = np.flatnonzero(fit)[np.argsort(-score[fit], kind="stable")][: rules.nominate]
        rank[order] = np.arange(1, len(order) + 1)
    return score, rank

"""How much of all appeals comes from few places (集中度)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]


def pareto(n: Counts) -> Floats:
    """Give the share of appeals in the 1, 2, … k busiest places, shape (k,).

    Parameters
    ----------
    n
        Appeals by place, shape (k,); zeros where there are none at all.

    Examples
    --------
    >>> pareto(np.array([1, 6, 3])).tolist()
    [0.6, 0.9, 1.0]
    """
    total = n.sum()
    return np.cumsum(np.sort(n)[::-1]) / (total if total else 1)


def places_for(n: Counts, share: float = 0.5) -> int:
    """Count the busiest places that together hold a share of the appeals.

    Parameters
    ----------
    n
        Appeals by place, shape (k,).
    share
        Above 0, at most 1.

    Returns
    -------
    int
        0 where there are no appeals.

    Notes
    -----
    Weisburd, Criminology 53 (2015): the bandwidth of concentration.

    Examples
    --------
    >>> places_for(np.array([1, 6, 3])), places_for(np.array([1, 6, 3]), 0.9)
    (1, 2)
    """
    if not n.sum():
        return 0
    return int(np.searchsorted(pareto(n), share - 1e-12) + 1)


def gini(n: Counts) -> float:
    """Give the Gini coefficient, right where there are fewer appeals than places.

    Parameters
    ----------
    n
        Appeals by place, shape (k,).

    Returns
    -------
    float
        0: as even as whole appeals can lie, 1: all in one place; NaN without appeals.

    Notes
    -----
    Bernasco and Steenbeek, J. Quant. Criminology 33 (2017): with c appeals at k places
    max(k/c, 1) G - max(k/c - 1, 0); the ordinary coefficient where c is at least k.

    Examples
    --------
    Three appeals at three of ten places lie as even as three can:

    >>> gini(np.array([1, 1, 1] + [0] * 7)), round(gini(np.array([3] + [0] * 9)), 4)
    (0.0, 0.6667)
    """
    k, total = len(n), float(n.sum())
    if not total:
        return float("nan")
    weight = 2.0 * np.arange(1, k + 1) - k - 1
    plain = float(weight @ np.sort(n)) / (k * total)
    scarce = max(k / total, 1.0)
    return scarce * plain - (scarce - 1) + 0.0


@dataclass(frozen=True, slots=True)
class Theil:
    """Theil's index in two parts that add up.

    ``between`` streets: some have more than others; ``within``: inside them few places have most.
    """

    between: float
    within: float

    @property
    def total(self) -> float:
        """Give the whole index."""
        return self.between + self.within


def theil(n: Counts, group: Ints) -> Theil:
    """Split the unevenness of places into that between and that within their groups.

    Parameters
    ----------
    n
        Appeals by place (community, cell), shape (k,).
    group
        Number of the street of each place from 0, shape (k,).

    Returns
    -------
    Theil
        NaN without appeals.

    Notes
    -----
    Theil, Economics and Information Theory (1967).

    Examples
    --------
    Two streets with as much each, one of them with all of it in one community:

    >>> of = theil(np.array([5, 5, 10, 0]), np.array([0, 0, 1, 1]))
    >>> of.between, round(of.within, 4)
    (0.0, 0.3466)
    """
    total = float(n.sum())
    if not total:
        return Theil(float("nan"), float("nan"))
    size = np.bincount(group)
    share = np.bincount(group, weights=n) / total
    here = size > 0
    between = _entropy(share[here], size[here] / len(n))
    return Theil(between, _entropy(n / total, np.full(len(n), 1 / len(n))) - between)


def _entropy(share: Floats, even: Floats) -> float:
    some = share > 0
    return float((share[some] * np.log(share[some] / even[some])).sum())

"""Which of many p values are discoveries, and confidence bins of z scores.

A family is what one page shows: all places of one class and period, a column here. Only values at
or below the largest rate can be discoveries, so that only these are sorted.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Bins = npt.NDArray[np.int8]

LEVELS: Final = (0.10, 0.05, 0.01)
"""False discovery rates of the bins 1, 2 and 3."""


def discoveries(p: Floats, rate: float) -> Bools:
    """Tell which p values are discoveries at a false discovery rate.

    Parameters
    ----------
    p
        One column a family, shape (n, families); NaN is no test, yet counts into its family.
    rate
        Expected share of false ones among the discoveries, above 0, below 1.

    Returns
    -------
    Bools
        Shape (n, families).

    Raises
    ------
    ValueError
        ``rate`` is out of range.

    Notes
    -----
    Benjamini and Hochberg, J. R. Statist. Soc. B 57 (1995): p is a discovery when it is at most the
    largest p_(r) with p_(r) <= r rate / n.

    Examples
    --------
    The fifteen values of the paper; four are discoveries:

    >>> p = [.0001, .0004, .0019, .0095, .0201, .0278, .0298, .0344, .0459, .324, .4262,
    ...      .5719, .6528, .759, 1]
    >>> int(discoveries(np.array([p]).T, 0.05).sum())
    4
    """
    if not 0 < rate < 1:
        raise ValueError(f"rate must lie between 0 and 1, not {rate}")
    found = np.zeros(p.shape, dtype=np.bool_)
    row, family = np.nonzero(p <= rate)
    found[row, family] = _bins(p[row, family], family, p.shape, (rate,)) > 0
    return found


def two_sided(z: Floats) -> Floats:
    """Give the two-sided normal p of z scores, element by element."""
    return np.asarray(2 * ndtr(-np.abs(z)), dtype=np.float64)


def confidence_bins(z: Floats, *, whole: bool = False) -> Bins:
    """Sort z scores into confidence bins: 3, 2, 1 hot at 99, 95, 90 %, negative ones cold.

    Parameters
    ----------
    z
        One column a family, shape (n, families).
    whole
        Take all columns as one family.

    Returns
    -------
    Bins
        From -3 to 3, shape (n, families), after Benjamini and Hochberg at each level.

    Examples
    --------
    Of five places one stands out:

    >>> confidence_bins(np.array([[4.0], [0.5], [-1.9], [0.1], [1.0]]))[:, 0].tolist()
    [3, 0, 0, 0, 0]
    """
    out = np.zeros(z.shape, dtype=np.int8)
    row, column = np.nonzero(np.abs(z) >= -ndtri(LEVELS[0] / 2))
    chosen = z[row, column]
    shape = (z.size, 1) if whole else z.shape
    family = np.zeros_like(column) if whole else column
    bins = _bins(two_sided(chosen), family, shape, LEVELS)
    out[row, column] = bins * np.sign(chosen).astype(np.int8)
    return out


def _bins(
    p: Floats, family: npt.NDArray[np.intp], shape: tuple[int, ...], levels: tuple[float, ...]
) -> Bins:
    """Count the levels that each p passes in its family; ``p`` holds all up to the largest."""
    n, families = shape
    order = np.lexsort((p, family))
    p_sorted, family_sorted = p[order], family[order]
    starts = np.searchsorted(family_sorted, np.arange(families))
    rank = np.arange(1, len(p) + 1) - starts[family_sorted]
    out = np.zeros(len(p), dtype=np.int8)
    for level in levels:
        passes = p_sorted <= level * rank / n
        cut = np.full(families, -1.0)
        np.maximum.at(cut, family_sorted[passes], p_sorted[passes])
        out[order] += p_sorted <= cut[family_sorted]
    return out

"""The evidence layer: is it more than chance.

The appeals of a place and its neighbours are held against what two nulls expect of them; each has
its own word and they are never mixed. 突增: more than here before (:func:`from_past`). 集中: more
than elsewhere (:func:`from_base`). The tail is negative binomial, since the counts of real places
scatter more than Poisson ones; Gi*'s z is the strength beside it, not the test.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse, special

from hotspots.shrinkage import Rates

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What is expected of n places in one period.

    ``mean`` has shape (n,); the variance of a place's count is mean + ``excess`` mean²; an excess
    of 0 is Poisson.
    """

    mean: Floats
    excess: float


def from_past(past: Counts, total: float) -> Expectation:
    """Expect of each place its own past, drawn to that of all by as much as it is noise (突增).

    Parameters
    ----------
    past
        Appeals by place and earlier period, shape (n, periods), the period tested left out.
    total
        Appeals of all places in the period tested: what the city as a whole has more is no surge of
        a place.

    Returns
    -------
    Expectation
        Its means add up to ``total``.

    Raises
    ------
    ValueError
        The past is empty.

    Examples
    --------
    Three places of like pasts:

    >>> past = np.array([[9, 11, 10], [10, 10, 10], [11, 9, 10]])
    >>> of = from_past(past, 60.0)
    >>> of.mean.round(6).tolist(), of.excess
    ([20.0, 20.0, 20.0], 0.0)
    """
    if not past.size or not past.sum():
        raise ValueError("there is no past to expect from")
    totals = past.sum(axis=0).astype(np.float64)
    exposure = np.full(len(past), totals.sum())
    sums = past.sum(axis=1)
    share = Rates.of(sums, exposure).believed(sums, exposure).value
    share /= share.sum()
    return Expectation(share * total, _excess(past, np.outer(share, totals)))


def from_base(n: Counts, base: Floats) -> Expectation:
    """Expect of each place its share of a base: households, or the appeals of all classes (集中).

    Parameters
    ----------
    n
        Appeals of the period by place, shape (n,).
    base
        Shape (n,); a place whose base is not above 0 is expected to have nothing.

    Returns
    -------
    Expectation
        The excess is how places differ anyway, the tenth that differs most left out.

    Examples
    --------
    >>> of = from_base(np.array([8, 12, 40]), np.array([100.0, 100.0, 200.0]))
    >>> of.mean.tolist()
    [15.0, 15.0, 30.0]
    """
    known = np.where(base > 0, base, 0.0)
    mean = known / known.sum() * n.sum() if known.any() else np.zeros(len(n))
    some = mean > 0
    apart = np.abs(n[some] - mean[some]) / np.sqrt(mean[some])
    usual = apart <= np.quantile(apart, 0.9) if some.any() else np.zeros(0, dtype=np.bool_)
    return Expectation(mean, _excess(n[some][usual], mean[some][usual]))


def _excess(n: Counts, mean: Floats) -> float:
    """Give the excess by moments: sum of squares less the Poisson part, over the squared means."""
    squares = float((mean**2).sum())
    return max(float(((n - mean) ** 2 - mean).sum()) / squares, 0.0) if squares else 0.0


def tail(n: Counts, expected: Expectation, weights: sparse.csr_array) -> Floats:
    """Give the probability of so many appeals or more around each place.

    Parameters
    ----------
    n
        Appeals of the period by place, shape (n,).
    expected
        Of one of the nulls.
    weights
        Ones at each place and its neighbours, shape (n, n); the identity tests places alone.

    Returns
    -------
    Floats
        Shape (n,); 1 where there are no appeals. Hand it to
        :func:`hotspots.discoveries.discoveries`; aim at five expected appeals a test or more.

    Notes
    -----
    The sum over a ring of negative binomial counts is taken as one of its mean and variance.

    Examples
    --------
    Six where two are expected, Poisson and with an excess of one half:

    >>> alone = sparse.csr_array(np.eye(1))
    >>> of = [tail(np.array([6]), Expectation(np.array([2.0]), e), alone) for e in (0.0, 0.5)]
    >>> [one.round(4).tolist() for one in of]
    [[0.0166], [0.0625]]
    """
    around = np.rint(weights @ n)
    mean = np.asarray(weights @ expected.mean, dtype=np.float64)
    squares = np.asarray(weights @ expected.mean**2, dtype=np.float64)
    return _upper_tail(around, mean, expected.excess * squares)


def _upper_tail(n: Floats, mean: Floats, extra: Floats) -> Floats:
    """P(N >= n) of a negative binomial with this mean and variance mean + ``extra``."""
    p = np.ones(n.shape)
    some = n > 0
    poisson = some & (extra <= 1e-9 * mean)
    p[poisson] = special.pdtrc(n[poisson] - 1, mean[poisson])
    other = some & ~poisson
    size = mean[other] ** 2 / extra[other]
    p[other] = special.betainc(n[other], size, mean[other] / (mean[other] + size))
    p[some & (mean <= 0)] = 0.0
    return p

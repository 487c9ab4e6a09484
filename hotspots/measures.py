"""The measures of a hot-spot table: counts by place and month in, columns out.

Each function gives columns by name, arrays of one entry a place; a figure that cannot be told is
NaN. What a column means stands at :data:`hotspots.table.COLUMNS`.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

from hotspots.discoveries import discoveries
from hotspots.emerging import TREND_P
from hotspots.evidence import Expectation, from_base, from_past, tail
from hotspots.funnel import dispersion
from hotspots.ranks import DRAWS, rank_intervals
from hotspots.rates import growth, rate
from hotspots.trend import mann_kendall

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Columns = dict[str, npt.NDArray[np.generic]]

FALSE_RATE: Final = 0.05
"""Share of places called 突增 or 集中 that are neither, at most."""

TREND_PERIODS: Final = 10
"""Periods from which on a trend can be told."""

YEAR: Final = 12
_DRAWN: Final = 4_000_000
_SEED: Final = 1


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What its own past lets expect of each place, and by how much counts scatter in time.

    ``expectation`` is None where there is no past; ``dispersion`` is 1 then.
    """

    expectation: Expectation | None
    dispersion: float

    @classmethod
    def of(cls, like: Counts) -> "Past":
        """Read it off as many days of each month, shape (n, months), the month asked for last."""
        n, before = like[:, -1], like[:, :-1][:, -YEAR:]
        if not before.sum():
            return cls(None, 1.0)
        expected = from_past(before, float(n.sum()))
        return cls(expected, dispersion(n, expected.mean))


@dataclass(frozen=True, slots=True)
class Change:
    """The whole city against an earlier month.

    ``n`` and ``base`` are appeals, ``value`` the growth as a share with its interval, NaN below the
    least base; ``sure``: the interval excludes 0 and the growth by the number of days alone.
    """

    n: int
    base: int
    value: float
    low: float
    high: float
    sure: bool

    @classmethod
    def of(cls, n: int, base: int, *, longer: float, scatter: float) -> "Change":
        """Compare two counts; ``scatter`` is the dispersion of days (:func:`day_dispersion`)."""
        of = growth(np.array([n]), np.array([base]), dispersion=scatter)
        value, low, high = (float(one[0]) for one in (of.value, of.low, of.high))
        return cls(n, base, value, low, high, bool(of.excludes(0.0, longer)[0]))


def day_dispersion(n: Counts, groups: npt.NDArray[np.int64]) -> float:
    """Measure by how much the city's days scatter more than chance around days of their kind.

    Parameters
    ----------
    n
        Appeals of each day, shape (d,).
    groups
        Number of the group of each day, shape (d,): month and day of the week, say.

    Returns
    -------
    float
        Pearson's mean square with as many degrees of freedom as days less groups; at least 1.

    Examples
    --------
    >>> day_dispersion(np.array([10, 30, 100, 100]), np.array([0, 0, 1, 1]))
    5.0
    """
    size = np.bincount(groups)
    mean = np.bincount(groups, weights=n)[groups] / size[groups]
    free = len(n) - int((size > 0).sum())
    some = mean > 0
    if free < 1 or not some.any():
        return 1.0
    return max(1.0, float((((n - mean) ** 2)[some] / mean[some]).sum() / free))


def rates(n: Counts, households: Floats) -> Columns:
    """Give appeals per thousand households with their interval; both of shape (n,)."""
    of = rate(n, households)
    return {"rate": of.value, "rate_low": of.low, "rate_high": of.high}


def growths(
    name: str, base_name: str, n: Counts, base: Counts | None, *, longer: float, scatter: float
) -> Columns:
    """Give a base, the growth against it, its interval and whether it is sure.

    Parameters
    ----------
    name, base_name
        Of the columns.
    n, base
        Appeals by place, shape (n,); None: nothing to compare with.
    longer
        Growth by the number of days alone.
    scatter
        Dispersion of counts in time.
    """
    if base is None:
        unknown = np.full(len(n), np.nan)
        sure = np.zeros(len(n), dtype=np.bool_)
        between = {f"{name}_low": unknown, f"{name}_high": unknown}
        return {base_name: unknown, name: unknown, **between, f"{name}_sure": sure}
    of = growth(n, base, dispersion=scatter)
    return {
        base_name: base.astype(np.float64),
        name: of.value,
        f"{name}_low": of.low,
        f"{name}_high": of.high,
        f"{name}_sure": of.excludes(0.0, longer),
    }


def ranks(n: Counts, scatter: float, *, suffix: str = "") -> Columns:
    """Give the interval of each place's rank by its count, and how likely it is among the worst.

    Counts have shape (n,) and scatter by the dispersion. The draws are the same at every call, so
    that a page never changes by itself.
    """
    k = len(n)
    if not k:
        none = np.zeros(0)
        return {f"rank{suffix}_low": none, f"rank{suffix}_high": none, f"in_worst{suffix}": none}
    of = rank_intervals(
        n / scatter,
        np.full(k, 1 / scatter),
        np.random.default_rng(_SEED),
        draws=int(np.clip(_DRAWN // k, DRAWS // 10, DRAWS)),
    )
    return {
        f"rank{suffix}_low": of.low,
        f"rank{suffix}_high": of.high,
        f"in_worst{suffix}": of.in_worst,
    }


def surges(n: Counts, past: Past, weights: sparse.csr_array) -> Columns:
    """Give what is expected of each place's own past, the usual range, and 突增.

    Counts have shape (n,), the weights of what is tested together (n, n).
    """
    expected = past.expectation
    if expected is None or not n.sum():
        unknown = np.full(len(n), np.nan)
        no = np.zeros(len(n), dtype=np.bool_)
        return {"expected": unknown, "usual_low": unknown, "usual_high": unknown, "surge": no}
    low, high = _usual(expected)
    found = discoveries(tail(n, expected, weights)[:, None], FALSE_RATE)[:, 0]
    return {
        "expected": expected.mean,
        "usual_low": low,
        "usual_high": high,
        "surge": found & (n > expected.mean),
    }


def _usual(expected: Expectation) -> tuple[Floats, Floats]:
    """Give the range within which 95 of 100 counts lie."""
    mean = np.maximum(expected.mean, 1e-9)
    size = 1 / max(expected.excess, 1e-9)
    law = stats.nbinom(size, size / (size + mean))
    return np.asarray(law.ppf(0.025), np.float64), np.asarray(law.ppf(0.975), np.float64)


def concentrations(n: Counts, base: Floats | None, weights: sparse.csr_array) -> Columns:
    """Give what each place's share of a base lets expect, and 集中.

    Parameters
    ----------
    n
        Appeals by place, shape (n,).
    base
        Households or the appeals of all classes, shape (n,), NaN or 0: not known, not judged. None:
        no base at all.
    weights
        Of the places that are tested together, shape (n, n).
    """
    if base is None or not n.sum() or not (base > 0).any():
        return {
            "expected_elsewhere": np.full(len(n), np.nan),
            "concentrated": np.zeros(len(n), dtype=np.bool_),
        }
    known = base > 0
    expected = from_base(np.where(known, n, 0), np.where(known, base, 0.0))
    p = np.where(known, tail(np.where(known, n, 0), expected, weights), 1.0)
    found = discoveries(p[:, None], FALSE_RATE)[:, 0]
    return {
        "expected_elsewhere": np.where(known, expected.mean, np.nan),
        "concentrated": found & (n > expected.mean),
    }


def course(counts: Counts) -> npt.NDArray[np.int8]:
    """Tell whether a place's share of the city rises (1), falls (-1) or neither, shape (n,).

    Parameters
    ----------
    counts
        By place and period, shape (n, periods), oldest first.

    Examples
    --------
    >>> rising = np.arange(12)
    >>> course(np.array([rising, 30 - rising, np.full(12, 9)])).tolist()
    [1, -1, 0]
    """
    if counts.shape[1] < TREND_PERIODS:
        return np.zeros(len(counts), dtype=np.int8)
    share = counts / np.maximum(counts.sum(axis=0), 1)
    of = mann_kendall(share)
    return np.where(of.p <= TREND_P, np.sign(of.z), 0).astype(np.int8)

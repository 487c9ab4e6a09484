"""Recurrence interval: how often chance alone would show as much as a scan has found.

The greatest evidence of a day without any cluster follows nearly a Gumbel law. Evidence being a
log Bayes factor, chance exceeds any level by t with a probability that falls as exp(-t) (Markov's
inequality), so the law's scale is one; its location is taken from replicates at some rates of a
class and read off between them on the log scale: a table for the whole city instead of a thousand
replicates a class and hour. An interval, unlike a p-value, says to an official what it means: "by
chance once in twenty years".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from alerts.scan import SCAN_DAYS, Lattice, Share, scan

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RATES = (2.0, 8.0, 32.0, 128.0, 512.0)
"""Callers a day of a class, in the whole city, at which replicates are drawn; below the first the
first holds, which is cautious."""

REPLICATES = 100

_UPPER = 0.8  # the law is laid through this quantile: the tail is what it is asked about


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Location of the Gumbel law at some log rates (callers a day), ascending."""

    log_rate: tuple[float, ...]
    location: tuple[float, ...]

    def surprise(self, evidence: float, per_day: float) -> float:
        """Give -log10 of the probability that a day without a cluster shows so much evidence.

        Parameters
        ----------
        evidence
            Of the best disk, from :func:`alerts.scan.scan`.
        per_day
            Callers a day of the class in the whole city.

        Examples
        --------
        >>> table = Recurrence((0.0,), (1.0,))
        >>> round(10 ** table.surprise(1.0 + 5.9, 3.0))  # days
        366
        """
        rate = np.exp(min(self._location(per_day) - evidence, 700.0))
        return float(-np.log10(-np.expm1(-rate)))

    def evidence(self, surprise: float, per_day: float) -> float:
        """Give the evidence that has this surprise: the inverse of :meth:`surprise`."""
        return self._location(per_day) - float(np.log(-np.log1p(-(10.0**-surprise))))

    def _location(self, per_day: float) -> float:
        return float(np.interp(np.log(max(per_day, 1e-9)), self.log_rate, self.location))


def null_counts(share: Floats, per_day: float, draws: int, rng: np.random.Generator) -> Ints:
    """Draw counts of a class without a cluster, (draws, n, windows); ``share`` has shape (n,)."""
    counts = np.empty((draws, len(share), len(SCAN_DAYS)), np.int64)
    days = SCAN_DAYS[-1]
    left = rng.multinomial(rng.poisson(per_day * days, draws), share)
    for w in range(len(SCAN_DAYS) - 1, -1, -1):
        left, days = rng.binomial(left, SCAN_DAYS[w] / days), SCAN_DAYS[w]
        counts[..., w] = left
    return counts


def fit_recurrence(
    lattice: Lattice, share: Floats, busiest: float, rng: np.random.Generator
) -> Recurrence:
    """Draw days without clusters and tabulate the law of their greatest evidence.

    Parameters
    ----------
    lattice
        The cells and disks.
    share
        Usual share of all appeals that each cell has, summing to 1, shape (n,).
    busiest
        Callers a day of the busiest class: no rate far above it is drawn.
    rng
        Where the replicates come from.
    """
    rates = [rate for rate in RATES if rate <= 4 * busiest] or [RATES[0]]
    gap = -np.log(-np.log(_UPPER))  # of that quantile above the location
    usual = [Share.of(lattice, share)] * REPLICATES
    locations = []
    for rate in rates:
        greatest = np.full(REPLICATES, -np.inf)
        for disk in scan(lattice, null_counts(share, rate, REPLICATES, rng), usual):
            greatest[disk.which] = disk.evidence
        upper = np.sort(greatest)[int(_UPPER * REPLICATES)]
        locations.append(float(upper - gap) if np.isfinite(upper) else 0.0)
    return Recurrence(tuple(float(np.log(rate)) for rate in rates), tuple(locations))

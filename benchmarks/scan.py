"""Power of the disk scan at one rate of false alarms, beside a plain scan and single cells.

A city of 1,801 H3 cells of resolution 8 with lognormal weights; a class of 20, 100 or 500 callers a
day; a cluster of 6, 10 or 16 callers over three days inside a disk of seven cells around a cell
drawn by weight. All three methods raise by chance once a year: their thresholds are read off the
same days without a cluster; those of the first half are told again on the second. The plain scan is
Kulldorff's likelihood ratio over the same disks and windows, conditional on the class's total;
single cells are Poisson tails times the number of cells.
"""

import argparse
import sys
import time
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse, stats

import alerts.scan
from alerts import recurrence
from alerts.recurrence import Recurrence, fit_recurrence, null_counts
from alerts.scan import FEWEST, RINGS, SCAN_DAYS, Lattice, Share, scan
from benchmarks.kept import Array, Kept
from benchmarks.result import Result
from geo.cells import cell, disk

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

SUMMARY = "power of the disk scan beside Kulldorff's likelihood ratio and single cells"
METHODS = ("scan", "plain", "cells")
RATES, SIZES = (20, 100, 500), (6, 10, 16)
INTERVAL_D = 365
_CENTRE, _CITY_RINGS, _SPREAD = (116.4, 39.9), 24, 1.2
_RESAMPLED = 300
_CLUSTER = 1, 3  # window (index and days) over which a planted cluster lasts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--draws", type=int, default=500, help="draws a figure of the table")
    parser.add_argument("--null", type=int, default=1460, help="days without a cluster, twice")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rates", type=int, nargs="+", default=list(RATES), help="callers a day")
    parser.add_argument("--keep", type=Path, help="folder of what has been drawn: go on from it")


def run(arguments: argparse.Namespace) -> Result:
    """Draw the power table."""
    chance = np.random.default_rng(arguments.seed)
    lattice = Lattice.of(np.array(disk(cell(*_CENTRE, 8), _CITY_RINGS)))
    weight = chance.lognormal(0.0, _SPREAD, len(lattice.cells))
    share = weight / weight.sum()
    table = fit_recurrence(lattice, share, RATES[-1], chance)
    rows: list[dict[str, object]] = []
    told = [_head()]
    for rate in arguments.rates:
        rows += (part := _of_rate(lattice, share, table, rate, arguments))
        told += [_line(row) for row in part[1:]] + [_null_line(part[0])]
    power = [row for row in rows if "size" in row]
    mean = {m: round(float(np.mean([_number(row[m]) for row in power])), 3) for m in METHODS}
    lower = [row for row in power if _number(row["difference"]) < -2 * _number(row["error"])]
    told.append("mean      " + "  ".join(f"{name} {mean[name]:.3f}" for name in METHODS))
    told.append(f"figures lower than the plain scan by more than two standard errors: {len(lower)}")
    return Result({"rows": rows, "mean": mean, "lower": len(lower)}, told)


def _of_rate(
    lattice: Lattice, share: Floats, table: Recurrence, rate: int, arguments: argparse.Namespace
) -> list[dict[str, object]]:
    """Give the false rates at one class rate, and the power at each size of a cluster."""
    kept, usual = Kept(arguments.keep), Share.of(lattice, share)

    def drawn(size: int, draws: int, turn: int) -> Floats:
        # Each piece has a stream of its own: what is kept does not depend on what was asked before.
        make = partial(_drawn, lattice, share, usual, (rate, size, draws, turn, arguments.seed))
        name = f"scan-{arguments.seed}-{rate}-{size}-{draws}-{turn}"
        made_by = (alerts.scan, recurrence, sys.modules[__name__])
        return np.asarray(kept.piece(name, made_by, make)["scores"], np.float64)

    quiet, fresh = (drawn(0, arguments.null, turn) for turn in (0, 1))
    null = np.concatenate([quiet, fresh])
    thresholds = _thresholds(null)
    realised = (fresh > _thresholds(quiet)).mean(0)
    tabulated = table.evidence(-np.log10(1 / INTERVAL_D), rate)
    out: list[dict[str, object]] = [
        {
            "rate": rate,
            "days": len(fresh),
            "false_a_year": dict(zip(METHODS, (realised * 365).round(2).tolist(), strict=True)),
            "false_a_year_by_table": round(float((fresh[:, 0] > tabulated).mean()) * 365, 2),
            "ms": round(_milliseconds(lattice, share, usual, rate), 2),
        }
    ]
    for size in SIZES:
        scores = drawn(size, arguments.draws, 0)
        power = (scores > thresholds).mean(0)
        out.append(
            {
                "rate": rate,
                "size": size,
                **dict(zip(METHODS, power.round(3).tolist(), strict=True)),
                "difference": round(float(power[0] - power[1]), 3),
                "error": round(_error(null, scores), 3),
            }
        )
    return out


def _thresholds(null: Floats) -> Floats:
    return np.asarray(np.quantile(null, 1 - 1 / INTERVAL_D, axis=0))


def _error(null: Floats, scores: Floats) -> float:
    """Give the standard error of scan minus plain: that of the draws and that of the thresholds.

    A bootstrap over days without a cluster, ``null`` of shape (days, 3), and over ``scores`` of
    days with one, (draws, 3): a threshold passed once a year rests on a handful of days.
    """
    chance = np.random.default_rng(0)
    gains = []
    for _ in range(_RESAMPLED):
        days, draws = (chance.integers(0, len(x), len(x)) for x in (null, scores))
        power = (scores[draws] > _thresholds(null[days])).mean(0)
        gains.append(power[0] - power[1])
    return float(np.std(gains))


def _drawn(
    lattice: Lattice, share: Floats, usual: Share, draw: tuple[int, int, int, int, int]
) -> dict[str, Array]:
    """Score days with a cluster of this size, 0 for none, by every method, shape (draws, 3)."""
    rate, size, draws, _, _ = draw
    chance = np.random.default_rng(draw)
    scores = np.empty((draws, len(METHODS)))
    for i in range(draws):
        counts = null_counts(share, rate, 1, chance)[0]
        if size:
            counts = with_cluster(lattice, counts, share, size, chance)
        scores[i] = (
            ours(lattice, counts, usual),
            plain(lattice, counts, share),
            cells(counts, share),
        )
    return {"scores": scores}


def _milliseconds(lattice: Lattice, share: Floats, usual: Share, rate: int) -> float:
    chance = np.random.default_rng(rate)
    days = [null_counts(share, rate, 1, chance)[0] for _ in range(20)]
    begun = time.process_time()
    for counts in days:
        ours(lattice, counts, usual)
    return (time.process_time() - begun) / len(days) * 1e3


def ours(lattice: Lattice, counts: Ints, usual: Share) -> float:
    """Give the evidence of the best disk; ``counts`` has shape (n, windows)."""
    disks = scan(lattice, counts[None], [usual])
    return disks[0].evidence if disks else -99.0


def plain(lattice: Lattice, counts: Ints, share: Floats) -> float:
    """Give Kulldorff's greatest log likelihood ratio, conditional on the class's total.

    ``counts`` has shape (n, windows), ``share`` (n,).
    """
    disks = _disks(lattice)
    seen, total = disks @ counts, counts.sum(0)
    expected = (disks @ share)[:, None] * total
    at = (seen > expected) & (seen >= FEWEST) & (seen < total)
    if not at.any():
        return 0.0
    c, b, n = seen[at], expected[at], np.broadcast_to(total, seen.shape)[at]
    rest = np.maximum(n - c, 1e-12)
    return float((c * np.log(c / b) + (n - c) * np.log(rest / np.maximum(n - b, 1e-9))).max())


@lru_cache(maxsize=1)
def _disks(lattice: Lattice) -> sparse.csr_matrix:
    """Give all disks, one row each: ones where a cell lies in it, shape (5 n, n)."""
    n = len(lattice.cells)
    parts = [lattice.inside(centre, rings) for rings in range(RINGS + 1) for centre in range(n)]
    row = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    at = (row, np.concatenate(parts))
    return sparse.csr_matrix((np.ones(len(row)), at), shape=(len(parts), n))


def cells(counts: Ints, share: Floats) -> float:
    """Give -log10 of the least Poisson tail of a cell over three days, times the number of cells.

    ``counts`` has shape (n, windows), ``share`` (n,).
    """
    seen = counts[:, _CLUSTER[0]]
    tail = stats.poisson.sf(seen - 1, share * seen.sum()).min()
    return float(-np.log10(max(tail * len(share), 1e-300)))


def with_cluster(
    lattice: Lattice, counts: Ints, share: Floats, size: int, chance: np.random.Generator
) -> Ints:
    """Add a cluster of ``size`` to ``counts`` (n, windows), placed by ``share``, shape (n,)."""
    centre = int(chance.choice(len(share), p=share))
    extra = np.bincount(chance.choice(lattice.inside(centre, 1), size), minlength=len(share))
    at, days = _CLUSTER
    out = counts.copy()
    for w, window in enumerate(SCAN_DAYS):
        out[:, w] += extra if w >= at else chance.binomial(extra, window / days)
    return out


def _number(value: object) -> float:
    return float(str(value))


def _head() -> str:
    return (
        f"one false alarm in {INTERVAL_D} days each; callers a day, callers of the cluster, power"
    )


def _line(row: dict[str, object]) -> str:
    figures = "  ".join(f"{name} {_number(row[name]):.3f}" for name in METHODS)
    return (
        f"{row['rate']:>4} {row['size']:>3}  {figures}"
        f"  scan - plain {_number(row['difference']):+.3f} ± {_number(row['error']):.3f}"
    )


def _null_line(row: dict[str, object]) -> str:
    return (
        f"{row['rate']:>4}      false a year on {row['days']} fresh days: {row['false_a_year']},"
        f" by the table of recurrence {row['false_a_year_by_table']}; {row['ms']} ms a scan"
    )

"""Power of the disk scan at one rate of false alarms, beside a plain scan and single cells.

A city of 1,801 H3 cells of resolution 8 with lognormal weights; a class of 20, 100 or 500 callers a
day; a cluster of 6, 10 or 16 callers over three days inside a disk of seven cells around a cell
drawn by weight. All three methods raise by chance once a year. A threshold read off plain days
would rest on the few that pass it; it is read off days with a cluster of any size anywhere, each
weighed back to what it is worth as a day without one (importance sampling), and all three share the
days. The plain scan is Kulldorff's likelihood ratio over the same disks and windows, conditional on
the class's total; single cells are Poisson tails times the number of cells.

Naiman and Priebe, J. Comput. Graph. Stat. 10 (2001), on importance sampling for scan statistics.
"""

import argparse
import sys
import time
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy import sparse, special, stats

import alerts.scan
from alerts import recurrence
from alerts.recurrence import Recurrence, fit_recurrence, null_counts
from alerts.scan import EXCESS, FEWEST, RINGS, SCAN_DAYS, Lattice, Share, evidence, scan
from benchmarks.kept import Array, Kept
from benchmarks.result import Result
from geo.cells import cell, disk

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Drawn = tuple[Floats, Floats]
"""Scores by method, shape (draws, 3), and weights, shape (draws,)."""

SUMMARY = "power of the disk scan beside Kulldorff's likelihood ratio and single cells"
METHODS = ("scan", "plain", "cells")
RATES, SIZES = (20, 100, 500), (6, 10, 16)
INTERVAL_D = 365
_CENTRE, _CITY_RINGS, _SPREAD = (116.4, 39.9), 24, 1.2
_RESAMPLED = 300
_CLUSTER = 1  # window over which a planted cluster lasts: three days


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--draws", type=int, default=500, help="draws a figure of the table")
    parser.add_argument("--null", type=int, default=6000, help="days behind a threshold")
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

    def drawn(size: int, draws: int) -> Drawn:
        # Each piece has a stream of its own: what is kept does not depend on what was asked before.
        make = partial(_drawn, lattice, share, usual, (rate, size, draws, arguments.seed))
        name = f"scan-{arguments.seed}-{rate}-{size}-{draws}"
        made_by = (alerts.scan, recurrence, sys.modules[__name__])
        piece = kept.piece(name, made_by, make)
        return np.asarray(piece["scores"], np.float64), np.asarray(piece["weights"], np.float64)

    null = drawn(0, arguments.null)
    thresholds = _thresholds(*null)
    tabulated = table.evidence(-np.log10(1 / INTERVAL_D), rate)
    by_table = float((null[1] * (null[0][:, 0] > tabulated)).mean()) * INTERVAL_D
    out: list[dict[str, object]] = [
        {
            "rate": rate,
            "days": len(null[0]),
            "thresholds": dict(zip(METHODS, thresholds.round(2).tolist(), strict=True)),
            "false_a_year_by_table": round(by_table, 2),
            "ms": round(_milliseconds(lattice, share, usual, rate), 2),
        }
    ]
    for size in SIZES:
        scores, _ = drawn(size, arguments.draws)
        power = (scores > thresholds).mean(0)
        of_draws, of_thresholds = _errors(null, scores)
        out.append(
            {
                "rate": rate,
                "size": size,
                **dict(zip(METHODS, power.round(3).tolist(), strict=True)),
                "difference": round(float(power[0] - power[1]), 4),
                "error": round(float(np.hypot(of_draws, of_thresholds)), 4),
                "error_of_thresholds": round(of_thresholds, 4),
            }
        )
    return out


def _thresholds(scores: Floats, weights: Floats) -> Floats:
    """Give what a day without a cluster passes once in so many days, by method, shape (3,)."""
    order = np.argsort(-scores, axis=0)
    passed = np.cumsum(weights[order], axis=0) * INTERVAL_D > len(weights)
    return np.take_along_axis(scores, order, axis=0)[passed.argmax(0), range(len(METHODS))]


def _errors(null: Drawn, scores: Floats) -> tuple[float, float]:
    """Give the standard errors of scan minus plain by the draws and by the thresholds.

    The second is a bootstrap over the days behind the thresholds.
    """
    chance, days = np.random.default_rng(0), len(null[1])
    hits = (scores > _thresholds(*null)).astype(np.float64)
    gains = []
    for _ in range(_RESAMPLED):
        some = chance.integers(0, days, days)
        power = (scores > _thresholds(null[0][some], null[1][some])).mean(0)
        gains.append(power[0] - power[1])
    return float(np.std(hits[:, 0] - hits[:, 1]) / np.sqrt(len(hits))), float(np.std(gains))


def _drawn(
    lattice: Lattice, share: Floats, usual: Share, draw: tuple[int, int, int, int]
) -> dict[str, Array]:
    """Score days by every method, shape (draws, 3), and give the weight of each, shape (draws,).

    Days have a cluster of one size and weigh 1; for size 0 they stand for days without a cluster.
    """
    rate, size, draws, _ = draw
    chance = np.random.default_rng(draw)
    scores, weights = np.empty((draws, len(METHODS))), np.ones(draws)
    for i in range(draws):
        counts = null_counts(share, rate, 1, chance)[0]
        if size:
            counts = with_cluster(lattice, counts, share, size, chance)
        else:
            counts = with_any_cluster(lattice, counts, share, usual, chance)
            weights[i] = 1 / likelihood(lattice, counts, share, usual, rate)
        scores[i] = (
            ours(lattice, counts, usual),
            plain(lattice, counts, share),
            cells(counts, share),
        )
    return {"scores": scores, "weights": weights}


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
    seen = counts[:, _CLUSTER]
    tail = stats.poisson.sf(seen - 1, share * seen.sum()).min()
    return float(-np.log10(max(tail * len(share), 1e-300)))


def with_cluster(
    lattice: Lattice, counts: Ints, share: Floats, size: int, chance: np.random.Generator
) -> Ints:
    """Add a cluster of ``size`` to ``counts`` (n, windows), placed by ``share``, shape (n,)."""
    inside = lattice.inside(int(chance.choice(len(share), p=share)), 1)
    return _with(counts, chance.choice(inside, size), _CLUSTER, chance)


def with_any_cluster(
    lattice: Lattice, counts: Ints, share: Floats, usual: Share, chance: np.random.Generator
) -> Ints:
    """Add to ``counts`` (n, windows) a cluster as the scan believes in them.

    Any disk and window, an exponential size; ``share`` has shape (n,).
    """
    centre = int(chance.choice(len(share), p=np.exp(usual.prior)))
    inside = lattice.inside(centre, int(chance.integers(RINGS + 1)))
    callers = chance.choice(
        inside, chance.poisson(chance.exponential(EXCESS)), p=share[inside] / share[inside].sum()
    )
    return _with(counts, callers, int(chance.integers(len(SCAN_DAYS))), chance)


def likelihood(lattice: Lattice, counts: Ints, share: Floats, usual: Share, rate: float) -> float:
    """Give how much likelier counts (n, windows) are with any such cluster than without one."""
    disks = _disks(lattice)
    seen, expected = disks @ counts, (disks @ share)[:, None] * rate * np.array(SCAN_DAYS)
    prior = np.tile(usual.prior, RINGS + 1)[:, None] - np.log(seen.size / len(share))
    return float(np.exp(special.logsumexp(evidence(seen, expected) + prior)))


def _with(counts: Ints, callers: Ints, window: int, chance: np.random.Generator) -> Ints:
    """Add callers, by their cells, to a window and all longer ones, and by chance to shorter."""
    out, extra = counts.copy(), np.bincount(callers, minlength=len(counts))
    out[:, window:] += extra[:, None]
    for w in range(window - 1, -1, -1):
        extra = chance.binomial(extra, SCAN_DAYS[w] / SCAN_DAYS[w + 1])
        out[:, w] += extra
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
        f" (thresholds {_number(row['error_of_thresholds']):.3f})"
    )


def _null_line(row: dict[str, object]) -> str:
    return (
        f"{row['rate']:>4}      thresholds {row['thresholds']} of {row['days']} days, false a year"
        f" by the table of recurrence {row['false_a_year_by_table']}; {row['ms']} ms a scan"
    )

"""How long hot spots of a large city take, beside esda.

7,000 communities on a lattice, 52 weeks, 100 classes of unequal volume. The whole run makes Gi* in
space and time, its confidence bins by false discovery rate, Mann and Kendall's test and the trend
class of every community and class. Times are of the processor, so that a busy machine and further
threads count for neither side.
"""

import argparse
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy import sparse

from benchmarks.result import Result
from hotspots.emerging import emerging
from hotspots.getis_ord import getis_ord
from hotspots.neighbours import Neighbours, neighbours

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SUMMARY = "Gi*, trends and classes of 7,000 places, 52 weeks, 100 classes; Gi* beside esda"
COLUMNS = 70  # places in a row of the lattice
ROUNDS, PERMUTATIONS = 5, 999


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may be asked."""
    parser.add_argument("--places", type=int, default=7000, help="communities")
    parser.add_argument("--weeks", type=int, default=52, help="periods")
    parser.add_argument("--classes", type=int, default=100, help="classes of appeals")
    parser.add_argument("--seed", type=int, default=1)


def run(arguments: argparse.Namespace) -> Result:
    """Time the whole run, then Gi* of one slice beside esda in turns."""
    chance = np.random.default_rng(arguments.seed)
    places, weeks = arguments.places, arguments.weeks
    around = lattice(places)
    weights = around.with_self()
    volume = chance.lognormal(0.0, 1.0, places)
    volume /= volume.mean()
    rates = np.geomspace(0.05, 5, arguments.classes)
    cubes = [chance.poisson(rate * volume[:, None], (places, weeks)) for rate in rates]

    started = time.process_time()
    hot = sum(int((emerging(cube, weights).pattern > 0).sum()) for cube in cubes)
    whole_s = time.process_time() - started
    data: dict[str, object] = {"whole_s": round(whole_s, 2), "hot": hot}
    lines = [
        f"{places} places x {weeks} weeks x {arguments.classes} classes:"
        f" Gi*, bins, trends, classes in {whole_s:.2f} s of one core"
    ]
    beside = against_esda(cubes[-1], weights)
    if beside is None:
        return Result(data, [*lines, "esda is not installed (dependency group bench)"])
    data |= beside
    ours, analytic, drawn = (beside[name] for name in ("ours_ms", "analytic_ms", "permutations_ms"))
    lines += [
        f"Gi* of one slice, median of {ROUNDS}: {ours:.3f} ms",
        f"  esda, analytic: {analytic:.2f} ms, {beside['analytic_ratio']:.0f} times as long;"
        f" greatest difference of z {beside['difference']:.1e}",
        f"  esda, {PERMUTATIONS} permutations: {drawn:.1f} ms,"
        f" {beside['permutations_ratio']:.0f} times as long",
    ]
    return Result(data, lines)


def lattice(places: int) -> Neighbours:
    """Lay places on a lattice, each next to the six around it as in a city of hexagons."""

    def ring(place: int) -> list[int]:
        row, column = divmod(place, COLUMNS)
        slant = -1 if row % 2 == 0 else 1
        steps = [(0, -1), (0, 1), (-1, 0), (1, 0), (-1, slant), (1, slant)]
        near = [(row + a, column + b) for a, b in steps]
        inside = [(r, c) for r, c in near if r >= 0 and 0 <= c < COLUMNS]
        return [r * COLUMNS + c for r, c in inside if r * COLUMNS + c < places]

    return neighbours(np.arange(places), ring)


def against_esda(
    counts: Counts, weights: sparse.csr_array, permutations: int = PERMUTATIONS
) -> dict[str, float] | None:
    """Time Gi* of one slice, ``counts`` of shape (n, periods), beside esda's; None without it."""
    try:
        from esda.getisord import G_Local
        from libpysal.graph import Graph
    except ModuleNotFoundError:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # esda's own, of islands and of its coming changes
        w = Graph.from_sparse(sparse.coo_array(weights))  # its fastest form, made beforehand
        slices = np.asarray(counts, dtype=np.float64)

        def esda(draws: int) -> Floats:
            of = G_Local(
                slices[:, -1], w, transform="B", permutations=draws, star=None, n_jobs=1, seed=1
            )
            return np.asarray(of.Zs, dtype=np.float64)

        esda(permutations)  # compiles once
        each = {
            "ours_ms": lambda: getis_ord(slices, weights)[:, -1],
            "analytic_ms": lambda: esda(0),
            "permutations_ms": lambda: esda(permutations),
        }
        taken: dict[str, list[float]] = {name: [] for name in each}
        for _ in range(ROUNDS):
            for name, call in each.items():
                taken[name].append(_ms(call))
        difference = float(np.abs(each["ours_ms"]() - each["analytic_ms"]()).max())
    out = {name: statistics.median(ms) for name, ms in taken.items()}
    out["ours_ms"] /= counts.shape[1]  # all slices are made at once
    return out | {
        "difference": difference,
        "analytic_ratio": out["analytic_ms"] / out["ours_ms"],
        "permutations_ratio": out["permutations_ms"] / out["ours_ms"],
    }


def _ms(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return (time.process_time() - started) * 1e3

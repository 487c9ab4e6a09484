"""Placing a million points on a made-up Beijing, beside what a user would write with geopandas."""

import argparse

from benchmarks.result import Result

SUMMARY = "placing: four levels, border flags and three H3 cells, beside geopandas.sjoin and h3"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3, help="rounds; the median counts")
    parser.add_argument("--seed", type=int, default=7)


def run(arguments: argparse.Namespace) -> Result:
    """Measure on one core and on two."""
    # Every command knows the benchmarks: what they need is loaded by the one that runs.
    from benchmarks.place.race import race

    return race(arguments.points, arguments.repeat, arguments.seed)

"""The pages on a city of 7,000 communities and 20,000 cells: first frame, and a step of the map."""

import argparse
import tempfile
from pathlib import Path

from benchmarks.result import Result

SUMMARY = "first frame and a step of the map, on a city of 7,000 communities and 20,000 cells"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--communities", type=int, default=7000)
    parser.add_argument("--appeals", type=int, default=60_000)
    parser.add_argument("--slower", type=int, default=4, help="times the phone is slowed")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="the city is made here once")


def run(arguments: argparse.Namespace) -> Result:
    """Make the city, serve it, open its pages."""
    # Every command knows the benchmarks: what they need is loaded by the one that runs.
    from benchmarks.pages.city import kept_city
    from benchmarks.pages.measure import measure_city

    size = {"communities": arguments.communities, "appeals": arguments.appeals}
    with tempfile.TemporaryDirectory() as made:
        folder = kept_city(arguments.keep or Path(made), **size)
        return measure_city(folder, slower=arguments.slower, rounds=arguments.rounds)

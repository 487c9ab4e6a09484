"""The pages on a city of 7,000 communities and 20,000 cells: first frame, and a step of the map."""

import argparse

from benchmarks.result import Result

SUMMARY = "first frame and a step of the map, on a city of 7,000 communities and 20,000 cells"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--communities", type=int, default=7000)
    parser.add_argument("--appeals", type=int, default=60_000)
    parser.add_argument("--slower", type=int, default=4, help="times the phone is slowed")
    parser.add_argument("--rounds", type=int, default=3)


def run(arguments: argparse.Namespace) -> Result:
    """Make the city, serve it, open its pages."""
    # Every command knows the benchmarks: what they need is loaded by the one that runs.
    from benchmarks.pages.measure import measure

    return measure(
        arguments.communities, arguments.appeals, slower=arguments.slower, rounds=arguments.rounds
    )

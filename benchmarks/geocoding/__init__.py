"""Locating addresses: how right, how sure, how fast, beside two parsers of addresses."""

import argparse
from pathlib import Path

from benchmarks.result import Result

SUMMARY = "locating addresses: shares right with intervals, names left out, noise, speed, peers"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), metavar="DIR")
    parser.add_argument("--seeds", default="1,2,3,4,5", help="of the folds, with commas between")
    parser.add_argument(
        "--city", choices=("beijing", "yichang"), default="beijing", help="whose sets are judged"
    )
    parser.add_argument("--refit", type=Path, metavar="FILE", help="write weights fitted anew")


def run(arguments: argparse.Namespace) -> Result:
    """Measure, or fit the weights anew."""
    # Every command knows the benchmarks: what they need is loaded by the one that runs.
    from benchmarks.geocoding.report import refit, report, second

    if arguments.refit is not None:
        return refit(arguments.data, arguments.refit)
    seeds = [int(seed) for seed in arguments.seeds.split(",")]
    return (report if arguments.city == "beijing" else second)(arguments.data, seeds)

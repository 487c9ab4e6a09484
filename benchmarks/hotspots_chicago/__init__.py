"""Where next month's appeals lie: the focus layer beside other scores on public data.

74,000 sanitation complaints of Chicago, 2011 to 2014, in H3 cells. Every score sees the months
before the one that it foretells and flags a fixed share of the cells. The weights of the focus
layer are chosen on 2012 from a grid and judged on 2013 and 2014, first reports of an address only.

The tables of the yardstick drew by lot which of equal scores are flagged, once; here stands what is
to be expected of the lot, and how far one draw may lie from it.
"""

import argparse
from pathlib import Path

from benchmarks.result import Result

SUMMARY = "next month's places on public 311 data: the focus layer beside other scores"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may be asked."""
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of sets")


def run(arguments: argparse.Namespace) -> Result:
    """Foretell 36 months with every score, choose on the first twelve, judge on the rest."""
    # Every command knows the benchmarks: what they need is loaded by the one that runs.
    from benchmarks.hotspots_chicago.race import race

    return race(arguments.data)

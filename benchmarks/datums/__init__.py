"""How often the datum of real layers is told right, and how fast coordinates are shifted.

Every set's datum is known. Points are drawn from it at random, read as each of WGS84, GCJ-02 and
BD-09 was declared, and held against a reference of another source whose datum is known too.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from appeals.errors import InputError
from benchmarks.datums.sets import Labelled, labelled
from benchmarks.datums.speed import speeds
from benchmarks.result import Result

SUMMARY = "datums told right from points and from names; speed of the shifts beside two libraries"

DECLARED = ("wgs84", "gcj02", "bd09")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may be asked."""
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of sets")
    parser.add_argument("--draws", type=int, default=200, help="random draws a set")


def run(arguments: argparse.Namespace) -> Result:
    """Draw, judge and count; then time the shifts."""
    if not (arguments.data / "yichang-2024").is_dir():
        raise InputError(f"{arguments.data}: there are no evaluation sets: give --data")
    draws = arguments.draws
    rows: list[dict[str, object]] = []
    lines = [
        f"{draws} draws, each declared as {', '.join(DECLARED)}",
        "set; against; datum: told right; marked suspect where wrongly declared, where rightly",
    ]
    for one, n in labelled(arguments.data):
        shares = told(one, n, draws)
        rows.append(
            {"set": one.name, "against": one.against, "truth": one.truth, "points": one.drawn(n)}
            | {"draws": draws, **shares}
        )
        lines.append(
            f"{one.name}; {one.against}; {one.truth} from {one.drawn(n)}: "
            f"{shares['right']:.3f}, {shares['marked']:.3f}, {shares['false']:.3f}"
        )
        # A run takes minutes: what is known is shown.
        sys.stderr.write(f"{lines[-1]}\n")
    speed, said = speeds()
    return Result({"sets": rows, "speed": speed}, [*lines, *said])


def told(one: Labelled, n: int, draws: int, seed: int = 1) -> dict[str, float]:
    """Tell the shares of draws that were told right, marked rightly and marked falsely.

    Parameters
    ----------
    one
        The set.
    n
        Points in a draw, all where it has fewer.
    draws, seed
        How many, and of which chance.
    """
    rng = np.random.default_rng(seed)
    right = marked = false = wrong_draws = 0
    for _ in range(draws):
        rows = rng.choice(len(one.lon), one.drawn(n), replace=False)
        for declared, verdict in zip(DECLARED, one.verdicts(rows, DECLARED), strict=True):
            alike = {declared, *verdict.same}
            is_right = one.truth in alike
            right += verdict.looks_like == one.truth or (is_right and verdict.looks_like in alike)
            marked += verdict.suspect and not is_right
            false += verdict.suspect and is_right
            wrong_draws += not is_right
    every = draws * len(DECLARED)
    return {
        "right": right / every,
        "marked": marked / max(wrong_draws, 1),
        "false": false / max(every - wrong_draws, 1),
    }

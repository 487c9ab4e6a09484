"""How often the datum of real layers is told right, and how fast coordinates are shifted.

Every set's datum is known. Points are drawn from it at random, read as each of WGS84, GCJ-02 and
BD-09 was declared, and held against a reference of another source whose datum is known too.
"""

import argparse
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
    rows = [
        {"set": one.name, "against": one.against, "truth": one.truth, "points": one.drawn(n)}
        | {"draws": draws, **told(one, n, draws)}
        for one, n in labelled(arguments.data)
    ]
    lines = [
        f"{draws} draws, each declared as {', '.join(DECLARED)}",
        "set; against; datum: told right; marked suspect where wrongly declared, where rightly",
    ]
    lines += [
        f"{row['set']}; {row['against']}; {row['truth']} from {row['points']}: "
        f"{row['right']:.3f}, {row['marked']:.3f}, {row['false']:.3f}"
        for row in rows
    ]
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
        for declared in DECLARED:
            verdict = one.verdict(rows, declared)
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

"""How often a remedy is said to have worked, or to have failed, where nothing was done.

Placebos on public data: the 77 community areas of Chicago, sanitation complaints 2011 to 2014. Each
month the eight areas with most complaints, the eight that stand out most from their own past, or
all, are judged as if they had been remedied. The same with 30 % of the later complaints taken away
gives the power. A lot divides the worst or the most grown of them into halves.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from appeals.errors import InputError
from benchmarks.result import Result, Share
from hotspots.lots import judge_lot
from hotspots.remediation import BEFORE, LEAST_STARTS, judge

Counts = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int64]

SUMMARY = "false 'fell' and 'rose' of remedies where nothing was done, and the power for -30 %"
MONTHS, AREAS, LISTED, FALL = 48, 77, 8, 0.3
AFTER = (3, 6)
DRAWN, LOTS = (8, 20), 20
"""Places of a list that a lot halves, and lots drawn at each month."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say what may be asked."""
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of sets")
    parser.add_argument("--seed", type=int, default=1, help="of the complaints taken away")


def run(arguments: argparse.Namespace) -> Result:
    """Judge placebos, one by one, in batches and by lot, as they are and with a fall put in."""
    counts = read(arguments.data)
    chance = np.random.default_rng(arguments.seed)
    data: dict[str, object] = {}
    lines = []
    for after in AFTER:
        for name, listed in LISTS.items():
            for batch in (False, True):
                of = placebos(counts, listed, after, chance, batch=batch)
                title = f"{after} months, {name}, {'a batch' if batch else 'one by one'}"
                data[title] = {share.name: share.data() for share in of}
                lines += [title, *(share.line() for share in of)]
        for name in ("most complaints", "most above their past"):
            for places in DRAWN:
                title = f"{after} months, {name}, {places // 2} of {places} by lot"
                of, said = drawn(counts, LISTS[name], places, after, chance)
                data[title] = {share.name: share.data() for share in of} | {"power said": said}
                lines += [title, *(share.line() for share in of), f"  power said: {said:.3f}"]
    return Result(data, lines)


def read(data: Path) -> Counts:
    """Count complaints by area and month, shape (77, 48)."""
    path = data / "hotspots" / "chicago_311_sanitation_2011_2014.csv.gz"
    if not path.is_file():
        raise InputError(f"{data}: there are no evaluation sets: give --data")
    frame = pd.read_csv(path, usecols=["date", "area"])
    day = pd.to_datetime(frame["date"])
    month = (day.dt.year - 2011) * 12 + day.dt.month - 1
    known = month.between(0, MONTHS - 1) & frame["area"].between(1, AREAS)
    counts = np.zeros((AREAS, MONTHS), dtype=np.int64)
    at = frame.loc[known, "area"].to_numpy(np.int64) - 1, month[known].to_numpy(np.int64)
    np.add.at(counts, at, 1)
    return counts


def _worst(counts: Counts, trigger: int, listed: int) -> Ints:
    return np.argsort(-counts[:, trigger], kind="stable")[:listed]


def _grown(counts: Counts, trigger: int, listed: int) -> Ints:
    usual = counts[:, trigger - BEFORE : trigger].mean(axis=1)
    return np.argsort(-(counts[:, trigger] - usual) / np.sqrt(usual + 1), kind="stable")[:listed]


def _all(counts: Counts, trigger: int, listed: int) -> Ints:
    return np.arange(len(counts))


Listing = Callable[[Counts, int, int], Ints]
LISTS: dict[str, Listing] = {
    "most complaints": _worst,
    "most above their past": _grown,
    "all areas": _all,
}


def placebos(
    counts: Counts,
    listed: Listing,
    after: int,
    chance: np.random.Generator,
    *,
    batch: bool,
) -> list[Share]:
    """Give the shares of false falls, false rises and true falls that are seen.

    ``counts`` has shape (areas, months).
    """
    fell = rose = seen = n = 0
    for trigger in _triggers(after):
        rows = listed(counts, trigger, LISTED)
        less = _fallen(counts, rows, trigger, after, chance)
        for part in [rows] if batch else rows[:, None]:
            verdict = judge(counts, part, trigger, after).verdict
            fell += verdict == "fell"
            rose += verdict == "rose"
            only = counts.copy()
            only[part] = less[part]
            seen += judge(only, part, trigger, after).verdict == "fell"
            n += 1
    names = "false 'fell'", "false 'rose'", f"-{FALL:.0%} seen"
    return [Share(name, k, n) for name, k in zip(names, (fell, rose, seen), strict=True)]


def drawn(
    counts: Counts, listed: Listing, places: int, after: int, chance: np.random.Generator
) -> tuple[list[Share], float]:
    """Give the shares of false and of true falls by lot, and the power that is said."""
    fell = seen = n = 0
    said = []
    for trigger in _triggers(after):
        rows = listed(counts, trigger, places)
        for _ in range(LOTS):
            began = np.isin(np.arange(places), chance.choice(places, places // 2, replace=False))
            quiet = judge_lot(counts, rows, began, trigger, after, chance)
            less = _fallen(counts, rows[began], trigger, after, chance)
            fell += quiet.verdict == "fell"
            seen += judge_lot(less, rows, began, trigger, after, chance).verdict == "fell"
            said.append(quiet.power)
            n += 1
    shares = [Share("false 'fell'", fell, n), Share(f"-{FALL:.0%} seen", seen, n)]
    return shares, round(float(np.mean(said)), 3)


def _triggers(after: int) -> range:
    return range(BEFORE + LEAST_STARTS + after - 1, MONTHS - after)


def _fallen(
    counts: Counts, rows: Ints, trigger: int, after: int, chance: np.random.Generator
) -> Counts:
    less = counts.copy()
    later = slice(trigger + 1, trigger + 1 + after)
    less[rows, later] = chance.binomial(less[rows, later], 1 - FALL)
    return less

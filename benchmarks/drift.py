"""What the weekly look at slow rises finds, and how often it errs.

Twelve streets and classes of ten to eighty callers a week and street, with overdispersion from week
to week, over the years asked for: stable, seasonal, and with a rise of 30 % over eight weeks in
five streets.
"""

import argparse

import numpy as np
import numpy.typing as npt

from alerts.drift import Drift, Found
from alerts.keys import AREA_KINDS, ClassToken, KeyTable
from alerts.observe import DayCounts
from benchmarks.result import Result

Floats = npt.NDArray[np.float64]

SUMMARY = "slow rises: share found, weeks until found, false alerts a year"
STREETS, RISEN, RISE, WEEKS_OF_RISE = 12, 5, 0.3, 8
RATES = (10.0, 20.0, 40.0, 80.0)
_DISPERSION, _SEASON = 1.3, 0.5
_AFTER_WEEKS = 4  # in which a drift may still be found after its rise has ended


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the benchmark's own arguments."""
    parser.add_argument("--classes", type=int, default=25, help="classes of each rate")
    parser.add_argument("--years", type=int, default=3, help="years that pass")
    parser.add_argument("--seed", type=int, default=1)


def run(arguments: argparse.Namespace) -> Result:
    """Draw stable, seasonal and rising classes and watch them."""
    chance = np.random.default_rng(arguments.seed)
    weeks = arguments.years * 52
    lines, data = [], {}
    for name, season in (("stable", 0.0), ("seasonal", _SEASON)):
        found = watch(quiet_weeks(arguments.classes, weeks, season, chance))
        told = sum(len(opened(found, token)) for token in range(arguments.classes * len(RATES)))
        classes = arguments.classes * len(RATES)
        a_year = told / arguments.years / classes * 100
        data[f"{name}_false_a_year_of_100_classes"] = round(a_year, 2)
        lines.append(f"{name}: {a_year:.2f} false alerts a year of 100 classes ({told} in all)")
    start = weeks - WEEKS_OF_RISE - _AFTER_WEEKS
    counts = quiet_weeks(arguments.classes, weeks, 0.0, chance, rise_from=start)
    found = watch(counts, alone=True)
    for i, rate in enumerate(RATES):
        after, right = [], []
        for token in range(i * arguments.classes, (i + 1) * arguments.classes):
            weeks_told = [(w, one) for w, one in found if one.token == token and w >= start]
            if weeks_told:
                after.append(weeks_told[0][0] - start + 1)
                right.append(len(set(weeks_told[-1][1].streets) & set(range(RISEN))) / RISEN)
        share = len(after) / arguments.classes
        middle = float(np.median(after)) if after else float("nan")
        data[f"found_at_{rate:.0f}_a_week"] = round(share, 3)
        lines.append(
            f"+30 % over 8 weeks in 5 of 12 streets of {rate:.0f} a week: found {share:.2f},"
            f" {middle:.0f} weeks after its start, {np.mean(right or [0]):.2f} of the streets named"
        )
    return Result(data, lines)


def quiet_weeks(
    classes: int,
    weeks: int,
    season: float,
    chance: np.random.Generator,
    rise_from: int | None = None,
) -> npt.NDArray[np.int64]:
    """Draw callers of classes of each rate by street, shape (weeks, classes, streets)."""
    rate = np.repeat(RATES, classes)[None, :, None] * chance.lognormal(
        0.0, 0.4, (1, classes * len(RATES), STREETS)
    )
    of_year = 1 + season * np.sin(2 * np.pi * np.arange(weeks) / 52)
    mean = rate * of_year[:, None, None] * chance.lognormal(0, 0.14, (weeks, rate.shape[1], 1))
    if rise_from is not None:
        ramp = np.clip((np.arange(weeks) - rise_from + 1) / WEEKS_OF_RISE, 0, 1)
        mean[..., :RISEN] *= 1 + RISE * ramp[:, None, None]
    shape = mean / (_DISPERSION - 1)
    return chance.poisson(chance.gamma(shape, _DISPERSION - 1))


def watch(counts: npt.NDArray[np.int64], *, alone: bool = False) -> list[tuple[int, Found]]:
    """Let weekly ``counts``, shape (weeks, classes, streets), pass; give what was told and when.

    Where all classes rise at once each is judged ``alone``, as if the others were still.
    """
    keys, drift = KeyTable(), Drift()
    street = AREA_KINDS.index("street")
    tokens = [keys.token_number(ClassToken(False, f"c{c}")) for c in range(counts.shape[1])]
    area = np.tile(np.arange(counts.shape[2]), len(tokens))
    token = np.repeat(tokens, counts.shape[2])
    number = keys.numbers(keys.pack(street, area, token), np.full(len(area), street), area, token)
    told: list[tuple[int, Found]] = []

    def told_of(found: list[Found]) -> list[Found]:
        if not alone:
            return Drift.telling(found, len(tokens))
        return [one for one in found if Drift.telling([one], len(tokens))]

    for week, own in enumerate(counts):
        hour = np.zeros(len(number), np.int64)
        drift.add_day(keys, DayCounts(number, hour, own.reshape(-1)))
        drift.days[-1] = 7  # a week at once
        found = drift.close_week(keys)
        told += [(week, one) for one in told_of(found)]
    return told


def opened(found: list[tuple[int, Found]], token: int) -> list[int]:
    """Give the weeks in which an alert of one class would be opened: a gap of two ends the last."""
    weeks = [week for week, one in found if one.token == token]
    return [week for i, week in enumerate(weeks) if i == 0 or week - weeks[i - 1] > 2]

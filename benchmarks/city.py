"""False alarms at the scale of a city: half a million streams, thirty true surges a day.

Areas × classes with lognormal means, of which the product's parents (an area's share of everything
× the class's rate) know a stream to some ±50 %; days drift, counts are over-dispersed. The watch
learns its own history first, surges among it, with its own calibration; then Benjamini-Hochberg
over all streams once a day, beside the same rule on plain estimates and on the true means. Smaller
cities have appeals and surges in proportion.
"""

import argparse
import resource
import sys
import time
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from alerts import (
    baseline,
    calibrate,
    course,
    decide,
    growth,
    keys,
    onset,
    recent,
    score,
    tail,
    usual,
)
from alerts.baseline import Baseline
from alerts.calibrate import Calibration
from alerts.course import season_bin
from alerts.decide import benjamini_hochberg
from alerts.keys import AREA_KINDS, ClassToken, KeyTable
from alerts.observe import DAY_ENDS
from alerts.recent import WINDOWS_H
from alerts.score import score_keys
from alerts.tail import mid_tail
from benchmarks.kept import Array, Kept
from benchmarks.result import Result
from benchmarks.surge.product import FIRST_DAY, NOBODY

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

SUMMARY = "false alarms among half a million streams with thirty true surges a day"
RULES = ("wangge", "mid-p, estimated means", "oracle (true means)")

STREAMS, APPEALS_A_DAY, SURGES_A_DAY = 500_000, 80_000, 30
_SPREAD, _DRIFT_SD = 1.25, 0.15
_CLASS_SD, _AREA_SD, _OWN_SD = 1.95, 0.9, 0.5  # of log means; 2.2 in all
_KEYS_OF_AN_APPEAL = 24  # six kinds of area × four depths of the class
_COSTS = ("s_a_day", "batch_us_a_key", "live_us_a_key", "stored_bytes_a_key", "peak_mb")
_MADE_BY = (
    *(baseline, calibrate, course, decide, growth, keys, onset, recent, score, tail, usual),
    sys.modules[__name__],
)
_FLOOR = 4  # callers, as everywhere in the watch
_COMMUNITY = AREA_KINDS.index("community")
_LOOKS_BACK_D = max(WINDOWS_H) // 24


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    parser.add_argument("--areas", type=int, default=500)
    parser.add_argument("--classes", type=int, default=1000)
    parser.add_argument("--history-days", type=int, default=60)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--false-share", type=float, default=0.1)
    parser.add_argument("--keep", type=Path, help="folder of cities that are done: go on from it")


@dataclass(slots=True)
class City:
    """True means of streams, shape (n,), stream = area × classes + class; and its chance."""

    areas: int
    classes: int
    rng: np.random.Generator
    mean: Floats = field(init=False)

    def __post_init__(self) -> None:
        rng = self.rng
        log_mean = rng.normal(0, _AREA_SD, self.areas)[:, None]
        log_mean = log_mean + rng.normal(0, _CLASS_SD, self.classes)
        log_mean = log_mean + rng.normal(0, _OWN_SD, (self.areas, self.classes))
        share = np.exp(log_mean).ravel()
        self.mean = share * (APPEALS_A_DAY * share.size / STREAMS / share.sum())

    def day(self) -> tuple[Ints, Ints]:
        """Draw the counts of one day, shape (n,), and the streams that surge."""
        rng, n = self.rng, self.mean.size
        mean = self.mean * np.exp(rng.normal(-(_DRIFT_SD**2) / 2, _DRIFT_SD, n))
        shape = np.maximum(mean / (_SPREAD - 1), 1e-4)
        counts = rng.poisson(mean * rng.gamma(shape) / shape)
        weight = np.sqrt(self.mean + 0.02)
        number = max(1, round(SURGES_A_DAY * n / STREAMS))
        surges = rng.choice(n, number, False, weight / weight.sum())
        size = rng.poisson(5 * np.sqrt(_SPREAD * self.mean[surges] + 1))
        counts[surges] += np.maximum(4, size)
        return counts, surges


def _keys(areas: int, classes: int) -> tuple[KeyTable, Ints]:
    table = KeyTable()
    tokens = [table.token_number(ClassToken(False, f"class {c}")) for c in range(classes)]
    token = np.tile(np.array(tokens, np.int64), areas)
    area = np.repeat(np.arange(1, areas + 1), classes)
    packed = table.pack(_COMMUNITY, area, token)
    return table, table.numbers(packed, np.full(area.size, _COMMUNITY), area, token)


@dataclass(slots=True)
class Office:
    """The product's watch over the city, told of whole days."""

    table: KeyTable
    number: Ints
    baseline: Baseline = field(init=False)
    calibration: Calibration = field(default_factory=Calibration)
    day: int = FIRST_DAY.toordinal()
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.baseline = Baseline(keys=self.table)

    def enter(self, counts: Ints) -> tuple[Ints, Floats]:
        """Enter a day's counts by stream, (n,); give heard streams and calibrated -log10 p."""
        heard = np.flatnonzero(counts)
        begun = time.perf_counter()
        _, _, city, whole = self.table.arrays()
        total = np.zeros(len(self.table), np.int64)
        key = self.number[heard]
        for summed in (key, city[key], whole[key], city[whole[key]]):
            np.add.at(total, summed, counts[heard])
        number, today = self.day * 24, date.fromordinal(self.day)
        for hour in range(24):
            shown = np.flatnonzero(total) if hour == DAY_ENDS else NOBODY
            self.baseline.put(
                number + hour, season_bin(today, hour, False, False), shown, total[shown]
            )
        scores = score_keys(self.baseline, key, number + DAY_ENDS)
        a_day = 24 * self.baseline.levels(self.number)
        stratum = calibrate.stratum_of(a_day, np.zeros(a_day.size, np.bool_))
        p = self.calibration.calibrated(scores.score, stratum[heard])
        if self.baseline.days > 2 * _LOOKS_BACK_D:
            self.calibration.learn(scores.score, heard, stratum)
        self.baseline.learn(number + DAY_ENDS)
        self.day += 1
        self.seconds += time.perf_counter() - begun
        return heard, p


@dataclass(slots=True)
class Tally:
    """Alarms by rule: false, true."""

    false: int = 0
    true: int = 0

    def add(self, fired: Ints, surges: Ints, before: Ints) -> None:
        """Count streams that fired, shape (n,); surges of the days before count neither way."""
        self.true += int(np.isin(fired, surges).sum())
        self.false += int((~np.isin(fired, np.concatenate([surges, before]))).sum())


def simulate(
    seed: int, areas: int, classes: int, history: int, days: int, q: float
) -> tuple[dict[str, Tally], Office]:
    """Run one city: its history, then the days that are judged."""
    city = City(areas, classes, np.random.default_rng(seed))
    office = Office(*_keys(areas, classes))
    prior = city.mean * np.exp(city.rng.normal(0, _OWN_SD, city.mean.size))
    seen = np.zeros(city.mean.size)
    tallies = {rule: Tally() for rule in RULES}
    surged: list[Ints] = []
    for day in range(history + days):
        counts, surges = city.day()
        heard, p = office.enter(counts)
        if day >= history:
            some, n = counts[heard].astype(np.float64), city.mean.size
            a, b = seen + 1.5, history + 1.5 / prior
            plain = (a / b)[heard]
            truth = city.mean[heard]
            by_rule = {
                RULES[0]: p,
                RULES[1]: mid_tail(some, plain, 1.2 * (plain + plain**2 / a[heard])),
                RULES[2]: mid_tail(some, truth, _SPREAD * truth + (_DRIFT_SD * truth) ** 2),
            }
            before = np.concatenate([NOBODY, *surged[-(_LOOKS_BACK_D - 1) :]])
            for rule, surprise in by_rule.items():
                fires = benjamini_hochberg(surprise, n, q) & (some >= _FLOOR)
                tallies[rule].add(heard[fires], surges, before)
        else:
            seen += counts
        surged.append(surges)
    return tallies, office


def run(arguments: argparse.Namespace) -> Result:
    """Run the cities and print mean and standard error."""
    kept = Kept(arguments.keep)
    size = arguments.areas, arguments.classes, arguments.history_days, arguments.days
    name = "-".join(map(str, ("city", *size, arguments.false_share)))
    done = [
        kept.piece(f"{name}-{seed}", _MADE_BY, partial(_judged, seed, *size, arguments.false_share))
        for seed in arguments.seeds
    ]
    alarms = np.array([city["alarms"] for city in done], np.float64)  # seeds, rules, (false, true)
    share = alarms[..., 0] / np.maximum(alarms.sum(2), 1)
    true = alarms[..., 1]
    figures = share, true / arguments.days, true / np.maximum(true[:, -1:], 1)
    mean = np.mean(figures, axis=1)
    error = np.std(figures, axis=1, ddof=min(1, len(done) - 1)) / np.sqrt(len(done))
    costs = dict(
        zip(_COSTS, np.max([city["costs"] for city in done], axis=0).tolist(), strict=True)
    )
    data: dict[str, object] = {"seeds": arguments.seeds, "alarms": alarms.tolist(), "cost": costs}
    lines = [f"{'rule':26} | false share      | found a day       | of the oracle"]
    for i, rule in enumerate(RULES):
        cells = " | ".join(
            f"{m:6.3f} +- {e:.3f}" for m, e in zip(mean[:, i], error[:, i], strict=True)
        )
        lines.append(f"{rule:26} | {cells}")
        data[rule] = {"mean": mean[:, i].tolist(), "standard_error": error[:, i].tolist()}
    lines.append(f"{arguments.areas * arguments.classes} streams, {len(done)} cities; the dearest:")
    return Result(data, [*lines, *(f"{name}: {value:.1f}" for name, value in costs.items())])


def _judged(
    seed: int, areas: int, classes: int, history: int, days: int, q: float
) -> dict[str, Array]:
    """Run one city: alarms by rule, (rules, 2), false ones first, and what it cost."""
    tallies, office = simulate(seed, areas, classes, history, days, q)
    alarms = [(tallies[rule].false, tallies[rule].true) for rule in RULES]
    costs = office.seconds / (history + days), *_costs(office)
    return {"alarms": np.array(alarms), "costs": np.array(costs)}


def _costs(office: Office) -> tuple[float, float, float, float]:
    """Measure a score of a whole day at once and of one appeal's keys, and the state of a key."""
    own, number = office.baseline, office.number
    every = number[own.recent.callers(number, WINDOWS_H[0]) > 0]
    found = []
    for size in (every.size, _KEYS_OF_AN_APPEAL):
        turns = max(1, min(50, every.size // size))
        begun = time.process_time()
        for i in range(turns):
            score_keys(own, every[i * size : (i + 1) * size], own.recent.newest)
        found.append(1e6 * (time.process_time() - begun) / (turns * size))
    stored = sum(array.nbytes for array in own.stored().values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return found[0], found[1], stored / len(own.keys), peak / 1024

"""The race over made-up series: the product beside peers and a ceiling."""

import argparse
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from alerts import baseline, course, decide, growth, keys, onset, recent, score, tail, usual
from benchmarks.kept import Array, Kept
from benchmarks.result import Result
from benchmarks.surge import (
    daily,
    hotline,
    judge,
    oracle,
    peers,
    product,
    reference,
    series,
    weekly,
)
from benchmarks.surge.judge import (
    Evidence,
    calm,
    delays_of_both,
    difference,
    earlier,
    evidence,
    power,
)
from benchmarks.surge.series import Suite

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Detector = Callable[[Floats], Floats]

SUMMARY = "surges in made-up series, beside EARS, Farrington flexible, river and a ceiling"
SEEDS = (101, 102, 103, 104, 105)
PRODUCT, REFERENCE = "wangge", "gp hourly + common mode"
CEILING, FARRINGTON = "oracle (true mean)", "Farrington flexible"
RATES = {"hotline": (1e-3, 1e-4), "daily": (1e-2, 1e-3), "weekly": (5e-2, 1e-2)}
RIVALS = {"hotline": REFERENCE, "daily": FARRINGTON, "weekly": FARRINGTON}
SIZES = {"hotline": (4.0, 7.0), "daily": (5.0,), "weekly": (0.0,)}

_MAKERS: dict[str, tuple[ModuleType, ...]] = {
    PRODUCT: (product, baseline, course, decide, growth, keys, onset, recent, score, tail, usual),
    CEILING: (oracle, decide, onset, tail),
}
_SUITES: tuple[ModuleType, ...] = (series, daily, hotline, weekly, judge)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--suite", choices=[*RATES, "all"], default="all")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--sizes", type=float, nargs="+", help="of outbreaks, in their deviations")
    parser.add_argument("--each", type=int, help="series of every mean, signal or scenario")
    parser.add_argument("--no-river", action="store_true", help="leave the slow peers out")
    parser.add_argument(
        "--usual-hours", action="store_true", help="outbreaks of the hotline keep to usual hours"
    )
    parser.add_argument("--keep", type=Path, help="folder of what has been reckoned: go on from it")


def run(arguments: argparse.Namespace) -> Result:
    """Run the suites."""
    names = list(RATES) if arguments.suite == "all" else [arguments.suite]
    data: dict[str, object] = {}
    lines: list[str] = []
    for name in names:
        for size in arguments.sizes or SIZES[name]:
            rows, said = _race(name, size, arguments, Kept(arguments.keep))
            data[f"{name}, w = {size:g}" if size else name] = rows
            lines += said
    return Result(data, lines)


def _make(name: str, size: float, seed: int, each: int | None, *, usual_hours: bool) -> Suite:
    if name == "hotline":
        return hotline.hotline_suite(each or 100, size, seed, usual_hours=usual_hours)
    return (
        daily.daily_suite(each or 30, size, seed)
        if name == "daily"
        else weekly.weekly_suite(each or 4, seed)
    )


def _detectors(suite: Suite, *, river: bool) -> dict[str, Detector]:
    found: dict[str, Detector] = {
        PRODUCT: lambda counts: product.product_scores(suite, counts),
        CEILING: lambda counts: oracle.oracle_scores(suite, counts),
        "EARS C2": lambda counts: peers.ears(suite.a_day(counts), "C2"),
        "EARS C2, 28 days": lambda counts: peers.ears(suite.a_day(counts), "C2", 28),
        "EARS C3": lambda counts: peers.ears(suite.a_day(counts), "C3"),
        "gp" if suite.name != "hotline" else REFERENCE: _reference(suite),
    }
    if suite.name == "daily":
        found[FARRINGTON] = lambda counts: peers.farrington(counts, suite.test)
    if suite.name == "weekly":
        found[FARRINGTON] = lambda counts: peers.farrington(
            counts, suite.test, year=52, week=1, refit=1
        )
        del found[CEILING]
        del found["gp"]
        del found[PRODUCT]
    if river:
        from benchmarks.surge import rivers

        found["river HoltWinters"] = lambda counts: rivers.holt_winters(suite.a_day(counts))
        found["river SNARIMAX"] = lambda counts: rivers.snarimax(suite.a_day(counts))
        found["river StandardAbsoluteDeviation"] = lambda counts: rivers.absolute_deviation(
            suite.a_day(counts)
        )
    return found


def _reference(suite: Suite) -> Detector:
    holiday = np.repeat(suite.holiday, suite.steps_a_day)
    if suite.name != "hotline":
        flat = np.full(len(suite.group), 0.2)
        return reference.Reference(suite.category, holiday, flat, year=364).scores
    month = suite.quiet[:, : 30 * 24]
    prior = [month[suite.category == one].mean() * 24 + 0.005 for one in suite.category]
    return reference.Reference(
        suite.category, holiday, np.array(prior), 24 * 7, (1, 3), 3.0, suite.steps_a_day, 10.0
    ).scores


def _scored(suite: Suite) -> Bools | None:
    """Leave holidays of the daily suite and the days after out: not all are told of them."""
    if suite.name != "daily":
        return None
    free = suite.holiday.copy()
    free[1:] |= suite.holiday[:-1]
    return np.asarray(~free[suite.test])


def _race(
    name: str, size: float, arguments: argparse.Namespace, kept: Kept
) -> tuple[dict[str, Any], list[str]]:
    draws: dict[str, list[Evidence]] = {}
    seconds: dict[str, float] = {}
    points = 0
    for seed in arguments.seeds:
        suite = _make(name, size, seed, arguments.each, usual_hours=arguments.usual_hours)
        points += suite.quiet.size
        for who, detector in _detectors(suite, river=not arguments.no_river).items():
            made_by = (*_SUITES, *_MAKERS.get(who, (peers, reference, tail)))
            draw = f"{name}-{arguments.each or 0}-{seed}-{who}"
            # The twins without outbreak are those of all sizes.
            quiet = kept.piece(f"{draw}-quiet", made_by, partial(_quiet, suite, detector))
            usual = "-usual" if arguments.usual_hours and name == "hotline" else ""
            found = kept.piece(
                f"{draw}-{size:g}{usual}", made_by, partial(_planted, suite, detector)
            )
            seconds[who] = seconds.get(who, 0.0) + float(found["seconds"])
            draws.setdefault(who, []).append(_evidence(suite, quiet["null"], found))
    return _table(name, size, draws, {who: 1e6 * s / points for who, s in seconds.items()})


def _quiet(suite: Suite, detector: Detector) -> dict[str, Array]:
    return {"null": calm(suite, detector(suite.quiet), _scored(suite)).astype(np.float32)}


def _planted(suite: Suite, detector: Detector) -> dict[str, Array]:
    begun = time.process_time()
    scores = detector(suite.planted)
    seconds = time.process_time() - begun
    found = evidence(suite, np.empty((0, 0)), scores, _scored(suite))
    return {
        "seconds": np.array(seconds),
        "steps": np.array([len(one) for one in found.during]),
        "during": np.concatenate(found.during),
        "late": np.concatenate(found.late),
    }


def _evidence(suite: Suite, null: Array, found: Mapping[str, Array]) -> Evidence:
    ends = np.cumsum(found["steps"])[:-1]
    during, late = (
        [np.asarray(one, np.float64) for one in np.split(found[name], ends)]
        for name in ("during", "late")
    )
    return Evidence(np.asarray(null, np.float64), during, late, suite.group)


def _table(
    name: str, size: float, draws: dict[str, list[Evidence]], cost_us: dict[str, float]
) -> tuple[dict[str, Any], list[str]]:
    rates, unit = RATES[name], {"hotline": "h", "daily": "d", "weekly": "w"}[name]
    rival = RIVALS[name]
    rows: dict[str, Any] = {}
    title = f"{name}, w = {size:g}" if size else name
    head = "".join(f" | found at {rate:g} | delay {unit}" for rate in rates)
    lines = ["", title, f"{'detector':34}{head} | us a point"]
    found = {
        who: [power(own, rate, by_group=name == "daily") for rate in rates]
        for who, own in draws.items()
    }
    for who, powers in found.items():
        rows[who] = {
            "found": {f"{rate:g}": one.share for rate, one in zip(rates, powers, strict=True)},
            "delay": {f"{rate:g}": one.delay for rate, one in zip(rates, powers, strict=True)},
            "delay_of_all": {
                f"{r:g}": one.delay_of_all for r, one in zip(rates, powers, strict=True)
            },
            "by_group": {f"{r:g}": one.by_group() for r, one in zip(rates, powers, strict=True)},
            "us_a_point": cost_us[who],
        }
        cells = "".join(f" | {one.share:14.3f} | {one.delay:7.1f}" for one in powers)
        lines.append(f"{who:34}{cells} | {cost_us[who]:8.2f}")
    if PRODUCT in found:
        for i, rate in enumerate(rates):
            gain = difference(found[PRODUCT][i], found[rival][i])
            part = found[PRODUCT][i].share / max(found[CEILING][i].share, 1e-9)
            rows[PRODUCT].setdefault("against", {})[f"{rate:g}"] = gain
            own, other = found[PRODUCT][i], found[rival][i]
            both, sooner = delays_of_both(own, other), earlier(own, other)
            gained = (other.late - own.late)[own.hits & other.hits]
            middle = float(np.median(gained)) if gained.size else float("nan")
            rows[PRODUCT].setdefault("earlier", {})[f"{rate:g}"] = sooner
            lines += [
                f"{PRODUCT} minus {rival} at {rate:g}: {gain[0]:+.3f} [{gain[1]:+.3f}, "
                f"{gain[2]:+.3f}]; {part:.0%} of the ceiling",
                f"  median delay in {unit}: of all {own.delay_of_all:.1f} / "
                f"{other.delay_of_all:.1f}, of what both find {both[0]:.1f} / {both[1]:.1f}, "
                f"there {middle:+.1f} earlier in the median, {sooner[0]:+.2f} [{sooner[1]:+.2f}, "
                f"{sooner[2]:+.2f}] in the mean",
            ]
    return rows, lines

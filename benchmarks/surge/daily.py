"""The daily suite: 16 signals after Noufaily et al. 2019 (Bioinformatics 35:3110).

A log-linear mean with annual and weekly harmonics, negative binomial counts, seven years of 364
days, one outbreak in the last 49 weeks; holidays double the counts of signals that run all week and
silence the others, whose next day then carries half as much again.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import special

from benchmarks.surge.series import Suite, epidemic, harmonics, negative_binomial

YEARS, YEAR = 7, 364
TEST_DAYS = 343
HOLIDAYS = (0, 92, 95, 123, 144, 242, 358, 359)  # days of a 364-day year


class Signal(NamedTuple):
    """Parameters of one signal, as the paper's authors publish them with their code."""

    days_a_week: int
    divisor: int
    annual: int  # harmonics
    weekly: int
    level: float
    trend: float
    annual_cosine: float
    annual_sine: float
    weekly_cosine: float
    weekly_sine: float
    spread: float
    shift: int
    epidemic_sd: int  # size of the seasonal epidemic, 0 for none


SIGNALS = (
    Signal(7, 1, 1, 2, 6, 0, 0.2, 0.2, 0.5, 0.4, 2, 29, 0),
    Signal(7, 1, 1, 2, 0.5, 0, 1.5, 1.4, 0.5, 0.4, 1, -167, 0),
    Signal(7, 1, 0, 2, 5.5, 0, 0, 0, 0.3, 0.25, 1, 1, 0),
    Signal(7, 1, 0, 2, 2, 0, 0, 0, 0.3, 0.25, 1, 1, 0),
    Signal(5, 10, 1, 1, 6, 0, 0.3, 2, 0.3, 0.5, 1.5, -50, 1200),
    Signal(5, 1, 1, 1, 1, 0, 0.1, 2, 0.05, 0.05, 1, -50, 750),
    Signal(5, 10, 0, 1, 6, 0.0001, 0, 0, 0.6, 0.9, 1.5, 0, 0),
    Signal(5, 1, 1, 1, 3, 0, 1.5, 0.1, 0.2, 0.3, 1, -150, 0),
    Signal(5, 1, 1, 1, 3, 0, 0.2, 0.1, 0.05, 0.15, 1, -200, 0),
    Signal(5, 1, 1, 1, 5, 0, 0.2, 0.1, 0.05, 0.1, 1, 0, 0),
    Signal(5, 1, 2, 1, 0.5, 0, 0.4, 0, 0.05, 0.15, 1, 0, 0),
    Signal(5, 100, 1, 1, 9, 0, 0.5, 0.2, 0.2, 0.5, 1, 0, 0),
    Signal(7, 1, 1, 2, 2, 0.0005, 0.8, 0.8, 0.8, 0.4, 4, 57, 0),
    Signal(7, 1, 4, 1, 0.05, 0, 0.01, 0.01, 1.8, 0.1, 1, -85, 0),
    Signal(7, 1, 1, 2, 3, 0, 0.8, 0.6, 0.8, 0.4, 4, 29, 1050),
    Signal(7, 1, 0, 2, 6, 0, 0, 0, 0.8, 0.4, 4, 1, 0),
)

Floats = npt.NDArray[np.float64]


def daily_suite(each: int, size: float, seed: int) -> Suite:
    """Make ``each`` series of every signal; outbreaks have ``size`` standard deviations a day."""
    holiday = np.zeros(YEARS * YEAR, np.bool_)
    for year in range(YEARS):
        holiday[year * YEAR + np.array(HOLIDAYS)] = True
    rows = []
    for number, signal in enumerate(SIGNALS, start=1):
        for s in range(each):
            rng = np.random.default_rng([seed, number, s])
            rows.append((*_series(rng, signal, size, holiday), signal.spread, number))
    quiet, planted, outbreak, mean, spread, group = zip(*rows, strict=True)
    return Suite(
        name="daily",
        quiet=np.array(quiet),
        planted=np.array(planted),
        outbreak=np.array(outbreak),
        mean=np.array(mean),
        spread=np.array(spread, np.float64),
        test=slice(YEARS * YEAR - TEST_DAYS, YEARS * YEAR),
        group=np.array(group, np.float64),
        category=np.arange(len(rows)),
        holiday=holiday,
    )


def _series(
    rng: np.random.Generator, signal: Signal, size: float, holiday: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats]:
    week, year = signal.days_a_week, 52 * signal.days_a_week
    steps = year * YEARS
    at = np.arange(1, steps + 1) + signal.shift
    log_mean = signal.level + signal.trend * at
    log_mean = log_mean + harmonics(
        at, year, signal.annual, signal.annual_cosine, signal.annual_sine
    )
    mean = np.exp(
        log_mean + harmonics(at, week, signal.weekly, signal.weekly_cosine, signal.weekly_sine)
    )
    step = np.arange(steps)
    day = step if week == 7 else (step // 5) * 7 + step % 5
    counts = negative_binomial(rng, mean, signal.spread) / signal.divisor
    expected = mean / signal.divisor
    sd = np.sqrt(mean * signal.spread) / signal.divisor
    if signal.epidemic_sd:  # a seasonal epidemic is usual, not an outbreak to find
        for number in range(YEARS):
            first = rng.integers(*((0, 20) if week == 5 else (209, 230)))
            start = int(number * year + first)
            unit = sd[start] if week == 5 else 1.65
            cases = int(rng.poisson(unit * signal.epidemic_sd))
            wave = epidemic(rng, cases, steps, start, 0.02)
            counts, expected = counts + wave, expected + _smooth(cases, steps, start)
    start = int(rng.integers(steps - 49 * week, steps - 2 * week))
    cases = max(2, int(rng.poisson(size * week * sd[start])))
    outbreak = epidemic(rng, cases, steps, start, 0.25)
    if week == 7:
        outbreak = outbreak * np.where(np.isin(day % 7, (5, 6)), 2, 1)
    off = holiday[day]
    full = np.zeros((4, len(holiday)))
    for row, values in enumerate((counts, counts + outbreak, outbreak, expected)):
        full[row, day] = _on_holidays(values, off, week) if row != 2 else values
    full[:3] = np.round(full[:3])
    return full[0], full[1], full[2], full[3]


def _on_holidays(values: Floats, off: npt.NDArray[np.bool_], week: int) -> Floats:
    values = values.copy()
    if week == 7:
        values[off] *= 2
        return values
    after = np.flatnonzero(off) + 1
    values[off] = 0
    values[after[after < len(values)]] *= 1.5
    return values


def _smooth(cases: int, steps: int, start: int) -> Floats:
    """Give the expected course of an epidemic of so many cases, as :func:`epidemic` draws it."""
    edges = np.arange(steps - start + 1) * 0.02
    with np.errstate(divide="ignore"):
        lag = np.log(edges) / 0.5
    out = np.zeros(steps)
    out[start:] = cases * np.diff(special.ndtr(lag))
    return out

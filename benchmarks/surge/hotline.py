"""The hotline suite: hourly series of a city whose classes move as a whole.

Daily means from .05 to 50; hour of the day × day of the week × holidays × a slow season × a trend,
gamma over-dispersion of days, a day effect that all series of a category share (AR(1), sd .14), one
outbreak of some four days in the second half.
"""

import numpy as np
import numpy.typing as npt

from benchmarks.surge.series import Suite

MEANS = (0.05, 0.2, 1.0, 5.0, 20.0, 50.0)
"""Appeals a day."""

DAYS, WARM_DAYS = 400, 200
_DRAWS_A_CASE = 12  # of which those at the usual hours are kept, at least every fourth
AREAS = 20
"""Series that share a category."""

HOLIDAYS = (
    *range(31, 38),
    95,
    *range(120, 123),
    160,
    255,
    *range(273, 280),
    365,
)

Floats = npt.NDArray[np.float64]

_OFFICE = (
    *(0.1, 0.05, 0.05, 0.05, 0.05, 0.2, 0.6, 1.1, 1.9, 2.3, 2.2, 1.8),
    *(1.2, 1.4, 1.9, 1.9, 1.7, 1.4, 1.2, 1.1, 0.9, 0.6, 0.4, 0.2),
)
_NIGHT = (
    *(1.9, 1.2, 0.7, 0.5, 0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.8, 0.7),
    *(0.8, 0.7, 0.7, 0.7, 0.7, 0.8, 1.0, 1.5, 2.0, 2.5, 2.8, 2.6),
)
_HOME = (
    *(0.2, 0.1, 0.1, 0.1, 0.1, 0.5, 1.3, 1.7, 1.5, 1.3, 1.2, 1.1),
    *(1.0, 0.9, 0.9, 0.9, 1.1, 1.5, 1.9, 2.0, 1.7, 1.2, 0.7, 0.3),
)
SHAPES = (  # hours of the day, days of the week, factor of a holiday
    (np.array(_OFFICE), np.array([1.2, 1.15, 1.1, 1.1, 1.05, 0.75, 0.65]), 0.6),
    (np.array(_NIGHT), np.array([0.9, 0.9, 0.9, 0.95, 1.1, 1.2, 1.05]), 1.3),
    (np.array(_HOME), np.array([1.0, 0.95, 0.95, 0.95, 1.0, 1.1, 1.05]), 1.3),
)


def hotline_suite(each: int, size: float, seed: int, *, usual_hours: bool = False) -> Suite:
    """Make ``each`` series of every mean; outbreaks are sized by ``size`` standard deviations.

    Their cases call at all hours, at night half of them; with ``usual_hours`` they keep to the
    hours of the class, so that the hours of the calls tell nothing.
    """
    day = np.arange(DAYS * 24) // 24
    holiday = np.zeros(DAYS, np.bool_)
    holiday[list(HOLIDAYS)] = True
    rows, category = [], -1
    for mean_a_day in MEANS:
        for s in range(each):
            if s % AREAS == 0:
                category += 1
                course, hours = _course(category, seed, day, holiday)
            rng = np.random.default_rng([seed, category, s])
            trend = np.exp(rng.normal(0, 0.0006) * np.arange(DAYS * 24) / 24)
            mean = mean_a_day / 24 * course * trend * np.exp(rng.normal(0, 0.3))
            spread = 1 + rng.gamma(2, 0.1) + 0.01 * mean_a_day
            shape = np.maximum(mean.reshape(DAYS, 24).sum(1) / (spread - 1), 1e-3)
            quiet = rng.poisson(mean * (rng.gamma(shape, 1) / shape)[day])
            outbreak = _outbreak(rng, hours, size, spread, mean_a_day, usual=usual_hours)
            rows.append((quiet, outbreak, mean, spread, mean_a_day, category))
    quiets, outbreaks, means, spreads, groups, categories = zip(*rows, strict=True)
    quiet = np.array(quiets, np.float64)
    return Suite(
        name="hotline",
        quiet=quiet,
        planted=quiet + np.array(outbreaks),
        outbreak=np.array(outbreaks),
        mean=np.array(means),
        spread=np.array(spreads),
        test=slice(WARM_DAYS * 24, DAYS * 24),
        group=np.array(groups),
        category=np.array(categories),
        holiday=holiday,
        steps_a_day=24,
    )


def _course(
    category: int, seed: int, day: npt.NDArray[np.int64], holiday: npt.NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """Give the course that a category's series share, mean about 1, and its hours of the day."""
    rng = np.random.default_rng([seed, 10_000 + category])
    hours, week, off = SHAPES[category % 3]
    effect = np.zeros(DAYS)
    for d in range(1, DAYS):
        effect[d] = 0.7 * effect[d - 1] + rng.normal(0, 0.1)
    hours = hours / hours.mean()
    course = hours[np.arange(len(day)) % 24] * (week / week.mean())[day % 7]
    course = course * np.where(holiday[day], off, 1) * np.exp(effect[day] - 0.01)
    season = np.exp(0.25 * np.sin(2 * np.pi * (day + 40 * (category % 9)) / 365))
    return course * season, hours


def _outbreak(
    rng: np.random.Generator,
    hours: Floats,
    size: float,
    spread: float,
    mean_a_day: float,
    *,
    usual: bool,
) -> Floats:
    cases = max(3, int(rng.poisson(size * np.sqrt(4 * spread * mean_a_day + 4))))
    start = int(rng.integers(WARM_DAYS + 14, DAYS - 10) * 24 + rng.integers(0, 24))
    draws = _DRAWS_A_CASE * cases if usual else cases
    at = (start + rng.gamma(2, 24, draws)).astype(np.int64)  # mean two days, 95 % inside 4.8
    chance = hours[at % 24] / hours.max() if usual else np.clip(hours[at % 24] / 2 + 0.5, 0, 1)
    at = at[rng.random(draws) < chance][:cases]
    out = np.zeros(DAYS * 24)
    np.add.at(out, at[at < DAYS * 24], 1)
    if out.sum() < 3:
        out[start : start + 3] += 1
    return out

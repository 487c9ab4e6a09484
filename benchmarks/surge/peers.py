"""Detectors from the literature: EARS C2 and C3, Farrington flexible.

Each takes counts of shape (S, T) and gives scores of the same shape, higher for more unusual.
"""

import numpy as np
import numpy.typing as npt

from alerts.tail import upper_tail

Floats = npt.NDArray[np.float64]

_LEAST_SD = 0.2  # of EARS, as in BioSense
_LEVELS = 10  # of the season factor
_HALF_WINDOW_WEEKS, _GAP_WEEKS, _YEARS_BACK = 3, 26, 5
_REWEIGHTED_FROM = 2.58


def ears(counts: Floats, method: str, days: int = 7) -> Floats:
    """Give the EARS statistic: distance from the mean of ``days`` days, two days left between.

    C3 adds what the two days before had above 1 (Hutwagner et al. 2003, J Urban Health 80:i89).
    ``counts`` has shape (S, T).
    """
    series, steps = counts.shape
    out = np.zeros((series, steps))
    total = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), 1)
    squares = np.cumsum(np.pad(counts**2, ((0, 0), (1, 0))), 1)
    at = np.arange(days + 2, steps)
    mean = (total[:, at - 2] - total[:, at - 2 - days]) / days
    variance = (squares[:, at - 2] - squares[:, at - 2 - days] - days * mean**2) / (days - 1)
    sd = np.maximum(np.sqrt(np.maximum(variance, 0)), _LEAST_SD)
    out[:, at] = (counts[:, at] - mean) / sd
    if method == "C3":
        above = np.maximum(0, out - 1)
        out = above.copy()
        out[:, 1:] += above[:, :-1]
        out[:, 2:] += above[:, :-2]
    return out


def farrington(
    counts: Floats, test: slice, *, year: int = 364, week: int = 7, refit: int = 7
) -> Floats:
    """Give the score of Farrington flexible (Noufaily et al. 2013, Stat Med 32:1206).

    Quasi-Poisson with a season factor of ten levels, a trend, a factor of the day of the week where
    ``week`` is above 1, weights below 1 for past outbreaks, five years of raw data; one fit serves
    ``refit`` steps. ``counts`` has shape (S, T); only the steps of ``test`` are scored.
    """
    out = np.zeros(counts.shape)
    step = year // 52
    for first in range(test.start, test.stop, refit):
        future = np.arange(first, min(first + refit, test.stop))
        past = np.arange(
            max(0, first - _YEARS_BACK * year - _HALF_WINDOW_WEEKS * step),
            first - _GAP_WEEKS * step,
        )
        design = _design(np.r_[past, future], first, len(past), year, week)
        mean, spread = _fit(counts[:, past], design[: len(past)], design[len(past) :])
        out[:, future] = upper_tail(counts[:, future], mean, np.maximum(spread, 1.001) * mean)
    return out


def _design(steps: npt.NDArray[np.int64], first: int, past: int, year: int, week: int) -> Floats:
    step = year // 52
    phase, half = (steps - first) % year, _HALF_WINDOW_WEEKS * step + step // 2
    level = np.zeros(len(steps), np.int64)
    middle = (phase > half) & (phase < year - half)
    span = year - 2 * half - 1
    level[middle] = 1 + ((phase[middle] - half - 1) * (_LEVELS - 1) // span).clip(0, _LEVELS - 2)
    level[past:] = 0
    columns = [np.eye(_LEVELS)[level], ((steps - first) / year)[:, None]]
    if week > 1:
        columns.append(np.eye(week)[steps % week][:, 1:])
    return np.concatenate(columns, axis=1)


def _fit(counts: Floats, past: Floats, future: Floats) -> tuple[Floats, Floats]:
    parameters = past.shape[1]
    products = (past[:, :, None] * past[:, None, :]).reshape(len(past), -1)
    ridge = 1e-4 * np.eye(parameters)
    weight = np.ones_like(counts)
    beta: Floats = np.zeros((len(counts), parameters))
    beta[:, :_LEVELS] = np.log(counts.mean(1) + 0.05)[:, None]
    for turn, steps in enumerate((8, 5)):
        for _ in range(steps):
            eta = np.clip(beta @ past.T, -12, 12)
            mean = np.exp(eta)
            working = weight * mean
            normal = (working @ products).reshape(-1, parameters, parameters) + ridge
            target = (working * eta + weight * (counts - mean)) @ past
            beta = np.asarray(np.linalg.solve(normal, target[:, :, None])[:, :, 0], np.float64)
        mean = np.exp(np.clip(beta @ past.T, -12, 12))
        chi = (weight * (counts - mean) ** 2 / mean).sum(1) / (len(past) - parameters)
        spread = np.maximum(1, chi)[:, None]
        if turn == 0:
            normal = (mean @ products).reshape(-1, parameters, parameters) + ridge
            hat = np.einsum("np,spq,nq->sn", past, np.linalg.inv(normal), past, optimize=True)
            loose = np.clip(1 - hat * mean, 0.05, 1)
            anscombe = 1.5 * (counts ** (2 / 3) - mean ** (2 / 3))
            anscombe = anscombe / (mean ** (1 / 6) * np.sqrt(spread * loose))
            weight = np.where(anscombe > _REWEIGHTED_FROM, np.maximum(anscombe, 1e-9) ** -2.0, 1.0)
            weight = np.asarray(weight * (weight.shape[1] / weight.sum(1, keepdims=True)))
    return np.exp(np.clip(beta @ future.T, -12, 12)), spread

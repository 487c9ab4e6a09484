"""Made-up series with one outbreak each, whose truth is known: what detectors are judged on."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Suite:
    """Series of one suite, S of them over T steps.

    ``quiet`` holds the counts without the outbreak to be found, ``planted`` those with it,
    ``outbreak`` its cases, each of shape (S, T). ``mean`` is the expectation of ``quiet`` as the
    generator knows it, with all that a detector could know at most, shape (S, T). ``spread`` is
    the variance over the mean of a day (or week), shape (S,). ``test`` are the steps that are
    scored; ``group`` the signal, scenario or daily mean, ``category`` the class a series belongs
    to, each of shape (S,); ``holiday`` has shape (days,).
    """

    name: str
    quiet: Floats
    planted: Floats
    outbreak: Floats
    mean: Floats
    spread: Floats
    test: slice
    group: Floats
    category: Ints
    holiday: Bools
    steps_a_day: int = 1

    @property
    def days(self) -> int:
        """Days (weeks in the weekly suite) of each series."""
        return int(self.quiet.shape[1]) // self.steps_a_day

    def a_day(self, steps: Floats) -> Floats:
        """Sum hours to days, shape (S, T) to (S, days)."""
        return np.asarray(steps.reshape(len(steps), self.days, self.steps_a_day).sum(2))


def negative_binomial(rng: np.random.Generator, mean: Floats, spread: float) -> Floats:
    """Draw counts with variance ``spread`` × mean, Poisson where it is 1 or less.

    ``mean`` and the answer have the same shape (T,).
    """
    mean = np.maximum(mean, 1e-12)
    if spread <= 1:
        return rng.poisson(mean).astype(np.float64)
    return rng.negative_binomial(mean / (spread - 1), 1 / spread).astype(np.float64)


def epidemic(rng: np.random.Generator, cases: int, steps: int, start: int, step: float) -> Floats:
    """Spread ``cases`` from ``start`` on by a lognormal(0, 0.5) lag, shape (steps,)."""
    out = np.zeros(steps)
    at = np.floor(rng.lognormal(0, 0.5, cases) / step).astype(np.int64) + start
    np.add.at(out, at[at < steps], 1)
    return out


def harmonics(at: Floats | Ints, period: int, number: int, cosine: float, sine: float) -> Floats:
    """Give the sum of the first ``number`` harmonics of a period, on the log scale, shape (T,)."""
    out = np.zeros(len(at))
    for j in range(1, number + 1):
        out = out + cosine * np.cos(2 * np.pi * j * at / period)
        out = out + sine * np.sin(2 * np.pi * j * at / period)
    return out


def digest(suite: Suite) -> Mapping[str, float]:
    """Give sums that change when a single count moves, for golden values."""
    weight = np.sqrt(np.arange(1, suite.quiet.shape[1] + 1))
    return {
        "quiet": float(suite.quiet.sum()),
        "quiet_in_time": round(float((suite.quiet @ weight).sum()), 3),
        "planted_in_time": round(float((suite.planted @ weight).sum()), 3),
        "outbreak": float(suite.outbreak.sum()),
    }

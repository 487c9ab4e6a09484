"""The weekly suite: 42 scenarios after Noufaily et al. 2013 (Statistics in Medicine 32:1206).

Seven parameter sets × 0, 1, 2 annual harmonics × trend; 624 weeks, four outbreaks in the years
before and one in the last 49 weeks.
"""

import numpy as np
import numpy.typing as npt

from benchmarks.surge.series import Suite, epidemic, harmonics, negative_binomial

WEEKS, FIRST_TEST = 624, 575
PAST_FROM, PAST_OUTBREAKS = 312, 4
SIZES = (2, 3, 5, 10)  # in standard deviations of the week it begins in

LEVEL = (0.1, -2, 1.5, 0.5, 2.5, 3.75, 5)
TREND = (0.0025, 0.005, 0.003, 0.002, 0.001, 0.001, 0.0001)
COSINE = (0.6, 0.1, 0.2, 0.5, 1, 0.1, 0.05)
SINE = (0.6, 0.3, -0.4, 0.5, 0.1, -0.1, 0.01)
SPREAD = (1.5, 2, 1, 5, 3, 1.1, 1.2)


Floats = npt.NDArray[np.float64]


def weekly_suite(each: int, seed: int) -> Suite:
    """Make ``each`` series of every scenario."""
    at = np.arange(1, WEEKS + 1)
    rows, scenario = [], 0
    for i, spread in enumerate(SPREAD):
        for number in (0, 1, 2):
            for trend in (0, 1):
                scenario += 1
                log_mean = LEVEL[i] + trend * TREND[i] * at
                log_mean = log_mean + harmonics(at, 52, number, COSINE[i], SINE[i])
                mean = np.exp(log_mean)
                for s in range(each):
                    rng = np.random.default_rng([seed, scenario, s])
                    quiet = negative_binomial(rng, mean, spread)
                    size = SIZES[s % len(SIZES)]
                    for start in rng.integers(PAST_FROM, FIRST_TEST, PAST_OUTBREAKS):
                        quiet = quiet + _outbreak(rng, mean, spread, size, int(start))
                    start = int(rng.integers(FIRST_TEST, WEEKS - 4))
                    outbreak = _outbreak(rng, mean, spread, size, start)
                    rows.append((quiet, quiet + outbreak, outbreak, mean, spread, scenario))
    quiets, planted, outbreaks, means, spreads, group = zip(*rows, strict=True)
    return Suite(
        name="weekly",
        quiet=np.array(quiets),
        planted=np.array(planted),
        outbreak=np.array(outbreaks),
        mean=np.array(means),
        spread=np.array(spreads, np.float64),
        test=slice(FIRST_TEST, WEEKS),
        group=np.array(group, np.float64),
        category=np.arange(len(rows)),
        holiday=np.zeros(WEEKS, np.bool_),
    )


def _outbreak(
    rng: np.random.Generator, mean: Floats, spread: float, size: int, start: int
) -> Floats:
    cases = max(2, int(rng.poisson(size * np.sqrt(mean[start] * spread))))
    return epidemic(rng, cases, WEEKS, start, 1)

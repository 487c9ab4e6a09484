from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from alerts.decide import Bounds, benjamini_hochberg, firing, looks
from alerts.keys import AREA_KINDS
from alerts.recent import WINDOWS_H
from alerts.score import Scores


def scores(seen: list[float], expected: list[float], spread: float = 1.0) -> Scores:
    n = len(seen)
    zero, one = np.zeros(n, np.int64), np.ones(n)
    counts = np.array(seen), np.array(expected)
    return Scores(zero, np.full(n, 9.0), zero, *counts, one, np.full(n, spread), np.full(n, -9.0))


def test_silent_keys_count_as_tests() -> None:
    p = np.full(3, 3.0)

    assert benjamini_hochberg(p, 3, 0.1).all()
    assert not benjamini_hochberg(p, 1_000_000, 0.1).any()


def test_two_where_a_fifth_is_expected_is_no_matter_and_eight_where_two_are_is_one() -> None:
    community = np.full(2, AREA_KINDS.index("community"))
    monitored = np.full(len(AREA_KINDS), 10)

    fires, _ = firing(scores([2, 8], [0.2, 2.0]), np.full(2, 9.0), community, monitored, Bounds())

    assert fires.tolist() == [False, True]


def test_a_large_expectation_must_be_exceeded_by_a_third_not_doubled() -> None:
    city = np.zeros(3, np.int64)
    monitored = np.full(len(AREA_KINDS), 10)

    fires, _ = firing(
        scores([120, 150, 12], [100, 100, 10]), np.full(3, 9.0), city, monitored, Bounds()
    )

    assert fires.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("mean", "spread", "bounds"),
    [
        (1.0, 1.0, (7, 12)),
        (4.0, 1.0, (14, 27)),
        (20.0, 1.0, (39, 90)),
        (1.0, 2.0, (13, 19)),
        (4.0, 2.0, (21, 36)),
        (20.0, 2.0, (50, 106)),
    ],
)
def test_a_day_of_hourly_looks_passes_its_bounds_as_often_as_its_looks_say(
    mean: float, spread: float, bounds: tuple[int, int]
) -> None:
    days, rng, shape = 150_000, np.random.default_rng(2), mean / max(spread - 1, 1e-6)
    rate = np.repeat(rng.gamma(shape, mean / shape, days + 3), 24)
    total = np.cumsum(np.concatenate([[0], rng.poisson(rate / 24)]))

    passed, chance = np.zeros(days, np.bool_), []
    for window_h, bound in zip(WINDOWS_H, bounds, strict=True):
        seen = (total[window_h:] - total[:-window_h])[-24 * days :].reshape(days, 24)
        passed |= seen.max(1) >= bound
        gammas = shape * window_h / 24
        chance.append(float(stats.nbinom.sf(bound - 1, gammas, 1 / (1 + mean / shape))))
    both = scores([*bounds], [mean, 3 * mean], spread)
    worth = looks(replace(both, window=np.array([0, 1])))

    # Each bound is passed about as often as the other.
    assert passed.mean() / np.mean(chance) == pytest.approx(np.mean(worth), rel=0.7)
    assert passed.mean() / np.mean(chance) < 1.3 * np.mean(worth)

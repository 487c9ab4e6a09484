import numpy as np
import pytest
from scipy import stats

from alerts.decide import Bounds, benjamini_hochberg, firing, looks
from alerts.keys import AREA_KINDS
from alerts.score import Scores


def scores(seen: list[float], expected: list[float]) -> Scores:
    n = len(seen)
    zero = np.zeros(n, np.int64)
    return Scores(zero, np.full(n, 9.0), zero, np.array(seen), np.array(expected), np.ones(n))


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


@pytest.mark.parametrize(("mean", "bound"), [(0.5, 5), (1.0, 7), (4.0, 12), (20.0, 38)])
def test_a_day_of_hourly_looks_passes_a_bound_as_often_as_its_looks_say(
    mean: float, bound: int
) -> None:
    days = 200_000
    total = np.cumsum(np.random.default_rng(1).poisson(mean / 24, 24 * days + 24))
    windows = (total[24:] - total[:-24]).reshape(days, 24)

    passed = float((windows.max(1) >= bound).mean())
    chance = float(stats.poisson.sf(bound - 1, mean))  # of one window

    assert looks(scores([bound], [mean]))[0] == pytest.approx(passed / chance, rel=0.2)

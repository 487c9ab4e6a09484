"""A town that grows is expected to: levels that look back do not lag behind it."""

import numpy as np
import pytest

from alerts.growth import APART_SD, TOWN_SD, growth, memories

HALF_LIVES_D = (28.0, 10.0)


def told(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Give the growth that two memories of days of counts, (days, n), tell, and its noise."""
    days = len(counts)
    back = np.arange(days)[::-1]
    slow, fast = (
        0.5 ** (back / one) @ counts / (0.5 ** (back / one)).sum() for one in HALF_LIVES_D
    )
    memory = memories(HALF_LIVES_D, days)
    return (
        np.log(fast / slow) / memory.apart_d,
        memory.noise / slow / memory.apart_d**2,
        memory.age_d,
    )


@pytest.mark.parametrize("days", [20, 60, 400])
def test_the_noise_of_two_memories_is_that_of_counts_that_stand_still(days: int) -> None:
    found, noise, _ = told(np.random.default_rng(1).poisson(30.0, (days, 4000)))

    assert found.mean() == pytest.approx(0, abs=4 * found.std() / 4000**0.5 + 1e-4)
    assert found.var() == pytest.approx(noise.mean(), rel=0.1)


@pytest.mark.parametrize("a_day", [0.0025, 0.0, -0.0025])
def test_small_classes_of_a_town_follow_it_together(a_day: float) -> None:
    days, chance = 120, np.random.default_rng(2)
    mean = np.exp(a_day * np.arange(days))[:, None] * chance.uniform(2, 8, 24)
    found, noise, age_d = told(chance.poisson(mean))

    grows, unsure = growth(found, noise, np.full(24, 3))

    error, alone = np.abs(grows - a_day).mean(), np.abs(found - a_day).mean()
    assert error * age_d < 0.04  # by which levels are off
    assert error < 0.6 * alone
    assert error < 2 * np.sqrt(unsure.mean())


def test_a_class_with_a_season_of_its_own_is_believed_and_takes_no_other_along() -> None:
    found, noise = np.zeros(12), np.full(12, 0.0005**2)
    found[0] = 0.03

    grows, _ = growth(found, noise, np.ones(12, np.int64))

    assert grows[0] == pytest.approx(0.03, rel=0.05)
    assert np.abs(grows[1:]).max() < 0.0005


def test_of_a_class_that_nobody_calls_about_only_the_usual_is_known() -> None:
    grows, unsure = growth(np.array([0.5]), np.array([1e6]), np.zeros(1, np.int64))

    assert grows[0] == pytest.approx(0, abs=1e-6)
    assert unsure[0] == pytest.approx(TOWN_SD**2 + APART_SD**2, rel=0.01)

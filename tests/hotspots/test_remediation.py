import numpy as np
import pytest

from hotspots.remediation import course_of, judge

PLACES, MONTHS = 60, 40
TRIGGER = 33


def city(seed: int, scatter: float = 0.0) -> np.ndarray:
    """Counts of places of unlike size in a city that grows and has a season."""
    chance = np.random.default_rng(seed)
    size = chance.uniform(20, 80, (PLACES, 1))
    step = np.arange(MONTHS)
    course = (1 + step / MONTHS) * (1 + 0.3 * np.sin(2 * np.pi * step / 12))
    mean = size * course
    if scatter:
        mean = chance.gamma(1 / scatter, mean * scatter)
    return chance.poisson(mean)


def test_what_the_whole_city_does_is_no_success_and_no_failure() -> None:
    verdicts = [
        judge(city(seed), np.array([place]), TRIGGER, 3).verdict
        for seed in range(2)
        for place in range(PLACES)
    ]

    assert np.mean([verdict == "fell" for verdict in verdicts]) < 0.05
    assert np.mean([verdict == "rose" for verdict in verdicts]) < 0.05


def test_the_worst_places_of_a_month_fall_by_themselves_and_are_not_called_a_success() -> None:
    fell, naive = [], []
    for seed in range(20):
        counts = city(seed, scatter=0.05)
        worst = np.argsort(-counts[:, TRIGGER])[:5]
        fell += [judge(counts, np.array([p]), TRIGGER, 3).verdict == "fell" for p in worst]
        naive += [counts[p, TRIGGER + 1] < counts[p, TRIGGER] for p in worst]

    assert np.mean(fell) < 0.05
    assert np.mean(naive) > 0.5


def test_a_real_fall_is_seen_and_a_batch_sees_more_than_one_place() -> None:
    counts = city(1, scatter=0.03)
    batch = np.arange(10)
    less = counts.copy()
    less[batch, TRIGGER + 1 :] = np.random.default_rng(2).binomial(less[batch, TRIGGER + 1 :], 0.6)
    together = judge(less, batch, TRIGGER, 3)
    alone = [judge(less, np.array([place]), TRIGGER, 3, remedied=batch) for place in batch]

    assert together.verdict == "fell"
    assert together.expected == pytest.approx(sum(one.expected for one in alone))
    assert together.visible_fall < min(one.visible_fall for one in alone)
    assert judge(counts, batch, TRIGGER, 3).verdict == "unclear"
    more = counts.copy()
    more[batch, TRIGGER + 1 :] *= 2
    doubled = judge(more, batch, TRIGGER, 3)
    assert (doubled.above, doubled.verdict) == (True, "unclear")  # of a batch it is no proof
    assert judge(more, batch[:1], TRIGGER, 3, remedied=batch).verdict == "rose"
    assert together.power > max(one.power for one in alone)


def test_a_batch_that_is_a_third_of_the_city_makes_no_neighbour_rise() -> None:
    counts = city(3, scatter=0.02)
    k = len(counts) // 3
    batch, others = np.arange(k), np.arange(k, len(counts))
    less = counts.copy()
    less[batch, TRIGGER + 1 :] //= 4

    assert judge(less, batch, TRIGGER, 3).verdict == "fell"
    assert judge(less, others, TRIGGER, 3, remedied=batch).verdict == "unclear"
    assert not judge(less, others, TRIGGER, 3, remedied=batch).above
    assert judge(less, others[:5], TRIGGER, 3).above  # against a city that fell


def test_the_smallest_visible_fall_is_just_seen() -> None:
    counts = city(3)
    place = np.array([7])
    of = judge(counts, place, TRIGGER, 3)
    counts[7, TRIGGER + 1 : TRIGGER + 4] = [round(of.expected * (1 - of.visible_fall)), 0, 0]

    # Its fewer appeals move the city a little, too.
    assert judge(counts, place, TRIGGER, 3).verdict == "fell"


def test_the_course_of_chance_alone_keeps_little_of_an_excess() -> None:
    of = course_of(city(4), 3)

    # A year's mean is a little by chance, too: what it lacks comes again.
    assert 0 <= of.stays < 0.2
    assert of.level == pytest.approx(1, abs=0.02)
    assert of.scatter < 0.005


def test_an_excess_that_stays_is_known_to_stay() -> None:
    chance = np.random.default_rng(5)
    walk = np.exp(np.cumsum(chance.normal(0, 0.15, (200, MONTHS)), axis=1))
    of = course_of(chance.poisson(60 * walk), 3)

    assert of.stays > 0.6


def test_a_place_without_appeals_proves_nothing() -> None:
    counts = city(6)
    counts[0] = 0
    of = judge(counts, np.array([0]), TRIGGER, 3)

    assert (of.came, of.expected, of.verdict) == (0, 0, "unclear")
    assert np.isnan(of.visible_fall)
    new = np.zeros_like(counts)  # of which the city never heard before
    new[:, TRIGGER + 1 :] = 3
    assert judge(new, np.array([0]), TRIGGER, 3).verdict == "unclear"


def test_what_cannot_be_judged_yet_is_refused() -> None:
    counts = city(7)
    with pytest.raises(ValueError, match="not over"):
        judge(counts, np.array([0]), MONTHS - 3, 3)
    with pytest.raises(ValueError, match="too few"):
        judge(counts[:, :25], np.array([0]), 18, 3)

"""Slow rises are found where they are, and neither stable nor seasonal classes are."""

from datetime import timedelta

import numpy as np
import numpy.typing as npt
import pytest

from alerts.columns import Columns
from alerts.drift import BUDGET_PER_WEEK, HISTORY_WEEKS, WEEKS, Drift, Found
from alerts.find_drift import find_drift
from alerts.keys import AREA_KINDS, ClassToken, KeyTable
from alerts.observe import DayCounts, rows_of
from alerts.watch import Context
from tests.alerts.conftest import FIRST_DAY, MakeDay

STREETS, CLASSES = 12, 8
Counts = npt.NDArray[np.int64]


def weekly(weeks: int, seed: int, *, season: float = 0.0, rate: float = 40.0) -> npt.NDArray:  # type: ignore[type-arg]
    """Give mean callers by week, class and street, with what moves a whole class."""
    chance = np.random.default_rng(seed)
    of_year = 1 + season * np.sin(2 * np.pi * np.arange(weeks) / 52)
    moves = chance.lognormal(0, 0.1, (weeks, CLASSES, 1))
    return np.asarray(rate * of_year[:, None, None] * moves * np.ones((1, 1, STREETS)))


def keys_of(classes: int, streets: int) -> tuple[KeyTable, Counts]:
    keys, street = KeyTable(), AREA_KINDS.index("street")
    tokens = [keys.token_number(ClassToken(False, f"c{c}")) for c in range(classes)]
    area, token = np.tile(np.arange(streets), classes), np.repeat(tokens, streets)
    kind = np.full(len(area), street)
    return keys, keys.numbers(keys.pack(street, area, token), kind, area, token)


def watch(mean: npt.NDArray, seed: int) -> list[tuple[int, Found]]:  # type: ignore[type-arg]
    """Let the weeks pass day by day; give what is told and in which week."""
    chance = np.random.default_rng(seed)
    keys, number = keys_of(CLASSES, STREETS)
    drift, told = Drift(), []
    for week, own in enumerate(mean):
        for _ in range(7):
            counts = chance.poisson(own.reshape(-1) / 7)
            drift.add_day(keys, DayCounts(number, np.zeros(len(number), np.int64), counts))
        found = drift.telling(drift.close_week(keys), CLASSES)
        told += [(week, one) for one in found]
    return told


@pytest.mark.parametrize("seed", range(3))
def test_a_rise_of_thirty_percent_over_eight_weeks_in_five_of_twelve_streets_is_found(
    seed: int,
) -> None:
    mean, start = weekly(52, seed, rate=120.0), 38
    mean[start:, 2, :5] *= 1 + 0.3 * np.clip(np.arange(1, 15) / 8, 0, 1)[:, None]

    told = watch(mean, seed)

    ours = [(week, one) for week, one in told if one.token == 2]
    assert len(ours) == len(told)
    assert start < ours[0][0] <= start + 10
    best = max((one for _, one in ours), key=lambda one: one.surprise)
    assert len(set(best.streets) & set(range(5))) >= 3
    assert len(set(best.streets) - set(range(5))) <= 1


@pytest.mark.parametrize("season", [0.0, 0.5])
def test_stable_and_seasonal_classes_are_not_told(season: float) -> None:
    assert watch(weekly(52 * 3, 5, season=season), 6) == []


def test_a_rise_of_the_whole_city_against_the_year_before_is_told_as_such() -> None:
    mean = weekly(52 * 2 + 10, 7, season=0.5)
    mean[-10:, 3] *= 1.9

    told = [one for week, one in watch(mean, 8) if week >= 104]

    assert told
    assert {one.token for one in told} == {3}
    assert all(one.whole_city for one in told)


def test_an_outage_is_no_fall_and_what_follows_no_rise() -> None:
    chance = np.random.default_rng(2)
    keys, number = keys_of(CLASSES, STREETS)
    drift, told = Drift(), 0
    for week in range(60):
        for day in range(7):
            if week == 40 or (week == 41 and day < 4):
                continue
            counts = chance.poisson(6.0, len(number))
            drift.add_day(keys, DayCounts(number, np.zeros(len(number), np.int64), counts))
        told += len(drift.telling(drift.close_week(keys), CLASSES))

    assert told == 0


def test_a_class_that_gets_another_code_does_not_drift() -> None:
    mean = weekly(80, 4) * np.random.default_rng(4).lognormal(0, 0.8, (1, 1, STREETS))
    mean[:40, 5], mean[40:, 3] = 0, 0

    assert watch(mean, 4) == []


def test_nothing_is_told_before_there_is_a_history() -> None:
    mean = weekly(WEEKS + HISTORY_WEEKS - 3, 9)
    mean[WEEKS:, 1, :5] *= 3

    assert watch(mean, 9) == []


def test_memory_stays_the_same_size_and_survives_storing() -> None:
    keys, number = keys_of(2, 4)
    drift = Drift()
    for week in range(100):
        counts = DayCounts(number, np.zeros(8, np.int64), np.full(8, 3 + week % 2))
        drift.add_day(keys, counts)
        drift.close_week(keys)
        if week == 20:
            before = sum(array.nbytes for array in drift.stored().values())
    again = Drift.restored(drift.stored())

    assert sum(array.nbytes for array in drift.stored().values()) == before
    assert again.close_week(keys) == drift.copy().close_week(keys)


def test_the_weekly_budget_keeps_the_most_surprising() -> None:
    found = [Found(i, 4, False, (1, 2, 3), 200, 100.0, 20.0 - i) for i in range(6)]

    assert Drift.telling(found, 6) == found[:BUDGET_PER_WEEK]
    assert Drift.telling(found, 6, budget=1) == found[:1]


def test_a_drift_says_in_which_streets_and_holds_the_appeals_of_its_week(
    make_day: MakeDay, context: Context
) -> None:
    keys = KeyTable()
    day = FIRST_DAY + timedelta(days=3)
    rows = rows_of(day, Columns.of(make_day(3)), keys)
    code = "大0/中00/小000"
    found = [Found(keys.token_number(ClassToken(False, code)), 8, False, (100, 102), 90, 60.0, 4.0)]

    (signal,) = find_drift(found, keys, rows, context.tick_end(day, 23), context)

    assert signal.kind == "drift"
    assert signal.detail["streets"] == ["street100", "street102"]
    assert "street100、street102“小000”近8周持续偏高：90人次" in signal.reason
    assert "高50%" in signal.reason
    assert signal.appeals


def test_a_city_whose_streets_are_not_known_has_no_drift_and_no_fault() -> None:
    drift, keys = Drift(), KeyTable()
    none = np.empty(0, np.int64)
    for _ in range(9):
        drift.add_day(keys, DayCounts(none, none, none))

        assert drift.close_week(keys) == []

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from alerts.baseline import Baseline
from alerts.calibrate import Calibrations
from alerts.course import season_bin
from alerts.decide import at_once, by_hours, looks
from alerts.keys import AREA_KINDS, ClassToken, KeyTable
from alerts.onset import LOOKS, WORTH, telling_hours
from alerts.reason import surge_reason
from alerts.score import Scores, score_keys

FIRST_DAY = date(2026, 3, 2)
STREET = AREA_KINDS.index("street")
STREETS, A_DAY = 60, 2.0
DAYS, WATCHED = 60, 24
BY_HOUR = np.array([0.1] * 6 + [1.6] * 14 + [0.25] * 4)
BY_HOUR = BY_HOUR / BY_HOUR.sum()


class Town:
    """One class over streets that call by day; it is put hour by hour and learns by itself."""

    def __init__(self) -> None:
        self.keys = KeyTable()
        token = np.full(STREETS, self.keys.token_number(ClassToken(False, "噪声")))
        area, kind = np.arange(1, STREETS + 1), np.full(STREETS, STREET)
        packed = self.keys.pack(STREET, area, token)
        self.number = self.keys.numbers(packed, kind, area, token)
        self.baseline = Baseline(keys=self.keys)

    def put(self, day: int, hour: int, counts: np.ndarray) -> int:
        _, _, city, whole = self.keys.arrays()
        total = np.zeros(len(self.keys), np.int64)
        for of in (self.number, city[self.number], whole[self.number], city[whole[self.number]]):
            np.add.at(total, of, counts)
        key, today = np.flatnonzero(total), FIRST_DAY + timedelta(days=day)
        at = today.toordinal() * 24 + hour
        self.baseline.put(at, season_bin(today, hour, False, False), key, total[key])
        return at

    def day(self, day: int, chance: np.random.Generator) -> list[Scores]:
        found = []
        for hour in range(24):
            at = self.put(day, hour, chance.poisson(A_DAY * BY_HOUR[hour], STREETS))
            if day >= DAYS - WATCHED:
                found.append(score_keys(self.baseline, self.number, at))
        self.baseline.learn(at)
        return found


@pytest.fixture(scope="module")
def quiet() -> tuple[Town, np.ndarray]:
    """A town of sixty days, and its odds of the last days, shape (days, hours, streets)."""
    town, chance = Town(), np.random.default_rng(5)
    days = [town.day(day, chance) for day in range(DAYS)]
    return town, np.array([[one.odds for one in day] for day in days[DAYS - WATCHED :]])


def burst(town: Town, first: int, each: int) -> tuple[Scores, int]:
    """Three hours of so many callers in the first street, on the day after; a twin is changed."""
    twin = Town()
    twin.keys, twin.number, twin.baseline = town.keys, town.number, town.baseline.copy()
    chance = np.random.default_rng(9)
    for hour in range(first + 3):
        counts = chance.poisson(A_DAY * BY_HOUR[hour], STREETS)
        counts[0] = each if hour >= first else 0
        at = twin.put(DAYS, hour, counts)
    scores = score_keys(twin.baseline, twin.number[:1], at)
    telling = telling_hours(
        twin.baseline, int(twin.number[0]), at, int(scores.window[0]), float(scores.expected[0])
    )
    assert telling[:2] == (first, first + 3)
    assert telling[2] >= 3 * each
    return scores, at


def test_callers_at_night_prove_more_than_as_many_by_day(
    quiet: tuple[Town, np.ndarray],
) -> None:
    night, _ = burst(quiet[0], 3, 2)
    by_day, _ = burst(quiet[0], 15, 2)

    assert night.odds[0] > by_day.odds[0] + 1
    assert night.score[0] == pytest.approx(by_day.score[0], abs=1.0)  # the count does not know
    assert by_hours(night)[0]


def test_a_whole_city_that_calls_at_night_makes_no_street_stand_out(
    quiet: tuple[Town, np.ndarray],
) -> None:
    """A power cut at three, an import at night, a clock that is off: no street is to be told."""
    twin, chance = Town(), np.random.default_rng(12)
    twin.keys, twin.number, twin.baseline = quiet[0].keys, quiet[0].number, quiet[0].baseline.copy()
    for hour in range(6):
        usual = A_DAY * BY_HOUR[hour]
        at = twin.put(DAYS, hour, chance.poisson(4.0 / 3 if hour >= 3 else usual, STREETS))
    scores = score_keys(twin.baseline, twin.number, at)
    city = np.unique(twin.keys.arrays()[2][twin.number])

    assert (scores.seen >= 4).mean() > 0.5  # four callers at night, where one in five nights calls
    assert (scores.odds > 1).mean() < 0.05
    assert score_keys(twin.baseline, city, at).odds[0] > 50


def test_quiet_days_pass_the_odds_no_oftener_than_is_said(quiet: tuple[Town, np.ndarray]) -> None:
    _, odds = quiet
    close, day = odds[:, -1], odds.max(axis=1)

    assert (10**odds).mean() < 1.5  # right in the mean
    assert (close > 1).mean() <= 2 * 10 ** -(1 + WORTH)
    assert (day > 1).mean() <= 2 * LOOKS * 10 ** -(1 + WORTH)
    assert (close > 0).mean() > 0.2 * 10**-WORTH  # and not so seldom that nothing is ever told


def test_either_the_count_or_the_hours_are_enough_and_two_chances_are_paid_for() -> None:
    one, zero = np.ones(1), np.zeros(1, np.int64)
    scores = Scores(zero, 5 * one, zero, 9 * one, one, one, one, 0 * one)
    count = at_once(scores, np.array([6.0]), np.array([0.0]))[0]
    hours = at_once(scores, np.array([0.0]), np.array([6.0]))[0]
    both = at_once(scores, np.array([6.0]), np.array([6.0]))[0]

    assert hours == pytest.approx(6 - np.log10(2 * LOOKS), abs=1e-3)
    assert max(count, hours) < both < max(count, hours) + np.log10(2) + 1e-9
    alike = at_once(scores, np.array([6.0]), 6 - np.log10(looks(scores)) + np.log10(LOOKS))[0]
    assert alike == pytest.approx(6 - np.log10(looks(scores))[0])  # what both say is not doubled
    assert not by_hours(scores)[0]
    assert by_hours(replace(scores, odds=np.array([9.0])))[0]


def test_odds_that_are_seldom_passed_make_nothing_more_probable_and_frequent_ones_less() -> None:
    one, zero = np.ones(1), np.zeros(1, np.int64)
    scores = Scores(zero, 0 * one, zero, 9 * one, one, one, one, 4 * one)
    fresh, calm, wild = Calibrations(), Calibrations(), Calibrations()
    stratum, above = np.zeros(5_000, np.int64), np.zeros(100, np.int64)
    for _ in range(60):
        calm.odds.learn(np.zeros(0), zero[:0], stratum)
        wild.odds.learn(np.full(100, 3.2), above, stratum)

    promised = 4 + WORTH - np.log10(2 * LOOKS)
    assert calm.of_a_day(scores, zero)[0] == pytest.approx(promised, abs=0.01)
    assert wild.of_a_day(scores, zero)[0] < fresh.of_a_day(scores, zero)[0] < promised
    again = Calibrations.restored(wild.stored())
    assert again.of_a_day(scores, zero)[0] == wild.of_a_day(scores, zero)[0]


def test_the_reason_names_the_hours_that_prove_it() -> None:
    said = surge_reason("甲街道", "噪声/夜间施工", 0, 9, 8, 2.4, 1.0, hours=(3, 6, 5, 0.2))

    assert said.startswith(
        "甲街道“夜间施工”近24小时有8人反映（9件），往常同期约2.4人，其中3时至6时5人，"
    )
    assert "往常不到1人" in said

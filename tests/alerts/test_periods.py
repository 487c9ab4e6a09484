"""重点时段 that come again: their effect is learnt, expected the next time, and said."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest

from alerts.baseline import Baseline
from alerts.course import BINS, season_bin
from alerts.focus import Focus, Period, parse_focus
from alerts.keys import AREA_KINDS, ClassToken, KeyTable
from alerts.lexicon.read import read_lexicon
from alerts.periods import KNOWN, UNKNOWN, Periods
from alerts.sensitive import SensitiveWatch
from alerts.state import VERSION, pack, unpack
from alerts.watch import Context, Watch
from appeals.errors import InputError

FIRST_DAY = date(2025, 10, 1)
HEAT = ("公用事业/供热",)
EARLIER = Period("供暖季", date(2025, 11, 1), date(2025, 11, 21), classes=HEAT)
LATER = Period("供暖季", date(2026, 2, 10), date(2026, 3, 2), classes=HEAT)
A_DAY, TIMES = 48, 4
STREET = AREA_KINDS.index("street")


@cache
def run(
    last: date, periods: tuple[Period, ...], seed: int = 1, since: date = FIRST_DAY
) -> tuple[Baseline, np.ndarray]:
    """Give the state after ``last`` was put but not closed, and the city's keys of two classes.

    Heat is asked for four times as often in both periods; two streets, a second class that is not.
    The first call for heat comes on the day ``since``.
    """
    rng, keys = np.random.default_rng(seed), KeyTable()
    token = [keys.token_number(ClassToken(False, c)) for c in ("公用事业/供热/不热", "噪声/施工")]
    area = np.repeat([1, 2], 2)
    tokens = np.tile(token, 2)
    number = keys.numbers(keys.pack(STREET, area, tokens), np.full(4, STREET), area, tokens)
    baseline = Baseline(keys=keys)
    city, whole = keys.arrays()[2], keys.arrays()[3]
    day = FIRST_DAY
    while True:
        hot = any(p.first <= day <= p.last for p in (EARLIER, LATER))
        heat = A_DAY / 48 * (day >= since) * (TIMES if hot else 1)
        mean = np.tile([heat, A_DAY / 48], 2)
        code = baseline.course.periods.code(periods, day)
        for hour in range(24):
            total = np.zeros(len(keys), np.int64)
            count = rng.poisson(mean)
            for of in (number, city[number], whole[number], city[whole[number]]):
                np.add.at(total, of, count)
            key = np.flatnonzero(total)
            at = season_bin(day, hour, False, False) + BINS * code
            baseline.put(day.toordinal() * 24 + hour, at, key, total[key])
        if day == last:
            return baseline, city[number[:2]]
        baseline.learn(day.toordinal() * 24 + 23)
        day += timedelta(days=1)


def expected(baseline: Baseline, key: np.ndarray, day: date) -> tuple[list[float], list[float]]:
    one = baseline.expect(key, day.toordinal() * 24 + 23, 24)
    return one.mean.tolist(), one.relative.tolist()


def test_the_second_time_a_period_is_expected_from_its_first_day() -> None:
    first, key = run(EARLIER.first, (EARLIER, LATER))
    second, _ = run(LATER.first, (EARLIER, LATER))
    without, _ = run(LATER.first, ())

    (unknown, other), (unsure, _) = expected(first, key, EARLIER.first)
    assert unknown == pytest.approx(A_DAY, rel=0.15)
    assert other == pytest.approx(A_DAY, rel=0.15)
    assert unsure > UNKNOWN
    (known, other), (surer, calm) = expected(second, key, LATER.first)
    assert known == pytest.approx(TIMES * A_DAY, rel=0.2)
    assert other == pytest.approx(A_DAY, rel=0.2)
    assert KNOWN < surer < UNKNOWN
    assert calm < KNOWN / 2
    assert expected(without, key, LATER.first)[0][0] < 1.6 * A_DAY


def test_a_period_that_was_expected_leaves_no_trace_in_the_level() -> None:
    after = LATER.last + timedelta(days=8)
    baseline, key = run(after, (EARLIER, LATER))
    without, _ = run(after, ())
    assert expected(baseline, key, after)[0][0] == pytest.approx(A_DAY, rel=0.25)
    assert expected(without, key, after)[0][0] > 1.3 * A_DAY


def test_the_offices_factor_stands_until_a_period_has_taught_better() -> None:
    guessed = (replace(EARLIER, factor=3.0), replace(LATER, factor=3.0))
    first, key = run(EARLIER.first, guessed)
    second, _ = run(LATER.first, guessed)
    assert expected(first, key, EARLIER.first)[0][0] == pytest.approx(3 * A_DAY, rel=0.15)
    assert expected(second, key, LATER.first)[0][0] == pytest.approx(TIMES * A_DAY, rel=0.2)


def test_what_a_period_taught_is_stored_and_said() -> None:
    baseline, _ = run(EARLIER.last + timedelta(days=6), (EARLIER,))
    watch = Watch(baseline)
    restored = unpack(VERSION, pack(watch)).baseline
    for one in (baseline, restored):
        periods = one.course.periods
        code = periods.code((LATER,), LATER.first + timedelta(days=1))
        said = periods.words(code, 0, LATER.first.toordinal() + 1)
        assert said.startswith("（供暖季第2天，往年同期为平日的")
        assert 3 < float(said.partition("平日的")[2].partition("倍")[0]) < 5
        assert periods.words(code, 1, LATER.first.toordinal() + 1) == ""
    assert restored.course.periods.factor(0)[0].tolist() == [1.0] * len(restored.keys.tokens)


@pytest.mark.parametrize("late_d", [0, 2, 12])
def test_a_class_that_began_within_a_period_learns_nothing_of_it(late_d: int) -> None:
    since = EARLIER.first + timedelta(days=late_d)
    baseline, _ = run(LATER.first, (EARLIER, LATER), since=since)
    periods = baseline.course.periods
    for day in (LATER.first + timedelta(days=n) for n in (0, 5, 15)):
        code = periods.code((EARLIER, LATER), day)
        factor, unsure = periods.factor(code)
        assert (factor[0], unsure[0]) == (1.0, UNKNOWN)
        assert periods.words(code, 0, day.toordinal()).endswith("尚无往年同期可比）")


def test_a_first_day_that_is_corrected_begins_no_second_period() -> None:
    periods = Periods()
    periods.grow([ClassToken(False, HEAT[0])])
    token, one = np.array([0]), np.ones(1)
    for shift in (0, 1):
        period = replace(EARLIER, first=EARLIER.first - timedelta(days=shift))
        code = periods.code((period,), EARLIER.first)
        periods.learn(code, token, 10 * one, one, 24 * one)
    assert periods.sums[0].sum() == 0
    assert periods.sums[2].sum() == 20


def test_the_sentence_of_a_surge_names_the_period(
    make_day: Callable[..., pd.DataFrame], context: Context
) -> None:
    surge = [
        {"class_code": "大0/中00/小002", "community_id": 5, "caller_hash": f"s{i}"}
        for i in range(14)
    ]
    days = [make_day(n, mean=80.0, extra=surge if n == 20 else None) for n in range(21)]
    last = days[-1]["local_day"].iloc[0]
    period = Period("汛期", last - timedelta(days=2), last, classes=("大0/中00",))
    told = replace(context, sensitive=SensitiveWatch(read_lexicon(), Focus((period,))))
    watch = Watch()
    for rows in days:
        watch.run_day(rows["local_day"].iloc[0], rows, told)
    reasons = [s.reason for e in watch.episodes for s in e.signals.values() if s.kind == "surge"]
    assert any("（汛期第3天，尚无往年同期可比）" in reason for reason in reasons)


def test_a_period_of_classes_makes_no_sensitive_appeal_graver_unless_it_names_families() -> None:
    written = """
[[period]]
name = "供暖季"
first = 2026-11-15
last = 2027-03-15
classes = ["公用事业/供热"]
factor = 3
"""
    own = parse_focus(written.encode())
    also = parse_focus((written + 'families = ["minors"]\n').encode())
    assert own.periods[0] == Period(
        "供暖季", date(2026, 11, 15), date(2027, 3, 15), (), ("公用事业/供热",), 3.0
    )
    assert own.why("minors", date(2026, 12, 1), "") is None
    assert also.why("minors", date(2026, 12, 1), "") == "重点时段：供暖季"
    assert also.why("group", date(2026, 12, 1), "") is None


@pytest.mark.parametrize("wrong", ["factor = 0", "factor = true", "classes = 3", 'classes = [""]'])
def test_a_wrong_part_of_a_period_is_refused(wrong: str) -> None:
    name = json.dumps("汛期", ensure_ascii=False)
    entry = f"[[period]]\nname = {name}\nfirst = 2026-06-01\nlast = 2026-09-15\n{wrong}\n"
    with pytest.raises(InputError, match=r"period 1"):
        parse_focus(entry.encode())

"""What happens to every installation sooner or later: no false wave, no NaN, nothing told twice."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest

from alerts.columns import Columns
from alerts.episode import Episode
from alerts.late import find_late
from alerts.watch import Context, Watch

MakeDay = Callable[..., pd.DataFrame]
LEARNT = 28


@pytest.fixture(scope="module")
def month(make_day: MakeDay, context: Context) -> Watch:
    watch = Watch()
    run(watch, (make_day(number) for number in range(LEARNT)), context)
    return watch


def run(watch: Watch, days: Iterable[pd.DataFrame], context: Context) -> list[Episode]:
    """Run days in a row; give the episodes that were opened."""
    opened: list[Episode] = []
    for rows in days:
        before = list(watch.episodes)
        changed = watch.run_day(rows["local_day"].iloc[0], rows, context)
        opened += [e for e in changed if not any(e is one for one in before)]
    return opened


def finite(watch: Watch) -> bool:
    return all(np.isfinite(array).all() for array in watch.baseline.stored().values())


def waves(opened: Iterable[Episode]) -> list[Episode]:
    return [e for e in opened if e.kind == "surge" and e.named.area_kind == "city"]


@pytest.mark.slow
def test_a_year_s_growth_by_half_in_six_months_is_no_wave(
    make_day: MakeDay, context: Context
) -> None:
    watch, steady = Watch(), Watch()
    days = range(180)
    growing = run(watch, (make_day(n, mean=200.0 * (1 + 0.5 * n / 180)) for n in days), context)
    flat = run(steady, (make_day(n, mean=250.0) for n in days), context)

    assert finite(watch)
    assert len(growing) <= 1.3 * len(flat) + 10
    assert len(waves(growing)) <= len(waves(flat)) + 2
    keys = watch.baseline.keys
    whole = [n for n, t in enumerate(keys.token) if keys.tokens[t].depth + keys.kind[n] == 0]
    assert 24 * watch.baseline.levels(np.array(whole)).sum() == pytest.approx(300, rel=0.05)


def test_half_a_day_without_intake_is_a_gap_and_the_return_no_wave(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    watch = copy.deepcopy(month)
    before = watch.baseline.a[0] / watch.baseline.b[0]
    broken = make_day(LEARNT)
    broken = broken[broken["local_hour"] < 12]

    opened = run(watch, [broken, *(make_day(LEARNT + n) for n in range(1, 8))], context)

    after = watch.baseline.a[0] / watch.baseline.b[0]
    assert after == pytest.approx(before, rel=0.1)
    assert len(opened) <= 4
    assert finite(watch)


def test_when_everything_rises_the_city_is_told_once_and_not_class_by_class(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    days = [make_day(LEARNT + n, mean=600.0 if n < 2 else 300.0) for n in range(5)]

    told = waves(run(copy.deepcopy(month), days, context))

    assert [e.named.class_code for e in told] == [""]
    assert "各类诉求" in told[0].named.reason
    assert "各类普遍增加，大0" in told[0].named.reason


def test_a_class_that_rises_beyond_a_busy_day_is_told_beside_it(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    one = "大4/中40/小400"
    extra = [
        {"class_code": one, "community_id": n % 40, "local_hour": 9 + n % 12} for n in range(90)
    ]
    days = [make_day(LEARNT, mean=600.0, extra=extra), *(make_day(LEARNT + n) for n in range(1, 4))]

    told = waves(run(copy.deepcopy(month), days, context))

    assert [e.named.class_code for e in told if e.named.class_code == one] == [one]
    assert len(told) <= 2


def test_two_classes_that_surge_on_a_usual_day_do_not_excuse_each_other(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    codes = ["大0/中00/小001", "大2/中20/小200"]
    extra = [
        {"class_code": code, "community_id": n % 40, "local_hour": 9 + n % 12}
        for code in codes
        for n in range(80)
    ]
    days = [make_day(LEARNT, extra=extra), *(make_day(LEARNT + n) for n in range(1, 4))]

    told = waves(run(copy.deepcopy(month), days, context))

    assert "" not in [e.named.class_code for e in told]
    for code in codes:
        assert any(e.named.class_code and code.startswith(e.named.class_code) for e in told)


def test_a_source_whose_clock_is_an_hour_off_for_a_week_is_no_wave(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    def shifted(number: int) -> pd.DataFrame:
        rows = make_day(number)
        return rows.assign(
            local_hour=rows["local_hour"] + 1,
            received_at=rows["received_at"] + timedelta(hours=1),
        )

    right = run(copy.deepcopy(month), (make_day(LEARNT + n) for n in range(7)), context)
    off = run(copy.deepcopy(month), (shifted(LEARNT + n) for n in range(7)), context)

    assert len(off) <= len(right) + 3


def test_an_event_that_comes_twice_counts_once(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    once = [make_day(LEARNT + n) for n in range(3)]
    known = [rows[rows["caller_hash"].notna()] for rows in once]
    twice = [pd.concat([rows, rows.assign(appeal_id=rows["appeal_id"] + 5_000)]) for rows in known]

    first, second = copy.deepcopy(month), copy.deepcopy(month)
    told = run(first, known, context)
    again = run(second, twice, context)

    assert [sorted(e.signals) for e in again] == [sorted(e.signals) for e in told]


def test_a_new_class_tree_is_no_wave_of_new_matters(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    def recoded(number: int) -> pd.DataFrame:
        rows = make_day(number)
        return rows.assign(class_code=rows["class_code"].str.replace("小", "新小", regex=False))

    began = recoded(LEARNT)["local_day"].iloc[0]

    def learning(code: str, day: date) -> bool:
        return "新小" in code and (day - began).days < 28

    told = replace(context, learning=learning)
    opened = run(copy.deepcopy(month), (recoded(LEARNT + n) for n in range(14)), told)

    assert not [e for e in opened if any("新小" in s.class_code for s in e.signals.values())]
    assert not [e for e in opened if e.kind == "first"]


def test_a_day_that_comes_a_week_late_opens_nothing_and_changes_no_score_to_nan(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    watch = copy.deepcopy(month)
    run(watch, (make_day(LEARNT + n) for n in (0, 1, 3, 4, 5, 6)), context)

    came = Columns.of(make_day(LEARNT + 2))
    late = find_late(came.appeal_id, came, context)
    opened = run(watch, [make_day(LEARNT + 7)], context)

    assert late == []
    assert len(opened) <= 2
    assert finite(watch)


def test_a_new_class_tree_over_the_holidays_with_a_day_of_no_intake_is_no_wave(
    month: Watch, make_day: MakeDay, context: Context
) -> None:
    def recoded(number: int) -> pd.DataFrame:
        rows = make_day(number, mean=120.0 if number < LEARNT + 7 else 300.0)
        return rows.assign(class_code=rows["class_code"].str.replace("小", "新小", regex=False))

    began = recoded(LEARNT)["local_day"].iloc[0]
    told = replace(
        context,
        learning=lambda code, day: "新小" in code and (day - began).days < 28,
        nature=lambda day: (0 <= (day - began).days < 7, False),
    )
    watch = copy.deepcopy(month)
    opened = run(watch, (recoded(LEARNT + n) for n in (0, 1, 2, *range(4, 14))), told)

    assert not [e for e in opened if any("新小" in s.class_code for s in e.signals.values())]
    assert not waves(opened)
    assert len(opened) <= 2
    assert finite(watch)


def test_what_is_heard_on_the_first_day_is_no_season_of_its_weekday(
    make_day: MakeDay, context: Context
) -> None:
    watch = Watch()
    run(watch, (make_day(number) for number in range(12)), context)

    keys, seasons = watch.baseline.keys, watch.baseline.course.seasons
    whole = next(
        n for n, t in enumerate(keys.token) if keys.kind[n] == 0 and keys.tokens[t] == (False, "")
    )
    days = seasons[keys.token[whole]].reshape(8, 24).sum(1)
    assert 24 * watch.baseline.levels(np.array([whole]))[0] == pytest.approx(0.7 * 300, rel=0.1)
    assert days.max() < 1.3 * days.min()

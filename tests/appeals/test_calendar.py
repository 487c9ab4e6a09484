from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.calendar import (
    Calendar,
    Entry,
    month_of,
    month_span,
    read_calendar,
    shipped_calendar,
    statistical_day,
    week_span,
    year_span,
)
from appeals.errors import InputError

_days = st.dates(date(2020, 1, 1), date(2035, 12, 31))


# --- what is shipped -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("year", "n_holidays", "n_workdays"),
    # As the yearly notices of the General Office of the State Council list them.
    [(2023, 26, 7), (2024, 28, 8), (2025, 28, 5), (2026, 33, 6)],
)
def test_each_year_has_the_days_of_its_notice(year: int, n_holidays: int, n_workdays: int) -> None:
    natures = [
        entry.nature
        for day, entries in shipped_calendar().entries.items()
        if day.year == year
        for entry in entries
    ]

    assert natures.count("holiday") == n_holidays
    assert natures.count("workday") == n_workdays


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2023, 1, 28), "workday"),  # a Saturday made up for 春节
        (date(2023, 9, 29), "holiday"),  # 中秋
        (date(2024, 2, 10), "holiday"),  # 春节
        (date(2024, 2, 18), "workday"),
        (date(2025, 10, 8), "holiday"),
        (date(2025, 10, 11), "workday"),
        (date(2026, 1, 4), "workday"),
        (date(2026, 2, 15), "holiday"),
        (date(2026, 3, 2), "workday"),
        (date(2026, 3, 7), "weekend"),
        (date(2031, 2, 1), "weekend"),  # no data: the day of the week decides
    ],
)
def test_days_are_what_the_notices_say(day: date, kind: str) -> None:
    assert shipped_calendar().day_type(day) == kind


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("春节", [(1, 22), (2, 10), (1, 29), (2, 17), (2, 6), (1, 26)]),
        ("端午", [(6, 22), (6, 10), (5, 31), (6, 19), (6, 9), (5, 28)]),
        ("中秋", [(9, 29), (9, 17), (10, 6), (9, 25), (9, 15), (10, 3)]),
        ("清明", [(4, 5), (4, 4), (4, 4), (4, 5), (4, 5), (4, 4)]),
    ],
)
def test_the_lunar_festivals_are_known_from_2023_to_2028(
    name: str, days: list[tuple[int, int]]
) -> None:
    found = [shipped_calendar().day_of(name, year) for year in range(2023, 2029)]

    assert found == [date(2023 + i, month, day) for i, (month, day) in enumerate(days)]


def test_new_years_eve_and_the_lantern_festival_stand_around_the_spring_festival() -> None:
    calendar = shipped_calendar()
    for year in range(2023, 2029):
        first = calendar.day_of("春节", year)
        assert first is not None
        assert calendar.day_of("除夕", year) == first - timedelta(days=1)
        assert calendar.day_of("元宵", year) == first + timedelta(days=14)
    assert calendar.day_of("春节", 2040) is None


def test_years_without_holidays_are_told() -> None:
    days = [date(2022, 5, 1), date(2026, 1, 1), date(2027, 6, 1), date(2027, 7, 1)]

    assert shipped_calendar().missing_years(days) == (2022, 2027)


# --- import --------------------------------------------------------------------------------------


def test_a_new_notice_stands_instead_of_the_whole_old_one(tmp_path: Path) -> None:
    path = tmp_path / "calendar.csv"
    path.write_text("日期,名称,性质\n2026-01-01,元旦,放假\n2026-01-03,元旦调休,上班\n", "utf-8")

    calendar = shipped_calendar().replaced(read_calendar(path))

    assert calendar.day_type(date(2026, 1, 3)) == "workday"
    assert calendar.day_type(date(2026, 1, 2)) == "workday"
    assert calendar.day_type(date(2026, 10, 1)) == "workday"  # not in the new notice
    assert calendar.day_of("春节", 2026) == date(2026, 2, 17)
    assert calendar.day_type(date(2025, 10, 1)) == "holiday"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("01/02/2027,元旦,holiday", "row 1: day"),
        ("2027-01-01,,holiday", "row 1: name"),
        ("2027-01-01,元旦,off", "row 1: nature"),
    ],
)
def test_a_wrong_calendar_is_refused(tmp_path: Path, row: str, words: str) -> None:
    path = tmp_path / "calendar.csv"
    path.write_text(f"day,name,nature\n{row}\n", encoding="utf-8")

    with pytest.raises(InputError, match=words):
        read_calendar(path)


def test_the_order_of_entries_does_not_matter() -> None:
    entries = [
        Entry(date(2026, 2, 17), "春节", "lunar"),
        Entry(date(2026, 2, 17), "春节", "holiday"),
        Entry(date(2026, 2, 16), "除夕", "lunar"),
    ]

    assert Calendar.of(entries) == Calendar.of([*reversed(entries), entries[0]])
    assert Calendar.of(entries).names(date(2026, 2, 17), "lunar") == ("春节",)


# --- 统计周期 ------------------------------------------------------------------------------------


def test_the_month_from_the_19th_is_named_by_the_month_in_which_it_ends() -> None:
    assert month_span(2026, 1, 19) == (date(2025, 12, 19), date(2026, 1, 18))
    assert month_span(2026, 3, 1) == (date(2026, 3, 1), date(2026, 3, 31))


@given(_days, st.integers(1, 28))
def test_each_day_lies_in_exactly_one_statistical_month(day: date, start: int) -> None:
    year, month = month_of(day, start)
    first, last = month_span(year, month, start)

    assert first <= day <= last
    assert month_of(first, start) == month_of(last, start) == (year, month)
    assert month_of(last + timedelta(days=1), start) != (year, month)
    assert (last.year, last.month) == (year, month)


@given(_days, st.integers(1, 7))
def test_a_week_has_seven_days_from_its_first_day_on(day: date, start: int) -> None:
    first, last = week_span(day, start)

    assert first <= day <= last
    assert first.isoweekday() == start
    assert last - first == timedelta(days=6)


@given(st.integers(2021, 2030), st.integers(1, 12), st.integers(1, 28))
def test_years_follow_each_other_without_a_gap(year: int, start: int, month_start: int) -> None:
    first, last = year_span(year, start, month_start)

    assert year_span(year + 1, start, month_start)[0] == last + timedelta(days=1)
    assert last.year == year
    assert 364 <= (last - first).days <= 366


@given(st.datetimes(datetime(2024, 1, 1), datetime(2027, 1, 1)), st.integers(0, 23))  # noqa: DTZ001
def test_a_statistical_day_has_24_hours_from_the_cut_off(local: datetime, cut_off: int) -> None:
    day = statistical_day(local, cut_off)
    begins = datetime(day.year, day.month, day.day, cut_off)  # noqa: DTZ001

    assert begins <= local < begins + timedelta(days=1)


def test_starts_that_do_not_exist_are_refused() -> None:
    for month, start in ((13, 1), (1, 29)):
        with pytest.raises(InputError):
            month_span(2026, month, start)
    with pytest.raises(InputError):
        week_span(date(2026, 1, 1), 0)
    with pytest.raises(InputError):
        year_span(2026, 13)

"""The made-up city's last week at the dates of today."""

import csv
from datetime import datetime, timedelta

import pytest

from wangge.city.again import again
from wangge.city.export import COLUMN
from wangge.city.make import WEEK, make_city

Row = list[str]
FORM = "%Y-%m-%d %H:%M:%S"


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    folder = tmp_path_factory.mktemp("city")
    make_city(folder, days=7, seed=3)
    with (folder / WEEK).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def times(rows: list[Row], name: str) -> list[datetime]:
    written = [row[COLUMN[name]] for row in rows]
    return [datetime.strptime(at, FORM) for at in written if at]  # noqa: DTZ007


@pytest.mark.parametrize("back", [0, 2, 5])
def test_each_of_the_last_days_has_the_calls_of_its_weekday_up_to_now(
    week: list[Row], back: int
) -> None:
    now = datetime(2026, 11, 27, 12, 30) - timedelta(days=back)  # noqa: DTZ001
    rows = again(week, now)

    received = times(rows, "受理时间")
    assert received == sorted(received)
    assert received[-1] <= now < received[-1] + timedelta(hours=3)
    yesterday = now.date() - timedelta(days=1)
    plain = times([row for row in week if not row[-1]], "受理时间")
    late = times([row for row in week if row[-1]], "受理时间")
    expected = sum(at.weekday() == yesterday.weekday() for at in plain)
    expected += sum(at.time() > now.time() for at in late)
    assert sum(at.date() == yesterday for at in received) == expected
    assert len({row[COLUMN["工单编号"]] for row in rows}) == len(rows)


def test_what_was_planted_in_the_week_happens_within_a_day(week: list[Row]) -> None:
    now = datetime(2026, 11, 27, 12, 30)  # noqa: DTZ001
    planted = {row[COLUMN["诉求内容"]] for row in week if row[-1]}
    plain = {row[COLUMN["诉求内容"]] for row in week if not row[-1]}
    rows = [row for row in again(week, now) if row[COLUMN["诉求内容"]] in planted - plain]
    assert {row[COLUMN["诉求内容"]] for row in rows} == planted - plain
    assert planted - plain
    assert min(times(rows, "受理时间")) > now - timedelta(days=1)


def test_no_case_is_further_than_now(week: list[Row]) -> None:
    now = datetime(2026, 11, 27, 12, 30)  # noqa: DTZ001
    rows = again(week, now)
    assert max(times(rows, "办结时间")) <= now
    assert max(times(rows, "派单时间")) <= now
    open_ones = [row for row in rows if row[COLUMN["工单状态"]] == "办理中"]
    assert open_ones
    assert {row[COLUMN["办结时间"]] for row in open_ones} == {""}
    assert {row[COLUMN["是否满意"]] for row in open_ones} == {""}


def test_a_holiday_has_the_calls_of_a_sunday(week: list[Row]) -> None:
    now = datetime(2026, 10, 1, 23, 59, 59)  # noqa: DTZ001 a Thursday
    received = times(again(week, now), "受理时间")
    made = times([row for row in week if not row[-1]], "受理时间")
    sunday = sum(at.weekday() == 6 for at in made)
    planted = len(week) - len(made)
    assert sum(at.date() == now.date() for at in received) == sunday + planted


def test_a_past_that_lacks_a_weekday_leaves_that_day_out() -> None:
    assert again([], datetime(2026, 11, 27, 12, 30)) == []  # noqa: DTZ001

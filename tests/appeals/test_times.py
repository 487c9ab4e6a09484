from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError
from appeals.record import Precision
from appeals.times import NumberCell, local_day_hour, parse_time

SHANGHAI = ZoneInfo("Asia/Shanghai")
ANGELES = ZoneInfo("America/Los_Angeles")


def wide(text: str) -> str:
    return "".join("\u3000" if mark == " " else chr(ord(mark) + 0xFEE0) for mark in text)


@pytest.mark.parametrize(
    ("text", "local", "precision"),
    [
        ("2024-01-01", "2024-01-01 00:00:00", "day"),
        ("2024/1/1", "2024-01-01 00:00:00", "day"),
        ("2024.1.1", "2024-01-01 00:00:00", "day"),
        ("20240101", "2024-01-01 00:00:00", "day"),
        ("2024年1月1日", "2024-01-01 00:00:00", "day"),
        ("2024-01-01 08:05", "2024-01-01 08:05:00", "minute"),
        ("2024/1/1 8:05", "2024-01-01 08:05:00", "minute"),
        ("2024年1月1日 8时5分", "2024-01-01 08:05:00", "minute"),
        ("2024年1月1日8时", "2024-01-01 08:00:00", "minute"),
        ("2024年1月1日 8时5分9秒", "2024-01-01 08:05:09", "second"),
        ("2024-1-1 下午2:05", "2024-01-01 14:05:00", "minute"),
        ("2024-01-01 12:05:00 AM", "2024-01-01 00:05:00", "second"),
        ("2024-01-01 1:36:22 PM", "2024-01-01 13:36:22", "second"),
        ("202401010805", "2024-01-01 08:05:00", "minute"),
        ("20240101080500", "2024-01-01 08:05:00", "second"),
        ("20240101 080500", "2024-01-01 08:05:00", "second"),
        ("2024-01-01T08:05:00", "2024-01-01 08:05:00", "second"),
        ("2024-01-01T08:05:00.250", "2024-01-01 08:05:00.250", "second"),
        ("2024-01-01T00:05:00Z", "2024-01-01 08:05:00", "second"),
        ("2024-01-01 00:05:00+00:00", "2024-01-01 08:05:00", "second"),
        ("2024-01-01T01:05-0700", "2024-01-01 16:05:00", "minute"),
        ("20240101T000500Z", "2024-01-01 08:05:00", "second"),
        ("2024-01-01 24:00", "2024-01-02 00:00:00", "minute"),
        (wide("2024-01-01 08:05:00"), "2024-01-01 08:05:00", "second"),
        (" 2024-01-01 08:05:00 ", "2024-01-01 08:05:00", "second"),
    ],
)
def test_a_time_is_read_in_each_usual_form(text: str, local: str, precision: str) -> None:
    moment, found = parse_time(text, SHANGHAI)

    assert moment == datetime.fromisoformat(local).replace(tzinfo=SHANGHAI)
    assert moment.tzinfo is UTC
    assert found == precision


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "not a time"),
        ("昨天", "not a time"),
        ("2024-13-01", "no such day"),
        ("2024-02-30 08:00:00", "no such day"),
        ("2024-01-01 25:00", "no such day or time"),
        ("2024-01-01 08:61", "no such day or time"),
        ("2024-01-01 08:00 +99:00", "no such day or time"),
        ("1704067200", "bare number"),
        ("45292.5", "bare number"),
        ("1/2/2024 08:00", "unclear order"),
        ("2024-01-01 噪声", "not a time"),
        ("0001-01-01 00:00:00", "years that can be kept"),
        ("9999-12-31T23:59:59-10:00", "years that can be kept"),
    ],
)
def test_what_is_no_time_is_told_and_not_quoted(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        parse_time(text, SHANGHAI)
    assert not text or text not in str(caught.value)


def test_a_serial_day_is_a_time_in_a_workbook_only() -> None:
    assert parse_time(NumberCell("45292"), SHANGHAI) == parse_time("2024-01-01", SHANGHAI)
    assert parse_time(NumberCell("45292.33680555555"), SHANGHAI) == parse_time(
        "2024-01-01 08:05:00", SHANGHAI
    )
    with pytest.raises(InputError):
        parse_time(NumberCell("17"), SHANGHAI)


def test_a_time_that_never_was_is_moved_on_by_the_gap() -> None:
    assert parse_time("2018-03-11 02:30:00", ANGELES) == parse_time("2018-03-11 03:30:00", ANGELES)


def test_of_a_time_that_came_twice_the_first_is_meant() -> None:
    moment, _ = parse_time("2018-11-04 01:30:00", ANGELES)

    assert moment == datetime(2018, 11, 4, 8, 30, tzinfo=UTC)


def test_a_day_alone_counts_into_no_hour() -> None:
    moment, precision = parse_time("2024-01-01", SHANGHAI)

    assert local_day_hour(moment, precision, SHANGHAI) == (date(2024, 1, 1), None)


@given(
    st.datetimes(datetime(1990, 1, 2), datetime(2100, 1, 1)),  # noqa: DTZ001  zones follow
    st.sampled_from(["Asia/Shanghai", "America/Los_Angeles", "Asia/Kathmandu", "UTC"]),
    st.sampled_from(
        ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日%H时%M分%S秒", "%Y%m%d%H%M%S"]
    ),
)
def test_times_go_there_and_back(naive: datetime, name: str, form: str) -> None:
    zone, naive = ZoneInfo(name), naive.replace(microsecond=0)
    aware = naive.replace(tzinfo=zone).astimezone(UTC)

    moment, precision = parse_time(naive.strftime(form), zone)

    assert (moment, precision) == (aware, Precision.SECOND)
    assert parse_time(moment.isoformat(), SHANGHAI) == (moment, precision)
    back = moment.astimezone(zone).replace(tzinfo=None)
    assert back - naive in (timedelta(0), timedelta(hours=1))  # an hour in the gap of spring
    assert local_day_hour(moment, precision, zone) == (back.date(), back.hour)


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_an_input_error(text: str) -> None:
    try:
        moment, _ = parse_time(text, SHANGHAI)
    except InputError:
        return
    assert moment.tzinfo is UTC

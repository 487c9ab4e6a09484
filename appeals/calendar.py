"""Days that are not like others, and the spans in which an office counts (统计周期).

``appeals/data/calendar.csv`` brings the State Council's holidays and make-up workdays of 2023 to
2026 and the lunar festivals of 2023 to 2028. Each row names its source: the yearly notice of the
General Office (国务院办公厅关于部分节假日安排的通知), or GB/T 33661-2017, by which the lunar
calendar is computed. Later years come by ``wangge calendar import``; a year without data is told,
never guessed.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Literal, Self, get_args

from appeals.errors import InputError
from appeals.small_tables import read_table

Nature = Literal["holiday", "workday", "lunar", "season"]
DayType = Literal["workday", "weekend", "holiday"]
Span = tuple[date, date]
"""First and last day, both inside."""

AHEAD = timedelta(days=31)
"""So long before a year begins its holidays are asked for: their notice comes out in autumn."""

_NATURES: Mapping[str, Nature] = {nature: nature for nature in get_args(Nature)} | {
    "放假": "holiday",
    "上班": "workday",
    "调休": "workday",
    "农历": "lunar",
    "节气": "season",
}
_DAY_HEADERS = ("day", "日期")
_NAME_HEADERS = ("name", "名称")
_NATURE_HEADERS = ("nature", "性质")


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that is known of one day.

    ``nature`` is ``holiday`` (放假), ``workday`` (调休上班), ``lunar`` (农历节日) or ``season``
    (节气).
    """

    day: date
    name: str
    nature: Nature


@dataclass(frozen=True, slots=True)
class Calendar:
    """What is known of days, by day."""

    entries: Mapping[date, tuple[Entry, ...]]

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Self:
        """Make a calendar of entries in any order; what stands there twice counts once."""
        days: dict[date, tuple[Entry, ...]] = {}
        for entry in sorted(set(entries), key=lambda one: (one.day, one.nature, one.name)):
            days[entry.day] = (*days.get(entry.day, ()), entry)
        return cls(days)

    def replaced(self, entries: Iterable[Entry]) -> Self:
        """Give the calendar in which new entries stand instead of all of the same year and kind.

        Holidays and make-up workdays of a year are one kind, since one notice gives both.
        """
        new = list(entries)
        gone = {_year_and_kind(entry) for entry in new}
        kept = (one for day in self.entries.values() for one in day)
        return self.of([*(one for one in kept if _year_and_kind(one) not in gone), *new])

    def day_type(self, day: date) -> DayType:
        """Say what kind of day it is; without data, the day of the week decides.

        Examples
        --------
        >>> calendar = shipped_calendar()
        >>> calendar.day_type(date(2026, 2, 17)), calendar.day_type(date(2026, 2, 28))
        ('holiday', 'workday')
        >>> calendar.day_type(date(2026, 3, 1))
        'weekend'
        """
        natures = {entry.nature for entry in self.entries.get(day, ())}
        if "holiday" in natures:
            return "holiday"
        if "workday" in natures:
            return "workday"
        return "weekend" if day.weekday() >= 5 else "workday"

    def names(self, day: date, nature: Nature | None = None) -> tuple[str, ...]:
        """Give the names of a day, of one nature or of all."""
        known = self.entries.get(day, ())
        return tuple(entry.name for entry in known if nature in (None, entry.nature))

    def day_of(self, name: str, year: int) -> date | None:
        """Give the day of a festival in a year, ``None`` where it is not known.

        Examples
        --------
        >>> shipped_calendar().day_of("春节", 2027)
        datetime.date(2027, 2, 6)
        """
        for day, entries in self.entries.items():
            if day.year == year and any(
                entry.name == name and entry.nature in ("lunar", "season") for entry in entries
            ):
                return day
        return None

    def missing_years(self, days: Iterable[date]) -> tuple[int, ...]:
        """Give the years of these days for which no holiday is known."""
        known = {
            day.year
            for day, entries in self.entries.items()
            if any(entry.nature == "holiday" for entry in entries)
        }
        return tuple(sorted({day.year for day in days} - known))

    def missing_soon(self, today: date) -> tuple[int, ...]:
        """Give the years for which no holiday is known, of today and of :data:`AHEAD`.

        Examples
        --------
        >>> calendar = shipped_calendar()
        >>> calendar.missing_soon(date(2026, 11, 30)), calendar.missing_soon(date(2026, 12, 1))
        ((), (2027,))
        """
        return self.missing_years([today, today + AHEAD])


@cache
def shipped_calendar() -> Calendar:
    """Give the calendar that comes with the product."""
    file = resources.files("appeals") / "data" / "calendar.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return Calendar.of(
        Entry(date.fromisoformat(row["day"]), row["name"], _NATURES[row["nature"]]) for row in rows
    )


def read_calendar(path: Path) -> list[Entry]:
    """Read a table ``day``, ``name``, ``nature`` (日期, 名称, 性质).

    Parameters
    ----------
    path
        A file in any form in which appeals come; days as ``2027-01-01``; the nature as in
        :class:`Entry` or as 放假, 上班, 调休, 农历, 节气.

    Raises
    ------
    InputError
        A column is missing or a value cannot be understood; the message names the row.
    """
    entries = []
    for row in read_table(path):
        name, nature = row.get(_NAME_HEADERS), _NATURES.get(row.get(_NATURE_HEADERS))
        try:
            day = date.fromisoformat(row.get(_DAY_HEADERS)[:10])
        except ValueError:
            raise row.wrong("day is no date as 2027-01-01") from None
        if not name:
            raise row.wrong("name is empty")
        if nature is None:
            raise row.wrong(f"nature is none of {', '.join(_NATURES)}")
        entries.append(Entry(day, name, nature))
    return entries


def _year_and_kind(entry: Entry) -> tuple[int, str]:
    kind = "notice" if entry.nature in ("holiday", "workday") else entry.nature
    return entry.day.year, kind


# --- 统计周期 -----------------------------------------------------------------------------------


def month_span(year: int, month: int, month_start: int = 1) -> Span:
    """Give the statistical month that *ends* in this month.

    Parameters
    ----------
    year, month
        As in ``--month YYYY-MM``.
    month_start
        First day of the statistical month, 1 to 28; 1 is the calendar month.

    Examples
    --------
    >>> [day.isoformat() for day in month_span(2026, 3, 19)]
    ['2026-02-19', '2026-03-18']
    >>> [day.isoformat() for day in month_span(2024, 2)]
    ['2024-02-01', '2024-02-29']
    """
    if not (1 <= month <= 12 and 1 <= month_start <= 28):
        raise InputError("a month is 1 to 12 and begins on a day from 1 to 28")
    this, following = date(year, month, 1), _months_later(date(year, month, 1), 1)
    if month_start == 1:
        return this, following - timedelta(days=1)
    return _months_later(this, -1).replace(day=month_start), this.replace(day=month_start - 1)


def month_of(day: date, month_start: int = 1) -> tuple[int, int]:
    """Give year and month of the statistical month in which a day lies.

    Examples
    --------
    >>> month_of(date(2026, 12, 19), 19), month_of(date(2026, 12, 18), 19)
    ((2027, 1), (2026, 12))
    """
    first = day.replace(day=1)
    if month_start > 1 and day.day >= month_start:
        first = _months_later(first, 1)
    return first.year, first.month


def week_span(day: date, week_start: int = 1) -> Span:
    """Give the statistical week in which a day lies; it begins on ``week_start`` (1 = Monday).

    Examples
    --------
    From Friday to Thursday:

    >>> [day.isoformat() for day in week_span(date(2026, 3, 4), 5)]
    ['2026-02-27', '2026-03-05']
    """
    if not 1 <= week_start <= 7:
        raise InputError("a week begins on a day from 1 (Monday) to 7")
    first = day - timedelta(days=(day.isoweekday() - week_start) % 7)
    return first, first + timedelta(days=6)


def year_span(year: int, year_start: int = 1, month_start: int = 1) -> Span:
    """Give the statistical year that *ends* in this year: twelve statistical months.

    Parameters
    ----------
    year
        The year in which it ends.
    year_start
        Its first statistical month, 1 to 12.
    month_start
        First day of a statistical month, 1 to 28.

    Examples
    --------
    >>> [day.isoformat() for day in year_span(2026, 12)]
    ['2025-12-01', '2026-11-30']
    """
    if not 1 <= year_start <= 12:
        raise InputError("a year begins with a month from 1 to 12")
    first = date(year if year_start == 1 else year - 1, year_start, 1)
    last = _months_later(first, 11)
    return (
        month_span(first.year, first.month, month_start)[0],
        month_span(last.year, last.month, month_start)[1],
    )


def statistical_day(local: datetime, cut_off_hour: int = 0) -> date:
    """Give the statistical day of a local time: a day begins at the cut-off hour.

    Examples
    --------
    >>> statistical_day(datetime(2026, 3, 2, 7, 59), 8)
    datetime.date(2026, 3, 1)
    """
    return (local - timedelta(hours=cut_off_hour)).date()


def _months_later(first: date, n: int) -> date:
    months = first.year * 12 + first.month - 1 + n
    return date(months // 12, months % 12 + 1, 1)

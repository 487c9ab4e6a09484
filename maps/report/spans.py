"""The period of a report and the periods with which it is compared."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from appeals.calendar import month_of
from appeals.errors import InputError
from hotspots.periods import Reckoning, Span, Step

NAMES: Final[Mapping[Step, str]] = MappingProxyType(
    {"day": "日报告", "week": "周分析", "month": "月通报", "year": "年体检"}
)


@dataclass(frozen=True, slots=True)
class Spans:
    """A period and what it is compared with.

    Attributes
    ----------
    step
        Kind of the period.
    whole, this
        The period, and the days of it that are counted: those from the first to the last with data.
    compared
        By ``previous`` (昨日, 上周, 上月), ``week_ago`` (上周同日) or ``last_year``: as many days
        of that period as are counted; one that begins before the data is not there.
    cut_off_hour
        Hour at which a statistical day begins.
    """

    step: Step
    whole: Span
    this: Span
    compared: Mapping[str, Span]
    cut_off_hour: int = 0

    @property
    def running(self) -> bool:
        """Tell whether the period goes on after the last day with data."""
        return self.this.last < self.whole.last

    @property
    def begun_late(self) -> bool:
        """Tell whether the data begin within the period."""
        return self.this.first > self.whole.first

    @property
    def every(self) -> dict[str, Span]:
        """Give ``this`` and the compared spans by name."""
        return {"this": self.this, **self.compared}


def spans_of(
    step: Step,
    day: date,
    reckoning: Reckoning,
    *,
    data: tuple[date, date] | None,
    today: date,
) -> Spans:
    """Give the period in which a statistical day lies and those it is compared with.

    Parameters
    ----------
    step, day, reckoning
        What is asked for, and how the office divides time.
    data
        First and last day with appeals, None without any.
    today
        The present day of the jurisdiction.

    Raises
    ------
    InputError
        The day lies in the future, or the period holds no data.

    Examples
    --------
    >>> data = date(2024, 1, 1), date(2024, 6, 30)
    >>> may = spans_of("month", date(2024, 5, 9), Reckoning(), data=data, today=date(2024, 7, 1))
    >>> print(may.this.last, may.compared["previous"].last, "last_year" in may.every)
    2024-05-31 2024-04-30 False
    """
    if day > today:
        raise InputError(f"date: {day} lies in the future (today is {today})")
    whole = reckoning.around(day, step)
    if data is None:
        raise InputError("date: there are no appeals yet")
    if whole.first > data[1] or whole.last < data[0]:
        raise InputError(
            f"date: there are no appeals from {whole.first} to {whole.last}; "
            f"those here are from {data[0]} to {data[1]}"
        )
    this = Span(max(whole.first, data[0]), min(whole.last, data[1]))
    others = _others(step, whole, reckoning)
    compared = {
        name: span if this == whole else span.cut(this.days)
        for name, span in others.items()
        if span.first >= data[0]
    }
    return Spans(step, whole, this, MappingProxyType(compared), reckoning.cut_off_hour)


def _others(step: Step, whole: Span, reckoning: Reckoning) -> dict[str, Span]:
    before = reckoning.around(whole.first - timedelta(days=1), step)
    if step == "day":
        week_ago = whole.first - timedelta(days=7)
        return {"previous": before, "week_ago": Span(week_ago, week_ago)}
    if step == "month":
        year, month = month_of(whole.last, reckoning.month_start)
        return {"previous": before, "last_year": Span(*reckoning.month(year - 1, month))}
    return {"last_year" if step == "year" else "previous": before}

"""The periods in which an office counts (统计周期), as spans of statistical days."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from appeals.calendar import month_of, month_span, week_span, year_span

Days = npt.NDArray[np.datetime64]
Ints = npt.NDArray[np.int64]
Step = Literal["day", "week", "month", "year"]
STEPS: tuple[Step, ...] = get_args(Step)


@dataclass(frozen=True, slots=True)
class Span:
    """Statistical days from ``first`` to ``last``, both counted in."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError("a span cannot end before it begins")

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def cut(self, days: int) -> "Span":
        """Give the first ``days`` days of the span, at most all of it."""
        return Span(self.first, min(self.last, self.first + timedelta(days=days - 1)))


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How an office divides time; the settings of section ``period``.

    Attributes
    ----------
    month_start
        First day of the statistical month, 1 to 28.
    week_start
        First day of the week, 1 (Monday) to 7.
    year_start
        First statistical month of the year, 1 to 12.
    cut_off_hour
        Hour at which a statistical day begins, 0 to 23.
    """

    month_start: int = 1
    week_start: int = 1
    year_start: int = 1
    cut_off_hour: int = 0

    def month(self, year: int, month: int) -> tuple[date, date]:
        """Give first and last day of the statistical month that ends in this month."""
        return month_span(year, month, self.month_start)

    def month_of(self, day: date) -> tuple[int, int]:
        """Give year and number of the statistical month in which a statistical day lies."""
        return month_of(day, self.month_start)

    def around(self, day: date, step: Step) -> Span:
        """Give the period in which a statistical day lies.

        Examples
        --------
        Months from the 19th to the 18th, weeks from Friday, years from December:

        >>> office = Reckoning(month_start=19, week_start=5, year_start=12)
        >>> spans = [office.around(date(2026, 3, 20), step) for step in ("week", "month", "year")]
        >>> [f"{span.first} {span.last}" for span in spans]
        ['2026-03-20 2026-03-26', '2026-03-19 2026-04-18', '2025-11-19 2026-11-18']
        """
        if step == "day":
            return Span(day, day)
        if step == "week":
            return Span(*week_span(day, self.week_start))
        if step == "month":
            return Span(*self.month(*self.month_of(day)))
        if step == "year":
            for year in (day.year, day.year + 1):
                span = Span(*year_span(year, self.year_start, self.month_start))
                if span.first <= day <= span.last:
                    return span
        raise ValueError(f"step {step} is none of {', '.join(STEPS)}")

    def spans(self, first: date, last: date, step: Step) -> tuple[Span, ...]:
        """Give the whole periods from that of one day to that of another, without a gap."""
        spans = [self.around(first, step)]
        while spans[-1].last < last:
            spans.append(self.around(spans[-1].last + timedelta(days=1), step))
        return tuple(spans)

    def statistical_days(self, local_days: Days, hours: Ints) -> Days:
        """Give the statistical days of local days and hours.

        Parameters
        ----------
        local_days
            Shape (n,), ``datetime64[D]``.
        hours
            Local hours, shape (n,); negative where the time is known to the day only: such an
            appeal stays on its day.

        Examples
        --------
        >>> days = np.array(["2026-03-02"] * 3, dtype="datetime64[D]")
        >>> moved = Reckoning(cut_off_hour=8).statistical_days(days, np.array([7, 8, -1]))
        >>> moved.astype(str).tolist()
        ['2026-03-01', '2026-03-02', '2026-03-02']
        """
        before = (hours >= 0) & (hours < self.cut_off_hour)
        days: Days = local_days.astype("datetime64[D]") - before.astype("timedelta64[D]")
        return days


def period_numbers(days: Days, spans: tuple[Span, ...]) -> Ints:
    """Tell in which of consecutive spans days lie.

    Parameters
    ----------
    days
        Shape (n,), ``datetime64[D]``.
    spans
        In order, none overlapping; gaps are allowed.

    Returns
    -------
    Ints
        Positions in ``spans``, shape (n,); -1 for a day in none.

    Examples
    --------
    >>> days = np.array(["2026-02-18", "2026-02-19", "2026-04-18"], dtype="datetime64[D]")
    >>> spans = Reckoning(month_start=19).spans(date(2026, 3, 1), date(2026, 4, 1), "month")
    >>> period_numbers(days, spans).tolist()
    [-1, 0, 1]
    """
    firsts = np.array([span.first for span in spans], dtype="datetime64[D]")
    lasts = np.array([span.last for span in spans], dtype="datetime64[D]")
    at = np.searchsorted(firsts, days.astype("datetime64[D]"), side="right") - 1
    inside = (at >= 0) & (days.astype("datetime64[D]") <= lasts[at])
    return np.where(inside, at, -1).astype(np.int64)

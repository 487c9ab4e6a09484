"""The spans of a statistical month and of what it is compared with."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from hotspots.periods import Reckoning, Span

MOST: Final = 25
"""Months that are looked at: the one asked for, and two years before it."""

MOST_WEEKS: Final = 52


@dataclass(frozen=True, slots=True)
class Months:
    """A month and the months before it, oldest first, the month asked for last.

    Attributes
    ----------
    whole
        The months as they are; the last one ends with the data where it is still running.
    like
        As many days of each month as the last one has: a running month is never compared with a
        whole one. The same as ``whole`` where it is over.
    """

    whole: tuple[Span, ...]
    like: tuple[Span, ...]

    @property
    def this(self) -> Span:
        """Give the days counted of the month asked for."""
        return self.whole[-1]

    @property
    def previous(self) -> Span | None:
        """Give the days of the month before that are compared, None before the data."""
        return self.like[-2] if len(self.like) > 1 else None

    @property
    def last_year(self) -> Span | None:
        """Give the days compared of the same month a year ago, None before the data."""
        return self.like[-13] if len(self.like) > 12 else None


def months(
    year: int,
    month: int,
    reckoning: Reckoning,
    *,
    data_from: date | None = None,
    data_to: date | None = None,
    most: int = MOST,
) -> Months:
    """Give a month with the whole months before it.

    Parameters
    ----------
    year, month
        The statistical month, by the calendar month in which it ends.
    reckoning
        How the office divides time.
    data_from, data_to
        First and last local day with data, both counted in. A month that begins before the data is
        not compared with.
    most
        Months at most, the one asked for counted in.

    Raises
    ------
    ValueError
        The month lies wholly after ``data_to``.

    Examples
    --------
    >>> of = months(2024, 3, Reckoning(), data_from=date(2024, 1, 15), data_to=date(2024, 3, 10))
    >>> of.this.days, of.previous, of.last_year
    (10, Span(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 10)), None)
    >>> [str(span.last) for span in of.whole]
    ['2024-02-29', '2024-03-10']
    """
    first, last = reckoning.month(year, month)
    if data_to is not None and data_to < first:
        raise ValueError(f"{year:04d}-{month:02d} lies after the last day with data")
    running = data_to is not None and data_to < last
    whole = [Span(first, data_to if running and data_to is not None else last)]
    while len(whole) < most:
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
        before = Span(*reckoning.month(year, month))
        if data_from is not None and before.first < data_from:
            break
        whole.insert(0, before)
    days = whole[-1].days
    like = tuple(span.cut(days) for span in whole) if running else tuple(whole)
    return Months(tuple(whole), like)


def weeks(
    reckoning: Reckoning, data_from: date, until: date, *, most: int = MOST_WEEKS
) -> tuple[Span, ...]:
    """Give the whole weeks with data up to a day, oldest first.

    Examples
    --------
    >>> [str(week.first) for week in weeks(Reckoning(), date(2024, 1, 1), date(2024, 1, 17))]
    ['2024-01-01', '2024-01-08']
    """
    every = reckoning.spans(data_from, until, "week")
    return tuple(week for week in every if week.first >= data_from and week.last <= until)[-most:]

"""The month that is asked for and the two it is compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hotspots.periods import Span


@dataclass(frozen=True, slots=True)
class Months:
    """The month asked for and the two it is compared with.

    ``this`` ends at the last day with data when the month is still running; the others are then cut
    to as many days (同期), and a comparison that begins before the data do is None.
    """

    this: Span
    previous: Span | None
    last_year: Span | None


def months(
    year: int,
    month: int,
    span: Callable[[int, int], tuple[date, date]],
    *,
    data_from: date | None = None,
    data_to: date | None = None,
) -> Months:
    """Give the spans of a month, of the one before and of the same month a year ago.

    Parameters
    ----------
    year, month
        The statistical month.
    span
        First and last day of a statistical month (``appeals.calendar``).
    data_from, data_to
        First and last local day with data, both counted in.

    Returns
    -------
    Months
        See there for months that are still running and comparisons before the data.

    Raises
    ------
    ValueError
        The month lies wholly after ``data_to``.

    Examples
    --------
    >>> import calendar
    >>> def of(y, m):
    ...     return date(y, m, 1), date(y, m, calendar.monthrange(y, m)[1])
    >>> spans = months(2024, 3, of, data_from=date(2024, 1, 15), data_to=date(2024, 3, 10))
    >>> spans.this.days, spans.previous, spans.last_year
    (10, Span(first=datetime.date(2024, 2, 1), last=datetime.date(2024, 2, 10)), None)
    """
    first, last = span(year, month)
    if data_to is not None and data_to < first:
        raise ValueError(f"{year:04d}-{month:02d} lies after the last day with data")
    running = data_to is not None and data_to < last
    this = Span(first, data_to if running and data_to is not None else last)

    def compared(other: tuple[date, date]) -> Span | None:
        whole = Span(*other)
        if data_from is not None and whole.first < data_from:
            return None
        return whole.cut(this.days) if running else whole

    before = (year, month - 1) if month > 1 else (year - 1, 12)
    return Months(this, compared(span(*before)), compared(span(year - 1, month)))

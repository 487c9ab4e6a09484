"""What a hot-spot table is asked for, and the months that can be asked for."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

from appeals.database import Connection
from appeals.errors import InputError
from grids.counts.store import days_with_appeals
from grids.store import counted_days
from hotspots.cube import Reading
from hotspots.months import MOST, Months, months, weeks
from hotspots.periods import Reckoning, Span
from maps.office import Office

UNIT_LEVELS: Final = ("district", "street", "community", "grid")
CELL_LEVELS: Final = ("h3-8", "h3-9", "h3-10")
LEVELS: Final = (*UNIT_LEVELS, *CELL_LEVELS)

_OPENED_FROM: Final = 10
"""Days with appeals from which a month is opened by itself: fewer say little of a month."""

FirstReports = Literal["place", "caller"]


@dataclass(frozen=True, slots=True)
class Question:
    """What a hot-spot table is asked for.

    Attributes
    ----------
    level
        One of ``LEVELS``.
    year, month
        The statistical month, by the calendar month in which it ends.
    reading
        ``lies`` (属地口径) or ``sent`` (派单口径).
    class_code
        Keeps a class and those below it, None: everything.
    kinds
        诉求类型 that are counted, None: all.
    first_reports
        Leave out repeats of a place or of a caller, None: count every appeal.
    office
        How the site counts.
    """

    level: str
    year: int
    month: int
    reading: Reading = "lies"
    class_code: str | None = None
    kinds: tuple[str, ...] | None = None
    first_reports: FirstReports | None = None
    office: Office = field(default_factory=Office)

    @property
    def by_cell(self) -> bool:
        """Tell whether the places are H3 cells."""
        return self.level in CELL_LEVELS

    @property
    def area_kind(self) -> str:
        """Name the places as the counts do."""
        return self.level.replace("h3-", "cell_")

    @property
    def text(self) -> str:
        """Write the month as YYYY-MM."""
        return f"{self.year:04d}-{self.month:02d}"


def question(
    connection: Connection,
    level: str,
    month: tuple[int, int] | None,
    office: Office,
    *,
    reading: Reading = "lies",
    class_code: str | None = None,
    first_reports: FirstReports | None = None,
) -> Question:
    """Put a question together; without a month (year, number) it is that of :func:`newest_month`.

    Raises
    ------
    InputError
        No month is given and there are no data, the level is unknown, or cells are asked for by
        where appeals were sent.
    """
    if level not in LEVELS:
        raise InputError(f"level: {level} is none of {', '.join(LEVELS)}")
    wanted = month or newest_month(connection, office.reckoning)
    if wanted is None:
        raise InputError("month: there are no appeals yet")
    asked = Question(level, *wanted, reading, class_code, None, first_reports, office)
    if asked.by_cell and reading == "sent":
        raise InputError("reading: an appeal is sent to a unit, never to a cell")
    return asked


def newest_month(connection: Connection, reckoning: Reckoning) -> tuple[int, int] | None:
    """Give the statistical month that is opened where none is asked for.

    The newest with appeals on ten days or more; where none of the last two years has so many, that
    of the newest day; ``None`` where there are no appeals.
    """
    days = counted_days(connection)
    if days is None:
        return None
    for name, span in months_with_data(connection, reckoning):
        if days_with_appeals(connection, (span.first, span.last), _OPENED_FROM) == _OPENED_FROM:
            year, month = name.split("-")
            return int(year), int(month)
    return reckoning.month_of(days[1])


def months_with_data(
    connection: Connection, reckoning: Reckoning, *, most: int = 24
) -> list[tuple[str, Span]]:
    """Give the statistical months that had appeals, the newest first.

    Returns
    -------
    list
        ``YYYY-MM`` and the days counted: from the month's first day, to its last or to the last day
        with data.
    """
    days = counted_days(connection)
    found: list[tuple[str, Span]] = []
    if days is None:
        return found
    year, month = reckoning.month_of(days[1])
    while len(found) < most:
        first, last = reckoning.month(year, month)
        if last < days[0]:
            break
        counted = Span(first, min(last, days[1]))
        if days_with_appeals(connection, (counted.first, counted.last), 1):
            found.append((f"{year:04d}-{month:02d}", counted))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


@dataclass(frozen=True, slots=True)
class Times:
    """The spans of a question: its months, and the weeks until its end."""

    months: Months
    weeks: tuple[Span, ...]

    @property
    def days(self) -> tuple[date, date]:
        """Give the first and the last day that is read."""
        firsts = (span.first for span in (*self.months.whole, *self.weeks))
        return min(firsts), self.months.this.last


def times_of(connection: Connection, asked: Question, *, most: int = MOST) -> Times:
    """Give the spans of a question, ``most`` months at most.

    Raises
    ------
    InputError
        There are no data, or none in that month.
    """
    days = counted_days(connection)
    if days is None:
        raise InputError("month: there are no appeals yet")
    reckoning = asked.office.reckoning
    if reckoning.month(asked.year, asked.month)[1] < days[0]:
        raise InputError(f"month: {asked.text} lies before the first appeal")
    try:
        of = months(
            asked.year, asked.month, reckoning, data_from=days[0], data_to=days[1], most=most
        )
    except ValueError as error:
        raise InputError(f"month: {error}") from error
    return Times(of, weeks(reckoning, days[0], of.this.last))


def whole_city(asked: Question) -> Question:
    """Give the same question without its class."""
    return replace(asked, class_code=None)

"""Counts by day as the maps ask for them: no hours, and classes only where they are filtered."""

from datetime import date

import pandas as pd
import sqlalchemy as sa

from appeals.database import Connection
from appeals.store import APPEALS, VERSIONS
from grids.store import COUNTS, PLACEMENTS, SINKS

_COLUMNS = ("area", "local_day", "class_code", "kind", "n")


def counted_days(connection: Connection) -> tuple[date, date] | None:
    """Give the first and the last local day with appeals, ``None`` where there are none."""
    days = sa.select(sa.func.min(COUNTS.c.local_day), sa.func.max(COUNTS.c.local_day))
    whole = COUNTS.c.area_kind == "city", COUNTS.c.reading == "lies"
    first, last = connection.execute(days.where(*whole)).one()
    return None if first is None else (first, last)


def day_cube(
    connection: Connection,
    area_kind: str,
    days: tuple[date, date],
    reading: str,
    *,
    by_class: bool,
    by_kind: bool,
) -> pd.DataFrame:
    """Sum the counts of one kind of area over the hours of each day.

    Parameters
    ----------
    area_kind
        ``city``, a unit level, or ``cell_8`` to ``cell_10``.
    days
        First and last local day, both included.
    reading
        ``lies`` (属地口径) or ``sent`` (派单口径).
    by_class, by_kind
        Whether classes and kinds stay apart; where they do not, their column holds an empty text.

    Returns
    -------
    DataFrame
        ``area``, ``local_day``, ``class_code``, ``kind``, ``n``.
    """
    keys = [
        COUNTS.c.area,
        COUNTS.c.local_day,
        (COUNTS.c.class_code if by_class else sa.literal("")).label("class_code"),
        (COUNTS.c.kind if by_kind else sa.literal("")).label("kind"),
    ]
    query = (
        sa.select(*keys, sa.func.sum(COUNTS.c.n))
        .where(
            COUNTS.c.area_kind == area_kind,
            COUNTS.c.reading == reading,
            COUNTS.c.local_day.between(*days),
        )
        .group_by(*(key for key in keys if key.name in COUNTS.c))
    )
    return _frame(connection, query)


def sink_cube(connection: Connection, column: str, days: tuple[date, date]) -> pd.DataFrame:
    """Count the appeals on sinks by cell, day, class and kind.

    Parameters
    ----------
    column
        ``cell_8``, ``cell_9`` or ``cell_10``.
    days
        First and last local day, both included.

    Returns
    -------
    DataFrame
        As of :func:`day_cube`, classes and kinds apart.
    """
    cell = PLACEMENTS.c[column]
    keys = cell, VERSIONS.c.local_day, VERSIONS.c.class_code, VERSIONS.c.kind
    current = PLACEMENTS.join(VERSIONS, VERSIONS.c.serial == PLACEMENTS.c.serial).join(
        APPEALS, APPEALS.c.current == VERSIONS.c.serial
    )
    flagged = sa.exists().where(SINKS.c.lon == PLACEMENTS.c.lon, SINKS.c.lat == PLACEMENTS.c.lat)
    query = (
        sa.select(*keys, sa.func.count())
        .select_from(current)
        .where(VERSIONS.c.local_day.between(*days), cell.is_not(None), flagged)
        .group_by(*keys)
    )
    return _frame(connection, query)


def _frame(connection: Connection, query: sa.Select[tuple[object, ...]]) -> pd.DataFrame:
    # Plain tuples: pandas asks every row object for attributes that it does not have.
    rows = [tuple(row) for row in connection.execute(query)]
    frame = pd.DataFrame.from_records(rows, columns=list(_COLUMNS))
    return frame.astype({"area": "int64", "n": "int64"})

"""What the maps ask of the database beyond the counts themselves."""

from datetime import date

import sqlalchemy as sa

from appeals.database import Connection
from grids.store import COUNTS


def counted_days(connection: Connection) -> tuple[date, date] | None:
    """Give the first and the last local day with appeals, ``None`` where there are none."""
    days = sa.select(sa.func.min(COUNTS.c.local_day), sa.func.max(COUNTS.c.local_day))
    whole = COUNTS.c.area_kind == "city", COUNTS.c.reading == "lies"
    first, last = connection.execute(days.where(*whole)).one()
    return None if first is None else (first, last)

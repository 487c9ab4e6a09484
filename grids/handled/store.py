"""How appeals were handled, counted as the rows come and moved in the same transaction.

One row a combination of hour, class, the units in which it lies, the unit it was sent to and what
became of it: what a report asks for is summed out of this, and never out of the appeals.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from appeals.database import METADATA, Connection
from appeals.store import VERSIONS

_COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("local_day", sa.Date, primary_key=True),
    sa.Column("local_hour", sa.SmallInteger, primary_key=True),  # -1: known to the day only
    sa.Column("class_code", sa.Text, primary_key=True),
    # Units are 0 where none is known.
    sa.Column("district_id", sa.BigInteger, primary_key=True),
    sa.Column("street_id", sa.BigInteger, primary_key=True),
    sa.Column("community_id", sa.BigInteger, primary_key=True),
    sa.Column("sent_unit_id", sa.BigInteger, primary_key=True),
    sa.Column("route", sa.Text, primary_key=True),  # direct, dispatched; empty: the case is silent
    # yes, no, unrated; empty: the case is silent
    sa.Column("contacted", sa.Text, primary_key=True),
    sa.Column("solved", sa.Text, primary_key=True),
    sa.Column("satisfied", sa.Text, primary_key=True),
    sa.Column("left_out", sa.Boolean, primary_key=True),  # 剔除
)
HANDLED = sa.Table(
    "handled",
    METADATA,
    *_COLUMNS,
    sa.Column("n", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
UNITS_OF_ROW = ("district_id", "street_id", "community_id", "sent_unit_id")


def move_handled(
    connection: Connection,
    versions_and_places: sa.FromClause,
    where: Sequence[sa.ColumnElement[bool]],
    sign: int = 1,
) -> None:
    """Add versions to the table, or take them out of it; rows that come to 0 vanish.

    Parameters
    ----------
    connection
        An open transaction that writes.
    versions_and_places
        The join in which the versions stand with their places.
    where
        Which of them.
    sign
        1 to add, -1 to take away.
    """
    keys = sa.select(*_keys(versions_and_places)).select_from(versions_and_places).where(*where)
    moved = keys.subquery()
    grouped = sa.select(*moved.c, (sign * sa.func.count()).label("n")).group_by(*moved.c)
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    names = [column.name for column in _COLUMNS]
    # SQLite reads ON CONFLICT after a bare SELECT as part of a join.
    given = grouped.where(sa.true())
    statement: Any = make(HANDLED).from_select([*names, "n"], given)
    total = HANDLED.c.n + statement.excluded.n
    connection.execute(statement.on_conflict_do_update(index_elements=names, set_={"n": total}))
    if sign < 0:
        days = sa.select(VERSIONS.c.local_day).select_from(versions_and_places).where(*where)
        gone = HANDLED.c.local_day.in_(days), HANDLED.c.n == 0
        connection.execute(HANDLED.delete().where(*gone))


def recount_handled(
    connection: Connection,
    versions_and_places: sa.FromClause,
    is_current: sa.ColumnElement[bool],
    first_day: date,
) -> None:
    """Make the rows of a day and all later ones anew from the current versions."""
    connection.execute(HANDLED.delete().where(HANDLED.c.local_day >= first_day))
    move_handled(connection, versions_and_places, [is_current, VERSIONS.c.local_day >= first_day])


def _keys(versions_and_places: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """Give the key columns of versions with their places, each with a value."""
    of = VERSIONS.c
    places = {c.name: c for c in versions_and_places.c if c.name.endswith("_id")}
    route = sa.case(
        (of.direct.is_(sa.true()), "direct"),
        (of.direct.is_(sa.false()) | of.dispatched_at.is_not(None), "dispatched"),
        else_="",
    )
    said = [sa.func.coalesce(of[name], "") for name in ("contacted", "solved", "satisfied")]
    units = [sa.func.coalesce(places[name], 0) for name in UNITS_OF_ROW]
    hour = sa.func.coalesce(of.local_hour, -1)
    left_out = sa.func.coalesce(of.excluded, sa.false())
    made = [of.local_day, hour, of.class_code, *units, route, *said, left_out]
    return [one.label(column.name) for one, column in zip(made, _COLUMNS, strict=True)]

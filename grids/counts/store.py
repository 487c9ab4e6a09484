"""Where appeals lie and how many there are, in and out of the database, always moved together."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import sqlalchemy as sa

from appeals.database import METADATA, Connection, upsert
from appeals.store import APPEALS, VERSIONS
from geo.locate import Located
from grids.boundaries import LEVELS
from grids.cube import CUBE, KEYS, count_rows, net, slice_of, tidy
from grids.editions import with_sent
from grids.handled.store import move_handled, recount_handled
from grids.place import CELL_COLUMNS, UNIT_COLUMNS, placement_rows
from grids.rows import records
from grids.sinks import halves
from grids.units.store import read_frame, unit_links

# Where (level to y, of geo.locate) and whose (status to cell_10, of grids.place) a version is.
PLACEMENTS = sa.Table(
    "placements",
    METADATA,
    sa.Column("serial", sa.ForeignKey("versions.serial"), primary_key=True),
    sa.Column("level", sa.Text, nullable=False),  # of geo.locate.LEVELS
    sa.Column("lon", sa.Float),  # WGS84 degrees; null where the level is coarse
    sa.Column("lat", sa.Float),
    sa.Column("radius_m", sa.Float),
    sa.Column("confidence", sa.Float, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("datum", sa.Text),  # as declared, with the coordinates as they came
    sa.Column("x", sa.Float),
    sa.Column("y", sa.Float),
    sa.Column("status", sa.Text, nullable=False),  # placed, needs_confirm, outside, unlocated
    sa.Column("finest", sa.Text),  # level of the finest certain unit
    sa.Column("how", sa.Text),  # point, named, hand
    sa.Column("border", sa.Boolean, nullable=False),
    # By the grid alone a worker's tasks are found without reading the whole city.
    *(
        sa.Column(f"{level}_id", sa.ForeignKey("units.unit_id"), index=level == "grid" or None)
        for level in LEVELS
    ),
    sa.Column("candidates", sa.Text),  # unit ids in doubt, JSON list
    *(sa.Column(name, sa.BigInteger) for name in CELL_COLUMNS),
    sa.Column("sent_unit_id", sa.ForeignKey("units.unit_id")),  # 派单口径: the unit of 承办单位
    # One in a hundred lies on a border: those of a street are asked for by the people around it.
    sa.Index(
        "ix_placements_doubted",
        "street_id",
        sqlite_where=sa.text("status = 'needs_confirm'"),
        postgresql_where=sa.text("status = 'needs_confirm'"),
    ),
)

# One row a combination; "lies" is 属地口径, "sent" is 派单口径. They are never added up.
# The key begins as the questions do: one kind of area, one reading, some days.
COUNTS = sa.Table(
    "counts",
    METADATA,
    sa.Column("area_kind", sa.Text, primary_key=True),  # city, a unit level, cell_8 … cell_10
    sa.Column("reading", sa.Text, primary_key=True),
    sa.Column("local_day", sa.Date, primary_key=True),
    sa.Column("area", sa.BigInteger, primary_key=True),  # unit id, H3 cell, 0 for the city
    sa.Column("hour", sa.SmallInteger, primary_key=True),  # -1: known to the day only
    sa.Column("class_code", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("n", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

_COUNTED = (
    *(VERSIONS.c[name] for name in ("local_day", "local_hour", "class_code", "kind")),
    *(PLACEMENTS.c[name] for name in (*UNIT_COLUMNS, *CELL_COLUMNS, "sent_unit_id")),
)
PLACED_VERSIONS = PLACEMENTS.join(VERSIONS, VERSIONS.c.serial == PLACEMENTS.c.serial)
PLACED_APPEALS = PLACED_VERSIONS.join(APPEALS, APPEALS.c.appeal_id == VERSIONS.c.appeal_id)
IS_CURRENT = APPEALS.c.current == VERSIONS.c.serial


def add_placements(
    connection: Connection,
    serials: Sequence[int],
    located: Sequence[Located],
    placed: pd.DataFrame,
    sent_ids: Sequence[int | None],
) -> None:
    """Store where n versions lie and whose they are.

    Parameters
    ----------
    serials, located, placed, sent_ids
        Of the same versions in the same order: what :mod:`geo.locate` found, what
        :mod:`grids.place` found, and the unit that each was sent to.
    """
    rows = placement_rows(serials, located, placed, sent_ids)
    if rows:
        connection.execute(PLACEMENTS.insert(), rows)


def _count(connection: Connection, query: sa.Select[Any], sign: int = 1) -> pd.DataFrame:
    """Count the versions of a query of ``_COUNTED`` columns."""
    frame = read_frame(connection, query)
    if frame.empty:
        return net([])
    return count_rows(with_sent(frame, unit_links(connection)), sign)


def move_counts(
    connection: Connection, old_serials: Sequence[int], new_serials: Sequence[int]
) -> None:
    """Take old versions out of the counts and new ones in; keys that come to 0 vanish.

    A serial in both lists changes nothing: an appeal may be updated twice in one batch.

    Parameters
    ----------
    old_serials, new_serials
        Versions that are current no longer; versions that came in, with their placements.
    """
    query = sa.select(*_COUNTED).select_from(PLACED_VERSIONS)
    of = PLACEMENTS.c.serial.in_
    # In this order: what comes and goes within one batch leaves nothing behind.
    for serials, sign in ((new_serials, 1), (old_serials, -1)):
        if serials:
            move_handled(connection, PLACED_VERSIONS, [of(serials)], sign)
    old = _count(connection, query.where(of(old_serials)), -1) if old_serials else net([])
    new = _count(connection, query.where(of(new_serials)))
    moved = net([old, new]) if len(old) else new
    upsert(connection, COUNTS, records(moved), add=["n"])
    fallen = moved.loc[moved["n"] < 0, list(KEYS)].add_prefix("the_")
    if len(fallen):
        same = [COUNTS.c[key] == sa.bindparam(f"the_{key}") for key in KEYS]
        connection.execute(COUNTS.delete().where(*same, COUNTS.c.n == 0), records(fallen))


def cube(
    connection: Connection, area_kind: str, first_day: date, last_day: date, reading: str = "lies"
) -> pd.DataFrame:
    """Read counts of one kind of area and one reading, from the first day to the last.

    Parameters
    ----------
    area_kind, reading
        Of :data:`grids.cube.AREA_KINDS`; of :data:`grids.cube.READINGS`.
    first_day, last_day
        Local days, both included.

    Returns
    -------
    DataFrame
        The columns ``grids.cube.CUBE``, sorted by them.
    """
    query = sa.select(*(COUNTS.c[name] for name in CUBE)).where(
        *_slice(area_kind, (first_day, last_day), reading)
    )
    return tidy(read_frame(connection, query))


def _slice(
    area_kind: str, days: tuple[date, date], reading: str
) -> tuple[sa.ColumnElement[bool], ...]:
    is_asked = COUNTS.c.area_kind == area_kind, COUNTS.c.reading == reading
    return *is_asked, COUNTS.c.local_day.between(*days)


def about(
    table: sa.Table, class_code: str | None, kinds: Collection[str] | None
) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions by which a class with those below it and some kinds are kept."""
    if class_code is not None:
        code, below = table.c.class_code, f"{class_code}/"
        # Not LIKE, for which SQLite takes A and a as one.
        yield (code == class_code) | (sa.func.substr(code, 1, len(below)) == below)
    if kinds is not None:
        yield table.c.kind.in_(list(kinds))


def counted_days(connection: Connection) -> tuple[date, date] | None:
    """Give the first and the last local day with appeals, ``None`` where there are none."""
    whole = COUNTS.c.area_kind == "city", COUNTS.c.reading == "lies"
    first, last = (
        connection.execute(sa.select(end(COUNTS.c.local_day)).where(*whole)).scalar()
        for end in (sa.func.min, sa.func.max)  # each by itself, so that the key gives it
    )
    return None if first is None or last is None else (first, last)


def days_with_appeals(connection: Connection, days: tuple[date, date], most: int) -> int:
    """Count the local days of a span, both ends included, that had appeals; ``most`` at most.

    Each is found by the key, so that a month of a large city is not read.
    """
    whole = COUNTS.c.area_kind == "city", COUNTS.c.reading == "lies"
    day, last = COUNTS.c.local_day, days[0] - timedelta(days=1)
    for count in range(most):
        following = sa.select(sa.func.min(day)).where(*whole, day > last, day <= days[1])
        found = connection.execute(following).scalar()
        if found is None:
            return count
        last = found
    return most


def cube_as_of(
    connection: Connection,
    moment: datetime,
    area_kind: str,
    first_day: date,
    last_day: date,
    reading: str = "lies",
) -> pd.DataFrame:
    """Read counts as :func:`cube` gave them at an aware moment, from the versions until then."""
    until = VERSIONS.c.local_day.between(first_day, last_day) & known_at(moment)
    query = sa.select(*_COUNTED).select_from(PLACED_VERSIONS).where(until)
    return slice_of(_count(connection, query), area_kind, reading)


def known_at(moment: datetime) -> sa.ColumnElement[bool]:
    """Give the condition that keeps the versions which were current at an aware moment."""
    later = VERSIONS.alias("later")
    replaced = sa.exists().where(
        later.c.appeal_id == VERSIONS.c.appeal_id,
        later.c.serial > VERSIONS.c.serial,
        later.c.recorded_at <= moment,
    )
    return (VERSIONS.c.recorded_at <= moment) & ~replaced


def recount(connection: Connection, first_day: date = date.min) -> None:
    """Make the counts of a day and all later ones anew from the current versions."""
    connection.execute(COUNTS.delete().where(COUNTS.c.local_day >= first_day))
    for first, last in half_years(connection, first_day):
        days = VERSIONS.c.local_day.between(max(first, first_day), last)
        query = sa.select(*_COUNTED).select_from(PLACED_APPEALS).where(IS_CURRENT, days)
        upsert(connection, COUNTS, records(_count(connection, query)), add=["n"])
    recount_handled(connection, PLACED_APPEALS, IS_CURRENT, first_day)


def half_years(connection: Connection, first_day: date = date.min) -> list[tuple[date, date]]:
    """List the half-years that hold appeals and end on a day or later, by first and last day."""
    day = VERSIONS.c.local_day  # each end by itself, so that the index gives it
    first = connection.execute(sa.select(sa.func.min(day))).scalar()
    last = connection.execute(sa.select(sa.func.max(day))).scalar()
    if first is None or last is None or last < first_day:
        return []
    return list(halves(max(first, first_day), last))

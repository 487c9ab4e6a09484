"""Units of all editions in and out of the database."""

import threading
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Connection
from grids.boundaries import COLUMNS, LEVELS, Boundaries, on_day
from grids.editions import LINK, Edition, follow_parents
from grids.rows import with_shapes

UNITS = sa.Table(
    "units",
    METADATA,
    sa.Column("unit_id", BIG_ID, primary_key=True),
    sa.Column("level", sa.Text, nullable=False),  # district, street, community, grid
    sa.Column("code", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("parent_id", sa.ForeignKey("units.unit_id")),
    sa.Column("valid_from", sa.Date, nullable=False),
    sa.Column("valid_to", sa.Date),  # first day on which it no longer holds; null: it still does
    sa.Column("geometry", sa.LargeBinary),  # WKB, WGS84, lon then lat; null: a name without a shape
    sa.Column("area_m2", sa.Float),
    sa.Column("households", sa.Integer),
    sa.Column("people", sa.Integer),
    sa.UniqueConstraint("level", "code", "valid_from"),
)

_ALL = sa.select(*(UNITS.c[name] for name in COLUMNS))


def read_frame(connection: Connection, statement: sa.Select[Any]) -> pd.DataFrame:
    """Read rows as a frame: whole numbers as ``Int64``, broken ones as ``float64``."""
    return _frame(statement, connection.execute(statement))


def _frame(statement: sa.Select[Any], rows: Iterable[Iterable[object]]) -> pd.DataFrame:
    columns = list(statement.selected_columns)
    # Plain tuples: pandas asks each row object for attributes that it does not have.
    plain = [tuple(row) for row in rows]
    frame = pd.DataFrame(plain, columns=[column.name for column in columns], dtype=object)
    # Never by way of a float: a cell has 60 bits.
    types = {c.name: "Int64" for c in columns if isinstance(c.type, sa.Integer)}
    types |= {c.name: "float64" for c in columns if isinstance(c.type, sa.Float)}
    return frame.astype(types)


def all_units(connection: Connection) -> gpd.GeoDataFrame:
    """Read the units of all editions, with the columns ``grids.boundaries.COLUMNS``, WGS84."""
    return with_shapes(read_frame(connection, _ALL))


def level_units(connection: Connection, level: str, day: date) -> gpd.GeoDataFrame:
    """Read the units of one level that hold on a day, by code, with ``grids.boundaries.COLUMNS``.

    The shapes are WGS84, longitude first; a unit known by name alone has none.
    """
    holds = (UNITS.c.valid_from <= day) & (UNITS.c.valid_to.is_(None) | (UNITS.c.valid_to > day))
    query = _ALL.where((UNITS.c.level == level) & holds).order_by(UNITS.c.code)
    return with_shapes(read_frame(connection, query))


def unit_links(connection: Connection) -> pd.DataFrame:
    """Read who lies in whom (columns ``LINK``), but for the many grids: nothing is sent to them."""
    columns = (UNITS.c[name] for name in LINK)
    return read_frame(connection, sa.select(*columns).where(UNITS.c.level != "grid"))


def unit_versions(connection: Connection, level: str, day: date) -> pd.DataFrame:
    """Tell which version stands for each unit that ever was of a level, when asked on a day.

    Returns
    -------
    DataFrame
        ``unit_id``, ``code``, ``name``, ``households``, ``area_m2``, ``parent_id`` (a version that
        held with it); ``holds``: it is valid on the day; ``heir``: the newest version of its code
        that had begun by the day, itself without one.
    """
    columns = (
        UNITS.c[n] for n in ("unit_id", "code", "name", "households", "area_m2", "parent_id")
    )
    begun = UNITS.c.valid_from <= day
    holds = begun & (UNITS.c.valid_to.is_(None) | (UNITS.c.valid_to > day))
    query = sa.select(*columns, begun.label("begun"), holds.label("holds"))
    order = UNITS.c.code, UNITS.c.valid_from
    every = read_frame(connection, query.where(UNITS.c.level == level).order_by(*order))
    flags = every.astype({"begun": "bool", "holds": "bool"})
    newest = flags[flags["begun"]].drop_duplicates("code", keep="last").set_index("code")["unit_id"]
    return flags.assign(heir=flags["code"].map(newest).fillna(flags["unit_id"])).drop(
        columns="begun"
    )


def heirs(connection: Connection, day: date) -> dict[int, int]:
    """Tell which version stands for each unit that ever was, of any level, when asked on a day.

    A new edition begins a new id for a unit of which only the households changed: what is kept by
    id is carried on by this table. A unit whose code has no other version stands for itself.
    """
    out: dict[int, int] = {}
    for level in LEVELS:
        versions = unit_versions(connection, level, day)
        out |= zip(versions["unit_id"].astype(int), versions["heir"].astype(int), strict=True)
    return out


def units_below(connection: Connection, names: Collection[str]) -> frozenset[int]:
    """Give the internal ids of units and of all below them, in all editions.

    Parameters
    ----------
    connection
        An open transaction.
    names
        ``level:code`` of each; an appeal of an earlier edition is of the same unit.
    """
    pairs = [tuple(name.partition(":")[::2]) for name in names]
    named = sa.tuple_(UNITS.c.level, UNITS.c.code).in_(pairs)
    below = sa.select(UNITS.c.unit_id).where(named).cte("below", recursive=True)
    children = sa.select(UNITS.c.unit_id).join(below, UNITS.c.parent_id == below.c.unit_id)
    found = connection.execute(sa.select(below.union(children).c.unit_id))
    return frozenset(found.scalars())


def units_within(
    connection: Connection, names: Collection[str], area: Collection[int]
) -> frozenset[str]:
    """Give those units, ``level:code``, of which every edition lies within an area.

    Parameters
    ----------
    connection
        An open transaction.
    names
        ``level:code`` of each; what names no unit lies nowhere.
    area
        Internal ids of the units of the area and of all below them.
    """
    pairs = [tuple(name.partition(":")[::2]) for name in names]
    query = sa.select(UNITS.c.level, UNITS.c.code, UNITS.c.unit_id)
    rows = connection.execute(query.where(sa.tuple_(UNITS.c.level, UNITS.c.code).in_(pairs)))
    found = {(f"{level}:{code}", unit_id in area) for level, code, unit_id in rows}
    return frozenset(name for name, inside in found if inside and (name, False) not in found)


def unit_names(connection: Connection, code: str) -> list[str]:
    """Give ``level:code`` of each unit, of any day, that has this code."""
    query = sa.select(UNITS.c.level).where(UNITS.c.code == code).distinct().order_by(UNITS.c.level)
    return [f"{level}:{code}" for level in connection.execute(query).scalars()]


def named_units(connection: Connection, names: Collection[str]) -> dict[str, str]:
    """Give the newest name of each unit of these ``level:code``, the code where it has none."""
    pairs = [tuple(name.partition(":")[::2]) for name in names]
    query = sa.select(UNITS.c.level, UNITS.c.code, UNITS.c.name).order_by(UNITS.c.valid_from)
    rows = connection.execute(query.where(sa.tuple_(UNITS.c.level, UNITS.c.code).in_(pairs)))
    return {f"{level}:{code}": name or code for level, code, name in rows}


def write_edition(connection: Connection, edition: Edition) -> None:
    """Store what a new edition ends, corrects and begins."""
    for unit_id, values in edition.changes.items():
        connection.execute(UNITS.update().where(UNITS.c.unit_id == unit_id).values(**values))
    if edition.begun:
        connection.execute(UNITS.insert(), edition.begun)


def edition_days(connection: Connection) -> list[date]:
    """List the days on which the set of units changes, ascending."""
    days = sa.union(sa.select(UNITS.c.valid_from), sa.select(UNITS.c.valid_to))
    return sorted(day for day in connection.execute(days).scalars() if day is not None)


def load_boundaries(connection: Connection, day: date) -> Boundaries:
    """Load the units that hold on a day, ready for placing.

    What a thread loaded before is given again as long as the stored units are the same.
    """
    rows = tuple(tuple(row) for row in connection.execute(_ALL))
    begun = max((first for first in edition_days(connection) if first <= day), default=day)
    return _built(threading.get_ident(), begun, rows)


@lru_cache(maxsize=8)
def _built(_thread: int, day: date, rows: tuple[tuple[object, ...], ...]) -> Boundaries:
    # Not for two threads at once: a prepared shape builds its index when it is first asked.
    stored = with_shapes(_frame(_ALL, rows))
    return Boundaries.build(follow_parents(on_day(stored, day), stored))

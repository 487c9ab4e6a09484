"""Units, placements and counts in and out of the database."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Connection, Instant, upsert
from appeals.store import APPEALS, VERSIONS
from geo.locate import Located
from grids.boundaries import COLUMNS, LEVELS, Boundaries, on_day
from grids.cube import CUBE, KEYS, count_rows, net, slice_of, tidy
from grids.editions import LINK, UnitsReport, follow_parents, next_edition, with_sent
from grids.place import CELL_COLUMNS, UNIT_COLUMNS, placement_rows
from grids.rows import OF_VERSION, records, stable, stable_units, typed_rows, with_shapes
from grids.sinks import halves, heaviest, judge, ranked

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
    *(sa.Column(f"{level}_id", sa.ForeignKey("units.unit_id")) for level in LEVELS),
    sa.Column("candidates", sa.Text),  # unit ids in doubt, JSON list
    *(sa.Column(name, sa.BigInteger) for name in CELL_COLUMNS),
    sa.Column("sent_unit_id", sa.ForeignKey("units.unit_id")),  # 派单口径: the unit of 承办单位
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

SINKS = sa.Table(
    "sinks",
    METADATA,
    sa.Column("lon", sa.Float, primary_key=True),  # WGS84 degrees, as stored in placements
    sa.Column("lat", sa.Float, primary_key=True),
    sa.Column("half_year", sa.Date, primary_key=True),  # its first day; see grids.sinks
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("flagged_at", Instant, nullable=False),
)

_COUNTED = (
    *(VERSIONS.c[name] for name in ("local_day", "local_hour", "class_code", "kind")),
    *(PLACEMENTS.c[name] for name in (*UNIT_COLUMNS, *CELL_COLUMNS, "sent_unit_id")),
)
_ROW = (
    *(PLACEMENTS.c[name] for name in ("serial", "lon", "lat", *UNIT_COLUMNS, *CELL_COLUMNS)),
    *(VERSIONS.c[name] for name in OF_VERSION),
    *(APPEALS.c[name] for name in ("source", "source_id")),
)
_VERSIONS = PLACEMENTS.join(VERSIONS, VERSIONS.c.serial == PLACEMENTS.c.serial)
_APPEALS = _VERSIONS.join(APPEALS, APPEALS.c.appeal_id == VERSIONS.c.appeal_id)
_IS_CURRENT = APPEALS.c.current == VERSIONS.c.serial


def _frame(connection: Connection, statement: sa.Select[Any]) -> pd.DataFrame:
    columns = list(statement.selected_columns)
    # Plain tuples: pandas asks each row object for attributes that it does not have.
    rows = [tuple(row) for row in connection.execute(statement)]
    frame = pd.DataFrame(rows, columns=[column.name for column in columns], dtype=object)
    # Never by way of a float: a cell has 60 bits.
    types = {c.name: "Int64" for c in columns if isinstance(c.type, sa.Integer)}
    types |= {c.name: "float64" for c in columns if isinstance(c.type, sa.Float)}
    return frame.astype(types)


def _all_units(connection: Connection) -> gpd.GeoDataFrame:
    return with_shapes(_frame(connection, sa.select(*(UNITS.c[name] for name in COLUMNS))))


def add_units(
    connection: Connection,
    layer: gpd.GeoDataFrame,
    level: str,
    valid_from: date,
    *,
    jurisdiction: str = "000000",
) -> UnitsReport:
    """Bring in an edition of one level's units, by the rules of :mod:`grids.editions`.

    Parameters
    ----------
    layer, level, valid_from, jurisdiction
        Of :func:`grids.read.read_layer`; of ``LEVELS``; first day on which the edition holds;
        six digits, prefix of codes that are made.

    Raises
    ------
    BoundaryError
        Two units have one code, or the level has later units already.
    """
    edition = next_edition(layer, level, valid_from, _all_units(connection), jurisdiction)
    for unit_id, values in edition.changes.items():
        connection.execute(UNITS.update().where(UNITS.c.unit_id == unit_id).values(**values))
    if edition.begun:
        connection.execute(UNITS.insert(), edition.begun)
    return edition.report


def load_boundaries(connection: Connection, day: date) -> Boundaries:
    """Load the units that hold on a day, ready for placing."""
    stored = _all_units(connection)
    return Boundaries.build(follow_parents(on_day(stored, day), stored))


def edition_days(connection: Connection) -> list[date]:
    """List the days on which the set of units changes, ascending."""
    days = sa.union(sa.select(UNITS.c.valid_from), sa.select(UNITS.c.valid_to))
    return sorted(day for day in connection.execute(days).scalars() if day is not None)


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
    frame = _frame(connection, query)
    if frame.empty:
        return net([])
    # Nothing is sent to a grid, and there are many of them.
    links = sa.select(*(UNITS.c[name] for name in LINK)).where(UNITS.c.level != "grid")
    return count_rows(with_sent(frame, _frame(connection, links)), sign)


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
    query = sa.select(*_COUNTED).select_from(_VERSIONS)
    of = PLACEMENTS.c.serial.in_
    old = _count(connection, query.where(of(old_serials)), -1)
    new = _count(connection, query.where(of(new_serials)))
    moved = net([old, new]) if len(old) else new
    upsert(connection, COUNTS, records(moved), add=["n"])
    fallen = moved.loc[moved["n"] < 0, list(KEYS)].add_prefix("the_")
    if len(fallen):
        same = [COUNTS.c[key] == sa.bindparam(f"the_{key}") for key in KEYS]
        connection.execute(COUNTS.delete().where(*same, COUNTS.c.n == 0), records(fallen))


def cube(
    connection: Connection,
    area_kind: str,
    first_day: date,
    last_day: date,
    reading: str = "lies",
    classes: Collection[str] | None = None,
    kinds: Collection[str] | None = None,
) -> pd.DataFrame:
    """Read counts of one kind of area and one reading, from the first day to the last.

    Parameters
    ----------
    area_kind, reading
        Of :data:`grids.cube.AREA_KINDS`; of :data:`grids.cube.READINGS`.
    first_day, last_day
        Local days, both included.
    classes, kinds
        Exactly these class codes, these kinds; ``None``: all.

    Returns
    -------
    DataFrame
        The columns ``grids.cube.CUBE``, sorted by them.
    """
    query = sa.select(*(COUNTS.c[name] for name in CUBE)).where(
        COUNTS.c.area_kind == area_kind,
        COUNTS.c.reading == reading,
        COUNTS.c.local_day.between(first_day, last_day),
        sa.true() if classes is None else COUNTS.c.class_code.in_(list(classes)),
        sa.true() if kinds is None else COUNTS.c.kind.in_(list(kinds)),
    )
    return tidy(_frame(connection, query))


def cube_as_of(
    connection: Connection,
    moment: datetime,
    area_kind: str,
    first_day: date,
    last_day: date,
    reading: str = "lies",
) -> pd.DataFrame:
    """Read counts as :func:`cube` gave them at an aware moment, from the versions until then."""
    later = VERSIONS.alias("later")
    replaced = sa.exists().where(
        later.c.appeal_id == VERSIONS.c.appeal_id,
        later.c.serial > VERSIONS.c.serial,
        later.c.recorded_at <= moment,
    )
    days = VERSIONS.c.local_day.between(first_day, last_day)
    until = days & (VERSIONS.c.recorded_at <= moment) & ~replaced
    query = sa.select(*_COUNTED).select_from(_VERSIONS).where(until)
    return slice_of(_count(connection, query), area_kind, reading)


def recount(connection: Connection) -> None:
    """Make the counts anew from the current versions, half a year at a time."""
    connection.execute(COUNTS.delete())
    for first, last in _halves(connection):
        query = sa.select(*_COUNTED).select_from(_APPEALS).where(_IS_CURRENT)
        rows = _count(connection, query.where(VERSIONS.c.local_day.between(first, last)))
        upsert(connection, COUNTS, records(rows), add=["n"])


def _halves(connection: Connection) -> list[tuple[date, date]]:
    day = VERSIONS.c.local_day  # each end by itself, so that the index gives it
    first = connection.execute(sa.select(sa.func.min(day))).scalar()
    last = connection.execute(sa.select(sa.func.max(day))).scalar()
    return list(halves(first, last)) if first is not None and last is not None else []


def find_sinks(
    connection: Connection, now: datetime, first_day: date | None = None
) -> list[tuple[float, float, int]]:
    """Judge anew which coordinates are sinks (see :mod:`grids.sinks`) and flag them.

    Parameters
    ----------
    now, first_day
        Recorded with the flags; judge only half-years that end on this day or later, ``None``: all.

    Returns
    -------
    list of (lon, lat, n)
        All that are flagged, WGS84 degrees, with their cases; most cases first.
    """
    point = PLACEMENTS.c.lon, PLACEMENTS.c.lat
    is_pin = PLACEMENTS.c.level == "point"
    n = sa.func.count().label("n")
    caller = sa.func.coalesce(VERSIONS.c.caller_hash, sa.cast(VERSIONS.c.serial, sa.Text))
    days, callers = (sa.func.count(what.distinct()) for what in (VERSIONS.c.local_day, caller))
    pins = sa.select(*point, n, days.label("days"), callers.label("callers"))
    texts = sa.select(*point, VERSIONS.c.address, n)
    for first, last in _halves(connection):
        if first_day is not None and last < first_day:
            continue
        mine = VERSIONS.c.local_day.between(first, last) & _IS_CURRENT & is_pin
        every = pins.select_from(_APPEALS).where(mine).group_by(*point)
        heavy = heaviest(_frame(connection, every))
        theirs = PLACEMENTS.c.lon.in_(heavy["lon"].tolist())
        said = texts.select_from(_APPEALS).where(mine, theirs)
        addresses = _frame(connection, said.group_by(*point, VERSIONS.c.address))
        found = judge(heavy, addresses).assign(half_year=first, flagged_at=now)
        connection.execute(SINKS.delete().where(SINKS.c.half_year == first))
        upsert(connection, SINKS, records(found))
    return ranked(_frame(connection, sa.select(SINKS.c.lon, SINKS.c.lat, SINKS.c.n)))


def appeal_rows(connection: Connection, first_day: date, last_day: date) -> pd.DataFrame:
    """Read the current versions of some local days, both included.

    Returns
    -------
    DataFrame
        One row an appeal, sorted by time, source and the source's id, with ``grids.rows.COLUMNS``:
        unit ids and cells are ``Int64``, ``received_at`` UTC, ``lon`` and ``lat`` WGS84 degrees;
        ``sink``: the point is flagged and belongs in no point layer.
    """
    sink = sa.exists().where(SINKS.c.lon == PLACEMENTS.c.lon, SINKS.c.lat == PLACEMENTS.c.lat)
    query = sa.select(*_ROW, sink.label("sink")).select_from(_APPEALS)
    query = query.where(_IS_CURRENT, VERSIONS.c.local_day.between(first_day, last_day))
    return typed_rows(_frame(connection, query))


def newest_serial(connection: Connection) -> int:
    """Tell the serial of the newest version that has a place, 0 where there is none."""
    return connection.execute(sa.select(sa.func.max(PLACEMENTS.c.serial))).scalar() or 0


def stable_rows(connection: Connection) -> Iterator[tuple[str, dict[str, object]]]:
    """Give what is stored as table and row, sorted, without serials, unit ids and moments."""
    stored = _all_units(connection)
    named = APPEALS.c.source, APPEALS.c.source_id, VERSIONS.c.version
    yield from stable_units(stored)
    placements = _frame(connection, sa.select(*named, *PLACEMENTS.c).select_from(_APPEALS))
    yield from stable("placements", placements, stored)
    yield from stable("counts", _frame(connection, sa.select(COUNTS)), stored)
    yield from stable("sinks", _frame(connection, sa.select(SINKS)), stored)

"""Units, placements, counts and sinks in and out of the database.

The face of the room's stores: what is kept by :mod:`grids.units` and :mod:`grids.counts` is known
here too.
"""

from collections.abc import Collection, Iterator
from datetime import date, datetime

import geopandas as gpd
import pandas as pd
import sqlalchemy as sa

from appeals.database import METADATA, Connection, Instant, upsert
from appeals.store import APPEALS, VERSIONS
from grids.counts.store import (
    COUNTS,
    IS_CURRENT,
    PLACED_APPEALS,
    PLACEMENTS,
    about,
    add_placements,
    counted_days,
    cube,
    cube_as_of,
    half_years,
    known_at,
    move_counts,
    recount,
)
from grids.cube import DAY_ONLY
from grids.editions import UnitsReport, next_edition, with_sent
from grids.handled.store import HANDLED, UNITS_OF_ROW
from grids.place import CELL_COLUMNS, UNIT_COLUMNS
from grids.rows import COLUMNS, OF_VERSION, records, stable, stable_units, typed_rows
from grids.sinks import heaviest, judge, ranked
from grids.units.store import (
    UNITS,
    all_units,
    edition_days,
    heirs,
    load_boundaries,
    read_frame,
    unit_links,
    unit_versions,
    write_edition,
)

__all__ = [
    "COUNTS", "ON_SINK", "PLACEMENTS", "SINKS", "UNITS", "add_placements", "add_units",
    "appeal_rows", "counted_days", "counted_rows", "cube", "cube_as_of", "edition_days",
    "find_sinks", "fresh_rows", "heirs", "load_boundaries", "move_counts", "newest_serial",
    "recount", "sink_counts", "sinks_within", "stable_rows", "unit_versions",
]  # fmt: skip

SINKS = sa.Table(
    "sinks",
    METADATA,
    sa.Column("lon", sa.Float, primary_key=True),  # WGS84 degrees, as stored in placements
    sa.Column("lat", sa.Float, primary_key=True),
    sa.Column("half_year", sa.Date, primary_key=True),  # its first day; see grids.sinks
    sa.Column("n", sa.Integer, nullable=False),
    sa.Column("flagged_at", Instant, nullable=False),
)

_ROW = (
    *(PLACEMENTS.c[name] for name in ("serial", "lon", "lat", *UNIT_COLUMNS, *CELL_COLUMNS)),
    *(VERSIONS.c[name] for name in OF_VERSION),
    *(APPEALS.c[name] for name in ("source", "source_id")),
)
_OF_COUNTED = (
    "appeal_id", "serial", "local_day", "local_hour", "class_code", "kind", "subject",
    "caller_hash",
)  # fmt: skip
_PLACED = ("lon", "lat", *UNIT_COLUMNS, *CELL_COLUMNS, "sent_unit_id")
# Many appeals may be set by hand to one place: no geocoder gave it for want of a better one.
_BY_SOURCE = PLACEMENTS.c.how.is_distinct_from("hand")
_AT_SINK = SINKS.c.lon == PLACEMENTS.c.lon, SINKS.c.lat == PLACEMENTS.c.lat
ON_SINK = sa.exists().where(*_AT_SINK, _BY_SOURCE)


def add_units(
    connection: Connection,
    layer: gpd.GeoDataFrame,
    level: str,
    valid_from: date,
    *,
    jurisdiction: str = "000000",
) -> UnitsReport:
    """Bring in an edition of one level's units, by the rules of :mod:`grids.editions`.

    Appeals of its days that are counted below a unit they were sent to are counted anew, because
    another unit may lie above it now. Placements stay as they are.

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
    stored = all_units(connection)
    edition = next_edition(layer, level, valid_from, stored, jurisdiction)
    write_edition(connection, edition)
    held = stored.loc[stored["level"] == level, "valid_from"]
    # Appeals older than the first edition are placed by the first.
    since = valid_from if (held < valid_from).any() else date.min
    sent = (COUNTS.c.reading == "sent") & (COUNTS.c.area_kind != "city")
    touched = sa.select(sa.exists().where(sent, COUNTS.c.local_day >= since))
    if (edition.changes or edition.begun) and connection.execute(touched).scalar():
        recount(connection, since)
    return edition.report


def find_sinks(
    connection: Connection, now: datetime, first_day: date = date.min
) -> list[tuple[float, float, int]]:
    """Judge anew which coordinates are sinks (see :mod:`grids.sinks`) and flag them.

    Parameters
    ----------
    now, first_day
        Recorded with the flags; judge only half-years that end on this day or later.

    Returns
    -------
    list of (lon, lat, n)
        All that are flagged, WGS84 degrees, with their cases; most cases first.
    """
    point = PLACEMENTS.c.lon, PLACEMENTS.c.lat
    is_pin = (PLACEMENTS.c.level == "point") & _BY_SOURCE
    n = sa.func.count().label("n")
    caller = sa.func.coalesce(VERSIONS.c.caller_hash, sa.cast(VERSIONS.c.serial, sa.Text))
    days, callers = (sa.func.count(what.distinct()) for what in (VERSIONS.c.local_day, caller))
    pins = sa.select(*point, n, days.label("days"), callers.label("callers"))
    texts = sa.select(*point, VERSIONS.c.address, n)
    for first, last in half_years(connection, first_day):
        mine = VERSIONS.c.local_day.between(first, last) & IS_CURRENT & is_pin
        every = pins.select_from(PLACED_APPEALS).where(mine).group_by(*point)
        heavy = heaviest(read_frame(connection, every))
        theirs = PLACEMENTS.c.lon.in_(heavy["lon"].tolist())
        said = texts.select_from(PLACED_APPEALS).where(mine, theirs)
        addresses = read_frame(connection, said.group_by(*point, VERSIONS.c.address))
        found = judge(heavy, addresses).assign(half_year=first, flagged_at=now)
        connection.execute(SINKS.delete().where(SINKS.c.half_year == first))
        upsert(connection, SINKS, records(found))
    return ranked(read_frame(connection, sa.select(SINKS.c.lon, SINKS.c.lat, SINKS.c.n)))


def sink_counts(
    connection: Connection,
    cell_column: str,
    days: tuple[date, date],
    class_code: str | None = None,
    kinds: Collection[str] | None = None,
    *,
    keep: Collection[str] = (),
) -> pd.DataFrame:
    """Count the appeals on sinks by cell and day.

    Parameters
    ----------
    cell_column
        ``cell_8``, ``cell_9`` or ``cell_10``.
    days, class_code, kinds
        First and last local day, both included; count this class and those below it, these kinds;
        ``None``: all.
    keep
        Of ``kind`` and ``hour``: what is kept apart.

    Returns
    -------
    DataFrame
        ``area``, ``local_day``, those kept, ``n``.
    """
    cell = PLACEMENTS.c[cell_column]
    column_of = {"hour": "local_hour"}
    kept = [VERSIONS.c[column_of.get(name, name)].label(name) for name in keep]
    asked = VERSIONS.c.local_day.between(*days), *about(VERSIONS, class_code, kinds)
    query = (
        sa.select(cell.label("area"), VERSIONS.c.local_day, *kept, sa.func.count().label("n"))
        .select_from(PLACED_APPEALS)
        .where(IS_CURRENT, cell.is_not(None), ON_SINK, *asked)
        .group_by(cell, VERSIONS.c.local_day, *kept)
    )
    found = read_frame(connection, query)
    return found.fillna({"hour": DAY_ONLY}) if "hour" in keep else found


def appeal_rows(
    connection: Connection, first_day: date, last_day: date, known_by: datetime | None = None
) -> pd.DataFrame:
    """Read the current versions of some local days, both included.

    Parameters
    ----------
    connection
        An open transaction.
    first_day, last_day
        Local days.
    known_by
        Read the versions that were current at this aware moment; now without it.

    Returns
    -------
    DataFrame
        One row an appeal, sorted by time, source and the source's id, with ``grids.rows.COLUMNS``:
        unit ids and cells are ``Int64``, ``received_at`` UTC, ``lon`` and ``lat`` WGS84 degrees;
        ``sink``: the point is flagged and belongs in no point layer.
    """
    query = sa.select(*_ROW, ON_SINK.label("sink")).select_from(PLACED_APPEALS)
    current = IS_CURRENT if known_by is None else known_at(known_by)
    query = query.where(current, VERSIONS.c.local_day.between(first_day, last_day))
    return typed_rows(read_frame(connection, query))


def counted_rows(
    connection: Connection,
    days: tuple[date, date],
    class_code: str | None = None,
    kinds: Collection[str] | None = None,
    *,
    of: tuple[str, Collection[int]] | None = None,
) -> pd.DataFrame:
    """Read the appeals behind the counts, one by one, with what tells repeats.

    Parameters
    ----------
    days, class_code, kinds
        First and last local day, both included; read this class and those below it, these kinds;
        ``None``: all.
    of
        Kind of area and its ids, all of one place: what lies in it or was sent to it or below it.

    Returns
    -------
    DataFrame
        What :func:`grids.cube.count_rows` takes, with ``appeal_id``, ``serial``, ``subject``,
        ``caller_hash``, ``lon`` and ``lat`` (WGS84 degrees, missing where the place is coarse) and
        ``sink``; unit ids are ``Int64``.
    """
    own = *(VERSIONS.c[name] for name in _OF_COUNTED), *(PLACEMENTS.c[name] for name in _PLACED)
    asked = VERSIONS.c.local_day.between(*days), *about(VERSIONS, class_code, kinds)
    query = sa.select(*own, ON_SINK.label("sink")).select_from(PLACED_APPEALS)
    if of is not None:
        kind, ids = of
        column = kind if kind in CELL_COLUMNS else f"{kind}_id"
        sent = PLACEMENTS.c.sent_unit_id.in_(ids)
        query = query.where(PLACEMENTS.c[column].in_(ids) | sent)
    frame = read_frame(connection, query.where(IS_CURRENT, *asked).order_by(VERSIONS.c.serial))
    numbers = dict.fromkeys(("local_hour", *UNIT_COLUMNS, *CELL_COLUMNS), "Int64")
    typed = frame.astype(numbers | {"sink": "bool", "lon": "float64", "lat": "float64"})
    return with_sent(typed, unit_links(connection))


def sinks_within(connection: Connection, days: tuple[date, date]) -> pd.DataFrame:
    """List the sinks on which appeals of some days lie.

    Returns
    -------
    DataFrame
        ``lon``, ``lat`` (WGS84 degrees), ``street_id``, ``community_id`` (``Int64``), ``n``; most
        appeals first.
    """
    keys = [PLACEMENTS.c[name] for name in ("lon", "lat", "street_id", "community_id")]
    query = sa.select(*keys, sa.func.count().label("n")).select_from(PLACED_APPEALS)
    query = query.where(IS_CURRENT, ON_SINK, VERSIONS.c.local_day.between(*days)).group_by(*keys)
    found = read_frame(connection, query).astype({"street_id": "Int64", "community_id": "Int64"})
    return found.sort_values(["n", "lon", "lat"], ascending=[False, True, True], ignore_index=True)


def fresh_rows(connection: Connection, after: int) -> list[tuple[object, ...]]:
    """Read the current versions above a serial, of whatever day, as plain rows.

    A few at a time are read many times a second, so no frame is made of them.

    Returns
    -------
    list of tuple
        ``grids.rows.COLUMNS`` of each, ``None`` where there is nothing.
    """
    by_name = {column.name: column for column in (*_ROW, ON_SINK.label("sink"))}
    query = sa.select(*(by_name[name] for name in COLUMNS)).select_from(PLACED_APPEALS)
    query = query.where(IS_CURRENT, VERSIONS.c.serial > after)
    return [tuple(row) for row in connection.execute(query)]


def newest_serial(connection: Connection, known_by: datetime | None = None) -> int:
    """Tell the serial of the newest version that has a place (at a moment), 0 without one."""
    query = sa.select(sa.func.max(PLACEMENTS.c.serial))
    if known_by is not None:
        query = query.join(VERSIONS, VERSIONS.c.serial == PLACEMENTS.c.serial)
        query = query.where(VERSIONS.c.recorded_at <= known_by)
    return connection.execute(query).scalar() or 0


def stable_rows(connection: Connection) -> Iterator[tuple[str, dict[str, object]]]:
    """Give what is stored as table and row, sorted, without serials, unit ids and moments."""
    stored = all_units(connection)
    named = APPEALS.c.source, APPEALS.c.source_id, VERSIONS.c.version
    yield from stable_units(stored)
    placements = read_frame(
        connection, sa.select(*named, *PLACEMENTS.c).select_from(PLACED_APPEALS)
    )
    yield from stable("placements", placements, stored)
    yield from stable("counts", read_frame(connection, sa.select(COUNTS)), stored)
    handled = read_frame(connection, sa.select(HANDLED))
    units = handled[list(UNITS_OF_ROW)]
    handled[list(UNITS_OF_ROW)] = units.mask(units == 0)
    yield from stable("handled", handled, stored)
    yield from stable("sinks", read_frame(connection, sa.select(SINKS)), stored)

"""Views in a PostGIS database that QGIS opens directly.

They hold what a planner may see and no more: the units that hold now, and the newest month that was
published. A role that is named gets these and nothing else; views run with their owner's rights, so
the role needs none on the tables behind them.
"""

import re
from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa

from appeals.database import Connection
from appeals.errors import InputError, NotFound
from grids.boundaries import LEVELS
from grids.publications.store import LEVELS as PUBLISHED_LEVELS

SCHEMA: Final = "wangge_gis"

_ROLE: Final = re.compile(r"[a-z_][a-z0-9_]{0,62}")

# The index and the views say the same words, so that a map's box is found by the index.
_SHAPE: Final = "ST_Multi(ST_GeomFromWKB({of}geometry, 4326))::geometry(MultiPolygon, 4326)"
_HOLDS: Final = "u.valid_from <= current_date AND (u.valid_to IS NULL OR u.valid_to > current_date)"


def make_views(connection: Connection, reader: str | None = None) -> list[str]:
    """Make or renew the views, in the caller's transaction.

    Parameters
    ----------
    connection
        To PostgreSQL with the extension PostGIS.
    reader
        A role of the database that may read the views.

    Returns
    -------
    list of str
        Their names.

    Raises
    ------
    InputError
        The database is not PostgreSQL, or the role's name is none.
    NotFound
        PostGIS is not installed, or there is no such role.
    """
    _check(connection, reader)
    names = []
    for statement in (f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE", f"CREATE SCHEMA {SCHEMA}"):
        connection.execute(sa.text(statement))
    shape = _SHAPE.format(of="")
    connection.execute(
        sa.text(f"CREATE INDEX IF NOT EXISTS ix_units_gis ON units USING gist (({shape}))")
    )
    for name, query in _views():
        connection.execute(sa.text(f"CREATE VIEW {SCHEMA}.{name} AS {query}"))
        names.append(f"{SCHEMA}.{name}")
    if reader is not None:
        # The views call functions of PostGIS, which stand in a schema that may be closed.
        home = "SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'postgis'"
        schema = connection.execute(sa.text(home)).scalar_one()
        connection.execute(sa.text(f"GRANT USAGE ON SCHEMA {schema} TO {reader}"))
        connection.execute(sa.text(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {reader}"))
        connection.execute(sa.text(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {reader}"))
    return names


def drop_views(connection: Connection) -> None:
    """Take the views and their index away."""
    _check(connection, None)
    connection.execute(sa.text(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"))
    connection.execute(sa.text("DROP INDEX IF EXISTS ix_units_gis"))


def _views() -> Iterator[tuple[str, str]]:
    shape = _SHAPE.format(of="u.")
    for level in LEVELS:
        yield (
            f"units_{level}",
            "SELECT u.unit_id, u.code, u.name, p.code AS parent_code, u.valid_from, u.area_m2,"
            f" u.households, u.people, {shape} AS geom"
            " FROM units u LEFT JOIN units p ON p.unit_id = u.parent_id"
            f" WHERE u.level = '{level}' AND {_HOLDS}",
        )
    for level in PUBLISHED_LEVELS:
        # A unit without a row had none; one whose count is null is hidden.
        yield (
            f"published_{level}",
            "SELECT u.unit_id, u.code, u.name, m.first_day, m.last_day,"
            " CASE WHEN c.publication_id IS NULL THEN 0 ELSE c.n END AS n,"
            " c.publication_id IS NOT NULL AND c.n IS NULL AS hidden,"
            f" u.households, {shape} AS geom"
            " FROM (SELECT * FROM publications WHERE reading = 'lies'"
            " ORDER BY last_day DESC, publication_id DESC LIMIT 1) m"
            f" JOIN units u ON u.level = '{level}' AND u.valid_from <= m.last_day"
            " AND (u.valid_to IS NULL OR u.valid_to > m.last_day)"
            " LEFT JOIN published c ON c.publication_id = m.publication_id"
            f" AND c.level = '{level}' AND c.area = u.unit_id AND c.class_code = ''",
        )


def _check(connection: Connection, reader: str | None) -> None:
    if connection.dialect.name != "postgresql":
        raise InputError(
            "views for GIS programs need PostgreSQL with PostGIS; this database is"
            f" {connection.dialect.name}: take `wangge export` or /ogc"
        )
    installed = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if connection.execute(installed).first() is None:
        raise NotFound("the database has no PostGIS: its owner says CREATE EXTENSION postgis")
    if reader is None:
        return
    if not _ROLE.fullmatch(reader):
        raise InputError("reader: a role's name is small letters, digits and _")
    there = sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name")
    if connection.execute(there, {"name": reader}).first() is None:
        raise NotFound(f"the database has no role {reader}: its owner says CREATE ROLE {reader}")

"""Views for QGIS in a real PostGIS: what a planner may see, by the index, and nothing else."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from appeals.database import Connection, Engine, writing
from appeals.errors import InputError, NotFound
from grids.gis.store import drop_views, make_views
from grids.publications.store import publish
from grids.store import load_boundaries
from tests.grids.town import NOW, bring_town

READER = "wangge_test_planner"


def rows(connection: Connection, query: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(sa.text(query))]


@pytest.fixture
def gis(engine: Engine) -> Iterator[Connection]:
    """A town in PostGIS with a published month, and a role that may read the views."""
    if engine.dialect.name != "postgresql":
        pytest.skip("views are PostgreSQL's")
    with writing(engine) as connection:
        if not rows(connection, "SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'"):
            pytest.skip("PostGIS is not installed beside this server")
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS postgis"))
        connection.execute(sa.text(f"CREATE ROLE {READER}"))
        bring_town(connection)
        left, right, _ = load_boundaries(connection, date(2024, 2, 29)).frame("community")[
            "unit_id"
        ]
        cells = pd.DataFrame(
            {
                "level": "community",
                "area": [left, right],
                "class_code": "",
                "n": pd.array([12, None], dtype="Int64"),
            }
        )
        publish(connection, cells, date(2024, 2, 1), date(2024, 2, 29), "lies", NOW)
        yield connection
        connection.rollback()


def test_units_stand_with_their_borders_and_are_found_by_a_box(gis: Connection) -> None:
    made = make_views(gis, READER)

    assert len(made) == 7
    assert rows(
        gis,
        "SELECT code, name, ST_SRID(geom), GeometryType(geom), ST_XMin(geom)"
        " FROM wangge_gis.units_street ORDER BY code",
    ) == [
        ("990101001", "左街道", 4326, "MULTIPOLYGON", 111.0),
        ("990101002", "右街道", 4326, "MULTIPOLYGON", 111.01),
    ]
    # GIS programs ask for the kind of shape here.
    assert (4326, "MULTIPOLYGON") in rows(
        gis, "SELECT srid, type FROM geometry_columns WHERE f_table_schema = 'wangge_gis'"
    )
    gis.execute(sa.text("SET LOCAL enable_seqscan = off"))
    plan = rows(
        gis,
        "EXPLAIN SELECT * FROM wangge_gis.units_street"
        " WHERE geom && ST_MakeEnvelope(111, 30, 111.005, 30.01, 4326)",
    )
    assert "ix_units_gis" in str(plan)


def test_a_hidden_count_stays_hidden_and_a_missing_one_is_nothing(gis: Connection) -> None:
    make_views(gis)

    assert rows(gis, "SELECT n, hidden FROM wangge_gis.published_community ORDER BY code") == [
        (12, False),
        (None, True),
        (0, False),
    ]


def test_the_reader_sees_the_views_and_no_table(gis: Connection) -> None:
    make_views(gis, READER)
    gis.execute(sa.text(f"SET LOCAL ROLE {READER}"))

    assert rows(gis, "SELECT count(*) FROM wangge_gis.units_community") == [(3,)]
    with pytest.raises(sa.exc.ProgrammingError, match="permission denied"):
        gis.execute(sa.text("SELECT count(*) FROM versions"))


def test_making_them_again_renews_them_and_they_can_be_taken_away(gis: Connection) -> None:
    assert make_views(gis) == make_views(gis)
    drop_views(gis)

    assert rows(gis, "SELECT 1 FROM pg_namespace WHERE nspname = 'wangge_gis'") == []


@pytest.mark.parametrize(
    ("reader", "error"), [("nobody_knows", NotFound), ("a; DROP TABLE units", InputError)]
)
def test_a_role_that_is_none_is_refused(
    gis: Connection, reader: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        make_views(gis, reader)


def test_another_database_says_what_to_take_instead(engine: Engine) -> None:
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            with pytest.raises(NotFound, match="CREATE EXTENSION postgis"):
                make_views(connection)
        else:
            with pytest.raises(InputError, match="/ogc"):
                make_views(connection)

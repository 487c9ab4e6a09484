"""Appeals as points: whose they are decides what of them stands on a map."""

from collections.abc import Iterator
from datetime import date

import pytest
import sqlalchemy as sa

from appeals.database import Connection, Engine, writing
from appeals.privacy import Role, Viewer
from grids.points.store import FIELDS, read_points
from grids.store import PLACEMENTS
from tests.grids.town import bring_town, version

LEFT, RIGHT = (111.005, 30.005), (111.015, 30.005)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with writing(engine) as connection:
        bring_town(connection)
        version(connection, "1", lon=LEFT[0], lat=LEFT[1], address="槐花巷8号院3号楼2单元501室")
        version(connection, "2", lon=RIGHT[0], lat=RIGHT[1], address="电厂路1号")
        yield connection


def points(connection: Connection, role: Role, *area: int) -> list[tuple[object, object]]:
    found = read_points(connection, Viewer("somebody", role, frozenset(area)), limit=10)
    return [(one["lon"], one["lat"]) for one in found]


def test_the_desk_sees_every_point_the_newest_first(connection: Connection) -> None:
    assert points(connection, Role.OPERATOR) == [RIGHT, LEFT]


def test_a_street_and_a_grid_see_their_own_points_alone(connection: Connection) -> None:
    mine = PLACEMENTS.c.lon == LEFT[0]
    street = connection.execute(sa.select(PLACEMENTS.c.street_id).where(mine)).scalar_one()
    grid = street  # the town has no grids: any unit may stand for one
    connection.execute(PLACEMENTS.update().where(mine).values(grid_id=grid))

    assert points(connection, Role.STREET, street) == [LEFT]
    assert points(connection, Role.GRID, grid) == [LEFT]
    assert points(connection, Role.STREET) == points(connection, Role.GRID) == []


@pytest.mark.parametrize("role", [Role.PLANNER, Role.PUBLIC, Role.LOG, Role.LIAISON])
def test_who_may_not_know_where_sees_no_appeal(connection: Connection, role: Role) -> None:
    assert points(connection, role) == []


def test_a_point_has_its_fields_and_no_door_no_words_no_caller(connection: Connection) -> None:
    found = read_points(connection, Viewer("值班员", Role.OPERATOR), limit=10)

    assert set(found[1]) == set(FIELDS)
    assert found[1]["address"] == "槐花巷8号院3号楼"


def test_days_classes_and_the_limit_narrow_the_points(connection: Connection) -> None:
    me = Viewer("值班员", Role.OPERATOR)
    (newest,) = read_points(connection, me, limit=1)
    day = newest["local_day"]
    assert isinstance(day, date)

    assert len(read_points(connection, me, days=(day, day), limit=10)) == 2
    assert read_points(connection, me, days=(date(1999, 1, 1), date(1999, 1, 2)), limit=10) == []
    assert read_points(connection, me, class_code="没有这一类", limit=10) == []
    assert len(read_points(connection, me, class_code=str(newest["class_code"]), limit=10)) == 2

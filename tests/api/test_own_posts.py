"""Which posts somebody may answer for where an alert crosses the border of two streets."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.duty.roster import Contact, Post, Seat, Shift
from alerts.duty.store import write_roster
from alerts.store import ALERT_APPEALS, ALERTS
from appeals.database import Engine, writing
from appeals.seals import KeyRing
from appeals.store import APPEALS
from geo.cells import cell
from tests.api.accounts import ORIGIN, STREET, Door, open_door
from tests.api.conftest import NOW

OWN, OTHER = "甲街道值班室", "乙街道值班室"


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    """Alert 1 is a cluster of both streets, most of it in 乙街道, whose post is asked in."""
    posts = [Post(OWN, "街乡镇", STREET), Post(OTHER, "街乡镇", "street:990101002")]
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        with writing(database) as connection:
            write_roster(connection, posts, [Contact("x", "某", "")], [shift("x")])
            numbers = list(connection.execute(sa.select(APPEALS.c.appeal_id)).scalars())
            behind = [{"alert_id": 1, "appeal_id": one} for one in (numbers[0], *numbers[1:8:2])]
            area = {"kind": "cluster", "area_kind": "cell_9", "area": cell(111.025, 30.005, 9)}
            connection.execute(sa.update(ALERTS).where(ALERTS.c.alert_id == 1).values(area))
            connection.execute(sa.insert(ALERT_APPEALS), behind)
        yield door


def shift(person: str) -> Shift:
    return Shift(OTHER, Seat.OFFICER, person, NOW - timedelta(hours=1), NOW + timedelta(hours=9))


def call_in(door: Door) -> None:
    door.come_as("duty_officer")
    said = {"who": "x", "duties": ["街乡镇"], "reason": "请到场"}
    answer = door.client.post("/api/alerts/1/call-in", json=said, headers=ORIGIN)
    assert answer.status_code == 200, answer.text


def receive(door: Door) -> Any:
    door.come_as("street_official")
    (asked,) = door.client.get("/api/alerts/1").json()["asked"]
    said = {"who": "x", "post": asked["post"]}
    answer = door.client.post("/api/alerts/1/receive", json=said, headers=ORIGIN)
    assert asked["mine"] is (answer.status_code == 200), answer.text
    return asked["post"], answer.status_code


def test_a_street_does_not_acknowledge_for_its_neighbour_who_was_asked(door: Door) -> None:
    call_in(door)

    assert receive(door) == (OTHER, 403)


def test_a_street_acknowledges_for_its_own_post(door: Door) -> None:
    with writing(door.engine) as connection:
        write_roster(connection, [Post(OTHER, "街乡镇", STREET)], [], [])
        connection.execute(sa.update(ALERTS).values(area_kind="street", area=1))
    call_in(door)

    door.come_as("street_official")
    posts = {one["post"] for one in door.client.get("/api/alerts/1").json()["asked"] if one["mine"]}
    assert posts == {OWN, OTHER}


def test_whoever_sits_at_the_neighbours_post_acknowledges_for_it(door: Door) -> None:
    with writing(door.engine) as connection:
        contacts = [Contact("street_official", "某人", "street_official")]
        write_roster(connection, [], contacts, [shift("street_official")])
    call_in(door)

    assert receive(door) == (OTHER, 200)

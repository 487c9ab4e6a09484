"""The many calls of one person are told to the hotline desk alone."""

from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from alerts.duty.roster import Contact, Post, Roster
from alerts.duty.store import write_roster
from alerts.levels import read_levels
from alerts.response.act import Said, make_move
from alerts.response.follow import Follower
from alerts.response.moves import Move
from alerts.rooms.store import room_of
from alerts.routing import Matter, read_routing, told_posts
from alerts.store import ALERTS
from appeals.database import open_database, upgrade_schema, writing
from appeals.errors import Conflict
from tests.alerts.told import OPENED_AT, add_alert

ROUTING = read_routing()
POSTS = [
    Post("市值班室", "值班"),
    Post("公安岗", "公安"),
    Post("政法岗", "政法"),
    Post("应急岗", "应急"),
]
DUTIES = ("公安", "政法", "应急")


def told(cases: int, callers: int, severity: float = 2) -> set[str]:
    matter = Matter(1, "sensitive", "x", severity, "yellow", DUTIES, (), cases, callers)
    found = told_posts(matter, ROUTING, Roster(tuple(POSTS), ()), OPENED_AT, at_once=False)
    return {one.post for one in found}


def test_police_and_politics_are_not_told_of_one_persons_many_calls_the_desk_is() -> None:
    assert told(3, 1) == {"市值班室", "应急岗"}
    assert told(3, 2) == {"公安岗", "政法岗", "应急岗"}
    assert told(2, 1) == {"公安岗", "政法岗", "应急岗"}


def test_where_life_is_in_danger_it_does_not_matter_how_often_somebody_calls() -> None:
    assert told(5, 1, severity=3) == {"市值班室", "公安岗", "政法岗", "应急岗"}


def test_neither_room_nor_invitation_gets_around_it(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'wangge.db'}")
    upgrade_schema(engine)
    now = OPENED_AT + timedelta(minutes=1)
    with writing(engine) as connection:
        add_alert(connection, 1, level="yellow")
        detail = '{"named": "样板市", "family": "x", "severity": 2, "duties": ["公安", "应急"]}'
        values = {"cases": 6, "callers": 1, "detail": detail}
        connection.execute(sa.update(ALERTS).values(values))
        write_roster(connection, POSTS, [Contact("甲", "甲", "", "")], [])
        Follower(read_levels(), ROUTING).published(connection, 1, None, now)
        assert room_of(connection, 1) == ["应急"]

        asked = Said("甲", now, "会商", detail={"duties": ["公安"]})
        with pytest.raises(Conflict, match="hotline desk alone"):
            make_move(connection, 1, Move.CALL_IN, asked, ROUTING)
        assert room_of(connection, 1) == ["应急"]
    engine.dispose()

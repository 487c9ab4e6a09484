"""Rooms of alerts: a liaison sees what concerns their duty while it lives, and what it was told."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import Request

from alerts.duty.roster import Contact, Post, Seat, Shift
from alerts.duty.store import write_roster
from alerts.rooms.store import let_in, room_of
from alerts.store import ALERTS, EVENTS
from api import follower as following
from api.admission import viewer_now
from api.app import create_app
from api.follower import Follower
from api.routes import stream
from api.routes.stream import follow
from appeals.database import Engine, reading, writing
from appeals.people.roles import StaffRole
from appeals.people.store import Person, add_person, change_person
from appeals.privacy import REACH, Reach, Role, Viewer
from appeals.seals import KeyRing
from appeals.sessions.store import end_sessions
from tests.api.accounts import STREET, Door, hashed, open_door
from tests.api.conftest import NOW
from wangge.settings import Settings

HEADLINE = "甲街道施工噪声突增"
PLACES = (
    "alerts", "alerts/feed.atom", "alerts/{}", "alerts/{}/cap.xml", "alerts/{}/appeals",
    "reports/month?date=2026-03-08", "reports/day?date=2026-03-09", "layers/street",
)  # fmt: skip
OTHER = "street:990101002"
MINUTE = timedelta(minutes=1)


def person(login: str, *duties: str, areas: tuple[str, ...] = ()) -> Person:
    return Person(login, "联络员", (StaffRole.LIAISON,), areas, duties)


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    people = (
        person("gas", "应急"), person("police", "公安"), person("none"),
        person("near", "应急", areas=(STREET,)), person("far", "应急", areas=(OTHER,)),
    )  # fmt: skip
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        with writing(database) as connection:
            for one in people:
                said = {"password": hashed(), "factor": None, "by": "test", "now": NOW}
                add_person(connection, one, **said)  # type: ignore[arg-type]
        yield door


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.03)
    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.01)


def seen(door: Door, login: str) -> set[int]:
    door.come_as(login)
    listed = {one["id"] for one in door.client.get("/api/alerts").json()["items"]}
    for number in (1, 2, 3):
        for place in (one for one in PLACES if "{}" in one):
            known = door.client.get(f"/api/{place.format(number)}").status_code == 200
            assert known is (number in listed), (place, number)
    return listed


def test_a_liaison_reads_what_concerns_their_duty_and_lies_in_their_area(door: Door) -> None:
    with writing(door.engine) as connection:
        let_in(connection, 1, ["应急"], told=False)
        let_in(connection, 2, ["应急", "公安"])

    assert seen(door, "gas") == {1, 2}
    assert seen(door, "near") == {1, 2}
    assert seen(door, "far") == set()
    assert seen(door, "police") == {2}
    assert seen(door, "none") == set()
    assert seen(door, "duty_officer") == {1, 2, 3}


@pytest.mark.parametrize(
    ("change", "left"),
    [({"state": "lifted"}, {2}), ({"historical": True}, {2}), ({"aside": "known"}, {2})],
)
def test_what_only_concerned_them_is_theirs_while_it_lives_what_was_told_stays(
    door: Door, change: dict[str, object], left: set[int]
) -> None:
    with writing(door.engine) as connection:
        let_in(connection, 1, ["应急"], told=False)
        let_in(connection, 2, ["应急"])
        connection.execute(sa.update(ALERTS).values(change))

    assert seen(door, "gas") == left


def test_whoever_was_told_is_not_made_only_concerned_again(door: Door) -> None:
    with writing(door.engine) as connection:
        let_in(connection, 1, ["应急"])
        let_in(connection, 1, ["应急", "公安", ""], told=False)
        connection.execute(sa.update(ALERTS).values(state="lifted"))
        assert room_of(connection, 1) == ["公安", "应急"]

    assert seen(door, "gas") == {1}
    assert seen(door, "police") == set()


def test_whoever_sits_at_a_post_comes_with_its_duty_as_long_as_the_shift_lasts(door: Door) -> None:
    shift = Shift("公安岗", Seat.DEPUTY, "none", NOW - timedelta(hours=1), NOW + timedelta(hours=1))
    with writing(door.engine) as connection:
        let_in(connection, 1, ["公安"])
        contacts = [Contact("none", "联络员", "none")]
        write_roster(connection, [Post("公安岗", "公安")], contacts, [shift])

    assert seen(door, "none") == {1}
    door.later(hours=1)
    assert seen(door, "none") == set()


def stream_of(door: Door) -> AsyncGenerator[bytes]:
    """The stream of whoever has signed in, which goes on by the request that began it."""
    app: Any = door.client.app
    cookie = "; ".join(f"{name}={value}" for name, value in door.client.cookies.items())
    route = SimpleNamespace(path="/api/alerts/stream")
    scope = {
        "type": "http", "method": "GET", "path": route.path, "route": route, "app": app,
        "query_string": b"", "headers": [(b"host", b"testserver"), (b"cookie", cookie.encode())],
    }  # fmt: skip
    request = Request(scope)
    viewer = viewer_now(request)
    assert viewer is not None
    return follow(Follower(app.state.desk), viewer, None, lambda: viewer_now(request))


async def heard(parts: AsyncGenerator[bytes]) -> str:
    """The next event and its position, or ``quiet``."""
    for _ in range(10):
        part = (await anext(parts)).decode()
        if "event: " in part:
            fields = dict(line.split(": ", 1) for line in part.strip().splitlines())
            return f"{fields['event']} {fields['id']}"
    return "quiet"


def publish(door: Door, position: int) -> None:
    with writing(door.engine) as connection:
        event = {"position": position, "alert_id": 1, "what": "updated", "at": NOW}
        connection.execute(sa.insert(EVENTS), event)


@pytest.mark.usefixtures("quick")
def test_the_stream_asks_anew_who_reads_when_a_shift_ends_or_begins(door: Door) -> None:
    shifts = [
        Shift("公安岗", Seat.DEPUTY, "none", NOW + begin * MINUTE, NOW + end * MINUTE)
        for begin, end in ((-60, 5), (15, 60))
    ]
    with writing(door.engine) as connection:
        let_in(connection, 1, ["公安"])
        contacts = [Contact("none", "联络员", "none")]
        write_roster(connection, [Post("公安岗", "公安")], contacts, shifts)
    door.come_as("none")

    async def listen() -> list[str]:
        parts = stream_of(door)
        assert (await anext(parts)).endswith(b": here\n\n")
        publish(door, 4)
        told = [await heard(parts)]
        door.later(minutes=10)  # the shift is over
        told.append(await heard(parts))
        publish(door, 5)
        told.append(await heard(parts))
        door.later(minutes=10)  # the next one has begun
        told.append(await heard(parts))
        publish(door, 6)
        return [*told, await heard(parts)]

    told = asyncio.run(asyncio.wait_for(listen(), 10))

    assert told == ["alert 4", "resync 4", "quiet", "resync 5", "alert 6"]


@pytest.mark.usefixtures("quick")
def test_the_stream_of_a_session_that_has_ended_ends(door: Door) -> None:
    door.come_as("gas")

    async def listen() -> int:
        n = 0
        async for _ in stream_of(door):
            n += 1
            with writing(door.engine) as connection:
                end_sessions(connection, "gas")
        return n

    assert asyncio.run(asyncio.wait_for(listen(), 10)) == 1


def test_no_page_file_report_or_layer_names_an_alert_to_a_strange_duty(door: Door) -> None:
    with writing(door.engine) as connection:
        let_in(connection, 1, ["应急"])
    addresses = [f"/api/{one.format(1)}" for one in PLACES]
    addresses += ["/hotspots/file", "/ogc/collections/alerts/items", "/api/channels"]

    told = {}
    for login in ("gas", "police", "duty_officer"):
        door.come_as(login)
        answers = [door.client.get(one) for one in addresses]
        told[login] = {number for number in (1, 2, 3) for one in answers
                       if f"{HEADLINE}{number}" in one.text}  # fmt: skip

    assert told == {"gas": {1}, "police": set(), "duty_officer": {1, 2, 3}}


def test_the_stream_tells_each_sight_its_own(database: Engine) -> None:
    with writing(database) as connection:
        let_in(connection, 2, ["应急"])
    app = create_app(database, Settings())
    follower = Follower(app.state.desk)

    def told(*duties: str) -> list[int]:
        viewer = Viewer("x", Role.RESPONDER, duties=frozenset(duties))
        return [position for position, _ in follower.after(viewer, 0)[1]]

    assert told("应急") == [2]
    assert told("公安") == []
    assert told() == []


def test_every_role_has_a_reach_and_only_the_desk_reads_all() -> None:
    assert set(REACH) == set(Role)
    assert {role for role in Role if REACH[role] is Reach.ALL} == {Role.OPERATOR}


def test_a_liaison_may_have_an_area_and_changes_it(door: Door) -> None:
    with writing(door.engine) as connection:
        let_in(connection, 1, ["应急"])
        moved = replace(person("far", "应急"), areas=(STREET,))
        change_person(connection, moved, by="test", now=NOW)

    assert seen(door, "far") == {1}
    with reading(door.engine) as connection:
        assert room_of(connection, 3) == []

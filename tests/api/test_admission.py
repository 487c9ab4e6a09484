"""Who is let in on each request: pages of other sites, sessions that ended, machines."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from api.admission import viewer_now
from api.app import create_app
from appeals.database import Engine, writing
from appeals.people.roles import Right, StaffRole
from appeals.people.store import change_person, find_person, set_disabled
from appeals.seals import KeyRing
from tests.api.accounts import ORIGIN, PASSWORD, Door, open_door
from tests.api.conftest import NOW, appeal
from wangge.settings import Settings


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        yield door


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://testserver"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {},
    ],
)
def test_a_page_of_another_site_can_do_nothing_with_the_cookie(
    door: Door, headers: dict[str, str]
) -> None:
    door.come_as("duty_officer")
    for method, path, sent in (
        ("POST", "/api/appeals", {"json": {"id": "X"}}),
        ("POST", "/api/appeals", {"content": b'{"id": "X"}'}),
        ("POST", "/api/alerts/1/verdict", {"json": {"verdict": "true", "who": "x"}}),
        ("DELETE", "/api/session", {}),
        ("POST", "/api/session", {"json": {"login": "planner", "password": PASSWORD}}),
    ):
        answer = door.client.request(method, path, headers=headers, **sent)
        assert answer.status_code == 403, (method, path)
    assert door.client.get("/api/session").status_code == 200


def test_a_page_of_another_site_can_do_nothing_without_accounts_either(client: TestClient) -> None:
    foreign = {"Origin": "http://elsewhere.example"}
    said = {"verdict": "true", "who": "x"}

    assert client.post("/api/alerts/1/verdict", json=said, headers=foreign).status_code == 403
    assert client.post("/api/alerts/1/verdict", json=said).status_code == 200


def test_without_accounts_a_name_that_was_made_to_point_here_is_not_answered(
    database: Engine,
) -> None:
    app = create_app(database, Settings(), hosts=frozenset({"127.0.0.1", "::1", "localhost"}))
    for host in ("127.0.0.1:8000", "localhost:8000", "[::1]:8000"):
        with TestClient(app, base_url=f"http://{host}") as client:
            assert client.get("/api/appeals").status_code == 200, host
    with TestClient(app, base_url="http://elsewhere.example:8000") as client:
        assert client.get("/api/appeals").status_code == 403
        assert client.get("/").status_code == 403


def test_a_disabled_person_a_right_taken_away_and_a_session_too_old_end_at_once(door: Door) -> None:
    door.come_as("duty_officer")
    assert door.client.get("/api/alerts").status_code == 200
    with writing(door.engine) as connection:
        found = find_person(connection, "duty_officer")
        assert found is not None
        planner = replace(found[0], roles=(StaffRole.PLANNER,))
        change_person(connection, planner, by="test", now=NOW)
    assert door.client.get("/api/alerts").status_code == 403
    assert door.client.get("/api/units/990101001").status_code == 200
    with writing(door.engine) as connection:
        set_disabled(connection, "duty_officer", disabled=True, by="test", now=NOW)
    assert door.client.get("/api/overview").status_code == 401

    door.come_as("leader")
    door.later(minutes=59)
    assert door.client.get("/api/overview").status_code == 200
    door.later(minutes=59)
    assert door.client.get("/api/overview").status_code == 200  # it was in use meanwhile
    door.later(minutes=61)
    assert door.client.get("/api/overview").status_code == 401


def test_a_live_stream_ends_with_the_right_to_it(door: Door) -> None:
    door.come_as("duty_officer")
    cookie = f"wangge={door.client.cookies['wangge']}".encode()
    scope = {
        "type": "http", "method": "GET", "path": "/api/alerts/stream", "headers": [
            (b"cookie", cookie), (b"host", b"testserver")],
        "app": door.client.app, "query_string": b"",
        "route": type("Route", (), {"path": "/api/alerts/stream"}),
    }  # fmt: skip
    request = Request(scope)

    assert asyncio.run(asyncio.to_thread(viewer_now, request)) is not None
    with writing(door.engine) as connection:
        set_disabled(connection, "duty_officer", disabled=True, by="test", now=NOW)
    assert asyncio.run(asyncio.to_thread(viewer_now, request)) is None


def test_a_machine_comes_by_header_alone_and_does_what_its_scopes_say(door: Door) -> None:
    intake, monitor = door.token(Right.INTAKE), door.token(Right.MONITOR, Right.LOCATE)
    secret = intake["Authorization"].removeprefix("Bearer ")
    sent = appeal(900)

    assert door.client.post("/api/appeals?datum=wgs84", json=sent).status_code == 401
    answer = door.client.post("/api/appeals?datum=wgs84", json=sent, headers=intake)
    assert answer.status_code == 201
    assert door.client.get("/metrics", headers=monitor).status_code == 200
    assert door.client.get("/metrics", headers=intake).status_code == 403
    assert door.client.get("/api/appeals", headers=intake).status_code == 403
    for name in ("token", "access_token", "authorization"):
        assert door.client.get(f"/metrics?{name}={secret}").status_code == 401
    for wrong in ("Bearer", f"Basic {secret}", f"Bearer {secret}x", f"bearer{secret}"):
        headers = {"Authorization": wrong}
        door.come_as("duty_officer")  # a cookie beside it does not help
        assert door.client.get("/api/appeals", headers=headers).status_code == 401, wrong


def test_who_places_and_judges_is_the_person_and_not_a_name_that_is_typed(door: Door) -> None:
    door.come_as("duty_officer")
    said = {"who": "somebody else", "reason": "与承办单位核实"}

    placed = door.client.post(
        "/api/appeals/1/place", json=said | {"unit": "990101001"}, headers=ORIGIN
    )
    judged = door.client.post(
        "/api/alerts/1/verdict", json=said | {"verdict": "true"}, headers=ORIGIN
    )

    assert (placed.status_code, judged.status_code) == (200, 200)
    assert judged.json()["verdict_by"] == "duty_officer"
    done = door.acts()
    assert {act for _, act in done} >= {"place by hand", "verdict true"}
    assert {actor for actor, _ in done} == {"duty_officer"}

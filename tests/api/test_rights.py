"""Which role may call which route: every one of them, tried."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.app import create_app
from api.rights import ROUTES
from appeals.database import Engine, open_database, writing
from appeals.people.roles import ROLE_WORDS, Right, StaffRole, rights_of
from appeals.seals import KeyRing
from appeals.tokens.store import SCOPES
from grids.store import PLACEMENTS
from tests.api.accounts import ORIGIN, Door, open_door
from tests.api.conftest import PLANTED
from wangge.settings import Settings

FILLED = {"code": "990101001", "level": "street"}  # any other part of an address is a number
ASKED = {"GET /api/place": "?lon=111.005&lat=30.005"}
WORDS = ("工地半夜施工", *PLANTED.values())
SEES_WORDS = {
    StaffRole.DUTY_OFFICER,
    StaffRole.LEADER,
    StaffRole.STREET_OFFICIAL,
    StaffRole.STREET_LEADER,
}


def routes_of(app: FastAPI) -> Iterator[APIRoute]:
    """All routes of the application, those of included routers too."""
    waiting: list[Any] = list(app.routes)
    while waiting:
        route = waiting.pop()
        if isinstance(route, APIRoute):
            yield route
        waiting += getattr(getattr(route, "original_router", None), "routes", [])


@pytest.fixture(scope="module")
def names() -> list[str]:
    app = create_app(open_database("sqlite://"), Settings())
    return [f"{method} {route.path}" for route in routes_of(app) for method in route.methods or ()]


def test_every_route_has_a_row_and_every_row_a_route(names: list[str]) -> None:
    assert sorted(names) == sorted(ROUTES)
    assert len(names) > 20


def test_nothing_but_files_is_served_beside_the_routes() -> None:
    app = create_app(open_database("sqlite://"), Settings())
    others = [route for route in app.routes if not hasattr(route, "original_router")]

    assert [getattr(route, "path", None) for route in others] == ["/static"]


def test_a_route_without_a_row_serves_nobody(
    database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        door.come_as("duty_officer")
        assert door.client.get("/api/alerts").status_code == 200
        monkeypatch.delitem(ROUTES, "GET /api/alerts")
        assert door.client.get("/api/alerts").status_code == 500


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        yield door


def walked() -> Iterator[tuple[str, str, str]]:
    """Name, method and path of each route that ends and that sessions and tokens open."""
    for name in sorted(ROUTES, key=lambda name: name.startswith("DELETE")):  # of the own session
        method, path = name.split(" ")
        # The stream's right is that of the list; Open311 has keys of its own.
        if path != "/api/alerts/stream" and not path.startswith("/open311"):
            path = re.sub(r"\{(\w+)(:\w+)?\}", lambda part: FILLED.get(part[1], "1"), path)
            yield name, method, path + ASKED.get(name, "")


def test_no_route_that_changes_anything_listens_to_a_page_of_another_site(door: Door) -> None:
    door.come_as("duty_officer")
    for name, method, path in walked():
        if method != "GET":
            for headers in ({}, {"Origin": "https://elsewhere.example"}):
                answer = door.client.request(method, path, headers=headers, json={})
                assert answer.status_code == 403, name
    assert door.client.get("/api/session").status_code == 200


def test_a_token_opens_what_its_scope_says_and_one_that_is_over_nothing(door: Door) -> None:
    token = door.token(Right.MONITOR)
    for name, method, path in walked():
        if ROUTES[name] is not None:
            answer = door.client.request(method, path, headers=token)
            open_to_it = ROUTES[name] is Right.MONITOR
            assert (answer.status_code == 403) is not open_to_it, name
            assert answer.status_code < 500, name
    door.later(days=2)
    for name, method, path in walked():
        if ROUTES[name] is not None:
            assert door.client.request(method, path, headers=token).status_code == 401, name


@pytest.mark.parametrize("role", StaffRole)
def test_a_role_may_what_the_table_says_and_sees_no_planted_word_without_a_right(
    door: Door, role: StaffRole
) -> None:
    rights = rights_of([role])
    assert ROLE_WORDS[role]
    door.come_as(role.value)
    for name, method, path in walked():
        answer = door.client.request(method, path, headers=ORIGIN)

        right = ROUTES[name]
        allowed = right is None or right in rights
        # An empty body is not understood, and there is not each thing of the number 1; but only a
        # route that let somebody in says so.
        assert (answer.status_code == 403) is not allowed, name
        assert answer.status_code < 500, name
        for word in WORDS[1:]:
            assert word not in answer.text, name
        if role not in SEES_WORDS:
            assert WORDS[0] not in answer.text, name


@pytest.mark.parametrize("role", ["street_official", "grid_worker"])
def test_a_role_of_another_area_sees_less_of_the_same_row(door: Door, role: str) -> None:
    # Every second appeal, from the first on, lies in the holder's street.
    if role == "grid_worker":  # the town has no grids: the streets stand in for them
        with writing(door.engine) as connection:
            same = sa.update(PLACEMENTS).values(grid_id=PLACEMENTS.c.street_id)
            connection.execute(same)
    door.come_as(role)
    items = door.client.get("/api/appeals?limit=40").json()["items"]
    with_words = {item["appeal_id"] % 2 for item in items if "text" in item}
    assert with_words == ({1} if role == "grid_worker" else {0, 1})
    seen = {
        item["appeal_id"]: door.client.get(f"/api/appeals/{item['appeal_id']}").json()
        for item in items[:6]
    }

    for number, one in seen.items():
        own = number % 2 == 1
        assert ("lon" in one["place"]) == own, number
        assert ("address" in one) == (role == "grid_worker")
        assert ("text" in one) == (own or role == "street_official")
        assert not {"street_id", "grid_id"} & set(one)


@pytest.mark.parametrize("role", ["planner", "liaison", "system_admin", "security_admin"])
def test_who_has_no_right_to_appeals_reads_none_and_no_place_of_one(door: Door, role: str) -> None:
    door.come_as(role)
    for path in ("/api/appeals", "/api/appeals/1", "/api/appeals/1/trail", "/api/aliases"):
        assert door.client.get(path).status_code == 403


def test_alerts_stand_on_the_map_of_hot_spots_for_those_who_may_see_alerts(door: Door) -> None:
    headline = "甲街道施工噪声突增1"
    for role, there in (("grid_worker", False), ("duty_officer", True)):
        door.come_as(role)
        assert (headline in door.client.get("/hotspots/file").text) is there, role


def test_a_token_sees_what_a_planner_sees_whatever_its_scopes(door: Door) -> None:
    every = door.token(*SCOPES)
    for name in ("/api/units/990101001", "/metrics"):
        answer = door.client.get(name, headers=every)
        assert answer.status_code == 200
        for word in WORDS:
            assert word not in answer.text

"""Signing in, and what is tried against it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from starlette.requests import Request

from api import sign_in
from api.admission import still_admitted
from api.app import create_app
from appeals.audit.chain import first_break
from appeals.audit.store import entries
from appeals.database import Engine, reading, writing
from appeals.people.factor import STEP_S, code_at
from appeals.people.roles import Right, StaffRole
from appeals.people.store import change_person, find_person, set_disabled
from appeals.seals import KeyRing
from tests.api.accounts import ORIGIN, PASSWORD, SECRET, Door, open_door
from tests.api.conftest import NOW, appeal
from wangge.settings import Settings


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        yield door


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords without the slow hash, for tests that try many."""
    monkeypatch.setattr(sign_in, "verify_password", lambda said, _: said == PASSWORD)
    monkeypatch.setattr(sign_in, "_nobodys", lambda _: "nobody")


def given(door: Door) -> str:
    """The cookie that the site gave, beside any that was planted."""
    (found,) = [c.value for c in door.client.cookies.jar if c.domain == "testserver.local"]
    assert found is not None
    return found


def acts(door: Door) -> list[tuple[str, str]]:
    with reading(door.engine) as connection:
        found = list(entries(connection))
    assert first_break(found) is None
    return [(one.actor, one.act) for one in found if one.actor != "test"]


def test_with_the_first_person_nothing_but_the_page_of_signing_in_is_open(door: Door) -> None:
    for path in ("/", "/hotspots", "/metrics", "/api/alerts", "/api/appeals", "/openapi.json"):
        answer = door.client.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["content-type"] == "application/problem+json"
        answer = door.client.get(path, headers={"Accept": "text/html"}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    for path in ("/login", "/health", "/static/login.js"):
        assert door.client.get(path).status_code == 200
    assert door.client.get("/api/alerts/stream").status_code == 401


def test_who_opens_what_is_not_theirs_in_a_browser_reads_why_and_finds_back(door: Door) -> None:
    assert door.sign_in("planner") == 204
    for path, status, words in (
        ("/hotspots", 403, "您的岗位不能查看"),
        ("/nothing", 404, "没有这个页面"),
    ):
        assert door.client.get(path).headers["content-type"] == "application/problem+json"
        answer = door.client.get(path, headers={"Accept": "text/html,*/*"})
        assert answer.status_code == status
        assert words in answer.text
        assert 'href="/login"' in answer.text


def test_who_signs_in_is_known_until_they_sign_out_and_both_are_on_record(door: Door) -> None:
    assert door.sign_in("Duty_Officer ") == 204
    who = door.client.get("/api/session").json()
    assert (who["open"], who["login"], who["roles"]) == (False, "duty_officer", ["值班员"])
    assert door.client.get("/api/appeals").status_code == 200
    mine = dict(door.client.cookies)

    assert door.client.delete("/api/session", headers=ORIGIN).status_code == 204

    assert not door.client.cookies
    door.client.cookies.update(mine)  # as a thief would
    assert door.client.get("/api/appeals").status_code == 401
    assert acts(door) == [("duty_officer", "sign in"), ("duty_officer", "sign out")]


def test_the_cookie_is_out_of_reach_for_scripts_other_sites_and_plain_http(
    database: Engine, tmp_path: Path
) -> None:
    ring = KeyRing.load(tmp_path / "site" / "wangge.key")
    with open_door(database, ring, https=True) as door:
        said = {"login": "planner", "password": PASSWORD}
        answer = door.client.post(
            "https://testserver/api/session", json=said, headers={"Origin": "https://testserver"}
        )
        plain = door.client.post("/api/session", json=said, headers=ORIGIN)

    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-wangge=")
    for word in ("HttpOnly", "SameSite=strict", "Secure", "Path=/"):
        assert word in cookie
    assert "Domain" not in cookie
    assert plain.status_code == 403  # the page was not ours, which is reached by HTTPS alone


@pytest.mark.usefixtures("quick")
def test_a_session_that_was_planted_before_is_not_the_one_after(door: Door) -> None:
    door.client.cookies.set("wangge", "planted-by-somebody")
    assert door.sign_in("planner") == 204
    first = given(door)
    assert first != "planted-by-somebody"

    assert door.sign_in("duty_officer") == 204

    assert given(door) != first
    door.client.cookies.clear()
    door.client.cookies.set("wangge", first)
    assert door.client.get("/api/session").status_code == 401


def test_an_unknown_name_a_wrong_password_a_disabled_person_and_a_wrong_number_look_the_same(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []

    def verify(password: str, stored: str) -> bool:
        hashed.append(stored)
        return password == PASSWORD and not stored.startswith("nobody")

    monkeypatch.setattr(sign_in, "verify_password", verify)
    monkeypatch.setattr(sign_in, "_nobodys", lambda _: "nobody")
    with writing(door.engine) as connection:
        set_disabled(connection, "planner", disabled=True, by="test", now=NOW)
    answers = []
    for login, password, code in (
        ("nobody", PASSWORD, ""),
        ("duty_officer", "wrong", ""),
        ("planner", PASSWORD, ""),
        ("system_admin", PASSWORD, ""),
        ("system_admin", PASSWORD, "000000"),
    ):
        said = {"login": login, "password": password, "code": code}
        answer = door.client.post("/api/session", json=said, headers=ORIGIN)
        answers.append((answer.status_code, answer.content, sorted(answer.headers)))

    assert answers == [answers[0]] * 5
    assert answers[0][0] == 403
    assert len(hashed) == 5  # the same slow work each time
    assert ("unknown", "fail to sign in") in acts(door)
    assert not [actor for actor, _ in acts(door) if actor == "nobody"]


@pytest.mark.usefixtures("quick")
def test_an_administrator_needs_the_number_and_each_number_works_once(door: Door) -> None:
    code = code_at(SECRET, int(NOW.timestamp()) // STEP_S)

    assert door.sign_in("system_admin") == 403
    assert door.sign_in("system_admin", code=code) == 204
    assert door.sign_in("system_admin", code=code) == 403


@pytest.mark.usefixtures("quick")
def test_failures_cost_a_pause_that_ends_for_names_that_exist_and_names_that_do_not(
    door: Door,
) -> None:
    for login in ("duty_officer", "nobody"):
        tried = [door.sign_in(login, "wrong") for _ in range(6)]
        assert tried == [403] * 5 + [429], login
    answer = door.client.post(
        "/api/session", json={"login": "duty_officer", "password": PASSWORD}, headers=ORIGIN
    )
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 6

    door.later(seconds=6)

    assert door.sign_in("duty_officer") == 204


@pytest.mark.usefixtures("quick")
def test_failures_from_elsewhere_do_not_shut_the_owner_out(
    database: Engine, tmp_path: Path
) -> None:
    ring = KeyRing.load(tmp_path / "site" / "wangge.key")
    with open_door(database, ring) as door:
        assert door.sign_in("duty_officer") == 204
        elsewhere = TestClient(door.client.app, client=("10.0.0.9", 1))
        said = {"login": "duty_officer", "password": "wrong"}
        tried = [
            elsewhere.post("/api/session", json=said, headers=ORIGIN).status_code for _ in range(6)
        ]

        assert tried == [403] * 5 + [429]
        assert door.sign_in("duty_officer") == 204
        # And one address that tries many names is paused as such.
        door.later(hours=25)
        names = [said | {"login": f"n{n}"} for n in range(21)]
        many = [elsewhere.post("/api/session", json=one, headers=ORIGIN) for one in names]
        assert [one.status_code for one in many] == [403] * 20 + [429]


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

    assert asyncio.run(asyncio.to_thread(still_admitted, request))
    with writing(door.engine) as connection:
        set_disabled(connection, "duty_officer", disabled=True, by="test", now=NOW)
    assert not asyncio.run(asyncio.to_thread(still_admitted, request))


def test_a_new_password_ends_every_other_session(door: Door) -> None:
    door.come_as("leader")
    other = door.client.cookies["wangge"]
    door.come_as("leader")
    new = {"old": PASSWORD, "new": "another long password"}
    change = "/api/session/password"

    wrong = door.client.post(change, json=new | {"old": "wrong"}, headers=ORIGIN)
    short = door.client.post(change, json=new | {"new": "short"}, headers=ORIGIN)
    assert (wrong.status_code, short.status_code) == (403, 422)
    assert door.client.post(change, json=new, headers=ORIGIN).status_code == 204

    assert door.client.get("/api/session").status_code == 200
    door.client.cookies.clear()
    door.client.cookies.set("wangge", other)
    assert door.client.get("/api/session").status_code == 401
    door.client.cookies.clear()
    assert door.sign_in("leader") == 403
    assert door.sign_in("leader", "another long password") == 204


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
    done = acts(door)
    assert {act for _, act in done} >= {"place by hand", "verdict true"}
    assert {actor for actor, _ in done} == {"duty_officer"}

"""Signing in, and what is tried against it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import sign_in
from appeals.database import Engine, writing
from appeals.errors import Unavailable
from appeals.people.factor import STEP_S, code_at
from appeals.people.store import set_disabled
from appeals.seals import KeyRing
from tests.api.accounts import ORIGIN, PASSWORD, SECRET, Door, open_door
from tests.api.conftest import NOW


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
        ("/api/place?lon=x", 422, "地址中的条件不对"),
    ):
        assert door.client.get(path).headers["content-type"] == "application/problem+json"
        answer = door.client.get(path, headers={"Accept": "text/html,*/*"})
        assert answer.status_code == status
        assert words in answer.text
        assert 'href="/login"' in answer.text


@pytest.mark.parametrize(
    ("error", "status", "words", "refresh"),
    [
        (Unavailable("the database does not answer"), 503, "已收下的诉求、已登记的处置都在", "15"),
        (RuntimeError("欧阳惠兰"), 500, "请把时间和页面名称告知系统管理员", None),
    ],
)
def test_a_page_that_the_server_cannot_make_says_in_chinese_what_is_kept(
    door: Door,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    words: str,
    refresh: str | None,
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("api.admission.caller_of", fail)
    answer = door.client.get("/hotspots", headers={"Accept": "text/html,*/*"})
    assert (answer.status_code, answer.headers.get("refresh")) == (status, refresh)
    assert words in answer.text
    assert "欧阳" not in answer.text
    answer = door.client.get("/api/alerts")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert "refresh" not in answer.headers


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
    assert door.acts() == [("duty_officer", "sign in"), ("duty_officer", "sign out")]


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
    assert ("unknown", "fail to sign in") in door.acts()
    assert not [actor for actor, _ in door.acts() if actor == "nobody"]


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

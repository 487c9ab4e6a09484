"""Signing in by a work app, against one on loopback that keeps its own rules."""

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from api import elsewhere
from api.elsewhere import back_of
from api.work_app import WAY, WorkApp
from appeals.audit.store import latest
from appeals.database import Engine, reading, writing
from appeals.errors import InputError
from appeals.people.store import set_disabled, set_subject
from appeals.seals import KeyRing
from tests.api.accounts import Door, open_door
from tests.api.conftest import NOW
from wangge.provider import read_provider

SECRET, BACK = "geheim-der-app", back_of(WAY)
PHONE = {"User-Agent": "Mozilla/5.0 (Linux; Android 12) wxworklocal/2.6"}


class App(ThreadingHTTPServer):
    """A work app: codes count once, tokens end, faults are numbers in answers of 200."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.here = f"http://127.0.0.1:{self.server_address[1]}"
        self.people: dict[str, dict[str, object]] = {}
        self.tokens = 0
        self.errcode = 0
        self.hangs = False

    def answer(self, path: str, asked: dict[str, str]) -> dict[str, object]:
        if self.errcode:
            return {"errcode": self.errcode, "errmsg": f"hint: {asked}"}
        if path == "/cgi-bin/gettoken":
            if (asked["corpid"], asked["corpsecret"]) != ("ww-city", SECRET):
                return {"errcode": 40001, "errmsg": "invalid credential"}
            self.tokens += 1
            token = f"token-{self.tokens}"
            return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}
        if asked["access_token"] != f"token-{self.tokens}":
            return {"errcode": 42001, "errmsg": "access_token expired"}
        person = self.people.pop(asked["code"], None)
        if person is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {"errcode": 0, "errmsg": "ok", **person}


class _Answers(BaseHTTPRequestHandler):
    server: App

    def do_GET(self) -> None:
        if self.server.hangs:
            time.sleep(0.5)
            return
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = json.dumps(self.server.answer(parts.path, asked)).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def fake() -> Iterator[App]:
    server = App()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def app_at(here: str, secret: str = SECRET) -> WorkApp:
    return WorkApp(
        label="政务微信",
        authorize_url=f"{here}/connect/oauth2/authorize",
        scan_url=f"{here}/wwopen/sso/qrConnect",
        token_url=f"{here}/cgi-bin/gettoken",
        person_url=f"{here}/cgi-bin/auth/getuserinfo",
        corp_id="ww-city",
        agent_id="1000002",
        secret=secret,
        address="http://localhost",
    )


def open_ways(door: Door, way: WorkApp) -> None:
    app: Any = door.client.app
    app.state.desk = replace(app.state.desk, elsewhere={WAY: way})


def bind(door: Door, fake: App, login: str, name: str | None) -> None:
    with writing(door.engine) as connection:
        subject = None if name is None else app_at(fake.here).subject(name)
        set_subject(connection, login, subject, by="test", now=NOW)


@pytest.fixture
def door(database: Engine, tmp_path: Path, fake: App) -> Iterator[Door]:
    ring = KeyRing.load(tmp_path / "site" / "wangge.key")
    with open_door(database, ring) as door:
        open_ways(door, app_at(fake.here))
        bind(door, fake, "leader", "ZhangSan")
        fake.people["good"] = {"userid": "zhangsan"}
        yield door


def go(door: Door, **headers: str) -> dict[str, str]:
    answer = door.client.get(f"/api/session/{WAY}", headers=headers, follow_redirects=False)
    assert answer.status_code == 303
    where = urlsplit(answer.headers["location"])
    asked = {name: values[0] for name, values in parse_qs(where.query).items()}
    assert SECRET not in answer.headers["location"]
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert asked["state"].lower() not in cookie
    return asked | {"path": where.path, "fragment": where.fragment}


def come_back(door: Door, state: str, code: str = "good") -> Any:
    return door.client.get(BACK, params={"state": state, "code": code})


def who(door: Door) -> str | None:
    answer = door.client.get("/api/session")
    return answer.json().get("login") if answer.status_code == 200 else None


def test_who_is_bound_comes_in_once_by_a_code_and_it_is_on_record(door: Door) -> None:
    asked = go(door)

    answer = come_back(door, asked["state"])

    assert answer.status_code == 200
    assert who(door) == "leader"
    with reading(door.engine) as connection:
        (last,) = latest(connection, limit=1)
    assert (last.actor, last.act) == ("leader", "sign in")

    door.client.cookies.clear()
    assert come_back(door, go(door)["state"]).status_code == 403  # the code was used
    assert who(door) is None


def test_a_phone_goes_to_the_app_and_a_desk_gets_a_code_to_scan(door: Door) -> None:
    phone, desk = go(door, **PHONE), go(door)

    assert (phone["path"], phone["fragment"]) == ("/connect/oauth2/authorize", "wechat_redirect")
    assert desk["path"] == "/wwopen/sso/qrConnect"
    for asked in (phone, desk):
        assert (asked["appid"], asked["agentid"]) == ("ww-city", "1000002")
        assert asked["redirect_uri"] == "http://localhost" + BACK
    assert "政务微信登录" in door.client.get("/login").text


@pytest.mark.parametrize("wrong", ["state", "letters", "cookie", "late", "code", "guest", "nobody"])
def test_what_is_not_this_sign_in_of_somebody_here_lets_nobody_in(
    door: Door, fake: App, wrong: str
) -> None:
    state, code = go(door)["state"], "good"
    if wrong == "state":
        state = state[:-1] + ("x" if state[-1] != "x" else "y")
    if wrong == "letters":
        state = "网格"
    if wrong == "cookie":
        door.client.cookies.clear()
    if wrong == "late":
        door.later(minutes=11)
    if wrong == "code":
        code = "never given"
    if wrong == "guest":
        fake.people["good"] = {"openid": "o-17", "external_userid": "zhangsan"}
    if wrong == "nobody":
        fake.people["good"] = {"userid": "lisi"}

    assert come_back(door, state, code).status_code == 403
    assert who(door) is None


def test_older_installations_write_the_name_otherwise(door: Door, fake: App) -> None:
    fake.people["good"] = {"UserId": "ZHANGSAN", "DeviceId": "d"}
    assert come_back(door, go(door)["state"]).status_code == 200


def test_the_servers_token_is_kept_until_it_is_over_or_taken_back(door: Door, fake: App) -> None:
    def again() -> int:
        fake.people["good"] = {"userid": "zhangsan"}
        door.client.cookies.clear()
        assert come_back(door, go(door)["state"]).status_code == 200
        return fake.tokens

    assert [again(), again()] == [1, 1]
    fake.tokens = 5  # the app has made others since and knows the first no more
    assert again() == 6
    door.later(minutes=116)
    assert again() == 7


def test_a_fault_within_an_answer_of_200_is_told_by_its_number_alone(door: Door, fake: App) -> None:
    fake.errcode = 60020

    answer = come_back(door, go(door)["state"])

    assert answer.status_code == 503
    assert "60020" in answer.text
    assert "hint" not in answer.text
    assert SECRET not in answer.text
    fake.errcode = 0
    open_ways(door, app_at(fake.here, secret="another"))
    assert "40001" in come_back(door, go(door)["state"]).text


def test_many_failures_of_one_address_cost_a_pause_and_an_app_that_hangs_is_none(
    door: Door, fake: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = go(door)["state"]
    assert {come_back(door, state, f"guess {n}").status_code for n in range(19)} == {403}
    with monkeypatch.context() as patch:
        patch.setattr(elsewhere, "_TIMEOUT_S", 0.05)
        fake.hangs = True
        assert come_back(door, state).status_code == 503
        fake.hangs = False
    assert come_back(door, state, "guess 20").status_code == 403

    paused = come_back(door, state)

    assert paused.status_code == 429
    assert int(paused.headers["retry-after"]) > 0
    typed = {"login": "leader", "password": "wrong"}
    assert door.client.post("/api/session", json=typed).status_code == 429


def test_who_is_disabled_or_has_a_second_factor_does_not_come_in(door: Door, fake: App) -> None:
    with writing(door.engine) as connection:
        set_disabled(connection, "leader", disabled=True, by="test", now=NOW)
    assert come_back(door, go(door)["state"]).status_code == 403

    bind(door, fake, "leader", None)
    bind(door, fake, "system_admin", "zhangsan")
    fake.people["good"] = {"userid": "zhangsan"}
    assert come_back(door, go(door)["state"]).status_code == 403
    assert who(door) is None


GOOD = "".join(
    f'{name} = "{value}"\n'
    for name, value in {
        "label": "政务微信",
        "authorize_url": "https://app.example/connect/oauth2/authorize",
        "scan_url": "",
        "token_url": "https://app.example/cgi-bin/gettoken",
        "person_url": "https://app.example/cgi-bin/user/getuserinfo?agentid=2",
        "corp_id": "ww",
        "agent_id": "2",
        "secret": "s",
        "address": "https://wangge.example/",
    }.items()
)


@pytest.mark.parametrize(
    ("text", "mode", "why"),
    [
        (GOOD, 0o640, "others may read"),
        (GOOD.replace("https://app.example/cgi", "http://app.example/cgi"), 0o600, "token_url"),
        (GOOD.replace('agent_id = "2"', "agent_id = 2"), 0o600, "each a text"),
        (GOOD.replace('secret = "s"', 'secret = ""'), 0o600, "secret: is empty"),
        (re.sub("corp_id.*\n", "", GOOD), 0o600, "give address"),
    ],
)
def test_a_file_that_is_not_right_says_why(tmp_path: Path, text: str, mode: int, why: str) -> None:
    path = tmp_path / "app.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    with pytest.raises(InputError, match=why):
        read_provider(path, "accounts.work_app", WorkApp)


def test_where_nothing_can_be_scanned_a_desk_goes_to_the_app_too(tmp_path: Path) -> None:
    path = tmp_path / "app.toml"
    path.write_text(GOOD, encoding="utf-8")
    path.chmod(0o600)
    app = read_provider(path, "accounts.work_app", WorkApp)
    assert app is not None
    where, _ = app.begin(KeyRing.create(tmp_path / "wangge.key"), NOW, "Mozilla/5.0")
    assert where.startswith("https://app.example/connect/oauth2/authorize?appid=ww&")
    assert "redirect_uri=https%3A%2F%2Fwangge.example%2Fapi" in where

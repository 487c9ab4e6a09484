"""How the channels stand, as the desk sees it, and what a relay gets."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from alerts.outbox.store import put_notices
from api.app import create_app
from appeals.audit.store import entries
from appeals.database import Engine, reading, writing
from tests.alerts.told import notice
from tests.api.conftest import NOW
from wangge.channels import read_channels
from wangge.counter import Counter
from wangge.outlet import Outlet
from wangge.settings import Settings

TOML = """
[channel."群"]
kind = "none"
network = "政务外网"
on = true

[channel."短信"]
kind = "none"
network = "互联网"
on = true
by = "relay"

[channel."关"]
kind = "none"
network = "互联网"
"""
HOLDER = "border.example:7:1"


@pytest.fixture
def told(database: Engine, tmp_path: Path) -> Iterator[TestClient]:
    (tmp_path / "channels.toml").write_text(TOML, encoding="utf-8")
    channels = read_channels(tmp_path / "channels.toml")
    counter = Counter(database, Settings(), channels, lambda: NOW, ZoneInfo("Asia/Shanghai"))
    with writing(database) as connection:
        old = NOW - timedelta(minutes=6)
        put_notices(connection, [notice(1, channel="群"), notice(1, channel="fax")], old)
        put_notices(connection, [notice(2, channel="短信")], NOW)
    counter.sweep()
    app = create_app(database, Settings(), clock=lambda: NOW, outlet=Outlet(counter, channels))
    with TestClient(app) as client:
        yield client


def test_a_silent_channel_is_shown_as_such_and_dead_letters_beside_it(told: TestClient) -> None:
    shown = told.get("/api/channels").json()

    assert {one["name"]: one["state"] for one in shown["channels"]} == {
        "群": "silent", "短信": "waiting", "关": "off",
    }  # fmt: skip
    (dead,) = shown["dead"]
    assert (dead["channel"], dead["fault"], dead["post"]) == (
        "fax",
        "no such channel",
        "应急联络员岗",
    )
    assert "wang" not in told.get("/api/channels").text

    assert dead["reason"] == "没有这个通道：请核对通知对象表与通道表"
    silent = next(one for one in shown["channels"] if one["name"] == "群")
    assert silent["down"]
    assert silent["reason"].startswith("没有发送程序在取件")
    assert {one["channel"] for one in shown["waiting"]} == {"群", "短信"}

    which = {"position": dead["position"], "who": "甲"}
    assert told.post("/api/channels/again", json=which).status_code == 200
    assert told.get("/api/channels").json()["dead"] == []
    assert told.post("/api/channels/again", json=which).status_code == 409


def test_a_letter_is_given_up_by_hand_and_who_did_and_why_is_on_record(
    told: TestClient, database: Engine
) -> None:
    shown = told.get("/api/channels").json()
    waiting = next(one for one in shown["waiting"] if one["channel"] == "群")
    which = {"position": waiting["position"], "who": "甲", "reason": "已电话通知13900000001"}

    assert told.post("/api/channels/drop", json=which | {"reason": ""}).status_code == 422
    assert told.post("/api/channels/drop", json=which).json()["state"] == "dropped"
    assert told.post("/api/channels/drop", json=which).status_code == 409

    after = told.get("/api/channels").json()
    assert {one["name"]: one["state"] for one in after["channels"]}["群"] == "well"
    with reading(database) as connection:
        last = list(entries(connection))[-1]
    subject = f"message {waiting['position']}"
    assert (last.actor, last.act, last.subject) == ("甲", "drop message", subject)
    assert last.detail == "群: 已电话通知〔电话〕"  # noqa: RUF001


def test_a_relay_pulls_one_sentence_and_says_how_it_went(told: TestClient) -> None:
    asking = {"channel": "短信", "holder": HOLDER}
    given = told.post("/api/relay/next", json=asking).json()

    assert given["outgoing"]["text"] == "您有1条待签收提示（编号2，等级红），请登录查看"
    assert given["outgoing"]["sheet"] is None
    assert given["outgoing"]["document"] == ""
    ended = asking | {"attempt_id": given["attempt_id"], "outcome": "taken"}
    assert told.post("/api/relay/end", json=ended).status_code == 200
    assert told.post("/api/relay/end", json=ended).status_code == 409
    assert told.post("/api/relay/next", json=asking).json() == {"wait_s": 0.5}
    shown = told.get("/api/channels").json()["channels"]
    assert [one["state"] for one in shown if one["name"] == "短信"] == ["well"]


@pytest.mark.parametrize("channel", ["群", "关", "fax"])
def test_a_relay_speaks_by_no_other_channel(told: TestClient, channel: str) -> None:
    asked = told.post("/api/relay/next", json={"channel": channel, "holder": HOLDER})

    assert asked.status_code == 404

"""A planted name, phone, id number and door are found nowhere outside the sealed table."""

import logging
from collections.abc import Callable
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from appeals.database import writing
from appeals.privacy import Role, Viewer
from appeals.store import read_appeals, unseal
from wangge.cli import main
from wangge.site import open_site

Run = Callable[..., Any]
SPEAK = ["--verbose"]


def forms(town: Any) -> list[str]:
    """The planted words, and the ways in which they could be written by mistake."""
    words = list(astuple(town.planted))
    phone = town.planted.phone
    return [
        *words,
        f"{phone[:3]} {phone[3:7]} {phone[7:]}",
        f"{phone[:3]}-{phone[3:7]}-{phone[7:]}",
    ]


def clean(text: str | bytes, town: Any) -> None:
    for word in forms(town):
        for written in (word.encode(), word.encode("gb18030"), ascii(word)[1:-1].encode()):
            data = text.encode() if isinstance(text, str) else text
            assert written not in data


def test_the_walk_would_find_them(walked: Path, town: Any) -> None:
    clean("王某某 13800000001", town)
    with pytest.raises(AssertionError):
        clean(town.appeals.read_bytes(), town)
    site = open_site(walked / "wangge.toml")
    with writing(site.engine) as connection:
        viewer = Viewer("test", Role.OPERATOR)
        rows = read_appeals(connection, viewer, limit=500)
        planted = next(row for row in rows if row["source_id"] == "T00003")
        personal = unseal(
            connection, int(str(planted["serial"])), ring=site.ring(), actor="test",
            reason="proof", now=datetime.now(UTC),
        )  # fmt: skip
    assert (personal.name, personal.phone) == (town.planted.name, town.planted.phone)


def test_no_file_of_the_installation_holds_them(walked: Path, town: Any) -> None:
    files = [path for path in walked.rglob("*") if path.is_file()]

    assert {"wangge.db", "wangge.toml"} <= {path.name for path in files}
    assert any(path.parent.name == "rejects" for path in files)
    for path in files:
        clean(path.read_bytes(), town)


def test_no_answer_and_no_log_of_the_door_holds_them(
    walked: Path, town: Any, caplog: pytest.LogCaptureFixture
) -> None:
    site = open_site(walked / "wangge.toml")
    planted = town.planted
    caplog.set_level(logging.DEBUG)
    with TestClient(create_app(site.engine, site.settings), raise_server_exceptions=False) as door:
        paths = [
            "/", "/hotspots", "/hotspots/file", "/api/hotspots/why?code=990101001",
            "/metrics", "/health", "/api/overview", "/api/alerts",
            "/api/alerts/1", "/api/appeals?limit=500", "/api/layers/street", "/api/hotspots",
            f"/api/units/{planted.phone}", f"/api/appeals?after={planted.phone}",
            f"/{planted.name}",
        ]  # fmt: skip
        appeals = door.get("/api/appeals?limit=500").json()["items"]
        paths += [f"/api/appeals/{one['appeal_id']}" for one in appeals[:60]]
        for path in paths:
            clean(door.get(path).text, town)
        for body in ([{"id": planted.phone, "text": planted.name}], planted.name):
            clean(door.post("/api/appeals", json=body).text, town)
            clean(door.post("/api/locate", json={"texts": body}).text, town)
    # The test client logs the addresses that it calls itself.
    said = [r.getMessage() for r in caplog.records if not r.name.startswith(("httpx", "httpcore"))]
    clean("\n".join(said), town)


def test_a_key_is_written_nowhere(walked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key_text = (walked / "wangge.key").read_text(encoding="utf-8")
    keys = [word for word in key_text.replace('"', " ").split() if len(word) > 30]
    assert keys
    main(["--config", str(walked / "wangge.toml"), "doctor", "--json"])
    out, err = capsys.readouterr()
    for path in walked.rglob("*"):
        if path.is_file() and path.name != "wangge.key":
            assert not any(key.encode() in path.read_bytes() for key in keys)
    assert not any(key in out + err for key in keys)

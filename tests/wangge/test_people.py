"""``wangge users``, ``tokens`` and ``audit`` as an administrator types them."""

import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from appeals.errors import InputError
from wangge.cli import main
from wangge.serve import check_bind
from wangge.site import open_site

PASSWORD = "correct horse battery"
Type = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    assert main(["init", str(tmp_path / "site")]) == 0
    return tmp_path / "site"


@pytest.fixture
def type_(site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    def typed(*words: str, password: str = PASSWORD) -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(password + "\n"))
        capsys.readouterr()
        code = main(["--config", str(site / "wangge.toml"), *words, "--json"])
        out, err = capsys.readouterr()
        assert PASSWORD not in out + err
        return code, json.loads(out) if out else {}

    return typed


ROOT = ("users", "add", "root1", "--name", "管理员", "--role", "system_admin")
WANG = ("users", "add", "wang", "--name", "王某", "--role", "duty_officer", "--duty", "应急")


def test_people_are_made_from_the_terminal_the_first_an_administrator(
    type_: Type, site: Path
) -> None:
    with open_site(site / "wangge.toml") as opened, pytest.raises(InputError, match="users add"):
        check_bind(opened, "0.0.0.0", 1)
    code, refused = type_(*WANG)
    assert code == 1
    assert "first person" in refused["error"]
    code, made = type_(*ROOT)
    assert code == 0
    assert len(made["second_factor"]) == 32
    assert type_(*WANG)[0] == 0
    assert type_(*WANG)[0] == 1  # the name is taken

    people = type_("users", "list")[1]["people"]

    assert [one["login"] for one in people] == ["root1", "wang"]
    assert made["second_factor"] not in json.dumps(people)
    with open_site(site / "wangge.toml") as opened:
        check_bind(opened, "0.0.0.0", 1)


REFUSED = [
    (WANG, "short", "password"),
    (WANG, "", "password"),
    ((*WANG, "--area", "999"), PASSWORD, "no such unit"),
    ((*WANG, "--role", "audit_admin"), PASSWORD, "三员分立"),
    (("users", "add", "li li", "--name", "x", "--role", "planner"), PASSWORD, "login"),
    (("users", "disable", "nobody"), PASSWORD, "no person"),
    (("users", "password", "nobody"), PASSWORD, "no person"),
    (("tokens", "revoke", "nothing"), PASSWORD, "no token"),
    (("audit", "verify", "--head", "nowhere.json"), PASSWORD, "cannot be read"),
]


def test_what_cannot_be_is_refused_with_its_reason(type_: Type) -> None:
    assert type_(*ROOT)[0] == 0
    for words, password, says in REFUSED:
        code, answer = type_(*words, password=password)
        assert code == 1
        assert says in answer["error"]

    assert len(type_("users", "list")[1]["people"]) == 1


def test_roles_duties_and_the_door_are_changed_and_all_of_it_is_on_record(type_: Type) -> None:
    type_(*ROOT)
    type_(*WANG)

    assert type_("users", "change", "wang", "--role", "leader", "--name", "王五")[0] == 0
    code, secured = type_("users", "change", "wang", "--role", "audit_admin")
    assert code == 0
    assert secured["second_factor"]  # an administrator is never without one
    for words in (("disable", "wang"), ("enable", "wang"), ("password", "wang")):
        assert type_("users", *words)[0] == 0
    token = type_("tokens", "add", "feed", "--scope", "intake", "--days", "30")[1]["token"]
    listed = type_("tokens", "list")[1]
    assert listed["tokens"][0]["scopes"] == ["intake"]
    assert token not in json.dumps(listed)
    assert type_("tokens", "revoke", "feed")[0] == 0

    written = type_("audit", "list", "--actor", "terminal")[1]["entries"]

    assert [one["act"] for one in written] == [
        "add person", "add person", "change person", "change person", "set second factor",
        "disable person", "enable person", "set password", "add token", "revoke token",
    ]  # fmt: skip


def test_a_log_that_was_changed_or_cut_off_is_told(type_: Type, site: Path, tmp_path: Path) -> None:
    head = tmp_path / "head.json"
    type_(*ROOT)
    type_(*WANG)
    assert type_("audit", "head", "-o", str(head))[1]["serial"] == 2
    assert type_("audit", "verify", "--head", str(head)) == (0, {"well": True, "entries": 2})

    with sqlite3.connect(site / "wangge.db") as connection:
        connection.execute("DELETE FROM audit WHERE serial = 2")
    assert type_("audit", "verify")[0] == 0
    code, broken = type_("audit", "verify", "--head", str(head))
    assert (code, broken["serial"]) == (1, 2)

    with sqlite3.connect(site / "wangge.db") as connection:
        connection.execute("UPDATE audit SET detail = ''")
    code, broken = type_("audit", "verify")
    connection.close()
    assert (code, broken["serial"], broken["reason"]) == (1, 1, "was changed")

"""Personal fields and their keys on a terminal: a reason, two persons, a new key, all on record."""

import json
from pathlib import Path
from typing import Any

import pytest

from appeals.database import reading
from appeals.privacy import Role, Viewer
from appeals.store import Filters, read_appeals
from wangge.cli import main
from wangge.site import open_site


@pytest.fixture
def config(site: Any, town: Any) -> list[str]:
    folder: Path = site
    config = ["--config", str(folder / "wangge.toml")]
    assert main([*config, "ingest", str(town.appeals), "--datum", "wgs84", "--json"]) == 0
    return config


def planted_number(config: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    with open_site(Path(config[1])) as site, reading(site.engine) as connection:
        viewer, wanted = Viewer("test", Role.OPERATOR), Filters(source_id="T00003")
        (found,) = read_appeals(connection, viewer, filters=wanted)
    return str(found["appeal_id"])


def test_a_field_is_opened_with_a_reason_also_after_the_keys_were_rotated(
    config: list[str], town: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    number = planted_number(config, capsys)
    asked = [*config, "unmask", number, "--field", "phone", "--who", "值班甲", "--json", "--reason"]
    assert main([*asked, "回拨核实情况"]) == 0
    assert json.loads(capsys.readouterr().out)["fields"] == {"phone": town.planted.phone}

    assert main([*config, "keys", "rotate", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["keys"] == 2
    assert main([*asked, "再次回拨核实"]) == 0
    assert json.loads(capsys.readouterr().out)["fields"] == {"phone": town.planted.phone}
    assert main([*config, "doctor"]) == 0
    capsys.readouterr()

    assert main([*config, "audit", "list", "--json"]) == 0
    entries = json.loads(capsys.readouterr().out)["entries"]
    assert [one["act"] for one in entries] == ["unseal", "rotate keys", "unseal"]
    assert entries[0]["actor"] == "terminal: 值班甲"
    assert main([*config, "audit", "verify"]) == 0


@pytest.mark.parametrize(
    ("field", "reason"), [("id_number", "核实身份情况"), ("phone", "无"), ("phone", "   ")]
)
def test_an_id_number_and_what_is_no_reason_are_refused(
    config: list[str], town: Any, capsys: pytest.CaptureFixture[str], field: str, reason: str
) -> None:
    number = planted_number(config, capsys)
    asked = [*config, "unmask", number, "--field", field, "--who", "甲", "--reason", reason]

    assert main(asked) == 1

    out, err = capsys.readouterr()
    assert town.planted.phone not in out + err
    assert town.planted.id_number not in out + err

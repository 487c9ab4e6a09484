"""The alert desk and the roster on a terminal."""

import json
from pathlib import Path

import pytest

from appeals.database import writing
from grids.store import load_boundaries
from tests.api.conftest import NOW, plant_alert
from wangge.cli import main
from wangge.site import open_site, wall_clock


@pytest.fixture
def desk(site: Path) -> list[str]:
    """The options that name an installation with an alert of its first street."""
    opened = open_site(site / "wangge.toml")
    with writing(opened.engine) as connection:
        plant_alert(connection, 1, int(load_boundaries(connection, NOW.date()).ids[0]))
    opened.engine.dispose()
    return ["--config", str(site / "wangge.toml"), "--json"]


@pytest.fixture
def run(desk: list[str], capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    def command(*words: str) -> tuple[int, dict[str, object]]:
        capsys.readouterr()
        code = main([*desk, *words])
        told = capsys.readouterr()
        return code, json.loads(told.out) if code == 0 else {"why": told.out + told.err}

    return command


def test_an_alert_goes_its_whole_way_on_a_terminal(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    begin = wall_clock().date().isoformat()
    roster = tmp_path / "roster.csv"
    roster.write_text(
        f"岗位,职责,班次,姓名,开始,结束\n消防岗,消防,值班员,赵某,{begin} 00:00,{begin} 23:59\n",
        encoding="utf-8",
    )
    assert run("duty", "import", str(roster))[1]["shifts"] == 1
    code, shown = run("duty", "show")
    assert [one["name"] for one in shown["posts"]] == ["消防岗"]
    assert shown["gaps"]

    who = ("--who", "王")
    run("alerts", "verify", "1", "--verdict", "true", "--how", "recall", *who)
    drafted = run(
        "alerts", "assess", "1", "--level", "orange", "--ask", "派员", "--called", "119=03:12", *who
    )  # fmt: skip
    assert (drafted[0], drafted[1]["state"]) == (0, "assessed")
    code, why = run("alerts", "push", "1", *who)
    assert code == 1
    assert "signed by the leader" in str(why["why"])
    assert run("alerts", "sign", "1", *who)[0] == 1  # not one's own
    assert run("alerts", "sign", "1", "--who", "李")[0] == 0
    assert run("alerts", "push", "1", *who)[1]["detail"] == {"told": []}
    assert run("alerts", "acknowledge", "1", "--post", "街道值班室", *who)[0] == 0
    assert run("alerts", "handle", "1", "--reason", "已到场", *who)[0] == 0
    assert run("alerts", "report-back", "1", "--reason", "已办", *who)[0] == 0
    assert run("alerts", "close", "1", *who)[1]["state"] == "lifted"
    review = ("--outcome", "true", "--reason", "无", *who)
    assert run("alerts", "review", "1", *review)[1]["state"] == "reviewed"
    told = run("alerts", "moves", "1")[1]
    assert told["first_line"] == "已通知119（03:12）；110、120、抢修未通知"
    assert [one["move"] for one in told["moves"]] == [
        "verify", "assess", "sign", "push", "receive", "handle", "report_back", "lift", "review",
    ]  # fmt: skip
    assert run("audit", "verify")[0] == 0


def test_what_is_wrong_is_refused_with_its_reason(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    who = ("--who", "王")
    for words, why in (
        (("cancel", "1", *who), "say why"),
        (("close", "1", *who), "cannot lift"),
        (("note", "9", "--reason", "x", *who), "there is no alert 9"),
        (("assess", "1", "--level", "red", "--ask", "x", "--called", "114", *who), "called.114"),
        (("call-in", "1", "--duties", "天文", "--reason", "x", *who), "duties: of"),
        (("merge", "1", "--into", "one", "--reason", "x", *who), "into: "),
        (("merge", "1", "--into", "1", "--reason", "x", *who), "itself"),
    ):
        code, told = run("alerts", *words)
        assert code == 1, words
        assert why in str(told["why"]), words
    bad = tmp_path / "bad.csv"
    bad.write_text("岗位,职责,姓名,开始,结束\n,应急,王,2026-01-01,2026-01-02\n", encoding="utf-8")
    code, told = run("duty", "import", str(bad))
    assert code == 1
    assert "row 1: post: is empty" in str(told["why"])

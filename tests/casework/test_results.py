"""What came of a platform's orders, in that platform's columns."""

import csv
from pathlib import Path

import openpyxl
import pytest

from appeals.database import open_database, upgrade_schema
from appeals.seals import KeyRing
from tests.casework.town import NOW, PHONE, build
from wangge.cli import main

MAPPING = """
source = "12345"
[columns]
id = "案件号"
[results]
result = "办理结果"
state = ""
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the town's database and settings, one order done and one handed back."""
    folder = tmp_path_factory.mktemp("site")
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    upgrade_schema(engine)
    town = build(engine, KeyRing.create(folder / "wangge.key"))
    town.come_as("jia")
    town.move(1, "receive")
    town.move(1, "contact", reached="no_answer")
    town.move(1, "contact", reached="reached")
    town.move(1, "done", photos=2, words=f"=已补上，{PHONE}")
    town.move(2, "receive")
    town.move(2, "hand-back", reason="not_here", words="在三网格")
    engine.dispose()
    (folder / "wangge.toml").write_text('database = "sqlite:///wangge.db"\n', encoding="utf-8")
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return folder


def run(site: Path, *words: str) -> int:
    try:
        return main(["--config", str(site / "wangge.toml"), "results", *words]) or 0
    except SystemExit as end:
        return int(end.code or 0)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_results_go_back_under_the_platforms_own_numbers_and_headers(
    site: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wangge.commands.results.wall_clock", lambda: NOW)
    out = site / f"out.{ending}"

    assert run(site, "-o", str(out), "--mapping", str(site / "mapping.toml")) == 0

    if ending == "csv":
        with out.open(encoding="utf-8-sig", newline="") as stream:
            rows = list(csv.DictReader(stream))
    else:
        sheet = openpyxl.load_workbook(out).active
        assert sheet is not None
        head, *below = [[str(one or "") for one in row] for row in sheet.values]
        rows = [dict(zip(head, row, strict=True)) for row in below]
    assert [one["案件号"] for one in rows] == ["JS0001", "JS0002"]
    first, second = rows
    assert "工单状态" not in first
    # Never a formula, never a number of the caller.
    assert first["办理结果"].startswith("'=已补上")
    assert PHONE not in str(first)
    assert (first["是否联系"], first["联系情况"]) == ("是", "无人接听；已联系")
    assert first["处置完成时间"] == "2026-03-09 12:00:00"
    assert (first["经办人"], first["照片数"]) == ("jia", "2")
    assert (second["是否联系"], second["办理结果"]) == ("否", "在三网格")


def test_results_of_nowhere_are_refused_with_the_reason(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for words, reason in (
        (["-o", str(site / "out.csv")], "source"),
        (["-o", str(site / "out.doc"), "--source", "12345"], ".csv, .xlsx"),
        (["-o", str(site / "no" / "out.csv"), "--source", "12345"], "no folder"),
    ):
        assert run(site, *words) == 1
        assert reason in capsys.readouterr().err
    (site / "mapping.toml").write_text('[results]\ncolour = "色"\n', encoding="utf-8")
    told = ["-o", str(site / "out.csv"), "--source", "1", "--mapping", str(site / "mapping.toml")]
    assert run(site, *told) == 1
    assert "unknown field colour" in capsys.readouterr().err

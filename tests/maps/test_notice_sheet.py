"""《诉求风险提示单》 and 抄告单: what is on record is said; a file tells who took it."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from docx import Document
from openpyxl import load_workbook

from alerts.response.moves import Made, Move
from maps.notice_sheet import BLANK, sheet_of
from maps.report.paper import Paper, Table
from maps.report.write import write_report

NOW = datetime(2026, 3, 9, 3, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
ALERT: Mapping[str, Any] = {
    "alert_id": 7, "kind": "sensitive", "level": "red", "class_code": "火灾燃气/燃气泄漏",
    "headline": "风险性诉求：甲街道 燃气泄漏", "reason": "有2人反映燃气异味。", "cases": 2,
    "callers": 2,
    "detail": {"named": "甲街道"},
}  # fmt: skip
MARK = "值班甲 zhiban1 2026-03-09 03:30"


def made(number: int, move: Move, reason: str = "", **detail: object) -> Made:
    at = datetime(2026, 3, 8, 19, 10 + number, tzinfo=UTC)
    return Made(number, move, "assessed", "red", at, "值班甲", "", reason, detail)


MOVES = (
    made(1, Move.VERIFY, "来电13900000001称有异味", how="recall", verdict="true",
         called={"119": "03:12"}),
    made(2, Move.ASSESS, ask="派员到场", expires_at=(NOW + timedelta(hours=24)).isoformat()),
)  # fmt: skip


def paper(kind: str = "sheet", moves: tuple[Made, ...] = MOVES, to: str = "") -> Paper:
    return sheet_of(ALERT, moves, kind=kind, to=to, office="样板市值班室", made_at=NOW)  # type: ignore[arg-type]


def said(of: Paper) -> dict[str, str]:
    table = next(one for one in of.tables if one.caption == "提示内容")
    return {str(name): str(words) for name, words in table.rows}


def test_a_sheet_says_what_is_on_record_and_what_nobody_knows_is_open() -> None:
    full, empty = said(paper()), said(paper(moves=()))

    assert full["已通知"].startswith("已通知119（03:12）")
    assert full["核实情况"] == "3月9日03:11回访来电人，属实，来电〔电话〕称有异味"  # noqa: RUF001
    assert (full["工作要求"], full["签发"]) == ("派员到场", "待审签")
    assert full["有效至"] == "3月10日03:30"
    assert {empty[one] for one in ("核实情况", "工作要求", "有效至", "主送")} == {"待核实"}
    assert said(paper(moves=(*MOVES, made(3, Move.SIGN))))["签发"] == "值班甲　3月9日03:13"


def test_a_copy_has_a_slip_that_is_filled_in_by_hand_and_sent_back_in_time() -> None:
    copy = paper("copy", to="某医院")

    slip = next(one for one in copy.tables if one.caption == "回执")
    assert {row[1] for row in slip.rows} == {BLANK}
    assert said(copy)["主送"] == "某医院"
    words = "".join(getattr(block, "text", "") for block in copy.blocks)
    assert "请于3月9日04:00前填写并传回样板市值班室" in words
    assert not any(isinstance(block, Table) and block.caption == "回执" for block in paper().blocks)


@pytest.mark.parametrize("form", ["docx", "pdf", "xlsx", "html"])
def test_every_form_carries_who_took_it_and_none_where_nobody_is_known(
    form: str, tmp_path: Path
) -> None:
    for mark in (MARK, ""):
        path = tmp_path / f"sheet{mark and 1}.{form}"
        write_report(replace(paper("copy"), mark=mark), path)
        assert (MARK in _mark_of(path, form)) is bool(mark)


def _mark_of(path: Path, form: str) -> str:
    if form == "docx":
        return "".join(part.header._element.xml for part in Document(str(path)).sections)
    if form == "xlsx":
        headers = [sheet.oddHeader for sheet in load_workbook(path)]
        return "".join(str(one.center.text) for one in headers if one is not None)
    if form == "html":
        return path.read_text(encoding="utf-8")
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not on this machine")
    return subprocess.run(
        ["pdftotext", "-raw", path, "-"], capture_output=True, check=True
    ).stdout.decode()

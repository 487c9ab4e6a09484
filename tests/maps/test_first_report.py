"""突发事件信息报告: what is on record is said, what nobody knows reads 待核实."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from docx import Document

from alerts.response.moves import Made
from maps.first_report import FIELDS, UNKNOWN, Kind, Occasion, paper_of, read_limits
from maps.report.paper import Paper, Table
from maps.report.write import write_report

ZONE = ZoneInfo("Asia/Shanghai")
CALLED_AT = datetime(2026, 3, 8, 19, 10, tzinfo=UTC)  # 03:10 of the ninth
ALERT: dict[str, Any] = {
    "alert_id": 17, "kind": "sensitive", "level": "red", "class_code": "火灾燃气",
    "opened_at": CALLED_AT, "callers": 2, "cases": 2, "reason": "近24小时有2人反映闻到燃气味。",
    "detail": {"named": "甲街道样板社区"},
}  # fmt: skip


def made(number: int, move: str, minutes: int, **more: Any) -> Made:
    at = CALLED_AT + timedelta(minutes=minutes)
    return Made(number, move, "detected", "red", at, more.pop("who", "值班员"), **more)


NIGHT = [
    made(1, "verify", 4, post="值班室", stated_reason="楼道内燃气味明显，电话13800001234",
         detail={"how": "recall", "verdict": "true", "called": {"119": "03:12"}}),
    made(2, "assess", 6, detail={"ask": "请应急、燃气到场处置"}),
    made(3, "sign", 8, who="李局长"),
    made(4, "push", 9),
    made(5, "receive", 15, post="应急联络员岗"),
]  # fmt: skip
LATER = [made(6, "handle", 40, post="应急联络员岗", stated_reason="关闭阀门，疏散12户")]


def report(
    kind: Kind = "first", since: int = 0, moves: list[Made] = NIGHT, after: int = 20
) -> Paper:
    at = (CALLED_AT + timedelta(minutes=after)).astimezone(ZONE)
    occasion = Occasion(kind, since, 1, "样板市诉求值班室", "王值班", "010-12345678", at)
    return paper_of(ALERT, [CALLED_AT, CALLED_AT + timedelta(minutes=2)], moves, occasion)


def rows(paper: Paper) -> dict[str, str]:
    (table,) = paper.tables
    return {str(name): str(text) for name, text in table.rows}


def test_a_first_report_has_every_field_in_order_and_says_what_is_on_record() -> None:
    told = rows(report())

    assert tuple(told) == FIELDS
    assert told["接报时间"] == "3月9日03:10"
    assert told["事件类别及性质"] == "敏感（风险性诉求）：火灾燃气；属实"
    assert "已通知119（03:12）" in told["已采取措施"]
    assert "应急联络员岗签收" in told["已采取措施"]
    assert told["领导到位情况"] == "带班领导李局长于3月9日03:18审签"
    assert told["下一步建议"] == "请应急、燃气到场处置"
    assert told["报告人及电话"] == "王值班　010-12345678"
    assert told["签发人"] == "李局长"


def test_what_nobody_knows_reads_so() -> None:
    told = rows(report(moves=[]))

    for field in ("伤亡和损失", "发展趋势", "领导到位情况", "下一步建议"):
        assert told[field] == UNKNOWN
    assert told["签发人"] == "待审签"
    assert told["事发时间"].startswith(UNKNOWN)


def test_a_phone_that_somebody_typed_does_not_stand_there() -> None:
    assert "13800001234" not in str(report())


def test_a_follow_up_has_new_facts_only() -> None:
    told = rows(report("follow", since=5, moves=NIGHT + LATER))

    assert set(told) == {"已采取措施", "报告人及电话", "签发人"}
    assert "疏散12户" in told["已采取措施"]
    assert told["签发人"] == "李局长"
    assert "签收" not in told["已采取措施"]
    assert set(rows(report("follow", since=5))) == {"报告人及电话", "签发人"}


def test_the_final_report_says_all_again() -> None:
    told = rows(report("final", since=5, moves=[*NIGHT, *LATER, made(7, "lift", 90)]))

    assert tuple(told) == FIELDS
    assert "3月9日04:40解除" in told["发展趋势"]


@pytest.mark.parametrize(("after", "late"), [(20, False), (31, True)])
def test_the_clock_of_the_level_runs_from_the_first_call(after: int, late: bool) -> None:
    (table,) = report(after=after).tables

    assert "电话报告应于3月9日03:25前，本报告应于3月9日03:40前报出" in table.caption
    assert table.caption.endswith("已逾时") is late


def test_each_level_has_limits_and_a_graver_one_shorter() -> None:
    limits = read_limits()
    order = ["red", "orange", "yellow", "blue"]

    assert set(limits) == set(order)
    assert sorted(order, key=lambda level: limits[level].written) == order


@pytest.mark.parametrize(
    ("kind", "name"), [("first", "首报"), ("follow", "续报一"), ("final", "终报")]
)
def test_it_is_a_document_that_an_office_can_edit(kind: Kind, name: str, tmp_path: Path) -> None:
    paper = report(kind)
    write_report(paper, tmp_path / "it.docx")
    document = Document(str(tmp_path / "it.docx"))

    assert document.paragraphs[0].text == f"突发事件信息报告（{name}）"
    (table,) = document.tables
    cells = [tuple(cell.text for cell in row.cells) for row in table.rows]
    assert cells[0] == ("项目", "内容")
    assert isinstance(paper.blocks[1], Table)
    assert len(cells) == 1 + len(paper.blocks[1].rows)

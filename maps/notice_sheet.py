"""《诉求风险提示单》 and 抄告单 with its 回执, from an alert and what was done about it.

A 抄告单 goes where our network does not reach: it is printed, and its lower part comes back. Both
say what is on record; what nobody knows reads 待核实, and what people typed is redacted once more.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, Literal

from alerts.reason import class_words
from alerts.response.moves import Made, Move
from alerts.response.standing import first_line, standing_of
from appeals.privacy import redact
from maps.palette import KIND_WORDS, LEVEL_WORDS
from maps.report.paper import Block, Column, Heading, Paper, Paragraph, Table

Sheet = Literal["sheet", "copy"]

UNKNOWN: Final = "待核实"
BLANK: Final = "　\n　"
ANSWER_WITHIN: Final[Mapping[str, timedelta]] = {
    "red": timedelta(minutes=30),
    "orange": timedelta(hours=1),
    "yellow": timedelta(hours=24),
    "blue": timedelta(hours=72),
}
"""Within what time a 回执 is asked back, where the draft asks nothing else."""

_COLUMNS: Final = (Column("项目", 1.0, figures=False), Column("内容", 4.0, figures=False))
_HOW: Final = {"recall": "回访来电人", "on_site": "现场查看"}
_VERDICTS: Final = {"true": "属实", "false": "不属实", "known": "已知（在办）"}
_SLIP: Final = ("收到时间", "接收单位、接收人", "联系电话", "处置情况", "单位盖章")
_NOTE: Final = "内部工作提示，不作为突发事件预警信息发布。未经核实的内容标注“待核实”。"


def sheet_of(
    alert: Mapping[str, Any],
    moves: Sequence[Made],
    *,
    kind: Sheet,
    to: str,
    office: str,
    made_at: datetime,
) -> Paper:
    """Write a sheet.

    Parameters
    ----------
    alert
        As ``alerts.store.read_alert`` gives it to the viewer.
    moves
        All moves of the alert, the oldest first, ``who`` as names.
    kind
        《诉求风险提示单》, or 抄告单 with its tear-off slip.
    to
        主送, 抄告单位; the posts that were told where it is empty.
    office
        Who writes.
    made_at
        In the jurisdiction's zone.
    """
    zone = made_at.tzinfo
    assert zone is not None
    level = str(alert["level"])
    number = f"编号{alert['alert_id']}　提示等级：{LEVEL_WORDS[level]}色"
    rows = tuple(_rows(alert, moves, to, zone).items())
    blocks: tuple[Block, ...] = (
        Paragraph(number),
        Table("提示内容", _COLUMNS, rows),
        Paragraph(_NOTE, note=True),
    )
    title = "诉求风险提示单"
    if kind == "copy":
        title = "抄告单"
        by = _moment(made_at + ANSWER_WITHIN[level], zone)
        slip = tuple((name, BLANK) for name in _SLIP)
        blocks += (
            Paragraph("－－－－－－－－－－－－沿此线裁下－－－－－－－－－－－－", note=True),
            Heading("回执"),
            Paragraph(f"请于{by}前填写并传回{office}（抄告单编号{alert['alert_id']}）。"),
            Table("回执", _COLUMNS, slip),
        )
    span = f"截至{_moment(made_at, zone)}"
    return Paper(title, span, office, made_at, blocks, compact=True)


def _rows(alert: Mapping[str, Any], moves: Sequence[Made], to: str, zone: tzinfo) -> dict[str, str]:
    standing = standing_of(moves)
    draft, signed = standing.draft, standing.signed
    checked = next((made for made in reversed(moves) if made.move == Move.VERIFY), None)
    posts = to or "、".join(sorted(standing.asked)) or UNKNOWN
    grave = alert["level"] in ("red", "orange")
    unsigned = "待审签" if grave else "蓝色、黄色由值班员签发"
    return {
        "主送": posts,
        "提示事项": str(alert["headline"]),
        "类别": f"{KIND_WORDS[str(alert['kind'])]}：{class_words(str(alert['class_code']))}",
        "地点": str(alert["detail"]["named"]),
        "情况": f"{alert['reason']}共{alert['cases']}件、{alert['callers']}人。",
        "已通知": first_line(standing.called),
        "核实情况": UNKNOWN if checked is None else _checked(checked, zone),
        "工作要求": redact(str(draft.detail.get("ask", ""))) if draft else UNKNOWN,
        "有效至": UNKNOWN if standing.expires_at is None else _moment(standing.expires_at, zone),
        "拟稿": UNKNOWN if draft is None else f"{draft.who}　{_moment(draft.at, zone)}",
        "签发": unsigned if signed is None else f"{signed.who}　{_moment(signed.at, zone)}",
    }


def _checked(made: Made, zone: tzinfo) -> str:
    how = _HOW.get(str(made.detail.get("how", "")), "")
    verdict = _VERDICTS.get(str(made.detail.get("verdict", "")), UNKNOWN)
    words = redact(made.stated_reason)
    return "，".join(part for part in (_moment(made.at, zone) + how, verdict, words) if part)


def _moment(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日{local:%H:%M}"

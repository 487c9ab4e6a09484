"""突发事件信息报告: 首报, 续报 (new facts only) and 终报, from an alert and what was done about it.

It says what is on record. What nobody knows reads 待核实 and is not guessed; what people typed is
redacted once more.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

from alerts.reason import class_words
from alerts.response.moves import LABELS, Made, Move
from alerts.response.standing import first_line, standing_of
from appeals.privacy import redact
from maps.palette import KIND_WORDS, LEVEL_WORDS
from maps.report.paper import Column, Paper, Paragraph, Table

Kind = Literal["first", "follow", "final"]

UNKNOWN: Final = "待核实"
FIELDS: Final = (
    "接报时间", "信息来源", "事发时间", "事发地点", "事件类别及性质", "起因和经过", "伤亡和损失",
    "影响范围", "发展趋势", "已采取措施", "领导到位情况", "下一步建议", "报告人及电话", "签发人",
)  # fmt: skip
"""What such a report has to say, in its order."""

_COLUMNS: Final = (Column("项目", 1.0, figures=False), Column("内容", 4.0, figures=False))
_NUMBERS: Final = "〇一二三四五六七八九十"
_HOW: Final = {"recall": "回访来电人", "on_site": "现场查看"}
_VERDICTS: Final = {"true": "属实", "false": "不属实", "known": "已知（在办）"}
_DONE: Final = frozenset({Move.RECEIVE, Move.HANDLE, Move.REPORT_BACK, Move.LIFT, Move.PUSH})


@dataclass(frozen=True, slots=True)
class Limits:
    """Within what time an alert of a level is reported: by phone, in writing, again, at the end."""

    phone: timedelta
    written: timedelta
    follow: timedelta
    final: timedelta


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which report, by whom.

    Parameters
    ----------
    kind
        首报, 续报, 终报.
    since
        Number of the last move that the report before had; of a first report 0.
    part
        Of a 续报, which one.
    office
        Who reports.
    reporter, phone
        Who has written it and can be asked.
    made_at
        In the jurisdiction's zone.
    """

    kind: Kind
    since: int
    part: int
    office: str
    reporter: str
    phone: str
    made_at: datetime


@cache
def read_limits() -> Mapping[str, Limits]:
    """Read the limits by level."""
    text = (resources.files("maps") / "first_report.toml").read_text(encoding="utf-8")
    return {
        level: Limits(
            timedelta(minutes=row["phone_min"]),
            timedelta(minutes=row["written_min"]),
            timedelta(hours=row["follow_h"]),
            timedelta(hours=row["final_h"]),
        )
        for level, row in tomllib.loads(text)["limits"].items()
    }


def paper_of(
    alert: Mapping[str, Any],
    received: Sequence[datetime],
    moves: Sequence[Made],
    occasion: Occasion,
) -> Paper:
    """Write a report.

    Parameters
    ----------
    alert
        As ``alerts.store.read_alert`` gives it to the viewer.
    received
        When its appeals were received.
    moves
        All moves of the alert, the oldest first.
    occasion
        Which report, by whom.

    Returns
    -------
    Paper
        To be written by :mod:`maps.report`. A 续报 has the fields for which something is new.
    """
    zone = occasion.made_at.tzinfo
    assert zone is not None
    fresh = [made for made in moves if made.number > occasion.since]
    told = _told(alert, received, moves, occasion, zone)
    if occasion.kind == "follow":
        new = _told(alert, received, fresh, occasion, zone)
        always = ("报告人及电话", "签发人")
        news = {name: new[name] for name in FIELDS if _is_news(name, fresh)}
        told = news | {name: told[name] for name in always}
    rows = tuple((name, told[name]) for name in FIELDS if name in told)
    note = "本报告由诉求风险提示生成，属内部工作信息；未经核实的内容标注“待核实”。"
    blocks = (
        Paragraph(f"编号{alert['alert_id']}　提示等级：{LEVEL_WORDS[str(alert['level'])]}色"),
        Table(_clock(alert, received, occasion, zone), _COLUMNS, rows),
        Paragraph(note, note=True),
    )
    span = f"截至{_moment(occasion.made_at, zone)}"
    return Paper(_title(occasion), span, occasion.office, occasion.made_at, blocks)


def _title(occasion: Occasion) -> str:
    if occasion.kind == "follow":
        part = occasion.part
        name = f"续报{_NUMBERS[part] if part < len(_NUMBERS) else part}"
    else:
        name = {"first": "首报", "final": "终报"}[occasion.kind]
    return f"突发事件信息报告（{name}）"


def _clock(
    alert: Mapping[str, Any], received: Sequence[datetime], occasion: Occasion, zone: tzinfo
) -> str:
    """Say until when this report is due, and whether it is in time."""
    limits = read_limits()[str(alert["level"])]
    begin = min(received, default=alert["opened_at"])
    limit = {"first": limits.written, "follow": limits.follow, "final": limits.final}[occasion.kind]
    due = begin + limit if occasion.kind != "follow" else begin + limit * occasion.part
    late = "，已逾时" if occasion.made_at > due else ""
    phone = f"电话报告应于{_moment(begin + limits.phone, zone)}前，"
    return f"{phone if occasion.kind == 'first' else ''}本报告应于{_moment(due, zone)}前报出{late}"


def _told(
    alert: Mapping[str, Any],
    received: Sequence[datetime],
    moves: Sequence[Made],
    occasion: Occasion,
    zone: tzinfo,
) -> dict[str, str]:
    standing = standing_of(moves)
    checked = [made for made in moves if made.move == Move.VERIFY]
    first = min(received, default=None)
    draft, signed = standing.draft, standing.signed
    since = "" if first is None else f"（首个来电反映于{_moment(first, zone)}）"
    ask = redact(str(draft.detail.get("ask", ""))) if draft is not None else ""
    kind = f"{KIND_WORDS[str(alert['kind'])]}：{class_words(str(alert['class_code']))}"
    verdict = str(checked[-1].detail.get("verdict", "")) if checked else ""
    said = "；".join(_line(made, zone) for made in checked)
    streets = "、".join(str(name) for name in alert["detail"].get("streets") or ())
    return {
        "接报时间": UNKNOWN if first is None else _moment(first, zone),
        "信息来源": f"12345热线诉求，{alert['callers']}人反映（{alert['cases']}件）",
        "事发时间": f"{UNKNOWN}{since}",
        "事发地点": str(alert["detail"]["named"]),
        "事件类别及性质": f"{kind}；{_VERDICTS.get(verdict, UNKNOWN)}",
        "起因和经过": f"{alert['reason']}核实情况：{said or UNKNOWN}",
        "伤亡和损失": UNKNOWN,
        "影响范围": streets or f"{alert['detail']['named']}，{UNKNOWN}",
        "发展趋势": _trend(moves, zone),
        "已采取措施": _measures(moves, zone, first_line(standing.called)),
        "领导到位情况": UNKNOWN
        if signed is None
        else f"带班领导{signed.who}于{_moment(signed.at, zone)}审签",
        "下一步建议": ask or UNKNOWN,
        "报告人及电话": f"{occasion.reporter}　{occasion.phone or UNKNOWN}",
        "签发人": "待审签" if signed is None else signed.who,
    }


def _is_news(name: str, fresh: Sequence[Made]) -> bool:
    """Say whether a field of a 续报 has something that the report before had not."""
    kinds = {
        "起因和经过": {Move.VERIFY},
        "事件类别及性质": {Move.VERIFY},
        "发展趋势": {Move.RISE, Move.REARM, Move.LIFT, Move.WITHDRAW},
        "领导到位情况": {Move.SIGN},
        "下一步建议": {Move.ASSESS},
    }
    if name == "已采取措施":
        return any(Move(made.move) in _DONE or "called" in made.detail for made in fresh)
    return any(Move(made.move) in kinds.get(name, set()) for made in fresh)


def _trend(moves: Sequence[Made], zone: tzinfo) -> str:
    turns = {Move.RISE, Move.REARM, Move.LIFT, Move.WITHDRAW, Move.EXPIRE}
    lines = [
        f"{_moment(made.at, zone)}{LABELS[Move(made.move)]}（{LEVEL_WORDS[made.level]}）"
        for made in moves
        if Move(made.move) in turns
    ]
    return "；".join(lines) or UNKNOWN


def _measures(moves: Sequence[Made], zone: tzinfo, called: str) -> str:
    done = [_line(made, zone) for made in moves if Move(made.move) in _DONE]
    return "；".join([called, *done])


def _line(made: Made, zone: tzinfo) -> str:
    """Write one move: when, which post, what, its words."""
    how = _HOW.get(str(made.detail.get("how", "")), "")
    verdict = _VERDICTS.get(str(made.detail.get("verdict", "")), "")
    words = redact(made.stated_reason)
    about = "，".join(part for part in (how, verdict, words) if part)
    label = LABELS[Move(made.move)]
    return f"{_moment(made.at, zone)}{made.post}{label}" + (f"（{about}）" if about else "")


def _moment(at: datetime, zone: tzinfo) -> str:
    local = at.astimezone(zone)
    return f"{local.month}月{local.day}日{local:%H:%M}"

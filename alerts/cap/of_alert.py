"""Which message an alert is: what of it goes out, in whose name, for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import shapely

from alerts.cap.area import rings_of
from alerts.cap.message import (
    MOST_EVENT,
    MOST_VALID,
    Area,
    Message,
    Reference,
    Ring,
    identifier_of,
    sent_of,
)
from alerts.reason import class_words
from alerts.response.standing import LONGEST, Standing
from geo.cells import cell_name, cell_polygon
from grids.boundaries import LEVELS, Boundaries

RESTRICTION: Final = "内部工作提示，不作为突发事件预警信息发布，仅限联动单位值班岗位使用"
INSTRUCTION: Final = "请登录系统签收，核实后处置并反馈。"

_LEVEL_WORDS: Final = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
_SEVERITY: Final = {"red": "Extreme", "orange": "Severe", "yellow": "Moderate", "blue": "Minor"}
_URGENCY: Final = {
    "red": "Immediate", "orange": "Immediate", "yellow": "Expected", "blue": "Future",
}  # fmt: skip
_TYPES: Final = {"raise": "Alert", "update": "Update", "cancel": "Cancel"}
_KINDS: Final = {
    "surge": "突增",
    "cluster": "集中反映",
    "subject": "集中反映",
    "drift": "倾向性问题",
    "first": "首次反映",
    "sensitive": "风险性诉求",
    "possible": "待核实",
}
# By the family of the sensitive list; an office's own families are matters of safety.
_CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    "fire_gas": ("Fire", "Safety"),
    "fire_hazard": ("Fire", "Safety"),
    "explosion": ("Fire", "Safety"),
    "collapse": ("Rescue", "Infra"),
    "building": ("Infra", "Safety"),
    "life": ("Rescue", "Safety"),
    "self_harm": ("Rescue", "Safety"),
    "violence": ("Security",),
    "group": ("Security",),
    "order": ("Security",),
    "gambling": ("Security",),
    "food_water": ("Health",),
    "drinking": ("Health",),
    "epidemic": ("Health",),
}


@dataclass(frozen=True, slots=True)
class Issuer:
    """In whose name messages go out.

    Parameters
    ----------
    region
        GB/T 2260 code of the jurisdiction, 6 digits.
    body
        Kind of the body by GB/T 4657, 3 digits.
    sender
        Its name among senders, without spaces.
    name
        Its name for people.
    exercise
        What is issued is a drill: a demonstration, or an exercise of the office.
    """

    region: str
    body: str
    sender: str
    name: str
    exercise: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """That a message was issued: by which move, raise, update or cancel, its stamp."""

    move: int
    kind: str
    stamp: int


def message_of(
    alert: Mapping[str, Any],
    issued: Sequence[Issued],
    issuer: Issuer,
    units: Boundaries,
    standing: Standing,
    merged: Sequence[Issued] = (),
) -> Message:
    """Give the newest message of an alert; a draft as long as nobody has signed it.

    Parameters
    ----------
    alert
        As ``alerts.store`` gives it to the viewer for whom the message is.
    issued
        What was issued about it, in order.
    issuer
        In whose name.
    units
        The boundaries that hold now.
    standing
        Of the alert when the newest message was issued: until when its draft stands (without one,
        or where that is over, as long as its level may), and whether it was told unsigned.
    merged
        What was issued about the alerts for which this one goes on.
    """
    last = issued[-1] if issued else None
    stamp = last.stamp if last is not None else _draft_stamp(alert)
    sent = sent_of(stamp)
    draft = last is None or standing.unsigned
    status = "Draft" if draft else "Exercise" if issuer.exercise else "Actual"
    msg_type = _TYPES[last.kind] if last is not None else "Alert"
    level, kind = str(alert["level"]), str(alert["kind"])
    earlier = [one for one in merged if one.stamp < stamp]
    word = f"{_KINDS[kind]}：{class_words(str(alert['class_code']))}"
    return Message(
        identifier=identifier_of(issuer.region, issuer.body, stamp),
        sender=issuer.sender,
        sent=sent,
        status=status,
        msg_type=msg_type,
        scope="Restricted",
        restriction=RESTRICTION,
        note="待核实、待审签，未签发" if draft else "",
        references=tuple(_reference(one, issuer) for one in (*issued[:-1], *earlier)),
        incidents=_incident(alert, standing),
        categories=_categories(alert),
        event=word[:MOST_EVENT],
        urgency="Past" if msg_type == "Cancel" else _URGENCY[level],
        severity=_SEVERITY[level],
        certainty=_certainty(alert),
        audience="联动单位值班岗位",
        effective=sent,
        onset=sent,
        expires=_expires(sent, level, standing.expires_at),
        sender_name=issuer.name,
        headline=str(alert["headline"]),
        description=f"{alert['reason']}（{RESTRICTION}）",
        instruction=INSTRUCTION,
        parameters=(("编号", str(alert["alert_id"])), ("提示等级", _LEVEL_WORDS[level])),
        areas=(_area(alert, issuer, units),),
    )


def _incident(alert: Mapping[str, Any], standing: Standing) -> str:
    """Give the name that messages of one incident share, empty where there is one alert of it."""
    if not standing.merged and standing.merged_into is None:
        return ""
    return str(standing.merged_into or alert["alert_id"])


def _draft_stamp(alert: Mapping[str, Any]) -> int:
    opened: datetime = alert["opened_at"]
    return int(opened.timestamp()) * 10 + int(alert["alert_id"]) % 10


def _expires(sent: datetime, level: str, until: datetime | None) -> datetime:
    if until is None or until <= sent:
        until = sent + LONGEST[level]
    return min(until, sent + MOST_VALID)


def _reference(one: Issued, issuer: Issuer) -> Reference:
    identifier = identifier_of(issuer.region, issuer.body, one.stamp)
    return Reference(issuer.sender, identifier, sent_of(one.stamp))


def _categories(alert: Mapping[str, Any]) -> tuple[str, ...]:
    if alert["kind"] not in ("sensitive", "possible"):
        return ("Other",)
    return _CATEGORIES.get(str(alert["detail"].get("family")), ("Safety",))


def _certainty(alert: Mapping[str, Any]) -> str:
    """Give what is known: seen on site, told by many, told by few and not looked at yet."""
    if alert["verdict"] == "true":
        return "Observed"
    if alert["verdict"] == "false":
        return "Unlikely"
    return "Possible" if alert["kind"] in ("sensitive", "possible", "first") else "Likely"


def _area(alert: Mapping[str, Any], issuer: Issuer, units: Boundaries) -> Area:
    kind, number, name = str(alert["area_kind"]), int(alert["area"]), str(alert["detail"]["named"])
    if kind.startswith("cell_"):
        shape = shapely.unary_union(
            [cell_polygon(cell) for cell in alert["detail"].get("cells") or [number]]
        )
        return Area(name, rings_of(shape), (("H3", cell_name(number)),))
    if kind not in LEVELS or number not in units:
        return Area(name, (), (("行政区划代码", issuer.region),))
    rings: tuple[Ring, ...] = ()
    shape = units.units.geometry.iloc[units.row(number)]
    if shape is not None and not shape.is_empty:
        rings = rings_of(shape)
    label = "单元网格标识码" if kind == "grid" else "统计用区划代码"
    return Area(name, rings, ((label, units.unit(number).code),))

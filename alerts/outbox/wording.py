"""What is said by a channel: by an internet one a single sentence, which says nothing of a matter.

Every channel is declared 政务外网 or 互联网. What a person reads by the internet is a number and a
level; whoever wants to know more signs in.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from hashlib import sha256
from typing import Final, Literal

from appeals.errors import InputError

Network = Literal["政务外网", "互联网"]

SENTENCE: Final = "您有1条待签收提示（编号{number}，等级{level}），请登录查看"
"""All that goes by an internet channel."""

SUBJECT: Final = "待签收提示"

USUAL: Final = (
    "【诉求风险提示】{what}：{headline}。等级{level}，编号{number}。{reasons}。"
    "{answer}内部工作提示，不作为突发事件预警信息发布。"
)
"""What goes by a channel of 政务外网 that has no template of its own."""

FIELDS: Final = ("number", "level", "what", "headline", "reasons", "answer", "post")
"""What a template may name."""

_LEVELS: Final = {"red": "红", "orange": "橙", "yellow": "黄", "blue": "蓝"}
_WHATS: Final = {
    "raise": "新提示",
    "update": "提示更新",
    "cancel": "提示撤销或解除",
    "escalate": "超时未签收，升级提示",
    "ask": "会商邀请",
    "whistle": "吹哨",
}
_PLACE = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Wording:
    """What is said: a subject where the channel has such, and the text."""

    subject: str
    text: str


def check_template(template: str, network: Network) -> None:
    """Refuse a template that may not be used.

    Raises
    ------
    InputError
        It names what is no field, or it is for the internet and is not the one sentence.
    """
    unknown = set(_PLACE.findall(template)) - set(FIELDS)
    if unknown or "{" in _PLACE.sub("", template) or "}" in _PLACE.sub("", template):
        raise InputError(f"text: in braces only {', '.join(FIELDS)} may stand")
    if network == "互联网" and template != SENTENCE:
        raise InputError(f"text: by an internet channel goes only 「{SENTENCE}」")


def wording(
    message: Mapping[str, object],
    headline: str,
    network: Network,
    template: str | None,
    zone: tzinfo,
) -> Wording:
    """Say a message of the outbox in the words of a channel.

    Parameters
    ----------
    message
        A row of the outbox.
    headline
        Of its alert; it is not used for the internet.
    network
        Of the channel.
    template
        Of the channel, checked; else the usual one of its network.
    zone
        In which times are written.

    Examples
    --------
    >>> row = {"alert_id": 7, "whistle_id": None, "level": "red", "kind": "raise", "post": "值班室",
    ...        "reasons": ["火灾燃气属应急职责"], "acknowledge_by": None}
    >>> wording(row, "甲街道火灾燃气", "互联网", None, zone=None).text
    '您有1条待签收提示（编号7，等级红），请登录查看'
    """
    number, level = number_of(message), _LEVELS.get(str(message["level"]), "")
    if network == "互联网":
        text = SENTENCE.format(number=number, level=level)
        return Wording(SUBJECT, text)
    by = message["acknowledge_by"]
    answer = f"请于{by.astimezone(zone):%m月%d日%H:%M}前签收。" if isinstance(by, datetime) else ""
    reasons = message["reasons"]
    values = {
        "number": number,
        "level": level,
        "what": _WHATS[str(message["kind"])],
        "headline": headline,
        "reasons": "；".join(reasons) if isinstance(reasons, list | tuple) else "",
        "answer": answer,
        "post": str(message["post"]),
    }
    # Not format(): what stands in a headline is no template.
    text = _PLACE.sub(lambda found: values[found[1]], template or USUAL)
    return Wording(f"{SUBJECT}（{level}）{number}", text)


def number_of(message: Mapping[str, object]) -> str:
    """Give the 编号 under which a message is known to people."""
    whistle = message["whistle_id"]
    return f"哨{whistle}" if whistle is not None else str(message["alert_id"])


def outward_key(key: str) -> str:
    """Give the idempotency key as receivers get it: who is told does not show in it.

    >>> outward_key("alert/7/3/raise/wang/sms")
    'e4bc6819ae497accb85552df5ca90a1f'
    """
    return sha256(key.encode()).hexdigest()[:32]

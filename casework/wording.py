"""What is told of a case in words: the text that goes into a work group, a distance, a limit."""

# ruff: noqa: RUF002 -- the marks of redaction stand in an example
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from appeals.redaction import cut_at_building, redact

MOST_SUMMARY = 60
"""Characters of what a case is about, in a list."""


def summary(text: str) -> str:
    """Give the title of an appeal, or how its words begin, redacted.

    Examples
    --------
    >>> summary("井盖破了，电话13800001234")
    '井盖破了，电话〔电话〕'
    """
    title = redact(text).strip().partition("\n")[0]
    words = " ".join(title.split())
    return words if len(words) <= MOST_SUMMARY else words[: MOST_SUMMARY - 1] + "…"


def group_text(
    *,
    class_name: str,
    number: str,
    place: str,
    handle_by: datetime | None,
    link: str,
    zone: ZoneInfo,
) -> str:
    """Give what 「复制到工作群」 copies: matter, place to the community, limit, link.

    A work group has other members and another company's servers: neither the caller nor the door
    nor a word of theirs is in it. Whoever may see more follows the link and signs in.

    Examples
    --------
    >>> print(group_text(class_name="井盖缺损", number="A1", place="甲街道乙社区",
    ...                  handle_by=None, link="https://wg.gov.example/field#7",
    ...                  zone=ZoneInfo("Asia/Shanghai")))
    【网格任务】井盖缺损
    工单：A1
    地点：甲街道乙社区
    时限：未定
    详情：https://wg.gov.example/field#7
    """
    limit = "未定" if handle_by is None else f"{handle_by.astimezone(zone):%-m月%-d日%H:%M前}"
    lines = [f"【网格任务】{class_name}", f"工单：{number}", f"地点：{place or '未定'}",
             f"时限：{limit}", f"详情：{link}"]  # fmt: skip
    return "\n".join(lines)


def within(address: str, units: Sequence[str]) -> str:
    """Give what an address says behind the units that it begins with: those are known.

    Parameters
    ----------
    units
        Names, the largest first; a city may stand before the first one.

    Examples
    --------
    >>> within("示例市甲区乙街道样板路3号", ["甲区", "乙街道", "丙社区"])
    '样板路3号'
    >>> within("样板路与甲区大道路口", ["甲区", "乙街道"])
    '样板路与甲区大道路口'
    """
    for name in filter(None, units):
        head, found, rest = address.partition(name)
        if found and rest and (not head or head.endswith("市")):
            address = rest
    return address


def address_of(address: object) -> str:
    """Give an address to the building, nothing where it may not be seen."""
    return cut_at_building(address) if isinstance(address, str) else ""

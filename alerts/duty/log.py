"""值班日志: entries by hand beside what the moves of alerts and whistles tell by themselves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

ENTRY_WORDS: Final = MappingProxyType(
    {
        "nil": "零报告",
        "note": "记事",
        "instruction": "领导批示",
        "done": "落实情况",
        "hand_over": "交班",
        "take_over": "接班",
    }
)
"""Kinds of entries, with their words."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry by hand.

    ``about`` is the number of the entry that it answers (落实情况 of an instruction, 接班 of a
    hand-over); ``due_at`` when an instruction has to be carried out.
    """

    kind: str
    at: datetime
    who: str
    words: str = ""
    post: str = ""
    about: int | None = None
    alert_id: int | None = None
    due_at: datetime | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    entry_id: int = 0

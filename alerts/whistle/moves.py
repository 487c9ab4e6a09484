"""The lawful moves of a whistle (吹哨报到), as one table.

拟哨 → 街道主要负责人审核 → 吹哨 → 分哨 → 应哨 → 报到签到 → 处置 → 反馈 → 销哨. Only the street that
blew it agrees to 销哨 (事不完、人不撤). Each bureau answers, reports in and back for itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from appeals.errors import Conflict


class Stage(StrEnum):
    """Where a whistle stands."""

    DRAFTED = "drafted"  # 已拟哨，待审核
    APPROVED = "approved"  # 已审核
    BLOWN = "blown"  # 已吹哨，待应哨
    ANSWERED = "answered"  # 已应哨
    ON_SITE = "on_site"  # 已报到
    REPORTED_BACK = "reported_back"  # 已反馈，待销哨
    ENDED = "ended"  # 已销哨
    WITHDRAWN = "withdrawn"  # 已撤回


class Act(StrEnum):
    """What somebody does to a whistle."""

    DRAFT = "draft"  # 拟哨
    APPROVE = "approve"  # 审核通过
    REFUSE = "refuse"  # 审核退回
    BLOW = "blow"  # 吹哨
    ALLOT = "allot"  # 分哨
    ANSWER = "answer"  # 应哨
    REPORT_IN = "report_in"  # 报到签到
    HANDLE = "handle"  # 处置
    REPORT_BACK = "report_back"  # 反馈
    END = "end"  # 销哨
    VETO = "veto"  # 不同意销哨
    WITHDRAW = "withdraw"  # 撤回
    RATE = "rate"  # 考核
    OBJECT = "object"  # 异议


ACT_WORDS: Final = MappingProxyType(
    {
        Act.DRAFT: "拟哨",
        Act.APPROVE: "审核通过",
        Act.REFUSE: "审核退回",
        Act.BLOW: "吹哨",
        Act.ALLOT: "分哨",
        Act.ANSWER: "应哨",
        Act.REPORT_IN: "报到签到",
        Act.HANDLE: "处置",
        Act.REPORT_BACK: "反馈",
        Act.END: "销哨",
        Act.VETO: "不同意销哨",
        Act.WITHDRAW: "撤回",
        Act.RATE: "考核",
        Act.OBJECT: "异议",
    }
)
"""The word of each move on a page."""

_CALLED: Final = {
    Act.ALLOT: Stage.BLOWN,
    Act.ANSWER: Stage.ANSWERED,
    Act.REPORT_IN: Stage.ON_SITE,
    Act.WITHDRAW: Stage.WITHDRAWN,
}
_TABLE: Final[dict[Stage, dict[Act, Stage]]] = {
    Stage.DRAFTED: {
        Act.DRAFT: Stage.DRAFTED,
        Act.APPROVE: Stage.APPROVED,
        Act.REFUSE: Stage.DRAFTED,
        Act.WITHDRAW: Stage.WITHDRAWN,
    },
    Stage.APPROVED: {Act.BLOW: Stage.BLOWN, Act.WITHDRAW: Stage.WITHDRAWN},
    Stage.BLOWN: _CALLED,
    Stage.ANSWERED: {**_CALLED, Act.ALLOT: Stage.ANSWERED},
    Stage.ON_SITE: {
        Act.ALLOT: Stage.ON_SITE,
        Act.ANSWER: Stage.ON_SITE,
        Act.REPORT_IN: Stage.ON_SITE,
        Act.HANDLE: Stage.ON_SITE,
        Act.REPORT_BACK: Stage.REPORTED_BACK,
    },
    Stage.REPORTED_BACK: {
        Act.ANSWER: Stage.REPORTED_BACK,
        Act.REPORT_IN: Stage.REPORTED_BACK,
        Act.HANDLE: Stage.ON_SITE,
        Act.REPORT_BACK: Stage.REPORTED_BACK,
        Act.END: Stage.ENDED,
        Act.VETO: Stage.ON_SITE,
    },
    Stage.ENDED: {Act.RATE: Stage.ENDED, Act.OBJECT: Stage.ENDED},
    Stage.WITHDRAWN: {},
}


def acts_from(stage: Stage) -> dict[Act, Stage]:
    """Give all moves that are lawful from a stage, with the stage that each leads to.

    Examples
    --------
    >>> [act.value for act in acts_from(Stage.APPROVED)]
    ['blow', 'withdraw']
    """
    return dict(_TABLE[stage])


def stage_after(stage: Stage, act: Act) -> Stage:
    """Give the stage to which a move leads.

    Raises
    ------
    Conflict
        It is not lawful from here; the message names those that are.
    """
    acts = _TABLE[stage]
    if act not in acts:
        known = ", ".join(acts) or "none"
        raise Conflict(f"a whistle that is {stage} cannot {act}; lawful: {known}")
    return acts[act]


@dataclass(frozen=True, slots=True)
class Whistle:
    """A whistle: who blew it, for which cause, about which alert (``None`` where about none)."""

    street: str
    street_name: str
    cause: str
    state: str
    made_at: datetime
    alert_id: int | None = None
    whistle_id: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """One move that was made; ``bureau`` is empty where the street made it."""

    number: int
    move: str
    state: str
    at: datetime
    who: str
    bureau: str = ""
    words: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

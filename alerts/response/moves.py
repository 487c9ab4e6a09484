"""The lawful moves of an alert, as one table, and how it stands after them.

发现 → 核实 → 研判 → 审签 → 推送 → 签收 → 处置 → 反馈 → 解除 → 复盘. 撤销 is for what was raised in
error, 解除 for a risk that is over, 到期 for what nobody took further: three ends, never one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from appeals.errors import Conflict


class State(StrEnum):
    """Where an alert stands."""

    DETECTED = "detected"  # 已发现，待核实
    VERIFIED = "verified"  # 已核实
    ASSESSED = "assessed"  # 已研判: drafted, waits for its signature or to be pushed
    SIGNED = "signed"  # 已审签
    PUSHED = "pushed"  # 已推送
    RECEIVED = "received"  # 已签收
    HANDLING = "handling"  # 处置中
    REPORTED_BACK = "reported_back"  # 已反馈
    LIFTED = "lifted"  # 已解除
    REVIEWED = "reviewed"  # 已复盘
    WITHDRAWN = "withdrawn"  # 已撤销
    EXPIRED = "expired"  # 已到期
    MERGED = "merged"  # 已并案: it is told and dealt with as part of another


class Move(StrEnum):
    """What somebody, or the watch, does to an alert."""

    VERIFY = "verify"  # 核实: recall of the caller, or a look on site
    JUDGE = "judge"  # 判定 without a draft: 属实, 不属实, 已知
    UNJUDGE = "unjudge"  # 判定撤回
    ASSESS = "assess"  # 研判、拟稿
    SIGN = "sign"  # 审签
    RETURN = "return"  # 退回拟稿
    ALARM = "alarm"  # 即时推送: danger to life, 待核实、待审签
    PUSH = "push"  # 推送
    RECEIVE = "receive"  # 签收
    HANDLE = "handle"  # 处置
    REPORT_BACK = "report_back"  # 反馈
    LIFT = "lift"  # 解除
    WITHDRAW = "withdraw"  # 撤销
    EXPIRE = "expire"  # 到期
    REVIEW = "review"  # 复盘
    ESCALATE = "escalate"  # 逾时升级
    RISE = "rise"  # 等级上升
    REARM = "rearm"  # 再次发生
    SNOOZE = "snooze"  # 暂不提示
    NOTE = "note"  # 记事: 会商, 电话
    CALL_IN = "call_in"  # 会商邀请: further duties are asked in
    POLICE = "police"  # 110回告: taken with a number, returned, or reported back
    THREE_WAY = "three_way"  # 三方通话: the caller, the hotline and 110 at one call
    MERGE = "merge"  # 并案: into another alert
    UNMERGE = "unmerge"  # 撤销并案
    ABSORB = "absorb"  # 并入: of the alert into which another was merged
    RELEASE = "release"  # 移出


LABELS: Final = MappingProxyType(
    {
        Move.VERIFY: "核实",
        Move.JUDGE: "判定",
        Move.UNJUDGE: "撤回判定",
        Move.ASSESS: "研判拟稿",
        Move.SIGN: "审签",
        Move.RETURN: "退回拟稿",
        Move.ALARM: "即时推送（待核实、待审签）",
        Move.PUSH: "推送",
        Move.RECEIVE: "签收",
        Move.HANDLE: "处置",
        Move.REPORT_BACK: "反馈",
        Move.LIFT: "解除",
        Move.WITHDRAW: "撤销",
        Move.EXPIRE: "到期",
        Move.REVIEW: "复盘",
        Move.ESCALATE: "逾时升级",
        Move.RISE: "等级上升",
        Move.REARM: "再次发生",
        Move.SNOOZE: "暂不提示",
        Move.NOTE: "记事",
        Move.CALL_IN: "会商邀请",
        Move.POLICE: "110回告",
        Move.THREE_WAY: "三方通话",
        Move.MERGE: "并案",
        Move.UNMERGE: "撤销并案",
        Move.ABSORB: "并入",
        Move.RELEASE: "移出",
    }
)
"""The word of each move on a page."""

ENDED: Final = frozenset(
    {State.LIFTED, State.REVIEWED, State.WITHDRAWN, State.EXPIRED, State.MERGED}
)
"""States in which nobody has to deal with an alert any more."""

SIGNED_LEVELS: Final = frozenset({"orange", "red"})
"""An alert of these levels is pushed only when the leader on duty has signed it."""

TELLING: Final = frozenset(
    {Move.ALARM, Move.PUSH, Move.ESCALATE, Move.LIFT, Move.WITHDRAW, Move.EXPIRE, Move.MERGE}
)
"""Moves upon which people are told."""

ASKING: Final = frozenset({Move.ALARM, Move.PUSH, Move.ESCALATE, Move.CALL_IN})
"""Moves upon which somebody has business with the alert from then on."""

_STAY: Final = (
    Move.NOTE, Move.SNOOZE, Move.ALARM, Move.ESCALATE, Move.CALL_IN, Move.POLICE, Move.THREE_WAY,
    Move.ABSORB, Move.RELEASE,
)  # fmt: skip
_TABLE: Final[dict[State, dict[Move, State]]] = {
    State.DETECTED: {Move.VERIFY: State.VERIFIED, Move.RECEIVE: State.DETECTED},
    State.VERIFIED: {
        Move.VERIFY: State.VERIFIED,
        Move.UNJUDGE: State.DETECTED,
        Move.ASSESS: State.ASSESSED,
        Move.RECEIVE: State.VERIFIED,
    },
    State.ASSESSED: {
        Move.VERIFY: State.ASSESSED,
        Move.ASSESS: State.ASSESSED,
        Move.RETURN: State.VERIFIED,
        Move.SIGN: State.SIGNED,
        Move.PUSH: State.PUSHED,
        Move.RECEIVE: State.ASSESSED,
    },
    State.SIGNED: {
        Move.ASSESS: State.ASSESSED,
        Move.PUSH: State.PUSHED,
        Move.RECEIVE: State.SIGNED,
    },
    State.PUSHED: {Move.ASSESS: State.ASSESSED, Move.RECEIVE: State.RECEIVED},
    State.RECEIVED: {
        Move.ASSESS: State.ASSESSED,
        Move.RECEIVE: State.RECEIVED,
        Move.HANDLE: State.HANDLING,
        Move.REPORT_BACK: State.REPORTED_BACK,
        Move.LIFT: State.LIFTED,
    },
    State.HANDLING: {
        Move.ASSESS: State.ASSESSED,
        Move.UNJUDGE: State.DETECTED,
        Move.RECEIVE: State.HANDLING,
        Move.HANDLE: State.HANDLING,
        Move.REPORT_BACK: State.REPORTED_BACK,
        Move.LIFT: State.LIFTED,
    },
    State.REPORTED_BACK: {
        Move.ASSESS: State.ASSESSED,
        Move.RECEIVE: State.REPORTED_BACK,
        Move.HANDLE: State.HANDLING,
        Move.REPORT_BACK: State.REPORTED_BACK,
        Move.LIFT: State.LIFTED,
    },
    State.LIFTED: {Move.REVIEW: State.REVIEWED, Move.REARM: State.DETECTED},
    State.REVIEWED: {Move.REARM: State.DETECTED, Move.REVIEW: State.REVIEWED},
    State.WITHDRAWN: {
        Move.UNJUDGE: State.DETECTED,
        Move.REVIEW: State.WITHDRAWN,
        Move.REARM: State.DETECTED,
    },
    State.EXPIRED: {Move.REVIEW: State.REVIEWED, Move.REARM: State.DETECTED},
    State.MERGED: {Move.UNMERGE: State.DETECTED, Move.REARM: State.DETECTED},
}
_OPEN: Final = {
    Move.WITHDRAW: State.WITHDRAWN,
    Move.EXPIRE: State.EXPIRED,
    Move.MERGE: State.MERGED,
}


def moves_from(state: State) -> dict[Move, State]:
    """Give all moves that are lawful from a state, with the state that each leads to.

    A level that rises makes its draft anew where there is one; 判定 brings a state of its own.

    Examples
    --------
    >>> moves_from(State.PUSHED)[Move.RECEIVE].value, Move.PUSH in moves_from(State.DETECTED)
    ('received', False)
    """
    moves = dict(_TABLE[state])
    if state in ENDED:
        return moves | dict.fromkeys((Move.NOTE, Move.POLICE, Move.THREE_WAY, Move.RELEASE), state)
    risen = state if state in (State.DETECTED, State.VERIFIED) else State.ASSESSED
    return moves | _OPEN | dict.fromkeys(_STAY, state) | {Move.RISE: risen}


def after(state: State, move: Move) -> State:
    """Give the state to which a move leads.

    Raises
    ------
    Conflict
        It is not lawful from here; the message names those that are.
    """
    moves = moves_from(state)
    if move not in moves:
        known = ", ".join(sorted(moves)) or "none"
        raise Conflict(f"an alert that is {state} cannot {move}; lawful: {known}")
    return moves[move]


@dataclass(frozen=True, slots=True)
class Made:
    """One move that was made: its number from 1, what stands after it, who and when.

    ``detail`` holds what belongs to the kind of move: how it was verified, who was told.
    """

    number: int
    move: str
    state: str
    level: str
    at: datetime
    who: str
    post: str = ""
    stated_reason: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)

"""The lawful moves of a case, as one table.

Office practice: the hotline dispatches (派单) to the first-assigned unit, which receives (签收),
contacts the caller (联系), goes there (到场), has it done on site (现场处置完成) and reports back
(反馈); the unit's reply is reviewed and the case closed (办结). A grid worker never closes a case.
退回 hands back inside the street, 退单 returns the case to the hotline: two moves, never one. So
are 派单 of the hotline and 分派 inside the street: the clocks run from the first alone.
"""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from appeals.errors import Conflict


class State(StrEnum):
    """Where a case stands."""

    TAKEN_IN = "taken_in"  # 已受理
    DISPATCHED = "dispatched"  # 已派单, not yet received
    RECEIVED = "received"  # 已签收
    CONTACTED = "contacted"  # 已联系
    ON_SITE = "on_site"  # 已到场
    DONE_ON_SITE = "done_on_site"  # 现场处置完成
    REPORTED_BACK = "reported_back"  # 已反馈, under review
    HANDED_BACK = "handed_back"  # 已退回 inside the street
    RETURN_ASKED = "return_asked"  # 退单待审核
    DEFERRED = "deferred"  # 已挂账
    CLOSED = "closed"  # 已办结
    RATED = "rated"  # 已回访


STATE_WORDS: Final = MappingProxyType(
    {
        State.TAKEN_IN: "已受理",
        State.DISPATCHED: "待签收",
        State.RECEIVED: "已签收",
        State.CONTACTED: "已联系",
        State.ON_SITE: "已到场",
        State.DONE_ON_SITE: "现场处置完成",
        State.REPORTED_BACK: "已反馈",
        State.HANDED_BACK: "已退回",
        State.RETURN_ASKED: "退单待审核",
        State.DEFERRED: "已挂账",
        State.CLOSED: "已办结",
        State.RATED: "已回访",
    }
)
"""The word of each state on a page."""


class Move(StrEnum):
    """What somebody does to a case."""

    ANSWER = "answer"  # 直办
    DISPATCH = "dispatch"  # 派单
    ASSIGN = "assign"  # 分派 inside the street, to a unit below or a person
    RECEIVE = "receive"  # 签收
    CONTACT = "contact"  # 联系
    ARRIVE = "arrive"  # 到场
    DONE = "done"  # 现场处置完成
    REPORT_BACK = "report_back"  # 反馈
    REDO = "redo"  # 审核不通过, back to the unit
    CLOSE = "close"  # 办结
    HAND_BACK = "hand_back"  # 退回
    RETURN = "return"  # 退单 with its ground
    GRANT_RETURN = "grant_return"  # 同意退单
    REFUSE_RETURN = "refuse_return"  # 不同意退单
    DEFER = "defer"  # 挂账
    CLEAR = "clear"  # 销账
    REMIND = "remind"  # 催办
    SUPERVISE = "supervise"  # 督办
    RATE = "rate"  # 回访


LABELS: Final = MappingProxyType(
    {
        Move.ANSWER: "直办",
        Move.DISPATCH: "派单",
        Move.ASSIGN: "分派",
        Move.RECEIVE: "签收",
        Move.CONTACT: "联系",
        Move.ARRIVE: "到场",
        Move.DONE: "现场处置完成",
        Move.REPORT_BACK: "反馈",
        Move.REDO: "退回重办",
        Move.CLOSE: "办结",
        Move.HAND_BACK: "退回",
        Move.RETURN: "退单",
        Move.GRANT_RETURN: "同意退单",
        Move.REFUSE_RETURN: "不同意退单",
        Move.DEFER: "挂账",
        Move.CLEAR: "销账",
        Move.REMIND: "催办",
        Move.SUPERVISE: "督办",
        Move.RATE: "回访",
    }
)
"""The word of each move on a page."""

# What a unit may do with a case in its hands, whatever step it has come to.
_IN_HAND: Final = {
    Move.CONTACT: State.CONTACTED,
    Move.ARRIVE: State.ON_SITE,
    Move.DONE: State.DONE_ON_SITE,
    Move.REPORT_BACK: State.REPORTED_BACK,
    Move.HAND_BACK: State.HANDED_BACK,
    Move.RETURN: State.RETURN_ASKED,
    Move.DEFER: State.DEFERRED,
    Move.ASSIGN: State.DISPATCHED,
}

_TABLE: Final[dict[State, dict[Move, State]]] = {
    State.TAKEN_IN: {Move.ANSWER: State.CLOSED, Move.DISPATCH: State.DISPATCHED},
    State.DISPATCHED: {
        Move.RECEIVE: State.RECEIVED,
        Move.ASSIGN: State.DISPATCHED,
        Move.RETURN: State.RETURN_ASKED,
    },
    State.RECEIVED: _IN_HAND,
    State.CONTACTED: _IN_HAND,
    State.ON_SITE: {**_IN_HAND, Move.CONTACT: State.ON_SITE},
    State.DONE_ON_SITE: {
        Move.CONTACT: State.DONE_ON_SITE,
        Move.ARRIVE: State.ON_SITE,
        Move.REPORT_BACK: State.REPORTED_BACK,
    },
    State.REPORTED_BACK: {Move.CLOSE: State.CLOSED, Move.REDO: State.RECEIVED},
    State.HANDED_BACK: {Move.ASSIGN: State.DISPATCHED, Move.RETURN: State.RETURN_ASKED},
    State.RETURN_ASKED: {
        Move.GRANT_RETURN: State.TAKEN_IN,
        Move.REFUSE_RETURN: State.DISPATCHED,
    },
    State.DEFERRED: {Move.CLEAR: State.RECEIVED, Move.CONTACT: State.DEFERRED},
    State.CLOSED: {Move.RATE: State.RATED},
    State.RATED: {},
}


def lawful(state: State, move: Move) -> bool:
    """Whether a case that stands at ``state`` may make ``move``.

    Examples
    --------
    >>> lawful(State.DISPATCHED, Move.RECEIVE), lawful(State.ON_SITE, Move.CLOSE)
    (True, False)
    """
    return move in moves_from(state)


def moves_from(state: State) -> dict[Move, State]:
    """All lawful moves from a state with the state each leads to.

    催办 and 督办 press an open case without moving it.
    """
    moves = dict(_TABLE[state])
    if state not in (State.CLOSED, State.RATED):
        moves |= {Move.REMIND: state, Move.SUPERVISE: state}
    return moves


def after(state: State, move: Move) -> State:
    """Give the state to which a lawful move leads.

    Raises
    ------
    Conflict
        The move is not lawful from here; the message names those that are.

    Examples
    --------
    >>> after(State.REPORTED_BACK, Move.CLOSE).value
    'closed'
    """
    moves = moves_from(state)
    if move not in moves:
        known = ", ".join(moves) or "none"
        raise Conflict(f"a case that is {state} cannot {move}; lawful: {known}")
    return moves[move]

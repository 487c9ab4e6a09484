"""Where a case stands: what its source says of it, and the moves that people have made since.

Moves are only ever added; everything else is derived from them. A source that says that a case is
closed has the last word: its platform closes orders, we report to it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from casework.moves import Move, State

CLOSED_WORDS: Final = frozenset({"已办结", "办结", "已完成", "已结案", "结案", "已归档"})
"""How platforms write that an order is closed."""

PRESSING: Final = frozenset({Move.REMIND, Move.SUPERVISE})
"""Moves that press a case and change nothing of it."""


class Reached(StrEnum):
    """What came of one try to reach the caller."""

    REACHED = "reached"  # 已联系
    NO_ANSWER = "no_answer"  # 无人接听
    REFUSED = "refused"  # 拒接
    WRONG_NUMBER = "wrong_number"  # 号码有误


REACHED_WORDS: Final = {
    Reached.REACHED: "已联系",
    Reached.NO_ANSWER: "无人接听",
    Reached.REFUSED: "拒接",
    Reached.WRONG_NUMBER: "号码有误",
}
"""The word of each on a page."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a device said that it was, at an action alone: WGS84 degrees, accuracy in metres."""

    lon: float
    lat: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Step:
    """One move as it stands in the record.

    ``at`` is the server's time, which decides; ``client_at`` is the device's, kept as evidence.
    ``number`` counts from 1; ``state`` is that after the move.
    """

    number: int
    move: Move
    state: State
    at: datetime
    who: str
    words: str = ""
    client_at: datetime | None = None
    spot: Spot | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """What of a case decides who may do what with it.

    ``unit`` is ``level:code`` to which it was sent here, ``holder`` the login of whose hands it is
    in; both are empty where nobody is named. ``number`` is of the last move.
    """

    state: State
    number: int = 0
    unit: str = ""
    holder: str = ""
    dispatched_at: datetime | None = None
    contacted_at: datetime | None = None


def begin(
    *,
    status: str | None,
    direct: bool | None,
    dispatched_at: datetime | None,
    closed_at: datetime | None,
) -> Case:
    """Give the case of which nobody here has done anything, by what its source says.

    Examples
    --------
    >>> begin(status="办理中", direct=False, dispatched_at=None, closed_at=None).state.value
    'taken_in'
    """
    if closed_at is not None or (status or "").strip() in CLOSED_WORDS or direct:
        state = State.CLOSED
    elif dispatched_at is not None:
        state = State.DISPATCHED
    else:
        state = State.TAKEN_IN
    return Case(state, dispatched_at=dispatched_at)


def follow(case: Case, step: Step) -> Case:
    """Give the case after one more move.

    派单 starts the response clock, 分派 inside the street does not; both name the unit and perhaps
    the person. 签收 puts the case into somebody's hands; the first try to reach the caller stops
    the clock; 退回 and 退单 take the case out of all hands, 退单 out of the unit's too.
    """
    unit, holder = case.unit, case.holder
    dispatched, contacted = case.dispatched_at, case.contacted_at
    match step.move:
        case Move.DISPATCH | Move.ASSIGN:
            kept = unit if step.move is Move.ASSIGN else ""
            unit = str(step.detail.get("unit", kept))
            holder = str(step.detail.get("person", ""))
            if step.move is Move.DISPATCH or dispatched is None:
                dispatched, contacted = step.at, None
        case Move.RECEIVE:
            holder = step.who
        case Move.CONTACT:
            contacted = contacted or step.at
        case Move.HAND_BACK:
            holder = ""
        case Move.GRANT_RETURN:
            unit, holder = "", ""
        case _:
            pass
    return Case(step.state, step.number, unit, holder, dispatched, contacted)


def standing(begun: Case, steps: Iterable[Step]) -> Case:
    """Derive where a case stands from its beginning and all its moves, the oldest first."""
    for step in steps:
        begun = follow(begun, step)
    return begun


def closed_by_source(case: Case, begun: Case) -> Case:
    """Let a source that has closed a case have the last word.

    Parameters
    ----------
    case
        By the moves made here.
    begun
        By what the source says now.
    """
    if begun.state is not State.CLOSED or case.state in (State.CLOSED, State.RATED):
        return case
    return Case(State.CLOSED, case.number, case.unit, case.holder,
                case.dispatched_at, case.contacted_at)  # fmt: skip


def overtaking(steps: Iterable[Step], seen: int, who: str) -> Step | None:
    """Give the first move after ``seen`` that somebody else made and that changed the case.

    One's own moves, made on another device or sent before the answer came, overtake nobody, and
    neither do reminders.
    """
    for step in steps:
        if step.number > seen and step.who != who and step.move not in PRESSING:
            return step
    return None

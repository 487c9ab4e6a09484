"""One move of a case, in one transaction with its photos and its audit entry.

The rule where two were at it, one perhaps without a network: who reaches the server first was
first. Whoever comes after is told who that was and what they did; only a try to reach the caller
and having been on site are kept all the same, because they happened. Reminders overtake nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from appeals.audit.store import append_entry
from appeals.database import Connection
from appeals.errors import Conflict, InputError
from casework.moves import LABELS, STATE_WORDS, Move, State, after, lawful
from casework.photos import Photo
from casework.rules import Rule
from casework.standing import (
    Case,
    Reached,
    Spot,
    Step,
    closed_by_source,
    overtaking,
    standing,
)
from casework.store import add_photos, append_step, begun_as, lock_cases, read_steps

MOST_PHOTOS: Final = 4
"""Of one move."""

HAND_BACK_WORDS: Final[Mapping[str, str]] = {
    "not_here": "不在本网格",
    "not_ours": "不属于职责范围",
    "unclear": "诉求不清，需补充信息",
    "duplicate": "重复工单",
    "other": "其他",
}
"""Why a case is handed back inside the street."""

HAPPENED: Final = frozenset({Move.CONTACT, Move.ARRIVE})
"""What took place, whoever was first at the server."""

_IN_HANDS: Final = frozenset({Move.RECEIVE, *HAPPENED, Move.DONE, Move.HAND_BACK})
_WITH_WORDS: Final = frozenset(
    {Move.HAND_BACK, Move.RETURN, Move.REFUSE_RETURN, Move.REDO, Move.DEFER, Move.SUPERVISE,
     Move.ANSWER}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """Who makes a move, when by the server, and what belongs to it.

    ``seen`` is the number of the last move that they had read, ``None`` where they looked at
    nothing; ``over`` lets somebody act on a case that is in another one's hands (分派, 审核).
    ``theirs`` says that the case is theirs to work on: of one that was, only what happened counts.
    """

    who: str
    at: datetime
    words: str = ""
    seen: int | None = None
    client_at: datetime | None = None
    spot: Spot | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    photos: Sequence[Photo] = ()
    over: bool = False
    theirs: bool = True


def read_case(connection: Connection, appeal_id: int) -> tuple[Case, list[Step]]:
    """Give where a case stands, and its moves, the oldest first.

    Raises
    ------
    NotFound
        There is no such appeal.
    """
    begun = begun_as(connection, appeal_id)
    steps = read_steps(connection, appeal_id)
    return closed_by_source(standing(begun, steps), begun), steps


def make_move(connection: Connection, appeal_id: int, move: Move, said: Said, rule: Rule) -> Case:
    """Make one move of a case; give where it stands after it.

    Parameters
    ----------
    connection
        A transaction that may write.
    appeal_id, move, said
        Who does what.
    rule
        What a matter of this class asks for.

    Raises
    ------
    NotFound
        There is no such appeal.
    Conflict
        The move is not lawful from here, or somebody was first; ``told`` says who.
    InputError
        What the move needs is missing.
    """
    lock_cases(connection)
    case, steps = read_case(connection, appeal_id)
    _refuse_overtaken(case, steps, move, said)
    _check(move, said, rule)
    step = Step(
        case.number + 1,
        move,
        _state_after(case, move, said),
        said.at,
        said.who.strip(),
        said.words.strip(),
        said.client_at,
        said.spot,
        said.detail,
    )
    moved = append_step(connection, appeal_id, case, step)
    add_photos(connection, appeal_id, step.number, said.photos, who=step.who, now=said.at)
    append_entry(
        connection,
        now=said.at,
        actor=step.who,
        act=move.value.replace("_", " "),
        subject=f"appeal {appeal_id}",
        detail=f"move {step.number}, {step.state}",
    )
    return moved


def who_was_first(case: Case, steps: Sequence[Step], seen: int, who: str) -> dict[str, object]:
    """Tell where a case stands and who brought it there."""
    first = overtaking(steps, seen, who) or (steps[-1] if steps else None)
    told: dict[str, object] = {
        "state": case.state.value,
        "state_word": STATE_WORDS[case.state],
        "number": case.number,
        "holder": case.holder,
    }
    if first is not None:
        told |= {
            "who": first.who,
            "move": first.move.value,
            "move_word": LABELS[first.move],
            "at": first.at,
        }
    return told


def _refuse_overtaken(case: Case, steps: Sequence[Step], move: Move, said: Said) -> None:
    seen = case.number if said.seen is None else said.seen
    if seen > case.number:
        raise InputError("seen: there is no such move yet")
    who = said.who.strip()
    told = who_was_first(case, steps, seen, who)
    if not lawful(case.state, move):
        raise Conflict(f"a case that is {case.state} cannot {move}", told)
    if not said.theirs and move not in HAPPENED:
        raise Conflict("the case is no longer yours", told)
    had_it = move in HAPPENED and any(s.move is Move.RECEIVE and s.who == who for s in steps)
    if move in _IN_HANDS and case.holder not in ("", who) and not (said.over or had_it):
        raise Conflict("the case is in the hands of somebody else", told)
    first = overtaking(steps, seen, who)
    if first is not None and move not in HAPPENED:
        raise Conflict(f"somebody was first: {LABELS[first.move]}, {first.at.isoformat()}", told)


def _state_after(case: Case, move: Move, said: Said) -> State:
    state = after(case.state, move)
    # 无人接听 stops the response clock, but nobody was spoken to.
    tried = move is Move.CONTACT and said.detail.get("reached") != Reached.REACHED
    return case.state if tried else state


def _check(move: Move, said: Said, rule: Rule) -> None:
    if not said.who.strip():
        raise InputError("who: name a person")
    if move in _WITH_WORDS and not said.words.strip():
        raise InputError("words: say why")
    if len(said.photos) > MOST_PHOTOS:
        raise InputError(f"photo: at most {MOST_PHOTOS}")
    if move is Move.CONTACT and said.detail.get("reached") not in set(Reached):
        raise InputError(f"reached: one of {', '.join(Reached)}")
    if move is Move.HAND_BACK and said.detail.get("reason") not in HAND_BACK_WORDS:
        raise InputError(f"reason: one of {', '.join(HAND_BACK_WORDS)}")
    if move in (Move.DISPATCH, Move.ASSIGN) and not (
        said.detail.get("unit") or said.detail.get("person")
    ):
        raise InputError("unit: name a unit or a person")
    if move is Move.DONE and rule.photo and not said.photos:
        raise InputError("photo: a matter of this class is done with a photo of the place")

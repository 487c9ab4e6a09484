"""Who may make which move of a case: by role here, by case in ``casework.tasks``."""

from collections.abc import Mapping
from typing import Final

from api.admission import Caller
from appeals.errors import NotAllowed
from appeals.people.roles import Right
from casework.moves import Move, moves_from
from casework.tasks.store import Task

MOVE_RIGHTS: Final[Mapping[Move, Right]] = {
    Move.RECEIVE: Right.HANDLE,
    Move.CONTACT: Right.HANDLE,
    Move.ARRIVE: Right.HANDLE,
    Move.DONE: Right.HANDLE,
    Move.HAND_BACK: Right.HANDLE,
    Move.DISPATCH: Right.REVIEW,
    Move.ASSIGN: Right.DISPATCH,
    Move.REPORT_BACK: Right.DISPATCH,
    Move.RETURN: Right.DISPATCH,
    Move.REMIND: Right.DISPATCH,
    Move.ANSWER: Right.REVIEW,
    Move.CLOSE: Right.REVIEW,
    Move.REDO: Right.REVIEW,
    Move.GRANT_RETURN: Right.REVIEW,
    Move.REFUSE_RETURN: Right.REVIEW,
    Move.DEFER: Right.REVIEW,
    Move.CLEAR: Right.REVIEW,
    Move.SUPERVISE: Right.REVIEW,
    Move.RATE: Right.REVIEW,
}
"""A grid worker neither closes an order nor answers for the unit; the hotline desk does not go."""


def refuse_move(caller: Caller, move: Move) -> None:
    """Refuse a move that the caller's roles do not allow.

    Raises
    ------
    NotAllowed
        They do not.
    """
    if MOVE_RIGHTS[move] not in caller.rights:
        raise NotAllowed("your role does not make this move")


def acts_over(caller: Caller) -> bool:
    """Say whether they act on cases that are in another one's hands."""
    return Right.DISPATCH in caller.rights


def moves_for(caller: Caller, task: Task) -> list[str]:
    """Give the moves that the caller can make now, as an address names them."""
    case = task.case
    if not task.own or (case.holder not in ("", caller.viewer.actor) and not acts_over(caller)):
        return []
    return [move_name(one) for one in moves_from(case.state) if MOVE_RIGHTS[one] in caller.rights]


def move_name(move: Move) -> str:
    """Give a move as an address names it.

    >>> move_name(Move.HAND_BACK)
    'hand-back'
    """
    return move.value.replace("_", "-")

"""What each move of an alert and of a whistle asks for, and the address at which it is made."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from alerts.response.moves import Move
from alerts.whistle.moves import Act
from appeals.people.roles import Right

MOVE_RIGHTS: Final[Mapping[Move, Right]] = MappingProxyType(
    {
        Move.VERIFY: Right.RESPOND,
        Move.ASSESS: Right.RESPOND,
        Move.SIGN: Right.SIGN,
        Move.RETURN: Right.SIGN,
        Move.PUSH: Right.RESPOND,
        Move.RECEIVE: Right.RECEIVE,
        Move.HANDLE: Right.RECEIVE,
        Move.REPORT_BACK: Right.RECEIVE,
        Move.LIFT: Right.RESPOND,
        Move.WITHDRAW: Right.RESPOND,
        Move.REVIEW: Right.RESPOND,
        Move.SNOOZE: Right.RESPOND,
        Move.NOTE: Right.RECEIVE,
        Move.CALL_IN: Right.RESPOND,
        Move.POLICE: Right.RESPOND,
        Move.THREE_WAY: Right.RESPOND,
        Move.MERGE: Right.RESPOND,
        Move.UNMERGE: Right.RESPOND,
    }
)
"""Moves that people make; the others are the watch's, or verdicts."""

ACT_RIGHTS: Final[Mapping[Act, Right]] = MappingProxyType(
    {
        Act.APPROVE: Right.CONVENE,
        Act.REFUSE: Right.CONVENE,
        Act.BLOW: Right.CONVENE,
        Act.ALLOT: Right.ALLOT,
        Act.ANSWER: Right.ANSWER,
        Act.REPORT_IN: Right.ANSWER,
        Act.HANDLE: Right.ANSWER,
        Act.REPORT_BACK: Right.ANSWER,
        Act.END: Right.EVALUATE,
        Act.VETO: Right.VETO,
        Act.WITHDRAW: Right.WHISTLE,
        Act.RATE: Right.EXAMINE,
        Act.OBJECT: Right.ANSWER,
    }
)
"""Moves of a whistle that was drafted: 召集权, 评价权, 否决权 and 考核权 are the street's."""


def name_of(move: Move | Act) -> str:
    """Give the last part of a move's address.

    >>> name_of(Move.REPORT_BACK)
    'report-back'
    """
    return move.value.replace("_", "-")


def move_routes() -> Iterator[tuple[str, Right]]:
    """Give the routes of all moves, and the right that each asks for."""
    for move, right in MOVE_RIGHTS.items():
        yield f"POST /api/alerts/{{alert_id}}/{name_of(move)}", right
    for act, right in ACT_RIGHTS.items():
        yield f"POST /api/whistles/{{whistle_id}}/{name_of(act)}", right

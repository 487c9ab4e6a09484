"""The verdicts of the desk on an alert, and which of them is lawful when."""

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from appeals.errors import Conflict


class Verdict(StrEnum):
    """What the desk says of an alert."""

    TRUE = "true"  # 属实
    FALSE = "false"  # 不属实
    KNOWN = "known"  # 已知（在办）


UNDONE: Final = "undone"
"""The move that takes back the verdict before it."""

WORDS: Final = MappingProxyType(
    {Verdict.TRUE: "属实", Verdict.FALSE: "不属实", Verdict.KNOWN: "已知（在办）"}
)

UNJUDGED: Final = "detected"
"""State of an alert that nobody has judged."""

_STATE: Final = MappingProxyType(
    {Verdict.TRUE: "verified", Verdict.FALSE: "withdrawn", Verdict.KNOWN: "handling"}
)


def judged_state(state: str, verdict: Verdict) -> str:
    """Give the state to which a verdict brings an alert.

    Raises
    ------
    Conflict
        It was judged already or has gone further.

    Examples
    --------
    >>> judged_state("detected", Verdict.FALSE)
    'withdrawn'
    """
    if state != UNJUDGED:
        raise Conflict(f"an alert that is {state} takes no verdict; undo the one before first")
    return _STATE[verdict]


def undone_state(state: str, last: str | None) -> str:
    """Give the state to which an alert comes back when its last verdict is undone.

    Parameters
    ----------
    state
        Of the alert.
    last
        Its last verdict, or :data:`UNDONE`, or none.

    Raises
    ------
    Conflict
        There is no verdict in force, or the alert has gone further since.

    Examples
    --------
    >>> undone_state("verified", "true")
    'detected'
    """
    if last is None or last == UNDONE or state == UNJUDGED:
        raise Conflict("there is no verdict to undo")
    if state != _STATE[Verdict(last)]:
        raise Conflict(f"an alert that is {state} has gone on since: its verdict stands")
    return UNJUDGED

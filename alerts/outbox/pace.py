"""When the next attempt may be made: growing pauses, published limits, and when to give up.

Two clocks run: a message that fails waits by itself, so that one that no receiver can stomach holds
up no other; and a channel that fails several times in a row rests as a whole, so that a receiver
that is down is asked once for all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(minutes=10)
GIVE_UP_AFTER: Final = timedelta(hours=24)
"""A notice that could not be said for so long is a dead letter: a person looks at it."""


class Outcome(StrEnum):
    """How an attempt ended; one that has no outcome was cut short."""

    TAKEN = "taken"  # the receiver said that it has it
    BUSY = "busy"  # refused for now: too many, out of order
    UNHEARD = "unheard"  # no answer: whether it arrived is not known
    REFUSED = "refused"  # will be refused again: wrong address, signature, body


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``n`` attempts in any ``within``."""

    n: int
    within: timedelta


def pause(failures: int) -> timedelta:
    """Give how long to wait after so many failures in a row, each pause twice the one before.

    >>> [int(pause(n).total_seconds()) for n in (0, 1, 2, 3, 7, 8, 99)]
    [0, 5, 10, 20, 320, 600, 600]
    """
    if failures <= 0:
        return timedelta(0)
    doubled: int = 2 ** min(failures - 1, 16)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def free_at(begun: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> datetime:
    """Give the first moment, from ``now`` on, at which one more attempt keeps all limits.

    Parameters
    ----------
    begun
        When attempts of the channel began, in any order; those older than every limit's span do
        not matter.
    limits
        Of the receiver.
    now
        Aware.
    """
    free, latest = now, sorted(begun, reverse=True)
    for limit in limits:
        # One more is lawful once the n-th latest has left the span.
        if len(latest) >= limit.n:
            free = max(free, latest[limit.n - 1] + limit.within)
    return free


def rests_until(ended: Sequence[tuple[datetime, Outcome | None]], now: datetime) -> datetime:
    """Give until when the channel rests as a whole; ``now`` where it need not.

    Parameters
    ----------
    ended
        The latest attempts of the channel, the newest first: when each was last heard of, and its
        outcome. A refusal is the message's own fault and an answer all the same.
    now
        Aware.
    """
    failures = 0
    for _, outcome in ended:
        if outcome in (Outcome.TAKEN, Outcome.REFUSED):
            break
        failures += outcome is not None
    if not failures:
        return now
    return max(now, ended[0][0] + pause(failures))


def may_repeat(outcomes: Sequence[Outcome | None]) -> bool:
    """Say whether the receiver may have the message already, though it never said so.

    >>> may_repeat([Outcome.BUSY]), may_repeat([Outcome.UNHEARD]), may_repeat([None])
    (False, True, True)
    """
    return any(outcome in (None, Outcome.UNHEARD) for outcome in outcomes)


def after(
    outcome: Outcome, failures: int, made_at: datetime, now: datetime
) -> tuple[str, datetime]:
    """Give the state of a message after an attempt, and when the next one may begin.

    Parameters
    ----------
    outcome
        Of the attempt that has just ended.
    failures
        Attempts at this message that have failed, this one included.
    made_at
        When the notice was put into the outbox.
    now
        Aware.

    Returns
    -------
    state : str
        ``sent``, ``waiting`` or ``dead``.
    due_at : datetime
        The end of its own pause; ``now`` where none follows.
    """
    if outcome is Outcome.TAKEN:
        return "sent", now
    if outcome is Outcome.REFUSED or now - made_at >= GIVE_UP_AFTER:
        return "dead", now
    return "waiting", now + pause(failures)

"""One move of an alert, made in one transaction with what it tells, to whom, and its audit entry.

Who presses a button names the last move that they saw: where somebody was first, they are told who
did what, and nothing is done twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from alerts.cap.store import issue
from alerts.duty.store import read_roster
from alerts.episode import GRAVITY
from alerts.notice import NoticeKind
from alerts.outbox.store import put_notices
from alerts.response.moves import (
    ASKING,
    ENDED,
    LABELS,
    SIGNED_LEVELS,
    TELLING,
    Made,
    Move,
    State,
    after,
)
from alerts.response.snooze import Snooze
from alerts.response.standing import LONGEST, Standing, standing_of
from alerts.response.store import (
    Alert,
    append_move,
    hold_alert,
    read_moves,
    set_standing,
    units_of,
    write_snooze,
)
from alerts.response.telling import as_detail, as_told, from_detail
from alerts.rooms.store import let_in
from alerts.routing import Matter, Routing, Told, asked_posts, notices_of, told_posts
from alerts.store import announce
from alerts.verdicts.moves import UNJUDGED, Verdict, judged_state
from alerts.verdicts.store import give_verdict, undo_verdict
from appeals.audit.store import append_entry
from appeals.database import Connection
from appeals.errors import Conflict, InputError
from appeals.privacy import redact

SYSTEM = "系统"
"""Who made the moves of the watch."""

MOST_SNOOZE = timedelta(days=7)

_REASONED = frozenset(
    {
        Move.RETURN,
        Move.WITHDRAW,
        Move.SNOOZE,
        Move.REVIEW,
        Move.NOTE,
        Move.CALL_IN,
        Move.THREE_WAY,
    }
)

_SPOKEN = frozenset({"ask", "result", "parties"})
"""Parts of a detail that hold what somebody typed."""


@dataclass(frozen=True, slots=True)
class Said:
    """Who makes a move, when, at which post, with which words, and the last move they saw.

    ``level`` and ``detail`` belong to some moves; ``seen`` of ``None`` has looked at nothing.
    """

    who: str
    at: datetime
    reason: str = ""
    post: str = ""
    seen: int | None = None
    level: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def make_move(
    connection: Connection, alert_id: int, move: Move, said: Said, routing: Routing
) -> Made:
    """Make one move of an alert, and tell those whom it concerns.

    Parameters
    ----------
    connection
        A transaction that may write.
    alert_id, move, said
        Who does what.
    routing
        The table of who is told.

    Raises
    ------
    NotFound
        There is no such alert.
    Conflict
        The move is not lawful from here, or somebody was first.
    InputError
        Words or figures of the move are missing or wrong.
    """
    alert = hold_alert(connection, alert_id)
    standing = standing_of(read_moves(connection, alert_id))
    _refuse_overtaken(connection, alert_id, said.seen, standing.number)
    state = after(State(alert.state), move)
    if move is Move.UNMERGE and alert.verdict is not None:  # what was judged stays so
        state = State(judged_state(UNJUDGED, Verdict(alert.verdict)))
    _check(move, alert, standing, said)
    level = said.level or alert.level
    made = _made(standing.number + 1, move, state, level, said)
    if move is Move.SNOOZE:
        _snooze(connection, alert, said)
    return write_move(connection, alert, standing, made, routing)


def verify(
    connection: Connection,
    alert_id: int,
    verdict: Verdict,
    said: Said,
    routing: Routing,
    *,
    term: timedelta,
    move: Move = Move.VERIFY,
) -> Made:
    """Write what 核实 of an alert came to; of 不属实 whoever was told is told.

    Raises
    ------
    NotFound, Conflict, InputError
        As of :func:`make_move`.
    """
    hold_alert(connection, alert_id)
    standing = standing_of(read_moves(connection, alert_id))
    _refuse_overtaken(connection, alert_id, said.seen, standing.number)
    give_verdict(
        connection, alert_id, verdict, who=said.who, reason=said.reason, now=said.at, term=term
    )
    alert = hold_alert(connection, alert_id)
    given = {"verdict": verdict.value, **said.detail}
    made = _made(standing.number + 1, move, State(alert.state), alert.level, said, given)
    return write_move(connection, alert, standing, made, routing)


def undo(connection: Connection, alert_id: int, said: Said, routing: Routing) -> Made:
    """Take back the verdict on an alert."""
    undo_verdict(connection, alert_id, who=said.who, reason=said.reason, now=said.at)
    alert = hold_alert(connection, alert_id)
    standing = standing_of(read_moves(connection, alert_id))
    made = _made(standing.number + 1, Move.UNJUDGE, State(alert.state), alert.level, said)
    return write_move(connection, alert, standing, made, routing)


def write_move(
    connection: Connection, alert: Alert, standing: Standing, made: Made, routing: Routing
) -> Made:
    """Write a move that was decided on: the state, those who are told, the audit entry."""
    move, now = Move(made.move), made.at
    matter = matter_of(connection, alert, made.level)
    told: list[Told] = []
    if move in (Move.ALARM, Move.PUSH):
        roster = read_roster(connection, now)
        told = told_posts(matter, routing, roster, now, at_once=move is Move.ALARM)
        made = _with_detail(made, {"told": [as_detail(one) for one in told]})
        made = _received_before(made, standing)
    elif move is Move.CALL_IN:
        if not all(map(matter.may_know, made.detail["duties"])):
            raise Conflict("the many calls of one person are told to the hotline desk alone")
        told = asked_posts(made.detail["duties"], matter, read_roster(connection, now), now)
        made = _with_detail(made, {"told": [as_detail(one) for one in told]})
        let_in(connection, alert.alert_id, made.detail["duties"])
    elif move is Move.ESCALATE:
        told = [from_detail(one) for one in made.detail["told"]]
    elif standing.asked and _ends(made, standing):
        told = [as_told(made, one) for one in standing.asked.values()]
    append_move(connection, alert.alert_id, made)
    let_in(connection, alert.alert_id, [one.duty for one in told])
    live = move in (Move.ALARM, Move.PUSH)  # what is told now is no history, however old its cause
    set_standing(
        connection, alert.alert_id, made.state, made.level, live=live, anew=move is Move.REARM
    )
    announce(connection, alert.alert_id, "moved", now)
    kind = _kind_of(move, standing) if move in ASKING else NoticeKind.CANCEL
    put_notices(connection, notices_of(told, matter, made.number, kind, now), now)
    if move in TELLING:  # other systems are told too where no post is on the roster
        issue(connection, alert.alert_id, made.number, kind.value, now)
    elif move is Move.ABSORB and standing.told_at is not None:
        issue(connection, alert.alert_id, made.number, NoticeKind.UPDATE.value, now)
    subject, detail = f"alert {alert.alert_id}", f"{made.state} {made.level}"
    append_entry(
        connection, now=now, actor=made.who, act=move.value, subject=subject, detail=detail
    )
    return made


def matter_of(connection: Connection, alert: Alert, level: str) -> Matter:
    """Give what the routing table looks at of an alert."""
    return Matter(
        alert_id=alert.alert_id,
        kind=alert.kind,
        family=str(alert.detail.get("family", "")),
        severity=float(alert.detail.get("severity", 0)),
        level=level,
        duties=tuple(alert.detail.get("duties", ())),
        units=units_of(connection, alert),
        cases=alert.cases,
        callers=alert.callers,
    )


def _refuse_overtaken(connection: Connection, alert_id: int, seen: int | None, number: int) -> None:
    if seen is None or seen == number:
        return
    if seen > number:
        raise InputError("seen: there is no such move yet")
    first = next(one for one in read_moves(connection, alert_id) if one.number == seen + 1)
    label = LABELS[Move(first.move)]
    raise Conflict(f"somebody was first: {first.who}, {label}, {first.at.isoformat()}")


def _check(move: Move, alert: Alert, standing: Standing, said: Said) -> None:
    if not said.who.strip():
        raise InputError("who: name a person or a post")
    if move in _REASONED and not said.reason.strip():
        raise InputError("reason: say why")
    if move is Move.PUSH and alert.level in SIGNED_LEVELS and alert.state != State.SIGNED:
        raise Conflict("a red or orange alert is signed by the leader on duty before it is pushed")
    if move is Move.SIGN and standing.draft and standing.draft.who == said.who:
        raise Conflict("who drafted an alert does not sign it: two persons")
    if move is Move.ASSESS:
        _check_draft(alert, said)
    if move is Move.RECEIVE:
        _check_receipt(standing, said)
    if move is Move.THREE_WAY and datetime.fromisoformat(said.detail["held_at"]) > said.at:
        raise InputError("held_at: lies ahead")


def _check_draft(alert: Alert, said: Said) -> None:
    level = said.level or alert.level
    if level not in GRAVITY:
        raise InputError(f"level: one of {', '.join(reversed(GRAVITY))}")
    lower = GRAVITY.index(level) < GRAVITY.index(str(alert.detail.get("found_level", level)))
    if lower and not said.reason.strip():
        raise InputError("reason: say why the level is lower than the table gives")
    expires = datetime.fromisoformat(said.detail["expires_at"])
    if not said.at < expires <= said.at + LONGEST[level]:
        hours = LONGEST[level] / timedelta(hours=1)
        raise InputError(f"hours: a {level} alert stands for at most {hours:g} hours")


def _check_receipt(standing: Standing, said: Said) -> None:
    if not said.post:
        raise InputError("post: name the post that acknowledges")
    if standing.asked and said.post not in standing.asked:
        raise Conflict(f"this post was not told; told: {', '.join(sorted(standing.asked))}")
    before = standing.received.get(said.post)
    if before is not None:
        at = before.at.isoformat()
        raise Conflict(f"somebody was first: {before.who}, {LABELS[Move.RECEIVE]}, {at}")


def _snooze(connection: Connection, alert: Alert, said: Said) -> None:
    until = datetime.fromisoformat(said.detail["until"])
    if not said.at < until <= said.at + MOST_SNOOZE:
        raise InputError("hours: a snooze lasts at most 7 days")
    key = alert.kind, alert.area_kind, alert.area, alert.class_code
    snooze = Snooze(*key, alert.level, said.at, until, said.who, said.reason)
    write_snooze(connection, snooze, alert.alert_id)


def _made(
    number: int,
    move: Move,
    state: State,
    level: str,
    said: Said,
    detail: Mapping[str, Any] | None = None,
) -> Made:
    given = {
        name: redact(value) if isinstance(value, str) and name in _SPOKEN else value
        for name, value in (said.detail if detail is None else detail).items()
    }
    who, reason = said.who.strip(), said.reason.strip()
    return Made(number, move, state, level, said.at, who, said.post, reason, given)


def _with_detail(made: Made, more: Mapping[str, Any]) -> Made:
    fields = {name: getattr(made, name) for name in Made.__dataclass_fields__}
    return Made(**fields | {"detail": {**made.detail, **more}})


def _received_before(made: Made, standing: Standing) -> Made:
    """Take a push for received where every post has acknowledged this level already."""
    posts = {one["post"] for one in made.detail["told"]}
    gravity = GRAVITY.index(made.level)
    known = {post for post, one in standing.received.items() if GRAVITY.index(one.level) >= gravity}
    if made.move != Move.PUSH or not posts or posts - known:
        return made
    fields = {name: getattr(made, name) for name in Made.__dataclass_fields__}
    return Made(**fields | {"state": State.RECEIVED})


def _ends(made: Made, before: Standing) -> bool:
    return made.state in ENDED and before.state not in ENDED


def _kind_of(move: Move, standing: Standing) -> NoticeKind:
    if move is Move.CALL_IN:
        return NoticeKind.ASK
    if move is Move.ESCALATE:
        return NoticeKind.ESCALATE
    if move in (Move.ALARM, Move.PUSH):
        return NoticeKind.RAISE if standing.told_at is None else NoticeKind.UPDATE
    return NoticeKind.CANCEL

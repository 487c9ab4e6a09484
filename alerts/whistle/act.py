"""One move of a whistle, made in one transaction with what it tells and its audit entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from alerts.duty.roster import whom_to_ask
from alerts.duty.store import read_roster
from alerts.notice import Notice, NoticeKind
from alerts.outbox.store import put_notices
from alerts.response.act import matter_of
from alerts.response.store import hold_alert
from alerts.rooms.store import let_in
from alerts.routing import Routing, nearest, whistle_channels
from alerts.whistle.causes import Cause, Causes
from alerts.whistle.moves import ACT_WORDS, Act, Stage, Step, Whistle, stage_after
from alerts.whistle.standing import WhistleStanding, whistle_standing
from alerts.whistle.store import (
    add_whistle,
    append_step,
    called_by,
    locked_whistle,
    read_steps,
    units_above,
)
from appeals.audit.store import append_entry
from appeals.database import Connection
from appeals.errors import Conflict, InputError

_OF_BUREAU = frozenset({Act.ANSWER, Act.REPORT_IN, Act.REPORT_BACK})
_REASONED = frozenset({Act.REFUSE, Act.VETO, Act.WITHDRAW, Act.RATE, Act.OBJECT, Act.REPORT_BACK})
_LEVEL = "orange"  # of the notice of a whistle, which has none of its own


@dataclass(frozen=True, slots=True)
class Blown:
    """Who makes a move of a whistle, for which bureau, when, with which words."""

    who: str
    at: datetime
    words: str = ""
    bureau: str = ""
    seen: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


def draft_whistle(connection: Connection, whistle: Whistle, said: Blown, causes: Causes) -> int:
    """Draft a whistle (拟哨): cause, what was tried, which bureaus, what is asked.

    Raises
    ------
    InputError
        The cause is none of the table, no bureau is named, or an agreed time is missing.
    """
    cause = causes.get(whistle.cause)
    if cause is None:
        raise InputError(f"cause: one of {', '.join(causes)}")
    _check_draft(cause, said)
    number = add_whistle(connection, whistle)
    step = Step(
        1, Act.DRAFT, Stage.DRAFTED, said.at, said.who, words=said.words, detail=said.detail
    )
    append_step(connection, number, step)
    _log(connection, number, step)
    return number


def make_act(
    connection: Connection,
    whistle_id: int,
    act: Act,
    said: Blown,
    causes: Causes,
    routing: Routing,
) -> Step:
    """Make one move of a whistle; bureaus are told by the channels of the table of routing.

    Raises
    ------
    NotFound
        There is no such whistle.
    Conflict
        The move is not lawful from here, or somebody was first.
    InputError
        Words of the move are missing or wrong.
    """
    whistle = locked_whistle(connection, whistle_id)
    steps = read_steps(connection, whistle_id)
    cause = causes.get(whistle.cause) or Cause(whistle.cause, whistle.cause, 240)
    standing = whistle_standing(steps, cause)
    if said.seen is not None and said.seen < standing.number:
        first = steps[said.seen]
        label = ACT_WORDS[Act(first.move)]
        raise Conflict(f"somebody was first: {first.who}, {label}, {first.at.isoformat()}")
    stage = stage_after(Stage(whistle.state), act)
    _check(act, said, standing, cause)
    if act is Act.REPORT_BACK and [b for b in standing.still_there if b != said.bureau]:
        stage = Stage.ON_SITE  # the others are still at work
    step = Step(
        standing.number + 1, act, stage, said.at, said.who, said.bureau, said.words.strip(),
        said.detail,
    )  # fmt: skip
    append_step(connection, whistle_id, step)
    if act in (Act.BLOW, Act.ALLOT, Act.END):
        if whistle.alert_id is not None:
            alert = hold_alert(connection, whistle.alert_id)
            matter = matter_of(connection, alert, alert.level)
            called = filter(matter.may_know, called_by(connection, whistle_id))
            let_in(connection, whistle.alert_id, called)
        after = whistle_standing([*steps, step], cause)
        _tell(connection, whistle, whistle_id, step, standing, after, cause, routing)
    _log(connection, whistle_id, step)
    return step


def _check(act: Act, said: Blown, standing: WhistleStanding, cause: Cause) -> None:
    if act in _REASONED and not said.words.strip():
        raise InputError("words: say what, or why")
    if act in _OF_BUREAU:
        called = standing.bureaus
        if said.bureau not in called:
            raise Conflict(f"this bureau was not called; called: {', '.join(called)}")
        if act is Act.REPORT_BACK and called[said.bureau].on_site_at is None:
            raise Conflict("who has not reported in on site has nothing to report back")
    if act is Act.APPROVE and said.who == standing.drafted_by:
        raise Conflict("who drafted a whistle does not approve it: two persons")
    if act is Act.END and standing.still_there:
        names = ", ".join(standing.still_there)
        raise Conflict(f"not all have reported back (事不完、人不撤): {names}")
    if act is Act.DRAFT:
        _check_draft(cause, said)
    if act is Act.ALLOT and not said.detail.get("bureaus"):
        raise InputError("bureaus: name at least one")


def _check_draft(cause: Cause, said: Blown) -> None:
    if not said.words.strip():
        raise InputError("words: say what it is about")
    if not said.detail.get("bureaus"):
        raise InputError("bureaus: name at least one")
    agreed = said.detail.get("agreed_at")
    if cause.on_site_min is None and not agreed:
        raise InputError(f"agreed_at: {cause.name} needs an agreed time on site")
    if agreed and datetime.fromisoformat(agreed) <= said.at:
        raise InputError("agreed_at: lies in the past")


def _tell(
    connection: Connection,
    whistle: Whistle,
    whistle_id: int,
    step: Step,
    before: WhistleStanding,
    after: WhistleStanding,
    cause: Cause,
    routing: Routing,
) -> None:
    """Tell the posts of the bureaus that are called, or at the end that they may go."""
    roster = read_roster(connection, step.at)
    units = units_above(connection, whistle.street)
    ends = step.move == Act.END
    notices = []
    for name, bureau in after.bureaus.items():
        known = before.bureaus.get(name)
        if not ends and known is not None and known.answer_by is not None:
            continue
        for post in nearest(roster.posts, name, units):
            person = whom_to_ask(roster.shifts, post.name, (), step.at)[1]
            why = "销哨" if ends else f"吹哨（{cause.name}）"
            notices += [
                Notice(
                    alert_id=whistle.alert_id or 0,
                    move=step.number,
                    kind=NoticeKind.CANCEL if ends else NoticeKind.WHISTLE,
                    level=_LEVEL,
                    post=post.name,
                    person=person,
                    duty=name,
                    channel=channel,
                    reasons=(f"{whistle.street_name}{why}",),
                    acknowledge_by=None if ends else bureau.answer_by,
                    whistle_id=whistle_id,
                )
                for channel in whistle_channels(routing, name)
            ]
    put_notices(connection, notices, step.at)


def _log(connection: Connection, whistle_id: int, step: Step) -> None:
    append_entry(
        connection,
        now=step.at,
        actor=step.who,
        act=f"whistle {step.move}",
        subject=f"whistle {whistle_id}",
        detail=step.bureau,
    )

"""What people do with an alert, as one table: from 核实 and 研判 to 解除 and 复盘.

The interface makes a route of each row, the command line a command, each with what the row's body
takes. Every body may name ``seen``, the last move that its sender saw.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from alerts.response.act import Said, make_move, verify
from alerts.response.merge import merge, unmerge
from alerts.response.moves import Made, Move
from alerts.response.police import Keeper
from alerts.response.standing import LONGEST, SERVICES
from alerts.routing import POST_DUTIES, Routing
from alerts.verdicts.moves import Verdict
from alerts.verdicts.store import MOST_WORDS
from api.move_row import Row
from appeals.database import Connection
from appeals.errors import InputError
from appeals.redaction import is_persons_number

Soon = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2999, 1, 1, tzinfo=UTC)),
]
"""A moment that offices write: any zone can show it."""

Level = Literal["red", "orange", "yellow", "blue"]
Words = Annotated[str, Field(max_length=MOST_WORDS)]
Post = Annotated[str, Field(max_length=100)]


class Moving(BaseModel):
    """Who makes a move, with which words, having seen which move last."""

    model_config = ConfigDict(extra="forbid")
    who: str = Field(min_length=1, max_length=100, description="used where nobody signs in")
    reason: Words = ""
    seen: int | None = Field(default=None, ge=0, description="number of the last move seen")

    def detail(self, _now: datetime, _level: str) -> Mapping[str, Any]:
        """Give what belongs to this kind of move."""
        return {}


class Calling(Moving):
    """A move that may say who has been called already."""

    called: dict[Literal["110", "119", "120", "抢修"], Annotated[str, Field(max_length=60)]] = (
        Field(default_factory=dict, description="service and when, or to whom")
    )

    def detail(self, _now: datetime, _level: str) -> Mapping[str, Any]:
        """Give who has been called, in the order in which they are read."""
        return {"called": {one: self.called[one] for one in SERVICES if one in self.called}}


class Verifying(Calling):
    """核实: how, and what came of it."""

    how: Literal["recall", "on_site"] = Field(description="回访来电人, 现场查看")
    verdict: Verdict = Field(description="属实, 不属实, 已知（在办）")
    days: int | None = Field(default=None, ge=1, le=366, description="term of what is known")

    def detail(self, now: datetime, level: str) -> Mapping[str, Any]:
        """Give how it was verified."""
        return {"how": self.how, **super().detail(now, level)}


class Assessing(Calling):
    """研判、拟稿: the level, what is asked, until when it stands."""

    level: Level
    ask: Words = Field(description="what those who are told are asked to do")
    hours: float | None = Field(default=None, gt=0, description="else the most of the level")

    def detail(self, now: datetime, level: str) -> Mapping[str, Any]:
        """Give the draft."""
        longest = LONGEST[level]
        lasts = longest if self.hours is None else timedelta(hours=min(self.hours, 1e4))
        until = (now + lasts).isoformat()
        return {"ask": self.ask, "expires_at": until, **super().detail(now, level)}


class Receiving(Moving):
    """签收: for which post, and how it was said."""

    post: Post = Field(min_length=1)
    how: Literal["page", "call", "sms", "robot"] = "page"

    def detail(self, _now: datetime, _level: str) -> Mapping[str, Any]:
        """Give how it was acknowledged."""
        return {"how": self.how}


class Snoozing(Moving):
    """暂不提示: for how long."""

    hours: float = Field(gt=0, le=168)

    def detail(self, now: datetime, _level: str) -> Mapping[str, Any]:
        """Give until when."""
        return {"until": (now + timedelta(hours=self.hours)).isoformat()}


class Reviewing(Moving):
    """复盘: what the alert was worth in the end."""

    outcome: Verdict

    def detail(self, _now: datetime, _level: str) -> Mapping[str, Any]:
        """Give the outcome."""
        return {"outcome": self.outcome.value}


class CallingIn(Moving):
    """会商邀请: which duties."""

    duties: list[Annotated[str, Field(min_length=1, max_length=40)]] = Field(
        min_length=1, max_length=20
    )

    def detail(self, _now: datetime, _level: str) -> Mapping[str, Any]:
        """Give the duties."""
        if not set(self.duties) <= set(POST_DUTIES):
            raise InputError(f"duties: of {', '.join(POST_DUTIES)}")
        return {"duties": list(dict.fromkeys(self.duties))}


class OfPolice(Moving):
    """110回告: what its desk said, under which number."""

    what: Literal["accepted", "returned", "reported_back"]
    reference: str = Field(default="", max_length=80)

    def detail(self, _now: datetime, _level: str) -> Mapping[str, Any]:
        """Give what was said; only what it took has a number of its own."""
        reference = self.reference.strip()
        if self.what == "accepted" and not reference:
            raise InputError("reference: 110 gives a number for what it takes")
        if is_persons_number(reference):
            raise InputError("reference: a telephone or identity number is no number of 110")
        return {"what": self.what, "reference": reference}


class CallOfThree(Moving):
    """三方通话: who spoke and when, who received the matter first, and who takes it."""

    parties: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        description="who spoke, by seat or number: 来电人, 12345 08席, 110 3021"
    )
    held_at: Soon | None = Field(default=None, description="else now")
    first: Keeper = Field(description="who received the matter first")
    keeper: Literal["hotline", "police", "nobody"] = Field(
        description="who takes it; nobody where they did not agree"
    )

    def detail(self, now: datetime, _level: str) -> Mapping[str, Any]:
        """Give who spoke and what they agreed on."""
        return {
            "parties": self.parties,
            "held_at": (self.held_at or now).isoformat(),
            "first": self.first.value,
            "keeper": None if self.keeper == "nobody" else self.keeper,
        }


class Merging(Moving):
    """并案: into which alert."""

    into: int = Field(ge=1, le=2**63 - 1, description="the alert that goes on")


ROWS: Final[tuple[Row[Move, Moving], ...]] = (
    Row(Move.VERIFY, "核实", "Say how an alert was verified and what came of it.", Verifying),
    Row(
        Move.ASSESS,
        "研判、拟稿",
        "Draft what is told: level, what is asked, who has been called.",
        Assessing,
    ),
    Row(Move.SIGN, "审签", "Sign a draft; not one's own.", Moving),
    Row(Move.RETURN, "退回拟稿", "Give a draft back, with the reason.", Moving),
    Row(Move.PUSH, "推送", "Tell the posts that the table gives.", Moving),
    Row(
        Move.RECEIVE,
        "签收",
        "Acknowledge for a post; the desk may record what was said on the telephone.",
        Receiving,
    ),
    Row(Move.HANDLE, "处置", "Say what is being done.", Moving),
    Row(Move.REPORT_BACK, "反馈", "Report back what was done.", Moving),
    Row(Move.LIFT, "解除", "End an alert whose risk is over; whoever was told is told.", Moving),
    Row(
        Move.WITHDRAW,
        "撤销",
        "End an alert that was raised in error; whoever was told is told.",
        Moving,
    ),
    Row(Move.REVIEW, "复盘", "Write what was learnt from an alert that has ended.", Reviewing),
    Row(
        Move.SNOOZE,
        "暂不提示",
        "Let alerts of the same key wait for a while; a graver one is told all the same.",
        Snoozing,
    ),
    Row(
        Move.CALL_IN,
        "会商邀请",
        "Let further duties see an alert, and ask their posts in.",
        CallingIn,
    ),
    Row(
        Move.POLICE,
        "110回告",
        "Write what the desk of 110 said: taken under a number, returned, or reported back.",
        OfPolice,
    ),
    Row(
        Move.THREE_WAY,
        "三方通话",
        "Write down a call of the caller, the hotline and 110: where nobody agrees, the first "
        "receiver keeps the matter.",
        CallOfThree,
    ),
    Row(Move.MERGE, "并案", "Merge an alert into another one of the same incident.", Merging),
    Row(Move.UNMERGE, "撤销并案", "Let an alert that was merged stand for itself again.", Moving),
    Row(
        Move.NOTE,
        "记事",
        "Write something down: 会商, a telephone call, who has been called.",
        Calling,
    ),
)
"""Every move that people make; what each asks for stands in :mod:`api.move_rights`."""


def make(
    connection: Connection,
    alert_id: int,
    move: Move,
    body: Moving,
    said: Said,
    routing: Routing,
    *,
    known_days: int,
) -> Made:
    """Make one move of an alert, as its body says.

    Parameters
    ----------
    connection, alert_id, move, body
        In which transaction, of which alert, which row of the table with what.
    said
        Who, when and in which words; what the body adds is added.
    routing
        The table of who is told.
    known_days
        Term of what is known already, where the body names none.

    Raises
    ------
    NotFound, Conflict, InputError
        As of :func:`alerts.response.act.make_move`.
    """
    if isinstance(body, Verifying):
        term = timedelta(days=body.days or known_days)
        return verify(connection, alert_id, body.verdict, said, routing, term=term)
    if isinstance(body, Merging):
        return merge(connection, alert_id, body.into, said, routing)
    if move is Move.UNMERGE:
        return unmerge(connection, alert_id, said, routing)
    return make_move(connection, alert_id, move, said, routing)


def said_by(who: str, now: datetime, body: Moving, level: str) -> Said:
    """Give what a body says as the response takes it.

    Parameters
    ----------
    who, now
        Who makes the move, and the present moment.
    body
        What was sent.
    level
        Of the alert as it stands.
    """
    level = body.level if isinstance(body, Assessing) else level
    return Said(
        who=who,
        at=now,
        reason=body.reason,
        post=body.post if isinstance(body, Receiving) else "",
        seen=body.seen,
        level=level,
        detail=body.detail(now, level),
    )

"""What people do with an alert: 核实, 研判, 审签, 推送, 签收, 处置, 反馈, 解除, 撤销, 复盘.

Each move is a route of its own, so that each asks for its own right. Every body may name ``seen``,
the last move that its sender saw; where somebody was first the answer is 409 and says who did what.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from alerts.response.act import Said, make_move, verify
from alerts.response.merge import merge, unmerge
from alerts.response.moves import Move
from alerts.response.standing import LONGEST, SERVICES
from alerts.routing import POST_DUTIES, Routing
from alerts.store import read_alert
from alerts.verdicts.moves import Verdict
from alerts.verdicts.store import MOST_WORDS
from api.admission import Caller, TheCaller
from api.answers import answer
from api.cursor import Number
from api.desk import Desk, TheDesk
from api.move_routes import Row, add_route
from api.own_posts import own_posts
from api.whole_alert import whole_alert
from appeals.database import Connection, writing
from appeals.errors import InputError, NotAllowed
from appeals.people.roles import Right
from appeals.privacy import redact

router = APIRouter(prefix="/api/alerts/{alert_id}", tags=["alerts"])

Soon = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), le=datetime(2999, 1, 1, tzinfo=UTC)),
]
"""A moment that offices write: any zone can show it."""

Level = Literal["red", "orange", "yellow", "blue"]
Words = Annotated[str, Field(max_length=MOST_WORDS)]
Post = Annotated[str, Field(max_length=100)]


def _routing(request: Request) -> Routing:
    routing: Routing = request.app.state.routing
    return routing


TheRouting = Annotated[Routing, Depends(_routing)]


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
        if self.what == "accepted" and not self.reference.strip():
            raise InputError("reference: 110 gives a number for what it takes")
        return {"what": self.what, "reference": redact(self.reference.strip())}


class Merging(Moving):
    """并案: into which alert."""

    into: Number


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


def _handler(move: Move) -> Callable[..., Response]:
    def handle(
        desk: TheDesk, caller: TheCaller, routing: TheRouting, alert_id: Number, said: Moving
    ) -> Response:
        with writing(desk.engine) as connection:
            stored = read_alert(connection, caller.viewer, alert_id)
            own = _said(desk, caller, said, str(stored["level"]))
            if isinstance(said, Receiving):
                _refuse_strange_post(connection, desk, caller, said.post)
            if isinstance(said, Verifying):
                term = timedelta(days=said.days or desk.settings.alerts.known_days)
                verify(connection, alert_id, said.verdict, own, routing, term=term)
            elif isinstance(said, Merging):
                read_alert(connection, caller.viewer, said.into)
                merge(connection, alert_id, said.into, own, routing)
            elif move is Move.UNMERGE:
                unmerge(connection, alert_id, own, routing)
            else:
                make_move(connection, alert_id, move, own, routing)
            return answer(whole_alert(connection, desk, caller, alert_id))

    return handle


for _row in ROWS:
    add_route(router, "", _row, _handler(_row.move))


def _said(desk: Desk, caller: Caller, body: Moving, level: str) -> Said:
    now, level = desk.clock(), body.level if isinstance(body, Assessing) else level
    return Said(
        who=caller.said_by(body.who),
        at=now,
        reason=body.reason,
        post=body.post if isinstance(body, Receiving) else "",
        seen=body.seen,
        level=level,
        detail=body.detail(now, level),
    )


def _refuse_strange_post(connection: Connection, desk: Desk, caller: Caller, post: str) -> None:
    """Let a liaison answer for a post of their own alone: of their duty, or by the roster."""
    person = caller.person
    if person is None or Right.DUTY in caller.rights:
        return  # the desk records what was said on the telephone
    if post not in own_posts(connection, desk, caller):
        raise NotAllowed("this post is not yours to answer for")

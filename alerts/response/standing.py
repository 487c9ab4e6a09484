"""How an alert stands after its moves: who was told, who has answered, who has been called."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from alerts.duty.roster import ORDER, SEAT_WORDS, Seat, Shift, whom_to_ask
from alerts.episode import GRAVITY
from alerts.response.moves import ENDED, Made, Move, State
from alerts.response.police import Exchange, Keeper

SERVICES: Final = ("110", "119", "120", "抢修")
"""Who may have been called before anybody reads the alert."""

LONGEST: Final = MappingProxyType(
    {
        "red": timedelta(hours=24),
        "orange": timedelta(hours=48),
        "yellow": timedelta(hours=72),
        "blue": timedelta(days=7),
    }
)
"""For how long an alert of each level may stand before it is updated or expires."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A post that was told: whom it was asked of so far, and when it answers at the latest.

    ``listed`` says that nobody of the roster is left: the phone list is.
    """

    post: str
    duty: str
    people: tuple[str, ...]
    level: str
    by: datetime
    limit: timedelta
    channels: tuple[str, ...]
    reasons: tuple[str, ...]
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a post has acknowledged: who, when, how, at which level."""

    post: str
    who: str
    at: datetime
    how: str
    level: str


@dataclass(slots=True)
class Standing:
    """What the moves of one alert come to."""

    number: int = 0
    state: State = State.DETECTED
    asked: dict[str, Asked] = field(default_factory=dict)
    received: dict[str, Receipt] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    draft: Made | None = None
    signed: Made | None = None
    expires_at: datetime | None = None
    told_at: datetime | None = None
    alarmed: bool = False
    police: list[Exchange] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)
    merged_into: int | None = None

    @property
    def pending(self) -> list[Asked]:
        """Posts that were told and have not acknowledged."""
        return [one for post, one in sorted(self.asked.items()) if post not in self.received]

    @property
    def unsigned(self) -> bool:
        """Whether what people were told last went out before anybody signed."""
        return self.alarmed

    def wants_update(self, now: datetime) -> bool:
        """Say whether half of its time is over."""
        if self.draft is None or self.expires_at is None or self.state in ENDED:
            return False
        return now >= self.draft.at + (self.expires_at - self.draft.at) / 2


def standing_of(moves: Sequence[Made]) -> Standing:
    """Give how an alert stands after its moves, the oldest first."""
    now = Standing()
    for made in moves:
        now.number, now.state = made.number, State(made.state)
        now.called |= made.detail.get("called", {})
        take = _TAKE.get(Move(made.move))
        if take is not None:
            take(now, made)
    return now


def _assess(now: Standing, made: Made) -> None:
    now.draft, now.signed = made, None
    expires = made.detail.get("expires_at")
    now.expires_at = datetime.fromisoformat(expires) if expires else None


def _sign(now: Standing, made: Made) -> None:
    now.signed = made


def _tell(now: Standing, made: Made) -> None:
    now.told_at = now.told_at or made.at
    if made.move != Move.ESCALATE:  # which repeats what was told
        now.alarmed = made.move == Move.ALARM
    for told in made.detail.get("told", ()):
        post = told["post"]
        before = now.asked.get(post)
        again = made.move == Move.ESCALATE and before is not None
        people = (*before.people, told["person"]) if again and before else (told["person"],)
        limit = timedelta(minutes=told["limit_min"])
        now.asked[post] = Asked(
            post,
            told["duty"],
            people,
            made.level,
            made.at + limit,
            limit,
            tuple(told["channels"]),
            tuple(told["reasons"]),
            listed=bool(told.get("listed")),
        )
        receipt = now.received.get(post)
        if receipt and GRAVITY.index(made.level) > GRAVITY.index(receipt.level):
            del now.received[post]


def _receive(now: Standing, made: Made) -> None:
    how = str(made.detail.get("how", "page"))
    now.received[made.post] = Receipt(made.post, made.who, made.at, how, made.level)


def _ask(now: Standing, made: Made) -> None:
    told_at, alarmed = now.told_at, now.alarmed  # a 会商 is no telling: nothing is signed for it
    _tell(now, made)
    now.told_at, now.alarmed = told_at, alarmed


def _police(now: Standing, made: Made) -> None:
    of = made.detail
    now.police.append(Exchange(of["what"], of["reference"], made.at, made.stated_reason))


def _three_way(now: Standing, made: Made) -> None:
    of = made.detail
    now.police.append(
        Exchange(
            "three_way",
            "",
            datetime.fromisoformat(of["held_at"]),
            made.stated_reason,
            of["parties"],
            Keeper(of["first"]),
            Keeper(of["keeper"]) if of["keeper"] else None,
        )
    )


def _merge(now: Standing, made: Made) -> None:
    now.merged_into = made.detail["into"]


def _unmerge(now: Standing, made: Made) -> None:
    now.merged_into = None


def _absorb(now: Standing, made: Made) -> None:
    now.merged.append(made.detail["of"])


def _release(now: Standing, made: Made) -> None:
    now.merged.remove(made.detail["of"])


def _rearm(now: Standing, made: Made) -> None:
    now.asked, now.received, now.merged_into = {}, {}, None
    now.draft = now.signed = now.expires_at = now.told_at = None
    now.alarmed = False


_TAKE = {
    Move.ASSESS: _assess,
    Move.SIGN: _sign,
    Move.ALARM: _tell,
    Move.PUSH: _tell,
    Move.ESCALATE: _tell,
    Move.RECEIVE: _receive,
    Move.REARM: _rearm,
    Move.CALL_IN: _ask,
    Move.POLICE: _police,
    Move.THREE_WAY: _three_way,
    Move.MERGE: _merge,
    Move.UNMERGE: _unmerge,
    Move.ABSORB: _absorb,
    Move.RELEASE: _release,
}


def first_line(called: Mapping[str, str]) -> str:
    """Say who has been called, the first line of every alert.

    Examples
    --------
    >>> first_line({"119": "03:12", "抢修": "燃气集团 03:15"})
    '已通知119（03:12）、抢修（燃气集团 03:15）；110、120未通知'
    >>> first_line({})
    '尚未通知110、119、120和抢修'
    """
    if not called:
        return "尚未通知110、119、120和抢修"
    done = [f"{one}（{called[one]}）" if called[one] else one for one in SERVICES if one in called]
    left = [one for one in SERVICES if one not in called]
    return "已通知" + "、".join(done) + (f"；{'、'.join(left)}未通知" if left else "")


def escalations(standing: Standing, shifts: Sequence[Shift], now: datetime) -> list[dict[str, Any]]:
    """Give whom to ask now instead of those who were told and stayed silent beyond their limit.

    Each as ``told`` of an escalation: the next seat of the post (备班, 带班领导), and where nobody
    is left, once, the phone list.
    """
    if standing.state in ENDED:
        return []
    found = []
    for asked in standing.pending:
        if now < asked.by or asked.listed:
            continue
        seat, person = whom_to_ask(shifts, asked.post, asked.people, now)
        found.append(
            {
                "post": asked.post,
                "duty": asked.duty,
                "person": person,
                "seat": seat.value if seat else "",
                "channels": list(asked.channels),
                "limit_min": asked.limit.total_seconds() / 60,
                "reasons": [_why(asked, seat)],
                "listed": not person,
            }
        )
    return found


def _why(asked: Asked, seat: Seat | None) -> str:
    minutes = round(asked.limit.total_seconds() / 60)
    if seat is None:
        return f"{asked.post}逾{minutes}分钟未签收，值班表已无可联系人，请按电话表逐个拨打"
    return (
        f"{asked.post}逾{minutes}分钟未签收，转{SEAT_WORDS[seat]}（第{ORDER.index(seat) + 1}顺位）"
    )

"""Who is told of an alert: a table of duty, kind, family and level gives posts and limits."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from alerts.duty.roster import Post, Roster, Seat, whom_to_ask
from alerts.episode import GRAVITY
from alerts.lexicon.read import DUTIES
from alerts.notice import Notice, NoticeKind
from appeals.errors import InputError
from appeals.toml_rows import read_rows

EVERY: Final = "*"
POST_DUTIES: Final = ("值班", "街乡镇", *DUTIES)
"""Duties of posts: the hotline's own desk, the streets, and those of the list of terms."""

WHISTLE: Final = "whistle"
"""As a kind: rows that say by which channels bureaus are told of a whistle."""

MANY_CALLS: Final = 3
CLOSED: Final = frozenset({"公安", "政法", "宣传"})
"""Duties that are never told of a person who calls often: calling is not a matter of theirs."""

GRAVE: Final = 3.0
"""Severity of a family from which on life is in danger, whoever calls."""

LEAST_LIMIT_MIN: Final = 1.0
"""A shorter limit would ask the next one before anybody could have read."""


@dataclass(frozen=True, slots=True)
class Route:
    """One row of the table; what is empty asks nothing."""

    duty: str
    why: str
    level: str = "blue"
    kinds: frozenset[str] = frozenset()
    families: frozenset[str] = frozenset()
    severity: float = 0
    at_once: bool = False
    channels: tuple[str, ...] = ("page",)
    limit_min: float = 30.0


@dataclass(frozen=True, slots=True)
class Matter:
    """What the table looks at: an alert, the duties that it concerns, the units it lies in.

    ``units`` are ``level:code`` from the smallest to the largest.
    """

    alert_id: int
    kind: str
    family: str
    severity: float
    level: str
    duties: tuple[str, ...]
    units: tuple[str, ...]
    cases: int = 0
    callers: int = 0

    @property
    def of_one_caller(self) -> bool:
        """Whether one person has called about it again and again, and nobody is in danger."""
        return self.callers == 1 and self.cases >= MANY_CALLS and self.severity < GRAVE

    def may_know(self, duty: str) -> bool:
        """Say whether a duty may be told: of one caller's many calls some never are."""
        return not (self.of_one_caller and duty in CLOSED)


@dataclass(frozen=True, slots=True)
class Told:
    """A post that is told: by whom it is held now, for which duty, until when it answers."""

    post: str
    duty: str
    seat: Seat | None
    person: str
    reasons: tuple[str, ...]
    channels: tuple[str, ...]
    limit: timedelta


Routing = tuple[Route, ...]


def told_posts(
    matter: Matter, routing: Routing, roster: Roster, now: datetime, *, at_once: bool
) -> list[Told]:
    """Give the posts that are told of a matter, each once with all reasons, in order of name.

    Parameters
    ----------
    at_once
        Only by rows that tell of what was just found.
    """
    found: dict[str, list[tuple[Route, Post]]] = {}
    if matter.of_one_caller:
        routing = (*routing, Route("值班", f"同一来电人反映{matter.cases}件，仅由热线值班室掌握"))
    for route in routing:
        if (at_once and not route.at_once) or not fits(route, matter):
            continue
        duties = matter.duties if route.duty == EVERY else (route.duty,)
        for duty in filter(matter.may_know, duties):
            for post in nearest(roster.posts, duty, matter.units):
                found.setdefault(post.name, []).append((route, post))
    return [_told(name, found[name], roster, now) for name in sorted(found)]


def asked_posts(duties: Iterable[str], matter: Matter, roster: Roster, now: datetime) -> list[Told]:
    """Give the posts of duties that the desk asks to a 会商, in order of name."""
    route = Route(EVERY, "值班室请贵单位参加会商")
    posts = {
        post.name: [(route, post)]
        for duty in duties
        for post in nearest(roster.posts, duty, matter.units)
    }
    return [_told(name, posts[name], roster, now) for name in sorted(posts)]


def whistle_channels(routing: Routing, duty: str) -> tuple[str, ...]:
    """Give the channels by which a bureau is told of a whistle: of the rows of this kind, or page.

    >>> rows = (Route("*", "x", kinds=frozenset({"whistle"}), channels=("page", "短信")),)
    >>> whistle_channels(rows, "应急"), whistle_channels((), "应急")
    (('page', '短信'), ('page',))
    """
    rows = [row for row in routing if WHISTLE in row.kinds and row.duty in (EVERY, duty)]
    return tuple(dict.fromkeys(one for row in rows for one in row.channels)) or ("page",)


def _told(name: str, rows: list[tuple[Route, Post]], roster: Roster, now: datetime) -> Told:
    seat, person = whom_to_ask(roster.shifts, name, (), now)
    return Told(
        post=name,
        duty=rows[0][1].duty,
        seat=seat,
        person=person,
        reasons=tuple(dict.fromkeys(route.why for route, _ in rows)),
        channels=tuple(dict.fromkeys(c for route, _ in rows for c in route.channels)),
        limit=timedelta(minutes=min(route.limit_min for route, _ in rows)),
    )


def nearest(posts: Iterable[Post], duty: str, units: Sequence[str]) -> list[Post]:
    """Give the posts of a duty whose area holds the place, those of the smallest such area.

    Examples
    --------
    >>> posts = [Post("市应急", "应急"), Post("东区应急", "应急", "district:990101")]
    >>> [post.name for post in nearest(posts, "应急", ["street:990101001", "district:990101"])]
    ['东区应急']
    >>> [post.name for post in nearest(posts, "应急", ["street:990102001", "district:990102"])]
    ['市应急']
    """
    areas = [*units, ""]
    own = [post for post in posts if post.duty == duty and post.area in areas]
    first = min((areas.index(post.area) for post in own), default=None)
    return [post for post in own if areas.index(post.area) == first]


def notices_of(
    told: Sequence[Told], matter: Matter, move: int, kind: NoticeKind, now: datetime
) -> list[Notice]:
    """Give one notice a person and channel: who holds two posts has the reasons of both."""
    merged: dict[tuple[str, str], list[Told]] = {}
    for one in told:
        for channel in one.channels:
            whom = one.person or f"post {one.post}"
            merged.setdefault((whom, channel), []).append(one)
    asks = kind is not NoticeKind.CANCEL
    return [
        Notice(
            alert_id=matter.alert_id,
            move=move,
            kind=kind,
            level=matter.level,
            post=own[0].post,
            person=own[0].person,
            duty=own[0].duty,
            channel=channel,
            reasons=tuple(dict.fromkeys(why for one in own for why in one.reasons)),
            acknowledge_by=now + min(one.limit for one in own) if asks else None,
        )
        for (_, channel), own in merged.items()
    ]


def fits(route: Route, matter: Matter) -> bool:
    """Say whether a row is about such a matter."""
    return (
        GRAVITY.index(matter.level) >= GRAVITY.index(route.level)
        and (not route.kinds or matter.kind in route.kinds)
        and (not route.families or matter.family in route.families)
        and matter.severity >= route.severity
    )


def read_routing(path: Path | None = None) -> Routing:
    """Read the table of a file, or the one that the product brings.

    Raises
    ------
    InputError
        A row cannot be understood.
    """
    where, given = read_rows(path, ("alerts", "routing.toml"), "routing", "row")
    if not given:
        raise InputError(f"{where} has no row, so nobody would be told of anything")
    return tuple(_route(one, f"{where}: row {n}") for n, one in enumerate(given, start=1))


def _route(given: dict[str, Any], where: str) -> Route:
    faults = _faults(given)
    fault = next(faults, None)
    if fault is not None:
        raise InputError(f"{where}: {fault}")
    sets: dict[str, Any] = {
        name: frozenset(given[name]) for name in ("kinds", "families") if name in given
    }
    channels = tuple(given.get("channels", ("page",)))
    return Route(**given | sets | {"channels": channels, "why": given["why"].strip()})


def _faults(given: dict[str, Any]) -> Iterator[str]:
    unknown = given.keys() - Route.__dataclass_fields__.keys()
    if unknown:
        yield f"{min(unknown)} is unknown; known: {', '.join(Route.__dataclass_fields__)}"
    if given.get("duty") not in (EVERY, *POST_DUTIES):
        yield f"duty is * or one of {', '.join(POST_DUTIES)}"
    if not str(given.get("why") or "").strip():
        yield "why is empty"
    if given.get("level", "blue") not in GRAVITY:
        yield f"level is one of {', '.join(reversed(GRAVITY))}"
    for name in ("kinds", "families", "channels"):
        words = given.get(name, [])
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            yield f"{name} is a list of words"
    if given.get("channels") == []:
        yield "channels is empty: nobody would be told"
    for name, least in (("limit_min", LEAST_LIMIT_MIN), ("severity", 0)):
        value = given.get(name, least)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or value < least:
            yield f"{name} is a number of at least {least:g}"
    if not isinstance(given.get("at_once", False), bool):
        yield "at_once is true or false"

"""Who holds a post when: shifts as data, gaps of the next hours, and who is next to be asked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Seat(StrEnum):
    """As what somebody is on duty."""

    OFFICER = "officer"  # 值班员
    DEPUTY = "deputy"  # 备班
    LEADER = "leader"  # 带班领导


SEAT_WORDS: Final = MappingProxyType(
    {Seat.OFFICER: "值班员", Seat.DEPUTY: "备班", Seat.LEADER: "带班领导"}
)

AHEAD: Final = timedelta(hours=72)
"""Gaps of so many hours are told."""

ORDER: Final = (Seat.OFFICER, Seat.DEPUTY, Seat.LEADER)
"""Who is asked one after the other while nobody acknowledges."""


@dataclass(frozen=True, slots=True)
class Post:
    """A post (值班室, 联络员岗): its name, duty, the unit it answers for, and its landline.

    ``area`` is ``level:code`` of a unit, empty for the whole city.
    """

    name: str
    duty: str
    area: str = ""
    landline: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody on a roster; ``person`` is their key: the login, else the name."""

    person: str
    name: str
    login: str = ""
    phone: str = ""
    mail: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """Who holds which seat of a post from one moment up to, not with, another."""

    post: str
    seat: Seat
    person: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Roster:
    """All posts, and the shifts about a moment."""

    posts: tuple[Post, ...] = ()
    shifts: tuple[Shift, ...] = ()


def on_duty(shifts: Iterable[Shift], post: str, seat: Seat, now: datetime) -> str:
    """Give who holds a seat now, empty where nobody does; of two the one whose shift began last.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    >>> day = Shift("应急值班室", Seat.OFFICER, "wang", at, at + timedelta(hours=24))
    >>> [on_duty([day], "应急值班室", seat, at) for seat in (Seat.OFFICER, Seat.DEPUTY)]
    ['wang', '']
    >>> on_duty([day], "应急值班室", Seat.OFFICER, at + timedelta(hours=24))
    ''
    """
    own = [
        s for s in shifts if s.post == post and s.seat == seat and s.begins_at <= now < s.ends_at
    ]
    return max(own, key=lambda s: (s.begins_at, s.person)).person if own else ""


def whom_to_ask(
    shifts: Sequence[Shift], post: str, asked: Collection[str], now: datetime
) -> tuple[Seat | None, str]:
    """Give the next seat and person of a post that were not asked yet.

    ``None`` where all were: then the phone list is left.
    """
    for seat in ORDER:
        person = on_duty(shifts, post, seat, now)
        if person and person not in asked:
            return seat, person
    return None, ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time in which nobody holds a seat of a post."""

    post: str
    seat: Seat
    begins_at: datetime
    ends_at: datetime


def gaps(
    posts: Iterable[Post], shifts: Sequence[Shift], begin: datetime, end: datetime
) -> list[Gap]:
    """Give where the officer's seat of a post is empty between two moments.

    A post that has never had a shift is one gap from end to end.

    Examples
    --------
    >>> from datetime import UTC, timedelta
    >>> at = datetime(2026, 3, 2, 8, tzinfo=UTC)
    >>> day = Shift("A", Seat.OFFICER, "wang", at, at + timedelta(hours=24))
    >>> [(g.begins_at.day, g.ends_at.day) for g in gaps([Post("A", "应急")], [day], at,
    ...                                                 at + timedelta(hours=72))]
    [(3, 5)]
    """
    found = []
    for post in posts:
        own = sorted(
            (s for s in shifts if s.post == post.name and s.seat == Seat.OFFICER),
            key=lambda s: s.begins_at,
        )
        free = begin
        for shift in own:
            if shift.begins_at >= end:
                break
            if shift.begins_at > free:
                found.append(Gap(post.name, Seat.OFFICER, free, shift.begins_at))
            free = max(free, shift.ends_at)
        if free < end:
            found.append(Gap(post.name, Seat.OFFICER, free, end))
    return found

"""The roster of the made-up city: posts of desk, liaisons and streets, held by its people.

Shifts run from 8:00 to 8:00, from the day before the demo is made on; the two officers take turns.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final

from alerts.duty.roster import Contact, Post, Seat, Shift
from alerts.duty.store import write_roster
from appeals.database import reading, writing
from appeals.people.roles import StaffRole
from appeals.people.store import Person, read_people
from wangge.site import Site, today

DAYS: Final = 30
_DESK: Final = "市值班室"


def make_roster(site: Site) -> int:
    """Write posts and shifts for the people who are there; give how many shifts."""
    with reading(site.engine) as connection:
        people = [one for one in read_people(connection) if one.disabled_at is None]
    posts, seats = _posts(people)
    contacts = [Contact(one.login, one.name, one.login) for one in people]
    begin = datetime.combine(today(site) - timedelta(days=1), time(8), site.zone)
    shifts = [
        Shift(post, seat, who[day % len(who)], begin + timedelta(days=day), begin + _next(day))
        for day in range(DAYS)
        for (post, seat), who in seats.items()
    ]
    held = {shift.person for shift in shifts}
    with writing(site.engine) as connection:
        write_roster(connection, posts, [one for one in contacts if one.person in held], shifts)
    return len(shifts)


def _next(day: int) -> timedelta:
    return timedelta(days=day + 1)


def _posts(people: list[Person]) -> tuple[list[Post], dict[tuple[str, Seat], list[str]]]:
    """Give the posts, and who takes turns in which of their seats."""
    officers, leaders = _of(people, StaffRole.DUTY_OFFICER), _of(people, StaffRole.LEADER)
    posts = [Post(_DESK, "值班")]
    seats = {(_DESK, Seat.OFFICER): officers, (_DESK, Seat.DEPUTY): officers[::-1]}
    seats[_DESK, Seat.LEADER] = leaders
    for duty, login in _liaisons(people):
        name = f"{duty}联络员岗"
        posts.append(Post(name, duty))
        seats[name, Seat.OFFICER] = [login]
        seats[name, Seat.LEADER] = leaders
    for area in sorted({one.areas[0] for one in people if _is_street(one)}):
        own = [one for one in people if area in one.areas]
        name = f"街道值班室（{area.partition(':')[2]}）"
        posts.append(Post(name, "街乡镇", area))
        seats[name, Seat.OFFICER] = _of(own, StaffRole.STREET_OFFICIAL)
        seats[name, Seat.LEADER] = _of(own, StaffRole.STREET_LEADER)
    return posts, {key: who for key, who in seats.items() if who}


def _of(people: list[Person], role: StaffRole) -> list[str]:
    return [one.login for one in people if role in one.roles]


def _liaisons(people: list[Person]) -> Iterator[tuple[str, str]]:
    for one in people:
        if StaffRole.LIAISON in one.roles:
            for duty in one.duties:
                yield duty, one.login


def _is_street(person: Person) -> bool:
    return StaffRole.STREET_OFFICIAL in person.roles and bool(person.areas)

"""Reads a roster (值班表) from a table as an office keeps it, and says of each row what is wrong.

One row is one shift: 岗位, 职责, 区域, 固定电话, 班次, 姓名, 账号, 手机, 邮箱, and either
开始 and 结束, or 日期 and 时段 (``8:00-次日8:00``). What the rows of one post or person say
twice must be the same.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from alerts.duty.roster import SEAT_WORDS, Contact, Post, Seat, Shift
from alerts.routing import POST_DUTIES
from appeals.errors import InputError
from appeals.times import parse_time

HEADERS: Final = MappingProxyType(
    {
        "post": ("岗位", "值班岗位", "post"),
        "duty": ("职责", "duty"),
        "area": ("区域", "辖区", "area"),
        "landline": ("固定电话", "座机", "landline"),
        "seat": ("班次", "席位", "seat"),
        "name": ("姓名", "name"),
        "login": ("账号", "login"),
        "phone": ("手机", "电话", "phone"),
        "mail": ("邮箱", "mail"),
        "begins": ("开始", "begins"),
        "ends": ("结束", "ends"),
        "day": ("日期", "day"),
        "hours": ("时段", "hours"),
    }
)
"""Headers by which each column is known."""

LONGEST: Final = timedelta(days=31)

_SEATS: Final = {word: seat for seat, word in SEAT_WORDS.items()} | {
    seat.value: seat for seat in Seat
}
_SEATS["副班"] = Seat.DEPUTY
_HOURS: Final = re.compile(r"(\d{1,2}):(\d{2})\s*[-—~至]+\s*(次日)?\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one row; it names the field, never a person's words."""

    row: int
    field: str
    reason: str


@dataclass(slots=True)
class RosterTable:
    """What was read: posts and contacts by name, shifts, and the faults of all rows."""

    posts: dict[str, Post] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    shifts: list[Shift] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_rows(
    rows: Iterable[tuple[int, Mapping[str, str | None]]],
    zone: ZoneInfo,
    area_of: Callable[[str], str],
) -> RosterTable:
    """Read the rows of a roster.

    Parameters
    ----------
    rows
        Number and cells of each, by header.
    zone
        Of the times.
    area_of
        Gives ``level:code`` for what stands under 区域; ``InputError`` where there is no such unit.
    """
    table = RosterTable()
    taken: dict[tuple[str, Seat], list[Shift]] = {}
    for number, cells in rows:
        given = {name: _cell(cells, headers) for name, headers in HEADERS.items()}
        if not any(given.values()):
            continue
        name = "post"
        try:
            post = _post(given, area_of)
            name = "name"
            contact = _contact(given)
            name = "seat"
            seat = _SEATS.get(given["seat"] or SEAT_WORDS[Seat.OFFICER])
            if seat is None:
                raise InputError(f"is one of {', '.join(SEAT_WORDS.values())}")
            name = "begins" if given["begins"] else "day"
            begins_at, ends_at = _span(given, zone)
            shift = Shift(post.name, seat, contact.person, begins_at, ends_at)
            _agree(table, post, contact)
            before = taken.setdefault((post.name, seat), [])
            if any(s.begins_at < ends_at and begins_at < s.ends_at for s in before):
                raise InputError("overlaps another shift of this seat")
        except _WrongField as error:
            table.faults.append(Fault(number, error.field, str(error)))
        except InputError as error:
            table.faults.append(Fault(number, name, str(error)))
        else:
            before.append(shift)
            table.posts[post.name], table.contacts[contact.person] = post, contact
            table.shifts.append(shift)
    return table


class _WrongField(InputError):
    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


def _cell(cells: Mapping[str, str | None], headers: tuple[str, ...]) -> str:
    return next(((cells[one] or "").strip() for one in headers if one in cells), "")


def _post(given: Mapping[str, str], area_of: Callable[[str], str]) -> Post:
    if not given["post"]:
        raise InputError("is empty")
    duty = given["duty"] or "值班"
    if duty not in POST_DUTIES:
        raise _WrongField("duty", f"is one of {', '.join(POST_DUTIES)}")
    try:
        area = area_of(given["area"]) if given["area"] else ""
    except InputError as error:
        raise _WrongField("area", str(error)) from error
    return Post(given["post"], duty, area, given["landline"])


def _contact(given: Mapping[str, str]) -> Contact:
    name, login = given["name"], given["login"].casefold()
    if not name:
        raise InputError("is empty")
    phone = given["phone"]
    if phone and not re.fullmatch(r"\+?[\d\- ]{5,20}", phone):
        raise _WrongField("phone", "is no telephone number")
    mail = given["mail"]
    if mail and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", mail):
        raise _WrongField("mail", "is no mail address")
    return Contact(login or name, name, login, phone, mail)


def _span(given: Mapping[str, str], zone: ZoneInfo) -> tuple[datetime, datetime]:
    if given["begins"] or given["ends"]:
        begins_at = parse_time(given["begins"], zone)[0]
        try:
            ends_at = parse_time(given["ends"], zone)[0]
        except InputError as error:
            raise _WrongField("ends", str(error)) from error
    else:
        begins_at, ends_at = _of_day(given, zone)
    if not begins_at < ends_at <= begins_at + LONGEST:
        raise _WrongField("ends", "a shift ends after it begins, within 31 days")
    return begins_at, ends_at


def _of_day(given: Mapping[str, str], zone: ZoneInfo) -> tuple[datetime, datetime]:
    day = parse_time(given["day"], zone)[0].astimezone(zone)
    match = _HOURS.fullmatch(given["hours"].replace("：", ":").replace("－", "-"))
    if match is None:
        raise _WrongField("hours", "is written as 8:00-次日8:00")
    from_hour, from_minute, _, to_hour, to_minute = match.groups()
    try:
        begins_at = day.replace(hour=int(from_hour) % 24, minute=int(from_minute))
        ends_at = day.replace(hour=int(to_hour) % 24, minute=int(to_minute))
    except ValueError as error:
        raise _WrongField("hours", "holds no hours of a day") from error
    if match[3] or ends_at <= begins_at:
        ends_at += timedelta(days=1)
    return begins_at, ends_at


def _agree(table: RosterTable, post: Post, contact: Contact) -> None:
    if table.posts.get(post.name, post) != post:
        raise _WrongField("post", "another row gives this post another duty, area or landline")
    if table.contacts.get(contact.person, contact) != contact:
        raise _WrongField("name", "another row gives this person another telephone or mail")

"""A row of a file becomes an appeal, or a reject that says why.

What is an appeal's id, its class code, its caller, its time and its place must be readable: where
one of these is there and cannot be read, the row is a reject. How it was handled (派单时间,
办结时间, 是否重复, 是否解决 …) must not cost early warning the appeal: a value of these that cannot
be read is left empty, and its field is named in :attr:`appeals.record.Arrival.unread`. Either way
nothing is lost in silence. A row comes as :class:`appeals.record.Reject` from its file where its
bytes, quotes or number of fields are wrong, and is passed on.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from appeals import values
from appeals.angles import Angle, coordinate
from appeals.categories import class_code
from appeals.errors import InputError
from appeals.plan import Plan, Rules, plan
from appeals.privacy import cut_at_building, redact
from appeals.record import Appeal, Arrival, Personal, Pin, Precision, Reject
from appeals.times import local_day_hour, parse_time

__all__ = ["Cells", "Plan", "Rules", "plan", "understand"]

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
# What a form writes where nobody set a point.
_FORM_EMPTY = (0.0, -1.0)
# The strongest mark that a path has is the one that parts it: "A-B/C" has two levels.
_PATH_MARKS = tuple(map(re.compile, (r"\s*(?:->|→|>)\s*", r"\s*[/\\|]\s*", r"\s*(?:-|—)+\s*")))

Cells = Mapping[str, str | None] | Reject
"""One row: header to text, or what is wrong with the row as a whole."""

_Value = TypeVar("_Value")


class _Unreadable(Exception):
    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


def understand(row_number: int, cells: Cells, plan: Plan) -> Arrival | Reject:
    """Make an appeal of one row, or say which field keeps it from being one.

    Coordinates are both there or both empty (no error: a row without a point); 0, 0 and -1, -1 are
    a form's empty value and no point: both fields are named as unread. Nothing is converted, and
    what the numbers mean is asked of the whole column later (``geo/formats.py``). The title stands
    before the text. The open part is redacted, the words as they came go into the personal part.

    Parameters
    ----------
    row_number
        Of the row in its file, from 1.
    cells
        The row by header.
    plan
        Of the file.
    """
    if isinstance(cells, Reject):
        return cells
    try:
        return _arrival(row_number, plan.constants | dict(cells) if plan.constants else cells, plan)
    except _Unreadable as error:
        return Reject(row_number, error.field, error.reason)


def _arrival(row: int, cells: Mapping[str, str | None], plan: Plan) -> Arrival:
    column, get, text = plan.columns, cells.get, values.plain_text
    unread: list[str] = []

    def must(field: str, read: Callable[[str | None], _Value]) -> _Value:
        try:
            return read(get(column[field]))
        except InputError as error:
            raise _Unreadable(field, str(error)) from error

    def may(field: str, read: Callable[[str | None, str], _Value]) -> _Value | None:
        value = get(column[field])
        if not value:
            return None
        try:
            return read(value, field)
        except InputError:
            unread.append(field)
            return None

    def moment(value: str | None, _field: str) -> datetime | None:
        return _moment(value, plan)[0] if text(value) else None

    source_id = must("id", values.code)
    if source_id is None:
        raise _Unreadable("id", "is empty")
    if text(get(column["received_at"])) is None:
        raise _Unreadable("received_at", "is empty")
    received_at, precision = must("received_at", lambda value: _moment(value, plan))
    # A day without a time is that day, wherever its zone lies.
    day_zone = plan.zone if precision is Precision.DAY else plan.rules.zone
    local_day, local_hour = local_day_hour(received_at, precision, day_zone)
    title, words = text(get(column["title"])), text(get(column["text"]))
    whole = f"{title}\n{words}" if title and words else title or words
    address = text(get(column["address"]))
    subject, reason = text(get(column["subject"])), text(get(column["exclusion_reason"]))
    appeal = Appeal(
        source=plan.rules.source,
        source_id=source_id,
        received_at=received_at,
        received_precision=precision,
        local_day=local_day,
        local_hour=local_hour,
        kind=values.kind(get(column["kind"])),
        class_code=must("class_code", values.code) or class_code(_class_names(cells, plan)),
        channel=text(get(column["channel"])),
        urgency=text(get(column["urgency"])),
        direct=may("direct", values.yes_no),
        status=text(get(column["status"])),
        dispatched_at=may("dispatched_at", moment),
        closed_at=may("closed_at", moment),
        subject=redact(subject) if subject else None,
        text=redact(whole) if whole else "",
        address=cut_at_building(address) if address else "",
        district=text(get(column["district"])),
        street=text(get(column["street"])),
        community=text(get(column["community"])),
        sent_to=text(get(column["sent_to"])),
        repeat=may("repeat", values.yes_no),
        transferred=values.transferred(get(column["transferred"])),
        contacted=may("contacted", values.answer),
        solved=may("solved", values.answer),
        satisfied=may("satisfied", values.answer),
        excluded=may("excluded", values.yes_no),
        exclusion_reason=redact(reason) if reason else None,
        pin=_pin(cells, plan, unread),
        level_of_place=must("level_of_place", lambda value: values.level(value, plan.levels)),
    )
    personal = Personal(
        name=text(get(column["name"])),
        phone=must("phone", values.code),
        id_number=must("id_number", values.code),
        caller_address=text(get(column["caller_address"])),
        address=address,
        text=whole,
    )
    return Arrival(row, appeal, personal, tuple(unread))


def _moment(value: str | None, plan: Plan) -> tuple[datetime, Precision]:
    moment, precision = parse_time(value or "", plan.zone)
    if moment < _EARLIEST:
        raise InputError("is before 1990")
    if plan.latest is not None and moment > plan.latest:
        raise InputError("lies in the future")
    return moment, precision


def _class_names(cells: Mapping[str, str | None], plan: Plan) -> list[str | None]:
    first = values.plain_text(cells.get(plan.columns["class_1"]))
    if first and plan.class_path:
        first = values.narrow(first)
        for mark in _PATH_MARKS:
            parts = [part for part in mark.split(first, maxsplit=2) if part]
            if len(parts) > 1:
                return list(parts)
    return [
        first,
        values.plain_text(cells.get(plan.columns["class_2"])),
        values.plain_text(cells.get(plan.columns["class_3"])),
    ]


def _pin(cells: Mapping[str, str | None], plan: Plan, unread: list[str]) -> Pin | None:
    x, y = _coordinate("lon", cells, plan), _coordinate("lat", cells, plan)
    radius_m = _radius_m(cells, plan)
    if x is None and y is None:
        return None
    if x is None:
        raise _Unreadable("lon", "is empty where lat is not: give both or neither")
    if y is None:
        raise _Unreadable("lat", "is empty where lon is not: give both or neither")
    if x.value == y.value and x.value in _FORM_EMPTY:
        unread += ["lon", "lat"]
        return None
    if x.axis == "lat" and y.axis == "lon":
        x, y = y, x
    elif x.axis == "lat" or y.axis == "lon":
        field, word = ("lon", "latitude") if x.axis == "lat" else ("lat", "longitude")
        raise _Unreadable(field, f"says that it is a {word}")
    return Pin(x.value, y.value, plan.datum, radius_m)


def _coordinate(field: str, cells: Mapping[str, str | None], plan: Plan) -> Angle | None:
    value = cells.get(plan.columns[field])
    if not value:
        return None
    try:
        return coordinate(value)
    except InputError as error:
        raise _Unreadable(field, str(error)) from error


def _radius_m(cells: Mapping[str, str | None], plan: Plan) -> float:
    try:
        radius_m = values.number(cells.get(plan.columns["radius_m"]))
    except InputError as error:
        raise _Unreadable("radius_m", str(error)) from error
    if radius_m is not None and radius_m < 0:
        raise _Unreadable("radius_m", "is negative")
    return radius_m or 0.0

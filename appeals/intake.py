"""A row of a file becomes an appeal, or a reject that says why.

What is an appeal's id, its class code, its caller, its time and its place must be readable: where
one of these is there and cannot be read, the row is a reject. How it was handled (派单时间,
办结时间, 是否重复, 是否解决 …) must not cost early warning the appeal: a value of these that cannot
be read is left empty, and its field is named in :attr:`appeals.record.Arrival.unread`. Either way
nothing is lost in silence. A row comes as :class:`appeals.record.Reject` from its file where its
bytes, quotes or number of fields are wrong, and is passed on.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from appeals import values
from appeals.categories import class_code
from appeals.errors import InputError
from appeals.headers import (
    ALIASES,
    FIELDS,
    holds_path,
    known_columns,
    looks_like_data,
    nearest,
    shown,
)
from appeals.mapping import LEVELS_OF_PLACE, read_zone
from appeals.mapping import Mapping as FileMapping
from appeals.privacy import cut_at_building, redact
from appeals.record import Appeal, Arrival, Personal, Pin, Precision, Reject
from appeals.times import local_day_hour, parse_time

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_FUTURE = timedelta(days=1)  # clocks differ, and a day without a time may be named from its end
_DEGREES = frozenset(("wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4326", "EPSG:4490"))
_LEVEL_WORDS: dict[str, str] = {
    **{level: level for level in LEVELS_OF_PLACE},
    "区": "district",
    "区县": "district",
    "街道": "street",
    "乡镇": "street",
    "街乡镇": "street",
    "社区": "community",
    "村": "community",
    "道路": "road",
    "小区": "compound",
    "楼栋": "building",
    "门牌号": "plate",
    "门牌": "plate",
}
# The strongest mark that a path has is the one that parts it: "A-B/C" has two levels.
_PATH_MARKS = tuple(map(re.compile, (r"\s*(?:->|→|>)\s*", r"\s*[/\\|]\s*", r"\s*(?:-|—)+\s*")))

Cells = Mapping[str, str | None] | Reject
"""One row: header to text, or what is wrong with the row as a whole."""

_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Rules:
    """What holds for every row of one run.

    Parameters
    ----------
    source
        Name of the source; an id is unique within it.
    mapping
        How its files are to be read.
    zone
        The jurisdiction's: of local days, and of times where the mapping names no zone.
    datum
        Of the coordinates, before the mapping's own.
    bounding_box
        West, south, east, north in WGS84 degrees; checked after conversion, not here.
    now
        The moment of reading; a time more than a day later is a reject. ``None``: no such check.
    """

    source: str
    mapping: FileMapping
    zone: ZoneInfo
    datum: str | None = None
    bounding_box: tuple[float, float, float, float] | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Which column gives which field, worked out once for a file.

    ``columns`` has every field: the header where the file has a column for it, else a text that no
    header can be, so that looking it up finds nothing.
    """

    rules: Rules
    columns: dict[str, str]
    constants: dict[str, str]
    zone: ZoneInfo
    datum: str
    degrees: bool
    class_path: bool
    levels: dict[str, str]
    latest: datetime | None


def _absent(field: str) -> str:
    return f"\x00{field}"


def plan(headers: Sequence[str], rules: Rules) -> Plan:
    """Work out which column gives which field.

    A column that the mapping names comes first, then the mapping's constants, then the headers
    that are known by alias and that the mapping does not use otherwise.

    Raises
    ------
    InputError
        There is no id or no time column (the message names the headers and the nearest known
        one), the mapping names a column that is not there, one coordinate has no other, or there
        are coordinate columns and no datum.
    """
    columns = _columns(headers, rules.mapping)
    given = {**columns, **rules.mapping.constants}
    for field, word in (("id", "工单编号"), ("received_at", "受理时间")):
        if field not in given:
            raise InputError(_no_column(field, word, headers))
    if ("lon" in given) != ("lat" in given):
        there, lacking = ("lon", "lat") if "lon" in given else ("lat", "lon")
        raise InputError(f"there is a column for {there} and none for {lacking}")
    datum = rules.datum or rules.mapping.datum or ""
    if "lon" in given and not datum:
        raise InputError(
            "the file has coordinates and no datum is declared: give --datum, or datum in the "
            "mapping or the settings (wgs84, cgcs2000, gcj02, bd09 or EPSG:NNNN)"
        )
    zone = rules.zone
    if rules.mapping.time_zone is not None:
        zone = read_zone(rules.mapping.time_zone, "mapping: time_zone")
    return Plan(
        rules=rules,
        columns={field: columns.get(field, _absent(field)) for field in FIELDS},
        constants={_absent(field): value for field, value in rules.mapping.constants.items()},
        zone=zone,
        datum=datum,
        degrees=datum in _DEGREES,
        class_path="class_2" not in given and holds_path(columns.get("class_1", "")),
        levels=_LEVEL_WORDS | rules.mapping.level_of_place,
        latest=None if rules.now is None else rules.now + _FUTURE,
    )


def _columns(headers: Sequence[str], mapping: FileMapping) -> dict[str, str]:
    for field, header in mapping.columns.items():
        if header and header not in headers:
            near = None if looks_like_data(headers) else nearest(header, headers)
            hint = f"; did you mean {near}?" if near else ""
            raise InputError(f"the mapping reads {field} from column {header}, not there{hint}")
    used = set(mapping.columns.values())
    found = known_columns(header for header in headers if header not in used)
    for field in (*mapping.columns, *mapping.constants):
        found.pop(field, None)
    return found | {field: header for field, header in mapping.columns.items() if header}


def _no_column(field: str, word: str, headers: Sequence[str]) -> str:
    if looks_like_data(headers):
        return "the first row looks like data, not like headers: put a row of column names on top"
    known = [header for header, named in ALIASES.items() if named == field]
    near = next((found for header in headers if (found := nearest(header, known))), word)
    return (
        f"no column for {field}: the headers are {shown(headers)}; nearest known one is {near}. "
        f"Rename the column or name it in a mapping file: [columns] {field} = …"
    )


class _Unreadable(Exception):
    def __init__(self, field: str, reason: str) -> None:
        self.field, self.reason = field, reason


def understand(row_number: int, cells: Cells, plan: Plan) -> Arrival | Reject:
    """Make an appeal of one row, or say which field keeps it from being one.

    Coordinates are both there or both empty (no error: a row without a point); 0, 0 is a form's
    empty value and no point. Where the datum counts in degrees their ranges are checked; nothing
    is converted. The title stands before the text. The open part is redacted, the words as they
    came go into the personal part.

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
        pin=_pin(cells, plan),
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


def _pin(cells: Mapping[str, str | None], plan: Plan) -> Pin | None:
    lon = _number("lon", cells, plan)
    lat = _number("lat", cells, plan)
    radius_m = _number("radius_m", cells, plan)
    if radius_m is not None and radius_m < 0:
        raise _Unreadable("radius_m", "is negative")
    if lon is None and lat is None:
        return None
    if lon is None:
        raise _Unreadable("lon", "is empty where lat is not")
    if lat is None:
        raise _Unreadable("lat", "is empty where lon is not")
    if lon == 0 and lat == 0:
        return None
    if plan.degrees:
        if not -90 <= lat <= 90:
            swapped = -90 <= lon <= 90 and -180 <= lat <= 180
            hint = ": longitude and latitude look swapped" if swapped else ""
            raise _Unreadable("lat", f"latitude out of range (-90 to 90 degrees){hint}")
        if not -180 <= lon <= 180:
            raise _Unreadable("lon", "longitude out of range (-180 to 180 degrees)")
    return Pin(lon, lat, plan.datum, radius_m or 0.0)


def _number(field: str, cells: Mapping[str, str | None], plan: Plan) -> float | None:
    value = cells.get(plan.columns[field])
    if not value:
        return None
    try:
        return values.number(value)
    except InputError as error:
        raise _Unreadable(field, str(error)) from error

"""What clients ask and send, read by the words of the standard.

An argument that is empty is one that was not sent ("Optional Arguments").

Source: GeoReport v2, "POST Service Request" and "GET Service Requests".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from casework.open311.fault import Fault
from casework.open311.services import MOST_SUBJECT, URGENCY
from geo.datums import range_fault

MOST_SPAN: Final = timedelta(days=90)
MOST_REQUESTS: Final = 1000
MOST_DESCRIPTION: Final = 4000
NEAR_M: Final = 1000.0
"""Metres around ``lat`` and ``long`` where no ``radius`` is given."""

_BIGGEST: Final = 2**63 - 1
_STATUSES: Final = frozenset({"open", "closed"})

Sent = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Posted:
    """A request as it was posted; one of point, address and address id is there."""

    service_code: str
    point: tuple[float, float] | None  # longitude, latitude, WGS84
    address: str
    address_id: str
    description: str
    name: str
    phone: str
    urgency: str
    subject: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which requests are asked for; ``numbers`` overrides the rest."""

    numbers: tuple[int, ...] | None
    services: tuple[str, ...]
    statuses: frozenset[str]
    first: datetime
    last: datetime
    near: tuple[float, float, float] | None  # longitude, latitude, metres
    page: int
    page_size: int


def read_form(body: bytes) -> list[tuple[str, str]]:
    """Read a form (``application/x-www-form-urlencoded``, UTF-8); empty values are left out.

    Raises
    ------
    Fault
        It is not UTF-8, or has too many fields.
    """
    try:
        pairs = parse_qsl(
            body.decode("ascii"), encoding="utf-8", errors="strict", max_num_fields=200
        )
    except (UnicodeDecodeError, ValueError):
        raise Fault(400, "the form is not application/x-www-form-urlencoded in UTF-8") from None
    return [(name, value.strip()) for name, value in pairs if value.strip()]


def read_posted(pairs: Sequence[tuple[str, str]]) -> Posted:
    """Read a request.

    Raises
    ------
    Fault
        With the argument that is missing or cannot be right.
    """
    sent = dict(pairs)
    if "service_code" not in sent:
        raise Fault(400, "service_code was not provided")
    point = _point(sent)
    address, address_id = sent.get("address_string", ""), sent.get("address_id", "")
    if point is None and not address and not address_id:
        raise Fault(400, "lat and long, address_string or address_id: one of them is needed")
    description = sent.get("description", "")
    if len(description) > MOST_DESCRIPTION:
        raise Fault(400, f"description has more than {MOST_DESCRIPTION} characters")
    given = _attributes(pairs)
    urgency, subject = given.get("urgency", "normal"), given.get("subject", "")
    if urgency not in URGENCY:
        raise Fault(400, f"attribute[urgency] is one of {', '.join(URGENCY)}")
    if len(subject) > MOST_SUBJECT:
        raise Fault(400, f"attribute[subject] has more than {MOST_SUBJECT} characters")
    name = sent.get("last_name", "") + sent.get("first_name", "")
    return Posted(
        sent["service_code"], point, address, address_id, description, name,
        sent.get("phone", ""), URGENCY[urgency], subject,
    )  # fmt: skip


def read_wanted(sent: Sent, now: datetime) -> Wanted:
    """Read which requests are asked for, on ``now``.

    Raises
    ------
    Fault
        With the argument that cannot be right.
    """
    sent = {name: value.strip() for name, value in sent.items() if value.strip()}
    numbers = _numbers(sent["service_request_id"]) if "service_request_id" in sent else None
    if numbers is not None:
        return Wanted(numbers, (), _STATUSES, now, now, None, 1, MOST_REQUESTS)
    statuses = frozenset(_listed(sent.get("status", ""))) or _STATUSES
    if not statuses <= _STATUSES:
        raise Fault(400, "status is open, closed or both")
    first, last = _range(sent, now)
    at, near = _point(sent), None
    if at is not None:
        near = *at, _number(sent, "radius", NEAR_M, 1, 50_000)
    return Wanted(
        None,
        tuple(_listed(sent.get("service_code", ""))),
        statuses,
        first,
        last,
        near,
        int(_number(sent, "page", 1, 1, 1_000_000)),
        int(_number(sent, "page_size", MOST_REQUESTS, 1, MOST_REQUESTS)),
    )


def _range(sent: Sent, now: datetime) -> tuple[datetime, datetime]:
    first, last = _moment(sent, "start_date"), _moment(sent, "end_date")
    if first is None and last is None:
        return now - MOST_SPAN, now
    if first is None:
        return (last or now) - MOST_SPAN, last or now
    if last is None:
        return first, first + MOST_SPAN
    if not first <= last <= first + MOST_SPAN:
        raise Fault(400, "start_date and end_date span at most 90 days, the first before the last")
    return first, last


def _moment(sent: Sent, name: str) -> datetime | None:
    if name not in sent:
        return None
    try:
        found = datetime.fromisoformat(sent[name].replace(" ", "+"))
    except ValueError:
        raise Fault(400, f"{name} is a time such as 2010-01-01T00:00:00Z") from None
    if found.tzinfo is None:
        raise Fault(400, f"{name} names no time zone: Z or an offset from UTC")
    return found


def _point(sent: Sent) -> tuple[float, float] | None:
    if "lat" not in sent and "long" not in sent:
        return None
    if "lat" not in sent or "long" not in sent:
        raise Fault(400, "lat and long are sent together")
    try:
        lon, lat = float(sent["long"]), float(sent["lat"])
    except ValueError:
        raise Fault(400, "lat and long are degrees, WGS84") from None
    if range_fault(lon, lat) is not None:
        raise Fault(400, "lat is -90 to 90 and long -180 to 180 degrees, WGS84")
    return lon, lat


def _attributes(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    given = {}
    for name, value in pairs:
        if name.startswith("attribute["):
            code = name.removeprefix("attribute[").partition("]")[0]
            if code not in ("urgency", "subject"):
                raise Fault(400, "attribute: the service has no such one")
            given[code] = value
    return given


def _number(sent: Sent, name: str, default: float, low: float, high: float) -> float:
    try:
        found = float(sent.get(name, default))
    except ValueError:
        raise Fault(400, f"{name} is a number") from None
    if not low <= found <= high:
        raise Fault(400, f"{name} is {low:g} to {high:g}")
    return found


def _numbers(text: str) -> tuple[int, ...]:
    found = [int(one) for one in _listed(text) if one.isascii() and one.isdecimal()]
    known = [one for one in found if 0 < one <= _BIGGEST]
    if len(_listed(text)) > MOST_REQUESTS:
        raise Fault(400, f"service_request_id names at most {MOST_REQUESTS}")
    return tuple(known)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]

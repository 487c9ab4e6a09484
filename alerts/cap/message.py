"""A message of the Common Alerting Protocol, and every rule that it must keep.

Ours go to those who work together on appeals: never to the public, for only governments from
county level up publish warnings. Source: OASIS CAP 1.2 (2010), sections 3.2 and 3.3; the form of
the identifier and its 31 characters from 突发事件预警信息取值规则及说明.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from shapely.geometry import Polygon
from shapely.validation import explain_validity

BEIJING: Final = timezone(timedelta(hours=8))
"""Identifiers and times are in Beijing time, wherever the jurisdiction lies."""

MOST_VALID: Final = timedelta(days=7)
"""A message that says it holds for longer is refused: nobody takes old ones back."""

MOST_CORNERS: Final = 100
"""Corners of an area that receivers can be relied on to draw."""

MOST_EVENT: Final = 35
"""Characters of ``event`` that operators of receivers ask for at most."""

STATUSES: Final = ("Actual", "Exercise", "System", "Test", "Draft")
TYPES: Final = ("Alert", "Update", "Cancel", "Ack", "Error")
CATEGORIES: Final = (
    "Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra",
    "CBRNE", "Other",
)  # fmt: skip
URGENCIES: Final = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES: Final = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES: Final = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")

_PLAIN = re.compile(r"[^\s,<&]+")
_IDENTIFIER = re.compile(r"\d{14}_(\d{14})_\d")

Ring = tuple[tuple[float, float], ...]
"""Corners of an area, each longitude, latitude in WGS84 degrees, the first again at the end."""


@dataclass(frozen=True, slots=True)
class Area:
    """Where: in words, as rings (without holes), and by codes (name of the list, code)."""

    words: str
    rings: tuple[Ring, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message of the chain."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """One message with one block of information in zh-CN, as our alerts need it."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    scope: str
    restriction: str
    note: str
    references: tuple[Reference, ...]
    categories: tuple[str, ...]
    event: str
    urgency: str
    severity: str
    certainty: str
    audience: str
    effective: datetime
    onset: datetime
    expires: datetime
    sender_name: str
    headline: str
    description: str
    instruction: str
    parameters: tuple[tuple[str, str], ...]
    areas: tuple[Area, ...]
    language: str = "zh-CN"
    addresses: str = ""
    incidents: str = ""


def faults(message: Message) -> list[str]:
    """Give every rule that a message breaks, in words that name the element; empty if none."""
    found = [
        *_head_faults(message),
        *_scope_faults(message),
        *_chain_faults(message),
        *_info_faults(message),
    ]
    found += [fault for area in message.areas for fault in _area_faults(area)]
    return found


def _head_faults(message: Message) -> Iterator[str]:
    for name, text in (("identifier", message.identifier), ("sender", message.sender)):
        if not _PLAIN.fullmatch(text):
            yield f"{name}: no space, comma, < or & may stand in it"
    form = _IDENTIFIER.fullmatch(message.identifier)
    if form is None:
        yield "identifier: 31 characters, 14 digits _ 14 digits of Beijing time _ serial 0 to 9"
    else:
        try:
            datetime.strptime(form[1], "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
        except ValueError:
            yield "identifier: its time is no time"
    if message.sent.tzinfo is None:
        yield "sent: a time without an offset"
    if message.status not in STATUSES:
        yield f"status: one of {', '.join(STATUSES)}"
    if message.msg_type not in TYPES:
        yield f"msgType: one of {', '.join(TYPES)}"


def _scope_faults(message: Message) -> Iterator[str]:
    if message.scope == "Public":
        yield "scope: never Public: only governments publish warnings"
    elif message.scope not in ("Restricted", "Private"):
        yield "scope: Restricted or Private"
    if message.scope == "Restricted" and not message.restriction:
        yield "restriction: scope Restricted says for whom"
    if message.scope == "Private" and not message.addresses:
        yield "addresses: scope Private names who is addressed"


def _chain_faults(message: Message) -> Iterator[str]:
    named = [reference.identifier for reference in message.references]
    if message.msg_type != "Alert" and not named:
        yield f"references: {message.msg_type} names the messages that it is about"
    if len(set(named)) < len(named):
        yield "references: the same message stands twice"
    if message.identifier in named:
        yield "references: a message does not name itself"
    for reference in message.references:
        if not (_PLAIN.fullmatch(reference.sender) and _PLAIN.fullmatch(reference.identifier)):
            yield "references: sender,identifier,sent without a space or comma within"
        if reference.sent.tzinfo is None:
            yield "references: a time without an offset"


def _info_faults(message: Message) -> Iterator[str]:
    if message.language != "zh-CN":
        yield "language: zh-CN must stand there; without it a message is taken for English"
    if not message.categories or not set(message.categories) <= set(CATEGORIES):
        yield f"category: at least one of {', '.join(CATEGORIES)}"
    for name, value, known in (
        ("urgency", message.urgency, URGENCIES),
        ("severity", message.severity, SEVERITIES),
        ("certainty", message.certainty, CERTAINTIES),
    ):
        if value not in known:
            yield f"{name}: one of {', '.join(known)}"
    if not message.event or len(message.event) > MOST_EVENT:
        yield f"event: 1 to {MOST_EVENT} characters"
    times = (message.effective, message.onset, message.expires)
    if any(time.tzinfo is None for time in (message.sent, *times)):
        yield "effective, onset, expires: a time without an offset"
        return
    for name, time in zip(("effective", "onset", "expires"), times, strict=True):
        if time < message.sent:
            yield f"{name}: before sent"
    if message.expires > message.sent + MOST_VALID:
        yield f"expires: more than {MOST_VALID.days} days after sent: update it instead"
    if not message.areas:
        yield "area: where it is must be said"


def _area_faults(area: Area) -> Iterator[str]:
    if not area.words:
        yield "areaDesc: the place in words is missing"
    for ring in area.rings:
        if len(ring) < 4 or ring[0] != ring[-1]:
            yield "polygon: at least 4 corners, the last one the first again"
            continue
        if len(ring) > MOST_CORNERS:
            yield f"polygon: {len(ring)} corners, {MOST_CORNERS} at most"
        wrong = [c for c in ring if not (-180 <= c[0] <= 180 and -90 <= c[1] <= 90)]
        if wrong:
            yield "polygon: a corner is outside of longitude ±180, latitude ±90"
            continue
        drawn = Polygon(ring)
        if not drawn.is_valid:
            yield f"polygon: {explain_validity(drawn)} (longitude latitude)"


def identifier_of(region: str, body: str, stamp: int) -> str:
    """Write an identifier: region, body, default unit, Beijing time, serial.

    Parameters
    ----------
    region
        GB/T 2260, 6 digits.
    body
        Kind of the body, 3 digits of GB/T 4657.
    stamp
        Tenths of a second since 1970: the tenth is the serial within its second.

    Examples
    --------
    >>> identifier_of("110101", "000", 17_725_761_603)
    '11010100000000_20260304061600_3'
    >>> len(_)
    31
    """
    second, serial = divmod(stamp, 10)
    moment = datetime.fromtimestamp(second, UTC).astimezone(BEIJING)
    return f"{region}{body}00000_{moment:%Y%m%d%H%M%S}_{serial}"


def sent_of(stamp: int) -> datetime:
    """Give the second at which a message of this stamp is sent, in Beijing time."""
    return datetime.fromtimestamp(stamp // 10, UTC).astimezone(BEIJING)

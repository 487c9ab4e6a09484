"""A message as the XML that goes out, valid by the schema of CAP 1.2."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from xml.etree import ElementTree

from alerts.cap.message import BEIJING, Area, Message, Ring, faults
from appeals.errors import InputError

NAMESPACE: Final = "urn:oasis:names:tc:emergency:cap:1.2"


def document(message: Message) -> bytes:
    """Write a message as an XML document in UTF-8.

    Raises
    ------
    InputError
        It breaks rules; all of them are named, and nothing goes out.
    """
    broken = faults(message)
    if broken:
        raise InputError("this is no message that may go out: " + "; ".join(broken))
    alert = ElementTree.Element("alert", {"xmlns": NAMESPACE})
    references = " ".join(
        f"{one.sender},{one.identifier},{cap_time(one.sent)}" for one in message.references
    )
    _add(
        alert,
        ("identifier", message.identifier),
        ("sender", message.sender),
        ("sent", cap_time(message.sent)),
        ("status", message.status),
        ("msgType", message.msg_type),
        ("scope", message.scope),
        ("restriction", message.restriction if message.scope == "Restricted" else ""),
        ("addresses", message.addresses),
        ("note", message.note),
        ("references", references),
        ("incidents", message.incidents),
    )
    info = ElementTree.SubElement(alert, "info")
    _add(
        info,
        ("language", message.language),
        *(("category", category) for category in message.categories),
        ("event", message.event),
        ("urgency", message.urgency),
        ("severity", message.severity),
        ("certainty", message.certainty),
        ("audience", message.audience),
        ("effective", cap_time(message.effective)),
        ("onset", cap_time(message.onset)),
        ("expires", cap_time(message.expires)),
        ("senderName", message.sender_name),
        ("headline", message.headline),
        ("description", message.description),
        ("instruction", message.instruction),
    )
    _add_named(info, "parameter", message.parameters)
    for area in message.areas:
        _add_area(info, area)
    written: bytes = ElementTree.tostring(alert, encoding="UTF-8", xml_declaration=True)
    return written


def cap_time(moment: datetime) -> str:
    """Write a time with its offset and without fractions; ``Z`` is not valid in CAP.

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> cap_time(datetime(2026, 1, 2, 0, 0, 0, 999, tzinfo=UTC))
    '2026-01-02T08:00:00+08:00'
    """
    return moment.astimezone(BEIJING).isoformat(timespec="seconds")


def _add_area(info: ElementTree.Element, area: Area) -> None:
    element = ElementTree.SubElement(info, "area")
    rings = (("polygon", _corners(ring)) for ring in area.rings)
    _add(element, ("areaDesc", area.words), *rings)
    _add_named(element, "geocode", area.codes)


def _corners(ring: Ring) -> str:
    # Latitude first, against all else here: the standard says so.
    return " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in ring)


def _add(parent: ElementTree.Element, *parts: tuple[str, str]) -> None:
    for name, text in parts:
        if text:
            ElementTree.SubElement(parent, name).text = text


def _add_named(parent: ElementTree.Element, name: str, parts: Iterable[tuple[str, str]]) -> None:
    for label, value in parts:
        element = ElementTree.SubElement(parent, name)
        _add(element, ("valueName", label), ("value", value))

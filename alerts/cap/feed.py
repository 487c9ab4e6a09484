"""The newest messages as an Atom feed (RFC 4287) that other systems pull."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from xml.etree import ElementTree

from alerts.cap.document import cap_time
from alerts.cap.message import Message

ATOM: Final = "http://www.w3.org/2005/Atom"


def feed(entries: Sequence[tuple[int, Message]], title: str, now: datetime) -> bytes:
    """Write a feed that points to each message.

    Parameters
    ----------
    entries
        Numbers of alerts with their newest message, the newest first.
    title
        Of the feed.
    now
        When an empty feed was updated; one with entries was with its newest.
    """
    root = ElementTree.Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    updated = entries[0][1].sent if entries else now
    _text(root, "id", "urn:wangge:alerts")
    _text(root, "title", title)
    _text(root, "updated", cap_time(updated))
    author = ElementTree.SubElement(root, "author")
    _text(author, "name", entries[0][1].sender_name if entries else title)
    ElementTree.SubElement(root, "link", {"rel": "self", "href": "/api/alerts/feed.atom"})
    for alert_id, message in entries:
        entry = ElementTree.SubElement(root, "entry")
        _text(entry, "id", f"urn:wangge:cap:{message.identifier}")
        _text(entry, "title", message.headline)
        _text(entry, "updated", cap_time(message.sent))
        _text(entry, "summary", f"{message.status} {message.msg_type} {message.severity}")
        for name in message.categories:
            ElementTree.SubElement(entry, "category", {"term": name})
        where = f"/api/alerts/{alert_id}/cap.xml"
        link = {"rel": "alternate", "type": "application/cap+xml", "href": where}
        ElementTree.SubElement(entry, "link", link)
    written: bytes = ElementTree.tostring(root, encoding="UTF-8", xml_declaration=True)
    return written


def _text(parent: ElementTree.Element, name: str, text: str) -> None:
    ElementTree.SubElement(parent, name).text = text

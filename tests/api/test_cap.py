"""The messages and their feed as other systems pull them."""

from xml.etree import ElementTree

from fastapi.testclient import TestClient

from alerts.cap.document import NAMESPACE
from alerts.cap.feed import ATOM
from alerts.outbox.store import put_notices
from appeals.database import Engine, writing
from tests.alerts.told import notice
from tests.api.conftest import NOW

CAP = f"{{{NAMESPACE}}}"


def test_an_alert_nobody_signed_is_a_draft_that_the_feed_does_not_hold(client: TestClient) -> None:
    answer = client.get("/api/alerts/1/cap.xml")

    assert answer.headers["content-type"].startswith("application/cap+xml")
    assert ElementTree.fromstring(answer.content).findtext(f"{CAP}status") == "Draft"
    feed = ElementTree.fromstring(client.get("/api/alerts/feed.atom").content)
    assert feed.findall(f"{{{ATOM}}}entry") == []


def test_what_was_told_is_a_message_with_its_chain_and_stands_in_the_feed(
    client: TestClient, database: Engine
) -> None:
    with writing(database) as connection:
        put_notices(connection, [notice(1, move=2), notice(2, move=2)], NOW)
    first = ElementTree.fromstring(client.get("/api/alerts/1/cap.xml").content)
    with writing(database) as connection:
        put_notices(connection, [notice(1, move=6, kind="cancel")], NOW)
    last = ElementTree.fromstring(client.get("/api/alerts/1/cap.xml").content)

    said = [
        root.findtext(f"{CAP}{name}") for root in (first, last) for name in ("status", "msgType")
    ]
    assert said == ["Actual", "Alert", "Actual", "Cancel"]
    assert str(first.findtext(f"{CAP}identifier")) in str(last.findtext(f"{CAP}references"))
    feed = ElementTree.fromstring(client.get("/api/alerts/feed.atom").content)
    links = [link.get("href") for link in feed.iter(f"{{{ATOM}}}link")]
    assert links[1:] == ["/api/alerts/1/cap.xml", "/api/alerts/2/cap.xml"]


def test_the_place_is_drawn_and_named_by_its_code(client: TestClient) -> None:
    root = ElementTree.fromstring(client.get("/api/alerts/1/cap.xml").content)

    (area,) = root.iter(f"{CAP}area")
    assert area.findtext(f"{CAP}areaDesc") == "甲街道"
    assert area.findtext(f"{CAP}geocode/{CAP}value") == "990101001"
    assert (area.findtext(f"{CAP}polygon") or "").startswith("30.")


def test_there_is_no_message_of_an_alert_that_is_not_there(client: TestClient) -> None:
    assert client.get("/api/alerts/999/cap.xml").status_code == 404

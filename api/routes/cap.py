"""Alerts as messages of the Common Alerting Protocol: one, and the feed of the newest."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Response

from alerts.cap.document import document
from alerts.cap.feed import feed
from alerts.cap.message import Message
from alerts.cap.of_alert import Issuer, message_of
from alerts.cap.store import issued_alerts, issued_of, issued_of_all
from alerts.response.standing import standing_of
from alerts.response.store import read_moves
from alerts.store import read_alert
from api.answers import sends
from api.cursor import Number
from api.desk import Desk, Settings, TheDesk, TheViewer
from appeals.database import Connection, reading
from appeals.errors import NotFound
from grids.boundaries import Boundaries

router = APIRouter(prefix="/api", tags=["alerts"])

MOST_ENTRIES: Final = 50


@router.get(
    "/alerts/feed.atom",
    summary="The newest issued messages as an Atom feed",
    responses=sends("application/atom+xml"),
)
def newest(desk: TheDesk, viewer: TheViewer) -> Response:
    """Point to the newest message of each alert about which one was issued."""
    entries = []
    with reading(desk.engine) as connection:
        units = desk.units(connection)
        for alert_id in issued_alerts(connection, MOST_ENTRIES):
            try:
                alert = read_alert(connection, viewer, alert_id)
            except NotFound:  # not this viewer's to see
                continue
            entries.append((alert_id, _message(connection, desk, alert, units)))
    title = f"{desk.city}诉求风险提示"
    return Response(feed(entries, title, desk.clock()), media_type="application/atom+xml")


@router.get(
    "/alerts/{alert_id}/cap.xml",
    summary="One alert as a CAP 1.2 message",
    responses=sends("application/cap+xml"),
)
def message(desk: TheDesk, viewer: TheViewer, alert_id: Number) -> Response:
    """Give the newest message; ``status`` is Draft as long as nobody has signed the alert."""
    with reading(desk.engine) as connection:
        alert = read_alert(connection, viewer, alert_id)
        written = document(_message(connection, desk, alert, desk.units(connection)))
    return Response(written, media_type="application/cap+xml")


def _message(
    connection: Connection, desk: Desk, alert: Mapping[str, Any], units: Boundaries
) -> Message:
    said = issued_of(connection, alert["alert_id"])
    standing = standing_of(read_moves(connection, alert["alert_id"]))
    merged = issued_of_all(connection, standing.merged)
    return message_of(alert, said, issuer_of(desk.settings), units, standing, merged)


def issuer_of(settings: Settings) -> Issuer:
    """Give in whose name an installation of these settings issues messages."""
    return Issuer(
        region=settings.jurisdiction.code,
        body=settings.cap.body,
        sender=settings.cap.sender,
        name=f"{settings.jurisdiction.name}诉求值班室",
        exercise=settings.demo,
    )

"""The alert desk's live stream: server-sent events that resume exactly where a break came.

An event's id is its position, given by the one watcher. Whoever comes back with ``Last-Event-ID``
gets all that followed; with an id that is unknown, one ``resync`` event, upon which the page reads
its lists anew.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from alerts.store import events_after, positions, read_alert
from api.admission import still_admitted
from api.answers import encode
from api.desk import Desk, TheDesk, TheViewer
from appeals.database import reading
from appeals.privacy import Viewer
from maps.marks import alert_items

router = APIRouter(prefix="/api", tags=["alerts"])

LOOK_EVERY_S: Final = 1.0
HEARTBEAT_S: Final = 10.0
RETRY_MS: Final = 2_000


@router.get(
    "/alerts/stream",
    summary="New and changed alerts as server-sent events",
    response_class=EventSourceResponse,
)
async def stream(
    desk: TheDesk,
    viewer: TheViewer,
    request: Request,
    last_event_id: Annotated[str | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Follow the alerts; without Last-Event-ID from this moment on."""
    async for event in follow(desk, viewer, last_event_id):
        # A session may have ended and a right been taken since; the first event comes at once.
        if not await run_in_threadpool(still_admitted, request):
            return
        yield event


async def follow(
    desk: Desk, viewer: Viewer, last_event_id: str | None, *, look_every_s: float = LOOK_EVERY_S
) -> AsyncIterator[ServerSentEvent]:
    """Give the events after a position, then those that come, with a heartbeat between."""
    position, known = await run_in_threadpool(_start, desk, last_event_id)
    # The first event tells the browser where it stands, so that a break before any alert is mended.
    if known:
        yield ServerSentEvent(comment="here", retry=RETRY_MS)
    else:
        yield ServerSentEvent(event="resync", raw_data="{}", id=str(position), retry=RETRY_MS)
    quiet_s = 0.0
    while True:
        events = await run_in_threadpool(_after, desk, viewer, position)
        for position, data in events:
            yield ServerSentEvent(event="alert", raw_data=data, id=str(position))
        quiet_s = 0.0 if events else quiet_s + look_every_s
        if quiet_s >= HEARTBEAT_S:
            quiet_s = 0.0
            yield ServerSentEvent(comment="still here")
        await asyncio.sleep(look_every_s)


def _start(desk: Desk, last_event_id: str | None) -> tuple[int, bool]:
    """Give the position to start after, and whether nothing was missed before it."""
    with reading(desk.engine) as connection:
        oldest, newest = positions(connection)
    if last_event_id is None:
        return newest, True
    given = int(last_event_id) if last_event_id.isdecimal() else -1
    known = max(oldest - 1, 0) <= given <= newest
    return (given, True) if known else (newest, False)


def _after(desk: Desk, viewer: Viewer, position: int) -> list[tuple[int, str]]:
    with reading(desk.engine) as connection:
        events = events_after(connection, position)
        if not events:
            return []
        alerts = [read_alert(connection, viewer, event["alert_id"]) for event in events]
        items = alert_items(alerts, desk.units(connection), desk.zone)
    return [
        (event["position"], encode(item | {"what": event["what"]}).decode())
        for event, item in zip(events, items, strict=True)
    ]

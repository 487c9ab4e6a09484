"""The alert desk's live stream: server-sent events that resume exactly where a break came.

An event's id is its position, given by the one watcher. Whoever comes back with ``Last-Event-ID``
gets all that followed; with an id that is unknown, one ``resync`` event, upon which the page reads
its lists anew. So does whoever may see other alerts than before, by a shift, an area or a right. A
reader that takes nothing in is dropped, and comes back in the same way.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Annotated, Final

from fastapi import APIRouter, Header, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from starlette.types import Send

from api.admission import viewer_now
from api.desk import TheDesk, TheViewer
from api.follower import REREAD, Event, Follower, Reader, sight_of
from appeals.errors import Unavailable
from appeals.privacy import Viewer

router = APIRouter(prefix="/api", tags=["alerts"])

HEARTBEAT_S: Final = 10.0
"""So often a quiet stream says that it lives, and who its reader is by now is asked anew."""

SLOW_S: Final = 20.0
"""A reader that takes nothing in for so long is dropped."""

RETRY_MS: Final = 2_000
_HEADERS: Final = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


class EventStream(StreamingResponse):
    """A stream of events that ends where its reader takes nothing in."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncGenerator[bytes]) -> None:
        super().__init__(events, headers=_HEADERS)
        self._events = events

    async def stream_response(self, send: Send) -> None:
        """Send each event as it comes."""
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        async with aclosing(self._events) as events:
            async for part in events:
                try:
                    async with asyncio.timeout(SLOW_S):
                        await send({"type": "http.response.body", "body": part, "more_body": True})
                except TimeoutError:
                    return  # the server closes the connection, for the answer is not complete
        await send({"type": "http.response.body", "body": b"", "more_body": False})


@router.get(
    "/alerts/stream",
    summary="New and changed alerts as server-sent events",
    response_class=EventStream,
    status_code=200,  # the description finds none by itself
)
async def stream(
    desk: TheDesk,
    viewer: TheViewer,
    request: Request,
    last_event_id: Annotated[str | None, Header()] = None,
) -> EventStream:
    """Follow the alerts; without Last-Event-ID from this moment on."""
    if not hasattr(request.app.state, "follower"):
        request.app.state.follower = Follower(desk)
    follower: Follower = request.app.state.follower
    events = follow(follower, viewer, last_event_id, lambda: viewer_now(request))
    return EventStream(events)


async def follow(
    follower: Follower,
    viewer: Viewer,
    last_event_id: str | None,
    again: Callable[[], Viewer | None],
) -> AsyncGenerator[bytes]:
    """Give the events after a position, then those that come, with a heartbeat between.

    Parameters
    ----------
    follower
        Of this process.
    viewer, last_event_id
        Who reads, and the last that was read.
    again
        Gives who reads by now, ``None`` where they may not any more: a session may have ended, a
        right been taken.
    """
    clock = asyncio.get_running_loop().time
    reader = await follower.join(viewer)
    try:
        oldest, newest = await run_in_threadpool(follower.span)
        position, known = _start(last_event_id, oldest, newest)
        # The first event tells the browser where it stands, so that a break before any alert is
        # mended.
        if known:
            yield b"retry: %d\n: here\n\n" % RETRY_MS
        else:
            yield _resync(position)
        goal, checked_s = newest, clock()
        while not reader.dropped:
            while position < goal:
                position, missed = await run_in_threadpool(follower.after, viewer, position)
                for _, event in missed:
                    yield event
            given = await _next(reader)
            if clock() - checked_s >= HEARTBEAT_S:
                checked_s = clock()
                now = await run_in_threadpool(again)
                if now is None:
                    return
                if sight_of(now) != sight_of(viewer):
                    # What waits was written for who they were before.
                    follower.leave(reader)
                    viewer, reader = now, await follower.join(now)
                    _, goal = await run_in_threadpool(follower.span)
                    position = goal
                    yield _resync(position)
                    continue
            if given is None:
                yield b": still here\n\n"
            elif given[1] == REREAD:
                goal = given[0]
            elif given[0] > position:
                goal = position = given[0]
                yield given[1]
    except Unavailable:
        return  # the reader comes back, and is told then
    finally:
        follower.leave(reader)


async def _next(reader: Reader) -> Event | None:
    """Give the next event of a reader, ``None`` where none comes for a while."""
    try:
        async with asyncio.timeout(HEARTBEAT_S):
            return await reader.waiting.get()
    except TimeoutError:
        return None


def _resync(position: int) -> bytes:
    return b"retry: %d\nid: %d\nevent: resync\ndata: {}\n\n" % (RETRY_MS, position)


def _start(last_event_id: str | None, oldest: int, newest: int) -> tuple[int, bool]:
    """Give the position to start after, and whether nothing was missed before it."""
    if last_event_id is None:
        return newest, True
    given = int(last_event_id) if last_event_id.isdecimal() else -1
    known = max(oldest - 1, 0) <= given <= newest
    return (given, True) if known else (newest, False)

"""One look at the events for all who follow the alerts, however many they are.

The database is asked ten times a second for the newest position, by one task for all streams of
the process. What came is read and written once for all who may see the same.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from fastapi.concurrency import run_in_threadpool

from alerts.store import events_after, positions, read_alert
from api.answers import encode
from api.desk import Desk
from appeals.database import reading
from appeals.errors import NotFound, Unavailable
from appeals.privacy import Role, Viewer
from maps.marks import alert_items

_LOG = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 0.1
MOST_WAITING: Final = 200
"""Events that may wait for one reader; whoever lags further behind is dropped, and resumes."""

REREAD: Final = b""
"""In place of events: read what came from the database."""

Sight = tuple[Role, frozenset[int], frozenset[str], frozenset[int]]
"""What decides what somebody sees: the same sight, the same bytes."""

Event = tuple[int, bytes]
"""A position, and what is sent for it."""


@dataclass(slots=True, eq=False)
class Reader:
    """Somebody who follows; ``dropped`` once more waits than may."""

    viewer: Viewer
    waiting: asyncio.Queue[Event] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    dropped: bool = False


class Follower:
    """Follows the events of one database for all readers of this process.

    Parameters
    ----------
    desk
        The database, and what is needed to write alerts.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._readers: set[Reader] = set()
        self._task: asyncio.Task[None] | None = None
        self._position = 0

    async def join(self, viewer: Viewer) -> Reader:
        """Begin to collect what comes from now on for a reader."""
        if self._task is None or self._task.done():
            _, self._position = await run_in_threadpool(self.span)
            # Another may have begun meanwhile.
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._follow())
        reader = Reader(viewer)
        self._readers.add(reader)
        return reader

    def leave(self, reader: Reader) -> None:
        """Collect no more for a reader; when nobody is left, looking ends too."""
        self._readers.discard(reader)

    def span(self) -> tuple[int, int]:
        """Give the oldest and the newest position that is kept."""
        with reading(self._desk.engine) as connection:
            return positions(connection)

    def after(self, viewer: Viewer, position: int) -> tuple[int, list[Event]]:
        """Read what was published after a position, as this viewer sees it, oldest first.

        Returns
        -------
        reached : int
            The position up to which was read: the last one published, or that of a full page.
        events : list of Event
            Those that the viewer may see.
        """
        reached, events = self._read(position, {sight_of(viewer): viewer})
        return reached, events[sight_of(viewer)]

    async def _follow(self) -> None:
        # The first reader is being added while the task begins.
        await asyncio.sleep(0)
        while self._readers:
            try:
                await self._look()
            except Unavailable as error:  # it is asked again, and the readers stay
                _LOG.warning("stream: %s", error)
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        viewers = {sight_of(reader.viewer): reader.viewer for reader in self._readers}
        before = self._position
        self._position, events = await run_in_threadpool(self._read, before, viewers)
        if self._position == before:
            return
        for reader in list(self._readers):
            # Who joined during the look, and sees what nobody else does, reads for itself.
            for event in events.get(sight_of(reader.viewer), [(self._position, REREAD)]):
                if reader.waiting.full():
                    reader.dropped = True
                    self._readers.discard(reader)
                    break
                reader.waiting.put_nowait(event)

    def _read(
        self, position: int, viewers: Mapping[Sight, Viewer]
    ) -> tuple[int, dict[Sight, list[Event]]]:
        with reading(self._desk.engine) as connection:
            events = events_after(connection, position)
            written: dict[Sight, list[Event]] = {sight: [] for sight in viewers}
            if not events:
                return position, written
            units = self._desk.units(connection)
            for sight, viewer in viewers.items():
                for event in events:
                    try:
                        alert = read_alert(connection, viewer, event["alert_id"])
                    except NotFound:  # not this viewer's to see
                        continue
                    item = alert_items([alert], units, self._desk.zone)[0]
                    data = encode(item | {"what": event["what"]})
                    written[sight].append((event["position"], _event(event["position"], data)))
        return events[-1]["position"], written


def sight_of(viewer: Viewer) -> Sight:
    """Give what decides what a viewer sees."""
    return viewer.role, viewer.area, viewer.duties, viewer.within


def _event(position: int, data: bytes) -> bytes:
    return b"event: alert\nid: %d\ndata: %b\n\n" % (position, data)

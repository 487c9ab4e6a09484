"""The live stream: what was missed comes, once, and whoever takes nothing in is dropped."""

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator, MutableMapping
from dataclasses import dataclass

import httpx2
import pytest
import sqlalchemy as sa
import uvicorn
from fastapi.testclient import TestClient

from alerts.store import EVENTS
from api import follower as following
from api.desk import Desk
from api.follower import MOST_WAITING, Follower
from api.routes import stream
from api.routes.stream import follow
from appeals.database import Engine, writing
from appeals.privacy import Role, Viewer

VIEWER = Viewer("test", Role.OPERATOR)


@dataclass(frozen=True)
class Sent:
    """An event as a browser reads it."""

    event: str | None = None
    id: str | None = None
    raw_data: str | None = None
    comment: str | None = None


def read(part: bytes) -> Sent:
    fields = dict(line.split(": ", 1) for line in part.decode().strip().splitlines())
    return Sent(fields.get("event"), fields.get("id"), fields.get("data"), fields.get(""))


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "LOOK_EVERY_S", 0.01)


def heard(
    client: TestClient,
    last: str | None,
    n: int,
    meanwhile: Callable[[], None] | None = None,
    viewer: Viewer = VIEWER,
) -> list[Sent]:
    """The first n events after a position, what happens meanwhile after the first."""
    desk: Desk = client.app.state.desk  # type: ignore[attr-defined]

    async def listen() -> list[Sent]:
        events: list[Sent] = []
        follower = Follower(desk)
        async for part in follow(follower, viewer, last, lambda: viewer):
            if not events and meanwhile is not None:
                meanwhile()
            events.append(read(part))
            if len(events) == n:
                break
        return events

    return asyncio.run(asyncio.wait_for(listen(), 10))


def publish(database: Engine, *positions: int) -> None:
    with writing(database) as connection:
        for position in positions:
            at = connection.execute(sa.select(EVENTS.c.at)).scalars().first()
            event = {"position": position, "alert_id": 1, "what": "updated", "at": at}
            connection.execute(sa.insert(EVENTS), event)


def test_after_a_break_exactly_what_was_missed_comes(client: TestClient, database: Engine) -> None:
    publish(database, *range(4, 21))

    events = heard(client, "17", 4)

    assert [event.id for event in events[1:]] == ["18", "19", "20"]
    assert {event.event for event in events[1:]} == {"alert"}


def test_an_event_is_the_alert_as_lists_give_it(client: TestClient) -> None:
    event = heard(client, "2", 2)[1]

    item = client.get("/api/alerts?limit=1").json()["items"][0]
    assert event.raw_data is not None
    assert '"headline":"甲街道施工噪声突增3"' in event.raw_data
    for key in item:
        assert f'"{key}":' in event.raw_data


def test_who_comes_first_hears_from_now_on(client: TestClient, database: Engine) -> None:
    events = heard(client, None, 2, lambda: publish(database, 4))

    assert [event.id for event in events] == [None, "4"]


@pytest.mark.parametrize("last", ["99", "0", "abc", "-1", "", "\uff19"])
def test_an_id_that_is_too_old_or_unknown_gives_one_resync(
    client: TestClient, database: Engine, last: str
) -> None:
    with writing(database) as connection:
        connection.execute(sa.delete(EVENTS).where(EVENTS.c.position < 3))

    events = heard(client, last, 2, lambda: publish(database, 4))

    assert [(event.event, event.id) for event in events] == [("resync", "3"), ("alert", "4")]


def test_a_quiet_stream_has_a_heartbeat(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stream.HEARTBEAT_S <= 15
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.02)

    events = heard(client, None, 3)

    assert [event.event for event in events] == [None, None, None]
    assert all(event.comment for event in events)


def test_whoever_may_read_no_longer_hears_no_more(
    client: TestClient, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "HEARTBEAT_S", 0.02)
    desk: Desk = client.app.state.desk  # type: ignore[attr-defined]

    async def listen() -> list[Sent]:
        parts = follow(Follower(desk), VIEWER, None, lambda: None)
        return [read(part) async for part in parts]

    assert len(asyncio.run(asyncio.wait_for(listen(), 10))) == 1


def test_many_readers_hear_the_same_each_once_and_one_look_serves_all(
    client: TestClient, database: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk: Desk = client.app.state.desk  # type: ignore[attr-defined]
    follower = Follower(desk)
    reads = joined = 0
    whole = Follower._read

    def counted(self: Follower, *about: object) -> object:
        nonlocal reads
        reads += 1
        return whole(self, *about)  # type: ignore[arg-type]

    monkeypatch.setattr(Follower, "_read", counted)

    async def listen(n: int) -> list[str | None]:
        nonlocal joined
        events: list[str | None] = []
        async for part in follow(follower, VIEWER, None, lambda: VIEWER):
            joined += not events
            events.append(read(part).id)
            if len(events) == n:
                break
        return events

    async def all_of_them() -> list[list[str | None]]:
        tasks = [asyncio.create_task(listen(4)) for _ in range(30)]
        nonlocal reads
        while joined < len(tasks):  # who joins after what is published need not hear of it
            await asyncio.sleep(0.01)
        reads = 0
        publish(database, 4, 5, 6)
        return await asyncio.gather(*tasks)

    heard_by_all = asyncio.run(asyncio.wait_for(all_of_them(), 20))
    assert heard_by_all == [[None, "4", "5", "6"]] * 30
    assert reads < 30


def test_whoever_lags_too_far_behind_is_dropped_and_resumes_where_it_was(
    client: TestClient, database: Engine
) -> None:
    desk: Desk = client.app.state.desk  # type: ignore[attr-defined]
    last = 3 + MOST_WAITING + 50

    async def doze() -> list[Sent]:
        follower, events = Follower(desk), []
        async for part in follow(follower, VIEWER, None, lambda: VIEWER):
            events.append(read(part))
            if len(events) == 1:
                publish(database, *range(4, last + 1))
            await asyncio.sleep(0.2 if len(events) < 3 else 0)
        return events

    events = asyncio.run(asyncio.wait_for(doze(), 20))
    resumed = heard(client, events[-1].id or "3", 1 + last - int(events[-1].id or 3))
    assert int(events[-1].id or 3) < last
    assert resumed[-1].id == str(last)


def test_whoever_joins_while_others_look_misses_nothing(
    client: TestClient, database: Engine
) -> None:
    desk: Desk = client.app.state.desk  # type: ignore[attr-defined]
    follower = Follower(desk)

    async def listen(number: int) -> list[str | None]:
        await asyncio.sleep(0.011 * number)
        sight = frozenset({"应急"} if number % 2 else ())
        viewer = Viewer("other", Role.OPERATOR, duties=sight)
        events: list[str | None] = []
        async for part in follow(follower, viewer, "3", lambda: viewer):
            events.append(read(part).id)
            if events[-1] == "60":
                break
        return events

    async def all_of_them() -> list[list[str | None]]:
        tasks = [asyncio.create_task(listen(number)) for number in range(12)]
        for position in range(4, 61):
            await asyncio.to_thread(publish, database, position)
        return await asyncio.gather(*tasks)

    for events in asyncio.run(asyncio.wait_for(all_of_them(), 20)):
        assert events[1:] == [str(position) for position in range(4, 61)]


@pytest.fixture
def address(client: TestClient) -> Iterator[str]:
    config = uvicorn.Config(
        client.app, port=0, log_level="error", timeout_graceful_shutdown=0, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


def test_over_the_wire_no_proxy_holds_events_back(address: str) -> None:
    with httpx2.stream(
        "GET", f"{address}/api/alerts/stream", headers={"Last-Event-ID": "2"}, timeout=10
    ) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["x-accel-buffering"] == "no"
        assert "no-" in answer.headers["cache-control"]
        lines = []
        for line in answer.iter_lines():
            lines.append(line)
            if line.startswith("id:"):
                break
    assert "id: 3" in lines
    assert "event: alert" in lines


def test_whoever_takes_nothing_in_is_left_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SLOW_S", 0.05)
    left: list[bool] = []

    async def events() -> AsyncGenerator[bytes]:
        try:
            while True:
                yield b": x\n\n"
        finally:
            left.append(True)

    async def stuck(message: MutableMapping[str, object]) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(3600)

    async def answer() -> None:
        await stream.EventStream(events()).stream_response(stuck)

    asyncio.run(asyncio.wait_for(answer(), 10))
    assert left == [True]

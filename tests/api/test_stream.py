import asyncio
import threading
import time
from collections.abc import Callable, Iterator

import httpx2
import pytest
import sqlalchemy as sa
import uvicorn
from fastapi.sse import ServerSentEvent
from fastapi.testclient import TestClient

from alerts.store import EVENTS
from api.desk import Desk
from api.routes import stream
from api.routes.stream import follow
from appeals.database import Engine, writing
from appeals.privacy import Role, Viewer

VIEWER = Viewer("test", Role.OPERATOR)


def heard(
    client: TestClient, last: str | None, n: int, meanwhile: Callable[[], None] | None = None
) -> list[ServerSentEvent]:
    """The first n events after a position, what happens meanwhile after the first."""
    desk: Desk = client.app.state.desk  # type: ignore[attr-defined]

    async def listen() -> list[ServerSentEvent]:
        events: list[ServerSentEvent] = []
        async for event in follow(desk, VIEWER, last, look_every_s=0.01):
            if not events and meanwhile is not None:
                meanwhile()
            events.append(event)
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

"""From the POST that signs an alert to the last of many desks that follow it.

A site is served as an office serves it. Many readers, in a process of their own, follow the stream
over loopback and note when each event arrives. Alerts are verified, drafted and signed over HTTP;
what is measured ends when the last reader has the event of the signature. Then the server is
killed, an alert is told while nobody serves, and it is started again: every reader comes back with
the last position that it read, and what it has missed is counted.
"""

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import numpy as np

from alerts.episode import Episode, Signal
from alerts.store import announce, positions, publish
from appeals.database import Engine, open_database, reading, upgrade_schema, writing
from benchmarks.live import _connection, _served, _wangge
from benchmarks.result import Result

SUMMARY = "milliseconds from the signature of an alert to the last of many readers"

_PATIENCE_S: Final = 60.0
_CALM_S: Final = 1.5  # between two signatures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--readers", type=int, default=500)
    parser.add_argument("--alerts", type=int, default=10, help="signatures that are measured")


def run(arguments: argparse.Namespace) -> Result:
    """Serve a site, follow it, sign, kill and start again."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _wangge(["init", made])
        engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
        upgrade_schema(engine)
        _plant(engine, arguments.alerts)
        with _readers(arguments.readers) as readers:
            with _served(folder) as (port, server):
                joined_s = _follow(readers, port)
                took = [_sign(readers, port, n + 1) for n in range(arguments.alerts)]
                server.kill()
            with writing(engine) as connection:
                announce(connection, 1, "updated", datetime.now(UTC))
            with _served(folder) as (port, _):
                begun = time.monotonic()
                readers.send(("port", port))
                lost, back_s = _all_have(readers, _newest(engine)), time.monotonic() - begun
        engine.dispose()
    return _told(arguments.readers, joined_s, np.array(took) * 1000, lost, back_s)


def _told(readers: int, joined_s: float, took_ms: "np.typing.NDArray[np.float64]", lost: int,
          back_s: float) -> Result:  # fmt: skip
    data = {
        "readers": readers,
        "joined_s": joined_s,
        "last_ms_median": float(np.median(took_ms)),
        "last_ms_worst": float(took_ms.max()),
        "lost_by_restart": lost,
        "back_s": back_s,
    }
    return Result(
        data,
        [
            f"{readers} readers joined in {joined_s:.1f} s",
            f"signature to the last reader: median {np.median(took_ms):.0f} ms, "
            f"worst of {len(took_ms)} {took_ms.max():.0f} ms (asked: 1,000)",
            f"killed and started again: {lost} readers miss something; all back in {back_s:.1f} s",
        ],
    )


def _plant(engine: Engine, alerts: int) -> None:
    """Publish alerts that wait for what people do with them."""
    now = datetime.now(UTC)
    with writing(engine) as connection:
        for number in range(alerts):
            signal = Signal(
                now, "surge", "city", 0, "本市", f"类别{number}", 24, 40, 40, 2.0, 6.0, now,
                "近24小时有40人反映。", {"detector": "bench"}, frozenset(),
            )  # fmt: skip
            episode = Episode(now, now)
            episode.add(signal)
            publish(connection, [episode], now, timedelta(hours=24))


def _newest(engine: Engine) -> int:
    with reading(engine) as connection:
        return positions(connection)[1]


def _follow(readers: Connection, port: int) -> float:
    begun = time.monotonic()
    readers.send(("port", port))
    readers.send(("joined", 0))
    readers.recv()
    return time.monotonic() - begun


def _sign(readers: Connection, port: int, alert_id: int) -> float:
    """Verify, draft and sign one alert; give the seconds from the signature to the last reader."""
    door = _connection(port)
    for who, move, more in (
        ("值班员", "verify", {"how": "recall", "verdict": "true"}),
        ("值班员", "assess", {"level": "orange", "ask": "请到场处置"}),
        ("带班领导", "sign", {}),
    ):
        begun = time.monotonic()
        body = json.dumps({"who": who} | more).encode()
        path = f"/api/alerts/{alert_id}/{move}"
        door.request("POST", path, body, {"Content-Type": "application/json"})
        answer = door.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{move} was answered {answer.status}: {said[:200]!r}")
        if move != "sign":
            time.sleep(_CALM_S / 2)
    readers.send(("last", (alert_id, "signed")))
    arrived: float = readers.recv()
    time.sleep(_CALM_S)
    return arrived - begun


def _all_have(readers: Connection, position: int) -> int:
    """Give how many readers do not reach a position."""
    readers.send(("reach", position))
    missing: int = readers.recv()
    return missing


# --- the readers, in a process of their own -------------------------------------------------------


@contextmanager
def _readers(count: int) -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    start = multiprocessing.get_context("spawn")
    process = start.Process(target=_read_all, args=(theirs, count), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _read_all(orders: Connection, count: int) -> None:
    asyncio.run(_Readers(count).obey(orders))


class _Readers:
    """Many readers of one stream."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._port = 0
        self._position = [0] * count  # last position read, 0: from now on
        self._seen: dict[tuple[int, str], list[float]] = {}
        self._joined: set[int] = set()

    async def obey(self, orders: Connection) -> None:
        tasks: list[asyncio.Task[None]] = []
        while True:
            what, value = await asyncio.to_thread(orders.recv)
            if what == "port":
                self._port = value
                self._joined.clear()
                tasks = tasks or [asyncio.create_task(self._keep(n)) for n in range(self._count)]
            elif what == "joined":
                await self._until(lambda: len(self._joined) == self._count)
                orders.send(None)
            elif what == "last":
                orders.send(await self._last(value))
            elif what == "reach":
                orders.send(await self._behind(value))

    async def _last(self, about: tuple[int, str]) -> float:
        """Give when the last reader had an event."""
        arrived = self._of(about)
        await self._until(lambda: len(arrived) >= self._count)
        return max(arrived) if len(arrived) >= self._count else float("inf")

    async def _behind(self, position: int) -> int:
        """Give how many readers do not reach a position."""
        await self._until(lambda: min(self._position) >= position)
        return sum(one < position for one in self._position)

    def _of(self, about: tuple[int, str]) -> list[float]:
        return self._seen.setdefault(about, [])

    async def _until(self, done: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not done() and time.monotonic() < end:
            await asyncio.sleep(0.02)

    async def _keep(self, number: int) -> None:
        await asyncio.sleep(number * 0.002)
        while True:
            with suppress(OSError):
                await self._read(number)
            await asyncio.sleep(0.5)

    async def _read(self, number: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        position = self._position[number]
        last = f"Last-Event-ID: {position}\r\n" if position else ""
        head = f"GET /api/alerts/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n{last}\r\n"
        writer.write(head.encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"retry:"):
                    self._joined.add(number)
                elif line.startswith(b"id: "):
                    self._position[number] = int(line[4:])
                elif line.startswith(b"data: {") and b"what" in line:
                    item = json.loads(line[6:])
                    self._of((item["id"], item["state"])).append(time.monotonic())
        finally:
            writer.close()

"""From the POST that signs an alert to the last of many desks that follow it.

A site is served as an office serves it. Many readers, in a process of their own, follow the stream
over loopback and note when each event arrives. Alerts are verified, drafted and signed over HTTP;
what is measured ends when the last reader has the event of the signature. Then the server is
killed, an alert is told while nobody serves, and it is started again: every reader comes back with
the last position that it read, and what it has missed is counted.

With rooms everybody signs in: the readers are liaisons of the duties that may know of the alerts,
and one in twenty is of a duty that may not, and is to hear nothing.
"""

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import numpy as np

from alerts.episode import Episode, Signal
from alerts.lexicon.read import DUTIES
from alerts.rooms.store import let_in
from alerts.store import announce, positions, publish
from appeals.database import Engine, open_database, reading, upgrade_schema, writing
from appeals.people.roles import StaffRole
from appeals.people.store import Person, add_person
from appeals.sessions.store import Terms, begin_session
from benchmarks.live import _connection, _served, _wangge
from benchmarks.result import Result

SUMMARY = "milliseconds from the signature of an alert to the last of many readers"

_PATIENCE_S: Final = 60.0
_ONE_OUTSIDE_IN: Final = 20
_CALM_S: Final = 1.5  # between two signatures


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--readers", type=int, default=500)
    parser.add_argument("--alerts", type=int, default=10, help="signatures that are measured")
    parser.add_argument("--rooms", action="store_true", help="readers see by need to know")


def run(arguments: argparse.Namespace) -> Result:
    """Serve a site, follow it, sign, kill and start again."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _wangge(["init", made])
        engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
        upgrade_schema(engine)
        _plant(engine, arguments.alerts)
        people = _sign_in(engine, arguments) if arguments.rooms else _nobody(arguments.readers)
        with _readers(people) as readers:
            with _served(folder) as (port, server):
                joined_s = _follow(readers, port)
                took = [_sign(readers, port, people, n + 1) for n in range(arguments.alerts)]
                server.kill()
            with writing(engine) as connection:
                announce(connection, 1, "updated", datetime.now(UTC))
            with _served(folder) as (port, _):
                begun = time.monotonic()
                readers.send(("port", port))
                lost, back_s = _all_have(readers, _newest(engine)), time.monotonic() - begun
                overheard = _asked(readers, "overheard", 0)
        engine.dispose()
    return _told(
        len(people.readers),
        len(people.outsiders),
        overheard,
        joined_s,
        np.array(took) * 1000,
        lost,
        back_s,
    )


def _told(
    readers: int, outside: int, overheard: int, joined_s: float,
    took_ms: "np.typing.NDArray[np.float64]", lost: int, back_s: float,
) -> Result:  # fmt: skip
    data = {
        "readers": readers,
        "outside": outside,
        "overheard": overheard,
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
            f"{outside} readers who may not know heard {overheard} events",
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


@dataclass(frozen=True, slots=True)
class _People:
    """The cookie of the desk, of the leader, and of each reader, by place in the order of joining.

    Of a reader who may not know of the alerts it stands in ``outsiders``.
    """

    desk: str
    leader: str
    readers: list[str]
    outsiders: frozenset[int]


def _nobody(readers: int) -> _People:
    """Give the readers of a site where nobody signs in."""
    return _People("", "", [""] * readers, frozenset())


def _sign_in(engine: Engine, arguments: argparse.Namespace) -> _People:
    """Let the alerts into rooms, and everybody sign in."""
    now, terms = datetime.now(UTC), Terms(timedelta(hours=1), timedelta(hours=12))
    *inside, strange = DUTIES
    people = [
        Person("admin", "系统", (StaffRole.SYSTEM_ADMIN,)),
        Person("desk", "值班", (StaffRole.DUTY_OFFICER,)),
        Person("leader", "带班", (StaffRole.LEADER,)),
        *(Person(f"l{n}", "联络", (StaffRole.LIAISON,), (), (d,)) for n, d in enumerate(DUTIES)),
    ]
    outsiders = frozenset(range(_ONE_OUTSIDE_IN - 1, arguments.readers, _ONE_OUTSIDE_IN))
    with writing(engine) as connection:
        for one in people:
            add_person(connection, one, password="", factor=None, by="bench", now=now)
        for number in range(arguments.alerts):
            let_in(connection, number + 1, inside)

        def cookie(login: str) -> str:
            return f"wangge={begin_session(connection, login, now, terms)}"

        of = {n: DUTIES.index(strange) if n in outsiders else n % len(inside)
              for n in range(arguments.readers)}  # fmt: skip
        readers = [cookie(f"l{of[n]}") for n in range(arguments.readers)]
        return _People(cookie("desk"), cookie("leader"), readers, outsiders)


def _newest(engine: Engine) -> int:
    with reading(engine) as connection:
        return positions(connection)[1]


def _follow(readers: Connection, port: int) -> float:
    begun = time.monotonic()
    readers.send(("port", port))
    readers.send(("joined", 0))
    readers.recv()
    return time.monotonic() - begun


def _sign(readers: Connection, port: int, people: _People, alert_id: int) -> float:
    """Verify, draft and sign one alert; give the seconds from the signature to the last reader."""
    door = _connection(port)
    for who, cookie, move, more in (
        ("值班员", people.desk, "verify", {"how": "recall", "verdict": "true"}),
        ("值班员", people.desk, "assess", {"level": "orange", "ask": "请到场处置"}),
        ("带班领导", people.leader, "sign", {}),
    ):
        begun = time.monotonic()
        body = json.dumps({"who": who} | more).encode()
        path = f"/api/alerts/{alert_id}/{move}"
        own = f"http://127.0.0.1:{port}"
        heads = {"Content-Type": "application/json", "Origin": own, "Cookie": cookie}
        door.request("POST", path, body, heads)
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
    return _asked(readers, "reach", position)


def _asked(readers: Connection, what: str, value: int) -> int:
    readers.send((what, value))
    told: int = readers.recv()
    return told


# --- the readers, in a process of their own -------------------------------------------------------


@contextmanager
def _readers(people: _People) -> Iterator[Connection]:
    ours, theirs = multiprocessing.Pipe()
    start = multiprocessing.get_context("spawn")
    process = start.Process(target=_read_all, args=(theirs, people), daemon=True)
    process.start()
    try:
        yield ours
    finally:
        process.kill()
        process.join()


def _read_all(orders: Connection, people: _People) -> None:
    asyncio.run(_Readers(people).obey(orders))


class _Readers:
    """Many readers of one stream."""

    def __init__(self, people: _People) -> None:
        self._cookies, self._outsiders = people.readers, people.outsiders
        self._count = len(people.readers)
        self._inside = [n for n in range(self._count) if n not in self._outsiders]
        self._overheard = 0
        self._port = 0
        self._position = [0] * self._count  # last position read, 0: from now on
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
            elif what == "overheard":
                orders.send(self._overheard)
            elif what == "reach":
                orders.send(await self._behind(value))

    async def _last(self, about: tuple[int, str]) -> float:
        """Give when the last reader had an event."""
        arrived = self._of(about)
        await self._until(lambda: len(arrived) >= len(self._inside))
        return max(arrived) if len(arrived) >= len(self._inside) else float("inf")

    async def _behind(self, position: int) -> int:
        """Give how many readers do not reach a position."""
        await self._until(lambda: min(self._position[n] for n in self._inside) >= position)
        return sum(self._position[n] < position for n in self._inside)

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
        head = "GET /api/alerts/stream HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        head += f"Cookie: {self._cookies[number]}\r\n{last}\r\n"
        writer.write(head.encode())
        try:
            while line := await reader.readline():
                if line.startswith(b"retry:"):
                    self._joined.add(number)
                elif line.startswith(b"id: "):
                    self._position[number] = int(line[4:])
                elif line.startswith(b"data: {") and b"what" in line:
                    item = json.loads(line[6:])
                    if number in self._outsiders:
                        self._overheard += 1
                        continue
                    self._of((item["id"], item["state"])).append(time.monotonic())
        finally:
            writer.close()

"""From the acknowledged appeal to the stored signal, while appeals pour in and the desk reads.

A made-up city is brought in by the public commands and served as an office serves it. Appeals of
its own last weeks are posted over HTTP with new numbers, callers and times, at a steady rate, one
a request; the times go on from the day after the city's last. Among them are sensitive appeals,
and groups of callers about one matter in one place. A reader asks for the desk page and the alerts
all the time. An observer asks the database every few milliseconds which of the planted appeals
stand in an alert: what is measured ends when it sees them.
"""

import argparse
import http.client
import itertools
import json
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import numpy as np

from alerts.evidence.store import evidence, told_appeals
from alerts.store import events_after
from appeals import files
from appeals.database import open_database, reading
from appeals.errors import Unavailable
from appeals.privacy import Role, Viewer
from appeals.store import Filters, read_appeals
from benchmarks.result import Result

SUMMARY = "milliseconds from an acknowledged appeal to its stored signal, under load"

_SENSITIVE_EVERY = 50  # appeals
_GROUP_EVERY_S, _GROUP = 30.0, 14
_POSTERS = 24
_LOOK_S = 0.015
_PATIENCE_S = 30.0
_STARTS_S = _MOST_PAST_S = 300.0  # on a machine with other work too
_WORDS = "楼道里闻到很重的煤气味，请尽快派人查看，第{}户"
_KINDS = ("sensitive", "surge", "cluster", "first", "subject")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--rate", type=float, default=50.0, help="appeals a second")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--days", type=int, default=30, help="the city's past")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--site", type=Path, help="a city that `wangge demo --dir` made already")


@dataclass(slots=True)
class Sent:
    """One planted appeal: its number at the source, when it was acknowledged and when seen."""

    source_id: str
    group: int | None  # None: sensitive
    acknowledged_s: float | None = None
    appeal_id: int | None = None
    seen_s: float | None = None


@dataclass(slots=True)
class Load:
    """What is posted, and what became of it."""

    rows: Sequence[dict[str, str | None]]
    start: datetime
    run: int = field(default_factory=lambda: int(time.time()) % 10**6)
    planted: list[Sent] = field(default_factory=list)
    took_s: list[float] = field(default_factory=list)
    refused: int = 0

    def bodies(self, rate: float, seconds: float) -> Iterator[tuple[float, dict[str, object]]]:
        """Give each appeal with the second at which it is due."""
        rng = np.random.default_rng(self.run)  # new callers: a city may be measured twice
        group = 0
        for i in range(int(rate * seconds)):
            due = i / rate
            row: dict[str, object] = dict(self.rows[int(rng.integers(len(self.rows)))])
            row["工单编号"] = f"LIVE{self.run:06d}-{i:07d}"
            row["来电号码"] = f"139{int(rng.integers(10**8)):08d}"
            row["受理时间"] = f"{self.start + timedelta(seconds=due):%Y-%m-%d %H:%M:%S}"
            planted: int | None = -1
            if i % _SENSITIVE_EVERY == _SENSITIVE_EVERY - 1:
                row["诉求内容"], planted = _WORDS.format(i), None
            elif due % _GROUP_EVERY_S < _GROUP / rate * 3 and i % 3 == 0:
                group = int(due // _GROUP_EVERY_S)
                like = self.rows[(7919 * group + 13) % len(self.rows)]
                row |= {
                    k: v for k, v in like.items() if k not in ("工单编号", "受理时间", "来电号码")
                }
                planted = group
            if planted != -1:
                self.planted.append(Sent(str(row["工单编号"]), planted))
                row["_planted"] = len(self.planted) - 1
            yield due, row


def run(arguments: argparse.Namespace) -> Result:
    """Serve a city, pour appeals in, and tell how long signals took."""
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.site or Path(made)
        if arguments.site is None:
            command = ["demo", "--no-serve", "--days", str(arguments.days), "--dir", made]
            _wangge([*command, "--seed", str(arguments.seed)])
        return measure(folder, arguments.rate, arguments.seconds)


def measure(folder: Path, rate: float, seconds: float) -> Result:
    """Measure on a city that is there; its database grows by what is posted."""
    rows = _rows(folder)
    last = str(rows[-1]["受理时间"])[:10]
    # A minute before the hour, so that the end of an hour is measured too.
    start = datetime.fromisoformat(last) + timedelta(days=1, hours=10, minutes=59)
    load = Load(rows[-5_000:], start)
    with _served(folder) as (port, server):
        _settle(folder, port, load)
        over = threading.Event()
        observer = threading.Thread(target=_observe, args=(folder, load, over))
        pages: list[float] = []
        reader = threading.Thread(target=_read, args=(port, pages, over))
        observer.start()
        reader.start()
        begun = time.monotonic()
        with ThreadPoolExecutor(_POSTERS) as posters:
            local = threading.local()
            for due, row in load.bodies(rate, seconds):
                time.sleep(max(0.0, begun + due - time.monotonic()))
                posters.submit(_send, port, local, load, row)
        posted_s = time.monotonic() - begun
        time.sleep(min(_PATIENCE_S, 2 + seconds / 10))
        over.set()
        observer.join()
        reader.join()
        memory = _memory_mb(server.pid)
    stages = _stages(folder, load, time.time() - time.monotonic())
    return _told(load, posted_s, pages, memory, stages)


def _rows(folder: Path) -> list[dict[str, str | None]]:
    found = []
    for path in sorted((folder / "files").glob("*工单*")):
        with files.open_rows(path) as rows:
            found += [dict(cells) for _, cells in rows if isinstance(cells, dict)]
    plain = re.compile(r"20\d\d-(0\d|1[0-2])-([0-2]\d|30) ")  # not the ways that are hard to read
    return [r for r in found if r["诉求类型"] != "咨询" and plain.match(str(r["受理时间"]))]


def _wangge(words: Sequence[str]) -> None:
    subprocess.run([sys.executable, "-m", "wangge.cli", *words], check=True, capture_output=True)


@contextmanager
def _served(folder: Path) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "wangge.cli", "--config", str(folder / "wangge.toml")]
    server = subprocess.Popen([*words, "serve", "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        until = time.monotonic() + _STARTS_S
        while True:
            try:
                _get(_connection(port), "/health")
                break
            except OSError:
                if server.poll() is not None or time.monotonic() > until:
                    raise
                time.sleep(0.1)
        yield port, server
    finally:
        server.terminate()
        server.wait(timeout=60)


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def _get(connection: http.client.HTTPConnection, path: str) -> bytes:
    connection.request("GET", path)
    return connection.getresponse().read()


def _post(connection: http.client.HTTPConnection, row: dict[str, object]) -> int:
    body = json.dumps({k: v for k, v in row.items() if k != "_planted"}, ensure_ascii=False)
    path = f"/api/appeals?datum=gcj02&source={quote('live')}"
    connection.request("POST", path, body.encode(), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _send(port: int, local: threading.local, load: Load, row: dict[str, object]) -> None:
    if not hasattr(local, "connection"):
        local.connection = _connection(port)
    begun = time.monotonic()
    status = _post(local.connection, row)
    now = time.monotonic()
    load.took_s.append(now - begun)
    load.refused += status >= 300  # rows that the made-up city spoils on purpose
    if "_planted" in row and status < 300:
        load.planted[int(str(row["_planted"]))].acknowledged_s = now


def _settle(folder: Path, port: int, load: Load) -> None:
    """Wait until the watch has read its past: no appeal that is measured shall pay for that."""
    number = f"LIVE{load.run:06d}-FIRST"
    row = next(load.bodies(1.0, 1.0))[1] | {"工单编号": number, "诉求内容": _WORDS}
    load.planted.clear()
    _post(_connection(port), row)
    first = Load([], load.start, planted=[Sent(number, None, time.monotonic())])
    over = threading.Event()
    observer = threading.Thread(target=_observe, args=(folder, first, over))
    observer.start()
    until = time.monotonic() + _MOST_PAST_S
    while first.planted[0].seen_s is None and time.monotonic() < until:
        time.sleep(0.1)
    over.set()
    observer.join()
    if first.planted[0].seen_s is None:
        raise Unavailable("the watch has not told of the first appeal: is another one at work?")


def _read(port: int, pages: list[float], over: threading.Event) -> None:
    connection = _connection(port)
    for path in itertools.cycle(("/", "/api/alerts?limit=50")):
        if over.wait(1.0):
            return
        begun = time.monotonic()
        _get(connection, path)
        pages.append(time.monotonic() - begun)


def _observe(folder: Path, load: Load, over: threading.Event) -> None:
    """Note when planted appeals are first seen in an alert."""
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    viewer = Viewer("bench", Role.OPERATOR)
    while not over.wait(_LOOK_S):
        waiting = [s for s in load.planted if s.acknowledged_s is not None and s.seen_s is None]
        with reading(engine) as connection:
            for one in waiting:
                if one.appeal_id is None:
                    filters = Filters(source="live", source_id=one.source_id)
                    rows = read_appeals(connection, viewer, filters=filters, limit=1)
                    one.appeal_id = int(str(rows[0]["appeal_id"])) if rows else None
            ids = [one.appeal_id for one in waiting if one.appeal_id is not None]
            told = told_appeals(connection, ids, _KINDS)
        now = time.monotonic()
        for one in waiting:
            if one.appeal_id in told:
                one.seen_s = now
    engine.dispose()


def _memory_mb(pid: int) -> dict[str, float]:
    """Give the most memory that the server and the watcher beside it have held, MB."""
    held = {}
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for name in [str(pid), *children]:
        status = Path(f"/proc/{name}/status").read_text()
        peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        held["server" if name == str(pid) else f"beside {name}"] = int(peak.split()[1]) / 1024
    return held


def _stages(folder: Path, load: Load, clock_s: float) -> dict[str, dict[str, float]]:
    """Tell where the time of sensitive appeals went: until the look that found them, and since.

    ``clock_s`` leads from the seconds of the bench to those of the clock, by which the watcher
    notes when the look began whose findings it stores.
    """
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    events: list[dict[str, object]] = []
    with reading(engine) as connection:
        behind = evidence(connection)
        while more := events_after(connection, int(str(events[-1]["position"])) if events else 0):
            events += more
    engine.dispose()
    looked: dict[int, list[float]] = {}
    for one in events:
        if isinstance(one["at"], datetime):
            looked.setdefault(int(str(one["alert_id"])), []).append(one["at"].timestamp())
    alerts_of: dict[str, list[int]] = {}
    for name, alert in zip(behind["source_id"], behind["alert_id"].tolist(), strict=True):
        alerts_of.setdefault(str(name), []).append(alert)
    waits: list[float] = []
    finds: list[float] = []
    for sent in load.planted:
        if sent.group is None and sent.acknowledged_s is not None and sent.seen_s is not None:
            seen = sent.seen_s + clock_s
            looks = [t for alert in alerts_of[sent.source_id] for t in looked.get(alert, ())]
            at = max((t for t in looks if t <= seen), default=seen)
            waits.append(at - sent.acknowledged_s - clock_s)
            finds.append(seen - at)
    return {"until the look": _quantiles(waits), "from look to seen": _quantiles(finds)}


def _told(
    load: Load,
    posted_s: float,
    pages: list[float],
    memory: dict[str, float],
    stages: dict[str, dict[str, float]],
) -> Result:
    taken = [s for s in load.planted if s.acknowledged_s is not None]
    sensitive = [s for s in taken if s.group is None]
    waits = [s.seen_s - s.acknowledged_s for s in sensitive if s.seen_s and s.acknowledged_s]
    numbers = {s.group for s in taken} - {None}
    groups = {number: [s for s in taken if s.group == number] for number in numbers}
    first = []
    for own in groups.values():
        seen = [s for s in own if s.seen_s is not None]
        if seen:
            at = min(s.seen_s or 0.0 for s in seen)
            # The newest in the alert as it is first seen raised it, if the load has not risen more.
            first.append(at - max(s.acknowledged_s or 0.0 for s in seen if (s.seen_s or 0.0) <= at))
    data: dict[str, object] = {
        "appeals": len(load.took_s),
        "refused": load.refused,
        "appeals_a_second": len(load.took_s) / posted_s,
        "sensitive": {"acknowledged": len(sensitive), "seen": len(waits), **_quantiles(waits)},
        "sensitive not seen": [s.source_id for s in sensitive if s.seen_s is None],
        "stages of sensitive": stages,
        "groups": {"planted": len(groups), "seen": len(first), **_quantiles(first)},
        "acknowledged": _quantiles(load.took_s),
        "pages": {"read": len(pages), **_quantiles(pages)},
        "peak_mb": memory,
    }
    lines = [f"{name}: {value}" for name, value in data.items()]
    return Result(data, lines)


def _quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Give median, 90 %, 99 % and the longest, in milliseconds."""
    if not seconds:
        return {}
    found = np.quantile(seconds, [0.5, 0.9, 0.99, 1.0]) * 1e3
    return dict(zip(("p50_ms", "p90_ms", "p99_ms", "max_ms"), found.round(1).tolist(), strict=True))

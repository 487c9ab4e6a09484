"""The live path as an office runs it: posted over HTTP, followed beside, read over HTTP."""

import http.client
import json
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from api.app import create_app
from appeals.database import Engine
from appeals.seals import KeyRing
from tests.patience import PATIENCE_S
from tests.wangge.serving import served
from tests.wangge.three_weeks import DAYS, HEADERS, Row, rows_of
from wangge.follow import follow
from wangge.handover import Handover
from wangge.response import limit_keeper
from wangge.serve import LOOPBACK, taking
from wangge.settings import Settings
from wangge.site import wall_clock
from wangge.watcher import Watcher


def ask(address: str, method: str, path: str, row: Row | None = None) -> dict[str, object]:
    connection = http.client.HTTPConnection(urlsplit(address).netloc, timeout=PATIENCE_S)
    named = None if row is None else json.dumps(dict(zip(HEADERS, row, strict=True)))
    connection.request(method, path, named, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    found: dict[str, object] = json.loads(answer.read())
    assert answer.status < 300, found
    connection.close()
    return found


def test_posted_appeals_are_told_while_their_day_is_open(
    watched: Path, tmp_path: Path, engine_of: Callable[[Path], tuple[Engine, Settings]]
) -> None:
    site = shutil.copytree(watched, tmp_path / "site")
    engine, settings = engine_of(site)
    ring = KeyRing.load(site / "wangge.key")
    take = taking(Handover(engine, settings, ring, wall_clock))
    app = create_app(engine, settings, take=take, ring=ring, hosts=frozenset(LOOPBACK))
    over = threading.Event()
    watcher = Watcher(engine, settings)
    keep_time = limit_keeper(engine, settings)
    beside = threading.Thread(target=follow, args=(watcher, over.is_set, keep_time))
    plain = rows_of([DAYS])[:9]
    gas = [*plain[0][:5], "楼道里有很重的煤气味", *plain[0][6:8], "13700001111"]
    rows = [*plain[1:], ["GAS", *gas[1:]]]
    with served(app) as address:
        beside.start()
        with ThreadPoolExecutor(3) as posters:
            post = "/api/appeals?datum=wgs84&source=hotline"
            taken = list(posters.map(lambda row: ask(address, "POST", post, row), rows))
        until = time.monotonic() + PATIENCE_S
        told: list[dict[str, object]] = []
        while not told and time.monotonic() < until:
            items = ask(address, "GET", "/api/alerts?limit=50")["items"]
            assert isinstance(items, list)
            told = [one for one in items if one["kind"] == "sensitive"]
            time.sleep(0.02)
        over.set()
        beside.join()

    assert [one["accepted"] for one in taken] == [1] * len(rows)
    assert [(one["cases"], one["unconfirmed"]) for one in told] == [(1, False)]

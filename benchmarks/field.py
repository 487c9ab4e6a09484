"""The grid worker's page on a slow phone: how soon, how large, and how many taps a task takes.

A small town is served as an office serves it. A phone whose processor is slowed four times opens
the page for the first time and again; every byte that comes over the network is counted as it came,
compressed. Then one order is worked through and the taps are counted by the page's own events.
"""

import argparse
import csv
import io
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from statistics import median
from typing import Any, Final

import geopandas as gpd
import shapely
from PIL import Image

from appeals.database import open_database, reading, writing
from appeals.errors import Unavailable
from appeals.people.roles import StaffRole
from appeals.people.store import Person, add_person
from appeals.sessions.store import Terms, begin_session
from benchmarks.live import _served
from benchmarks.pages.browser import PHONE, chromium, slow_down, useful_ms
from benchmarks.pages.city import run as command
from benchmarks.result import Result
from casework.store import read_steps
from grids.store import add_units

SUMMARY = "first useful screen, bytes and taps of the grid worker's page on a slow phone"

ASKED_MS: Final = 1500
ASKED_BYTES: Final = 250_000
_WEST, _SOUTH = 104.0, 30.0
_LISTED: Final = "document.querySelector('#list li a')"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    parser.add_argument("--orders", type=int, default=60, help="open orders in the grid")
    parser.add_argument("--slower", type=int, default=4, help="times the processor is slowed")
    parser.add_argument("--rounds", type=int, default=5)


def run(arguments: argparse.Namespace) -> Result:
    """Make the town, serve it, open the page, work an order through."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _make_town(folder, arguments.orders)
        secret = _signed_in(folder)
        with _served(folder) as (port, _), chromium() as browser:
            address = f"http://127.0.0.1:{port}/field"

            def context() -> Any:
                opened = browser.new_context(
                    **PHONE,
                    permissions=["geolocation"],
                    geolocation={"longitude": _WEST + 0.005, "latitude": _SOUTH + 0.005},
                )
                opened.set_default_timeout(60_000)
                opened.add_cookies([{"name": "wangge", "value": secret, "url": address}])
                return opened

            first = [_first(context, address, arguments.slower) for _ in range(arguments.rounds)]
            again_ms = _again(context, address, arguments.slower, arguments.rounds)
            taps = _taps(context, address, arguments.slower)
        engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
        with reading(engine) as connection:
            steps = [one.move.value for one in read_steps(connection, 1)]
        engine.dispose()
    first_ms, busy_ms, shell, data = (median(one[n] for one in first) for n in range(4))
    told = {
        "first_ms": first_ms,
        "first_busy_ms": busy_ms,
        "again_ms": median(again_ms),
        "shell_bytes": shell,
        "data_bytes": data,
        "taps": taps,
        "steps": steps,
    }
    return Result(
        told,
        [
            f"first useful screen, nothing kept, processor slowed {arguments.slower} times: "
            f"{first_ms:.0f} ms (asked {ASKED_MS}), of which the page's own thread, slowed, took "
            f"{busy_ms:.0f} ms of processor; opened again {median(again_ms):.0f} ms",
            f"shell {shell / 1000:.0f} kB compressed (asked {ASKED_BYTES / 1000:.0f}), "
            f"data of {arguments.orders} orders {data / 1000:.0f} kB",
            "taps: " + ", ".join(f"{name} {n}" for name, n in taps.items())
            + f"; together {sum(taps.values())}",
            "on the server: " + ", ".join(steps),
        ],
    )  # fmt: skip


def _make_town(folder: Path, orders: int) -> None:
    command(["init", str(folder)])
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    street, community = "990101001", "990101001001"
    cut = [shapely.box(_WEST + n * 0.01, _SOUTH, _WEST + (n + 1) * 0.01, _SOUTH + 0.01)
           for n in range(5)]  # fmt: skip
    grids = [shapely.segmentize(one, 0.0003) for one in cut]
    whole = shapely.union_all(grids)
    with writing(engine) as connection:
        for level, codes, shapes in (
            ("street", [street], [whole]),
            ("community", [community], [whole]),
            ("grid", [f"{community}{n:03d}" for n in range(1, 6)], grids),
        ):
            frame: dict[str, object] = {"code": codes, "name": [f"示例{one[-3:]}" for one in codes]}
            frame |= {name: [None] * len(codes) for name in ("parent", "households", "people")}
            layer = gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")
            add_units(connection, layer, level, date(1900, 1, 1))
        area = (f"grid:{community}001",)
        worker = Person("wangge", "网格员", (StaffRole.GRID_WORKER,), area)
        admin = Person("admin", "系统", (StaffRole.SYSTEM_ADMIN,))
        now = datetime.now(UTC)
        for person, factor in ((admin, "sealed elsewhere"), (worker, None)):
            add_person(connection, person, password=token_hex(), factor=factor, by="bench", now=now)
    engine.dispose()
    at = datetime.now(UTC) - timedelta(hours=2)
    rows = [
        {
            "id": f"B{n:05d}",
            "received_at": at.isoformat(),
            "dispatched_at": (at + timedelta(minutes=10)).isoformat(),
            "kind": "投诉",
            "class_1": "城市管理", "class_2": "市政设施", "class_3": "井盖缺损",
            "text": "门口井盖缺了，请来处理。",
            "address": f"样板路{n + 1}号",
            "lon": _WEST + 0.001 + 0.008 * (n % 8) / 8,
            "lat": _SOUTH + 0.001 + 0.008 * (n // 8 % 8) / 8,
            "status": "办理中",
        }
        for n in range(orders)
    ]  # fmt: skip
    path = folder / "orders.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    config = ["--config", str(folder / "wangge.toml")]
    command([*config, "ingest", str(path), "--datum", "wgs84", "--source", "bench", "--history"])


def _signed_in(folder: Path) -> str:
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    with writing(engine) as connection:
        terms = Terms(timedelta(hours=12), timedelta(hours=12))
        secret = begin_session(connection, "wangge", datetime.now(UTC), terms)
    engine.dispose()
    return secret


def _first(context: Callable[[], Any], address: str, slower: int) -> tuple[float, float, int, int]:
    """Open the page with nothing kept; give milliseconds of clock and processor, and bytes.

    The page's thread is counted in its own time: on a busy machine the clock tells of the others.
    """
    opened = context()
    page = opened.new_page()
    session = slow_down(page, slower)
    names: dict[str, str] = {}
    sizes: dict[str, int] = {}
    session.on("Network.requestWillBeSent",
               lambda e: names.update({e["requestId"]: e["request"]["url"]}))  # fmt: skip
    session.on("Network.loadingFinished",
               lambda e: sizes.update({e["requestId"]: int(e["encodedDataLength"])}))  # fmt: skip
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    took_ms = useful_ms(page, address, _LISTED)
    found = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    # The map belongs to the shell too, though the list does not wait for it.
    page.click("nav a[href='#map']")
    page.wait_for_selector(".leaflet-container")
    page.wait_for_timeout(500)
    opened.close()
    shell = sum(n for key, n in sizes.items() if "/api/" not in names.get(key, "/api/"))
    data = sum(n for key, n in sizes.items() if "/api/" in names.get(key, ""))
    return took_ms, float(found["TaskDuration"]) * 1000, shell, data


def _again(context: Callable[[], Any], address: str, slower: int, rounds: int) -> list[float]:
    """Open it again and again: shell and tasks are on the phone."""
    opened = context()
    page = opened.new_page()
    page.goto(address)
    page.evaluate("navigator.serviceWorker.ready.then(found => !!found.active)")
    _until(page, "import('/static/field_keep.js').then(k => k.getPack()).then(p => !!p)")
    page.close()
    took = []
    for _ in range(rounds):
        page = opened.new_page()
        slow_down(page, slower)
        took.append(useful_ms(page, address, _LISTED))
        page.close()
    opened.close()
    return took


def _taps(context: Callable[[], Any], address: str, slower: int) -> dict[str, int]:
    """Work the first order through; give how often the finger came down for each step."""
    opened = context()
    page = opened.new_page()
    slow_down(page, slower)
    page.add_init_script(
        "addEventListener('click', e => { if (e.isTrusted && e.detail) sessionStorage.taps = "
        "Number(sessionStorage.taps || 0) + 1; }, true)"
    )
    page.goto(address)
    told: dict[str, int] = {}

    def step(name: str, *taps: Callable[[], None]) -> None:
        before = int(page.evaluate("Number(sessionStorage.taps || 0)"))
        for tap in taps:
            tap()
        told[name] = int(page.evaluate("Number(sessionStorage.taps || 0)")) - before

    def on(selector: str) -> Callable[[], None]:
        return lambda: page.locator(selector).click()

    def camera() -> None:
        with page.expect_file_chooser() as chooser:
            page.locator("label.photo").click()
        chooser.value.set_files({"name": "a.png", "mimeType": "image/png", "buffer": _picture()})

    step("打开", on("#list li[data-id='1'] a"))
    step("签收", on("[data-move=receive]"))
    step("联系", on("[data-move=contact]"), on("[data-reached=reached]"))
    step("到场", on("[data-move=arrive]"))
    step("完成", on("[data-move=done]"), camera, on("[data-confirm=done]:enabled"))
    _until(page, "import('/static/field_keep.js').then(k => k.listItems()).then(i => !i.length)")
    opened.close()
    return told


def _until(page: Any, promised: str) -> None:
    """Wait until a promise gives true."""
    for _ in range(300):
        if page.evaluate(promised):
            return
        page.wait_for_timeout(100)
    raise Unavailable("the page did not come to its end within half a minute")


def _picture() -> bytes:
    """Give a picture of a camera's size."""
    out = io.BytesIO()
    Image.linear_gradient("L").resize((3000, 2000)).convert("RGB").save(out, format="PNG")
    return out.getvalue()

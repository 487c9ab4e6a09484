"""A small stand-in for the API below the duty desk, and the desk open in a browser before it."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, ClassVar
from urllib.parse import parse_qs

import pytest

from api.answers import encode
from maps.answer import columns_of
from maps.cuts import Drawn
from maps.sheet import Sheet, static_page

KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "png": "image/png"}
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


SIGNALS: list[dict[str, object]] = [
    {
        "kind": "surge", "area_name": name, "class_code": "噪声/施工噪声", "window_h": hours,
        "tick": "2026-10-31T18:00:00+08:00", "cases": cases, "callers": cases - 3,
        "expected": expected, "reason": f"{name}“施工噪声”有{cases - 3}人反映。",
    }
    for name, hours, cases, expected in (("临川街道", 24, 21, 3.2), ("示例市", 72, 60, 41.4))
]  # fmt: skip


class Desk(ThreadingHTTPServer):
    """Serves the page and the agreed addresses; ``late`` alerts go into the stream."""

    daemon_threads = True
    overview: ClassVar[dict[str, object]] = {
        "demo": True,
        "jurisdiction": "示例市",
        "as_of": "2026-10-31T18:20:00+08:00",
        "day": "2026-10-31",
        "today": {
            "received": 912, "located": 801, "placed": 765, "needs_confirm": 31, "outside": 5,
            "unlocated": 111,
        },
        "streets": 8,
        "alerts_open": 4,
        "alerts_historical": 1,
        "alerts_ended": 0,
        "months": [
            {"month": "2026-10", "first_day": "2026-10-01", "last_day": "2026-10-31"},
            {"month": "2026-09", "first_day": "2026-09-01", "last_day": "2026-09-30"},
        ],
    }  # fmt: skip

    def __init__(self, sheet: Sheet, alerts: list[dict[str, object]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tables = {level.table.level: level.table.rows for level in sheet.levels}
        self.drawn = {
            level.table.level: Drawn(list(level.layer["code"]), level.layer.geometry.to_numpy())
            for level in sheet.levels
        }
        self.alerts = alerts
        self.signals = SIGNALS
        self.late: list[dict[str, object]] = []
        self.broken = False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/"


class Handler(BaseHTTPRequestHandler):
    server: Desk

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.split("?")[0]
        if path == "/" or path.startswith("/static/"):
            name = "index.html" if path == "/" else path.removeprefix("/static/")
            body = (files("maps") / "static" / name).read_bytes()
            body = static_page("index").encode() if path == "/" else body
            self._send(body, KINDS[name.rsplit(".", 1)[-1]])
        elif path == "/tiles/base.js":
            self._send(b'window.wangge = { base: { kind: "blank" } };', KINDS["js"])
        elif self.server.broken:
            self.send_error(503)
        elif path == "/api/alerts/stream":
            self._stream()
        elif path == "/api/session":
            self._json({"open": True, "roles": [], "rights": []})
        elif path == "/api/overview":
            self._json(self.server.overview)
        elif path == "/api/alerts":
            self._json({"items": self.server.alerts, "next": None})
        elif path.startswith("/api/alerts/") and self.server.signals:
            self._json({"signals": self.server.signals})
        else:
            self._figures(path)

    def _figures(self, path: str) -> None:
        words = path.split("/")
        level = words[3] if "cuts" in words else parse_qs(self.path.partition("?")[2])["level"][0]
        if level not in self.server.tables:
            self.send_error(422)
        elif "cuts" in words:
            self._json(self.server.drawn[level].cut(*map(int, words[5:])))
        else:
            columns = columns_of(self.server.tables[level])
            self._json({"columns": columns, "shapes": self.server.drawn[level].version})

    def _json(self, value: object) -> None:
        self._send(encode(value), "application/json")

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"retry: 300\n: here\n\n")
        sent = 0
        while not self.server.broken:
            for alert in self.server.late[sent:]:
                sent += 1
                text = f"event: alert\nid: {sent}\ndata: {json.dumps(alert)}\n\n"
                self.wfile.write(text.encode())
            self.wfile.flush()
            time.sleep(0.05)


@pytest.fixture(name="desk")
def made_desk(sheet: Sheet, alert_items: list[dict[str, object]]) -> Iterator[Desk]:
    desk = Desk(sheet, alert_items[::-1])
    thread = threading.Thread(target=desk.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield desk
    desk.broken = True
    desk.shutdown()
    thread.join()
    desk.server_close()


@pytest.fixture(name="opened")
def opened_desk(desk: Desk, visit: Callable[[str], Any]) -> Any:
    opened = visit(desk.address)
    opened.page.wait_for_selector("li.alert")
    opened.page.wait_for_selector("#legend .step", state="attached")
    return opened


def show(page: Any, tab: str) -> None:
    """On a phone list and map are two tabs."""
    if page.locator(".tabs").is_visible():
        page.locator(f"#tab-{tab}").click()

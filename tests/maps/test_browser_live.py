"""The duty desk in a real browser, against a small stand-in for the API."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, ClassVar

import pytest

from maps.layers import feature_collection
from maps.sheet import Sheet

pytestmark = pytest.mark.browser

KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "png": "image/png"}
POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"


class Desk(ThreadingHTTPServer):
    """Serves the page and the agreed addresses; ``late`` alerts go into the stream."""

    daemon_threads = True
    overview: ClassVar[dict[str, object]] = {
        "demo": True,
        "jurisdiction": "示例市",
        "as_of": "2026-10-31T18:20:00+08:00",
        "day": "2026-10-31",
        "today": {
            "received": 912, "located": 801, "placed": 770, "needs_confirm": 31, "unlocated": 111,
        },
        "streets": 8,
        "alerts_open": 5,
    }  # fmt: skip

    def __init__(self, sheet: Sheet, alerts: list[dict[str, object]]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        levels = {level.table.level: level.layer for level in sheet.levels}
        self.layers = {name: feature_collection(layer) for name, layer in levels.items()}
        self.alerts = alerts
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
            self._send(body, KINDS[name.rsplit(".", 1)[-1]])
        elif self.server.broken:
            self.send_error(503)
        elif path == "/api/alerts/stream":
            self._stream()
        elif path == "/api/overview":
            self._json(self.server.overview)
        elif path == "/api/alerts":
            self._json({"items": self.server.alerts, "next": None})
        elif path.rsplit("/", 1)[-1] not in self.server.layers:
            self.send_error(422)
        else:
            self._json(self.server.layers[path.rsplit("/", 1)[-1]])

    def _json(self, value: object) -> None:
        self._send(json.dumps(value).encode(), "application/json")

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


@pytest.fixture
def desk(sheet: Sheet, alert_items: list[dict[str, object]]) -> Iterator[Desk]:
    desk = Desk(sheet, alert_items[::-1])
    thread = threading.Thread(target=desk.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield desk
    desk.broken = True
    desk.shutdown()
    thread.join()
    desk.server_close()


@pytest.fixture
def opened(desk: Desk, visit: Callable[[str], Any]) -> Any:
    opened = visit(desk.address)
    opened.page.wait_for_selector("li.alert")
    opened.page.wait_for_selector("#legend .step")
    return opened


def test_the_desk_shows_figures_alerts_and_map_from_its_own_host_alone(opened: Any) -> None:
    page = opened.page

    assert opened.foreign == []
    assert opened.errors == []
    assert page.title() == "示例市诉求风险提示 · 值班台"
    assert "912" in page.locator("#figures").inner_text()
    assert page.locator("#demo").is_visible()
    assert page.locator("li.alert").count() == 5
    assert page.locator(".leaflet-marker-icon").count() == 4
    first = page.locator("li.alert[data-id='1']").inner_text()
    assert "21 件 / 18 人" in first
    assert "提示 10月31日 18:00" in first  # 10:00 UTC on the jurisdiction's clock
    assert page.locator(".leaflet-attribution-flag").count() == 0
    assert not page.locator("#lost").is_visible()


def test_the_desk_never_scrolls_sideways(opened: Any) -> None:
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = opened.page.evaluate(widths)

    assert scroll <= client


def test_a_new_alert_comes_in_on_top_and_a_changed_one_stays_in_its_place(
    desk: Desk, opened: Any
) -> None:
    page = opened.page
    new = dict(desk.alerts[0], id=9, headline="新提示：<i>道路塌陷</i>", level="red")
    changed = dict(desk.alerts[-1], cases=40)
    assert (changed["id"], new["lon"], new["lat"]) == (1, changed["lon"], changed["lat"])
    desk.late += [new, changed]
    page.wait_for_selector("li.alert[data-id='9']")
    page.wait_for_function(
        "document.querySelector(\"li[data-id='1']\").innerText.includes('40 件')"
    )

    ids = page.eval_on_selector_all("li.alert", "items => items.map(i => i.dataset.id)")
    assert ids == ["9", "5", "4", "3", "2", "1"]
    assert "<i>道路塌陷</i>" in page.locator("li[data-id='9'] b").inner_text()
    assert opened.errors == []


def test_picking_an_alert_marks_it_in_list_and_map(opened: Any) -> None:
    opened.page.locator("li.alert[data-id='2'] button").click()

    assert "picked" in (opened.page.locator("li[data-id='2']").get_attribute("class") or "")
    assert opened.page.locator(".leaflet-marker-icon.picked").count() == 1


def test_alerts_of_one_place_share_a_mark_and_clicks_go_through_them(opened: Any) -> None:
    page = opened.page
    pile = page.locator(".leaflet-marker-icon", has=page.locator(".how-many"))

    assert pile.inner_text().split() == ["红", "2"]
    picked = []
    for _ in range(3):
        pile.click()
        picked.append(page.locator("li.picked").get_attribute("data-id"))
    assert picked == ["5", "1", "5"]


def test_a_broken_connection_is_told_and_what_was_missed_is_read_afterwards(
    desk: Desk, opened: Any
) -> None:
    page = opened.page
    desk.broken = True
    page.wait_for_selector("#lost:not([hidden])")
    assert "连接中断" in page.locator("#lost").inner_text()

    desk.alerts = [dict(desk.alerts[0], id=7), *desk.alerts]
    desk.broken = False
    page.wait_for_selector("li.alert[data-id='7']")
    page.wait_for_selector("#lost", state="hidden")


def test_a_month_that_cannot_be_read_leaves_no_old_picture(desk: Desk, opened: Any) -> None:
    desk.layers = {}
    opened.page.select_option("#month", "2026-09")
    opened.page.get_by_text("该月没有诉求数据").wait_for()

    assert opened.page.locator("#legend .step").count() == 0


def test_an_empty_desk_says_so(desk: Desk, visit: Callable[[str], Any]) -> None:
    desk.alerts = []
    desk.layers = {"street": {"type": "FeatureCollection", "features": []}}
    page = visit(desk.address).page

    page.get_by_text("目前没有风险提示").wait_for()
    page.get_by_text("没有这一层级的边界数据").wait_for()

"""The duty desk in a real browser, against a small stand-in for the API."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any, ClassVar
from urllib.parse import parse_qs

import numpy as np
import pytest

from api.answers import encode
from maps.answer import columns_of
from maps.cuts import Drawn
from maps.sheet import Sheet, static_page

pytestmark = pytest.mark.browser

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
    opened.page.wait_for_selector("#legend .step", state="attached")
    return opened


def show(page: Any, tab: str) -> None:
    """On a phone list and map are two tabs."""
    if page.locator(".tabs").is_visible():
        page.locator(f"#tab-{tab}").click()


def test_the_desk_shows_figures_alerts_and_map_from_its_own_host_alone(opened: Any) -> None:
    page = opened.page

    assert opened.foreign == []
    assert opened.errors == []
    assert page.title() == "示例市诉求风险提示 · 值班台"
    assert "912" in page.locator("#figures").inner_text()
    assert page.locator("#demo").is_visible()
    figures = page.locator("#figures dd").all_inner_texts()
    assert [int(figure.split()[0]) for figure in figures] == [912, 765, 31, 5, 111]
    assert sum([765, 31, 5, 111]) == 912
    assert page.locator("#open-count").inner_text() == "未解除 4 条，历史 1 条"
    assert page.locator("#alerts-open li").count() == 4
    assert page.locator("#alerts-past li").get_attribute("data-id") == "3"
    first = page.locator("li.alert[data-id='1']").inner_text()
    assert "21 件 / 18 人" in first
    assert "往常约 3.2 人" in first
    assert "提示 10月31日 18:00" in first
    show(page, "map")
    page.wait_for_selector(".leaflet-marker-icon")
    assert page.locator(".badge.hollow").count() >= 1
    period = "统计时间：2026年10月1日0时至10月31日24时 · 属地口径"
    assert page.locator("#period").inner_text() == period
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
    page.locator("li[data-id='1']", has_text="40 件").wait_for()

    ids = page.eval_on_selector_all("li.alert", "items => items.map(i => i.dataset.id)")
    assert ids == ["9", "5", "4", "2", "1", "3"]
    assert "<i>道路塌陷</i>" in page.locator("li[data-id='9'] b").inner_text()
    assert opened.errors == []


def test_picking_an_alert_shows_its_evidence_and_marks_it_on_the_map(opened: Any) -> None:
    page = opened.page
    head = page.locator("li.alert[data-id='1'] .head")
    head.click()
    page.wait_for_selector("table.evidence")

    assert head.get_attribute("aria-expanded") == "true"
    rows = page.locator("table.evidence tbody tr").all_inner_texts()
    assert "示例市" in rows[2]
    assert "至 10月31日 18:00 的 72 小时" in rows[2]
    assert "60 件 / 57 人" in rows[2]
    assert "约 41 人" in rows[2]
    assert "示例市“施工噪声”有57人反映。" in rows[3]
    show(page, "map")
    page.wait_for_selector(".leaflet-marker-icon.picked")
    show(page, "list")
    head.click()
    assert head.get_attribute("aria-expanded") == "false"
    assert page.locator(".panel").count() == 0
    assert opened.errors == []


def test_evidence_that_cannot_be_read_says_so_and_can_be_asked_for_again(
    desk: Desk, opened: Any
) -> None:
    desk.signals = []
    page = opened.page
    page.locator("li.alert[data-id='2'] .head").click()
    page.get_by_text("依据读取失败").wait_for()

    desk.signals = SIGNALS
    page.locator(".again").click()
    page.wait_for_selector("table.evidence")


def test_toggles_thin_out_list_and_map_and_say_what_is_left(opened: Any) -> None:
    page = opened.page
    page.get_by_label("橙").uncheck()
    page.get_by_label("首次反映").uncheck()
    page.get_by_text("未解除 4 条，按筛选显示 2 条").wait_for()

    assert page.locator("li.alert:visible").count() == 2
    page.locator("#alerts-open").evaluate("list => list.parentNode.querySelector('button').click()")
    page.wait_for_selector(".leaflet-marker-icon", state="detached")


def test_alerts_of_one_place_share_a_mark_and_clicks_go_through_them(opened: Any) -> None:
    page = opened.page
    show(page, "map")
    pile = page.locator(".leaflet-marker-icon", has=page.locator(".how-many"))

    assert pile.inner_text().split() == ["红", "2"]
    picked = []
    for _ in range(3):
        show(page, "map")
        pile.click()
        picked.append(page.locator("li.picked").get_attribute("data-id"))
    assert picked == ["1", "5", "1"]  # the gravest first


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
    desk.tables = {}
    show(opened.page, "map")
    opened.page.select_option("#month", "2026-09")
    opened.page.get_by_text("该月没有诉求数据").wait_for()

    assert opened.page.locator("#legend .step").count() == 0


def test_an_empty_desk_says_so(desk: Desk, visit: Callable[[str], Any]) -> None:
    desk.alerts = []
    desk.tables = {"street": desk.tables["street"][:0]}
    desk.drawn = {"street": Drawn([], np.zeros(0, dtype=object))}
    page = visit(desk.address).page

    page.get_by_text("目前没有风险提示").wait_for()
    show(page, "map")
    page.get_by_text("没有这一层级的边界数据").wait_for()


def test_all_is_large_enough_to_read_and_on_a_phone_to_touch(opened: Any) -> None:
    page = opened.page
    phone = page.locator(".tabs").is_visible()
    for tab in ("list", "map"):
        show(page, tab)
        small = page.evaluate(
            "least => Array.from(document.querySelectorAll('body *')).filter(e => {"
            " const box = e.getBoundingClientRect();"
            " if (!box.width || !box.height) return false;"
            " const said = Array.from(e.childNodes).some(n => n.nodeType === 3 && n.data.trim());"
            " const touched = e.matches('button, a, select, summary, label, .leaflet-marker-icon');"
            " return (said && parseFloat(getComputedStyle(e).fontSize) < 12)"
            "  || (touched && Math.min(box.width, box.height) < least); }).map(e => e.outerHTML)",
            44 if phone else 24,
        )
        assert small == []


PIXELS = """() => {
  const canvas = document.querySelector('.leaflet-areas-pane canvas'), before = window.pixels;
  const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  const shades = {};
  let differ = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255) shades[`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`] = 1;
    for (let c = at; before && c < at + 4; c += 1) {
      if (Math.abs(data[c] - before[c]) > 24) { differ += 1; break; }
    }
  }
  window.pixels = data;
  return { differ: differ / data.length * 4, shades: Object.keys(shades) };
}"""


def test_a_step_of_the_map_shows_what_drawing_all_of_it_anew_would(opened: Any) -> None:
    page = opened.page
    show(page, "map")
    page.locator("#map").focus()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)  # the library's own movement takes 250
    page.wait_for_selector("#map[aria-busy=false]")
    page.evaluate(PIXELS)
    page.select_option("#measure", "growth")
    page.wait_for_selector("#legend >> text=下降 30% 及以上")
    page.select_option("#measure", "n")
    page.wait_for_selector("#legend >> text=0 或小于5 件")
    page.wait_for_selector("#map[aria-busy=false]")
    anew = page.evaluate(PIXELS)

    # But for the ends of lines at the seam, which fall on other parts of a pixel.
    assert anew["differ"] < 0.002
    legend = page.eval_on_selector_all(
        "#legend .step i", "all => all.map(i => getComputedStyle(i).backgroundColor)"
    )
    assert len(set(anew["shades"]) & set(legend)) >= 2
    assert opened.errors == []

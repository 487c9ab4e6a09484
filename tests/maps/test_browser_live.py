"""The duty desk in a real browser, against a small stand-in for the API."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from maps.cuts import Drawn
from tests.maps.stand_in_desk import SIGNALS, Desk, made_desk, opened_desk, show  # noqa: F401  fixtures

pytestmark = pytest.mark.browser


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
    page.get_by_text("未解除 4 条，其中红色 1 条，按筛选显示 2 条").wait_for()

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
        # A mark that is still on its way to its place may be missed by a click.
        page.wait_for_selector(".leaflet-zoom-anim, .leaflet-pan-anim", state="detached")
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

"""The folium file in a real browser, with the network cut."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from maps.page import hotspot_page
from maps.sheet import Sheet

pytestmark = pytest.mark.browser


@pytest.fixture
def opened(sheet: Sheet, visit: Callable[[str], Any], tmp_path: Path) -> Any:
    path = tmp_path / "page.html"
    path.write_text(hotspot_page(sheet), encoding="utf-8")
    return visit(path.as_uri())


def test_the_file_opens_without_any_request_or_error(opened: Any) -> None:
    opened.page.context.set_offline(True)
    opened.page.wait_for_selector(".leaflet-marker-icon")

    assert opened.foreign == []
    assert opened.errors == []
    assert opened.page.title() == "示例市诉求热点与风险提示"
    assert opened.page.locator("html").get_attribute("lang") == "zh-CN"
    assert opened.page.locator(".demo").inner_text() == "演示数据"
    assert opened.page.locator(".leaflet-attribution-flag").count() == 0
    assert opened.page.locator(".leaflet-marker-icon").count() in (3, 4)  # fewer where it is small


def test_the_file_never_scrolls_sideways(opened: Any) -> None:
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = opened.page.evaluate(widths)

    assert scroll <= client


def test_the_list_is_reached_by_scrolling_and_tells_what_has_no_point(opened: Any) -> None:
    last = opened.page.locator("table").last
    last.scroll_into_view_if_needed()
    box, height = last.bounding_box(), opened.page.viewport_size["height"]
    assert box is not None
    assert box["y"] < height

    without = opened.page.locator("#alerts li", has_text="某小区物业").inner_text()
    assert "全市12人反映某小区物业15件。" in without


def test_toggles_thin_out_the_list_and_the_map(opened: Any) -> None:
    opened.page.get_by_label("突增").uncheck()
    opened.page.get_by_label("橙").uncheck()

    shown = opened.page.locator("#alerts li:visible b").all_inner_texts()
    assert [text[:4] for text in shown] == ["临川街道", "锦绣、云", "望江街道"]
    assert opened.page.locator("#filtered").inner_text() == "按筛选显示 3 条"
    opened.page.wait_for_function("document.querySelectorAll('.leaflet-marker-icon').length === 3")


def test_the_definitions_are_one_click_away_and_close_with_escape(opened: Any) -> None:
    summary = opened.page.locator("details.notes summary")
    summary.click()
    assert "四类之和等于受理量" in opened.page.locator("details.notes dl").inner_text()
    opened.page.keyboard.press("Escape")

    assert not opened.page.locator("details.notes dl").is_visible()
    assert summary.evaluate("e => e === document.activeElement")


def test_on_paper_it_is_one_sheet_of_a4(opened: Any) -> None:
    pdf = opened.page.pdf(prefer_css_page_size=True, print_background=True)
    opened.page.wait_for_function("!document.documentElement.classList.contains('paper')")

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert b"/MediaBox [0 0 594" in pdf  # width of A4 in points, 594.96


def test_another_layer_brings_its_own_legend(opened: Any) -> None:
    fold = opened.page.locator(".fold")
    if fold.is_visible():
        fold.click()
    opened.page.get_by_text("社区（村）环比").click()

    assert "变化不明显" in opened.page.locator("#legend").inner_text()
    assert opened.errors == []


def test_alerts_of_one_place_share_a_mark_and_its_popup_has_them_all(opened: Any) -> None:
    page = opened.page
    page.locator(".leaflet-marker-icon", has=page.locator(".how-many")).click()

    assert page.locator(".popup .headline").all_inner_texts() == [
        "临川街道施工噪声诉求突增",
        "临川街道首次反映“充电桩起火”",
    ]


def test_an_alert_of_the_list_opens_its_reason_on_the_map_as_plain_text(opened: Any) -> None:
    opened.page.locator("#alerts button", has_text="望江街道").click()

    popup = opened.page.locator(".popup")
    assert "<b>首次</b>反映 2 件" in popup.inner_text()
    assert "历史提示" in popup.inner_text()
    assert opened.errors == []

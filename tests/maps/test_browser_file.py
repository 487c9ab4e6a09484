"""The folium file in a real browser, with the network cut."""

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
    assert opened.page.locator(".leaflet-marker-icon").count() == 4


def test_the_file_never_scrolls_sideways(opened: Any) -> None:
    widths = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    scroll, client = opened.page.evaluate(widths)

    assert scroll <= client


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
    opened.page.locator("#alerts button").nth(2).click()

    popup = opened.page.locator(".popup")
    assert "<b>首次</b>反映 2 件" in popup.inner_text()
    assert "历史数据" in popup.inner_text()
    assert opened.errors == []

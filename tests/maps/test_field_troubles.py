"""What goes wrong on a phone in the street: nothing is lost or done twice, and it is said."""

from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Route

from tests.maps.field_phone import (
    Phone,
    all_sent,
    packed,
    phone_in,
    photo,
    photos_of,
    sign_in,
)
from tests.patience import PATIENCE_MS

pytestmark = pytest.mark.browser

FULL = """
for (const name of ['put', 'add']) {
  const given = IDBObjectStore.prototype[name];
  IDBObjectStore.prototype[name] = function (...said) {
    if (this.name === 'outbox') throw new DOMException('full', 'QuotaExceededError');
    return given.apply(this, said);
  };
}
"""
A_DAY_AHEAD = """
const given = Date;
window.Date = class extends given {
  constructor(...said) { super(...(said.length ? said : [given.now() + 86400000])); }
  static now() { return given.now() + 86400000; }
};
"""


@pytest.fixture
def phone(webview: Phone) -> Phone:
    """Each of them comes in a work app."""
    return webview


def test_two_tabs_that_send_one_outbox_do_each_action_once(phone: Phone, tmp_path: Path) -> None:
    page = phone.page
    phone.open("#1", "[data-move=receive]")
    phone.offline(True)
    phone.tap("receive")
    phone.tap("contact")
    page.locator("[data-reached=reached]").click()
    phone.tap("arrive")
    phone.tap("done")
    page.set_input_files("input[type=file]", photo(tmp_path / "photo.jpg"))
    page.locator("[data-confirm=done]:enabled").click()
    phone.waits("待上传 4")
    page.context.set_offline(False)
    other = phone_in(page.context, phone.town, phone.address)
    other.page.goto(f"{phone.address}field#outbox")
    page.evaluate("dispatchEvent(new Event('online'))")
    other.sent()
    all_sent(page)

    moves = ["receive", "contact", "arrive", "done"]
    assert phone.steps(1) == [(move, "jia") for move in moves]
    assert len(photos_of(phone.town.engine, 1)) == 1
    keys = {key for _, key in phone.posts + other.posts if key}
    assert (len(keys), phone.errors, other.errors) == (4, [], [])


def test_what_waits_is_never_sent_under_the_session_of_who_signed_in_in_another_tab(
    phone: Phone,
) -> None:
    page = phone.page
    phone.open("#1", "[data-move=receive]")
    sign_in(page.context, phone.town, "bing", phone.address)
    with page.expect_response("**/api/appeals/1/receive") as refused:
        phone.tap("receive")
    assert refused.value.status == 401
    page.locator("nav a[href='#mine']").click()
    page.get_by_text("网格员丙").wait_for()
    assert phone.steps(1) == []

    sign_in(page.context, phone.town, "jia", phone.address)
    page.reload()
    phone.sent()
    assert phone.steps(1) == [("receive", "jia")]


def test_a_full_store_keeps_the_action_in_the_page_and_says_so(phone: Phone) -> None:
    page = phone.page
    page.add_init_script(FULL)
    phone.open("#1", "[data-move=receive]")
    phone.offline(True)
    phone.tap("receive")
    phone.waits("待上传 1")
    assert "1 条只在本页，上传之前请不要关闭" in page.locator("#kept").inner_text()
    phone.offline(False)
    phone.sent()

    assert phone.steps(1) == [("receive", "jia")]
    assert page.locator("#kept").inner_text() == ""
    assert phone.errors == []


def test_a_phone_whose_clock_is_a_day_ahead_keeps_its_shift_without_a_network(
    phone: Phone,
) -> None:
    page = phone.page
    page.add_init_script(A_DAY_AHEAD)
    phone.open("#1", "[data-move=receive]")
    packed(page, 0)
    page.route("**/api/**", lambda route: route.abort())
    phone.offline(True)
    phone.offline(False)  # looks for the server, and finds none
    page.get_by_text("离线").wait_for()
    page.evaluate("location.hash = 'tasks'")
    page.wait_for_selector("#list li a")
    pack = "import('/static/field_keep.js').then(k => k.getPack()).then(p => p.tasks.length)"
    assert page.evaluate(pack) == page.locator("#list li").count() == 3


def test_an_answer_that_never_comes_is_given_up_and_asked_for_again(phone: Phone) -> None:
    page = phone.page
    page.clock.install()
    phone.open("#1", "[data-move=receive]")
    hanging: list[int] = []

    def hang(route: Route) -> None:
        """The server does it, and the phone hears neither yes nor no."""
        if hanging:
            route.continue_()
        else:
            hanging.append(route.fetch().status)

    page.route("**/api/appeals/1/receive", hang)
    phone.tap("receive")
    phone.waits("待上传 1")
    for _ in range(int(PATIENCE_MS) // 100):  # until the server has it: the page's clock stands
        if not hanging:
            page.wait_for_timeout(100)
    page.clock.run_for(31_000)
    phone.offline(False)
    phone.sent()

    assert hanging == [200]
    assert phone.steps(1) == [("receive", "jia")]


def test_one_case_at_which_the_server_fails_does_not_hold_up_the_others(phone: Phone) -> None:
    page = phone.page
    phone.open("#1", "[data-move=receive]")
    phone.offline(True)
    phone.tap("receive")
    phone.tap("contact")
    page.locator("[data-reached=reached]").click()
    page.evaluate("location.hash = '2'")
    page.locator(".facts", has_text="JS0002").wait_for()
    phone.tap("receive")
    phone.waits("待上传 3")
    page.route("**/api/appeals/1/receive", lambda route: route.fulfill(status=500, body="{}"))
    phone.offline(False)
    phone.waits("待上传 2")
    assert phone.steps(2) == [("receive", "jia")]
    page.locator("#status").click()
    page.locator("#outbox li", has_text="没有办成，会自动再传").wait_for()

    page.unroute("**/api/appeals/1/receive")
    phone.offline(False)
    phone.sent()
    assert phone.steps(1) == [("receive", "jia"), ("contact", "jia")]


def test_a_report_outlives_an_imprecise_place_a_photo_of_a_foreign_kind_and_the_end_of_the_session(
    phone: Phone, tmp_path: Path
) -> None:
    page = phone.page
    context = page.context
    context.set_geolocation({"longitude": 104.005, "latitude": 30.005, "accuracy": 2000})
    phone.open("#report", "label.photo")
    page.get_by_text("定位误差约 2.0 公里：请在图上点准位置").wait_for()
    heic = FilePayload(name="IMG_1.HEIC", mimeType="image/heic", buffer=b"\0\0\0\x18ftypheic")
    page.set_input_files("input[type=file]", heic)
    page.get_by_text("改为 JPG").wait_for()
    page.locator("textarea").fill("路灯不亮")
    page.locator("select").last.select_option(index=1)
    page.locator(".map.small.leaflet-container").click()
    context.clear_cookies()
    phone.offline(False)
    page.locator("#status[href='/login']", has_text="登录已过期").wait_for()
    assert page.locator("textarea").input_value() == "路灯不亮"
    page.set_input_files("input[type=file]", photo(tmp_path / "photo.jpg"))
    page.get_by_role("button", name="上报").click()  # the photo is still being made small
    page.wait_for_url("**/login")

    sign_in(context, phone.town, "jia", phone.address)
    phone.open()
    phone.sent()
    with_photo = [one for one in range(1, 9) if photos_of(phone.town.engine, one)]
    assert len(with_photo) == 1
    assert len({key for address, key in phone.posts if address.endswith("/reports")}) == 1

"""A shift of a grid worker on a phone, in a real browser, with the network gone in the middle."""

import io
import json
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Route

from tests.casework.town import NAME, PHONE, order
from tests.maps.field_phone import (
    Phone,
    kept_by,
    packed,
    photo,
    photos_of,
    sign_in,
)

pytestmark = pytest.mark.browser

SLOW_SEAL = """() => {
    const seal = crypto.subtle.encrypt.bind(crypto.subtle);
    window.begun = new Promise(begun => {
        crypto.subtle.encrypt = async (...given) => {
            begun();
            await new Promise(done => setTimeout(done, 1000));
            return seal(...given);
        };
    });
}"""


def test_a_shift_goes_on_without_a_network_and_the_server_has_each_action_once(
    phone: Phone, tmp_path: Path
) -> None:
    page = phone.page
    phone.open(ready="#list li a")
    page.evaluate("navigator.serviceWorker.ready.then(found => !!found.active)")
    assert page.locator("#list li a b").all_inner_texts() == ["井盖缺损", "井盖缺损"]
    page.wait_for_selector("#list li[data-id='1']:first-child")  # 3 m; the other 16 m
    page.locator("#list li a").first.click()
    phone.tap("receive")
    page.wait_for_selector("[data-move=contact]")
    phone.waits("待上传 0")
    packed(page, 1)

    phone.offline(True)
    phone.tap("contact")
    page.locator("[data-reached=no_answer]").click()
    phone.waits("待上传 1")
    page.reload()
    page.wait_for_selector("[data-move=arrive]")
    assert "离线，显示本机存的任务" in page.locator("#line").inner_text()
    phone.tap("arrive")
    phone.waits("待上传 2")
    phone.tap("done")
    assert page.locator("[data-confirm=done]").is_disabled()  # this class asks for a photo
    page.set_input_files("input[type=file]", photo(tmp_path / "photo.jpg"))
    page.locator("[data-confirm=done]:enabled").click()
    phone.waits("待上传 3")
    other = page.context.new_page()
    page.close()
    other.goto(phone.address + "field#outbox")
    other.wait_for_selector("#outbox li")
    assert phone.steps(1) == [("receive", "jia")]
    kept = kept_by(other)

    phone.page = other
    phone.offline(False)
    phone.sent()
    moves = ["receive", "contact", "arrive", "done"]
    assert phone.steps(1) == [(move, "jia") for move in moves]
    (stored,) = photos_of(phone.town.engine, 1)
    assert max(Image.open(io.BytesIO(stored)).size) <= 1280
    assert b"SECRETMAKER" not in stored
    assert (phone.foreign, phone.errors) == ([], [])
    for secret in (NAME, PHONE, "样板路", "井盖缺了", "no_answer", "EXTRACTABLE"):
        assert secret not in kept
    cached = re.findall(r'"cache", "([^"]*)"', kept)
    assert f"{phone.address}field/shell" in cached
    assert not [one for one in cached if "/api/" in one or one.endswith("/field")]


def test_a_list_that_is_not_whole_says_so_and_so_do_its_counts(phone: Phone) -> None:
    phone.town.take(*[order(1000 + n, 2) for n in range(200)])
    phone.open(ready="#list li a")

    phone.page.locator(".chips button", has_text="全部 200+").wait_for()
    assert "没有全部列出" in phone.page.locator("#main").inner_text()


def test_the_list_an_order_and_the_map_come_with_the_page_and_without_a_further_answer(
    webview: Phone,
) -> None:
    page = webview.page
    page.route("**/api/**", lambda route: route.abort())
    webview.open(ready="#list li a")
    assert page.locator("#list li a b").all_inner_texts() == ["井盖缺损", "井盖缺损"]

    page.locator("#list li[data-id='1'] a").click()
    page.wait_for_selector("[data-move=receive]")
    assert "样板路5号" in page.locator(".facts").inner_text()

    page.locator("nav a[href='#map']").click()
    page.locator(".spot b", has_text="2").click()  # both lie in one building
    page.locator(".piled a").nth(1).click()
    page.wait_for_selector(".facts")


def test_a_tap_lands_where_the_finger_is_though_the_list_is_drawn_anew_meanwhile(
    webview: Phone,
) -> None:
    page = webview.page
    webview.open(ready="#list li a")
    page.locator("#list li[data-id='2'] a").hover()
    page.mouse.down()

    def rewrite(route: Route) -> None:
        answer = route.fetch()
        found = answer.json()
        for task in found["items"]:
            task["class_name"] = "路灯不亮"
        route.fulfill(response=answer, json=found)

    page.route("**/api/field/tasks?*", rewrite)
    with page.expect_response("**/api/field/tasks?*"):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert page.locator("#list", has_text="路灯不亮").count() == 0
    page.mouse.up()
    page.wait_for_selector(".facts")
    assert page.url.endswith("#2")

    page.go_back()
    page.locator("#list", has_text="路灯不亮").wait_for()
    assert webview.errors == []


def test_an_answer_that_was_lost_is_asked_for_again_and_done_once(webview: Phone) -> None:
    page = webview.page
    webview.open("#1", "[data-move=receive]")
    lost: list[int] = []

    def lose(route: Route) -> None:
        """The server does it; the first time the phone does not hear of it."""
        if lost:
            route.continue_()
        else:
            lost.append(route.fetch().status)
            route.abort()

    page.route("**/api/appeals/1/receive", lose)
    with page.expect_event("requestfailed"):
        webview.tap("receive")
    webview.waits("待上传 1")
    assert lost == [200]
    webview.offline(False)
    webview.sent()

    assert webview.steps(1) == [("receive", "jia")]
    keys = {key for address, key in webview.posts if address.endswith("/receive")}
    assert len(keys) == 1


def test_who_was_first_is_told_and_the_item_stays_until_it_was_read(phone: Phone) -> None:
    page = phone.page
    phone.open("#1", "[data-move=receive]")
    phone.offline(True)
    phone.tap("receive")
    phone.waits("待上传 1")
    phone.town.come_as("bing")
    assert phone.town.move(1, "receive").status_code == 200
    phone.offline(False)
    phone.waits("未生效 1")
    page.locator("#status").click()

    card = page.locator("#outbox li[data-state=overtaken]")
    assert re.search(r"未生效：\S+ 已于 .* 签收，当前已签收", card.inner_text())
    card.get_by_text("知道了").click()
    page.get_by_text("全部已上传").wait_for()
    assert phone.steps(1) == [("receive", "bing")]


def test_what_is_refused_keeps_its_reason_and_errors_of_the_server_keep_the_item(
    webview: Phone,
) -> None:
    page = webview.page
    webview.open("#1", "[data-move=receive]")
    answers = [503, 403]

    def decide(route: Route) -> None:
        if answers:
            route.fulfill(status=answers.pop(0), body="{}")
        else:
            route.continue_()

    page.route("**/api/appeals/1/receive", decide)
    with page.expect_response("**/api/appeals/1/receive"):
        webview.tap("receive")
    webview.waits("待上传 1")
    webview.offline(False)
    webview.waits("未生效 1")
    page.locator("#status").click()

    assert "未接受：没有此项权限" in page.locator("#outbox li[data-state=refused]").inner_text()
    page.get_by_text("再传一次").click()
    webview.sent()
    assert webview.steps(1) == [("receive", "jia")]


def test_a_phone_without_a_service_worker_works_on_and_says_what_it_lacks(
    webview: Phone, tmp_path: Path
) -> None:
    page = webview.page
    webview.open("#1", "[data-move=receive]")
    webview.offline(True)
    webview.tap("receive")
    page.wait_for_selector("[data-move=contact]")
    webview.tap("contact")
    page.locator("[data-reached=reached]").click()
    page.wait_for_selector("[data-move=arrive]")
    webview.tap("arrive")
    page.wait_for_selector("[data-move=done]")
    webview.tap("done")
    page.set_input_files("input[type=file]", photo(tmp_path / "photo.jpg"))
    page.locator("[data-confirm=done]:enabled").click()
    webview.waits("待上传 4")
    page.locator("nav a[href='#mine']").click()
    assert "不能离线打开" in page.locator(".able").inner_text()
    webview.page = page.context.new_page()  # the app was killed; the network is back
    page.close()
    webview.page.context.set_offline(False)
    webview.open(ready="body[data-ready=fresh]")
    webview.sent()

    moves = ["receive", "contact", "arrive", "done"]
    assert webview.steps(1) == [(move, "jia") for move in moves]
    assert len(photos_of(webview.town.engine, 1)) == 1
    assert (webview.foreign, webview.errors) == ([], [])


def test_what_is_being_packed_while_somebody_signs_out_is_not_left_on_the_phone(
    webview: Phone,
) -> None:
    page = webview.page
    webview.open("#mine", "nav")
    packed(page, 0)
    page.evaluate(SLOW_SEAL)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("window.begun")

    def late(route: Route) -> None:
        if route.request.method == "DELETE":
            page.wait_for_timeout(2_500)
        route.continue_()

    page.route("**/api/session", late)
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login")
    kept = json.loads(kept_by(page))
    stores = {one[0]: one[1] for one in kept if one and isinstance(one[0], str)}

    assert stores["pack"] == stores["keys"] == []


def test_signing_out_takes_the_pack_and_leaves_what_was_not_sent_to_its_owner(
    webview: Phone,
) -> None:
    page = webview.page
    webview.open("#1", "[data-move=receive]")
    packed(page, 0)
    page.route("**/api/appeals/1/receive", lambda route: route.abort())
    webview.tap("receive")
    webview.waits("待上传 1")
    page.locator("nav a[href='#mine']").click()
    page.get_by_text("还有 1 条未上传").wait_for()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/login")
    kept = json.loads(kept_by(page))
    stores = {one[0]: one[1] for one in kept if one and isinstance(one[0], str)}
    assert stores["pack"] == []
    assert len(stores["keys"]) == len(stores["outbox"]) == 1

    page.unroute("**/api/appeals/1/receive")
    town = webview.town
    sign_in(page.context, town, "bing", webview.address)
    webview.open("#outbox")
    page.get_by_text("本机另有 1 条属于其他人员").wait_for()
    assert webview.steps(1) == []
    sign_in(page.context, town, "jia", webview.address)
    webview.page.reload()
    webview.sent()
    assert webview.steps(1) == [("receive", "jia")]


def test_targets_are_large_for_a_thumb_and_letters_may_double(phone: Phone) -> None:
    page = phone.page
    phone.open("#1", "[data-move=receive]")
    for view, ready in (
        ("1", "[data-move=receive]"),
        ("tasks", "#list li"),
        ("outbox", ".empty"),
        ("mine", ".able"),
        ("report", "label.photo"),
    ):
        page.evaluate("document.documentElement.style.fontSize = ''")
        page.evaluate(f"location.hash = '{view}'")
        page.wait_for_selector(ready)
        small = page.evaluate(
            "Array.from(document.querySelectorAll("
            "'a, button, select, textarea, summary, label.photo'))"
            ".filter(one => { const box = one.getBoundingClientRect();"
            " return box.width && (box.height < 48 || box.width < 48); }).map(one => one.outerHTML)"
        )
        assert small == [], view
        page.evaluate("document.documentElement.style.fontSize = '34px'")
        wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) <= 0, f"{view} scrolls sideways with letters twice as large"

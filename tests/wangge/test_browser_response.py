"""The pages of the response, in a real browser against the real service."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page

from alerts.episode import Episode, Signal
from alerts.levels import read_levels
from alerts.response.follow import Follower
from alerts.routing import read_routing
from alerts.store import ALERT_APPEALS, publish
from api.app import create_app
from appeals.database import Engine, writing
from grids.store import load_boundaries
from tests.api.conftest import NOW
from tests.maps.conftest import Visit, chromium, visit  # noqa: F401  fixtures
from tests.wangge.conftest import Run
from tests.wangge.serving import served
from wangge.response import keep_time
from wangge.site import open_site

pytestmark = pytest.mark.browser

FOLLOWER = Follower(read_levels(), read_routing())
ROSTER = (
    "岗位,职责,区域,班次,姓名,手机,日期,时段\n"
    "市值班室,值班,,值班员,值班甲,13900000001,2026-03-09,8:00-次日8:00\n"
    "应急联络员岗,应急,,值班员,联络甲,13900000002,2026-03-09,8:00-次日8:00\n"
    "应急联络员岗,应急,,备班,联络乙,13900000003,2026-03-09,8:00-次日8:00\n"
)

MARKUP = "<b>甲"


def gas_smell(engine: Engine, callers: int = 2) -> int:
    with writing(engine) as connection:
        street = int(load_boundaries(connection, NOW.date()).frame("street")["unit_id"].iloc[0])
        one = Episode(NOW, NOW)
        detail = {"severity": 3, "family": "gas", "duties": ["应急"]}
        one.add(
            Signal(
                NOW, "sensitive", "street", street, "甲街道", "燃气泄漏", 24, 2, callers, None, 3.0,
                NOW, "甲街道有2人反映燃气异味。", detail, frozenset(),
            )
        )  # fmt: skip
        publish(connection, [one], NOW, timedelta(days=1), following=FOLLOWER)
    assert one.alert_id is not None
    return one.alert_id


@pytest.fixture
def clock() -> list[datetime]:
    return [NOW]


@pytest.fixture
def desk(site: Path, clock: list[datetime]) -> Iterator[tuple[str, Engine]]:
    opened = open_site(site / "wangge.toml")
    app = create_app(opened.engine, opened.settings, clock=lambda: clock[0])
    with served(app) as address:
        yield address, opened.engine
    opened.engine.dispose()


def act(page: Page, button: str, who: str = "王", **said: str) -> None:
    page.locator(f"[data-move={button}]").click()
    page.get_by_label("经办人").fill(who)
    for label, words in said.items():
        page.get_by_label(label).first.fill(words)
    page.locator("form.move button[type=submit]").click()
    page.locator("form.move").wait_for(state="detached")


def test_a_night_is_worked_through_on_the_pages(
    desk: tuple[str, Engine],
    clock: list[datetime],
    tmp_path: Path,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    address, engine = desk
    opened = visit(f"{address}duty")
    page = opened.page
    page.get_by_text("尚未导入值班表").wait_for()
    roster = tmp_path / "roster.csv"
    roster.write_text(ROSTER.replace("手机,日期", "手机,日子"), encoding="utf-8")
    page.locator("#file").set_input_files(roster)
    page.get_by_role("button", name="导入").click()
    page.get_by_text("没有导入：有 3 处不对").wait_for()
    roster.write_text(ROSTER, encoding="utf-8")
    page.locator("#file").set_input_files(roster)
    page.get_by_role("button", name="导入").click()
    page.get_by_text("已导入：2 个岗位、3 人、3 个班次").wait_for()
    page.get_by_text("72小时内值班空缺 2 处").wait_for()

    alert = gas_smell(engine)
    clock[0] += timedelta(minutes=11)
    assert keep_time(engine, FOLLOWER, clock[0]) == 1
    page.goto(f"{address}alerts")
    page.locator("#list a", has_text="燃气泄漏").click()
    page.get_by_text("待核实、待审签：").wait_for()
    page.get_by_text("尚未通知110、119、120和抢修").wait_for()
    page.locator("#asked", has_text="联络乙").wait_for()
    page.locator("#timeline", has_text="应急联络员岗逾10分钟未签收，转备班").wait_for()

    # Somebody at another desk is first: this one is told who, and nothing is lost of what is there.
    page.locator("[data-move=verify]").click()
    page.get_by_label("经办人").fill("王")
    said = {"who": "李", "post": "应急联络员岗", "how": "call"}
    page.request.post(f"{address}api/alerts/{alert}/receive", data=said)
    page.locator("form.move button[type=submit]").click()
    page.get_by_text("没有保存：李 已于 3月9日 20:11 签收").wait_for()
    assert "已签收 李" in (page.locator("#asked").text_content() or "")

    act(page, "verify", 情况说明="均称有异味")
    act(page, "assess", 工作要求="派员到场", 情况说明="")
    page.get_by_text("待审签", exact=True).wait_for()
    page.locator("[data-move=sign]").click()
    page.get_by_label("经办人").fill("王")
    page.locator("form.move button[type=submit]").click()
    page.get_by_text("拟稿人不能审签").first.wait_for()
    act(page, "sign", "李")
    act(page, "push")
    page.locator("#meta .stage", has_text="已推送").wait_for()
    assert page.locator(".warn", has_text="待审签").count() == 0
    # What the server refused on purpose stands on the console, and nothing else.
    assert all("(Unprocessable" in one or "(Conflict)" in one for one in opened.errors)
    assert opened.foreign == []


def test_a_whistle_is_blown_and_signed_in_on_a_phone(
    desk: tuple[str, Engine],
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    address, engine = desk
    alert = gas_smell(engine)
    opened = visit(f"{address}whistles?alert={alert}")
    page = opened.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_label("事由").fill("燃气泄漏，需关阀")
    page.get_by_label("经办人").fill("街道甲")
    page.get_by_label("应急", exact=True).check()
    page.get_by_label("消防", exact=True).check()
    page.get_by_role("button", name="提交拟哨").click()
    page.locator("#meta .stage", has_text="已拟哨").wait_for()
    act(page, "approve", "主任乙")
    act(page, "blow", "主任乙")
    page.locator("#bureaus", has_text="限 3月9日 20:30").wait_for()
    act(page, "report_in", "应急甲", 到场地点="小区东门")
    page.locator("#bureaus", has_text="小区东门").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    act(page, "report_back", "应急甲", 情况说明="已关阀")
    # Who reads it is not told that all is done while one bureau has not come.
    page.locator("#meta .stage", has_text="共 2 家单位：应哨 1，报到 1，反馈 1").wait_for()
    act(page, "end", "主任乙")
    page.locator("#meta .stage", has_text="已销哨").wait_for()
    page.goto(f"{address}whistles")
    page.locator("#rates", has_text="1 次").wait_for()
    assert opened.errors == []
    assert opened.foreign == []


def test_a_red_alert_rings_until_somebody_touches_the_page(
    desk: tuple[str, Engine],
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    address, engine = desk
    opened = visit(address)
    page = opened.page
    page.get_by_text("目前没有风险提示").wait_for()
    gas_smell(engine, callers=3)
    for _ in range(200):
        page.wait_for_timeout(100)
        if "红色提示" in page.title():
            break
    assert "红色提示" in page.title()
    page.keyboard.press("Shift")
    page.wait_for_timeout(1200)
    assert "红色提示" not in page.title()
    page.locator("#alerts-open li .badge", has_text="红").wait_for()
    page.get_by_role("button", name="红色提示响铃：开").click()
    page.get_by_role("button", name="红色提示响铃：关").wait_for()
    assert opened.errors == []


def test_names_of_classes_and_streets_are_text_on_the_map_of_an_alert(
    desk: tuple[str, Engine],
    run: Run,
    tmp_path: Path,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    address, engine = desk
    alert = gas_smell(engine)
    path = tmp_path / "appeals.csv"
    row = f"A1,2026-03-09 08:00:00,投诉,{MARKUP},异味,111.014,30.01"
    path.write_text(
        f"编号,诉求时间,诉求类型,一级分类,诉求内容,经度,纬度\n{row}\n", encoding="utf-8"
    )
    assert run("ingest", path, "--source", "12345", "--datum", "wgs84")["accepted"] == 1
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE units SET name = ?", (f"{MARKUP}街道",))
        connection.execute(sa.insert(ALERT_APPEALS), {"alert_id": alert, "appeal_id": 1})
    opened = visit(f"{address}alerts/{alert}")
    page = opened.page
    plot = page.locator("#map")
    plot.locator(".mark").wait_for()
    plot.scroll_into_view_if_needed()
    words = plot.locator(".leaflet-tooltip")
    box = plot.bounding_box()
    assert box is not None
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    # The map lies about the middle of the alert and the appeal: 93 pixels at the nearest zoom.
    page.mouse.move(middle[0] + 46.6, middle[1])
    words.get_by_text(MARKUP).wait_for()
    street = words.get_by_text(f"{MARKUP}街道")
    for up in range(30, 60):  # until the streets are there
        page.mouse.move(middle[0], middle[1] - up)
        page.wait_for_timeout(100)
        if street.count():
            break
    street.wait_for(timeout=1000)

    assert opened.errors == []

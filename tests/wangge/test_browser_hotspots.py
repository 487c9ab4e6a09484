"""Ten questions of an official (docs/hotspots.md), each answered by the page in three clicks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page

from api.app import create_app
from appeals.database import open_database, upgrade_schema, writing
from hotspots.remedies.store import Remedy, add_remedies
from tests.maps.conftest import chromium  # noqa: F401  fixture
from tests.maps.two_years import COMMUNITIES, LIFTS, MENDED, bring_two_years
from tests.patience import PATIENCE_MS
from tests.wangge.serving import served
from wangge.settings import Settings

pytestmark = pytest.mark.browser
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MOST_CLICKS = 3


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    path: Path = tmp_path_factory.mktemp("city") / "city.db"
    engine = open_database(f"sqlite:///{path}")
    upgrade_schema(engine)
    with writing(engine) as connection:
        bring_two_years(connection)
        add_remedies(
            connection,
            [
                Remedy("电梯整治", "community", f"990101001{row + 1:03d}", LIFTS, "2025-11",
                       date(2025, 12, 1), "更换电梯", "王科长", NOW)
                for row in MENDED
            ],
        )  # fmt: skip
    with served(create_app(engine, Settings(), clock=lambda: NOW)) as address:
        yield address
    engine.dispose()


class Official:
    """Somebody who asks one question after the other, and counts the clicks of each."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.errors: list[str] = []
        self.clicks = 0
        page.set_default_timeout(PATIENCE_MS)
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.goto(f"{address}hotspots")
        self.ready()

    def ready(self) -> None:
        self.page.locator("#side > div").wait_for()
        self.page.locator("#state").wait_for(state="hidden")

    def ask_anew(self) -> None:
        """Begin where a page that was just opened begins."""
        self.page.reload()
        self.ready()
        self.clicks = 0

    def choose(self, field: str, value: str) -> None:
        self.clicks += 1
        self.page.locator(field).select_option(value)
        self.page.locator("#state").wait_for(state="hidden")

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()
        self.page.locator("#state").wait_for(state="hidden")

    def tab(self, name: str) -> None:
        self.click(self.page.locator("#tabs").get_by_role("button", name=name))

    def summary(self) -> str:
        return self.page.locator("#summary").inner_text()

    def row(self, name: str) -> Locator:
        return self.page.locator("table.ranking tbody tr").filter(has_text=name)


@pytest.fixture
def official(
    address: str,
    chromium: Browser,  # noqa: F811
) -> Iterator[Official]:
    """Somebody at a desk, before the page."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": 1366, "height": 768})
    yield Official(context.new_page(), address)
    context.close()


def test_ten_questions_are_answered_in_three_clicks(official: Official) -> None:
    page = official.page
    most = 0

    def answered(said: bool, question: int) -> None:
        nonlocal most
        assert said, f"question {question}"
        assert official.clicks <= MOST_CLICKS, f"question {question}"
        most = max(most, official.clicks)
        official.clicks = 0

    # 2 Is this month really worse than the last one?
    answered("环比" in official.summary() and "95%区间" in official.summary(), 2)
    # 5 Does the rank stand?
    cells = official.row("中街道").locator("td").all_inner_texts()
    answered(cells[0] == "1" and cells[1] in ("1", "1–2"), 5)
    # 6 Where is it more than chance, and is that new or always so?
    official.click(page.get_by_role("button", name="是否超出偶然"))
    answered("突增：多于本地以往" in page.locator("#legend").inner_text(), 6)
    # 7 Where to go next month?
    official.click(page.get_by_role("button", name="关注区域"))
    answered("下月先去这里" in page.locator("#legend").inner_text(), 7)
    # 4 Why is this street the first?
    official.click(official.row("中街道").get_by_role("button"))
    why = page.locator(".why").inner_text()
    answered("社区（村）：4 个中，2 个占一半" in why and "施工噪声" in why, 4)
    # 8 What does the other reading count, and which orders make the difference?
    official.click(page.get_by_role("button", name="查看差异工单"))
    page.locator("table.difference").wait_for()
    answered(page.locator("table.difference tbody tr").count() > 3, 8)
    # 1 Which communities make up half of our noise complaints?
    official.choose("#level", "community")
    official.choose("#category", "噪声")
    page.get_by_text("3 个社区（村）（共 12 个）占一半").wait_for()
    named = all(COMMUNITIES[i] in official.summary() for i in (4, 5, 6))
    answered(named, 1)
    # 9 Is it still a hot spot without the one who calls again and again?
    before = official.row(COMMUNITIES[4]).locator("td").nth(3).inner_text()
    official.choose("#first-reports", "caller")
    page.locator("#period").filter(has_text="同一来电人30日内只计首件").wait_for()
    answered(int(official.row(COMMUNITIES[4]).locator("td").nth(3).inner_text()) < int(before), 9)
    # 3 What did the lift campaign bring?
    official.tab("整改成效")
    answered("明显下降" in page.locator(".remedies .outcome").inner_text(), 3)
    # 10 Who should be on the list, and why? A person decides and signs.
    official.ask_anew()
    official.choose("#level", "community")
    official.tab("治理类名单")
    first = page.locator(".governance .ranking tbody tr").first
    answered(
        "建议列入" in first.inner_text()
        and "12月每千户" in page.locator(".governance").inner_text(),
        10,
    )

    first.get_by_role("button").click()
    form = page.locator("form.sign")
    form.get_by_label("签字人").fill("李主任")
    form.get_by_label("理由").fill("噪声诉求居首")
    form.get_by_role("button", name="签字确认").click()
    page.locator("table.history").wait_for()
    assert "李主任" in page.locator("table.history").inner_text()
    assert "在列" in page.locator(".governance .ranking tbody tr").first.inner_text()
    assert most <= MOST_CLICKS
    assert official.errors == []


def test_a_hidden_count_has_no_rank_on_the_page(official: Official) -> None:
    page = official.page
    official.choose("#level", "community")
    official.choose("#category", "噪声")
    official.row("小于5").first.wait_for()
    cells = [row.inner_text().split("\t") for row in page.locator("table.ranking tbody tr").all()]
    ranks = [row[:2] for row in cells if row[3] == "小于5"]
    told = [row[0] for row in cells if row[3] != "小于5"]

    assert len(ranks) > 1
    assert ranks == [["—", "—"]] * len(ranks)
    assert cells[-len(ranks) :] == [row for row in cells if row[3] == "小于5"]
    assert all(rank.isdecimal() for rank in told)
    for row in (0, len(told)):
        page.locator("table.ranking tbody tr").nth(row).get_by_role("button").click()
        page.locator(".why").wait_for()
        why = page.locator(".why").inner_text()
        assert "null" not in why
        assert "NaN" not in why
        page.get_by_role("button", name="← 返回排名").click()
    assert official.errors == []


def test_the_slider_moves_neither_cells_nor_colours(
    address: str,
    chromium: Browser,  # noqa: F811
) -> None:
    context = chromium.new_context(locale="zh-CN", viewport={"width": 360, "height": 740})
    official = Official(context.new_page(), address)
    page = official.page
    page.locator("#tab-map").click()
    legend = page.locator("#legend").inner_text()
    period = page.locator("#period").inner_text()
    page.locator("#slide").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_text("统计时间：2026年1月1日0时至1月31日24时").wait_for()

    assert page.locator("#period").inner_text() != period
    assert page.locator("#legend").inner_text() == legend
    assert page.locator("#month").input_value() == "2026-01"
    wide, seen = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    assert wide <= seen
    assert official.errors == []
    context.close()


def test_reports_a_topic_of_the_month_and_an_index_are_worked_on_the_page(
    official: Official, address: str
) -> None:
    page = official.page
    page.locator("#reports summary").click()
    links = [one.get_attribute("href") or "" for one in page.locator("#reports a").all()]
    assert len(links) == 16
    answer = page.request.get(address + links[0].lstrip("/"))
    assert (answer.status, "月通报" in answer.text()) == (200, True)
    page.locator("#reports summary").click()

    official.tab("民生指数")
    page.locator(".livelihood tbody button").first.click()
    assert "÷ 有数据的权重" in page.locator(".reckoning").inner_text()

    def signed(form: Locator, *words: str) -> None:
        for field, word in zip(form.locator("input, textarea").all(), words, strict=True):
            field.fill(word)
        form.get_by_role("button").click()
        form.wait_for(state="detached")

    official.tab("每月一题")
    page.locator(".monthly tbody button").first.click()
    signed(page.locator(".monthly .opened form"), "住建局", "更换老旧电梯", "李主任")
    topic = page.locator(".topic")
    topic.get_by_role("button", name="＋问题").click()
    signed(topic.locator("form"), "电梯超过十五年", "李主任")
    topic.get_by_role("button", name="＋任务").click()
    signed(topic.locator("form"), "更换三台", "2026-02-20", "李主任")
    said = topic.locator(".outcome").inner_text()
    assert "任务清单 1 项（办结 0，逾期 1）" in said
    assert "责任未明确" in topic.inner_text()
    assert not official.errors


def test_a_list_is_drawn_by_lot_on_the_page_and_a_wrong_one_taken_back(official: Official) -> None:
    page = official.page
    official.choose("#level", "community")
    official.tab("整改成效")
    form = page.locator(".remedies form")
    form.get_by_label("批次名称").fill("二次供水改造")
    form.get_by_label("地点").select_option(label=list(COMMUNITIES[4:10]))
    form.get_by_label("抽签先做几个").fill("3")
    form.get_by_label("触发月份").select_option("2025-12")
    form.get_by_label("开始日期").fill("2026-01-05")
    form.get_by_label("做了什么").fill("更换水泵")
    form.get_by_label("登记人").fill("王科长")
    assert "只有 20 种抽法" in form.locator(".offer").inner_text()
    form.get_by_role("button", name="登记").click()
    form.get_by_text("地点太少").wait_for()  # six of which three begin prove nothing
    form.get_by_label("地点").select_option(label=list(COMMUNITIES[2:12]))
    form.get_by_role("button", name="登记并抽签").click()

    drawn = page.locator(".remedies section").filter(has_text="二次供水改造")
    drawn.wait_for()
    said = drawn.inner_text()
    assert "10 个，抽签先做 3 个" in said
    assert "等待 7 个" in said
    assert "看不出变化：抽签后 2 个月" in said
    assert "签号" in said
    drawn.get_by_role("button", name="撤回这一批").click()
    drawn.get_by_role("button", name="确认撤回").click()
    drawn.wait_for(state="detached")
    assert page.locator(".remedies section").count() == 1
    assert official.errors == []

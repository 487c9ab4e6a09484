"""Verdicts on the duty desk, in a real browser against the real service."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.app import create_app
from appeals.database import Engine, writing
from grids.store import load_boundaries
from tests.api.conftest import NOW, plant_alert
from tests.maps.conftest import Visit, chromium, visit  # noqa: F401  fixtures
from tests.wangge.serving import served
from wangge.site import open_site

pytestmark = pytest.mark.browser


def plant(engine: Engine) -> None:
    """Five alerts of one street: two are told, two too many for today, one known."""
    with writing(engine) as connection:
        street = int(load_boundaries(connection, NOW.date()).ids[0])
        for number in range(1, 6):
            plant_alert(connection, number, street)
        for number, aside in ((3, "over_budget"), (4, "over_budget"), (5, "known")):
            query = "UPDATE alerts SET aside = ?, level = ? WHERE alert_id = ?"
            level = "orange" if number == 3 else "yellow"
            connection.exec_driver_sql(query, (aside, level, number))


@pytest.fixture
def desk(site: Path) -> Iterator[str]:
    opened = open_site(site / "wangge.toml")
    plant(opened.engine)
    with served(create_app(opened.engine, opened.settings, clock=lambda: NOW)) as address:
        yield address
    opened.engine.dispose()


def test_an_alert_is_judged_and_the_verdict_taken_back_by_keyboard_alone(
    desk: str,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    opened = visit(desk)
    page = opened.page
    page.locator("li[data-id='1'] .head").press("Enter")
    page.get_by_role("button", name="不属实", exact=True).press("Enter")
    page.get_by_text("请先填写经办人").wait_for()
    page.keyboard.type("值班员甲")
    page.get_by_label("理由（可不填）").fill("施工已停")
    page.get_by_role("button", name="不属实", exact=True).press("Enter")

    page.locator("#alerts-ended li[data-id='1']").wait_for()
    page.get_by_text("3月9日 20:00 值班员甲：不属实（施工已停）").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "撤回"
    page.keyboard.press("Enter")

    page.locator("#alerts-open li[data-id='1']").wait_for()
    page.get_by_text("3月9日 20:00 值班员甲：撤回判定").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "属实"
    page.keyboard.press("Enter")
    page.locator("li[data-id='1'] .judged", has_text="判定：属实（值班员甲）").wait_for()
    assert opened.errors == []
    assert opened.foreign == []


def test_what_is_too_much_for_today_is_folded_away_with_its_number(
    desk: str,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    page = visit(desk).page
    page.locator("li[data-id='2']").wait_for()
    fold = page.get_by_role("button", name="超出今日提示数的 2 条，其中橙色 1 条")
    fold.wait_for()

    assert page.locator("#alerts-open li").count() == 2
    assert not page.locator("li[data-id='3']").is_visible()
    assert "已知" in (page.locator("#alerts-aside li .history").text_content() or "")
    fold.press("Enter")
    assert page.locator("li[data-id='3']").is_visible()
    assert "超出提示数" in page.locator("li[data-id='3']").inner_text()


def test_what_another_desk_said_comes_in_without_taking_what_is_being_typed(
    desk: str,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    opened = visit(desk)
    page = opened.page
    page.locator("li[data-id='1'] .head").click()
    page.get_by_label("理由（可不填）").fill("正在核实")
    body = "{method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'}"
    said = '{"verdict": "known", "who": "值班员乙"}'
    page.evaluate(f"fetch('/api/alerts/1/verdict', {body.replace('{}', said)})")

    page.get_by_role("button", name="撤回").wait_for()
    assert page.get_by_label("理由（可不填）").input_value() == "正在核实"
    assert page.locator("li[data-id='1'] .judged").inner_text() == "判定：已知（在办）（值班员乙）"
    assert opened.errors == []

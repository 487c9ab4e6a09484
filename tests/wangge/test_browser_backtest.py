"""The page of the last replay, in a real browser against the real service."""

from collections.abc import Callable
from pathlib import Path

import pytest

from api.app import create_app
from tests.maps.conftest import Visit, chromium, visit  # noqa: F401  fixtures
from tests.wangge.serving import served
from tests.wangge.three_weeks import DAYS
from wangge.cli import main
from wangge.site import open_site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def replayed(watched: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = ["--config", str(watched / "wangge.toml")]
    days = ["--from", "2026-03-16", "--to", f"2026-03-{DAYS + 1:02d}"]
    assert main([*config, "backtest", *days]) == 0
    return watched


def test_the_page_shows_alarms_by_day_verdicts_and_other_settings(
    replayed: Path,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    site = open_site(replayed / "wangge.toml")
    with served(create_app(site.engine, site.settings)) as address:
        opened = visit(f"{address}alerts/backtest")
        page = opened.page
        page.locator("#chart svg").wait_for()

        when = page.locator("#when").inner_text()
        assert when.startswith("复盘区间：2026年3月16日0时至3月23日24时")
        assert page.locator("#chart rect").count() >= 1
        assert page.locator("#shares tr.set td").first.inner_text() == "10%"
        assert page.locator("#budgets tr.set td").first.inner_text() == "12"
        assert not page.locator("#demo").is_visible()
        text = page.locator("#chart text").first.bounding_box()
        assert text is not None
        assert text["height"] >= 12
        assert "尚无判定" in page.locator("#verdicts").inner_text()
        before = page.locator("#chart svg title").first.text_content()
        page.locator("#kind").select_option(index=1)
        assert page.locator("#chart svg title").first.text_content() != before
        scroll, client = page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert scroll <= client
        assert opened.errors == []
        assert opened.foreign == []
    site.engine.dispose()


def test_without_a_replay_the_page_says_how_to_get_one(
    empty_site: Path,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    site = open_site(empty_site / "wangge.toml")
    with served(create_app(site.engine, site.settings)) as address:
        page = visit(f"{address}alerts/backtest").page
        page.get_by_text("尚未复盘").wait_for()
    site.engine.dispose()

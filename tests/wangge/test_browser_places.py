"""改落点 on the duty desk, in a real browser against the real service."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.app import create_app
from tests.maps.conftest import Visit, chromium, visit  # noqa: F401  fixtures
from tests.wangge.conftest import Run
from tests.wangge.serving import served
from tests.wangge.test_placing import appeals, where
from wangge.site import open_site

pytestmark = pytest.mark.browser


@pytest.fixture
def desk(run: Run, site: Path, tmp_path: Path) -> Iterator[str]:
    """A served town with one appeal near a border and one that no name places."""
    path = appeals(
        tmp_path, ("A1", "老电厂宿舍3号楼", "111.01995", "30.005"), ("A2", "无名小馆", "", "")
    )
    head, first, second = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head + ",定位精度", first + ",20", second + ","]), encoding="utf-8")
    run("ingest", path, "--source", "12345", "--datum", "wgs84")
    opened = open_site(site / "wangge.toml")
    with served(create_app(opened.engine, opened.settings)) as address:
        yield address
    opened.engine.dispose()


def test_a_candidate_is_chosen_with_its_distance_and_the_appeal_leaves_the_list(
    desk: str,
    run: Run,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    opened = visit(desk)
    page = opened.page
    page.get_by_role("button", name="待确认").click()
    page.locator("#places .head").click()
    page.get_by_text("街乡镇 甲街道，点位在其内").wait_for()
    page.get_by_text("街乡镇 乙街道，相距 5 米").click()
    assert page.get_by_label("地名（可不填）").input_value() == ""
    page.get_by_role("button", name="填入「老电厂宿舍」").click()
    assert page.get_by_label("地名（可不填）").input_value() == "老电厂宿舍"
    page.get_by_text("3月2日 08:00").wait_for()

    page.get_by_role("button", name="改落点").click()
    page.get_by_text("经办人和理由都要填写").wait_for()
    page.get_by_label("经办人").fill("值班员甲")
    page.get_by_label("理由").fill("与承办单位核实")
    page.get_by_role("button", name="改落点").click()

    page.locator("#places .alert").wait_for(state="detached")
    found = where(run, "A1")
    assert (found["how"], found["who"]) == ("hand", "值班员甲")
    units = found["units"]
    assert isinstance(units, dict)
    assert units["street"]["name"] == "乙街道"
    assert opened.errors == []
    assert opened.foreign == []


def test_a_point_is_chosen_on_the_map(
    desk: str,
    run: Run,
    visit: Callable[[str], Visit],  # noqa: F811
) -> None:
    opened = visit(desk)
    page = opened.page
    page.get_by_role("button", name="未能定位").click()
    page.locator("#places .head").click()
    page.get_by_label("在地图上点选").check()
    page.locator("#legend b").wait_for()
    page.locator("#map").click()
    page.get_by_text("图上点位").wait_for()
    page.get_by_label("经办人").fill("值班员甲")
    page.get_by_label("理由").fill("来电人复核")
    page.get_by_role("button", name="改落点").click()

    page.locator("#places .alert").wait_for(state="detached")
    found = where(run, "A2")
    assert found["how"] == "hand"
    assert (found["level"], found["status"]) == ("point", "placed")
    assert opened.errors == []

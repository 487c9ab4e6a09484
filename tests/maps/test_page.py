import dataclasses
import re
from datetime import datetime

import folium
import folium.plugins
import pytest

from hotspots.rates import MIN_BASE
from maps.layers import unit_layer
from maps.offline import json_script, one_file, script
from maps.page import hotspot_page
from maps.sheet import LevelSheet, Sheet, notes, static_page, tips


@pytest.fixture(scope="module")
def page(sheet: Sheet) -> str:
    return hotspot_page(sheet)


def test_the_page_names_period_reading_and_what_could_not_be_placed(page: str) -> None:
    assert "统计时间：2026年10月1日0时至10月31日24时" in page
    assert "属地口径" in page
    assert "未能落到街乡镇" in page
    assert "内部工作提示，不作为突发事件预警信息发布" in page
    assert "本期风险提示 6 条，其中历史提示 1 条" in page
    assert "其中 1 条没有具体点位" in page
    assert "集中反映：某小区物业" in page


def test_a_place_whose_count_is_hidden_has_no_rank_in_its_tip(sheet: Sheet) -> None:
    level = sheet.levels[0]
    rows = level.table.rows.assign(n=[*range(len(level.table.rows), 0, -1)])
    table = dataclasses.replace(level.table, rows=rows)
    layer = unit_layer(level.layer.assign(area=range(101, 109)), table)
    said = tips(LevelSheet(layer, table))

    assert ["数量过小，不列名次" in tip for tip in said] == [n < 5 for n in range(8, 0, -1)]
    assert ["第 " in tip for tip in said] == [n >= 5 for n in range(8, 0, -1)]


def test_only_a_demo_says_so(page: str, sheet: Sheet) -> None:
    real = hotspot_page(dataclasses.replace(sheet, demo=False))

    assert "演示数据" in page
    assert "演示数据" not in real


def test_the_page_says_on_which_days_nothing_came(page: str, sheet: Sheet) -> None:
    said = "6月23日没有受理记录"
    assert said not in page
    assert said in hotspot_page(dataclasses.replace(sheet, silent=said))


def test_every_page_carries_the_same_definitions(page: str) -> None:
    for text in (page, static_page("index")):
        assert str(notes()) in text
    for word in ("受理量", "待确认", "每千户", "环比", "属地口径", "派单口径", "小于5", "历史提示"):
        assert word in notes()
    assert str(MIN_BASE) in notes()


def test_the_page_loads_nothing_from_outside(page: str) -> None:
    shell = re.sub(r"<script[^>]*>.*?</script>", "", page, flags=re.DOTALL)

    assert not re.search(r"(src|href)\s*=\s*[\"']?(https?:)?//", shell)
    assert "jquery" not in page.lower()
    assert "default-src 'none'" in page


def test_making_a_page_leaves_folium_as_it_was(sheet: Sheet) -> None:
    before = list(folium.Map.default_js), list(folium.Map.default_css)
    hotspot_page(sheet)

    assert (list(folium.Map.default_js), list(folium.Map.default_css)) == before


def test_a_plug_in_that_we_have_no_copy_of_is_refused() -> None:
    plain = folium.Map(tiles=None)
    folium.plugins.MarkerCluster().add_to(plain)  # type: ignore[no-untyped-call]

    with pytest.raises(ValueError, match="markercluster"):
        one_file(plain, title="x")


def test_a_name_cannot_become_markup(sheet: Sheet) -> None:
    layer = sheet.levels[0].layer.copy()
    layer["name"] = "<img src=x onerror=alert(1)>"
    evil = "</script><script>alert(1)</script>"
    alerts = [dict(alert, headline=evil) for alert in sheet.alerts]
    page = hotspot_page(
        dataclasses.replace(sheet, levels=[LevelSheet(layer, sheet.levels[0].table)], alerts=alerts)
    )

    assert "<img src=x" not in page
    assert "<script>alert(1)" not in page


def test_a_script_or_data_cannot_end_its_own_element() -> None:
    assert script("a = '</script>'") == "<script>a = '<\\/script>'</script>"
    assert "</script>x" not in json_script("d", {"a": "</script>x"})


def test_a_page_without_any_place_or_alert_still_opens(sheet: Sheet) -> None:
    empty = LevelSheet(sheet.levels[0].layer.iloc[:0], sheet.levels[0].table)
    page = hotspot_page(dataclasses.replace(sheet, levels=[empty], alerts=[]))

    assert "本期没有风险提示" in page
    assert "本期没有可列的数据" in page


def test_levels_of_different_readings_do_not_share_a_page(sheet: Sheet) -> None:
    table = sheet.levels[1].table
    other = dataclasses.replace(table, about=dataclasses.replace(table.about, reading="sent"))
    mixed = [sheet.levels[0], LevelSheet(sheet.levels[1].layer, other)]

    with pytest.raises(ValueError, match="reading"):
        hotspot_page(dataclasses.replace(sheet, levels=mixed))


def test_a_naive_moment_is_refused(sheet: Sheet) -> None:
    naive = datetime(2026, 11, 1)  # noqa: DTZ001
    with pytest.raises(ValueError, match="aware"):
        hotspot_page(dataclasses.replace(sheet, made_at=naive))

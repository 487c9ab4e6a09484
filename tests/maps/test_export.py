import csv
import json
from pathlib import Path

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError
from maps import export as module
from maps.export import FORMATS, export, safe_cell, write_whole
from maps.layers import alert_layer
from maps.sheet import Sheet


@pytest.fixture
def layer(sheet: Sheet) -> gpd.GeoDataFrame:
    return sheet.levels[1].layer


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_every_row_and_leaves_no_half_file(
    layer: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    path = export(layer, tmp_path / f"热点{FORMATS[name].suffix}")

    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    if name == "csv":
        with path.open(encoding="utf-8-sig") as stream:
            assert len(list(csv.DictReader(stream))) == 48
    elif name == "xlsx":
        assert openpyxl.load_workbook(path).worksheets[0].max_row == 49
    else:
        assert len(pyogrio.read_dataframe(path)) == 48


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_layer_is_a_file_with_columns_and_no_rows(
    layer: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    path = export(layer.iloc[:0], tmp_path / f"空{FORMATS[name].suffix}")

    assert path.stat().st_size > 0
    if name in ("gpkg", "geojson"):
        assert len(pyogrio.read_dataframe(path)) == 0


def test_geojson_is_crs84_longitude_first(layer: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = export(layer, tmp_path / "a.geojson")
    read = json.loads(path.read_text(encoding="utf-8"))
    lon, lat = read["features"][0]["geometry"]["coordinates"][0][0][:2]

    assert "crs" not in read
    assert 104 <= lon <= 104.2
    assert 30 <= lat <= 31


def test_gpkg_carries_the_national_name_over_the_same_numbers(
    layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = export(layer, tmp_path / "a.gpkg", crs="EPSG:4490", layer_name="社区热点")
    info = pyogrio.read_info(path)
    read = pyogrio.read_dataframe(path)

    assert info["crs"] == "EPSG:4490"
    assert info["layer_name"] == "社区热点"
    assert "诉求量（件）" in info["fields"]
    assert "CGCS2000" in str(info["layer_metadata"])
    assert read.total_bounds == pytest.approx(layer.total_bounds)


def test_alerts_are_exported_with_their_position(
    alert_items: list[dict[str, object]], tmp_path: Path
) -> None:
    path = export(alert_layer(alert_items), tmp_path / "提示.csv")
    with path.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))

    assert (rows[0]["经度"], rows[0]["纬度"]) == ("104.05", "30.66")
    assert rows[0]["历史数据"] == "否"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_name_is_never_a_formula(layer: gpd.GeoDataFrame, tmp_path: Path, suffix: str) -> None:
    path = export(layer.assign(name="=HYPERLINK\x07(1)"), tmp_path / f"a{suffix}", layer_name="a/b")
    if suffix == ".csv":
        with path.open(encoding="utf-8-sig") as stream:
            cell: object = next(csv.DictReader(stream))["名称"]
    else:
        cell = openpyxl.load_workbook(path).worksheets[0]["C2"].value

    assert cell == "'=HYPERLINK(1)"


@given(st.text())
def test_no_text_leaves_with_a_sign_that_starts_a_formula(text: str) -> None:
    safe = safe_cell(text)

    assert isinstance(safe, str)
    assert not safe.lstrip(" \n").startswith(("=", "+", "-", "@", "\t", "\r"))
    assert safe in (text, "'" + text)


def test_a_failure_keeps_the_old_file_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text("old", encoding="utf-8")

    def fail(half: Path) -> None:
        half.write_text("half", encoding="utf-8")
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_whole(path, ".geojson", fail)

    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.geojson"]


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("a.doc", {}, "known: gpkg"),
        ("a.gpkg", {"format": "gdb"}, "no format gdb"),
        ("a.gpkg", {"crs": "EPSG:nonsense"}, "no reference system"),
        ("a.geojson", {"crs": "EPSG:4490"}, "by definition"),
        ("nowhere/a.csv", {}, "no folder"),
    ],
)
def test_a_wrong_wish_is_refused_in_words(
    layer: gpd.GeoDataFrame, tmp_path: Path, name: str, more: dict[str, str], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        export(layer, tmp_path / name, **more)
    assert list(tmp_path.iterdir()) == []


def test_a_layer_of_another_system_is_refused(layer: gpd.GeoDataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="WGS84"):
        export(layer.to_crs("EPSG:3857"), tmp_path / "a.gpkg")


def test_the_file_has_the_rights_of_any_new_file(layer: gpd.GeoDataFrame, tmp_path: Path) -> None:
    mask = module._umask()
    path = export(layer, tmp_path / "a.csv")

    assert path.stat().st_mode & 0o777 == 0o644 & ~mask

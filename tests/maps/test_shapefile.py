import csv
import io
from pathlib import Path
from zipfile import ZipFile

import geopandas as gpd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError
from grids.read import read_layer
from maps.export import export
from maps.shapefile import NAME_BYTES, NAMES_FILE, cut, short_names

BOX = shapely.box(116.4, 39.9, 116.5, 40.0)


def layer(**columns: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({k: [v] for k, v in columns.items()}, geometry=[BOX], crs="EPSG:4326")


def names_of(path: Path) -> list[list[str]]:
    with ZipFile(path) as pack:
        return list(csv.reader(io.StringIO(pack.read(NAMES_FILE).decode("utf-8-sig"))))


def test_a_chinese_field_name_is_short_in_the_file_and_whole_in_the_table(tmp_path: Path) -> None:
    assert len("街道办事处名称".encode()) == 21
    path = export(layer(街道办事处名称="朝阳街道", code="010101001001001"), tmp_path / "a.zip").path
    read = pyogrio.read_dataframe(path)
    assert list(read.columns) == ["F1", "CODE", "geometry"]
    assert read["F1"].tolist() == ["朝阳街道"]
    assert read["CODE"].tolist() == ["010101001001001"]
    assert names_of(path) == [
        ["字段", "名称", "截断的值"],
        ["F1", "街道办事处名称", "0"],
        ["CODE", "编码", "0"],
    ]


def test_our_own_reader_takes_it_back(tmp_path: Path) -> None:
    path = export(layer(code="010101001001001", name="朝阳街道"), tmp_path / "a.zip").path
    read = read_layer(path, level="grid", datum="wgs84")
    assert read[["code", "name"]].to_numpy().tolist() == [["010101001001001", "朝阳街道"]]


def test_a_long_text_is_cut_between_characters_and_counted(tmp_path: Path) -> None:
    path = export(layer(备注="中" * 200), tmp_path / "a.zip").path
    assert pyogrio.read_dataframe(path)["F1"].tolist() == ["中" * 127]
    assert names_of(path)[1] == ["F1", "备注", "1"]


def test_a_character_that_gbk_lacks_makes_it_utf8(tmp_path: Path) -> None:
    path = export(layer(name="㙍街道𠮷"), tmp_path / "a.zip").path
    assert pyogrio.read_dataframe(path)["NAME"].tolist() == ["㙍街道𠮷"]


def test_the_reference_system_goes_with_it_and_mixed_shapes_do_not(tmp_path: Path) -> None:
    path = export(layer(name="甲"), tmp_path / "a.zip", crs="EPSG:4490").path
    read = pyogrio.read_dataframe(path)
    assert read.crs.to_epsg() == 4490
    assert read.total_bounds.tolist() == pytest.approx([116.4, 39.9, 116.5, 40.0])
    mixed = gpd.GeoDataFrame({"a": [1, 2]}, geometry=[BOX, BOX.centroid], crs="EPSG:4326")
    with pytest.raises(InputError, match="one kind of shape"):
        export(mixed, tmp_path / "b.zip")
    with pytest.raises(InputError, match=r"name it \.zip"):
        export(layer(name="甲"), tmp_path / "b.shp")


@given(st.lists(st.text(min_size=1, max_size=30), max_size=40))
def test_short_names_are_plain_short_and_distinct(names: list[str]) -> None:
    shorts = short_names(names)
    assert len(set(shorts)) == len(names)
    assert all(one.isascii() and 0 < len(one) <= NAME_BYTES for one in shorts)


@given(st.text(st.characters(codec="gbk")), st.integers(0, 300))
def test_a_cut_text_is_a_beginning_and_fits(text: str, most: int) -> None:
    short = cut(text, "gbk", most)
    assert text.startswith(short)
    assert len(short.encode("gbk")) <= most
    assert short == text or len(text[: len(short) + 1].encode("gbk")) > most

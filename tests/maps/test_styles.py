"""Styles for QGIS lie in the files where it looks for them, with the fields that the files have."""

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import geopandas as gpd
import pyogrio
import pytest

from maps.export import export
from maps.layers import unit_layer
from maps.styles import count_style
from tests.maps.conftest import table


@pytest.fixture
def layer(streets: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Hot spots of eight streets."""
    return unit_layer(streets, table(streets, "street", 2.0))


def fields(style: str) -> set[str]:
    return {unescape(one) for one in re.findall("&quot;(.+?)&quot;", style)}


def test_a_geopackage_keeps_the_style_of_its_counts(
    layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "hot.gpkg"
    export(layer, path, layer_name="hotspots-street")

    kept = pyogrio.read_dataframe(path, layer="layer_styles", read_geometry=False)
    (style,) = kept["styleQML"]
    there = pyogrio.read_info(path, layer="hotspots-street")["fields"]
    assert kept["f_table_name"].tolist() == ["hotspots-street"]
    assert kept["useAsDefault"].tolist() == [True]
    assert fields(style) <= set(there)
    ElementTree.fromstring(style.partition("\n")[2])


def test_a_shapefile_has_its_style_beside_it_by_the_short_names(
    layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = tmp_path / "hot.zip"
    export(layer, path, layer_name="hotspots-street")

    with ZipFile(path) as pack:
        assert "hotspots-street.shp" in pack.namelist()
        style = pack.read("hotspots-street.qml").decode()
    assert fields(style) == {"N"}


def test_every_place_falls_under_one_rule_and_what_is_no_count_has_no_style(
    layer: gpd.GeoDataFrame,
) -> None:
    style = count_style(layer, "n", "name") or ""
    bounds = [int(one) for one in re.findall("&gt;= (\\d+)", style)]

    assert bounds == sorted(set(bounds))
    assert bounds[0] == 5  # below it counts are hidden
    assert style.count('filter="ELSE"') == 1
    assert count_style(layer.drop(columns="n"), "n", "name") is None
    assert count_style(layer.iloc[:0], "n", "name") is None

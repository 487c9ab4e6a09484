import csv
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError, Unavailable
from maps import export as module
from maps.export import FORMATS, export, write_whole
from maps.layers import alert_layer
from maps.loss import FIELDS_LOST, SHAPES_LOST, texts_cut
from maps.projections import project
from maps.sheet import Sheet
from maps.spreadsheets import safe_cell


@pytest.fixture
def layer(sheet: Sheet) -> gpd.GeoDataFrame:
    return sheet.levels[1].layer


TITLES = {"code": "编码", "name": "名称"}


def read_back(path: Path, format: str) -> Any:
    """What another program finds: by GDAL, by a workbook reader or by pandas, codes as text."""
    if format == "parquet":
        return gpd.read_parquet(path)
    if format == "xlsx":
        return pd.read_excel(path, dtype={"编码": str})
    if format == "csv":
        return pd.read_csv(path, encoding="utf-8-sig", dtype={"编码": str})
    return pyogrio.read_dataframe(path, layer=0)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_every_row_and_leaves_no_half_file(
    layer: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    path = export(layer, tmp_path / f"热点{FORMATS[name].suffix}", format=name).path

    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert len(read_back(path, name)) == 48


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_layer_is_a_file_with_columns_and_no_rows(
    layer: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    path = export(layer.iloc[:0], tmp_path / f"空{FORMATS[name].suffix}", format=name).path

    assert path.stat().st_size > 0
    if name not in ("kml", "kmz", "dxf", "csv-data"):  # those have no fields without features
        assert len(read_back(path, name)) == 0


LONG = "朝阳街道" * 50
CODES = ["010101001001001023", "110101001001001024"]


@pytest.fixture
def awkward() -> gpd.GeoDataFrame:
    """Codes of eighteen digits, a text of two hundred characters, none; lon 104, lat 30."""
    box = shapely.box(104.0, 30.0, 104.01, 30.005)
    return gpd.GeoDataFrame(
        {"code": CODES, "name": [LONG, None], "n": pd.array([12, None], dtype="Int64")},
        geometry=[box, shapely.transform(box, lambda xy: xy + 0.02)],
        crs="EPSG:4326",
    )


SYSTEMS = (None, "EPSG:4490", "EPSG:4544", "cgcs2000-zone", "EPSG:3857")
IN_METRES = SYSTEMS[2:]


@pytest.mark.parametrize(
    ("name", "crs"),
    [
        (name, crs)
        for name, one in FORMATS.items()
        if name not in ("csv", "xlsx")
        for crs in (IN_METRES if name == "dxf" else SYSTEMS if one.any_crs else SYSTEMS[:1])
    ],
)
def test_what_is_read_back_is_what_was_given(
    awkward: gpd.GeoDataFrame, tmp_path: Path, name: str, crs: str | None
) -> None:
    done = export(awkward, tmp_path / f"层{FORMATS[name].suffix}", format=name, crs=crs)
    read = read_back(done.path, name)
    expected = project(awkward, crs)[0]

    if name == "csv-data":
        read = gpd.GeoDataFrame(read, geometry=gpd.GeoSeries.from_wkt(read["WKT"]))
    elif name == "dxf":
        read["geometry"] = shapely.polygons([shapely.get_coordinates(one) for one in read.geometry])
        assert read["Layer"].tolist() == CODES
        assert done.lost == (FIELDS_LOST,)
    else:
        assert read.crs == expected.crs
    by_code = read.sort_values(next(one for one in CODE_NAMES if one in read))
    bounds = gpd.GeoSeries(by_code.geometry).bounds.to_numpy()
    assert bounds == pytest.approx(expected.bounds.to_numpy(), abs=1e-6, rel=1e-9)
    if crs in (None, "EPSG:4490"):
        assert bounds[0] == pytest.approx([104.0, 30.0, 104.01, 30.005])
    if name == "dxf":
        return
    assert by_code.filter(CODE_NAMES).iloc[:, 0].tolist() == CODES
    text = by_code.filter(["名称", "NAME", "name"]).iloc[:, 0].tolist()
    if name == "shp":
        assert text[0] == LONG[:127]  # of GBK's two bytes each
        assert done.lost == (texts_cut("名称", 1),)
    else:
        assert text[0] == LONG
        assert done.lost == ()
    assert text[1] in (None, "") or text[1] != text[1]


CODE_NAMES = ["编码", "CODE", "code", "Layer"]


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_a_table_keeps_the_codes_and_says_that_shapes_are_lost(
    awkward: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    done = export(awkward, tmp_path / f"层{FORMATS[name].suffix}")
    read = read_back(done.path, name)

    assert read["编码"].tolist() == CODES
    assert read["名称"].tolist()[0] == LONG
    assert done.lost == (SHAPES_LOST,)


NOTES = [("统计周期", "2025-04-01 至 2025-04-30"), ("诉求类别", "噪声")]


@pytest.mark.parametrize("name", [name for name in FORMATS if name != "csv-data"])
def test_a_file_says_inside_what_it_shows(
    awkward: gpd.GeoDataFrame, tmp_path: Path, name: str
) -> None:
    path = export(awkward, tmp_path / f"层{FORMATS[name].suffix}", notes=NOTES).path

    inside = path.read_bytes()
    if name == "xlsx":
        rows = openpyxl.load_workbook(path)["说明"].iter_rows(values_only=True)
        inside = str(list(rows)).encode()
    elif name == "dxf":
        inside = inside.decode("gbk").encode()
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as pack:
            inside += b"".join(pack.read(one) for one in pack.namelist())
    assert "2025-04-01 至 2025-04-30".encode() in inside
    assert "坐标系".encode() in inside


def test_shifted_coordinates_leave_only_by_name_and_say_so(
    awkward: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = export(awkward, tmp_path / "a.gpkg", crs="gcj02").path
    read, info = pyogrio.read_dataframe(path, layer=0), pyogrio.read_info(path, layer=0)

    shift_m = 111_000 * np.abs(read.total_bounds - awkward.total_bounds)
    assert (shift_m > 100).all()
    assert read.crs is None or read.crs.to_epsg() is None
    assert "GCJ-02" in str(info["layer_metadata"])


@pytest.mark.parametrize(
    ("lon", "epsg"), [(104.0, 4544), (116.4, 4548), (117.0, 4548), (121, 4549)]
)
def test_the_zone_is_that_of_the_middle(lon: float, epsg: int) -> None:
    here = gpd.GeoDataFrame(geometry=gpd.points_from_xy([lon], [30.0]), crs="EPSG:4326")
    there, words = project(here, "cgcs2000-zone")

    assert f"EPSG:{epsg}" in words
    assert 400_000 < there.geometry.x[0] < 600_000  # easting first, without zone number


def test_a_zone_outside_the_country_is_refused() -> None:
    here = gpd.GeoDataFrame(geometry=gpd.points_from_xy([2.35], [48.85]), crs="EPSG:4326")
    with pytest.raises(InputError, match="135 degrees east"):
        project(here, "cgcs2000-zone")


def test_geojson_is_crs84_longitude_first(layer: gpd.GeoDataFrame, tmp_path: Path) -> None:
    path = export(layer, tmp_path / "a.geojson").path
    read = json.loads(path.read_text(encoding="utf-8"))
    lon, lat = read["features"][0]["geometry"]["coordinates"][0][0][:2]

    assert "crs" not in read
    assert 104 <= lon <= 104.2
    assert 30 <= lat <= 31


def test_gpkg_carries_the_national_name_over_the_same_numbers(
    layer: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    path = export(layer, tmp_path / "a.gpkg", crs="EPSG:4490", layer_name="社区热点").path
    info = pyogrio.read_info(path, layer=0)
    read = pyogrio.read_dataframe(path, layer=0)

    assert info["crs"] == "EPSG:4490"
    assert info["layer_name"] == "社区热点"
    assert "诉求量（件）" in info["fields"]
    assert "CGCS2000" in str(info["layer_metadata"])
    assert read.total_bounds == pytest.approx(layer.total_bounds)


def test_alerts_are_exported_with_their_position(
    alert_items: list[dict[str, object]], tmp_path: Path
) -> None:
    path = export(alert_layer(alert_items), tmp_path / "提示.csv").path
    with path.open(encoding="utf-8-sig") as stream:
        rows = list(csv.DictReader(stream))

    assert (rows[0]["经度"], rows[0]["纬度"]) == ("104.05", "30.66")
    assert rows[0]["历史数据"] == "否"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_name_is_never_a_formula(layer: gpd.GeoDataFrame, tmp_path: Path, suffix: str) -> None:
    path = export(
        layer.assign(name="=HYPERLINK\x07(1)"), tmp_path / f"a{suffix}", layer_name="a/b"
    ).path
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
        raise OSError("the medium is faulty")

    with pytest.raises(OSError, match="faulty"):
        write_whole(path, ".geojson", fail)

    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.geojson"]


def test_what_a_full_disk_may_have_cut_short_does_not_appear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.kmz"
    path.write_text("old", encoding="utf-8")
    monkeypatch.setattr("maps.export.disk_usage", lambda _: SimpleNamespace(free=4096))

    with pytest.raises(Unavailable, match=r"no room on the disk for a\.kmz"):
        write_whole(path, ".kmz", lambda half: half.touch())

    assert path.read_text(encoding="utf-8") == "old"
    assert [one.name for one in tmp_path.iterdir()] == ["a.kmz"]


@pytest.mark.parametrize(
    ("name", "more", "words"),
    [
        ("a.doc", {}, "known: gpkg"),
        ("a.gpkg", {"format": "tab"}, "no format tab"),
        ("a.gpkg", {"crs": "EPSG:nonsense"}, "no reference system"),
        ("a.geojson", {"crs": "EPSG:4490"}, "by definition"),
        ("nowhere/a.csv", {}, "no folder"),
        ("a.gdb", {}, r"name it \.gdb\.zip"),
        ("a.dxf", {"crs": "EPSG:4490"}, "metres"),
        ("a.kmz", {"crs": "gcj02"}, "by definition"),
    ],
)
def test_a_wrong_wish_is_refused_in_words(
    layer: gpd.GeoDataFrame, tmp_path: Path, name: str, more: dict[str, Any], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        export(layer, tmp_path / name, **more)
    assert list(tmp_path.iterdir()) == []


def test_a_layer_of_another_system_is_refused(layer: gpd.GeoDataFrame, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="WGS84"):
        export(layer.to_crs("EPSG:3857"), tmp_path / "a.gpkg")


def test_the_file_has_the_rights_of_any_new_file(layer: gpd.GeoDataFrame, tmp_path: Path) -> None:
    mask = module._umask()
    path = export(layer, tmp_path / "a.csv").path

    assert path.stat().st_mode & 0o777 == 0o644 & ~mask

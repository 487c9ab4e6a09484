import json
import os
import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from appeals.errors import BoundaryError, InputError
from geo.datums import gcj02_from_wgs84
from grids.boundaries import COLUMNS, Boundaries
from grids.checks import check, check_units
from grids.read import read_layer

BOX = shapely.box(116.40, 39.90, 116.42, 39.92)
NEXT = shapely.box(116.42, 39.90, 116.44, 39.92)
NOBODY = Boundaries.build(pd.DataFrame(columns=list(COLUMNS)))


def layer(crs: str = "EPSG:4326", **columns: list[object]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(columns or {"name": ["甲", "乙"]}, geometry=[BOX, NEXT], crs=crs)


def findings(frame: gpd.GeoDataFrame) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.kind, finding.units) for finding in frame.attrs["findings"]]


@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".fgb", ".kml", ".shp"])
def test_every_format_gives_the_same_units(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"layer{suffix}"
    given = (
        layer(Name=["朝阳街道", "和平街道"])
        if suffix == ".kml"
        else layer(name=["朝阳街道", "和平街道"])
    )
    given.to_file(path, driver="KML" if suffix == ".kml" else None, encoding="UTF-8")
    read = read_layer(path, level="street", datum="wgs84")
    assert sorted(read["name"]) == sorted(["朝阳街道", "和平街道"])
    shapes = dict(zip(read["name"], read.geometry, strict=True))
    assert shapes["朝阳街道"].equals(BOX)
    assert read["code"].isna().all()
    assert list(read.columns) == ["code", "name", "parent", "households", "people", "geometry"]


def test_the_usual_headers_are_known_and_codes_stay_text(tmp_path: Path) -> None:
    path = tmp_path / "layer.gpkg"
    given = layer(
        网格编码=["010101001001001", "110101001001001023"],
        网格名称=["一格", "二格"],
        所属社区=["社区甲", "社区乙"],
        户数=[300, None],
        人口=[1000.0, 900.0],
    )
    given.to_file(path)
    read = read_layer(path, level="grid", parent="所属社区", datum="wgs84")
    assert read["code"].tolist() == ["010101001001001", "110101001001001023"]
    assert read["parent"].tolist() == ["社区甲", "社区乙"]
    assert read["households"].fillna(-1).tolist() == [300, -1]
    assert read["people"].tolist() == [1000, 900]


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "layer.gpkg")
    with pytest.raises(InputError, match="--parent: no column 'street'; there are: name"):
        read_layer(tmp_path / "layer.gpkg", level="street", parent="street", datum="wgs84")
    layer(x=[1, 2]).to_file(tmp_path / "bare.gpkg")
    with pytest.raises(InputError, match="give --name with one of: x"):
        read_layer(tmp_path / "bare.gpkg", level="street", datum="wgs84")


# --- datum --------------------------------------------------------------------------------------


def test_a_layer_without_a_declared_datum_is_refused(tmp_path: Path) -> None:
    layer().to_file(tmp_path / "layer.geojson")
    with pytest.raises(InputError, match="datum"):
        read_layer(tmp_path / "layer.geojson", level="street")


@pytest.mark.parametrize("crs", ["EPSG:4547", "EPSG:4490"])
def test_a_file_that_names_another_reference_system_is_taken_at_its_word(
    tmp_path: Path, crs: str
) -> None:
    layer().to_crs(crs).to_file(tmp_path / "layer.gpkg")
    read = read_layer(tmp_path / "layer.gpkg", level="street")
    np.testing.assert_allclose(read.total_bounds, [116.40, 39.90, 116.44, 39.92], atol=1e-6)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:3857"])
def test_a_shifted_layer_comes_back_on_wgs84_whatever_its_paper(tmp_path: Path, crs: str) -> None:
    shift = lambda p: np.column_stack(gcj02_from_wgs84(*p.T))  # noqa: E731
    shifted = layer().set_geometry(shapely.transform(layer().geometry.to_numpy(), shift))
    shifted.set_crs("EPSG:4326").to_crs(crs).to_file(tmp_path / "layer.gpkg")
    read = read_layer(tmp_path / "layer.gpkg", level="street", datum="gcj02")
    np.testing.assert_allclose(read.total_bounds, [116.40, 39.90, 116.44, 39.92], atol=1e-7)


def test_latitude_before_longitude_is_refused(tmp_path: Path) -> None:
    box = shapely.box(39.9, 116.4, 39.92, 116.42)
    swapped = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[box], crs="EPSG:4326")
    swapped.to_file(tmp_path / "layer.gpkg")
    with pytest.raises(BoundaryError, match="not on the globe"):
        read_layer(tmp_path / "layer.gpkg", level="street", datum="wgs84")


# --- shapes -------------------------------------------------------------------------------------


def test_heights_are_dropped_crossing_rings_repaired_and_empty_shapes_told(tmp_path: Path) -> None:
    bow = [[116.40, 39.90], [116.42, 39.92], [116.42, 39.90], [116.40, 39.92], [116.40, 39.90]]
    high = [[*xy, 3.5] for xy in BOX.exterior.coords]
    short = [[116.5, 39.9], [116.6, 39.9]]
    shapes = {"高": [high], "交叉": [bow], "两点": [short], "零": None}
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": rings and {"type": "Polygon", "coordinates": rings},
        }
        for name, rings in shapes.items()
    ]
    path = tmp_path / "layer.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    read = read_layer(path, level="community", datum="wgs84")
    by_name = dict(zip(read["name"], read.geometry, strict=True))
    assert not by_name["高"].has_z
    assert by_name["交叉"].is_valid
    assert by_name["交叉"].geom_type == "MultiPolygon"
    assert by_name["两点"] is None
    assert by_name["零"] is None
    told = read.attrs["findings"]
    assert findings(read) == [
        ("height", ()),
        ("invalid ring", ("交叉",)),
        ("no shape", ("两点",)),
        ("no shape", ("零",)),
    ]
    assert "Self-intersection" in told[1].words
    assert "a ring needs 4 points, the first equal to the last" in told[2].words


def test_points_are_no_units(tmp_path: Path) -> None:
    points = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.Point(116.4, 39.9)], crs=4326)
    points.to_file(tmp_path / "layer.gpkg")
    with pytest.raises(BoundaryError, match="row 1: 甲 is a Point; units are polygons"):
        read_layer(tmp_path / "layer.gpkg", level="street", datum="wgs84")


# --- encodings ----------------------------------------------------------------------------------


def shapefile(folder: Path, encoding: str, *, cpg: str | None) -> Path:
    given = layer(街道=["朝阳", "和平里"], 编码=["110105001", "110105002"])
    path = folder / "街道.shp"
    given.to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink(missing_ok=True)
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def test_a_gbk_shapefile_that_does_not_say_so_is_read_as_gb18030(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "GBK", cpg=None)
    assert b"\xb3\xaf\xd1\xf4" in path.with_suffix(".dbf").read_bytes()
    read = read_layer(path, level="street", name="街道", datum="wgs84")
    assert read["name"].tolist() == ["朝阳", "和平里"]
    assert read["code"].tolist() == ["110105001", "110105002"]
    assert [f.words for f in read.attrs["findings"]] == ["no .cpg, read as GB18030"]


def test_reading_gbk_as_utf8_is_refused_with_the_encoding_that_fits(tmp_path: Path) -> None:
    for path, encoding in (
        (shapefile(tmp_path, "GBK", cpg=None), "UTF-8"),
        (shapefile(tmp_path, "GBK", cpg="UTF-8"), None),
    ):
        with pytest.raises(BoundaryError, match="not UTF-8; it fits GB18030: give --encoding"):
            read_layer(path, level="street", datum="wgs84", encoding=encoding)


def test_a_utf8_shapefile_without_cpg_is_not_taken_for_gbk(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "UTF-8", cpg=None)
    assert read_layer(path, level="street", datum="wgs84")["name"].tolist() == ["朝阳", "和平里"]


@pytest.mark.parametrize("cpg", ["GBK", "936", "GB2312"])
def test_what_the_cpg_declares_is_read(tmp_path: Path, cpg: str) -> None:
    path = shapefile(tmp_path, "GBK", cpg=cpg)
    assert read_layer(path, level="street", datum="wgs84")["name"].tolist() == ["朝阳", "和平里"]


def test_an_unknown_encoding_is_refused(tmp_path: Path) -> None:
    path = shapefile(tmp_path, "GBK", cpg=None)
    with pytest.raises(InputError, match="encoding 'gbq' is not known"):
        read_layer(path, level="street", datum="wgs84", encoding="gbq")


def test_a_zipped_shapefile_is_read_with_its_chinese_names(tmp_path: Path) -> None:
    shapefile(tmp_path, "GBK", cpg=None)
    path = tmp_path / "packed.zip"
    with zipfile.ZipFile(path, "w") as pack:
        for part in sorted(tmp_path.glob("街道.*")):
            pack.write(part, f"资料/{part.name}")
    read = read_layer(path, level="street", datum="wgs84")
    assert read["name"].tolist() == ["朝阳", "和平里"]
    (tmp_path / "bad.zip").write_bytes(b"nothing")
    locked = bytearray(path.read_bytes())
    locked[locked.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "locked.zip").write_bytes(locked)
    for name in ("bad.zip", "locked.zip"):
        with pytest.raises(InputError, match=f"{name}: is no zip file"):
            read_layer(tmp_path / name, level="street", datum="wgs84")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_of_codes_and_names_needs_no_datum(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "units.csv"
    path.write_bytes("code,name\n010101001,朝阳街道\n".encode(encoding))
    read = read_layer(path, level="street")
    assert read[["code", "name"]].to_numpy().tolist() == [["010101001", "朝阳街道"]]
    assert read.geometry.isna().all()


def test_a_unit_without_a_name_goes_by_its_code_and_one_without_both_is_left_out(
    tmp_path: Path,
) -> None:
    path = tmp_path / "units.csv"
    path.write_text("code,name\n1,甲\n2,\n", "utf-8")
    read = read_layer(path, level="street")
    assert read["name"].tolist() == ["甲", "2"]
    assert findings(read) == [("no name", ("2",))]
    path.write_text("code,name\n1,甲\n,\n3,丙\n", "utf-8")
    read = read_layer(path, level="street")
    assert read["name"].tolist() == ["甲", "丙"]
    assert read.attrs["findings"][0].line() == (
        "warning: no name, no code: row 2: has neither name nor code: left out"
    )
    assert read.index.tolist() == [1, 3]
    path.write_text("code,name\n,\n", "utf-8")
    with pytest.raises(BoundaryError, match="no row has a name"):
        read_layer(path, level="street")


def test_files_that_are_no_layers_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_layer(tmp_path / "none.gpkg", level="street")
    (tmp_path / "x.docx").write_bytes(b"")
    with pytest.raises(InputError, match="not one of"):
        read_layer(tmp_path / "x.docx", level="street")


# --- the check report ---------------------------------------------------------------------------


def above() -> Boundaries:
    rows = [
        {"unit_id": 1, "level": "street", "code": "990101001", "name": "左街道",
         "geometry": shapely.box(0, 0, 1, 1)},
        {"unit_id": 2, "level": "street", "code": "990101002", "name": "右街道",
         "geometry": shapely.box(1, 0, 2, 1)},
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return Boundaries.build(gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326"))


def community(code: str | None, name: str, parent: str | None, shape: object) -> dict[str, object]:
    return {"code": code, "name": name, "parent": parent, "geometry": shape,
            "households": None, "people": None}  # fmt: skip


def test_gaps_overlaps_parents_and_codes_are_found_with_units_and_sizes() -> None:
    ring = shapely.box(0, 0, 1, 1).difference(shapely.box(0.4, 0.4, 0.5, 0.5))
    given = gpd.GeoDataFrame(
        [
            community("990101001001", "甲", "左街道", ring),
            community("990101001001", "乙", "右街道", shapely.box(0.99, 0, 2, 1)),
            community(None, "丙", "无此街道", shapely.box(1.2, 0.2, 1.3, 0.3)),
            community(None, "丁", None, shapely.box(5, 5, 6, 6)),
        ],
        crs="EPSG:4326",
    )
    report = check(given, "community", above())
    found = {(f.kind, f.units): f for f in report.findings}
    assert not report.ok
    assert found["duplicate code", ("甲", "乙")].severity == "error"
    assert report.findings[0].kind == "duplicate code"
    degree_m2 = 111_320 * 110_574
    assert found["gap", ("甲",)].area_m2 == pytest.approx(0.01 * degree_m2, rel=0.01)
    assert found["overlap", ("甲", "乙")].area_m2 == pytest.approx(0.01 * degree_m2, rel=0.01)
    assert ("overlap", ("乙", "丙")) in found
    assert found["outside parent", ("乙",)].area_m2 == pytest.approx(0.01 * degree_m2, rel=0.01)
    assert "'无此街道' is not known" in found["parent unknown", ("丙",)].words
    assert "右街道 (100%)" in found["parent by area", ("丙",)].words
    assert ("no parent", ("丁",)) in found
    assert "990101001001 / 990101002 右街道" in found["code not of parent", ("乙",)].words
    assert ("code not of parent", ("甲",)) not in found
    text = "\n".join(report.lines())
    assert "community: 4 units" in text
    assert "乙: lies in part outside of 右街道" in text
    assert json.loads(json.dumps(report.to_json()))["totals"]["overlap"]["n"] == 2


def test_a_clean_layer_has_no_findings_and_a_parent_by_code_needs_no_column() -> None:
    given = gpd.GeoDataFrame(
        [community("990101002001", "乙", None, shapely.box(1, 0, 2, 1))], crs="EPSG:4326"
    )
    assert check(given, "community", above()).findings == ()
    assert check_units(above())[0].findings == ()
    assert check_units(NOBODY) == []


# --- real layers --------------------------------------------------------------------------------


@pytest.fixture
def data() -> Path:
    folder = Path(
        os.environ.get("WANGGE_EVAL_DATA", Path(__file__).resolve().parents[3] / "shared/data")
    )
    if not folder.is_dir():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")
    return folder


def test_a_city_whose_layers_overlap_is_reported_to_the_hectare(data: Path) -> None:
    for name, level, km2 in (
        ("streets_22", "street", 0.41),
        ("communities_193", "community", 0.26),
    ):
        path = data / "yichang-2024" / f"{name}.geojson"
        read = read_layer(path, level=level, name=level, datum="wgs84")
        report = check(read, level, NOBODY)
        assert report.totals()["overlap"][1] / 1e6 == pytest.approx(km2, abs=0.005)


def test_council_polygons_with_heights_are_read(data: Path) -> None:
    path = data / "la-311" / "neighborhood_councils_2020.geojson"
    read = read_layer(path, level="community", name="name_2", datum="wgs84")
    assert len(read) == 98  # two of a hundred rows have no name
    assert not read.geometry.has_z.any()
    assert "height" in {finding.kind for finding in read.attrs["findings"]}

"""Appeals, clusters and remedies through every format, read by GDAL's own tools and geopandas."""

import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import geopandas as gpd
import h3
import pyogrio
import pytest
import shapely

from grids.boundaries import Boundaries
from grids.read import read_layer
from maps.export import FORMATS, export
from maps.layers import appeal_layer, cluster_layer
from maps.projections import project
from maps.remedies import remedy_layer
from maps.wording import COLUMN_NAMES

LONG = "朝阳街道" * 50
CODES = ["110101001001001023", "010101001001001024"]  # eighteen digits; a leading nought
AT = datetime(2026, 3, 9, 8, 30, tzinfo=UTC)
WEST, SOUTH = 104.0, 30.0


def of_appeals() -> gpd.GeoDataFrame:
    return appeal_layer(
        [
            {"appeal_id": int(code), "received_at": AT, "class_code": "城市管理/噪声",
             "status": "办理中", "address": LONG, "level": "building", "radius_m": 30.0,
             "confidence": 0.9, "border": False, "lon": WEST + step, "lat": SOUTH}
            for code, step in zip(CODES, (0.0, 0.01), strict=True)
        ]
    )  # fmt: skip


def of_clusters() -> gpd.GeoDataFrame:
    # The second one lies apart: ground of two pieces.
    west, east = (h3.str_to_int(h3.latlng_to_cell(SOUTH, lon, 9)) for lon in (WEST, WEST + 0.05))
    one = {"kind": "cluster", "level": "yellow", "state": "pushed", "headline": LONG, "reason": "",
           "area_name": "一社区", "class_code": "噪声", "opened_at": AT, "newest_at": AT,
           "cases": 12, "callers": 9, "expected": 1.5, "historical": False}  # fmt: skip
    rows = [{"id": 1, **one}, {"id": 2, **one, "class_code": None, "expected": None}]
    return cluster_layer(rows, [[west], [west, east]])


def of_remedies() -> gpd.GeoDataFrame:
    shapes = [shapely.box(WEST, SOUTH, WEST + 0.01, SOUTH + 0.005)] * 2
    frame = gpd.GeoDataFrame({"code": CODES}, geometry=shapes, crs="EPSG:4326")
    units = cast("Boundaries", SimpleNamespace(frame=lambda level: frame))
    places = [{"code": code, "name": LONG, "waits": False} for code in CODES]
    batch: dict[str, Any] = {
        "batch": 1, "category": "噪声", "trigger_month": "2026-01", "started_on": AT.date(),
        "months": 3, "level": "community", "places": places, "what": ["夜间施工"], "verdict": None,
    }  # fmt: skip
    return remedy_layer(units, [batch])


LAYERS = {"appeals": of_appeals, "clusters": of_clusters, "remedies": of_remedies}


def by_gdal(path: Path) -> str:
    """What GDAL's own tool lists of every feature."""
    if shutil.which("ogrinfo") is None:
        pytest.skip("needs ogrinfo (apt-get install gdal-bin)")
    inside = zipfile.ZipFile(path).namelist() if path.suffix == ".zip" else []
    shapes = [f"/vsizip/{path}/{one}" for one in inside if one.endswith(".shp")]
    command = ["ogrinfo", "-ro", "-al", "-q", *(shapes or [str(path)])]
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout


@pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS)
def test_the_layer_comes_back_out_of_every_format_in_two_systems(
    make: Callable[[], gpd.GeoDataFrame], tmp_path: Path
) -> None:
    layer = make()
    key = layer.columns[0]
    # Tables have no shapes for GDAL's tools; they and GeoParquet are read in the tests of formats.
    for form in (one for one in FORMATS if one not in ("csv", "csv-data", "xlsx", "parquet")):
        kind, drawing = FORMATS[form], form == "dxf"  # in metres, without fields, a piece a feature
        for crs in ("EPSG:4544",) if drawing else (None, "EPSG:4544") if kind.any_crs else (None,):
            done = export(layer, tmp_path / f"{form}{bool(crs)}{kind.suffix}", format=form, crs=crs)
            read = pyogrio.read_dataframe(done.path, layer=0)
            bounds = project(layer, crs)[0].total_bounds
            assert read.total_bounds == pytest.approx(bounds, rel=1e-8), (form, crs)
            if drawing:
                by = layer["class_code" if "class_code" in layer else "code"].dropna()
                assert set(read["Layer"]) - {"0"} == set(by.str.replace("/", "_"))
                assert ("0" in set(read["Layer"])) is (len(by) < len(layer))  # without a class
                continue
            assert len(read) == len(layer), (form, crs)
            if form != "shp":  # its short names stand in a table of its own
                name = COLUMN_NAMES.get(key, key)
                values = read[name if name in read else key].astype(str)
                assert sorted(values) == sorted(layer[key].astype(str)), form
        listed = by_gdal(done.path)
        assert listed.count("OGRFeature") == len(read), form
        assert drawing or LONG[:80] in listed, form


@pytest.mark.parametrize(
    ("form", "names", "mark"),
    [("csv", ("编码", "名称"), True), ("csv-data", ("code", "name"), False)],
)
def test_a_table_is_marked_for_excel_alone_and_our_own_import_takes_both(
    tmp_path: Path, form: str, names: tuple[str, str], mark: bool
) -> None:
    units = of_remedies()[["code", "name", "geometry"]].assign(name=["朝阳区", "=1+1"])

    path = export(units, tmp_path / "a.csv", format=form).path

    assert path.read_bytes().startswith(b"\xef\xbb\xbf") is mark
    read = read_layer(path, level="community", code=names[0], name=names[1])
    assert read["code"].tolist() == CODES
    assert read["name"].tolist() == ["朝阳区", "'=1+1"]

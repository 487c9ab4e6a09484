"""``wangge units`` as its user sees it: days, findings in a file, grids that are made."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from grids.divide import LEAST, MOST, divide
from tests.wangge.conftest import Run, Town
from wangge.city.land import make_land
from wangge.city.layers import unit_frames
from wangge.city.settlement import settle
from wangge.commands.dividing import GAZETTEER

FIRST, JUNE = "2024-01-01", "2024-06-01"


def communities(town: Town) -> gpd.GeoDataFrame:
    read = gpd.read_file(town.communities)
    return read.set_geometry(shapely.set_precision(read.geometry.to_numpy(), 1e-7))


def bring(run: Run, path: Path, level: str, *more: object, code: int = 0) -> dict[str, object]:
    datum = ("--datum", "wgs84")
    return run("units", "import", path, "--level", level, *datum, *more, code=code)


def with_households(run: Run, town: Town, folder: Path, households: int) -> None:
    path = folder / "communities.gpkg"
    communities(town).assign(户数=households).to_file(path)
    bring(run, path, "community", "--code", "code", "--name", "name", "--parent", "street")


def test_grids_are_made_where_there_are_none_and_hold_from_then_on(
    run: Run, town: Town, tmp_path: Path
) -> None:
    with_households(run, town, tmp_path, 1000)
    tried = run("units", "divide", "--from", "community", "--households", 250, "--dry-run")
    assert run("units", "list", "--level", "grid")["units"] == []
    made = run(
        "units", "divide", "--from", "community", "--households", 250, "-o", tmp_path / "g.gpkg"
    )
    n = len(communities(town))
    assert (tried["grids"], made["grids"], made["communities"]) == (4 * n, 4 * n, n)
    assert made["median"] == pytest.approx(250, rel=0.05)
    assert made["listed"] == []
    units = run("units", "list", "--level", "grid")["units"]
    assert isinstance(units, list)
    assert {one["code"][:12] for one in units} == {one["parent"] for one in units}
    assert all(len(one["code"]) == 15 for one in units)
    written = gpd.read_file(tmp_path / "g.gpkg")
    assert shapely.coverage_is_valid(shapely.get_parts(written.geometry.to_numpy()))
    levels = run("units", "check")["levels"]
    assert isinstance(levels, list)
    assert [(one["level"], one["findings"]) for one in levels][-1] == ("grid", [])
    refused = run("units", "divide", "--from", "community", code=1)
    assert "every community has grids" in str(refused["error"])


def test_without_households_nothing_is_made_up(run: Run) -> None:
    refused = run("units", "divide", "--from", "community", code=1)
    assert "no community has a number of households" in str(refused["error"])


def test_the_named_places_can_say_where_the_households_are(
    run: Run, town: Town, tmp_path: Path
) -> None:
    with_households(run, town, tmp_path, 1000)
    west, south, east, north = communities(town).geometry.iloc[0].bounds
    lines = ["名称,经度,纬度"]
    for i in range(20):
        lon = west + (east - west) * (0.02 + 0.01 * i)  # all in the west of the first community
        lines.append(f"第{i}小区,{lon:.6f},{(south + north) / 2 + i * 1e-5:.6f}")
    (tmp_path / "places.csv").write_text("\n".join(lines), "utf-8")
    run("gazetteer", "import", tmp_path / "places.csv", "--datum", "wgs84")
    options = ("--households", 500, "--buildings", GAZETTEER, "-o", tmp_path / "g.gpkg")
    run("units", "divide", "--from", "community", *options)
    grids = gpd.read_file(tmp_path / "g.gpkg")
    code = communities(town)["code"].iloc[0]
    name = next(one for one in grids.columns if one in ("parent", "上级", "上级代码"))
    areas = sorted(one.area for one in grids.geometry[grids[name] == code])
    assert len(areas) == 2
    assert areas[0] < 0.3 * areas[1]


def test_findings_are_written_for_an_official_also_when_the_layer_is_refused(
    run: Run, town: Town, tmp_path: Path
) -> None:
    layer = communities(town)
    layer.loc[1, "code"] = layer["code"][0]
    shapes = list(layer.geometry)
    shapes[2] = shapely.union(shapes[2], shapes[3])
    layer = layer.set_geometry(shapes)
    layer.to_file(tmp_path / "bad.gpkg")
    options = ("--code", "code", "--name", "name", "--parent", "street")
    refused = bring(
        run, tmp_path / "bad.gpkg", "community", *options, "-o", tmp_path / "f.xlsx", code=1
    )
    assert refused["ok"] is False
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx").active
    assert sheet is not None
    header, *rows = sheet.iter_rows(values_only=True)
    kinds = {row[header.index("问题")] for row in rows}
    assert {"编码重复", "重叠"} <= kinds
    assert all(row[header.index("处理建议")] for row in rows)
    bring(run, tmp_path / "bad.gpkg", "community", *options, "-o", tmp_path / "f.geojson", code=1)
    ground = gpd.read_file(tmp_path / "f.geojson")
    overlap = ground[ground["问题"] == "重叠"]
    assert overlap.geometry.iloc[0].intersects(layer.geometry[3].centroid)


def test_the_units_of_any_day_can_be_asked_for_and_what_changed_between_two(
    run: Run, town: Town, tmp_path: Path
) -> None:
    layer = communities(town)
    west, south, east, north = layer.geometry[0].bounds
    middle = (west + east) / 2
    parts = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    split = layer.iloc[[0, 0]].assign(
        name=["西社区", "东社区"], code=["990101001901", "990101001902"]
    )
    split = split.set_geometry(parts)
    street = layer["street"] == layer["street"][0]
    rest = layer[street & (layer.index != 0)]
    new = gpd.GeoDataFrame(
        {key: [*split[key], *rest[key]] for key in ("name", "code", "street")},
        geometry=[*split.geometry, *rest.geometry],
        crs=layer.crs,
    )
    new.to_file(tmp_path / "new.gpkg")
    options = ("--code", "code", "--name", "name", "--parent", "street", "--valid-from", JUNE)
    bring(run, tmp_path / "new.gpkg", "community", *options)

    point = ("--lon", (west + middle) / 2, "--lat", (south + north) / 2)
    before = run("place", *point, "--on", FIRST)["units"]
    after = run("place", *point, "--on", JUNE)["units"]
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    assert before["community"]["code"] == layer["code"][0]
    assert after["community"]["code"] == "990101001901"
    listed = [run("units", "list", "--level", "community", "--on", on)["units"]
              for on in (FIRST, JUNE)]  # fmt: skip
    assert [len(one) for one in listed if isinstance(one, list)] == [len(layer), len(layer) + 1]
    changes = run("units", "changes", "--from", FIRST, "--to", JUNE)["changes"]
    assert isinstance(changes, list)
    ended = next(one for one in changes if one["kind"] == "ended")
    assert ended["code"] == layer["code"][0]
    assert [(code, round(share, 2)) for code, share in ended["heirs"]] == [
        ("990101001901", 0.5),
        ("990101001902", 0.5),
    ]
    begun = [one for one in changes if one["kind"] == "begun"]
    assert [one["before"] for one in begun] == [[[layer["code"][0], 1.0]]] * 2


def test_a_point_near_a_border_needs_confirming_with_both_distances(run: Run, town: Town) -> None:
    shape = communities(town).geometry[0]
    _, south, east, north = shape.bounds
    near = east - 3 / 96_000  # 3 m west of the border at 30 degrees north
    found = run("place", "--lon", near, "--lat", (south + north) / 2, "--radius-m", 20)
    assert found["status"] == "needs_confirm"
    candidates = found["candidates"]
    assert isinstance(candidates, list)
    assert len(candidates) >= 2
    assert candidates[0]["distance_m"] == 0
    assert candidates[1]["distance_m"] == pytest.approx(3, abs=0.2)


@pytest.mark.slow
def test_the_demo_city_is_divided_to_the_written_bounds() -> None:
    rng = np.random.default_rng(7)
    land = make_land(rng)
    frame = unit_frames(land, settle(land, rng))["community"]
    communities = gpd.GeoDataFrame(
        {
            "code": frame["代码"],
            "name": frame["名称"],
            "parent_id": pd.array([1] * len(frame), dtype="Int64"),
            "households": frame["户数"].astype("Int64"),
        },
        geometry=frame.geometry.to_numpy(),
        crs="EPSG:4326",
    )
    division = divide(communities, 400)
    ratio = division.grids["households"] / 400
    assert ratio.median() == pytest.approx(1, abs=0.15)
    assert ratio.between(LEAST, MOST).all()
    assert division.listed == ()
    shapes = np.array(division.grids.geometry, dtype=object)
    assert {one.geom_type for one in shapes} == {"Polygon"}
    assert shapely.coverage_is_valid(shapes)
    whole, land_itself = (
        shapely.coverage_union_all(one) for one in (shapes, communities.geometry.to_numpy())
    )
    assert shapely.symmetric_difference(whole, land_itself).area < 1e-10 * land_itself.area
    assert division.grids["roundness"].median() > 0.6

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon

from appeals.errors import BoundaryError, InputError
from geo.measure import area_m2
from grids.bisection import bisect
from grids.buildings import read_buildings, read_lines
from grids.divide import LEAST, MOST, Buildings, Division, divide
from grids.made import grid_layer
from grids.spread import lattice, roundness

SQUARE = shapely.box(116.40, 39.90, 116.42, 39.915)


def communities(*rows: tuple[float | None, shapely.Geometry]) -> gpd.GeoDataFrame:
    households, shapes = zip(*rows, strict=True)
    n = len(rows)
    columns = {
        "code": [f"990101001{i + 1:03d}" for i in range(n)],
        "name": [f"社区{i + 1}" for i in range(n)],
        "parent_id": pd.array([1] * n, dtype="Int64"),
        "households": pd.array(households, dtype="Int64"),
    }
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")


def assert_exact(division: Division, frame: gpd.GeoDataFrame) -> None:
    """Grids cover their community, share its borders corner by corner, and do not overlap."""
    for i, whole in enumerate(frame.geometry):
        mine = np.array(division.grids.geometry[division.grids["community"] == i], dtype=object)
        assert shapely.is_valid(mine).all()
        parts = shapely.get_parts(mine)
        assert shapely.coverage_is_valid(parts)
        left = shapely.symmetric_difference(shapely.union_all(mine), whole)
        assert left.area <= 1e-10 * whole.area
        assert abs(parts_area(mine) / whole.area - 1) < 1e-9
        if isinstance(whole, Polygon):
            assert {one.geom_type for one in mine} == {"Polygon"}


def parts_area(shapes: np.ndarray) -> float:
    return float(shapely.area(shapes).sum())


def kinds(division: Division) -> set[str]:
    return {finding.kind for finding in division.listed}


def test_a_square_is_divided_evenly_into_compact_parts() -> None:
    frame = communities((4000, SQUARE))
    division = divide(frame, 400)

    assert_exact(division, frame)
    households = division.grids["households"]
    assert len(households) == 10
    assert households.sum() == pytest.approx(4000)
    assert households.between(0.9 * 400, 1.1 * 400).all()
    assert division.grids["roundness"].min() > 0.5
    assert division.listed == ()


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.floats(0.15, 1.0), min_size=5, max_size=14),
    st.integers(2, 12),
)
def test_a_star_of_any_arms_is_covered_exactly_by_contiguous_grids(
    arms: list[float], n: int
) -> None:
    angle, reach = np.linspace(0, 2 * np.pi, len(arms), endpoint=False), 0.01 * np.array(arms)
    ring = np.column_stack([116.4 + reach * np.cos(angle), 39.9 + reach * np.sin(angle)])
    frame = communities((400 * n, Polygon(ring)))
    division = divide(frame, 400)

    assert_exact(division, frame)
    assert len(division.grids) == n


def test_a_community_with_a_lake_and_an_arm_stays_in_one_piece_per_grid() -> None:
    arm = shapely.box(116.42, 39.905, 116.45, 39.9053)
    shape = shapely.union(SQUARE, arm) - shapely.box(116.405, 39.904, 116.415, 39.911)
    frame = communities((3600, shape))
    division = divide(frame, 400)

    assert_exact(division, frame)
    assert division.grids["households"].between(LEAST * 400, MOST * 400).all()


def test_small_islands_go_with_a_near_grid_and_large_ones_have_their_own() -> None:
    small = shapely.box(116.425, 39.90, 116.426, 39.901)
    large = shapely.box(116.43, 39.90, 116.44, 39.915)
    frame = communities((3000, shapely.MultiPolygon([SQUARE, small, large])))
    division = divide(frame, 500)

    assert_exact(division, frame)
    several = [one for one in division.grids.geometry if one.geom_type == "MultiPolygon"]
    assert len(several) == 1
    assert several[0].intersects(small.centroid)
    assert division.grids["households"].between(LEAST * 500, MOST * 500).all()


def test_neighbours_in_two_communities_share_their_corners() -> None:
    east = shapely.box(116.42, 39.90, 116.44, 39.915)
    division = divide(communities((4000, SQUARE), (3000, east)), 400)

    assert shapely.coverage_is_valid(np.array(division.grids.geometry, dtype=object))


def test_a_community_below_half_of_what_is_asked_is_one_grid_and_listed() -> None:
    division = divide(communities((150, SQUARE)), 400)

    assert division.grids["households"].tolist() == [150]
    assert kinds(division) == {"small community"}
    assert division.grids.geometry[0].equals(SQUARE)


def test_one_building_with_more_households_than_a_grid_is_listed() -> None:
    rng = np.random.default_rng(3)
    points = rng.uniform([116.401, 39.901], [116.419, 39.914], (60, 2))
    households = np.full(60, 40.0)
    households[0] = 900.0
    frame = communities((None, SQUARE))
    division = divide(frame, 400, Buildings(points, households, counted=True))

    assert_exact(division, frame)
    assert division.grids["households"].sum() == pytest.approx(900 + 59 * 40)
    (finding,) = [one for one in division.listed if one.kind == "large building"]
    assert finding.shape is not None
    assert finding.shape.intersects(shapely.Point(points[0]))


def test_households_follow_the_buildings_and_not_the_area() -> None:
    west = np.random.default_rng(1).uniform([116.40, 39.90], [116.405, 39.915], (400, 2))
    frame = communities((4000, SQUARE))
    division = divide(frame, 400, Buildings(west, np.ones(400), counted=False))

    assert_exact(division, frame)
    assert division.grids["households"].between(0.8 * 400, 1.2 * 400).all()
    size = area_m2(np.array(division.grids.geometry, dtype=object))
    assert size.max() > 5 * size.min()


def test_unknown_households_come_from_the_area_at_the_density_of_the_known() -> None:
    east = shapely.box(116.42, 39.90, 116.43, 39.915)
    division = divide(communities((4000, SQUARE), (None, east)), 400)

    made = division.grids.groupby("community")["households"].sum()
    assert made[1] == pytest.approx(2000, rel=1e-6)
    assert kinds(division) == {"households by area"}
    with pytest.raises(InputError, match="no community has a number of households"):
        divide(communities((None, SQUARE)), 400)


def test_borders_follow_a_road_where_the_households_allow_it() -> None:
    road = LineString([(116.39, 39.906), (116.408, 39.9075), (116.43, 39.908)])
    frame = communities((1600, SQUARE))
    division = divide(frame, 400, along=[road])

    assert_exact(division, frame)
    inside = shapely.intersection(road, SQUARE)
    edges = shapely.union_all([one.boundary for one in division.grids.geometry])
    assert shapely.intersection(inside, edges.buffer(1e-9)).length > 0.99 * inside.length


def test_grids_are_numbered_west_to_east_below_their_community_and_never_twice() -> None:
    frame = communities((2000, SQUARE))
    division = divide(frame, 400)
    layer = grid_layer(division, frame, ["990101001001004"])

    assert layer["code"].tolist() == [f"990101001001{i:03d}" for i in range(5, 10)]
    assert layer["name"].tolist() == [f"社区1第{i}网格" for i in range(5, 10)]
    west = shapely.get_x(shapely.point_on_surface(layer.geometry.to_numpy()))
    assert (np.diff(west) > 0).all()
    assert layer["households"].sum() == 2000
    assert set(layer["parent"]) == {"990101001001"}


def test_an_even_spread_has_its_weight_and_a_square_its_roundness() -> None:
    spread = lattice(SQUARE, 1000, 500)

    assert spread.weights.sum() == pytest.approx(1000)
    assert 400 < len(spread.points) < 600
    parts = bisect(SQUARE, spread, 2)
    assert [spread.of(part, SQUARE) for part in parts] == pytest.approx([500, 500], rel=0.03)
    flat = shapely.box(116.4, 39.9, 116.4 + 0.01 / np.cos(np.radians(39.905)), 39.91)
    assert roundness([flat])[0] == pytest.approx(np.pi / 4, rel=1e-3)


# --- files --------------------------------------------------------------------------------------


def test_buildings_are_read_from_tables_and_layers(tmp_path: Path) -> None:
    path = tmp_path / "b.csv"
    path.write_text("经度,纬度,户数\n116.41,39.91,30\n,39.9,5\n", "utf-8")
    read = read_buildings(path, "wgs84")
    assert read.points.tolist() == [[116.41, 39.91]]
    assert read.households.tolist() == [30]
    assert read.counted
    shape = gpd.GeoDataFrame({"x": [1]}, geometry=[shapely.box(116.40, 39.90, 116.42, 39.92)])
    shape.set_crs("EPSG:4326").to_file(tmp_path / "b.gpkg")
    read = read_buildings(tmp_path / "b.gpkg", "wgs84")
    assert read.points.round(6).tolist() == [[116.41, 39.91]]
    assert (read.households.tolist(), read.counted) == ([1], False)
    with pytest.raises(InputError, match="datum"):
        read_buildings(path, None)
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(InputError, match="no column of lon; there are: a, b"):
        read_buildings(path, "wgs84")


def test_the_pieces_of_a_road_are_one_line(tmp_path: Path) -> None:
    lines = [
        LineString([(0, 0), (1, 0)]),
        LineString([(1, 0), (2, 0)]),
        LineString([(5, 5), (6, 6)]),
    ]
    frame = gpd.GeoDataFrame({"name": ["长街", "长街", None]}, geometry=lines, crs="EPSG:4326")
    frame.to_file(tmp_path / "roads.gpkg")
    read = read_lines(tmp_path / "roads.gpkg", "wgs84")
    assert sorted(round(one.length, 3) for one in read) == [1.414, 2.0]
    gpd.GeoDataFrame({"name": ["甲"]}, geometry=[SQUARE], crs="EPSG:4326").to_file(
        tmp_path / "none.gpkg"
    )
    with pytest.raises(BoundaryError, match="there are no lines"):
        read_lines(tmp_path / "none.gpkg", "wgs84")


# --- a real city --------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("asked", [40, 100])
def test_a_city_of_193_communities_is_divided_to_the_written_bounds(asked: int) -> None:
    data = Path(
        os.environ.get("WANGGE_EVAL_DATA", Path(__file__).resolve().parents[3] / "shared/data")
    )
    if not (data / "yichang-2024").is_dir():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")
    read = gpd.read_file(data / "yichang-2024" / "communities_193.geojson")
    sizes = pd.read_csv(data / "yichang-2024" / "community_size_174.csv")
    known = read["community"].map(dict(zip(sizes.iloc[:, 0], sizes["bldg_n"], strict=True)))
    frame = gpd.GeoDataFrame(
        {
            "code": [f"420500001{i:03d}" for i in range(len(read))],
            "name": read["community"],
            "parent_id": read["street"].astype("category").cat.codes.astype("Int64"),
            "households": known,
        },
        geometry=shapely.make_valid(np.array(read.geometry, dtype=object)),
        crs="EPSG:4326",
    )
    division = divide(frame, asked)

    assert_exact(division, frame)
    ratio = division.grids["households"] / asked
    assert ratio.median() == pytest.approx(1, abs=0.15)
    assert ratio.max() <= MOST
    small = [one for one in division.listed if one.kind == "small community"]
    assert (ratio < LEAST).sum() == len(small)
    assert kinds(division) == {"small community", "households by area"}

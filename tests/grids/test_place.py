import json
from datetime import date
from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.locate import Located
from grids.boundaries import COLUMNS, LEVELS, Boundaries
from grids.place import PLACED, place, place_points

DAY = date(2024, 1, 1)
# Degrees of about a metre at the test town.
M_LAT = 1 / 110_850
M_LON = 1 / 95_500


def units(*rows: tuple[int, str, str, str, int | None, shapely.Geometry | None]) -> Boundaries:
    frame = pd.DataFrame(
        [
            {
                "unit_id": unit_id,
                "level": level,
                "code": code,
                "name": name,
                "parent_id": parent,
                "valid_from": DAY,
                "valid_to": None,
                "area_m2": 1.0,
                "households": 100,
                "people": 300,
                "geometry": shape,
            }
            for unit_id, level, code, name, parent, shape in rows
        ],
        columns=list(COLUMNS),
    )
    return Boundaries.build(gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326"))


@pytest.fixture(scope="module")
def town() -> Boundaries:
    """Two streets side by side at 30 N, each of two communities, one above the other.

    Each community is 0.01 degrees square. The right street's upper community hangs below nobody.
    """
    box = shapely.box
    return units(
        (1, "street", "990101001", "左街道", None, box(111.00, 30.00, 111.01, 30.02)),
        (2, "street", "990101002", "右街道", None, box(111.01, 30.00, 111.02, 30.02)),
        (3, "community", "990101001001", "左下社区", 1, box(111.00, 30.00, 111.01, 30.01)),
        (4, "community", "990101001002", "左上社区", 1, box(111.00, 30.01, 111.01, 30.02)),
        (5, "community", "990101002001", "右下社区", 2, box(111.01, 30.00, 111.02, 30.01)),
        (6, "community", "990101002002", "右上社区", None, box(111.01, 30.01, 111.02, 30.02)),
    )


def one(placed: pd.DataFrame, column: str) -> object:
    assert len(placed) == 1
    value = placed[column].iloc[0]
    return None if pd.isna(value) else value


def point(
    lon: float, lat: float, radius_m: float = 0.0, level: str = "point", named: tuple[str, ...] = ()
) -> Located:
    return Located(level=level, lon=lon, lat=lat, radius_m=radius_m, confidence=1.0, named=named)


def test_ten_points_on_two_squares_give_ten_rows_and_the_border_point_one_unit() -> None:
    squares = units(
        (7, "street", "B", "乙", None, shapely.box(1, 0, 2, 1)),
        (8, "street", "A", "甲", None, shapely.box(0, 0, 1, 1)),
    )
    lon = np.array([1.0, *np.linspace(0.1, 0.9, 5), *np.linspace(1.1, 1.9, 4)])
    placed = place_points(lon, np.full(10, 0.5), np.zeros(10), squares)
    assert list(placed.columns) == list(PLACED)
    assert len(placed) == 10
    assert placed["street_id"].notna().all()
    assert placed["street_id"].iloc[0] == 8  # the lowest code, A
    assert placed["border"].tolist() == [True] + [False] * 9
    assert placed["street_id"].value_counts().to_dict() == {8: 6, 7: 4}


def test_levels_above_come_from_the_parent_or_else_from_their_own_polygon(town: Boundaries) -> None:
    placed = place_points(
        np.array([111.005, 111.015]), np.array([30.015, 30.015]), np.zeros(2), town
    )
    assert placed["community_id"].tolist() == [4, 6]
    assert placed["street_id"].tolist() == [1, 2]
    assert placed["finest"].tolist() == ["community", "community"]
    assert placed["grid_id"].isna().all()


def test_a_point_in_no_community_is_tried_at_the_street(town: Boundaries) -> None:
    wider = units(
        (1, "street", "S", "街", None, shapely.box(0, 0, 2, 1)),
        (2, "community", "C", "社区", 1, shapely.box(0, 0, 1, 1)),
    )
    placed = place_points(np.array([1.5, 9.0]), np.array([0.5, 0.5]), np.zeros(2), wider)
    assert placed["status"].tolist() == ["placed", "outside"]
    assert placed["finest"].tolist() == ["street", None]
    assert placed["street_id"].fillna(0).tolist() == [1, 0]


def test_two_points_near_a_border_with_20_m_accuracy_need_a_person(town: Boundaries) -> None:
    west = 111.01 - 2.5 * M_LON
    placed = place([point(west, 30.005, 20.0), point(west + 5 * M_LON, 30.005, 20.0)], town)
    assert placed["status"].tolist() == ["needs_confirm"] * 2
    assert [json.loads(text) for text in placed["candidates"]] == [[3, 5, 1, 2]] * 2
    assert placed["community_id"].isna().all()
    assert placed["street_id"].isna().all()
    near, far = town.distances_m(west, 30.005, [3, 5])
    assert near == 0
    assert far == pytest.approx(2.5, abs=0.1)


def test_a_doubt_inside_one_street_keeps_the_street(town: Boundaries) -> None:
    placed = place([point(111.005, 30.01 - 30 * M_LAT, 100.0, "plate")], town)
    assert one(placed, "status") == "needs_confirm"
    assert one(placed, "finest") == "street"
    assert one(placed, "street_id") == 1
    assert one(placed, "community_id") is None
    assert json.loads(str(one(placed, "candidates"))) == [3, 4]


def test_a_radius_that_reaches_no_border_is_certain(town: Boundaries) -> None:
    placed = place([point(111.005, 30.005, 400.0, "road")], town)
    assert one(placed, "status") == "placed"
    assert one(placed, "community_id") == 3
    assert one(placed, "how") == "point"
    assert one(placed, "cell_8") is not None
    assert one(placed, "cell_9") is None  # its edge is 201 m


@pytest.mark.parametrize(
    ("radius_m", "has"), [(0, (1, 1, 1)), (76, (1, 1, 1)), (77, (1, 1, 0)), (202, (1, 0, 0))]
)
def test_a_cell_is_given_only_where_the_radius_is_at_most_its_edge(
    town: Boundaries, radius_m: float, has: tuple[int, ...]
) -> None:
    placed = place([point(111.005, 30.005, radius_m)], town)
    assert tuple(int(placed[f"cell_{r}"].notna().iloc[0]) for r in (8, 9, 10)) == has


def test_a_name_decides_what_the_radius_leaves_open(town: Boundaries) -> None:
    near = 111.01 - 10 * M_LON
    by_street = place([point(near, 30.005, 75.0, "plate", ("990101002",))], town)
    assert one(by_street, "street_id") == 2
    assert one(by_street, "community_id") == 5  # the only one of that street in reach
    assert one(by_street, "how") == "named"
    by_community = place([point(near, 30.005, 75.0, "plate", ("990101001001",))], town)
    assert one(by_community, "community_id") == 3
    assert one(by_community, "status") == "placed"


def test_a_pin_beats_a_name_that_contradicts_it(town: Boundaries) -> None:
    placed = place([point(111.005, 30.005, 0.0, "point", ("990101002",))], town)
    assert one(placed, "community_id") == 3
    assert one(placed, "status") == "placed"
    wide = place([point(111.005, 30.005, 50.0, "point", ("990101002",))], town)
    assert one(wide, "community_id") == 3


def test_an_inferred_point_is_bound_by_the_name_and_gets_no_cell_where_it_strays(
    town: Boundaries,
) -> None:
    placed = place([point(111.005, 30.005, 50.0, "building", ("990101002",))], town)
    assert one(placed, "street_id") == 2
    assert one(placed, "community_id") is None
    assert one(placed, "status") == "needs_confirm"
    assert one(placed, "cell_9") is None


def test_a_name_without_a_point_gives_its_unit_and_an_unknown_one_nothing(town: Boundaries) -> None:
    located = [
        Located(level="street", named=("990101001",)),
        Located(level="community", named=("990101002001",)),
        Located(level="district"),
        Located(level="unlocated"),
        Located(level="community", named=("990101001",)),
        Located(level="street", named=("990101001", "990101002")),
    ]
    placed = place(located, town)
    assert placed["status"].tolist() == [
        "placed", "placed", "unlocated", "unlocated", "unlocated", "needs_confirm",
    ]  # fmt: skip
    assert placed["street_id"].fillna(0).tolist() == [1, 2, 0, 0, 1, 0]
    assert placed["how"].tolist()[:2] == ["named", "named"]
    assert placed[["cell_8", "cell_9", "cell_10"]].isna().all(axis=None)


def test_a_unit_without_a_border_is_reached_by_name(town: Boundaries) -> None:
    bare = units(
        (1, "street", "S", "街", None, shapely.box(0, 0, 2, 1)),
        (2, "community", "S1", "社区", 1, None),
        (3, "street", "T", "邻街", None, shapely.box(2, 0, 3, 1)),
    )
    placed = place([point(0.5, 0.5, named=("S1",)), point(2.5, 0.5, named=("S1",))], bare)
    assert placed["community_id"].fillna(0).tolist() == [2, 0]
    assert placed["street_id"].tolist() == [1, 3]
    assert placed["how"].tolist() == ["named", "point"]


def test_without_any_units_every_point_is_outside() -> None:
    nobody = units()
    placed = place([point(111.0, 30.0), point(111.0, 30.0, 50.0), Located("unlocated")], nobody)
    assert placed["status"].tolist() == ["outside", "outside", "unlocated"]
    assert placed["cell_10"].notna().tolist() == [True, True, False]


def test_no_rows_give_an_empty_frame_with_all_columns(town: Boundaries) -> None:
    assert list(place([], town).columns) == list(PLACED)


def _ragged(seed: int) -> Boundaries:
    """Sixteen grids between ragged lines that neighbours share to the last digit."""
    random = np.random.default_rng(seed)
    n = 4
    corners = {
        (i, j): (
            i + (random.uniform(-0.3, 0.3) if 0 < i < n else 0),
            j + (random.uniform(-0.3, 0.3) if 0 < j < n else 0),
        )
        for i in range(n + 1)
        for j in range(n + 1)
    }
    edges: dict[tuple[tuple[int, int], tuple[int, int]], list[tuple[float, float]]] = {}

    def edge(a: tuple[int, int], b: tuple[int, int]) -> list[tuple[float, float]]:
        if (b, a) in edges:
            return edges[b, a][::-1]
        if (a, b) not in edges:
            (x0, y0), (x1, y1) = corners[a], corners[b]
            outer = (a[0] == b[0] and a[0] in (0, n)) or (a[1] == b[1] and a[1] in (0, n))
            shares = (0.0, 0.25, 0.5, 0.75, 1.0)
            wobble = [0.0, *([0.0] * 3 if outer else random.uniform(-0.08, 0.08, 3)), 0.0]
            edges[a, b] = [
                (x0 + s * (x1 - x0) - w * (y1 - y0), y0 + s * (y1 - y0) + w * (x1 - x0))
                for s, w in zip(shares, wobble, strict=True)
            ]
        return edges[a, b]

    rows = []
    for i in range(n):
        for j in range(n):
            ring = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1), (i, j)]
            line = [p for a, b in pairwise(ring) for p in edge(a, b)[:-1]]
            shape = shapely.Polygon(line)
            assert shape.is_valid
            rows.append((i * n + j + 1, "grid", f"{i * n + j:03}", "格", None, shape))
    return units(*rows)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 50), data=st.data())
def test_on_ragged_shared_borders_every_point_has_exactly_one_unit(
    seed: int, data: st.DataObject
) -> None:
    mesh = _ragged(seed)
    shapes = mesh.layers["grid"].shapes
    corners = shapely.get_coordinates(shapes)
    picked = data.draw(st.lists(st.integers(0, len(corners) - 1), max_size=20))
    floats = st.floats(0, 4, allow_nan=False)
    free = data.draw(st.lists(st.tuples(floats, floats), min_size=1, max_size=20))
    points = np.array([*(tuple(corners[i]) for i in picked), *free])
    placed = place_points(points[:, 0], points[:, 1], np.zeros(len(points)), mesh)
    assert len(placed) == len(points)
    assert placed["grid_id"].notna().all()
    for (lon, lat), unit, border in zip(points, placed["grid_id"], placed["border"], strict=True):
        touched = [k for k, s in enumerate(shapes) if shapely.intersects_xy(s, lon, lat)]
        assert unit == touched[0] + 1  # codes ascend with ids
        assert border or len(touched) == 1
    on_corner = placed["border"].iloc[: len(picked)]
    assert on_corner.all()


@settings(max_examples=20, deadline=None)
@given(
    lon=st.floats(110.999, 111.021),
    lat=st.floats(29.999, 30.021),
    small=st.floats(1, 300),
    more=st.floats(0, 300),
)
def test_a_wider_radius_never_makes_a_place_finer(
    lon: float, lat: float, small: float, more: float
) -> None:
    box = shapely.box
    town = units(
        (1, "street", "A", "左", None, box(111.00, 30.00, 111.01, 30.02)),
        (2, "street", "B", "右", None, box(111.01, 30.00, 111.02, 30.02)),
        (3, "community", "A1", "下", 1, box(111.00, 30.00, 111.01, 30.01)),
        (4, "community", "A2", "上", 1, box(111.00, 30.01, 111.01, 30.02)),
    )
    placed = place([point(lon, lat, small, "plate"), point(lon, lat, small + more, "plate")], town)
    for level in LEVELS:
        narrow, wide = placed[f"{level}_id"]
        assert pd.isna(wide) or narrow == wide

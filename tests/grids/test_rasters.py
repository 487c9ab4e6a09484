"""A raster gives the answers of the polygons, is kept in a file, and is drawn once."""

import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.datums import Floats
from grids.boundaries import Boundaries
from grids.inside import touched
from grids.place import place_points
from grids.rasters import draw, store
from grids.rasters.draw import Shapes, rasterise
from grids.rasters.raster import Raster
from grids.rasters.store import with_rasters
from tests.grids.test_place import units

ROOT = Path(__file__).resolve().parents[2]


def city(shapes: list[shapely.Geometry | None]) -> Boundaries:
    return units(*((i + 1, "grid", f"{i:03}", "格", None, s) for i, s in enumerate(shapes)))


def scatter(shapes: Shapes, n: int, seed: int) -> tuple[Floats, Floats]:
    """Points all over, on vertices, on borders, and a hair off them."""
    random = np.random.default_rng(seed)
    west, south, east, north = shapely.total_bounds(shapes)
    free = random.uniform((west - 0.1, south - 0.1), (east + 0.1, north + 0.1), (n, 2))
    corners = random.choice(shapely.get_coordinates(shapes), n)
    lines = random.choice(np.asarray(shapely.boundary(shapes), dtype=object), n)
    on_line = shapely.line_interpolate_point(lines, random.random(n), normalized=True)
    edges = shapely.get_coordinates(on_line)
    hairs = edges + random.normal(0, 1e-9, edges.shape)
    lon, lat = np.vstack([free, corners, edges, hairs]).T
    return lon.copy(), lat.copy()


def rastered(boundaries: Boundaries, folder: Path) -> Boundaries:
    return with_rasters([boundaries], folder, least_vertices=0)[0]


def raster_of(boundaries: Boundaries, folder: Path) -> Raster:
    raster = rastered(boundaries, folder).layers["grid"].raster
    assert raster is not None
    return raster


def assert_same(boundaries: Boundaries, folder: Path, seed: int = 1, n: int = 400) -> None:
    fast = rastered(boundaries, folder)
    for level, layer in boundaries.layers.items():
        lon, lat = scatter(layer.shapes, n, seed)
        for mine, theirs in zip(
            touched(fast.layers[level], lon, lat), touched(layer, lon, lat), strict=True
        ):
            assert np.array_equal(mine, theirs)
        pd.testing.assert_frame_equal(
            place_points(lon, lat, 0.0, fast), place_points(lon, lat, 0.0, boundaries)
        )


box = shapely.box
RING = box(111.0, 30.0, 111.1, 30.1) - box(111.03, 30.03, 111.07, 30.07)
STAR = shapely.Polygon(
    [
        (112 + (0.05 if i % 2 else 0.01) * np.cos(i), 30 + (0.05 if i % 2 else 0.01) * np.sin(i))
        for i in np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ]
)


@pytest.mark.parametrize(
    "shapes",
    [
        pytest.param([box(0, 0, 1, 1)], id="one square"),
        pytest.param([box(0, 0, 1, 1), box(1, 0, 2, 1), box(0, 1, 2, 2)], id="shared borders"),
        pytest.param([box(0, 0, 3, 3), box(1, 1, 2, 2)], id="one within another"),
        pytest.param([box(0, 0, 2, 2), box(1, 1, 3, 3), box(0, 0, 2, 2)], id="overlaps"),
        pytest.param([box(0, 0, 1, 1), box(5, 5, 6, 6)], id="a wide gap"),
        pytest.param([box(0, 0, 1, 1), box(1.0000001, 0, 2, 1)], id="a narrow gap"),
        pytest.param([RING, box(111.04, 30.04, 111.06, 30.06)], id="a hole with an island"),
        pytest.param([shapely.MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]), STAR], id="parts"),
        pytest.param([box(0, 0, 10, 1e-6), box(0, 1e-6, 10, 1)], id="a sliver"),
        pytest.param([None, box(0, 0, 1, 1), None], id="units without a shape"),
        pytest.param([box(0, 0, 1, 1), shapely.Polygon()], id="an empty shape"),
    ],
)
def test_with_and_without_a_raster_the_answers_are_the_same(
    shapes: list[shapely.Geometry | None], tmp_path: Path
) -> None:
    assert_same(city(shapes), tmp_path)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000), number=st.integers(1, 25))
def test_whatever_lies_over_whatever_the_polygons_are_met(seed: int, number: int) -> None:
    random = np.random.default_rng(seed)
    shapes = []
    for _ in range(number):
        turn = np.sort(random.uniform(0, 2 * np.pi, random.integers(3, 60)))
        far = random.uniform(0.01, 0.3, len(turn))
        middle = random.uniform(0, 1, 2)
        ring = shapely.Polygon(
            np.column_stack([np.cos(turn) * far, np.sin(turn) * far]) + middle + [116, 39]
        )
        shapes += shapely.get_parts(shapely.make_valid(ring)).tolist()
    layer = np.array([one for one in shapes if one.geom_type == "Polygon"], dtype=object)
    plain = city(layer.tolist()).layers["grid"]
    raster = rasterise(layer)
    lon, lat = scatter(layer, 200, seed)

    answers = raster.answers(lon, lat)
    first, shared = touched(plain, lon, lat)

    sure = answers <= len(layer)
    assert np.array_equal(first[sure], answers[sure] - 1)
    assert not shared[sure].any()
    at, member = raster.pairs(answers[~sure])
    touches = shapely.intersects_xy(layer[member], lon[~sure][at], lat[~sure][at])
    lowest = np.full(int((~sure).sum()), -1)
    lowest[at[touches][::-1]] = member[touches][::-1]
    assert np.array_equal(lowest, first[~sure])


def test_bands_do_not_change_the_raster(monkeypatch: pytest.MonkeyPatch) -> None:
    shapes = np.array([RING, STAR, box(111.04, 30.04, 111.06, 30.06)], dtype=object)
    whole = rasterise(shapes)
    monkeypatch.setattr(draw, "_PIECES", 500)

    banded = rasterise(shapes)

    lon, lat = scatter(shapes, 2_000, 3)
    one, other = (raster.answers(lon, lat) for raster in (whole, banded))
    assert np.array_equal(one <= 3, other <= 3)
    assert np.array_equal(one[one <= 3], other[one <= 3])
    for a, b in zip(whole.pairs(one), banded.pairs(other), strict=True):
        assert np.array_equal(a, b)


@pytest.mark.parametrize(
    "name",
    [
        "yichang-2024/communities_193.geojson",
        "yichang-2024/streets_22.geojson",
        "beijing-districts/cnmaps_16_converted_wgs84.geojson",
        "hotspots/chicago_77_areas.geojson",
    ],
)
def test_real_layers_with_their_gaps_and_overlaps_are_met(name: str, tmp_path: Path) -> None:
    data = Path(os.environ.get("WANGGE_EVAL_DATA", ROOT.parent / "shared/data"))
    if not (data / name).is_file():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")

    assert_same(city(list(gpd.read_file(data / name).geometry)), tmp_path, n=2_000)


ANOTHER_PROCESS = """
import sys
from pathlib import Path

import numpy as np

from grids.inside import touched
from grids.rasters import store
from tests.grids.test_rasters import RING, STAR, city

def fail(shapes):
    raise SystemExit("drawn again")

store.rasterise = fail
(now,) = store.with_rasters([city([RING, STAR])], Path(sys.argv[1]), least_vertices=0)
lon, lat = np.full(100, 111.01), np.full(100, 30.01)
print(set(touched(now.layers["grid"], lon, lat)[0].tolist()))
"""


def test_a_raster_is_drawn_once_and_read_by_another_process(tmp_path: Path) -> None:
    rastered(city([RING, STAR]), tmp_path)
    (path,) = tmp_path.iterdir()
    made = path.stat().st_mtime_ns

    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, str(tmp_path)],
        capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
        check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "{0}"
    assert path.stat().st_mtime_ns == made


def test_a_changed_border_is_drawn_anew_and_the_old_raster_goes_with_its_edition(
    tmp_path: Path,
) -> None:
    old, new = (city([box(0, 0, x, 1), box(x, 0, 2, 1)]) for x in (1.0, 1.5))
    rastered(old, tmp_path)
    before = set(tmp_path.iterdir())

    _, now = with_rasters([old, new], tmp_path, least_vertices=0)

    assert len(before) == 1
    assert before < set(tmp_path.iterdir())
    points = np.full(100, 1.2), np.full(100, 0.5)
    assert place_points(*points, 0.0, now)["grid_id"].tolist() == [1] * 100
    rastered(new, tmp_path)
    assert len(set(tmp_path.iterdir()) - before) == len(set(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("harm", ["cut", "turned", "empty", "older", "not json"])
def test_a_damaged_or_older_file_is_drawn_anew(
    harm: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raster = raster_of(city([RING, STAR]), tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    broken = {
        "cut": whole[:-100],
        "turned": whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
        "empty": b"",
        "older": whole,
        "not json": b"x" * len(whole),
    }[harm]
    path.unlink()
    path.write_bytes(broken)
    if harm == "older":
        monkeypatch.setattr(store, "_VERSION", store._VERSION + 1)

    again = raster_of(city([RING, STAR]), tmp_path)

    for name in ("frame", "large", "pages", "starts", "members"):
        assert np.array_equal(getattr(raster, name), getattr(again, name))
    assert (path.read_bytes() == whole) == (harm != "older")


def test_where_nothing_can_be_kept_points_are_placed_all_the_same(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")

    assert_same(city([RING, STAR]), blocked / "cache")


def test_small_layers_pay_for_no_raster(tmp_path: Path) -> None:
    (plain,) = with_rasters([city([RING, STAR])], tmp_path / "cache")

    assert plain.layers["grid"].raster is None
    assert not (tmp_path / "cache").exists()


def test_a_layer_whose_ground_finer_units_cover_has_no_raster(tmp_path: Path) -> None:
    both = units(
        (1, "community", "A", "社区", None, box(0, 0, 2, 2)),
        (2, "grid", "A1", "格", 1, box(0, 0, 2, 1)),
        (3, "grid", "A2", "格", 1, box(0, 1, 2, 2)),
    )

    found = rastered(both, tmp_path).layers

    assert found["grid"].raster is not None
    assert found["community"].raster is None

"""The cells of many points are those that h3 gives to each."""

import h3.api.basic_int as h3
import numpy as np
import pytest

from geo.cells import cells, cells_by_resolution
from geo.datums import Floats
from geo.lattice import RESOLUTIONS, cells_of_many, each_cell


def globe(n: int, seed: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    return random.uniform(-180, 180, n), np.degrees(np.arcsin(random.uniform(-1, 1, n)))


def beijing(n: int, seed: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(seed)
    return random.uniform(115.4, 117.5, n), random.uniform(39.4, 41.1, n)


def test_all_over_the_globe_each_point_has_the_cell_of_h3() -> None:
    lon, lat = globe(40_000, 3)
    for resolution, found in zip(
        RESOLUTIONS, cells_of_many(lon, lat, list(RESOLUTIONS)), strict=True
    ):
        assert np.array_equal(found, each_cell(lon, lat, resolution)), resolution


@pytest.mark.parametrize("resolution", [8, 9, 10])
@pytest.mark.parametrize("off_deg", [0.0, 1e-15, 1e-13, 1e-11, 1e-9, 1e-7])
def test_at_and_around_borders_and_corners_of_cells_h3_itself_decides(
    resolution: int, off_deg: float
) -> None:
    random = np.random.default_rng(7)
    corners = np.array([h3.cell_to_boundary(one)[:2] for one in cells(*beijing(3_000, 5), 9)])
    if resolution != 9:
        own = cells(*beijing(3_000, 5), resolution)
        corners = np.array([h3.cell_to_boundary(one)[:2] for one in own])
    share = random.uniform(0, 1, (len(corners), 1))
    places = np.vstack([corners[:, 0], corners[:, 0] + share * (corners[:, 1] - corners[:, 0])])
    lat, lon = (places + random.normal(0, 1, places.shape) * off_deg).T

    found = cells(lon, lat, resolution)

    assert np.array_equal(found, each_cell(lon, lat, resolution))


def test_around_the_twelve_pentagons_and_the_corners_of_faces_h3_is_met() -> None:
    random = np.random.default_rng(11)
    middles = np.array([h3.cell_to_latlng(one) for one in h3.get_pentagons(0)])
    for spread_deg in (1e-3, 1e-2, 1.0, 10.0):
        places = np.repeat(middles, 400, axis=0)
        lat, lon = (places + random.normal(0, spread_deg, places.shape)).T
        lat, lon = np.clip(lat, -89.9, 89.9), (lon + 180) % 360 - 180
        for resolution, found in cells_by_resolution(lon, lat, RESOLUTIONS).items():
            assert np.array_equal(found, each_cell(lon, lat, resolution)), (spread_deg, resolution)


@pytest.mark.parametrize("n", [0, 1, 999, 1_000, 40_000])
def test_few_and_many_points_are_told_alike_and_lost_ones_keep_their_row(n: int) -> None:
    lon, lat = beijing(n, n)
    lon[n // 2 : n // 2 + 2] = [np.nan, 500.0][: len(lon[n // 2 : n // 2 + 2])]

    for resolution in (0, 9, 12):
        found = cells(lon, lat, resolution)

        good = np.abs(lon) < 180
        assert (found[~good] == 0).all()
        assert np.array_equal(found[good], each_cell(lon[good], lat[good], resolution))


def test_one_place_a_thousand_times_has_one_cell() -> None:
    found = cells(np.full(2_000, 116.4075), np.full(2_000, 39.9045), 10)

    assert set(found.tolist()) == {h3.latlng_to_cell(39.9045, 116.4075, 10)}

"""The race over points is run on a city that is what it says, and judged by an exact answer."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely

from benchmarks.place.city import City, make_city, make_points
from benchmarks.place.ways import Joins, boundaries_of, exact, in_threads, of_product
from grids.rasters.store import with_rasters

NUMBERS = (2, 5, 20, 120)


@pytest.fixture(scope="module")
def city() -> City:
    return make_city(5, NUMBERS)


def test_the_borders_of_the_city_are_ragged_shared_and_nested(city: City) -> None:
    for shapes, number in zip(city.shapes, NUMBERS, strict=True):
        assert len(shapes) == number
        assert shapely.is_valid(shapes).all()
        assert shapely.coverage_is_valid(shapes)
    assert 100 < np.median(shapely.get_num_coordinates(city.shapes[-1])) < 400
    areas = [float(shapely.area(shapes).sum()) for shapes in city.shapes]
    assert areas == pytest.approx([areas[0]] * 4)
    for column, parents in enumerate(city.parents):
        inner = shapely.point_on_surface(city.shapes[column + 1])
        assert shapely.covers(city.shapes[column][parents], inner).all()


def test_ours_is_the_exact_answer_alone_and_in_threads(city: City, tmp_path: Path) -> None:
    lon, lat = make_points(4_000, np.random.default_rng(2))
    corners = shapely.get_coordinates(city.shapes[-1])
    lon[:500], lat[:500] = corners[::17][:500].T
    true = exact(city, lon, lat)
    (rastered,) = with_rasters([boundaries_of(city)], tmp_path, least_vertices=0)
    way = of_product(rastered)

    alone = way(lon, lat)
    with ThreadPoolExecutor(2) as pool:
        together = in_threads(way, pool, 8)(lon, lat)

    assert true["border"].iloc[:500].all()
    assert true["border"].iloc[500:].mean() < 0.01
    pd.testing.assert_frame_equal(alone, together)
    for name in true:
        assert np.array_equal(alone[name].fillna(0).to_numpy(np.int64), true[name]), name


def test_the_joins_of_a_user_agree_inside_of_borders(city: City) -> None:
    lon, lat = make_points(1_000, np.random.default_rng(3))
    true, joins = exact(city, lon, lat), Joins.of(city)

    for found in (joins.leaf(lon, lat), joins.every_level(lon, lat)):
        first = 1
        for level, number in zip(("district", "street", "community", "grid"), NUMBERS, strict=True):
            mine = found[level].add(first).fillna(0).to_numpy(np.int64)
            assert np.array_equal(mine, true[f"{level}_id"]), level
            first += number

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.measure import area_m2, distance_m


@given(st.floats(73, 135), st.floats(4, 53), st.floats(0.001, 0.2))
def test_areas_agree_with_the_geodesic_ones(west: float, south: float, side: float) -> None:
    box = shapely.box(west, south, west + side, south + side)
    # Parallels are not geodesics: corners close together follow them.
    by_geodesics, _ = Geod(ellps="WGS84").geometry_area_perimeter(shapely.segmentize(box, 0.01))

    assert area_m2([box])[0] == pytest.approx(by_geodesics, rel=1e-4)


def test_what_has_no_inside_has_no_area() -> None:
    shapes = [None, shapely.Point(116, 40), shapely.LineString([(116, 40), (117, 40)])]

    assert area_m2(np.array(shapes, dtype=object)).tolist() == [0, 0, 0]


def test_distances_spread_one_point_over_many() -> None:
    lon, lat = np.array([116.0, 116.01, np.nan]), np.array([40.0, 40.0, 40.0])

    found = distance_m(lon, lat, np.array(116.0), np.array(40.0))

    assert found[0] == 0
    assert found[1] == pytest.approx(854, abs=1)
    assert np.isnan(found[2])

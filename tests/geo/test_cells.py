import h3.api.basic_int as h3
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError
from geo import cells
from geo.measure import area_m2

resolutions = st.sampled_from([8, 9, 10])


def test_a_swapped_pair_is_refused_before_h3_takes_it_for_a_place() -> None:
    assert cells.cell_name(h3.latlng_to_cell(116.4075, 39.9045, 9)) == "890d4b8ddafffff"

    with pytest.raises(InputError, match="latitude out of range"):
        cells.cell(39.9045, 116.4075, 9)
    assert cells.cells(np.array([39.9045]), np.array([116.4075]), 9).tolist() == [0]


def test_rows_without_a_point_get_no_cell_and_keep_their_place() -> None:
    lon = np.array([116.4, np.nan, 116.4, 200.0])
    lat = np.array([39.9, 39.9, np.inf, 39.9])

    found = cells.cells(lon, lat, 9)

    assert found.dtype == np.int64
    assert found.tolist() == [h3.latlng_to_cell(39.9, 116.4, 9), 0, 0, 0]
    assert cells.cells(np.array([]), np.array([]), 9).shape == (0,)


@given(st.floats(-180, 180), st.floats(-85, 85), resolutions)
def test_a_cell_survives_text_and_holds_its_centre(lon: float, lat: float, resolution: int) -> None:
    cell = cells.cell(lon, lat, resolution)

    assert h3.str_to_int(cells.cell_name(cell)) == cell
    assert cells.cell(*cells.cell_point(cell), resolution) == cell
    assert cell < 2**63


def test_a_cell_is_drawn_longitude_first() -> None:
    shape = cells.cell_polygon(cells.cell(116.4075, 39.9045, 9))

    assert shape.contains(shapely.Point(116.4075, 39.9045))
    assert 60_000 < area_m2([shape])[0] < 150_000


def test_a_disk_has_the_cell_and_its_six_neighbours() -> None:
    cell = cells.cell(116.4075, 39.9045, 9)

    assert cells.disk(cell, 0) == [cell]
    assert len(cells.disk(cell, 1)) == 7
    assert cell in cells.disk(cell, 1)

"""Systems whose shift is not public need the parameters of the surveying office."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.declared import declared_datum, short_datum
from appeals.errors import InputError
from geo import datums
from geo.measure import distance_m
from geo.systems import area_of_use, central_meridian, false_easting_m, in_degrees, transformer

# A grid of a city's own: an origin in its middle, false coordinates, the ellipsoid of CGCS2000.
LOCAL = "+proj=tmerc +lat_0=39.8658 +lon_0=116.3503 +k=1 +x_0=500000 +y_0=300000 +ellps=GRS80"
BEIJING_54 = "+proj=tmerc +lat_0=0 +lon_0=117 +k=1 +x_0=500000 +y_0=0 +ellps=krass +units=m"
# Of the form that a surveying office gives; which numbers does not matter here.
SHIFT = "15.8,-154.4,-82.3"
SEVEN = "15.8,-154.4,-82.3,0.1,-0.2,0.3,1.5"


def one(lon: float, lat: float) -> tuple[datums.Floats, datums.Floats]:
    return np.array([lon]), np.array([lat])


@pytest.mark.parametrize("code", [2437, 2436, 4214, 2345, 4610, 4555])
def test_without_parameters_the_refusal_says_what_to_give(code: int) -> None:
    with pytest.raises(InputError, match=rf"EPSG:{code} stands on .*\+towgs84=dx,dy,dz"):
        datums.check_datum(f"EPSG:{code}")


@pytest.mark.parametrize("shift", [SHIFT, SEVEN])
def test_a_code_with_parameters_is_the_string_with_the_same_parameters(shift: str) -> None:
    by_code, by_string = f"EPSG:2436 +towgs84={shift}", f"{BEIJING_54} +towgs84={shift}"
    x, y = one(448472.1, 4419567.942)

    found = np.ravel(datums.to_wgs84(x, y, by_code))

    np.testing.assert_allclose(found, np.ravel(datums.to_wgs84(x, y, by_string)), atol=1e-10)
    without = datums.to_wgs84(x, y, "EPSG:4548")
    assert 20 < distance_m(*one(*found.tolist()), *without)[0] < 300  # a shift, and no leap
    back = np.ravel(datums.from_wgs84(*one(*found.tolist()), by_code))
    np.testing.assert_allclose(back, [448472.1, 4419567.942], atol=1e-3)


def test_xian_80_in_degrees_takes_parameters_too() -> None:
    lon, lat = datums.to_wgs84(*one(116.39, 39.9), f"EPSG:4610 +towgs84={SHIFT}")

    assert 20 < distance_m(lon, lat, *one(116.39, 39.9))[0] < 300
    assert in_degrees(f"EPSG:4610 +towgs84={SHIFT}")


@given(st.floats(115.4, 117.6), st.floats(39.4, 41.1))
def test_a_citys_own_grid_is_read_by_its_string(lon: float, lat: float) -> None:
    x, y = datums.from_wgs84(*one(lon, lat), LOCAL)

    back = np.ravel(datums.to_wgs84(x, y, LOCAL))

    np.testing.assert_allclose(back, [lon, lat], atol=1e-9)
    assert 300_000 < x[0] < 700_000
    assert 200_000 < y[0] < 500_000


def test_the_middle_of_a_citys_own_grid_has_its_false_coordinates() -> None:
    x, y = datums.from_wgs84(*one(116.3503, 39.8658), LOCAL)

    np.testing.assert_allclose([x[0], y[0]], [500_000, 300_000], atol=1e-3)


@pytest.mark.parametrize(
    ("datum", "told"),
    [
        (BEIJING_54, "another ellipsoid .* no .towgs84"),
        ("+proj=geocent +ellps=GRS80", "not a horizontal"),
        ("+proj=nothing +ellps=GRS80", "not understood"),
        ("EPSG:2436 +towgs84=1,2", "three or seven numbers"),
        ("EPSG:2436 +towgs84=1,2,-", "three or seven numbers"),
        ("EPSG:999999", "not a known reference system"),
        ("EPSG:5773", "not a horizontal"),
    ],
)
def test_what_cannot_be_used_is_refused_and_its_parameters_are_not_repeated(
    datum: str, told: str
) -> None:
    with pytest.raises(InputError, match=told) as refusal:
        datums.check_datum(datum)

    assert "lon_0" not in str(refusal.value)


@pytest.mark.parametrize("text", ["gps", "EPSG:", "EPSG:12", "proj=tmerc", "+proj=a;b", "", "4326"])
def test_what_has_no_form_of_a_datum_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="the datum is unknown"):
        declared_datum(text)


def test_names_are_short_where_people_read_them() -> None:
    assert short_datum("gcj02") == "gcj02"
    assert short_datum("EPSG:4548") == "EPSG:4548"
    assert short_datum(f"EPSG:2436 +towgs84={SHIFT}") == "EPSG:2436 +towgs84"
    assert short_datum(LOCAL) == "+proj"


def test_what_a_plane_is_can_be_asked() -> None:
    assert central_meridian(LOCAL) == 116.3503
    assert central_meridian(f"EPSG:2436 +towgs84={SHIFT}") == 117
    assert false_easting_m("EPSG:4498") == 20_500_000
    assert (central_meridian("EPSG:3857"), false_easting_m("gcj02")) == (None, None)
    assert area_of_use(LOCAL) is None
    assert transformer("EPSG:4548") is transformer("EPSG:4548")

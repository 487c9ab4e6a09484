import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError
from geo import datums
from geo.measure import distance_m

# Printed to 9 digits; the GCJ-02 of 天安门 agrees with three independent programs.
VECTORS = {
    "天安门": (
        (116.397389, 39.908722),
        (116.403632553, 39.910125476),
        (116.410005415, 39.916465109),
    ),
    "望京": ((116.4746, 39.9893), (116.480711184, 39.990598492), (116.487286167, 39.996441650)),
    "上海": ((121.4737, 31.2304), (121.478223059, 31.228457738), (121.484781469, 31.234310594)),
    "乌鲁木齐": ((87.6168, 43.8256), (87.619649949, 43.826805393), (87.626099771, 43.832949795)),
    "三亚": ((109.5119, 18.2528), (109.515984295, 18.251094792), (109.522531792, 18.256876554)),
    "拉萨": ((91.1322, 29.6604), (91.133743325, 29.657679590), (91.140342762, 29.663425674)),
    "香港": ((114.1694, 22.3193), (114.174367066, 22.316550799), (114.180927599, 22.322222377)),
    "东京": ((139.6917, 35.6895), (139.6917, 35.6895), (139.698122526, 35.695845453)),
}
# CGCS2000 116.397389, 39.908722 in projected systems: east, north in metres.
PROJECTED = {
    "EPSG:4548": (448472.100, 4419567.942),
    "EPSG:4527": (39448472.100, 4419567.942),
    "EPSG:4509": (448472.100, 4419567.942),
    "EPSG:4498": (20448472.100, 4419567.942),
    "EPSG:4547": (705005.322, 4422146.618),
    "EPSG:4526": (38705005.322, 4422146.618),
    "EPSG:3857": (12957298.073, 4852686.861),
    "EPSG:32650": (448492.711, 4417800.115),
}
in_china = st.tuples(st.floats(72.1, 137.7), st.floats(1.0, 55.7))
in_beijing = st.tuples(st.floats(115.4, 117.5), st.floats(39.4, 41.1))


def pair(point: tuple[float, float]) -> tuple[datums.Floats, datums.Floats]:
    return np.array([point[0]]), np.array([point[1]])


@pytest.mark.parametrize("place", VECTORS)
def test_the_published_vectors_hold_in_both_directions(place: str) -> None:
    wgs, gcj, bd = VECTORS[place]

    np.testing.assert_allclose(np.ravel(datums.gcj02_from_wgs84(*pair(wgs))), gcj, atol=6e-10)
    np.testing.assert_allclose(np.ravel(datums.bd09_from_gcj02(*pair(gcj))), bd, atol=1.2e-9)
    np.testing.assert_allclose(np.ravel(datums.bd09_from_wgs84(*pair(wgs))), bd, atol=1.2e-9)
    np.testing.assert_allclose(np.ravel(datums.to_wgs84(*pair(gcj), "gcj02")), wgs, atol=1.2e-9)
    np.testing.assert_allclose(np.ravel(datums.to_wgs84(*pair(bd), "bd09")), wgs, atol=1.6e-9)


def test_the_exact_inverse_of_bd09_is_met_and_not_the_closed_form() -> None:
    gcj = np.ravel(datums.gcj02_from_bd09(*pair((116.404, 39.915))))

    np.testing.assert_allclose(gcj, [116.397627087857, 39.908656339478], atol=1e-11)


def test_a_point_of_a_national_map_moves_by_half_a_kilometre() -> None:
    lon, lat = datums.to_wgs84(*pair((116.3975, 39.906846)), "gcj02")

    np.testing.assert_allclose([lon[0], lat[0]], [116.391259, 39.905445], atol=1e-6)
    assert 555 < distance_m(lon, lat, *pair((116.3975, 39.906846)))[0] < 557


@pytest.mark.parametrize("datum", PROJECTED)
def test_projected_systems_give_longitude_first(datum: str) -> None:
    lon, lat = datums.to_wgs84(*pair(PROJECTED[datum]), datum)

    np.testing.assert_allclose([lon[0], lat[0]], [116.397389, 39.908722], atol=1e-8)


@given(in_china)
def test_there_and_back_through_gcj02_is_within_a_billionth_of_a_degree(
    point: tuple[float, float],
) -> None:
    back = datums.wgs84_from_gcj02(*datums.gcj02_from_wgs84(*pair(point)))

    np.testing.assert_allclose(np.ravel(back), point, rtol=0, atol=1e-9)


@given(in_china)
def test_there_and_back_through_bd09_is_within_a_billionth_of_a_degree(
    point: tuple[float, float],
) -> None:
    back = datums.wgs84_from_bd09(*datums.bd09_from_wgs84(*pair(point)))

    np.testing.assert_allclose(np.ravel(back), point, rtol=0, atol=1e-9)


@given(in_beijing)
def test_in_beijing_gcj02_lies_half_a_kilometre_east_and_north(point: tuple[float, float]) -> None:
    lon, lat = datums.gcj02_from_wgs84(*pair(point))

    assert lon[0] > point[0]
    assert 450 < distance_m(lon, lat, *pair(point))[0] < 650


@pytest.mark.parametrize("point", [(2.35, 48.85), (-118.24, 34.05), (0.0, 0.0), (180.0, -90.0)])
def test_outside_of_china_gcj02_is_wgs84(point: tuple[float, float]) -> None:
    assert np.ravel(datums.gcj02_from_wgs84(*pair(point))).tolist() == list(point)
    assert np.ravel(datums.wgs84_from_gcj02(*pair(point))).tolist() == list(point)


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4548", "EPSG:4490"])
def test_what_is_no_number_stays_none_and_an_empty_column_stays_empty(datum: str) -> None:
    lon, lat = datums.to_wgs84(np.array([np.nan, 116.4]), np.array([39.9, np.nan]), datum)
    none_lon, none_lat = datums.to_wgs84(np.array([]), np.array([]), datum)

    assert np.isnan(lon[0] + lat[0])
    assert np.isnan(lon[1] + lat[1])
    assert none_lon.shape == none_lat.shape == (0,)


@pytest.mark.parametrize("code", [2437, 4214, 2345, 4610, 4555])
def test_a_datum_whose_shift_is_not_public_is_refused_with_its_name(code: int) -> None:
    with pytest.raises(InputError, match=r"datum EPSG:\d+ stands on (Beijing|Xian|New Beijing)"):
        datums.check_datum(f"EPSG:{code}")


@pytest.mark.parametrize("name", ["", "gps", "EPSG:", "EPSG:999999", "EPSG:5773", "wgs 72"])
def test_an_unknown_datum_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="datum"):
        datums.check_datum(name)


def test_names_of_datums_may_be_written_as_people_do() -> None:
    given_names = ["WGS84", "GCJ-02", "bd_09", "CGCS 2000", "epsg:4490"]

    assert [datums.check_datum(n) for n in given_names] == [
        "wgs84",
        "gcj02",
        "bd09",
        "cgcs2000",
        "EPSG:4490",
    ]


def test_a_swapped_pair_is_told_from_a_good_one() -> None:
    lon = np.array([116.4, 39.9, np.nan, np.inf, 180.0])
    lat = np.array([39.9, 116.4, 39.9, 0.0, -90.0])

    assert datums.in_range(lon, lat).tolist() == [True, False, False, False, True]
    assert datums.range_fault(39.9045, 116.4075) == "latitude out of range"
    assert datums.range_fault(500000.0, 39.9) == "longitude out of range"
    assert datums.range_fault(float("nan"), 39.9) == "longitude out of range"
    assert datums.range_fault(116.4, 39.9) is None


@pytest.mark.parametrize("datum", PROJECTED)
def test_a_position_is_written_in_projected_systems(datum: str) -> None:
    found = datums.from_wgs84(*pair((116.397389, 39.908722)), datum)

    np.testing.assert_allclose(np.ravel(found), PROJECTED[datum], atol=6e-4)


@pytest.mark.parametrize("datum", ["gcj02", "bd09", "cgcs2000", "EPSG:4490", *PROJECTED])
@given(in_beijing)
def test_writing_undoes_reading(datum: str, point: tuple[float, float]) -> None:
    back = datums.to_wgs84(*datums.from_wgs84(*pair(point), datum), datum)

    np.testing.assert_allclose(np.ravel(back), point, rtol=0, atol=1e-9)


def test_a_thousand_points_of_beijing_come_back_within_a_centimetre() -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(115.4, 117.6, 1_000), rng.uniform(39.4, 41.1, 1_000)
    there = datums.gcj02_from_wgs84(lon, lat)

    assert distance_m(*datums.wgs84_from_gcj02(*there), lon, lat).max() < 0.01
    # Which of the two is which: GCJ-02 lies east and, nearly everywhere here, north of WGS84.
    assert (there[0] > lon).all()
    assert np.mean(there[1] > lat) > 0.9


def test_a_shift_applied_twice_is_another_half_kilometre() -> None:
    once = datums.gcj02_from_wgs84(*pair((116.3975, 39.9087)))
    twice = datums.gcj02_from_wgs84(*once)

    assert 500 < distance_m(*once, *twice)[0] < 620

"""Every way of writing a point, in every place, is told from 500 points and read exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appeals.angles import coordinate
from geo import datums
from geo.formats import MIN_ROWS, PLAIN, Box, Notation, range_faults, read, recognise
from geo.measure import distance_m

# Boxes of cities, one in each corner of the country; the first four cross or touch a zone's edge.
CITIES: dict[str, Box] = {
    "北京": (115.4, 39.4, 117.6, 41.1),
    "上海": (120.8, 30.6, 122.2, 31.9),
    "宜昌": (110.2, 29.9, 112.1, 31.6),
    "乌鲁木齐": (86.6, 42.8, 88.9, 44.9),
    "深圳": (113.7, 22.4, 114.7, 22.9),
    "三亚": (108.9, 18.1, 109.8, 18.6),
    "拉萨": (90.7, 29.4, 91.6, 30.2),
    "黑河": (124.7, 47.7, 129.3, 51.0),
}
PLACES = {**CITIES, "洛杉矶": (-118.7, 33.7, -118.1, 34.4)}
DEGREES = ("wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4490")


def points(box: Box, seed: int, n: int = 500) -> tuple[datums.Floats, datums.Floats]:
    rng = np.random.default_rng(seed)
    return rng.uniform(box[0], box[2], n), rng.uniform(box[1], box[3], n)


def meridian_of(box: Box, width: int) -> int:
    middle = (box[0] + box[2]) / 2
    return 6 * int(middle // 6) + 3 if width == 6 else 3 * round(middle / 3)


def zone_of(meridian: int, width: int) -> int:
    return (meridian + 3) // 6 if width == 6 else meridian // 3


def cgcs_code(meridian: int, width: int, zone: bool) -> str:
    """EPSG codes of CGCS2000: 4491, 4502 (6 degrees), 4513, 4534 (3 degrees)."""
    if width == 6:
        return f"EPSG:{(4491 if zone else 4502) + (meridian - 75) // 6}"
    return f"EPSG:{(4513 if zone else 4534) + (meridian - 75) // 3}"


def exactly(
    notation: Notation, x: datums.Floats, y: datums.Floats, datum: str,
    lon: datums.Floats, lat: datums.Floats,
) -> None:  # fmt: skip
    found = datums.to_wgs84(*read(notation, x, y, datum), datum)

    np.testing.assert_allclose(found[0], lon, rtol=0, atol=1e-8)
    np.testing.assert_allclose(found[1], lat, rtol=0, atol=1e-8)


seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=5, deadline=None)


@pytest.mark.parametrize("datum", DEGREES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("swapped", [False, True])
@few
@given(seed=seeds)
def test_degrees_are_told_straight_and_swapped(
    place: str, datum: str, swapped: bool, seed: int
) -> None:
    lon, lat = points(PLACES[place], seed)
    x, y = datums.from_wgs84(lon, lat, datum)
    if swapped:
        x, y = y, x

    notation = recognise(x, y, datum, PLACES[place])

    assert notation == Notation(swapped=swapped)
    exactly(notation, x, y, datum, lon, lat)
    assert recognise(x, y, datum, None) == notation  # without any box, from the ranges alone


@pytest.mark.parametrize("datum", DEGREES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("swapped", [False, True])
@few
@given(seed=seeds)
def test_millionths_of_a_degree_are_told(place: str, datum: str, swapped: bool, seed: int) -> None:
    lon, lat = points(PLACES[place], seed)
    x, y = (np.rint(axis * 1e6) for axis in datums.from_wgs84(lon, lat, datum))
    if swapped:
        x, y = y, x

    notation = recognise(x, y, datum, PLACES[place])

    assert notation == Notation("millionths", swapped)
    found = datums.to_wgs84(*read(notation, x, y, datum), datum)
    np.testing.assert_allclose(found, (lon, lat), rtol=0, atol=6e-7)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize(
    "form", ["东经{0}度{1}分{2:.6f}秒", "{0}°{1}'{2:.6f}\"E", "{0}:{1}:{2:.6f}"]
)
@pytest.mark.parametrize("swapped", [False, True])
def test_degrees_with_minutes_and_seconds_are_told(place: str, form: str, swapped: bool) -> None:
    lon, lat = points(PLACES[place], 7)
    if "东经" in form or form.endswith("E"):
        lon = np.abs(lon)  # the forms name the eastern side

    def written(value: float, form: str) -> str:
        whole = round(abs(value) * 3_600_000_000)  # millionths of a second
        d, rest = divmod(whole, 3_600_000_000)
        text = form.format(d, rest // 60_000_000, rest % 60_000_000 / 1e6)
        return "-" + text if value < 0 else text

    cells = [
        [written(value, form) for value in lon],
        [written(value, form.replace("东经", "北纬").replace("E", "N")) for value in lat],
    ]
    if swapped:
        cells.reverse()
    found = [[coordinate(cell) for cell in column] for column in cells]
    x, y = (np.array([angle.value for angle in column if angle]) for column in found)
    box = (float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max()))

    notation = recognise(x, y, "wgs84", box)

    assert notation == Notation(swapped=swapped)
    exactly(notation, x, y, "wgs84", lon, lat)
    if "东经" in form or form.endswith("E"):
        axes = {angle.axis for angle in found[0] if angle}
        assert axes == {"lat" if swapped else "lon"}  # and single rows say it themselves


@pytest.mark.parametrize("datum", ["wgs84", "cgcs2000", "gcj02"])
@pytest.mark.parametrize("place", CITIES)
@pytest.mark.parametrize("swapped", [False, True])
@few
@given(seed=seeds)
def test_web_mercator_is_told_under_any_datum_of_degrees(
    place: str, datum: str, swapped: bool, seed: int
) -> None:
    lon, lat = points(CITIES[place], seed)
    x, y = datums.from_wgs84(*datums.from_wgs84(lon, lat, datum), "EPSG:3857")
    if swapped:
        x, y = y, x

    notation = recognise(x, y, datum, CITIES[place])

    assert notation == Notation("mercator", swapped)
    exactly(notation, x, y, datum, lon, lat)


@pytest.mark.parametrize("width", [3, 6])
@pytest.mark.parametrize("place", CITIES)
@pytest.mark.parametrize("swapped", [False, True])
@few
@given(seed=seeds)
def test_the_zone_before_an_easting_tells_its_meridian(
    place: str, width: int, swapped: bool, seed: int
) -> None:
    lon, lat = points(CITIES[place], seed)
    x, y = np.empty(500), np.empty(500)
    # Each point in its own zone: a city on an edge has two in one file.
    zones = 3 * np.rint(lon / 3) if width == 3 else 6 * np.floor(lon / 6) + 3
    for meridian in np.unique(zones):
        mine = zones == meridian
        code = cgcs_code(int(meridian), width, zone=True)
        x[mine], y[mine] = datums.from_wgs84(lon[mine], lat[mine], code)
    if swapped:
        x, y = y, x

    notation = recognise(x, y, "cgcs2000", CITIES[place])

    assert notation == Notation("zones", swapped)
    exactly(notation, x, y, "cgcs2000", lon, lat)


@pytest.mark.parametrize("place", CITIES)
@pytest.mark.parametrize("swapped", [False, True])
@few
@given(seed=seeds)
def test_without_a_zone_the_jurisdiction_tells_the_meridian(
    place: str, swapped: bool, seed: int
) -> None:
    lon, lat = points(CITIES[place], seed)
    meridian = meridian_of(CITIES[place], 3)
    x, y = datums.from_wgs84(lon, lat, cgcs_code(meridian, 3, zone=False))
    if swapped:
        x, y = y, x

    notation = recognise(x, y, "cgcs2000", CITIES[place])

    assert notation == Notation("meridian", swapped, meridian)
    exactly(notation, x, y, "cgcs2000", lon, lat)
    assert recognise(x, y, "cgcs2000", None) == PLAIN  # many meridians would do
    assert recognise(x, y, "wgs84", CITIES[place]) == PLAIN  # may be UTM: its code is asked for


@pytest.mark.parametrize("zone", [False, True])
@pytest.mark.parametrize("width", [3, 6])
@pytest.mark.parametrize("place", CITIES)
@pytest.mark.parametrize("swapped", [False, True])
@few
@given(seed=seeds)
def test_a_declared_plane_is_read_with_and_without_its_zone(
    place: str, width: int, zone: bool, swapped: bool, seed: int
) -> None:
    lon, lat = points(CITIES[place], seed)
    meridian = meridian_of(CITIES[place], width)
    declared = cgcs_code(meridian, width, zone)
    other = cgcs_code(meridian, width, not zone)
    for written, kind in ((declared, "plain"), (other, "no zone" if zone else "with zone")):
        x, y = datums.from_wgs84(lon, lat, written)
        if swapped:
            x, y = y, x

        notation = recognise(x, y, declared, CITIES[place])

        assert notation == Notation(kind, swapped)
        exactly(notation, x, y, declared, lon, lat)


@pytest.mark.parametrize("code", ["EPSG:4527", "EPSG:4548", "EPSG:32650"])
def test_a_declared_plane_needs_no_box(code: str) -> None:
    lon, lat = points(CITIES["北京"], 3)
    x, y = datums.from_wgs84(lon, lat, code)

    assert recognise(x, y, code, None) == PLAIN
    assert recognise(y, x, code, None) == Notation(swapped=True)


def test_utm_under_a_code_of_gauss_kruger_is_1770_metres_off_and_nothing_tells_it() -> None:
    lon, lat = points(CITIES["北京"], 5)
    x, y = datums.from_wgs84(lon, lat, "EPSG:32650")

    assert recognise(x, y, "EPSG:4548", CITIES["北京"]) == PLAIN
    off_m = distance_m(*datums.to_wgs84(x, y, "EPSG:4548"), lon, lat)
    assert np.median(off_m) == pytest.approx(1770, abs=20)


def test_another_meridian_under_a_declared_code_is_left_to_the_box() -> None:
    lon, lat = points(CITIES["北京"], 5)
    x, y = datums.from_wgs84(lon, lat, "EPSG:4547")  # of 114 degrees

    assert recognise(x, y, "EPSG:4548", CITIES["北京"]) == PLAIN
    assert datums.to_wgs84(x, y, "EPSG:4548")[0].min() > CITIES["北京"][2]


def test_single_mistakes_do_not_turn_a_column() -> None:
    lon, lat = points(CITIES["北京"], 11, 100)
    x, y = lon.copy(), lat.copy()
    x[:40], y[:40] = lat[:40], lon[:40]
    x[40:45] = np.nan

    assert recognise(x, y, "wgs84", CITIES["北京"]) == PLAIN
    assert recognise(lat[:MIN_ROWS], lon[:MIN_ROWS], "wgs84", None).swapped
    assert recognise(lat[: MIN_ROWS - 1], lon[: MIN_ROWS - 1], "wgs84", None) == PLAIN
    assert recognise(np.array([]), np.array([]), "wgs84", None) == PLAIN


@given(st.lists(st.tuples(st.floats(), st.floats()), max_size=50))
def test_numbers_of_no_sense_are_left_as_they_are(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs, dtype=np.float64).reshape(-1, 2).T

    for datum in ("wgs84", "cgcs2000", "EPSG:4548"):
        notation = recognise(x, y, datum, CITIES["北京"])
        east, north = read(notation, x, y, datum)
        assert east.shape == north.shape == x.shape
    assert set(range_faults(x, y, "EPSG:4548")) == set()


def test_a_swapped_row_is_a_fault_of_its_own() -> None:
    x = np.array([116.4, 39.9045, 116_397_389.0, 448_472.1, 216.3, np.nan])
    y = np.array([39.9, 116.4075, 39_908_722.0, 4_419_567.9, 39.9, 39.9])

    faults = range_faults(x, y, "wgs84")

    assert set(faults) == {1, 2, 3, 4, 5}
    swapped = "latitude out of range (-90 to 90 degrees): longitude and latitude look swapped"
    assert faults[1] == ("lat", swapped)
    assert "millionths of a degree" in faults[2][1]
    assert "metres" in faults[3][1]
    assert faults[4] == ("lon", "longitude out of range (-180 to 180 degrees)")

"""A wrong datum is told by each witness alone, a right one is never doubted, doubt is said."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.datums import Floats, from_wgs84, to_wgs84
from geo.suspicion import Verdict, conclude, judge, mirrored, readings
from geo.witnesses import MIN_NAMED, MIN_POINTS, Surroundings, in_units

DEGREES = ("wgs84", "gcj02", "bd09")
PAIRS = [(truth, declared) for truth in DEGREES for declared in DEGREES]
M_DEG = 1 / 111_195
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=10, deadline=None)


def city(rng: np.random.Generator, n: int) -> tuple[Floats, Floats]:
    """Points of a town, denser in its middle."""
    return 116.3 + rng.normal(0, 0.08, n), 39.9 + rng.normal(0, 0.06, n)


def shaken(
    rng: np.random.Generator, lon: Floats, lat: Floats, by_m: float
) -> tuple[Floats, Floats]:
    east, north = rng.normal(0, by_m, (2, len(lon)))
    return lon + east * M_DEG / np.cos(np.radians(lat)), lat + north * M_DEG


def beside_of(lon: Floats, lat: Floats) -> Surroundings:
    return Surroundings.build(np.asarray(shapely.points(lon, lat)))


def as_read(
    lon: Floats, lat: Floats, truth: str, declared: str
) -> dict[str, tuple[Floats, Floats]]:
    """Write true positions in one datum and read them in another."""
    return readings(*to_wgs84(*from_wgs84(lon, lat, truth), declared), declared)


def must_be(verdict: Verdict, truth: str, declared: str) -> None:
    assert verdict.looks_like == truth
    assert verdict.state == ("agrees" if truth == declared else "suspect")
    assert verdict.suspect is (truth != declared)
    assert verdict.declared == declared


@pytest.mark.parametrize(("truth", "declared"), PAIRS)
@few
@given(seed=seeds)
def test_thirty_named_places_tell_it_though_each_is_off(
    truth: str, declared: str, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    lon, lat = city(rng, 30)
    named = shaken(rng, lon, lat, 150)
    named[0][:3] += 0.05  # some are another place of the same name

    verdict = judge(as_read(lon, lat, truth, declared), named=(np.arange(30), *named))

    must_be(verdict, truth, declared)
    figures = verdict.witnesses[0].figures
    assert figures[truth]["offset_m"] < 200 < figures[truth]["residual_m"] * 2
    assert all(values["offset_m"] > 300 for name, values in figures.items() if name != truth)


@pytest.mark.parametrize(("truth", "declared"), PAIRS)
@few
@given(seed=seeds)
def test_stated_units_tell_it(truth: str, declared: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    lon, lat = city(rng, 400)
    west, south = np.floor(lon / 0.02) * 0.02, np.floor(lat / 0.02) * 0.02
    units = shapely.box(west, south, west + 0.02, south + 0.02)

    verdict = judge(as_read(lon, lat, truth, declared), stated=(np.arange(400), units))

    must_be(verdict, truth, declared)
    assert verdict.witnesses[0].figures[truth]["share"] == 1.0


@pytest.mark.parametrize(("truth", "declared"), PAIRS)
@few
@given(seed=seeds)
def test_coincidence_with_known_places_tells_it(truth: str, declared: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    known = city(rng, 2_000)
    some = rng.choice(2_000, 150, replace=False)
    lon, lat = shaken(rng, known[0][some], known[1][some], 15)
    strange = city(rng, 100)  # and as many that lie at nothing
    lon, lat = np.append(lon, strange[0]), np.append(lat, strange[1])
    beside = beside_of(*known)

    verdict = judge(as_read(lon, lat, truth, declared), known=beside)

    must_be(verdict, truth, declared)


@pytest.mark.parametrize(("wide_deg", "crowd_deg"), [(0.006, 0.006), (0.03, 0.03), (0.03, 0.006)])
@few
@given(seed=seeds)
def test_a_crowd_of_places_that_have_nothing_to_do_with_the_points_says_nothing(
    wide_deg: float, crowd_deg: float, seed: int
) -> None:
    # The points lie east of the crowd: read as GCJ-02 they would move into it.
    rng = np.random.default_rng(seed)
    dense = 116.40 + rng.normal(0, crowd_deg, 3_000), 39.9 + rng.normal(0, crowd_deg, 3_000)
    lon, lat = 116.405 + rng.normal(0, wide_deg, 400), 39.9 + rng.normal(0, wide_deg, 400)

    verdict = judge(readings(lon, lat, "wgs84"), known=beside_of(*dense))

    assert verdict.state == "unknown"


def test_half_a_batch_in_another_datum_is_not_taken_for_the_whole() -> None:
    rng = np.random.default_rng(4)
    known = city(rng, 2_000)
    lon, lat = known[0][:400].copy(), known[1][:400].copy()
    lon[:200], lat[:200] = from_wgs84(lon[:200], lat[:200], "gcj02")
    beside = beside_of(*known)

    verdict = judge(readings(lon, lat, "wgs84"), known=beside)

    assert verdict.state == "unknown"
    figures = verdict.witnesses[0].figures
    assert figures["wgs84"]["sharpness"] > 3
    assert figures["gcj02"]["sharpness"] > 3


def test_witnesses_that_contradict_each_other_divide() -> None:
    rng = np.random.default_rng(5)
    lon, lat = city(rng, 200)
    wrong_places = to_wgs84(lon, lat, "gcj02")  # a gazetteer of WGS84 declared as GCJ-02
    west, south = np.floor(lon / 0.02) * 0.02, np.floor(lat / 0.02) * 0.02
    units = shapely.box(west, south, west + 0.02, south + 0.02)
    every = np.arange(200)

    verdict = judge(
        readings(lon, lat, "wgs84"), named=(every, *wrong_places), stated=(every, units)
    )

    assert verdict.state == "divided"
    assert not verdict.suspect
    assert "divided" in verdict.line()


def test_too_few_points_are_heard_and_decide_nothing() -> None:
    rng = np.random.default_rng(6)
    lon, lat = city(rng, MIN_NAMED - 1)
    every = as_read(lon, lat, "gcj02", "wgs84")

    verdict = judge(every, named=(np.arange(len(lon)), lon, lat))
    assert (verdict.state, verdict.looks_like) == ("unknown", "gcj02")

    four = {name: (at[0][:4], at[1][:4]) for name, at in every.items()}
    assert judge(four, named=(np.arange(4), lon[:4], lat[:4])).witnesses == ()
    units = np.full(MIN_POINTS - 1, shapely.box(110, 30, 120, 45), dtype=object)
    assert in_units({"wgs84": (lon, lat)}, units[: len(lon)]) is None
    nothing = np.array([])
    assert judge(readings(nothing, nothing, "bd09")).state == "unknown"


def test_outside_of_china_gcj02_is_wgs84_and_is_said_to_be() -> None:
    rng = np.random.default_rng(7)
    lon, lat = -118.2 + rng.normal(0, 0.1, 100), 34.0 + rng.normal(0, 0.1, 100)

    verdict = judge(readings(lon, lat, "wgs84"), named=(np.arange(100), lon, lat))

    assert verdict.same == ("gcj02",)
    assert verdict.state == "agrees"
    assert set(verdict.witnesses[0].figures) == {"wgs84", "bd09"}


@pytest.mark.parametrize(
    ("truth", "declared"),
    [
        ("EPSG:32650", "EPSG:4548"),
        ("EPSG:4548", "EPSG:32650"),
        ("EPSG:32650", "EPSG:4527"),
        ("EPSG:4548", "EPSG:4548"),
        ("EPSG:4527", "EPSG:4527"),
    ],
)
def test_utm_read_as_gauss_kruger_is_told_by_names_alone(truth: str, declared: str) -> None:
    rng = np.random.default_rng(8)
    lon, lat = city(rng, 40)
    x, y = from_wgs84(lon, lat, truth)
    if declared == "EPSG:4527" != truth:
        x = x + 39e6

    verdict = judge(
        readings(*to_wgs84(x, y, declared), declared),
        named=(np.arange(40), *shaken(rng, lon, lat, 150)),
    )

    must_be(verdict, truth, declared)


def test_degrees_shifted_before_they_were_projected_are_told() -> None:
    rng = np.random.default_rng(9)
    lon, lat = city(rng, 40)
    x, y = from_wgs84(*from_wgs84(lon, lat, "gcj02"), "EPSG:4548")

    verdict = judge(
        readings(*to_wgs84(x, y, "EPSG:4548"), "EPSG:4548"), named=(np.arange(40), lon, lat)
    )

    assert (verdict.state, verdict.looks_like) == ("suspect", "gcj02")


@pytest.mark.parametrize(("truth", "declared"), PAIRS)
def test_known_places_tell_the_datum_of_a_layer(truth: str, declared: str) -> None:
    rng = np.random.default_rng(10)
    lon, lat = city(rng, 500)
    west, south = np.floor(lon / 0.02) * 0.02, np.floor(lat / 0.02) * 0.02
    true_units = shapely.box(west, south, west + 0.02, south + 0.02)

    def move(at: Floats) -> Floats:
        raw = from_wgs84(at[:, 0], at[:, 1], truth)
        return np.column_stack(to_wgs84(*raw, declared))

    as_read_layer = shapely.transform(true_units, move)

    witness = in_units(mirrored(lon, lat, declared), as_read_layer)

    assert witness is not None
    must_be(conclude(declared, [witness]), truth, declared)


def test_parameters_of_a_surveying_office_are_in_no_verdict() -> None:
    rng = np.random.default_rng(11)
    lon, lat = city(rng, 40)
    datum = "EPSG:2436 +towgs84=15.8,-154.4,-82.3"

    verdict = judge(readings(lon, lat, datum), named=(np.arange(40), lon, lat))

    assert verdict.declared == "EPSG:2436 +towgs84"
    assert "154.4" not in verdict.line() + str(verdict.as_data())

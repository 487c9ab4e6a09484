from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from geo.cells import cell, disk
from hotspots.discoveries import two_sided
from hotspots.getis_ord import Window, getis_ord
from hotspots.neighbours import neighbours
from hotspots.trend import mann_kendall

WINDOWS: tuple[Window, ...] = ("within", "slice", "neighborhood", "cube")


def contiguous(shapes: gpd.GeoSeries) -> sparse.csr_array:
    """Queen contiguity with the places themselves."""
    one, other = shapes.sindex.query(shapes, predicate="intersects")
    return sparse.csr_array((np.ones(len(one)), (one, other)), shape=(len(shapes),) * 2)


def line(n: int) -> sparse.csr_array:
    return neighbours(np.arange(n), lambda place: [place - 1, place + 1]).with_self()


def test_six_points_have_the_scores_that_esda_documents() -> None:
    # Docstring of esda.getisord.G_Local: six points, distance band 15, binary weights with self.
    points = np.array([[10, 10], [20, 10], [40, 10], [15, 20], [30, 20], [30, 30]])
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    weights = sparse.csr_array((apart <= 15).astype(float))
    y = np.array([[2, 3, 3.2, 5, 8, 7]]).T

    expected = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    np.testing.assert_allclose(getis_ord(y, weights)[:, 0], expected, atol=5e-9)


def test_tracts_of_boston_have_the_scores_of_spdep(data: Path) -> None:
    # R spdep 1.2-7, localG, queen contiguity with self, guns of 2019.
    tracts = gpd.read_file(data / "boston_tracts.geojson")
    expected = pd.read_csv(data / "boston_spdep_localG_2019.csv", dtype={"id": str})
    ids = pd.Index(tracts["region_id"].astype(str))
    row = expected.set_index("id").loc[ids]
    z = getis_ord(row[["value2019"]].to_numpy(), contiguous(tracts.geometry))[:, 0]

    np.testing.assert_allclose(z, row["Gstar_B"], atol=1e-12)


def test_departements_of_guerry_have_the_scores_of_spdep(data: Path) -> None:
    # R spdep 1.2-7, localG, donations (Guerry 1833).
    shapes = gpd.read_file(data / "guerry.geojson")
    expected = pd.read_csv(data / "guerry_spdep_localG.csv").set_index("dept")
    row = expected.loc[pd.Index(shapes["code_dept"].astype(int))]
    z = getis_ord(row[["donations"]].to_numpy(), contiguous(shapes.geometry))[:, 0]

    np.testing.assert_allclose(z, row["Gstar_B"], atol=1e-12)


def test_trends_of_boston_are_those_that_sfdep_publishes(data: Path) -> None:
    # R sfdep, reference page of emerging_hotspot_analysis: lag 1, moments of each slice.
    tracts = gpd.read_file(data / "boston_tracts.geojson")
    guns = pd.read_csv(data / "boston_guns_2010_2019.csv", dtype={"region_id": str})
    expected = pd.read_csv(data / "boston_sfdep_expected.csv", dtype={"region_id": str})
    ids = pd.Index(tracts["region_id"].astype(str))
    cube = guns.pivot_table(index="region_id", columns="year", values="value").loc[ids].to_numpy()
    of = mann_kendall(getis_ord(cube, contiguous(tracts.geometry), lags=1, window="slice"))
    row = expected.set_index("region_id").loc[ids]

    np.testing.assert_allclose(of.tau, row["tau"], atol=3e-8)
    np.testing.assert_allclose(of.p, row["p"], atol=1e-6)


@given(st.integers(0, 2**32 - 1), st.sampled_from(WINDOWS), st.integers(0, 2))
def test_scores_do_not_hang_on_unit_level_or_order_of_the_places(
    seed: int, window: Window, lags: int
) -> None:
    chance = np.random.default_rng(seed)
    counts, weights = chance.poisson(2.0, (12, 5)).astype(float), line(12)
    z = getis_ord(counts, weights, lags=lags, window=window)
    order = chance.permutation(12)

    scaled = getis_ord(3.7 * counts + 11, weights, lags=lags, window=window)
    np.testing.assert_allclose(scaled, z, atol=1e-9)
    moved = getis_ord(counts[order], weights[order][:, order], lags=lags, window=window)
    np.testing.assert_allclose(moved, z[order], atol=1e-9)


@given(st.integers(0, 2**32 - 1), st.sampled_from(WINDOWS))
def test_row_standardised_weights_give_the_scores_of_binary_ones(seed: int, window: Window) -> None:
    counts = np.random.default_rng(seed).poisson(2.0, (9, 4))
    weights = line(9)
    standard = sparse.csr_array(sparse.diags_array(1 / weights.sum(axis=1)) @ weights)

    z = getis_ord(counts, weights, lags=1, window=window)
    np.testing.assert_allclose(getis_ord(counts, standard, lags=1, window=window), z, atol=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(0, 5), st.integers(2, 20))
def test_a_period_that_is_busy_everywhere_changes_nothing_within(
    seed: int, period: int, factor: int
) -> None:
    counts = np.random.default_rng(seed).poisson(2.0, (10, 6))
    busy = counts.copy()
    busy[:, period] *= factor

    np.testing.assert_allclose(getis_ord(busy, line(10)), getis_ord(counts, line(10)), atol=1e-9)


@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_windows_are_the_sums_written_out(seed: int, lags: int) -> None:
    # One by one, after the formula, for the cube and the neighborhood window.
    counts, weights = np.random.default_rng(seed).poisson(3.0, (7, 5)).astype(float), line(7)
    dense = weights.toarray()
    for window in ("cube", "neighborhood"):
        z = getis_ord(counts, weights, lags=lags, window=window)
        for t in range(5):
            steps = range(max(t - lags, 0), t + 1)
            bins = counts if window == "cube" else counts[:, steps]
            m, s, n = bins.mean(), bins.std(), bins.size
            for i in range(7):
                total = sum(dense[i] @ counts[:, step] for step in steps)
                w, w2 = dense[i].sum() * len(steps), (dense[i] ** 2).sum() * len(steps)
                expected = (total - m * w) / (s * np.sqrt((n * w2 - w**2) / (n - 1)))
                assert z[i, t] == pytest.approx(expected, abs=1e-9)


def test_without_lags_within_and_slice_are_one_and_constants_have_no_score() -> None:
    counts = np.random.default_rng(1).poisson(3.0, (8, 4))
    counts[:, 2] = 5

    z = getis_ord(counts, line(8))
    np.testing.assert_allclose(z, getis_ord(counts, line(8), window="slice"), atol=1e-12)
    assert (z[:, 2] == 0).all()
    assert not getis_ord(np.zeros((8, 4)), line(8), lags=2, window="cube").any()


def test_normal_scores_are_wrong_for_sparse_counts_as_documented() -> None:
    # Poisson noise of mean .02: far more than .05 % lie above 3.29, so evidence is another layer.
    ids = np.array(disk(cell(104.0, 30.6, 9), 40))
    weights = neighbours(ids, lambda one: disk(one, 1)).with_self()
    counts = np.random.default_rng(5).poisson(0.02, (len(ids), 4))
    z = getis_ord(counts, weights)

    assert (z > 3.29).mean() > 0.01
    assert two_sided(z).min() < 1e-4


@pytest.mark.parametrize(
    ("counts", "more"),
    [
        (np.ones(8), {}),
        (np.ones((7, 2)), {}),
        (np.ones((8, 2)), {"lags": -1}),
        (np.ones((8, 2)), {"window": "moon"}),
    ],
)
def test_wrong_calls_of_gi_are_refused(counts: np.ndarray, more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"counts|lags|window"):
        getis_ord(counts, line(8), **more)  # type: ignore[arg-type]

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hotspots.trend import mann_kendall, sen_slope

# pymannkendall 1.4.3; tau-b (it calls tau-a "Tau") as R's Kendall gives it.
PUBLISHED = (
    ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 45, 1.0, 3.93547964, 8.3030703e-05, 1.0),
    ([10, 12, 9, 14, 13, 17, 15, 20, 19, 23, 22, 21], 50, 0.75757576, 3.36005486,
     0.00077926997, 1.29166667),
    ([0, 0, 0, 1, 0, 2, 0, 1, 3, 2, 2, 4], 40, 0.68278874, 2.81948175, 0.00481012658, 0.33333333),
)  # fmt: skip


@pytest.mark.parametrize(("series", "s", "tau", "z", "p", "sen"), PUBLISHED)
def test_three_series_have_their_published_trends(
    series: list[float], s: float, tau: float, z: float, p: float, sen: float
) -> None:
    rows = np.array([series], dtype=float)
    of = mann_kendall(rows)

    assert of.s[0] == s
    np.testing.assert_allclose([of.tau[0], of.z[0]], [tau, z], atol=1e-8)
    assert of.p[0] == pytest.approx(p, rel=1e-6)
    assert sen_slope(rows)[0] == pytest.approx(sen, abs=1e-8)


@given(hnp.arrays(np.float64, (3, 9), elements=st.integers(0, 4)))
def test_tau_is_that_of_scipy_with_any_ties(series: np.ndarray) -> None:
    of = mann_kendall(series)
    for row, tau in zip(series, of.tau, strict=True):
        known = 0.0 if len(set(row)) == 1 else stats.kendalltau(np.arange(9), row).statistic
        assert tau == pytest.approx(known, abs=1e-12)


@given(hnp.arrays(np.float64, (2, 8), elements=st.integers(-9, 9)))
def test_a_series_told_backwards_falls_as_it_rose(series: np.ndarray) -> None:
    of, back = mann_kendall(series), mann_kendall(series[:, ::-1])

    np.testing.assert_allclose(back.z, -of.z)
    np.testing.assert_allclose(sen_slope(series[:, ::-1]), -sen_slope(series))


@given(hnp.arrays(np.float64, (2, 7), elements=st.integers(-50, 50)))
def test_sens_slope_is_that_of_scipy(series: np.ndarray) -> None:
    expected = [stats.theilslopes(row).slope for row in series]

    np.testing.assert_allclose(sen_slope(series), expected, atol=1e-12)


def test_trends_of_chance_are_found_as_often_as_promised() -> None:
    of = mann_kendall(np.random.default_rng(2).normal(size=(3600, 24)))

    assert 0.08 <= (of.p <= 0.10).mean() <= 0.12


def test_a_constant_and_a_single_step_have_no_trend() -> None:
    of = mann_kendall(np.ones((2, 6)))

    assert (of.z == 0).all()
    assert (of.p == 1).all()
    assert np.isnan(sen_slope(np.ones((2, 1)))).all()
    with pytest.raises(ValueError, match="series"):
        mann_kendall(np.ones(3))

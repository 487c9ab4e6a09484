import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hotspots.rates import growth, poisson_interval, rate

counts = st.lists(st.integers(0, 5000), min_size=1, max_size=20)


def test_poisson_intervals_are_the_published_ones() -> None:
    # As every table of exact 95 % limits for a Poisson count prints them.
    published = {0: (0.000, 3.689), 1: (0.025, 5.572), 5: (1.623, 11.668), 20: (12.217, 30.888)}
    low, high = poisson_interval(np.array(list(published)))

    np.testing.assert_allclose(low, [bounds[0] for bounds in published.values()], atol=6e-4)
    np.testing.assert_allclose(high, [bounds[1] for bounds in published.values()], atol=6e-4)


@given(counts)
def test_poisson_bounds_leave_half_the_error_on_each_side(n: list[int]) -> None:
    count = np.array(n)
    low, high = poisson_interval(count)
    some = count > 0

    np.testing.assert_allclose(stats.poisson.sf(count[some] - 1, low[some]), 0.025, rtol=1e-6)
    np.testing.assert_allclose(stats.poisson.cdf(count, high), 0.025, rtol=1e-6)


def test_growth_intervals_agree_with_the_exact_binomial_test_of_scipy() -> None:
    now, before = np.array([0, 7, 30, 250]), np.array([25, 20, 31, 200])
    ours = growth(now, before)

    for i in range(4):
        exact = stats.binomtest(int(now[i]), int(now[i] + before[i])).proportion_ci(0.95, "exact")
        assert ours.low[i] == pytest.approx(exact.low / (1 - exact.low) - 1, abs=1e-9)
        assert ours.high[i] == pytest.approx(exact.high / (1 - exact.high) - 1, abs=1e-9)


@given(st.integers(0, 3000), st.integers(20, 3000))
def test_a_growth_lies_inside_its_interval(now: int, before: int) -> None:
    of = growth(np.array([now]), np.array([before]))

    assert of.low[0] <= of.value[0] <= of.high[0]


@given(st.integers(0, 3000), st.integers(0, 19))
def test_a_base_under_twenty_gives_no_percentage(now: int, before: int) -> None:
    of = growth(np.array([now]), np.array([before]))

    assert np.isnan([of.value[0], of.low[0], of.high[0]]).all()
    assert not of.excludes(0).any()


def test_steady_counts_are_called_growth_no_oftener_than_promised() -> None:
    rng = np.random.default_rng(3)
    months = rng.poisson(60, (2, 20_000))

    assert growth(months[0], months[1]).excludes(0).mean() < 0.05


def test_a_rate_without_households_is_unknown_not_infinite() -> None:
    of = rate(np.array([5, 5, 5]), np.array([0.0, np.nan, 500.0]))

    assert np.isnan(of.value).tolist() == [True, True, False]
    assert of.value[2] == 10
    assert of.low[2] < 10 < of.high[2]


@pytest.mark.parametrize("coverage", [0, 1, -0.1, 95])
def test_a_coverage_that_is_no_probability_is_refused(coverage: float) -> None:
    with pytest.raises(ValueError, match="coverage"):
        growth(np.array([1]), np.array([30]), coverage=coverage)


def test_a_negative_count_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        poisson_interval(np.array([3, -1]))

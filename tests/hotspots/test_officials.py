"""The figures that officials read: steady rates, funnel, growth, ranks, concentration, accuracy."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from hotspots import funnel
from hotspots.accuracy import accuracy, recapture_rate
from hotspots.concentration import gini, pareto, places_for, theil
from hotspots.ranks import rank_intervals
from hotspots.rates import growth
from hotspots.shrinkage import Rates

counts = hnp.arrays(np.int64, st.integers(1, 30), elements=st.integers(0, 200))


def test_steady_rates_of_carolina_are_those_of_spdep(data: Path) -> None:
    # R spdep 1.2-7: EBest and probmap, sudden infant deaths 1974.
    sids = pd.read_csv(data / "sids_spdep_EBest_probmap.csv")
    n, births = sids["SID74"].to_numpy(np.int64), sids["BIR74"].to_numpy(float)
    spread = Rates.of(n, births)

    assert spread.mean == pytest.approx(0.002021445, abs=1e-9)
    assert spread.variance == pytest.approx(7.692931e-07, abs=1e-12)
    believed = spread.believed(n, births)
    np.testing.assert_allclose(believed.value, sids["eb"], atol=1e-15)
    np.testing.assert_allclose(
        believed.value[:3], [0.001697297331, 0.001705377681, 0.001773087022], atol=1e-12
    )
    expected = births * n.sum() / births.sum()
    np.testing.assert_allclose(funnel.probability(n, expected), sids["pmap"], atol=1e-9)


def test_steady_rates_of_saint_louis_are_those_of_esda(data: Path) -> None:
    homicides = pd.read_csv(data / "stl_hom_eb.csv")
    n, people = homicides["HC7984"].to_numpy(np.int64), homicides["PO7984"].to_numpy(float)

    believed = Rates.of(n, people).believed(n, people).value
    np.testing.assert_allclose(believed, homicides["eb"], atol=1e-15)


def test_intervals_of_steady_rates_hold_the_truth_as_often_as_promised() -> None:
    chance = np.random.default_rng(3)
    base = chance.uniform(5, 60, 4000)
    truth = chance.gamma(4.0, 0.25, 4000)
    n = chance.poisson(truth * base)
    of = Rates.of(n, base).believed(n, base)

    assert np.mean((of.low <= truth) & (truth <= of.high)) == pytest.approx(0.95, abs=0.015)


def test_places_that_differ_by_chance_alone_are_believed_alike() -> None:
    n, base = np.array([5, 5, 5]), np.array([100.0, 100.0, np.nan])
    of = Rates.of(n, base).believed(n, base)

    assert of.value.tolist() == of.low.tolist() == [0.05] * 3
    with pytest.raises(ValueError, match="base"):
        Rates.of(n, np.zeros(3))
    differing = Rates(0.05, 0.0004).believed(n, base)
    assert differing.value[2] == pytest.approx(0.05)  # nothing is known but the spread


def test_limits_of_the_funnel_are_quantiles_of_poisson() -> None:
    low, high = funnel.limits(np.array([20.0, 0.0]))
    assert (low[0], high[0], low[1], high[1]) == (8, 35, 0, 0)
    low, high = funnel.limits(np.array([20.0]), coverage=0.95)
    assert (low[0], high[0]) == (12, 29)


def test_the_dispersion_is_that_of_the_bulk_and_scales_the_scores() -> None:
    chance = np.random.default_rng(5)
    expected = chance.uniform(20, 60, 2000)
    n = chance.poisson(chance.gamma(expected / 2, 2.0))  # variance three times the mean
    n[:40] *= 5
    phi = funnel.dispersion(n, expected)

    assert phi < funnel.dispersion(n, expected, trimmed=0)
    assert 2 < phi < 3.3
    outside = np.abs(funnel.score(n[40:], expected[40:], dispersion=phi)) > 3.09
    assert outside.mean() < 0.02 < (np.abs(funnel.score(n[40:], expected[40:])) > 3.09).mean()
    assert funnel.dispersion(np.array([0]), np.array([0.0])) == 1


def test_growth_has_its_published_intervals_and_widens_with_the_dispersion() -> None:
    of = growth(np.array([30, 60]), np.array([20, 40]))
    np.testing.assert_allclose(of.low, [-0.1758681, -0.01110143], atol=1e-7)
    np.testing.assert_allclose(of.high, [1.78675431, 1.29712248], atol=1e-7)
    wide = growth(np.array([90]), np.array([50]), dispersion=3.0)
    plain = growth(np.array([90]), np.array([50]))
    assert wide.low[0] < 0 < plain.low[0]
    assert wide.value[0] == plain.value[0]
    with pytest.raises(ValueError, match="dispersion"):
        growth(np.array([1]), np.array([1]), dispersion=0.5)


def test_ranks_of_one_month_are_wide_and_of_a_clear_case_sharp() -> None:
    chance = np.random.default_rng(6)
    n = chance.poisson(20, 77)
    n[5] = 400
    of = rank_intervals(n, np.ones(77), chance)

    assert (of.low[5], of.high[5], of.in_worst[5]) == (1, 1, 1)
    assert np.median(of.high - of.low) > 5
    assert of.in_worst.sum() == pytest.approx(10)
    again = [rank_intervals(n, np.ones(77), np.random.default_rng(1)).low for _ in range(2)]
    assert again[0].tolist() == again[1].tolist()


def test_places_alike_have_every_rank() -> None:
    of = rank_intervals(np.full(20, 7), np.ones(20), np.random.default_rng(1))

    assert set(of.low) == {1}
    assert set(of.high) == {20}
    assert set(of.in_worst) == {0.5}


def test_gini_is_right_with_fewer_appeals_than_places() -> None:
    # Bernasco and Steenbeek (2017).
    assert gini(np.array([1, 1, 1] + [0] * 7)) == pytest.approx(0.0)
    assert gini(np.array([3] + [0] * 9)) == pytest.approx(0.6666666667)
    assert gini(np.array([5, 5, 5])) == pytest.approx(0.0)
    assert np.isnan(gini(np.zeros(3, dtype=np.int64)))


@given(counts)
def test_concentration_lies_in_its_bounds_and_its_curve_rises(n: np.ndarray) -> None:
    if not n.sum():
        assert places_for(n) == 0
        return
    curve = pareto(n)
    assert curve[-1] == pytest.approx(1)
    assert -1e-9 <= gini(n) <= 1
    k = places_for(n, 0.5)
    assert curve[k - 1] >= 0.5 - 1e-9
    assert k == 1 or curve[k - 2] < 0.5


@given(counts, st.integers(1, 5))
def test_theils_parts_add_up_to_the_index_of_scipys_entropy(n: np.ndarray, groups: int) -> None:
    of = theil(n, np.arange(len(n)) % groups)
    if not n.sum():
        assert np.isnan(of.total)
        return
    whole = np.log(len(n)) - stats.entropy(n / n.sum())
    assert of.total == pytest.approx(whole, abs=1e-9)
    assert of.between >= -1e-12
    assert of.within >= -1e-9


def test_accuracy_of_chance_is_one_and_of_the_best_places_fully_efficient() -> None:
    chance = np.random.default_rng(2)
    came, area = chance.poisson(chance.gamma(0.5, 4, 4000)).astype(float), np.ones(4000)
    best = came >= np.sort(came)[-200]
    best &= np.cumsum(best) <= 200
    random = np.arange(4000) < 200

    assert accuracy(best, came, area, 4000).pei == pytest.approx(1, abs=0.05)
    assert accuracy(random, came, area, 4000).pai == pytest.approx(1, abs=0.3)
    assert recapture_rate(random, came, came) == pytest.approx(1)
    assert np.isnan(accuracy(np.zeros(4000, dtype=bool), came, area, 4000).pai)
    assert np.isnan(recapture_rate(random, np.zeros(4000), came))

import numpy as np
import pytest

from hotspots.backtest import backtest
from hotspots.neighbours import Neighbours, neighbours

LINE: Neighbours = neighbours(np.arange(200), lambda place: [place - 1, place + 1])


def moving(seed: int, months: int = 30) -> np.ndarray:
    """Counts of places whose risks drift, so that what is recent tells more."""
    chance = np.random.default_rng(seed)
    steps = chance.normal(0, 0.25, (200, months))
    return chance.poisson(np.exp(np.cumsum(steps, axis=1))).astype(float)


def test_recent_counts_foretell_places_that_drift_better_than_plain_ones() -> None:
    of = backtest(moving(1), LINE, np.ones(200))
    difference, error = of.difference()

    assert len(of.layer) == 12
    assert all(one.area_share == pytest.approx(0.05) for one in of.layer)
    assert np.mean([one.pai for one in of.layer]) > 2
    assert difference > -error


def test_a_month_is_foretold_from_those_before_it_only() -> None:
    counts = moving(2)
    other = counts.copy()
    other[:, -1] = counts[::-1, -1]  # the future turned upside down

    of, changed = backtest(counts, LINE, np.ones(200)), backtest(other, LINE, np.ones(200))
    assert of.layer[:-1] == changed.layer[:-1]
    assert of.layer[-1].area_share == changed.layer[-1].area_share
    assert of.layer[-1].hit_rate != changed.layer[-1].hit_rate


def test_a_city_of_a_year_has_nothing_to_foretell_from() -> None:
    of = backtest(moving(3, months=12), LINE, np.ones(200))

    assert of.layer == ()
    assert np.isnan(of.difference()).all()
    assert len(backtest(moving(3, months=15), LINE, np.ones(200)).layer) == 3


def test_the_share_is_of_the_whole_area_where_quiet_places_are_not_listed() -> None:
    of = backtest(moving(4), LINE, np.ones(200), study_m2=400.0)

    assert of.layer[0].area_share == pytest.approx(0.05)
    assert of.layer[0].pai > backtest(moving(4), LINE, np.ones(200)).layer[0].pai

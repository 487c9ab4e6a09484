from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.spatial.distance import pdist

from hotspots.knox import knox, mantel, pairs_within


@pytest.fixture(scope="module")
def burkitt(data: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    cases = pd.read_csv(data / "burkitt.csv")
    x, y, t = (cases[name].to_numpy(float) for name in "xyT")
    return x, y, t


def test_burkitt_has_the_published_pairs(
    burkitt: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    # R surveillance 1.20.3 and pointpats 2.5.5.
    of = knox(pairs_within(*burkitt, 20), 5, np.random.default_rng(1))

    assert of.pairs == 13
    assert of.expected == pytest.approx(10.14382, abs=5e-6)
    assert of.modified == pytest.approx(2.810160427807, abs=1e-9)
    assert 0.15 < of.p < 0.25
    # surveillance prints the probability of more than 13, ours is that of 13 or more.
    more = of.p_poisson - stats.poisson.pmf(13, of.expected)
    assert more == pytest.approx(0.1462456, abs=1e-6)
    assert mantel(*burkitt) == pytest.approx(0.014154341727449, abs=1e-12)


def test_pairs_are_those_of_all_distances() -> None:
    chance = np.random.default_rng(3)
    x, y, t = chance.uniform(0, 1000, (3, 80))
    days = np.floor(t / 30)
    of = knox(pairs_within(x, y, days, 200), 4)
    near = (pdist(np.column_stack([x, y])) <= 200) & (pdist(days[:, None]) <= 4)

    assert of.pairs == near.sum()
    assert np.isnan(of.p)


def test_near_repeats_stand_out_and_pairs_further_apart_do_not() -> None:
    chance = np.random.default_rng(4)
    x, y = chance.uniform(0, 20_000, (2, 1500))
    t = chance.uniform(0, 365, 1500)
    x[:150], y[:150], t[:150] = x[150:300] + 40, y[150:300], t[150:300] + 5
    near = knox(pairs_within(x, y, t, 100), 7)
    far = knox(pairs_within(x, y, t, 1000), 60)

    assert near.pairs > 3 * near.expected
    assert far.pairs - near.pairs == pytest.approx(far.expected - near.expected, rel=0.25)


def test_fewer_than_two_appeals_make_no_pair() -> None:
    of = knox(pairs_within(np.zeros(1), np.zeros(1), np.zeros(1), 10), 5)

    assert (of.pairs, of.expected, of.p_poisson) == (0, 0, 1)

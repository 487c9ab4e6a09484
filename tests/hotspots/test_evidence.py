import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse, stats

from hotspots.discoveries import discoveries
from hotspots.evidence import Expectation, from_base, from_past, tail
from tests.hotspots.test_emerging import square

ALONE = sparse.csr_array(np.eye(1))
SIDE = 80


@pytest.fixture(scope="module")
def board() -> sparse.csr_array:
    return square(SIDE)


@given(st.integers(0, 60), st.floats(0.1, 40), st.floats(0.02, 5))
def test_the_tail_is_that_of_the_negative_binomial_of_scipy(
    n: int, mean: float, excess: float
) -> None:
    size = 1 / excess
    expected = stats.nbinom.sf(n - 1, size, size / (size + mean))
    p = tail(np.array([n]), Expectation(np.array([mean]), excess), ALONE)

    assert p[0] == pytest.approx(expected, rel=1e-8, abs=1e-300)


@given(st.integers(1, 60), st.floats(0.5, 40))
def test_the_tail_becomes_poisson_as_the_excess_goes(n: int, mean: float) -> None:
    poisson = stats.poisson.sf(n - 1, mean)
    at = [tail(np.array([n]), Expectation(np.array([mean]), e), ALONE)[0] for e in (1e-7, 0.0)]

    assert at[0] == pytest.approx(poisson, rel=1e-2)
    assert at[1] == pytest.approx(poisson, rel=1e-9)


def noise(kind: str, periods: int, seed: int) -> np.ndarray:
    """Counts without any cluster, shape (places, periods)."""
    chance = np.random.default_rng(seed)
    n = SIDE * SIDE
    mean = np.ones((n, 1)) if "mean 1" in kind else np.full((n, 1), 0.1)
    if "lognormal" in kind:
        mean = 0.5 * chance.lognormal(-0.5, 1.0, (n, 1))
    mean = np.broadcast_to(mean, (n, periods))
    if "NB" in kind:
        mean = chance.gamma(0.5, mean / 0.5)
    return chance.poisson(mean)


@pytest.mark.parametrize(
    "kind", ["mean .1 Poisson", "mean .1 NB", "mean 1 NB", "lognormal Poisson", "lognormal NB"]
)
def test_noise_makes_less_than_one_false_hot_spot_a_map(kind: str, board: sparse.csr_array) -> None:
    counts = noise(kind, 41, seed=4)
    past, now = counts[:, :35], counts[:, 35:]
    false = 0
    for slice_ in now.T:
        p = tail(slice_, from_past(past, float(slice_.sum())), board)
        false += int(discoveries(p[:, None], 0.05).sum())

    assert false / now.shape[1] <= 1


def test_places_around_which_nothing_came_are_never_found(board: sparse.csr_array) -> None:
    now = np.zeros(SIDE * SIDE, dtype=np.int64)
    now[:3] = 1
    p = tail(now, from_past(noise("mean .1 Poisson", 20, 1), 3.0), board)

    assert (p[board @ now == 0] == 1).all()


def test_a_true_cluster_is_found_and_named_by_the_right_null(board: sparse.csr_array) -> None:
    past = noise("mean 1 NB", 35, seed=7)
    now = noise("mean 1 NB", 1, seed=8)[:, 0]
    middle = SIDE // 2 * SIDE + SIDE // 2
    now[middle] += 40
    sudden = tail(now, from_past(past, float(now.sum())), board)

    assert discoveries(sudden[:, None], 0.05)[middle, 0]
    # A place that was always so is no surge, yet has more than its share of the households.
    past[middle] += 40
    always = tail(
        now, from_past(past, float(now.sum())), sparse.csr_array(sparse.eye_array(len(now)))
    )
    more = tail(
        now, from_base(now, np.ones(len(now))), sparse.csr_array(sparse.eye_array(len(now)))
    )
    assert not discoveries(always[:, None], 0.05)[middle, 0]
    assert discoveries(more[:, None], 0.05)[middle, 0]


@given(st.integers(0, 2**32 - 1), st.floats(1, 1000))
def test_expectations_add_up_to_what_came(seed: int, total: float) -> None:
    chance = np.random.default_rng(seed)
    past = chance.poisson(1.0, (20, 6)) + np.eye(20, 6, dtype=int)
    n = chance.poisson(3.0, 20)

    assert from_past(past, total).mean.sum() == pytest.approx(total)
    assert from_base(n, chance.random(20) + 0.1).mean.sum() == pytest.approx(n.sum())


def test_without_a_past_or_a_base_nothing_is_expected() -> None:
    with pytest.raises(ValueError, match="past"):
        from_past(np.zeros((3, 0), dtype=np.int64), 5.0)
    empty = from_base(np.array([1, 2]), np.array([0.0, np.nan]))
    assert empty.mean.tolist() == [0.0, 0.0]
    assert from_base(np.zeros(0, dtype=np.int64), np.zeros(0)).mean.size == 0

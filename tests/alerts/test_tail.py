import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from alerts.tail import mid_tail, upper_tail


@given(count=st.integers(0, 200), mean=st.floats(0.05, 80), over=st.floats(1.01, 4))
def test_the_tail_is_that_of_scipys_negative_binomial(count: int, mean: float, over: float) -> None:
    variance = over * mean
    r = mean**2 / (variance - mean)
    expected = stats.nbinom.sf(count - 1, r, r / (r + mean))

    got = 10 ** -upper_tail(np.array([float(count)]), np.array([mean]), np.array([variance]))[0]

    assert got == pytest.approx(expected, rel=1e-6, abs=1e-290)


@given(count=st.integers(0, 500), mean=st.floats(0.01, 200), over=st.floats(0, 4))
def test_the_mid_p_value_is_that_of_two_tails(count: int, mean: float, over: float) -> None:
    # 1: a Poisson count, whose shape is beyond what logarithms of factorials tell to the last digit
    variance = np.array([max(1.0, over) * mean])
    seen, means = np.array([float(count)]), np.array([mean])
    tails = (10 ** -upper_tail(more, means, variance)[0] for more in (seen, seen + 1.0))

    got = 10 ** -mid_tail(seen, means, variance)[0]

    assert got == pytest.approx(0.5 * sum(tails), rel=1e-6, abs=2e-290)


def test_the_published_small_counts() -> None:
    seen, mean = np.array([2.0, 8.0]), np.array([0.2, 2.0])

    p = 10 ** -upper_tail(seen, mean, mean)

    assert p == pytest.approx([0.0175, 0.0011], rel=0.02)


def test_the_mid_p_value_leaves_half_of_the_count_out() -> None:
    mean = np.array([3.0])
    expected = stats.poisson.sf(5, 3.0) + 0.5 * stats.poisson.pmf(5, 3.0)

    assert 10 ** -mid_tail(np.array([5.0]), mean, mean)[0] == pytest.approx(expected, rel=1e-4)


def test_no_count_gives_no_number_that_is_none() -> None:
    count = np.array([0.0, 0.0, 5.0, 10_000.0])
    mean = np.array([0.0, 1e-12, 0.0, 1.0])

    answer = mid_tail(count, mean, mean)

    assert np.isfinite(answer).all()
    assert (answer >= -1e-9).all()

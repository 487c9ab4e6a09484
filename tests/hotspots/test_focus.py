import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from geo.cells import cell, disk
from hotspots.focus import flag_top, focus, recent
from hotspots.neighbours import neighbours

cubes = hnp.arrays(np.float64, st.tuples(st.integers(1, 8), st.integers(1, 6)),
                   elements=st.integers(0, 50))  # fmt: skip


def test_the_score_is_the_one_worked_out_by_hand() -> None:
    # Weights of three months 0.81 : 0.9 : 1, their sum 2.71.
    # Own:   a = (0.81*4 + 0.9*0 + 1*2) / 2.71 = 5.24 / 2.71 = 1.933579
    #        b = (0.81*0 + 0.9*10 + 1*1) / 2.71 = 10 / 2.71 = 3.690037
    #        c = 0
    # A chain a-b-c: a has b; b has a and c; c has b.
    # Focus: a = 1.933579 + 0.3*3.690037 = 3.040590
    #        b = 3.690037 + 0.3*(1.933579 + 0)/2 = 3.980074
    #        c = 0.3*3.690037 = 1.107011
    chain = {1: [2], 2: [1, 3], 3: [2]}
    counts = np.array([[4.0, 0, 2], [0, 10, 1], [0, 0, 0]])
    score = focus(counts, neighbours(np.array([1, 2, 3]), lambda place: chain[place]))

    np.testing.assert_allclose(score, [3.040590, 3.980074, 1.107011], atol=1e-6)


@given(cubes)
def test_recent_counts_follow_the_recursion_of_the_moving_average(counts: np.ndarray) -> None:
    running, weight = np.zeros(len(counts)), 0.0
    for month in counts.T:
        running = 0.9 * running + 0.1 * month
        weight = 0.9 * weight + 0.1

    np.testing.assert_allclose(recent(counts), running / weight, rtol=1e-9, atol=1e-12)


@given(cubes, st.floats(0.1, 10))
def test_the_order_of_places_does_not_hang_on_the_volume_of_the_city(
    counts: np.ndarray, factor: float
) -> None:
    ring = neighbours(np.arange(len(counts)), lambda place: [place - 1, place + 1])

    np.testing.assert_allclose(focus(counts * factor, ring), focus(counts, ring) * factor)


def test_missing_cells_of_a_ring_count_as_quiet() -> None:
    middle = cell(104.06, 30.66, 9)
    ids = np.array([*disk(middle, 1)[:3], middle])
    ids = np.unique(ids)
    ring = neighbours(ids, lambda one: disk(one, 1))
    row = list(ids).index(middle)

    assert ring.ring_mean(np.ones(len(ids)))[row] == pytest.approx((len(ids) - 1) / 6)
    assert ring.touching.diagonal().sum() == 0
    assert ring.with_self().diagonal().tolist() == [1.0] * len(ids)


@given(
    hnp.arrays(np.float64, 30, elements=st.integers(0, 9)),
    hnp.arrays(np.float64, 30, elements=st.floats(1, 100)),
    st.floats(0, 1),
)
def test_flags_never_fill_more_than_the_share_and_take_the_highest(
    scores: np.ndarray, area_m2: np.ndarray, share: float
) -> None:
    flags = flag_top(scores, area_m2, share=share)

    assert area_m2[flags].sum() <= share * area_m2.sum() * (1 + 1e-9)
    if flags.any() and (~flags).any():
        assert scores[flags].min() >= scores[~flags].max() or share < 1
    assert not flags[scores <= 0].any()


def test_wrong_calls_are_refused() -> None:
    with pytest.raises(ValueError, match="memory"):
        recent(np.ones((2, 2)), memory=0)
    with pytest.raises(ValueError, match="one row a place"):
        recent(np.ones(3))
    with pytest.raises(ValueError, match="share"):
        flag_top(np.ones(2), np.ones(2), share=5)
    with pytest.raises(ValueError, match="area"):
        flag_top(np.ones(2), np.array([1.0, np.nan]))


def test_an_island_scores_by_itself() -> None:
    alone = neighbours(np.array([1, 2]), lambda place: [])

    assert focus(np.array([[3.0], [4.0]]), alone).tolist() == [3.0, 4.0]

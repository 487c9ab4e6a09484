import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from hotspots.emerging import COMPATIBLE, OURS, Comparison, Pattern, emerging, patterns
from hotspots.neighbours import neighbours

SIDE, STEPS, MEAN = 60, 24, 3.0


def square(side: int) -> sparse.csr_array:
    """A board whose places touch their eight neighbours."""

    def around(place: int) -> list[int]:
        row, column = divmod(place, side)
        steps = [(row + a, column + b) for a in (-1, 0, 1) for b in (-1, 0, 1)]
        return [a * side + b for a, b in steps if 0 <= a < side and 0 <= b < side]

    return neighbours(np.arange(side * side), around).with_self()


@pytest.fixture(scope="module")
def board() -> sparse.csr_array:
    return square(SIDE)


# What the whole city does; no place does anything of its own.
SCENARIOS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "iid": lambda step: np.ones_like(step),
    "city grows x2": lambda step: 1 + step / (STEPS - 1),
    "season +-60 %": lambda step: 1 + 0.6 * np.sin(2 * np.pi * step / 12),
    "last month x2": lambda step: np.where(step == STEPS - 1, 2.0, 1.0),
}


def without_signal(scenario: str, seed: int = 1) -> np.ndarray:
    course = MEAN * SCENARIOS[scenario](np.arange(STEPS, dtype=float))
    return np.random.default_rng(seed).poisson(course, (SIDE * SIDE, STEPS))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_without_a_local_signal_no_place_is_hot_or_cold(
    scenario: str, board: sparse.csr_array
) -> None:
    of = emerging(without_signal(scenario), board)

    assert (of.pattern > 0).mean() < 0.002
    assert (of.pattern < 0).mean() < 0.002
    assert 0.08 <= (of.trend_p < 0.10).mean() <= 0.12


def test_the_compatible_comparison_takes_growth_of_the_city_for_hot_places(
    board: sparse.csr_array,
) -> None:
    of = emerging(without_signal("city grows x2"), board, COMPATIBLE)

    # 64 % hot and every trend upward, as the defaults of the known tools give it.
    assert 0.55 < (of.pattern > 0).mean() < 0.75
    assert ((of.trend_p < 0.10) & (of.trend_z > 0)).mean() > 0.99


def test_trends_on_scores_whose_windows_overlap_are_found_too_often(
    board: sparse.csr_array,
) -> None:
    overlapping = emerging(without_signal("iid"), board, Comparison(trend_lags=1))

    assert 0.20 < (overlapping.trend_p < 0.10).mean() < 0.28


def test_a_cluster_that_stays_is_persistent_where_it_lies(board: sparse.csr_array) -> None:
    counts = without_signal("season +-60 %")
    middle = SIDE // 2 * SIDE + SIDE // 2
    cluster = [middle + a * SIDE + b for a in (-1, 0, 1) for b in (-1, 0, 1)]
    counts[cluster] += 9
    of = emerging(counts, board)

    assert Pattern(of.pattern[middle]) in (Pattern.PERSISTENT, Pattern.INTENSIFYING)
    far = np.setdiff1d(np.arange(SIDE * SIDE), board[cluster].indices)
    assert (of.pattern[far] > 0).mean() < 0.002


def code_of(name: str) -> int:
    if name == "no pattern":
        return 0
    word, side = name.split()
    return Pattern[word.upper()] * (1 if side == "hot" else -1)


def test_the_hand_made_series_have_the_class_that_the_rules_give(data: Path) -> None:
    cases = json.loads((data / "category_cases.json").read_text())
    assert len(cases) == 25
    for case in cases:
        marks = np.array([list(case["series"])])
        trend = np.array([float(case["trend"])])
        p = np.where(trend == 0, 1.0, 0.01)
        found = patterns(marks == "H", marks == "C", trend * 3, p)
        assert found.tolist() == [code_of(case["expected"])], case["series"]


@pytest.mark.parametrize(
    ("series", "trend", "expected"),
    [
        (".........H", 0, Pattern.NEW),
        (".......HHH", 0, Pattern.CONSECUTIVE),
        (".HHHHHHHHH", 0, Pattern.PERSISTENT),
        ("HHHHH.HHHH", 1, Pattern.INTENSIFYING),
        ("HHHHHHHHHH", -1, Pattern.DIMINISHING),
        ("H.H.H....H", 0, Pattern.SPORADIC),
        ("H.H.H.....", 0, Pattern.NONE),
        ("C........H", 0, Pattern.OSCILLATING),
        ("HHHHHHHHH.", 0, Pattern.HISTORICAL),
        ("HHHHHHHHHC", 0, Pattern.HISTORICAL),
    ],
)
def test_rules_that_overlap_are_tried_in_order(series: str, trend: int, expected: Pattern) -> None:
    marks = np.array([list(series)])
    p = np.array([1.0 if trend == 0 else 0.1])

    assert patterns(marks == "H", marks == "C", np.array([trend * 2.0]), p)[0] == expected
    mirrored = patterns(marks == "C", marks == "H", np.array([trend * -2.0]), p)
    assert mirrored[0] == -expected


@given(st.integers(0, 2**32 - 1), st.integers(2, 9))
def test_multiplying_one_period_of_the_whole_city_changes_no_class(seed: int, factor: int) -> None:
    weights = square(5)
    counts = np.random.default_rng(seed).poisson(1.5, (25, 10))
    busy = counts.copy()
    busy[:, 4] *= factor
    # With lags a busier period weighs more beside the one before; without, each stands alone.
    alone = Comparison(lags=0)

    assert (
        emerging(busy, weights, alone).pattern == emerging(counts, weights, alone).pattern
    ).all()


@given(st.integers(0, 2**32 - 1), st.sampled_from([OURS, COMPATIBLE]))
def test_a_class_goes_with_its_place(seed: int, how: Comparison) -> None:
    chance = np.random.default_rng(seed)
    weights, counts = square(5), chance.poisson(1.0, (25, 12)) ** 2
    order = chance.permutation(25)
    of, moved = (
        emerging(counts, weights, how),
        emerging(counts[order], weights[order][:, order], how),
    )

    np.testing.assert_allclose(moved.z, of.z[order], atol=1e-9)
    assert (moved.pattern == of.pattern[order]).mean() > 0.9  # p at a cut may fall either way

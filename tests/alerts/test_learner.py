import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from river import linear_model, optim

from alerts import learner
from alerts.learner import LEAST_VERDICTS, Learnt, choose, learn, score, threshold

GRAVE = [f"有人在{i}号楼楼顶要往下跳请快来" for i in range(LEAST_VERDICTS)]
PLAIN = [f"{i}号路路灯不亮希望维修" for i in range(LEAST_VERDICTS)]
TEXTS = [text for pair in zip(GRAVE, PLAIN, strict=True) for text in pair]
VERDICTS = [True, False] * LEAST_VERDICTS


@pytest.fixture(scope="module")
def learnt() -> Learnt:
    return learn(TEXTS, VERDICTS)


def test_what_was_judged_sensitive_ranks_above_what_was_not(learnt: Learnt) -> None:
    grave, plain = score(learnt, ["三号楼楼顶有人要跳", "九号路路灯又不亮了"])

    assert grave > 0.6 > 0.4 > plain


def test_scores_are_those_of_the_model_that_learnt(learnt: Learnt) -> None:
    model = linear_model.LogisticRegression(
        optimizer=optim.SGD(learner._RATE), intercept_lr=learner._RATE / 10
    )
    rows = list(learner._as_dicts(learner._unit_rows(TEXTS)))
    for _ in range(learner._ROUNDS):
        for row, verdict in zip(rows, VERDICTS, strict=True):
            model.learn_one(row, verdict)

    expected = [model.predict_proba_one(row)[True] for row in rows[:6]]  # type: ignore[no-untyped-call]

    assert score(learnt, TEXTS[:6]) == pytest.approx(expected, abs=1e-9)


def test_few_verdicts_raise_nothing() -> None:
    few = learn(TEXTS[:10], VERDICTS[:10])

    assert not few.ready
    assert score(few, TEXTS[:3]).tolist() == [0, 0, 0]


def test_a_verdict_that_is_undone_takes_with_it_what_it_taught(learnt: Learnt) -> None:
    wrong = learn([*TEXTS, "公园喷泉坏了"], [*VERDICTS, True])
    undone = learn(TEXTS, VERDICTS)

    assert score(wrong, ["公园喷泉坏了"]) > score(undone, ["公园喷泉坏了"])
    assert undone.intercept == learnt.intercept
    assert np.array_equal(undone.feature, learnt.feature)
    assert np.array_equal(undone.weight, learnt.weight)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.integers(0, 9))
def test_no_more_are_chosen_than_are_left_and_none_below_the_bound(
    values: list[float], left: int
) -> None:
    scores = np.array(values)
    bound = threshold(scores, budget_per_day=5, appeals_per_day=len(values))

    chosen = choose(scores, bound, left)

    assert len(chosen) <= left
    assert (scores[chosen] > bound).all()
    assert len(set(chosen.tolist())) == len(chosen)

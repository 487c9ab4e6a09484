"""The benchmark of first reports."""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.first_time import Messages, first_reports, run

DATA = Path(os.environ.get("WANGGE_EVAL_DATA", "../shared/data"))


def messages(*rows: tuple[int, float, str]) -> Messages:
    ids, hours, users = zip(*rows, strict=True)
    return Messages(list(ids), np.array(hours), np.array(users), ["" for _ in ids])


def alike(n: int, *pairs: tuple[int, int]) -> np.ndarray:
    like = np.eye(n)
    for i, j in pairs:
        like[i, j] = like[j, i] = 1.0
    return like


def test_a_matter_is_told_once_when_another_user_confirms_it_in_time() -> None:
    three = messages((7, 0, "a"), (8, 10, "b"), (9, 20, "c"))

    assert first_reports(three, alike(3, (0, 1), (1, 2), (0, 2)), 0.5) == [7]
    assert first_reports(three, alike(3, (1, 2)), 0.5) == [8]
    assert first_reports(three, alike(3), 0.5) == []


def test_one_user_does_not_confirm_himself_and_nobody_does_after_three_days() -> None:
    assert first_reports(messages((1, 0, "a"), (2, 1, "a")), alike(2, (0, 1)), 0.5) == []
    assert first_reports(messages((1, 0, "a"), (2, 73, "b")), alike(2, (0, 1)), 0.5) == []


def test_what_was_told_within_two_months_is_not_new() -> None:
    rows = ((1, 0, "a"), (2, 400, "b"), (3, 410, "c"))

    assert first_reports(messages(*rows), alike(3, (0, 1), (1, 2)), 0.5) == []
    later = tuple((i, h + 1500 * (i > 1), u) for i, h, u in rows)
    assert first_reports(messages(*later), alike(3, (0, 1), (1, 2)), 0.5) == [2]


def test_scoreboards_are_pooled_without_the_messages(tmp_path: Path) -> None:
    paths = []
    for number, found in enumerate((12, 9)):
        path = tmp_path / f"{number}.json"
        board = {
            "first_time": {"planted": 12, "found": found},
            "first_time_alerts": {"raised": 13, "true": found},
        }
        path.write_text(json.dumps(board), encoding="utf-8")
        paths.append(path)

    result = run(argparse.Namespace(data=tmp_path, boards=paths))

    assert "not measured" in result.lines[0]
    demos = result.data["demos"]
    assert demos["recall of planted first reports"]["share"] == 21 / 24
    assert demos["precision of first reports"]["k"] == 21


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "appeal-text").exists(), reason="appeal-text is not here")
def test_first_reports_of_the_labelled_messages_are_mostly_first() -> None:
    own = run(argparse.Namespace(data=DATA, boards=[])).data["wangge"]

    assert own["precision of the first reports"]["share"] >= 0.8
    assert own["unlabelled"] == []

"""The benchmark of sensitive appeals."""

import argparse
import os
from pathlib import Path

import pytest

from benchmarks.result import Result, Share
from benchmarks.sensitive import AIMS, read_labels, run, severity_of

DATA = Path(os.environ.get("WANGGE_EVAL_DATA", "../shared/data"))


def _run(data: Path) -> Result:
    return run(argparse.Namespace(data=data, lexicon=None))


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    # Brown, Cai, DasGupta (2001), "Interval estimation for a binomial proportion": 0 of n ends at
    # z² / (n + z²).
    low, high = Share("", 0, 20).interval()
    assert low == 0
    assert high == pytest.approx(3.8415 / 23.8415, abs=1e-4)


def test_without_the_messages_it_says_so_and_measures_nothing(tmp_path: Path) -> None:
    result = _run(tmp_path)
    assert result.data["measured"] is False
    assert "appeal-text" in result.lines[0]


@pytest.mark.skipif(not (DATA / "appeal-text").exists(), reason="appeal-text is not here")
def test_the_list_reaches_its_aims_on_both_halves_of_the_first_labels() -> None:
    data = _run(DATA).data
    for half in ("tuned half", "held-out half"):
        own = data[half]["wangge"]
        assert own["recall"]["share"] >= AIMS["recall"]
        assert 1000 * own["false"]["share"] <= AIMS["false_per_1000"]
    assert data["kappa"]["sensitive or not"][0] > 0.8


def test_labels_are_ids_and_classes_only() -> None:
    class Unread(dict[int, str]):
        def __missing__(self, key: int) -> str:
            return ""

    for path in Path("benchmarks/labels").glob("appeal_text_sensitive*.csv"):
        for row in read_labels(path.name, Unread()):
            assert row.final == "none" or severity_of(row.final) in (1, 2, 3)
        assert all(line.isascii() for line in path.read_text().splitlines())

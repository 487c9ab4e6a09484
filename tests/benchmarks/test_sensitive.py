"""The benchmark of sensitive appeals."""

import argparse
import os
from pathlib import Path

import pytest

from benchmarks.result import Result, Share
from benchmarks.sensitive import (
    AIMS,
    Labelled,
    read_labels,
    run,
    second_reading,
    severity_of,
    shares,
)

DATA = Path(os.environ.get("WANGGE_EVAL_DATA", "../shared/data"))


def _run(data: Path) -> Result:
    return run(argparse.Namespace(data=data, lexicon=None))


def test_the_interval_of_a_share_is_that_of_wilson() -> None:
    # Brown, Cai, DasGupta (2001), "Interval estimation for a binomial proportion": 0 of n ends at
    # z² / (n + z²).
    low, high = Share("", 0, 20).interval()
    assert low == 0
    assert high == pytest.approx(3.8415 / 23.8415, abs=1e-4)


def test_a_false_prompt_about_a_mention_is_not_one_about_nothing() -> None:
    labels = ["fire_gas:3", "wages:2", "life:1", "none", "none"]
    rows = [Labelled(i, str(i), (label, label), label) for i, label in enumerate(labels)]

    own = shares(rows, lambda text: text in {"0", "2", "3"})

    assert (own["recall"].k, own["recall"].n) == (1, 2)
    assert (own["false"].k, own["baseless"].k, own["false"].n) == (2, 1, 5)


def test_one_reading_is_judged_by_the_other_as_a_list_would_be() -> None:
    passes = [("fire_gas:3", "fire_gas:2"), ("none", "wages:2"), ("life:2", "life:1")]
    rows = [Labelled(i, "", both, both[1]) for i, both in enumerate(passes)]

    ceiling = second_reading(rows)

    assert (ceiling["recall"].k, ceiling["recall"].n) == (1, 2)
    assert (ceiling["false"].k, ceiling["false"].n) == (1, 3)


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
    # A higher bound tells less, and finds everything that stays above it.
    curve = data["labelled later, later4"]["curve"]
    false = [curve[least]["false"]["k"] for least in (1, 2, 3)]
    assert false == sorted(false, reverse=True)
    assert data["labelled later, later4"]["second reading"]["recall"]["n"] > 0


def test_labels_are_ids_and_classes_only() -> None:
    class Unread(dict[int, str]):
        def __missing__(self, key: int) -> str:
            return ""

    for path in Path("benchmarks/labels").glob("appeal_text_sensitive*.csv"):
        for row in read_labels(path.name, Unread()):
            assert row.final == "none" or severity_of(row.final) in (1, 2, 3)
        assert all(line.isascii() for line in path.read_text().splitlines())

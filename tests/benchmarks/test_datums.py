"""The datum of every labelled set is told right; without the sets there is nothing to tell."""

import os
from pathlib import Path

import numpy as np
import pytest

from benchmarks.datums import DECLARED, told
from benchmarks.datums.sets import Labelled, labelled
from benchmarks.datums.speed import speeds

FOLDER = Path(os.environ.get("WANGGE_EVAL_DATA", Path(__file__).parents[3] / "shared/data"))


@pytest.fixture(scope="module")
def sets() -> list[tuple[Labelled, int]]:
    if not (FOLDER / "yichang-2024").is_dir():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")
    return list(labelled(FOLDER))


def test_the_datum_of_each_set_is_told_from_a_hundred_points_or_thirty_names(
    sets: list[tuple[Labelled, int]],
) -> None:
    shares = {(one.name, one.against): told(one, n, draws=5, seed=5) for one, n in sets}

    assert len(shares) == 21
    assert {key: share for key, share in shares.items() if share["right"] < 1} == {}
    assert {key: share for key, share in shares.items() if share["false"] > 0} == {}


def test_the_cases_of_yichang_declared_as_wgs84_are_suspect_by_their_distances_to_the_pois(
    sets: list[tuple[Labelled, int]],
) -> None:
    cases = next(one for one, _ in sets if one.name == "Yichang cases as published")
    verdicts = {declared: cases.verdict_of_all(declared) for declared in DECLARED}

    assert len(cases.lon) == 5311
    wrong = verdicts["wgs84"]
    assert (wrong.state, wrong.looks_like) == ("suspect", "gcj02")
    (witness,) = wrong.witnesses
    assert witness.kind == "near"
    assert witness.figures["gcj02"]["share_20_m"] > 4 * witness.figures["wgs84"]["share_20_m"]
    assert verdicts["bd09"].looks_like == "gcj02"
    assert verdicts["gcj02"].state == "agrees"


def test_the_verdicts_of_one_hearing_are_those_of_each_declared_datum_alone(
    sets: list[tuple[Labelled, int]],
) -> None:
    rng = np.random.default_rng(3)
    for one, n in sets:
        rows = rng.choice(len(one.lon), one.drawn(n), replace=False)
        alone = [one.verdict(rows, declared) for declared in DECLARED]

        together = one.verdicts(rows, DECLARED)

        assert [(v.declared, v.state, v.looks_like, v.same) for v in together] == [
            (v.declared, v.state, v.looks_like, v.same) for v in alone
        ]


def test_outside_of_china_gcj02_and_wgs84_cannot_be_told_apart(
    sets: list[tuple[Labelled, int]],
) -> None:
    requests = next(one for one, _ in sets if one.name == "Los Angeles requests")

    verdict = requests.verdict_of_all("wgs84")

    assert (verdict.state, verdict.looks_like, verdict.same) == ("agrees", "wgs84", ("gcj02",))
    assert requests.verdict_of_all("gcj02").same == ("wgs84",)


def test_the_shifts_are_timed_and_a_peer_that_is_missing_is_named() -> None:
    data, lines = speeds(n=2_000)

    assert {"own, points a second", "eviltransform", "coord-convert"} == set(data)
    for peer in ("eviltransform", "coord-convert"):
        assert any(line.startswith(peer) for line in lines)
        assert (data[peer] is None) == (f"{peer}: not installed, so not measured" in lines)

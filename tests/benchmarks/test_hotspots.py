"""The benches of hot spots measure what they say, and the published yardstick comes out."""

import os
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from benchmarks import hotspots, hotspots_remedies
from benchmarks.hotspots_chicago.city import LEARNT, MONTHS, City
from benchmarks.hotspots_chicago.race import CLOSE, drawn, foretold, judged, lot, pai
from benchmarks.hotspots_chicago.yardstick import FOCUS, SEED, YARDSTICK
from hotspots.remediation import judge


@pytest.fixture(scope="module")
def data() -> Path:
    beside = Path(__file__).resolve().parents[3] / "shared/data"
    root = Path(os.environ.get("WANGGE_EVAL_DATA", beside))
    if not (root / "hotspots").is_dir():
        pytest.skip("no evaluation data: set WANGGE_EVAL_DATA")
    return root


@pytest.mark.slow
def test_the_yardstick_of_chicago_comes_out_and_the_focus_layer_is_not_behind(data: Path) -> None:
    city = City.read(data, 9, first_only=True)
    scores, table = city.scores(), YARDSTICK[9, True]
    names = [FOCUS, "EWMA a=.1", "EWMA a=.3", "count 12 months", "Gi* 12 months"]
    hits = {name: foretold(city, scores[name]) for name in names}

    for name in names:
        np.testing.assert_allclose(hits[name].mean(axis=0), table[name], atol=CLOSE, err_msg=name)
    for one in judged(hits[FOCUS], hits).values():
        assert float(str(one["difference"])) >= -float(str(one["error"]))


@pytest.mark.slow
@pytest.mark.parametrize("first_only", [False, True])
def test_each_figure_of_the_yardstick_comes_out_by_its_own_lots(
    data: Path, *, first_only: bool
) -> None:
    chance = np.random.default_rng(SEED)
    for resolution in (9, 8):
        lots = drawn(City.read(data, resolution, first_only=first_only), chance)
        for row, figures in YARDSTICK[resolution, first_only].items():
            here = lots[row].mean(axis=0)[: len(figures)]
            np.testing.assert_allclose(here, figures, atol=CLOSE, err_msg=row)


def test_the_accuracy_of_equal_scores_is_that_of_chance() -> None:
    came = np.random.default_rng(1).poisson(2.0, 1000).astype(float)

    assert pai(np.ones(1000), came).tolist() == pytest.approx([1, 1, 1])
    assert pai(came, came)[0] > 2


def test_the_lot_among_equal_scores_scatters_as_drawn() -> None:
    chance = np.random.default_rng(2)
    city = object.__new__(City)
    city.counts = chance.poisson(1.0, (400, MONTHS)).astype(float)

    def last(month: int) -> npt.NDArray[np.float64]:
        return np.asarray(city.counts[:, month - 1], dtype=np.float64)

    def drawn(month: int) -> npt.NDArray[np.float64]:
        return pai(last(month) + 1e-6 * chance.random(400), city.counts[:, month])

    means = [np.mean([drawn(t) for t in range(LEARNT, MONTHS)], axis=0) for _ in range(200)]
    np.testing.assert_allclose(np.std(means, axis=0), lot(city, last), rtol=0.2)
    np.testing.assert_allclose(np.mean(means, axis=0), foretold(city, last).mean(axis=0), atol=0.02)


def test_the_verdict_on_the_worst_areas_errs_as_seldom_as_promised(data: Path) -> None:
    counts = hotspots_remedies.read(data)
    found = []
    for trigger in range(20, 45):
        for area in hotspots_remedies.LISTS["most complaints"](counts, trigger, 8):
            found.append(judge(counts, np.array([area]), trigger, 3).verdict)

    assert np.mean([verdict == "fell" for verdict in found]) <= 0.02
    assert np.mean([verdict == "rose" for verdict in found]) <= 0.05


def test_the_lattice_of_the_bench_has_six_neighbours_inside() -> None:
    around = hotspots.lattice(hotspots.COLUMNS * 5)

    one, other = around.touching.nonzero()
    assert set(zip(one, other, strict=True)) == set(zip(other, one, strict=True))
    assert np.bincount(around.degree).argmax() == 6


def test_gi_of_esda_is_ours() -> None:
    pytest.importorskip("esda")
    around = hotspots.lattice(350)
    counts = np.random.default_rng(1).poisson(3.0, (350, 2))
    beside = hotspots.against_esda(counts, around.with_self(), permutations=0)

    assert beside is not None
    assert beside["difference"] < 1e-9

"""The series are the published ones, the peers are whole, the product's two forms are one."""

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from benchmarks.city import simulate
from benchmarks.kept import Kept
from benchmarks.surge import add_arguments, judge, run, series
from benchmarks.surge.daily import daily_suite
from benchmarks.surge.hotline import hotline_suite
from benchmarks.surge.judge import (
    Evidence,
    Power,
    calm,
    delays_of_both,
    difference,
    earlier,
    evidence,
    power,
)
from benchmarks.surge.oracle import oracle_scores
from benchmarks.surge.peers import ears, farrington
from benchmarks.surge.product import product_scores
from benchmarks.surge.reference import Reference
from benchmarks.surge.series import Suite, digest
from benchmarks.surge.weekly import weekly_suite
from geo.datums import Floats

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "bench" / "surge"
SUITES = {
    "daily": (daily_suite(1, 5, 101), 4709327.0, 158687120.641, 158898234.447, 4322.0),
    "hotline": (hotline_suite(2, 7, 101), 59550.0, 4030423.881, 4072090.929, 489.0),
    "weekly": (weekly_suite(1, 101), 888389.0, 15112043.222, 15124183.341, 495.0),
}


def shared(name: str) -> ModuleType:
    if not SHARED.is_dir():
        pytest.skip("the first form of the series is not in ../shared/bench")
    sys.path.insert(0, str(SHARED))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(SHARED))


@pytest.mark.parametrize("name", SUITES)
def test_a_seed_always_gives_the_same_series(name: str) -> None:
    suite, *expected = SUITES[name]
    found: Mapping[str, float] = digest(suite)

    assert list(found.values()) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("name", SUITES)
def test_the_series_are_those_of_the_first_form(name: str) -> None:
    first: Any = shared("gen")
    if name == "hotline":
        made = first.suite_hotline(2, w=7, seed=101)
    else:
        made = (
            first.suite_daily(1, 5, seed=101)
            if name == "daily"
            else first.suite_weekly(1, seed=101)
        )
    suite: Suite = SUITES[name][0]

    assert np.array_equal(made["Y0"], suite.quiet)
    assert np.array_equal(made["Y"], suite.planted)
    assert np.array_equal(made["O"], suite.outbreak)
    assert made["test"] == suite.test


def test_the_true_means_are_the_means_of_the_counts() -> None:
    for suite, *_ in SUITES.values():
        if suite.name != "weekly":  # whose past outbreaks are not in the mean
            total = suite.quiet.sum() / suite.mean.sum()
            assert total == pytest.approx(1, abs=0.05), suite.name


def test_the_peers_and_the_reference_are_those_of_the_first_form() -> None:
    old = shared("detectors")
    counts = SUITES["daily"][0].quiet[::4, :1000]
    test, few = slice(950, 964), np.arange(len(counts))
    holiday = SUITES["daily"][0].holiday[:1000]

    for method in ("C2", "C3"):
        assert np.allclose(ears(counts, method), old.ears(counts, method))
    assert np.allclose(farrington(counts, test), old.farrington(counts, test))
    ours = Reference(few, holiday, np.full(len(few), 0.2), year=364).scores(counts[:, :400])
    theirs = old.gp(counts[:, :400], hol=holiday, guard=3, annual=52, cusum=False)
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


def test_the_bound_is_taken_from_all_draws_and_the_difference_is_paired() -> None:
    rng = np.random.default_rng(3)
    null = rng.random((50, 200))
    during = [np.array([0.5, 1.5])] * 25 + [np.array([0.5])] * 25
    late = [np.arange(1.0, 1.0 + len(one)) for one in during]
    group = np.repeat([1.0, 2.0], 25)

    strong = power([Evidence(null, during, late, group)] * 2, 1e-3, by_group=False)
    weak = power(
        [Evidence(null, [one[:1] for one in during], late, group)] * 2, 1e-3, by_group=True
    )

    assert strong.share == 0.5
    assert strong.by_group() == [1.0, 0.0]
    assert strong.delay == 2
    assert difference(strong, weak) == (0.5, 0.5, 0.5)


def test_one_that_finds_more_and_never_later_is_not_slower() -> None:
    group, missed = np.ones(5), np.nan
    many = Power(np.array([10.0, 12.0, 20.0, 50.0, 60.0]), group)
    few = Power(np.array([12.0, 12.0, 22.0, missed, missed]), group)

    assert many.delay > few.delay  # found late, or not at all
    assert (many.delay_of_all, few.delay_of_all) == (20.0, 22.0)
    assert delays_of_both(many, few) == (12.0, 12.0)
    assert earlier(many, few)[0] == pytest.approx(4 / 3)


def test_what_is_mostly_missed_has_no_delay_of_all() -> None:
    assert Power(np.array([1.0, np.nan, np.nan]), np.ones(3)).delay_of_all == np.inf


def test_a_race_goes_on_from_what_it_kept_and_asks_again_who_was_changed(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> dict[str, np.ndarray]:
        made.append("once")
        return {"late": np.array([1.0, np.inf])}

    first = Kept(tmp_path / "pieces").piece("hotline-101-EARS C2, 28 days-4", (series,), make)
    again = Kept(tmp_path / "pieces").piece("hotline-101-EARS C2, 28 days-4", (series,), make)
    changed = Kept(tmp_path / "pieces").piece("hotline-101-EARS C2, 28 days-4", (judge,), make)

    assert made == ["once", "once"]
    for one in (first, again, changed):
        assert one["late"].tolist() == [1.0, np.inf]


def test_a_table_out_of_kept_pieces_is_that_of_the_race(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def two(suite: Suite, *, river: bool) -> dict[str, Callable[[Floats], Floats]]:
        return {name: partial(ears, method=name) for name in ("C2", "C3")}

    monkeypatch.setattr(importlib.import_module("benchmarks.surge.run"), "_detectors", two)
    options = ["--suite", "weekly", "--seeds", "101", "102", "--each", "1"]
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    tables = []
    for keep in ([], ["--keep", str(tmp_path)], ["--keep", str(tmp_path)]):
        rows = run(parser.parse_args([*options, *keep])).data["weekly"]
        assert isinstance(rows, dict)
        tables.append({who: {**row, "us_a_point": 0} for who, row in rows.items()})

    assert tables[0] == tables[1] == tables[2]
    assert tables[0]["C2"]["found"]["0.05"] > 0
    assert len(list(tmp_path.iterdir())) == 8  # two draws, two detectors, with outbreak and without


def test_outbreaks_keep_to_the_usual_hours_only_where_that_is_asked() -> None:
    plain, usual = (hotline_suite(8, 7, 101, usual_hours=asked) for asked in (False, True))
    night = np.arange(plain.quiet.shape[1]) % 24 < 5
    office = plain.category % 3 == 0
    shares = [
        suite.outbreak[office][:, night].sum() / suite.outbreak[office].sum()
        for suite in (plain, usual)
    ]

    assert np.array_equal(plain.quiet[:, :4800], usual.quiet[:, :4800])
    assert shares[0] > 0.08 > 0.03 > shares[1]


@pytest.mark.slow
def test_the_product_stands_between_ears_and_the_ceiling() -> None:
    suite = hotline_suite(20, 7, 101)
    found = {}
    detectors: dict[str, Callable[[Floats], Floats]] = {
        "product": lambda counts: product_scores(suite, counts),
        "ceiling": lambda counts: oracle_scores(suite, counts),
        "ears": lambda counts: ears(counts, "C3", 28 * 24),
    }
    for name, scores in detectors.items():
        one = evidence(suite, calm(suite, scores(suite.quiet)), scores(suite.planted))
        found[name] = power([one], 1e-3, by_group=False).share

    assert found["ceiling"] >= found["product"] >= 0.8
    assert found["product"] > found["ears"]


@pytest.mark.slow
def test_a_small_city_is_told_few_false_alarms() -> None:
    tallies, office = simulate(1, areas=100, classes=200, history=40, days=20, q=0.1)

    assert tallies["wangge"].false <= 10
    assert np.isfinite(office.baseline.rate).all()

"""The yardsticks of the power table are what they are called, and the table adds up."""

import argparse
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from alerts.drift import Found
from alerts.recurrence import null_counts
from alerts.scan import RINGS, SCAN_DAYS, Lattice, Share
from benchmarks import drift, scan
from geo.cells import cell, disk


@pytest.fixture(scope="module")
def lattice() -> Lattice:
    return Lattice.of(np.array(disk(cell(116.4, 39.9, 8), 5)))


def test_the_plain_scan_is_the_likelihood_ratio_counted_disk_by_disk(lattice: Lattice) -> None:
    chance = np.random.default_rng(1)
    share = chance.dirichlet(np.ones(len(lattice.cells)))
    counts = null_counts(share, 15.0, 1, chance)[0]
    best = 0.0
    for centre in range(len(share)):
        for rings in range(RINGS + 1):
            inside = lattice.inside(centre, rings)
            for w in range(len(SCAN_DAYS)):
                n, c = counts[:, w].sum(), counts[inside, w].sum()
                b = n * share[inside].sum()
                if c >= 3 and b < c < n:
                    best = max(best, c * np.log(c / b) + (n - c) * np.log((n - c) / (n - b)))

    assert scan.plain(lattice, counts, share) == pytest.approx(best)


def test_a_planted_cluster_adds_its_callers_to_one_disk_and_to_all_longer_windows(
    lattice: Lattice,
) -> None:
    chance = np.random.default_rng(2)
    share = np.full(len(lattice.cells), 1 / len(lattice.cells))
    counts = np.zeros((len(share), len(SCAN_DAYS)), np.int64)

    more = scan.with_cluster(lattice, counts, share, 10, chance)

    assert more.sum(0)[1:].tolist() == [10, 10]
    assert more.sum(0)[0] <= 10
    assert (np.diff(more, axis=1) >= 0).all()


def test_drift_bench_counts_openings_and_not_weeks() -> None:
    found = [(week, Found(1, 4, False, (1, 2, 3), 9, 5.0, 4.0)) for week in (3, 4, 6, 20)]

    assert drift.opened(found, 1) == [3, 20]
    assert drift.opened(found, 2) == []


def test_days_with_clusters_weighed_back_are_days_without_one(lattice: Lattice) -> None:
    chance = np.random.default_rng(3)
    share = chance.dirichlet(np.ones(len(lattice.cells)))
    usual = Share.of(lattice, share)
    days = scan._drawn(lattice, share, usual, (15, 0, 400, 1))
    scores, weights = np.asarray(days["scores"]), np.asarray(days["weights"])
    plain = np.array(
        [scan.plain(lattice, null_counts(share, 15.0, 1, chance)[0], share) for _ in range(400)]
    )
    passed = weights * (scores[:, 1] > np.quantile(plain, 0.95))

    assert weights.mean() == pytest.approx(1.0, abs=4 * weights.std() / 400**0.5)
    error = np.hypot(passed.std(), 0.05**0.5) / 400**0.5
    assert passed.mean() == pytest.approx(0.05, abs=4 * error)


def test_an_error_knows_that_thresholds_are_drawn_too() -> None:
    chance = np.random.default_rng(3)
    scores = chance.gumbel(4.0, size=(500, 3))

    def of_thresholds(days: int) -> float:
        null = chance.gumbel(size=(days, 3))
        return scan._errors((null, np.ones(days)), scores)[1]

    assert of_thresholds(500) > 1.5 * of_thresholds(8_000)
    same = np.repeat(scores[:, :1], 3, axis=1)
    assert scan._errors((same, np.ones(500)), same) == (0.0, 0.0)


def test_the_power_table_has_a_row_for_each_rate_and_size_and_is_the_same_in_pieces(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "_CITY_RINGS", 6)
    parser = argparse.ArgumentParser()
    scan.add_arguments(parser)
    options = ["--draws", "4", "--null", "20", "--keep", str(tmp_path)]
    one = [scan.run(parser.parse_args([*options, "--rates", str(rate)])) for rate in scan.RATES]
    pieces = sorted(tmp_path.iterdir())
    whole = scan.run(parser.parse_args(options))

    rows = whole.data["rows"]
    assert isinstance(rows, list)
    assert len(rows) == len(scan.RATES) * (1 + len(scan.SIZES))
    power = [row for row in rows if "size" in row]
    assert all(0 <= row[name] <= 1 for row in power for name in scan.METHODS)
    assert [
        row
        for part in one
        for row in cast(list[dict[str, object]], part.data["rows"])
        if "size" in row
    ] == power
    assert sorted(tmp_path.iterdir()) == pieces

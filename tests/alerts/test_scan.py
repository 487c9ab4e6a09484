"""What the disk scan finds, how often chance does, and that it agrees with counting by hand."""

import numpy as np
import pytest

from alerts.recurrence import Recurrence, fit_recurrence, null_counts
from alerts.scan import RINGS, SCAN_DAYS, Disk, Lattice, Share, counts_by_day, evidence, scan
from geo.cells import cell, disk

CENTRE = cell(116.4, 39.9, 8)


@pytest.fixture(scope="module")
def lattice() -> Lattice:
    return Lattice.of(np.array(disk(CENTRE, 8)))


@pytest.fixture(scope="module")
def share(lattice: Lattice) -> np.ndarray:
    weight = np.random.default_rng(4).lognormal(0.0, 1.2, len(lattice.cells))
    return np.asarray(weight / weight.sum())


def scan_one(
    lattice: Lattice,
    counts: np.ndarray,
    share: np.ndarray,
    *,
    dispersion: float = 1.0,
    fresh: int | None = None,
    most: int = 1,
) -> list[Disk]:
    return scan(
        lattice,
        counts[None],
        [Share.of(lattice, share)],
        dispersion=np.array([dispersion]),
        fresh=None if fresh is None else (np.array([0]), np.array([fresh])),
        most=most,
    )


def test_a_disk_holds_the_cells_within_its_rings_and_none_outside_the_city(
    lattice: Lattice,
) -> None:
    for centre in (0, len(lattice.cells) // 2, len(lattice.cells) - 1):
        for rings in range(RINGS + 1):
            near = set(disk(int(lattice.cells[centre]), rings)) & set(lattice.cells.tolist())
            assert set(lattice.cells[lattice.inside(centre, rings)].tolist()) == near


def test_the_best_disk_is_the_best_of_all_disks_counted_one_by_one(
    lattice: Lattice, share: np.ndarray
) -> None:
    chance = np.random.default_rng(11)
    prior = np.sqrt(share) / np.sqrt(share).sum()
    for _ in range(5):
        counts = null_counts(share, 12.0, 1, chance)[0]
        best = -np.inf
        for centre in range(len(share)):
            for rings in range(RINGS + 1):
                inside = lattice.inside(centre, rings)
                for w in range(len(SCAN_DAYS)):
                    c, b = counts[inside, w].sum(), share[inside].sum() * counts[:, w].sum()
                    if c >= 3 and c > b:
                        found = evidence(np.array([c]), np.array([b]))[0] + np.log(prior[centre])
                        best = max(best, float(found))

        assert scan_one(lattice, counts, share)[0].evidence == pytest.approx(best, abs=1e-9)


def test_only_disks_with_a_fresh_case_are_looked_at(lattice: Lattice, share: np.ndarray) -> None:
    counts = np.zeros((len(share), len(SCAN_DAYS)), np.int64)
    old, new = 0, len(share) - 1
    counts[old], counts[new] = 20, 3

    assert old in scan_one(lattice, counts, share)[0].inside
    assert all(new in one.inside for one in scan_one(lattice, counts, share, fresh=new))


def test_two_clusters_are_two_disks_that_do_not_overlap(
    lattice: Lattice, share: np.ndarray
) -> None:
    counts = null_counts(share, 5.0, 1, np.random.default_rng(1))[0]
    one, other = lattice.inside(0, 1), lattice.inside(len(share) - 1, 1)
    counts[one] += 4
    counts[other] += 4

    first, second = scan_one(lattice, counts, share, most=2)

    assert not set(first.inside) & set(second.inside)
    assert {bool(set(d.inside) & set(one)) for d in (first, second)} == {True, False}


def test_a_wave_over_the_whole_city_gathers_nowhere(lattice: Lattice, share: np.ndarray) -> None:
    chance = np.random.default_rng(2)
    table = fit_recurrence(lattice, share, 200.0, chance)
    found = []
    for _ in range(20):
        counts = null_counts(share, 20.0, 1, chance)[0]
        counts += chance.multinomial(300, share)[:, None]  # fifteen times a day's calls, at once
        found.append(table.surprise(scan_one(lattice, counts, share)[0].evidence, 60.0))

    assert np.median(found) < 1.0
    assert max(found) < 2.5


def test_chance_exceeds_an_interval_about_as_often_as_it_says(
    lattice: Lattice, share: np.ndarray
) -> None:
    chance = np.random.default_rng(3)
    table = fit_recurrence(lattice, share, 50.0, chance)
    for rate in (1.0, 6.0, 40.0):
        days = [
            scan_one(lattice, null_counts(share, rate, 1, chance)[0], share) for _ in range(400)
        ]
        over = [bool(d) and table.surprise(d[0].evidence, rate) > np.log10(20) for d in days]

        assert sum(over) <= 2.0 * 400 / 20  # never much oftener than once in twenty days


def test_evidence_and_surprise_undo_each_other() -> None:
    table = Recurrence((0.0, 3.0), (-3.0, -1.0))
    for surprise in (0.1, 2.0, 3.5, 12.0):
        found = table.surprise(table.evidence(surprise, 5.0), 5.0)
        assert found == pytest.approx(surprise, rel=1e-6)


def test_dispersion_makes_the_same_counts_less_surprising(
    lattice: Lattice, share: np.ndarray
) -> None:
    counts = null_counts(share, 5.0, 1, np.random.default_rng(1))[0]
    counts[lattice.inside(0, 1)] += 2

    plain, spread = (scan_one(lattice, counts, share, dispersion=d)[0].evidence for d in (1.0, 2.0))

    assert spread < plain


def test_classes_scanned_together_are_as_each_alone(lattice: Lattice, share: np.ndarray) -> None:
    chance = np.random.default_rng(6)
    other = chance.permutation(share)
    usual = [Share.of(lattice, one) for one in (share, other, share)]
    counts = np.concatenate([null_counts(share, rate, 1, chance) for rate in (4.0, 30.0, 0.2)])
    counts[1, lattice.inside(0, 1)] += 3
    fresh = np.array([0, 0, 1, 2]), np.array([5, 60, 0, 7])
    spread, least = np.array([1.0, 1.3, 2.0]), np.array([-6.0, -4.0, -9.0])

    together = scan(lattice, counts, usual, dispersion=spread, fresh=fresh, most=3, least=least)
    alone = [
        scan(
            lattice,
            counts[k : k + 1],
            usual[k : k + 1],
            dispersion=spread[k : k + 1],
            fresh=(np.zeros((fresh[0] == k).sum(), np.int64), fresh[1][fresh[0] == k]),
            most=3,
            least=least[k : k + 1],
        )
        for k in range(3)
    ]

    def told(which: int, disk: Disk) -> tuple[object, ...]:
        return which, disk.centre, disk.rings, disk.days, disk.seen, disk.expected, disk.evidence

    assert {disk.which for disk in together} >= {0, 1}
    assert [told(d.which, d) for d in together] == [
        told(k, d) for k, own in enumerate(alone) for d in own
    ]


def test_ages_fall_into_the_windows_that_reach_back_to_them() -> None:
    age_days = np.array([0.0, 0.99, 1.0, 2.9, 6.9, 0.5])
    which, cell = np.array([0, 0, 0, 0, 0, 1]), np.array([0, 0, 0, 0, 0, 1])

    counts = counts_by_day(which, cell, age_days, 2, 2)

    assert counts.tolist() == [[[2, 4, 5], [0, 0, 0]], [[0, 0, 0], [1, 1, 1]]]

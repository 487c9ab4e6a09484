"""A calibrated score promises what occurs, for rare and for frequent callers."""

import numpy as np
import numpy.typing as npt
import pytest

from alerts.calibrate import LEFT_OUT, MARK, SUBJECT, Calibration, stratum_of


def day(rng: np.random.Generator, times: float, keys: int = 20_000) -> npt.NDArray[np.float64]:
    """Draw scores of which each is passed ``times`` as often as it promises."""
    return np.asarray(np.maximum(-np.log10(rng.random(keys)) + np.log10(times), 0.0))


def places(a_day: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return stratum_of(a_day, np.zeros(a_day.size, np.bool_))


def learnt(times: float, surges: int, days: int = 60) -> Calibration:
    rng, calibration = np.random.default_rng(1), Calibration()
    stratum, every = places(np.full(20_000, 1.0)), np.arange(20_000)
    for _ in range(days):
        scores = day(rng, times)
        scores[:surges] = 20.0
        calibration.learn(scores, every, stratum)
    return calibration


@pytest.mark.parametrize("times", [0.5, 1.0, 4.0])
def test_a_calibrated_score_promises_what_occurs(times: float) -> None:
    calibration = learnt(times, surges=0)

    p = calibration.calibrated(np.array([MARK + np.log10(times)]), places(np.array([1.0])))

    assert p[0] == pytest.approx(MARK, abs=0.1)  # of some 600 keys above the mark


def test_told_surges_do_not_make_chance_look_wilder() -> None:
    with_surges, without = learnt(1.0, surges=30).ratio(), learnt(1.0, surges=0).ratio()

    assert with_surges == pytest.approx(without, rel=0.1)


def test_what_was_seen_too_little_of_leans_on_all_keys_and_those_on_caution() -> None:
    assert Calibration().ratio() == pytest.approx(np.full(SUBJECT + 1, 3.0))

    ratio = learnt(4.0, surges=0).ratio()

    assert ratio == pytest.approx(np.full(SUBJECT + 1, 4.0), rel=0.1)


def test_silent_keys_count_as_watched() -> None:
    rng, calibration = np.random.default_rng(2), Calibration()
    a_day = np.full(200_000, 0.01)
    for _ in range(60):
        heard = np.flatnonzero(rng.random(a_day.size) < 0.01)
        calibration.learn(np.full(heard.size, MARK - 0.1), heard, places(a_day))
    assert calibration.above.sum() == 0
    assert calibration.tests[0] == pytest.approx(a_day.size * (1 - 0.97**60) / 0.03)
    assert calibration.ratio()[0] < 0.02


def test_what_names_and_cells_show_by_chance_makes_no_place_less_heard() -> None:
    rng, calibration, every = np.random.default_rng(3), Calibration(), np.arange(30_000)
    stratum = places(np.full(every.size, 1.0))
    stratum[10_000:20_000], stratum[20_000:] = SUBJECT, LEFT_OUT
    for _ in range(60):
        scores = day(rng, 1.0, every.size)
        scores[10_000:] += 1.0
        calibration.learn(scores, every, stratum)

    ratio = calibration.ratio()
    assert ratio[stratum[0]] == pytest.approx(1.0, rel=0.15)
    assert ratio[SUBJECT] == pytest.approx(10.0, rel=0.15)
    assert calibration.tests.sum() == pytest.approx(20_000 * (1 - 0.97**60) / 0.03)

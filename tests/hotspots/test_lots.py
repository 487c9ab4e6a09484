import hashlib

import numpy as np
import pytest

from appeals.errors import InputError
from hotspots.lots import LEAST_LOTS, TAIL, draw_lot, judge_lot
from tests.hotspots.test_remediation import MONTHS, PLACES, TRIGGER, city

CODES = [f"9901{i:05d}" for i in range(12)]
LISTED = np.arange(16)


def lot(chance: np.random.Generator, begin: int) -> np.ndarray:
    return np.isin(LISTED, chance.choice(LISTED, begin, replace=False))


def fallen(counts: np.ndarray, rows: np.ndarray, part: float) -> np.ndarray:
    less = counts.copy()
    less[rows, TRIGGER + 1 :] = np.random.default_rng(1).binomial(
        less[rows, TRIGGER + 1 :], 1 - part
    )
    return less


def test_a_lot_is_drawn_again_by_whoever_has_list_and_seed() -> None:
    drawn = draw_lot(CODES, 5, "00ff")

    digests = {code: hashlib.sha256(f"00ff/{code}".encode()).hexdigest() for code in CODES}
    assert drawn == set(sorted(CODES, key=digests.__getitem__)[:5])
    assert draw_lot(CODES[::-1], 5, "00ff") == drawn
    assert draw_lot(CODES, 5, "00fe") != drawn


def test_every_place_is_as_likely_to_begin() -> None:
    times = dict.fromkeys(CODES, 0)
    for seed in range(2000):
        for code in draw_lot(CODES, 3, f"{seed:x}"):
            times[code] += 1

    assert min(times.values()) > 420  # 500 of 2,000, four standard errors of 19
    assert max(times.values()) < 580


@pytest.mark.parametrize(("places", "begin"), [(6, 3), (12, 12), (12, 0), (12, 13), (49, 1)])
def test_a_lot_that_could_prove_nothing_is_refused(places: int, begin: int) -> None:
    codes = [str(i) for i in range(places)]
    with pytest.raises(InputError, match=f"begin: {begin} of {places} places .* from {LEAST_LOTS}"):
        draw_lot(codes, begin, "1")


def test_a_lot_errs_as_seldom_as_promised_and_says_how_often_it_would_see_a_fall() -> None:
    chance = np.random.default_rng(3)
    false, seen, said = [], [], []
    for seed in range(60):
        counts = city(seed, scatter=0.04)
        began = lot(chance, 8)
        quiet = judge_lot(counts, LISTED, began, TRIGGER, 3, chance)
        false.append(quiet.verdict == "fell")
        of = judge_lot(fallen(counts, LISTED[began], 0.3), LISTED, began, TRIGGER, 3, chance)
        seen.append(of.verdict == "fell")
        said += [quiet.power, of.power]

    assert np.mean(false) <= 3 * TAIL
    assert np.mean(seen) > 0.5
    assert np.mean(said) == pytest.approx(np.mean(seen), abs=0.12)


def test_the_lot_needs_no_years_of_past_and_no_model_of_growth() -> None:
    chance = np.random.default_rng(4)
    counts = city(5)[:, TRIGGER - 3 :]
    counts[LISTED] *= np.linspace(1, 3, counts.shape[1]).astype(int)  # all those listed grow
    began = lot(chance, 8)
    grown = judge_lot(counts, LISTED, began, 3, 3, chance)
    less = counts.copy()
    less[LISTED[began], 4:] //= 2
    mended = judge_lot(less, LISTED, began, 3, 3, chance)

    assert grown.verdict == "unclear"
    assert mended.verdict == "fell"
    assert mended.began / mended.waited == pytest.approx(0.5, abs=0.1)


def test_all_lots_are_tried_where_they_can_be_and_none_is_likelier_than_one_of_them() -> None:
    counts = fallen(city(6), LISTED[:3], 0.9)
    eight = LISTED[:8]
    of = judge_lot(counts, eight, eight < 3, TRIGGER, 3, np.random.default_rng(1))

    assert of.p == pytest.approx(1 / 56)
    assert of.verdict == "fell"
    with pytest.raises(ValueError, match="not over"):
        judge_lot(counts, eight, eight < 3, MONTHS - 1, 1, np.random.default_rng(1))
    nothing = np.zeros_like(counts)
    quiet = judge_lot(nothing, eight, eight < 3, TRIGGER, 3, np.random.default_rng(1))
    assert (quiet.p, quiet.verdict, quiet.power) == (1, "unclear", 0)
    assert np.isnan(quiet.began)
    assert len(counts) == PLACES

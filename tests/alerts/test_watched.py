"""Levels of place and of the class tree can be switched off, and the others do not notice."""

from dataclasses import replace
from datetime import timedelta

import numpy as np

from alerts.keys import AREA_KINDS, Watched
from alerts.score import score_keys
from alerts.state import VERSION, pack, unpack
from alerts.watch import Context, Watch
from tests.alerts.conftest import FIRST_DAY, MakeDay

DAYS = 9


def run(context: Context, make_day: MakeDay, days: int = DAYS) -> Watch:
    watch = Watch()
    for number in range(days):
        watch.run_day(FIRST_DAY + timedelta(days=number), make_day(number), context)
    return watch


def without(*kinds: str, deepest: int = 3) -> Watched:
    depths = tuple(range(1, deepest + 1))
    return Watched(
        {kind: () if kind in kinds else depths for kind in AREA_KINDS} | {"grid": (), "cell_9": ()}
    )


def raw_scores(watch: Watch) -> dict[tuple[str, int, str], tuple[float, float, float]]:
    """Seen, expected and raw score of every key of the last day, by area and class."""
    keys = watch.baseline.keys
    heard = watch.baseline.recent.heard()
    found = score_keys(watch.baseline, heard, watch.baseline.recent.newest)
    rows = zip(heard.tolist(), found.seen, found.expected, found.score, strict=True)
    return {
        (AREA_KINDS[keys.kind[key]], keys.area[key], keys.tokens[keys.token[key]].code): (
            float(seen), float(expected), float(score),
        )
        for key, seen, expected, score in rows
        if not keys.tokens[keys.token[key]].consult
    }  # fmt: skip


def test_what_is_switched_off_costs_nothing_and_the_scores_of_the_others_stay_to_the_bit(
    context: Context, make_day: MakeDay
) -> None:
    whole = run(context, make_day)
    off = replace(context, watched=without("community", "cell_8", "subject"))
    fewer = run(off, make_day)

    kinds = {AREA_KINDS[kind] for kind in fewer.baseline.keys.kind}
    assert kinds == {"city", "district", "street"}
    assert len(fewer.baseline.keys) < len(whole.baseline.keys) / 2
    scores, of_whole = raw_scores(fewer), raw_scores(whole)
    assert len(scores) > 100
    assert scores == {key: of_whole[key] for key in scores}


def test_the_depths_of_the_class_tree_are_switched_too(context: Context, make_day: MakeDay) -> None:
    shallow = run(replace(context, watched=without(deepest=1)), make_day, days=2)

    assert {token.depth for token in shallow.baseline.keys.tokens} > {1}
    depths = {shallow.baseline.keys.tokens[t].depth for t in shallow.baseline.keys.token}
    assert depths == {0, 1}


def test_the_city_is_the_measure_of_all_and_is_counted_though_it_raises_nothing() -> None:
    off = without("city")

    assert off.counts("city", 3)
    assert not off.raising()[AREA_KINDS.index("city")].any()


def test_grids_and_small_cells_are_watched_where_an_office_asks_for_it(
    context: Context, make_day: MakeDay
) -> None:
    depths = {**Watched().depths, "cell_9": (1, 2, 3)}
    watch = run(replace(context, watched=Watched(depths)), make_day, days=2)

    kinds = np.array(watch.baseline.keys.kind)
    assert (kinds == AREA_KINDS.index("cell_9")).sum() > 40
    assert not (kinds == AREA_KINDS.index("grid")).any()  # the stream has no grids


def test_the_state_says_what_it_counted(context: Context, make_day: MakeDay) -> None:
    watch = run(replace(context, watched=without("subject")), make_day, days=2)

    again = unpack(VERSION, pack(watch))

    assert again.watched == without("subject")
    assert again.watched != Watched()

"""Looking and learning are two things: only counts teach, and days are told in their order."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from alerts.episode import Episode
from alerts.findings import Findings
from alerts.state import pack
from alerts.telling import OVER_BUDGET, Budget, Telling
from alerts.watch import Context, Watch

MakeDay = Callable[..., pd.DataFrame]
Day = tuple[date, pd.DataFrame]

LEARNT, SUNDAY = 16, 20  # the first day of the stream is a Monday
BURSTS: list[dict[str, object]] = [
    {"class_code": code, "community_id": place, "caller_hash": f"{place}-{i}", "local_hour": 9}
    for code, place in (("大5/中51/小511", 7), ("大4/中41/小411", 23))
    for i in range(16)
]


@pytest.fixture(scope="module")
def days(make_day: MakeDay) -> list[Day]:
    frames = [
        make_day(n, mean=150.0, extra=BURSTS if n == SUNDAY else None) for n in range(LEARNT + 6)
    ]
    return [(frame["local_day"].iloc[0], frame) for frame in frames]


@pytest.fixture(scope="module")
def learnt(days: list[Day], context: Context) -> Watch:
    watch = Watch()
    for day, frame in days[:LEARNT]:
        watch.learn_day(day, frame, context)
    return watch


def said(episodes: list[Episode]) -> list[tuple[object, ...]]:
    return [(e.opened_at, e.told, e.aside, list(e.signals.values())) for e in episodes]


def test_days_looked_through_apart_and_told_in_order_are_those_of_one_run(
    learnt: Watch, days: list[Day], context: Context
) -> None:
    whole, ahead, apart = copy.deepcopy(learnt), copy.deepcopy(learnt), list[Findings]()
    told_whole = [said(whole.run_day(*one, context)) for one in days[LEARNT:]]
    for part in (days[LEARNT : LEARNT + 2], days[LEARNT + 2 : SUNDAY], days[SUNDAY:]):
        looking = ahead.copy()
        apart += [looking.find_day(*one, context) for one in part]
        for one in part:
            ahead.learn_day(*one, context)
    told = [said(ahead.tell(findings, context)) for findings in apart]

    assert {signal.kind for f in apart for _, own in f.ticks for signal in own} >= {"surge"}
    assert told == told_whole
    assert pack(ahead) == pack(whole)


def test_the_close_of_a_week_leaves_over_budget_what_was_over_budget(
    learnt: Watch, days: list[Day], context: Context
) -> None:
    watch, tight = copy.deepcopy(learnt), replace(context, telling=Telling(Budget(per_day=1)))
    for day, frame in days[LEARNT:SUNDAY]:
        watch.learn_day(day, frame, tight)

    changed = watch.run_day(*days[SUNDAY], tight)

    assert days[SUNDAY][0].isoweekday() == 7
    assert sum(episode.told for episode in changed) == 1
    assert OVER_BUDGET in {episode.aside for episode in changed}

"""Words like those that the desk judged true are raised as possible, under their own budget."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.find_possible import Possible
from alerts.learner import LEAST_VERDICTS, learn
from alerts.telling import OVER_BUDGET, Budget, Telling
from alerts.watch import Context, Watch
from tests.alerts.conftest import FIRST_DAY, MakeDay

GRAVE = [f"有人在{i}号路口撒铁钉扎车胎" for i in range(LEAST_VERDICTS)]
PLAIN = [f"{i}号路路灯不亮希望维修" for i in range(LEAST_VERDICTS)]
TEXTS = [*GRAVE, *PLAIN]
VERDICTS = [True] * LEAST_VERDICTS + [False] * LEAST_VERDICTS


@pytest.fixture(scope="module")
def taught() -> Possible:
    return Possible(learn(TEXTS, VERDICTS), per_day=2)


def run(make_day: MakeDay, context: Context) -> Watch:
    """Three days; on the last five appeals of as many communities and hours tell of nails."""
    watch = Watch()
    rows = [
        {"class_code": "其他/求助", "community_id": n, "local_hour": 9 + n,
         "text": f"北区路口又有人撒铁钉，扎了{n + 2}个车胎"}
        for n in range(5)
    ]  # fmt: skip
    for number in range(3):
        extra = rows if number == 2 else None
        watch.run_day(FIRST_DAY + timedelta(days=number), make_day(number, extra=extra), context)
    return watch


def test_no_more_than_the_budget_is_told_and_each_says_by_which_verdicts(
    context: Context, make_day: MakeDay, taught: Possible
) -> None:
    own = replace(context, possible=taught, telling=Telling(Budget(possible=2)))
    found = [e for e in run(make_day, own).episodes if e.kind == "possible"]

    nails = [e for e in found if e.named.class_code == "其他/求助"]
    assert len(nails) == 5
    assert Counter(e.aside for e in found if e.last_at.day == 4) == {None: 2, OVER_BUDGET: 3}
    for one in nails:
        assert "按30件属实、30件不属实的判定" in one.named.reason
        assert one.named.reason.endswith("待核实。")
        assert one.named.detail["probability"] > one.named.detail["bound"]


def test_what_the_list_finds_is_found_the_same_whatever_was_learnt(
    context: Context, make_day: MakeDay, taught: Possible
) -> None:
    grave = {"class_code": "其他/求助", "community_id": 1, "text": "三楼着火了，有人被困"}
    found = []
    for possible in (Possible(), taught):
        watch = Watch()
        own = replace(context, possible=possible)
        watch.run_day(FIRST_DAY, make_day(0, extra=[grave]), own)
        found.append([e.named for e in watch.episodes if e.kind == "sensitive"])

    assert found[0] == found[1]
    assert found[0]


def test_few_verdicts_raise_nothing(context: Context, make_day: MakeDay) -> None:
    few = Possible(learn(TEXTS[:40], VERDICTS[:40]), per_day=2)
    found = run(make_day, replace(context, possible=few)).episodes

    assert not [e for e in found if e.kind == "possible"]

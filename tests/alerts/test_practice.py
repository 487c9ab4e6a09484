"""The words of practice of a first report hold where their rules hold, and nowhere else."""

from collections.abc import Callable

import pandas as pd
import pytest

from alerts.watch import Context, Watch

MakeDay = Callable[..., pd.DataFrame]
NEW = "大9/中91/小910"
LEARNT = 25


@pytest.fixture(scope="module")
def elsewhere(make_day: MakeDay, context: Context) -> Watch:
    """A watch that knows the class from the fourth street only."""
    watch = Watch()
    for number in range(LEARNT):
        known = {
            "class_code": NEW,
            "community_id": 35,
            "text": "老问题",
            "caller_hash": f"k{number}",
        }
        rows = make_day(number, extra=[known])
        watch.run_day(rows["local_day"].iloc[0], rows, context)
    return watch


def words(watch: Watch, make_day: MakeDay, context: Context, communities: list[int]) -> set[str]:
    """Give the words of a matter that one caller of each of these communities tells at ten."""
    extra = [
        {
            "class_code": NEW,
            "community_id": community,
            "text": "投影秀强光直射居民楼影响休息",
            "caller_hash": f"n{i}",
        }
        for i, community in enumerate(communities)
    ]
    rows = make_day(LEARNT, extra=extra)
    changed = watch.copy().run_day(rows["local_day"].iloc[0], rows, context)
    (alert,) = [e for e in changed if e.kind == "first"]
    assert alert.named.area_kind == "street"
    assert all(f"{word}" in alert.named.reason for word in alert.named.detail["practice"])
    return set(alert.named.detail["practice"])


def test_a_class_known_elsewhere_is_new_in_the_street_and_not_in_the_city(
    elsewhere: Watch, make_day: MakeDay, context: Context
) -> None:
    found = words(elsewhere, make_day, context, [1, 2, 3])

    assert "首发" in found
    assert "首创" not in found
    assert not {"高频", "高集中", "高危", "高企"} & found


def test_three_callers_of_one_community_are_concentrated_and_two_are_not(
    elsewhere: Watch, make_day: MakeDay, context: Context
) -> None:
    assert "高集中" in words(elsewhere, make_day, context, [3, 3, 3])
    assert "高集中" not in words(elsewhere, make_day, context, [3, 3])


def test_the_floor_of_a_surge_makes_it_frequent(
    elsewhere: Watch, make_day: MakeDay, context: Context
) -> None:
    floor = context.bounds.floor[2]

    assert "高频" in words(elsewhere, make_day, context, [*range(floor)])
    assert "高频" not in words(elsewhere, make_day, context, [*range(floor - 1)])

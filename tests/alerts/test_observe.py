from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.columns import Columns
from alerts.keys import AREA_KINDS, ClassToken, KeyTable
from alerts.observe import DAY_ENDS, DayCounts, count_day, rows_of

MakeDay = Callable[..., pd.DataFrame]
CODE = "大9/中90/小900"


def counted(rows: pd.DataFrame, keys: KeyTable) -> DayCounts:
    return count_day(rows_of(date(2026, 3, 2), Columns.of(rows), keys), keys)


def total(rows: pd.DataFrame, area_kind: str, code: str) -> int:
    """Callers of the whole day under every key of this kind of area and class."""
    keys = KeyTable()
    counts = counted(rows, keys)
    kind, token = AREA_KINDS.index(area_kind), keys.token_number(ClassToken(False, code))
    mine = [k for k in range(len(keys)) if keys.kind[k] == kind and keys.token[k] == token]
    return int(counts.callers[np.isin(counts.key, mine)].sum())


def test_one_caller_who_rings_thirty_times_counts_once_at_every_level(make_day: MakeDay) -> None:
    rings = [
        {"class_code": CODE, "community_id": 3, "caller_hash": "same", "local_hour": 8 + i % 12}
        for i in range(30)
    ]

    rows = make_day(0, extra=rings)

    for area_kind in ("city", "street", "community", "cell_8"):
        assert total(rows, area_kind, CODE) == 1


def test_unknown_callers_count_singly(make_day: MakeDay) -> None:
    rows = make_day(0, extra=[{"class_code": CODE, "community_id": 3}] * 7)

    assert total(rows, "community", CODE) == 7


def test_a_time_known_to_the_day_only_enters_with_the_tick_that_closes_the_day(
    make_day: MakeDay,
) -> None:
    rows = make_day(0, mean=0, extra=[{"class_code": CODE, "community_id": 3, "local_hour": pd.NA}])

    assert set(counted(rows, KeyTable()).hour.tolist()) == {DAY_ENDS}


def test_a_subject_is_counted_over_the_whole_city(make_day: MakeDay) -> None:
    calls = [
        {"class_code": CODE, "community_id": i, "caller_hash": f"x{i}", "subject": "演示连锁"}
        for i in range(12)
    ]

    assert total(make_day(0, extra=calls), "subject", CODE) == 12


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_arrival_does_not_matter(make_day: MakeDay, seed: int) -> None:
    rows = make_day(1, mean=80)
    rows["caller_hash"] = rows["caller_hash"].str[:2]  # many calls of few callers
    shuffled = rows.sample(frac=1, random_state=seed)

    one, other = (counted(r, KeyTable()) for r in (rows, shuffled))

    assert one.callers.sum() == other.callers.sum()
    assert np.array_equal(np.bincount(one.hour), np.bincount(other.hour))
    assert sorted(one.callers.tolist()) == sorted(other.callers.tolist())


def test_an_empty_day_gives_no_counts(make_day: MakeDay) -> None:
    counts = counted(make_day(0).head(0), KeyTable())

    assert counts.key.size == 0

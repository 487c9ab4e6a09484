import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hotspots.repeats import first_reports, repeat_share

appeals = st.lists(st.tuples(st.integers(-1, 4), st.integers(-50, 200)), max_size=40)


@given(appeals, st.integers(0, 40))
def test_first_reports_are_those_that_a_list_of_last_ones_gives(
    rows: list[tuple[int, int]], within: int
) -> None:
    key, day = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 1))
    kept, last = np.zeros(len(rows), dtype=bool), dict[int, int]()
    for at in np.argsort(day, kind="stable").tolist():
        k, d = int(key[at]), int(day[at])
        kept[at] = k < 0 or k not in last or d - last[k] > within
        if kept[at]:
            last[k] = d

    assert first_reports(key, day, within_days=within).tolist() == kept.tolist()


@given(appeals.filter(bool), st.integers(0, 40))
def test_the_share_of_repeats_is_counted_from_the_appeal_before(
    rows: list[tuple[int, int]], within: int
) -> None:
    ordered = sorted(rows, key=lambda row: row[1])
    n = 0
    for at, (k, d) in enumerate(ordered):
        before = [e for j, e in ordered[:at] if j == k]
        n += k >= 0 and bool(before) and d - before[-1] <= within

    key, day = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 1))
    assert repeat_share(key, day, within_days=within) == n / len(rows)


def test_no_appeals_have_no_share() -> None:
    none = np.zeros(0, dtype=np.int64)

    assert np.isnan(repeat_share(none, none, within_days=30))
    assert first_reports(none, none).tolist() == []

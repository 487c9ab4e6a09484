from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import cell
from hotspots.months import Months, months
from hotspots.periods import Span
from hotspots.places import cell_places, ring
from hotspots.table import COLUMNS, HotspotTable, hotspot_table

THIS = Span(date(2024, 3, 1), date(2024, 3, 31))
BEFORE = Span(date(2024, 2, 1), date(2024, 2, 29))
SPANS = Months(THIS, BEFORE, None)
UNITS = pd.DataFrame(
    {
        "area": [1, 2, 3],
        "code": ["990101001", "990101002", "990101003"],
        "name": ["甲街道", "乙街道", "丙街道"],
        "households": [1000.0, 500.0, np.nan],
    }
)


def counted(*rows: tuple[int, date, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["area", "local_day", "n"])


CUBE = counted(
    (1, date(2024, 2, 29), 25),
    (1, date(2024, 3, 1), 30),
    (1, date(2024, 3, 2), 6),
    (2, date(2024, 2, 1), 19),
    (2, date(2024, 3, 31), 50),
    (3, date(2024, 4, 1), 99),
)
CITY = CUBE.assign(area=0, n=CUBE["n"] + 2)


def ask(**more: object) -> HotspotTable:
    asked = {"level": "street", "reading": "lies", "city": CITY} | more
    return hotspot_table(CUBE, UNITS, SPANS, **asked)  # type: ignore[arg-type]


def test_places_are_ranked_with_rate_and_growth_of_the_month() -> None:
    rows = ask().rows

    assert list(rows.columns) == list(COLUMNS)
    assert rows["name"].tolist() == ["乙街道", "甲街道", "丙街道"]
    assert rows["rank"].tolist() == [1, 2, 3]
    assert rows["n"].tolist() == [50, 36, 0]
    assert rows["rate"].tolist()[:2] == [100.0, 36.0]
    assert np.isnan(rows["rate"][2])
    assert rows["growth"][1] == pytest.approx(36 / 25 - 1)
    assert np.isnan(rows["growth"][0])  # a base of 19 shows figures only
    assert rows["n_previous"].tolist() == [19, 25, 0]
    assert rows["n_last_year"].isna().all()


def test_what_the_level_cannot_place_stands_beside_the_rows() -> None:
    table = ask()

    assert table.n == 86
    assert table.n_not_placeable == 6  # two in each of the three rows of March
    march = CITY[(CITY["local_day"] >= THIS.first) & (CITY["local_day"] <= THIS.last)]
    assert table.n + table.n_not_placeable == march["n"].sum()
    assert (table.reading, table.level, table.n_sinks) == ("lies", "street", 0)


def test_equal_counts_share_a_rank_and_stand_in_the_order_of_their_codes() -> None:
    rows = hotspot_table(
        counted((3, THIS.first, 4), (1, THIS.first, 4)), UNITS, SPANS,
        level="street", reading="sent", city=counted((0, THIS.first, 8)),
    ).rows  # fmt: skip

    assert rows["rank"].tolist() == [1, 1, 3]
    assert rows["code"].tolist()[:2] == ["990101001", "990101003"]


def test_a_place_that_is_not_listed_is_added_not_dropped() -> None:
    table = hotspot_table(
        counted((9, THIS.first, 4)), UNITS, SPANS,
        level="street", reading="lies", city=counted((0, THIS.first, 4)),
    )  # fmt: skip

    assert table.n == 4
    assert table.rows["area"][0] == 9


def test_no_counts_at_all_give_zeros() -> None:
    table = hotspot_table(
        CUBE.iloc[:0], UNITS, SPANS, level="street", reading="lies", city=CITY.iloc[:0]
    )

    assert table.rows["n"].tolist() == [0, 0, 0]
    assert (table.n, table.n_not_placeable) == (0, 0)


def test_a_longer_month_alone_is_no_growth() -> None:
    units = UNITS.iloc[:1]
    cube = counted((1, BEFORE.first, 29_000), (1, THIS.first, 31_000))
    row = hotspot_table(
        cube, units, SPANS, level="street", reading="lies", city=cube.assign(area=0)
    ).rows.iloc[0]

    assert row["growth"] == pytest.approx(31 / 29 - 1)
    assert row["growth_low"] > 0
    assert not row["growth_sure"]


def test_sinks_leave_the_cells_and_are_counted_beside() -> None:
    place = cell(104.06, 30.66, 9)
    day = date(2024, 3, 20)
    cube = counted((place, day, 70), (ring(place)[0], day, 5))
    table = hotspot_table(
        cube,
        cell_places([place, *ring(place)]),
        SPANS,
        level="h3-9",
        reading="lies",
        city=counted((0, day, 100)),
        sinks=counted((place, day, 60)),
        around=ring,
        focus_share=0.2,
    )

    assert table.rows["n"].tolist()[:3] == [10, 5, 0]
    assert (table.n, table.n_sinks, table.n_not_placeable) == (15, 60, 25)
    assert table.rows["focus_flag"].tolist()[0]
    assert table.rows["focus_flag"].sum() == 1
    assert table.rows["focus"][0] == pytest.approx(10 + 0.3 * 5 / 6)


def test_more_sinks_than_counts_are_a_wrong_call() -> None:
    with pytest.raises(ValueError, match="sinks"):
        ask(sinks=counted((1, THIS.first, 999)))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(ValueError, match="city has no column local_day"):
        ask(city=CITY.drop(columns="local_day"))


def of_calendar(year: int, month: int) -> tuple[date, date]:
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1)
    return first, following - timedelta(days=1)


def test_months_compare_with_the_month_before_and_the_year_before() -> None:
    spans = months(2024, 1, of_calendar)

    assert spans.this == Span(date(2024, 1, 1), date(2024, 1, 31))
    assert spans.previous == Span(date(2023, 12, 1), date(2023, 12, 31))
    assert spans.last_year == Span(date(2023, 1, 1), date(2023, 1, 31))


@given(st.dates(date(2024, 3, 1), date(2024, 3, 31)))
def test_a_running_month_is_compared_with_as_many_days(today: date) -> None:
    spans = months(2024, 3, of_calendar, data_to=today)

    assert spans.this.last == today
    assert spans.previous is not None
    assert spans.previous.days == min(today.day, 29)


def test_a_month_after_the_data_is_refused() -> None:
    with pytest.raises(ValueError, match="2024-04"):
        months(2024, 4, of_calendar, data_to=date(2024, 3, 31))

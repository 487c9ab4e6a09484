from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.cells import cell
from grids.cube import DAY_ONLY
from hotspots.cube import About, Cube, build
from hotspots.months import Months, months
from hotspots.periods import Reckoning, Span
from hotspots.places import cell_places, ring
from hotspots.table import COLUMNS, hotspot_table

THIS = Span(date(2024, 3, 1), date(2024, 3, 31))
BEFORE = Span(date(2024, 2, 1), date(2024, 2, 29))
UNITS = pd.DataFrame(
    {
        "area": [1, 2, 3],
        "code": ["990101001", "990101002", "990101003"],
        "name": ["甲街道", "乙街道", "丙街道"],
        "households": [1000.0, 500.0, np.nan],
    }
)
STREETS = About("street", "lies", THIS.last, "Asia/Shanghai")
CELLS = About("h3-9", "lies", None, "Asia/Shanghai")


def counted(*rows: tuple[int, date, int], class_code: str = "噪声") -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["area", "local_day", "n"])
    return frame.assign(class_code=class_code, kind="complaint", hour=DAY_ONLY)


COUNTS = counted(
    (1, date(2024, 2, 29), 25),
    (1, date(2024, 3, 1), 30),
    (1, date(2024, 3, 2), 6),
    (2, date(2024, 2, 1), 19),
    (2, date(2024, 3, 31), 50),
    (3, date(2024, 4, 1), 99),
)
CITY = COUNTS.assign(area=0, n=COUNTS["n"] + 2)


def cube(
    counts: pd.DataFrame,
    city: pd.DataFrame | None = None,
    spans: tuple[Span, ...] = (BEFORE, THIS),
    about: About = STREETS,
    sinks: pd.DataFrame | None = None,
) -> Cube:
    whole = counts.assign(area=0) if city is None else city
    return build(counts, whole, spans, about, Reckoning(), areas=[], sinks=sinks)


def by_month(counts: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> Cube:
    """A cube of areas 1, 2, … with these counts a month, the last of them March 2024."""
    spans = months(2024, 3, Reckoning(), most=counts.shape[1]).whole
    rows = [
        (area + 1, spans[t].first, int(n)) for area, line in enumerate(counts)
        for t, n in enumerate(line)
    ]  # fmt: skip
    return cube(counted(*rows), spans=spans)


def named(n: int) -> pd.DataFrame:
    codes = [f"99010100{i}" for i in range(1, n + 1)]
    return pd.DataFrame({"area": range(1, n + 1), "code": codes, "name": codes})


def test_places_are_ranked_with_rate_and_growth_of_the_month() -> None:
    rows = hotspot_table(cube(COUNTS, CITY), UNITS).rows

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
    assert rows["n_12"].isna().all()


def test_what_the_level_cannot_place_stands_beside_the_rows() -> None:
    table = hotspot_table(cube(COUNTS, CITY), UNITS)

    assert table.n == 86
    assert table.n_not_placeable == 6  # two in each of the three rows of March
    march = CITY[(CITY["local_day"] >= THIS.first) & (CITY["local_day"] <= THIS.last)]
    assert table.n + table.n_not_placeable == march["n"].sum()
    assert (table.reading, table.level, table.n_sinks) == ("lies", "street", 0)


def test_equal_counts_share_a_rank_and_stand_in_the_order_of_their_codes() -> None:
    rows = hotspot_table(cube(counted((3, THIS.first, 4), (1, THIS.first, 4))), UNITS).rows

    assert rows["rank"].tolist() == [1, 1, 3]
    assert rows["code"].tolist()[:2] == ["990101001", "990101003"]


def test_a_place_that_is_not_listed_is_added_not_dropped() -> None:
    table = hotspot_table(cube(counted((9, THIS.first, 4))), UNITS)

    assert table.n == 4
    assert table.rows["area"][0] == 9


def test_no_counts_at_all_give_zeros() -> None:
    table = hotspot_table(cube(COUNTS.iloc[:0], CITY.iloc[:0]), UNITS)

    assert table.rows["n"].tolist() == [0, 0, 0]
    assert (table.n, table.n_not_placeable, table.base) == (0, 0, "households")
    assert not table.rows[["surge", "concentrated"]].to_numpy().any()


def test_a_longer_month_alone_is_no_growth() -> None:
    row = hotspot_table(
        cube(counted((1, BEFORE.first, 29_000), (1, THIS.first, 31_000))), UNITS.iloc[:1]
    ).rows.iloc[0]

    assert row["growth"] == pytest.approx(31 / 29 - 1)
    assert row["growth_low"] > 0
    assert not row["growth_sure"]


def test_sinks_leave_the_cells_and_are_counted_beside() -> None:
    place = cell(104.06, 30.66, 9)
    day = date(2024, 3, 20)
    cells = cube(
        counted((place, day, 70), (ring(place)[0], day, 5)),
        counted((0, day, 100)),
        about=CELLS,
        sinks=counted((place, day, 60)),
    )
    table = hotspot_table(cells, cell_places([place, *ring(place)]), around=ring, focus_share=0.2)

    assert table.rows["n"].tolist()[:3] == [10, 5, 0]
    assert (table.n, table.n_sinks, table.n_not_placeable) == (15, 60, 25)
    assert table.rows["focus_flag"].tolist()[0]
    assert table.rows["focus_flag"].sum() == 1
    # Of two months: February, with nothing, weighs .9 of March.
    assert table.rows["focus"][0] == pytest.approx((10 + 0.3 * 5 / 6) / 1.9)


def test_a_running_month_is_compared_with_as_many_days() -> None:
    of = months(2024, 3, Reckoning(), data_to=date(2024, 3, 5), most=2)
    table = hotspot_table(cube(COUNTS, CITY, of.whole), UNITS, like=cube(COUNTS, CITY, of.like))

    rows = table.rows.set_index("name")
    assert rows.loc["甲街道", "n_previous"] == 0  # its 25 came on 29 February
    assert rows.loc["乙街道", "n_previous"] == 19
    assert table.months.previous == Span(date(2024, 2, 1), date(2024, 2, 5))


def test_other_months_to_compare_with_are_a_wrong_call() -> None:
    with pytest.raises(ValueError, match="months compared"):
        hotspot_table(cube(COUNTS), UNITS, like=cube(COUNTS, spans=(THIS,)))


def test_a_surge_is_told_from_a_city_that_grows() -> None:
    chance = np.random.default_rng(4)
    counts = chance.poisson(40, (30, 13))
    counts[:, -1] *= 2  # the whole city doubles
    counts[7, -1] *= 3
    rows = hotspot_table(by_month(counts), named(30)).rows

    assert rows.loc[rows["surge"], "area"].tolist() == [8]
    surge = rows[rows["area"] == 8].iloc[0]
    assert surge["usual_low"] < surge["expected"] < surge["usual_high"] < surge["n"]


def test_a_concentration_is_more_than_the_share_of_the_households() -> None:
    counts = np.full((20, 2), 30)
    counts[4] = 120
    even = named(20).assign(households=1000.0)
    crowded = even.assign(households=np.where(even["area"] == 5, 4000.0, 1000.0))
    first, second = (hotspot_table(by_month(counts), places) for places in (even, crowded))

    assert first.base == "households"
    assert first.rows.loc[first.rows["concentrated"], "area"].tolist() == [5]
    assert not second.rows["concentrated"].any()  # four times the appeals of four times the homes
    assert hotspot_table(by_month(counts), named(20)).base is None


def test_a_place_without_households_is_not_called_concentrated() -> None:
    counts = np.full((20, 2), 30)
    places = named(20).assign(households=[np.nan] + [1000.0] * 19)
    rows = hotspot_table(by_month(counts), places).rows

    assert not rows["concentrated"].any()
    assert rows.loc[rows["area"] == 1, "expected_elsewhere"].isna().all()


def test_ranks_of_a_year_are_narrower_than_those_of_a_month() -> None:
    chance = np.random.default_rng(2)
    counts = chance.poisson(np.outer(np.linspace(20, 60, 25), np.ones(13)))
    rows = hotspot_table(by_month(counts), named(25)).rows

    month = (rows["rank_high"] - rows["rank_low"]).median()
    year = (rows["rank_12_high"] - rows["rank_12_low"]).median()
    assert year < month / 1.5
    assert rows["n_12"].sum() == counts[:, 1:].sum()
    inside = rows["rank_12"].between(rows["rank_12_low"] - 1, rows["rank_12_high"] + 1)
    assert inside.mean() > 0.9


def test_the_course_of_a_share_is_told_from_ten_periods_on() -> None:
    counts = np.full((6, 12), 100)
    counts[0] = np.arange(12) * 20
    rows = hotspot_table(by_month(counts), named(6)).rows.set_index("area")
    young = hotspot_table(by_month(counts[:, -9:]), named(6))

    assert rows.loc[1, "course"] == 1
    assert (young.rows["course"] == 0).all()
    assert (young.trend_step, young.trend_periods) == (None, 0)


def test_a_rise_that_days_alone_could_not_make_is_not_sure_while_it_may_be_none() -> None:
    # March has two days more than February: as many appeals are fewer a day, yet not fewer.
    rows = hotspot_table(by_month(np.array([[10_100, 10_100]])), named(1)).rows

    assert rows["growth_low"][0] < 0 < rows["growth_high"][0] < 31 / 29 - 1
    assert not rows["growth_sure"][0]


def test_the_focus_layer_says_how_it_would_have_fared_from_thirteen_months_on() -> None:
    chance = np.random.default_rng(6)
    counts = chance.poisson(np.outer(np.array([60.0] + [4.0] * 19), np.ones(16)))

    def line(place: int) -> list[int]:
        return [place - 1, place + 1]

    places = named(20).assign(area_m2=1e6)
    old = hotspot_table(by_month(counts), places, around=line)
    young = hotspot_table(by_month(counts[:, :12]), places, around=line)

    assert old.rows.loc[old.rows["focus_flag"], "area"].tolist() == [1]
    assert old.backtest is not None
    assert len(old.backtest.layer) == 4
    assert all(one.pei == 1 and one.hit_rate > 0.3 for one in old.backtest.layer)
    assert young.backtest is None


def test_a_page_is_the_same_at_every_call() -> None:
    counts = np.random.default_rng(3).poisson(20, (12, 13))
    one, other = (hotspot_table(by_month(counts), named(12)).rows for _ in range(2))

    pd.testing.assert_frame_equal(one, other)


def test_the_figures_of_a_place_do_not_hang_on_the_order_of_places() -> None:
    counts = np.random.default_rng(8).poisson(30, (6, 4))
    straight = hotspot_table(by_month(counts), named(6)).rows
    mixed = hotspot_table(by_month(counts), named(6).iloc[[2, 5, 0, 4, 1, 3]]).rows

    pd.testing.assert_frame_equal(straight, mixed)


def test_months_compare_with_the_month_before_and_the_year_before() -> None:
    spans = months(2024, 1, Reckoning())

    assert spans.this == Span(date(2024, 1, 1), date(2024, 1, 31))
    assert spans.previous == Span(date(2023, 12, 1), date(2023, 12, 31))
    assert spans.last_year == Span(date(2023, 1, 1), date(2023, 1, 31))


@given(st.dates(date(2024, 3, 1), date(2024, 3, 31)))
def test_a_running_month_has_as_many_days_of_each_before(today: date) -> None:
    spans = months(2024, 3, Reckoning(), data_to=today)

    assert spans.this.last == today
    assert spans.previous is not None
    assert spans.previous.days == min(today.day, 29)


def test_the_months_of_an_office_follow_each_other_without_a_gap() -> None:
    spans: Months = months(2024, 6, Reckoning(month_start=19), data_from=date(2023, 9, 20))

    assert spans.this == Span(date(2024, 5, 19), date(2024, 6, 18))
    ends = [span.last + timedelta(days=1) for span in spans.whole[:-1]]
    assert ends == [span.first for span in spans.whole[1:]]
    assert spans.whole[0].first == date(2023, 10, 19)


def test_a_month_after_the_data_is_refused() -> None:
    with pytest.raises(ValueError, match="2024-04"):
        months(2024, 4, Reckoning(), data_to=date(2024, 3, 31))

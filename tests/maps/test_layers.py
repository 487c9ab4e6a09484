import json

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from shapely import Point

from hotspots.table import hotspot_table
from maps.answer import columns_of
from maps.layers import (
    ALERT_COLUMNS,
    LAYER_COLUMNS,
    alert_layer,
    feature_collection,
    hide_small,
    unit_layer,
)
from maps.palette import SEQUENCE, colour, limits, ramp
from maps.sheet import Sheet
from tests.hotspots.test_table import by_month, named


def test_a_unit_layer_has_its_columns_in_the_order_of_ranks(sheet: Sheet) -> None:
    layer = sheet.levels[0].layer

    assert list(layer.columns) == list(LAYER_COLUMNS)
    assert layer.crs == "EPSG:4326"
    assert layer["rank"].is_monotonic_increasing
    assert len(layer) == 8


def test_a_unit_without_a_shape_is_left_out_of_the_layer(
    sheet: Sheet, streets: gpd.GeoDataFrame
) -> None:
    bare = streets[["area", "geometry"]].copy()
    bare.loc[0, "geometry"] = None

    assert len(unit_layer(bare, sheet.levels[0].table)) == 7


@given(st.lists(st.integers(0, 40), min_size=1, max_size=30))
def test_no_count_of_one_to_four_and_no_figure_of_it_gets_out(n: list[int]) -> None:
    count = np.array(n)
    frame = pd.DataFrame(
        {
            "code": [f"{row:02d}" for row in range(len(n))], "n": count,
            "rate": count / 3, "rate_low": count / 4, "rate_high": count / 2,
            "n_previous": count[::-1].astype(float), "growth": 0.5, "growth_low": 0.1,
            "growth_high": 0.9, "n_last_year": np.nan, "growth_year": np.nan, "focus": count * 1.0,
        }
    )  # fmt: skip
    shown = hide_small(frame).sort_values("code", ignore_index=True)
    small = (count > 0) & (count < 5)

    assert (
        shown.loc[small, ["n", "rate", "rate_low", "rate_high", "growth", "focus"]]
        .isna()
        .all(axis=None)
    )
    assert not shown["n_previous"].between(1, 4).any()
    assert shown.loc[~small, "n"].tolist() == count[~small].tolist()
    assert shown["small"].tolist() == small.tolist()


@settings(max_examples=25)
@given(hnp.arrays(np.int64, (3, 14), elements=st.sampled_from([0, 3, 5, 20])))
def test_a_sum_of_months_is_shown_only_where_no_month_in_it_is_hidden(
    counts: np.ndarray[tuple[int, int], np.dtype[np.int64]],
) -> None:
    table = hotspot_table(by_month(counts), named(3))
    shown = hide_small(table.rows).sort_values("code", ignore_index=True)
    small = (counts > 0) & (counts < 5)

    assert shown["n_3"].isna().tolist() == small[:, -3:].any(axis=1).tolist()
    assert not shown["rank_12"].isna().any()
    assert not any(name.startswith("least_") for name in shown.columns)


def test_two_months_of_answers_do_not_tell_the_hidden_month_between_them() -> None:
    counts = np.array([[9, 12, 2, 8], [8, 6, 3, 9], [7, 11, 9, 7]])
    told = [
        pd.DataFrame(columns_of(hotspot_table(by_month(counts[:, :months]), named(3)).rows))
        .sort_values("code")
        .fillna({"n": -1, "n_3": -1})
        for months in (3, 4)
    ]

    assert told[0]["n"].tolist() == [-1, -1, 9]
    assert told[1]["n"].tolist() == [8, 9, 7]
    assert told[1]["n_3"].tolist() == [-1, -1, 27]


def test_what_is_usual_is_not_told_where_it_is_a_single_hidden_month() -> None:
    for months in (2, 3, 4):
        counts = np.array([[9] * (months - 2) + [3, 9], [20] * months])
        shown = hide_small(hotspot_table(by_month(counts), named(2)).rows).sort_values("code")
        assert shown["expected"].isna().tolist() == [months < 4, False]


def test_places_whose_counts_are_hidden_have_no_rank_and_stand_by_their_code() -> None:
    table = hotspot_table(by_month(np.array([[1], [0], [4], [6], [9]])), named(5))
    units = gpd.GeoDataFrame(
        {"area": range(1, 6)}, geometry=[Point(n, 0).buffer(0.1) for n in range(5)], crs="EPSG:4326"
    )
    for shown in (hide_small(table.rows), unit_layer(units, table)):
        assert [code[-1] for code in shown["code"]] == ["5", "4", "1", "3", "2"]
        for name in ("rank", "rank_low", "rank_high"):
            assert shown[name].isna().tolist() == [False, False, True, True, False]
    known = unit_layer(units, table, hide=False)
    assert known["rank"].tolist() == [1, 2, 3, 4, 5]


def test_geojson_is_longitude_first_and_plain_json(sheet: Sheet) -> None:
    collection = feature_collection(sheet.levels[1].layer)
    text = json.dumps(collection, allow_nan=False)
    features = collection["features"]
    assert isinstance(features, list)
    lon, lat = features[0]["geometry"]["coordinates"][0][0][:2]

    assert "crs" not in collection
    assert (104 <= lon <= 104.2, 30 <= lat <= 31) == (True, True)
    assert "NaN" not in text
    assert {"code", "name", "n", "rate", "growth", "growth_sure"} <= features[0][
        "properties"
    ].keys()


def test_alerts_without_a_point_are_left_out(alert_items: list[dict[str, object]]) -> None:
    layer = alert_layer([*alert_items, alert_items[0] | {"lon": None, "lat": None}])

    assert len(layer) == 5
    assert (layer.geometry.x[0], layer.geometry.y[0]) == (104.05, 30.66)


def test_no_alerts_give_an_empty_layer_with_all_columns() -> None:
    layer = alert_layer([])

    assert len(layer) == 0
    assert list(layer.columns) == list(ALERT_COLUMNS)
    assert feature_collection(layer)["features"] == []


@given(st.lists(st.floats(0, 1e6), max_size=60))
def test_every_figure_has_a_colour_and_more_is_never_lighter(values: list[float]) -> None:
    between = limits(np.array(values))
    shades = ramp(len(between) + 1)
    steps = [shades.index(colour(value, between)) for value in sorted(values) if value > 0]

    assert list(between) == sorted(set(between))
    assert steps == sorted(steps)
    assert set(shades) <= set(SEQUENCE)

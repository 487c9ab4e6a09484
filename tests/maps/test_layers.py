import json

import geopandas as gpd
import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

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
            "n": count, "rate": count / 3, "rate_low": count / 4, "rate_high": count / 2,
            "n_previous": count[::-1].astype(float), "growth": 0.5, "growth_low": 0.1,
            "growth_high": 0.9, "n_last_year": np.nan, "growth_year": np.nan, "focus": count * 1.0,
        }
    )  # fmt: skip
    shown = hide_small(frame)
    small = (count > 0) & (count < 5)

    assert (
        shown.loc[small, ["n", "rate", "rate_low", "rate_high", "growth", "focus"]]
        .isna()
        .all(axis=None)
    )
    assert not shown["n_previous"].between(1, 4).any()
    assert shown.loc[~small, "n"].tolist() == count[~small].tolist()
    assert shown["small"].tolist() == small.tolist()


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

"""What an agreement lets leave: agreed fields, larger places, no small count."""

from datetime import UTC, datetime

import geopandas as gpd
import pytest
import shapely

from appeals.errors import InputError
from maps.sharing.agreement import Share
from maps.sharing.masking import mask

NOW = datetime(2026, 11, 1, tzinfo=UTC)
UNITS = gpd.GeoDataFrame(
    {"code": ["1", "2"], "name": ["左", "右"]},
    geometry=[shapely.box(104, 30, 105, 31), shapely.box(105, 30, 106, 31)],
    crs=4326,
)
ALERTS = gpd.GeoDataFrame(
    {
        "id": ["a", "b", "c"],
        "level": ["red", "blue", "red"],
        "callers": [3, 30, 12],
        "opened_at": [datetime(2026, 10, 31, tzinfo=UTC)] * 2 + [datetime(2026, 1, 1, tzinfo=UTC)],
        "headline": ["某人说"] * 3,
    },
    geometry=gpd.points_from_xy([104.5, 105.5, 105.5], [30.5] * 3),
    crs=4326,
)


def shared(**said: object) -> gpd.GeoDataFrame:
    share = Share("alerts", ("id", "callers"), **{"place": "street", **said})  # type: ignore[arg-type]
    return mask(ALERTS, share, UNITS, "opened_at", NOW)


def test_a_point_becomes_the_ground_of_its_unit_and_a_small_count_is_empty() -> None:
    layer = shared()

    assert list(layer.columns) == ["id", "callers", "place_code", "place_name", "geometry"]
    assert list(layer["place_name"]) == ["左", "右", "右"]
    assert layer.geometry.iloc[0].equals(UNITS.geometry.iloc[0])
    assert layer["callers"].isna().tolist() == [True, False, False]


def test_levels_and_days_narrow_what_is_shared() -> None:
    assert list(shared(levels=("red",))["id"]) == ["a", "c"]
    assert list(shared(days=7)["id"]) == ["a", "b"]


def test_what_lies_in_no_unit_stays_at_home() -> None:
    far = ALERTS.set_geometry(gpd.points_from_xy([104.5, 120, 120], [30.5] * 3), crs=4326)

    layer = mask(far, Share("alerts", ("id",), "street"), UNITS, "opened_at", NOW)

    assert list(layer["id"]) == ["a"]


def test_a_field_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no field door"):
        mask(ALERTS, Share("alerts", ("door",), "street"), UNITS, "opened_at", NOW)

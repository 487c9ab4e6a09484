"""Alerts as a page marks them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import geopandas as gpd
import pytest
from shapely.geometry import box

from appeals.database import open_database, reading, upgrade_schema, writing
from grids.boundaries import Boundaries
from grids.store import add_units, load_boundaries
from maps.marks import alert_items, signal_items

LOS_ANGELES = ZoneInfo("America/Los_Angeles")


@pytest.fixture(scope="module")
def units() -> Boundaries:
    engine = open_database("sqlite://")
    upgrade_schema(engine)
    street = gpd.GeoDataFrame(
        {"code": ["990101001"], "name": ["甲街道"], "parent": [None], "households": [None],
         "people": [None]},
        geometry=[box(111.0, 30.0, 111.02, 30.02)],
        crs="EPSG:4326",
    )  # fmt: skip
    with writing(engine) as connection:
        add_units(connection, street, "street", date(1900, 1, 1))
    with reading(engine) as connection:
        found = load_boundaries(connection, date(2026, 1, 1))
    engine.dispose()
    return found


VERDICT = ("verdict", "verdict_by", "verdict_at", "aside")


def alert(units: Boundaries, opened_at: datetime) -> dict[str, object]:
    street = int(units.ids[0])
    return {
        "alert_id": 1, "kind": "surge", "level": "blue", "state": "detected", "headline": "突增",
        "reason": "…", "area_kind": "street", "area": street, "class_code": "噪声",
        "opened_at": opened_at, "newest_at": opened_at, "cases": 9, "callers": 8,
        "expected": 2.0, "historical": False, **dict.fromkeys(VERDICT),
        "detail": {
            "named": "甲街道",
            "keys": [["surge", "street", street, "甲街道", "噪声"],
                     ["surge", "city", 0, "示例市", "噪声/施工噪声"]],
        },
        "signals": [
            {"kind": "surge", "area_kind": "city", "area": 0, "class_code": "噪声/施工噪声",
             "tick": opened_at, "callers": 30},
            {"kind": "surge", "area_kind": "street", "area": street, "class_code": "噪声",
             "tick": opened_at, "callers": 8},
        ],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("month", "offset"), [(1, "T04:00:00-08:00"), (7, "T05:00:00-07:00")], ids=["winter", "summer"]
)
def test_a_moment_has_the_offset_of_its_own_day(units: Boundaries, month: int, offset: str) -> None:
    of = alert(units, datetime(2026, month, 5, 12, tzinfo=UTC))
    item = alert_items([of], units, LOS_ANGELES)[0]

    assert isinstance(item["opened_at"], datetime)
    assert item["opened_at"].isoformat() == f"2026-{month:02d}-05{offset}"
    assert signal_items(of, LOS_ANGELES)[0]["tick"] == item["opened_at"]


def test_the_signal_that_the_alert_names_comes_first_and_each_has_its_place(
    units: Boundaries,
) -> None:
    signals = signal_items(alert(units, datetime(2026, 1, 5, tzinfo=UTC)), LOS_ANGELES)

    assert [(one["area_name"], one["named"]) for one in signals] == [
        ("甲街道", True),
        ("示例市", False),
    ]

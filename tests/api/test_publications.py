"""The planners' layers over a town: fixed once a month is over, and of no use to find somebody."""

import csv
import itertools
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import box

from api.app import create_app
from appeals.database import Engine, writing
from appeals.seals import KeyRing
from grids.store import add_units
from tests.api.accounts import ORIGIN, Door, open_door
from tests.api.test_exports import finished
from wangge.handover import Handover
from wangge.intake import Options
from wangge.settings import Settings

NOW = datetime(2026, 3, 9, 4, 0, tzinfo=UTC)
CLASSES = ("噪声", "物业", "市容环卫", "停车", "供暖")
LEVELS = ("district", "street", "community")


def appeals(
    month: int, count: int, seed: int, first: int = 0, last_day: int = 28
) -> list[dict[str, object]]:
    """Appeals of a month, crowded in the west: some communities have many, some one or two."""
    random = np.random.default_rng(seed)
    rows = []
    for number in range(count):
        # The first and last day have some, so that the month counts as whole.
        day = (1, last_day)[number] if number < 2 else int(random.integers(1, last_day + 1))
        rows.append(
            {
                "id": f"{month}-{first + number}",
                "received_at": datetime(2026, month, day, 4, tzinfo=UTC).isoformat(),
                "class_1": CLASSES[min(int(random.exponential(1.2)), len(CLASSES) - 1)],
                "text": "反映情况",
                "lon": 111.0 + min(float(random.exponential(0.012)), 0.0599),
                "lat": 30.0 + float(random.uniform(0, 0.02)),
            }
        )
    return rows


def town(engine: Engine) -> None:
    """Two districts side by side, three streets, twelve communities."""

    def layer(codes: list[str], parents: list[str | None], boxes: list[Any]) -> gpd.GeoDataFrame:
        empty = [None] * len(codes)
        frame = {"code": codes, "name": [f"单元{code}" for code in codes], "parent": parents}
        return gpd.GeoDataFrame(
            {**frame, "households": [800] * len(codes), "people": empty}, geometry=boxes, crs=4326
        )

    west = [111.0, 111.02, 111.04]
    communities = [
        (street, row, part) for street in range(3) for row in range(2) for part in range(2)
    ]
    day = date(1900, 1, 1)
    with writing(engine) as connection:
        districts = [box(111.0, 30, 111.04, 30.02), box(111.04, 30, 111.06, 30.02)]
        add_units(connection, layer(["990101", "990102"], [None] * 2, districts), "district", day)
        streets = [box(x, 30, x + 0.02, 30.02) for x in west]
        codes = ["990101001", "990101002", "990102001"]
        add_units(connection, layer(codes, [one[:6] for one in codes], streets), "street", day)
        names = [f"{codes[street]}{row}0{part + 1}" for street, row, part in communities]
        shapes = [
            box(x := west[s] + 0.01 * p, y := 30 + 0.01 * r, x + 0.01, y + 0.01)
            for s, r, p in communities
        ]
        frame = layer(names, [one[:9] for one in names], shapes)
        add_units(connection, frame, "community", day)


@pytest.fixture
def door(engine: Engine, ring: KeyRing) -> Iterator[Door]:
    town(engine)
    rows = [*appeals(1, 160, 1), *appeals(2, 220, 2), *appeals(3, 40, 3, last_day=8)]
    taken = Handover(engine, Settings(), ring, lambda: NOW).take(rows, Options(datum="wgs84"))
    assert taken.accepted == len(rows)
    with open_door(engine, ring) as door:
        door.come_as("planner")
        door.client.headers.update(ORIGIN)
        yield door


def layer(client: TestClient, level: str, **asked: str) -> dict[str, Any]:
    answer = client.get(f"/api/published/{level}", params=asked)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def counts(client: TestClient, level: str, **asked: str) -> dict[str, int | None]:
    features = layer(client, level, **asked)["features"]
    return {one["properties"]["code"]: one["properties"]["n"] for one in features}


@pytest.mark.slow
def test_a_planner_who_subtracts_all_that_is_shown_finds_nobody(door: Door) -> None:
    """Total less parts, level less level, month less month, all classes less some."""
    for month, reading in itertools.product(("2026-01", "2026-02"), ("lies", "sent")):
        asked = {"month": month, "reading": reading}
        shown: dict[tuple[str, str], int] = {}
        for category in ("", *CLASSES):
            extra = {"category": category} if category else {}
            answer = door.client.get("/api/published/district", params=asked | extra)
            if answer.status_code == 404:  # no appeal of this class in the city
                continue
            if answer.json()["n"] is not None:
                shown["", category] = answer.json()["n"]
            for level in LEVELS:
                found = counts(door.client, level, **asked, **extra)
                shown |= {(code, category): n for code, n in found.items() if n is not None}
        assert not [n for n in shown.values() if 0 < n < 5]
        for (code, category), n in shown.items():
            holders = [
                (above, over)
                for (above, over) in shown
                if code.startswith(above) and over in ("", category)
            ]
            assert all(not 0 < shown[one] - n < 5 for one in holders), (code, category)
            # All published parts of one level or mixed, taken away together.
            inside = [one for one in shown if one[0].startswith(code) and one[0] != code]
            parts = [one for one in inside if one[1] == category]
            largest = [
                one for one in parts
                if not any(one[0].startswith(other[0]) and other != one for other in parts)
            ]  # fmt: skip
            assert not 0 < n - sum(shown[one] for one in largest) < 5, (code, category)
            if not category:
                classes = [shown[one] for one in shown if one[0] == code and one[1]]
                assert not 0 < n - sum(classes) < 5, code


def test_most_of_what_is_large_is_published_and_the_rest_is_null(door: Door) -> None:
    streets = counts(door.client, "street")
    communities = counts(door.client, "community")

    assert sum(n is not None for n in streets.values()) >= 1
    assert sum(bool(n) for n in communities.values()) >= 4
    assert any(n is None for n in communities.values())
    first = layer(door.client, "community")["features"][0]["properties"]
    assert first["n"] == max(n for n in communities.values() if n is not None)
    assert first["rate"] == pytest.approx(first["n"] / 0.8)
    hidden = [
        one["properties"]
        for one in layer(door.client, "community")["features"]
        if one["properties"]["n"] is None
    ]
    assert all(one["rate"] is None and one["growth"] is None for one in hidden)


def test_a_month_stays_as_it_was_published_whatever_comes_later(door: Door, ring: KeyRing) -> None:
    before = layer(door.client, "street")
    more = appeals(2, 60, 9, first=1000)
    Handover(door.engine, Settings(), ring, lambda: NOW).take(more, Options(datum="wgs84"))

    assert layer(door.client, "street") == before


def test_a_month_that_goes_on_and_one_that_began_before_the_data_are_not_published(
    door: Door,
) -> None:
    about = door.client.get("/api/published").json()

    assert [one["month"] for one in about["months"]] == ["2026-02", "2026-01"]
    assert set(about["classes"]) <= set(CLASSES)
    for month in ("2026-03", "2025-12"):
        assert door.client.get(f"/api/published/street?month={month}").status_code == 404
    assert door.client.get("/api/published/street?category=噪声/施工").status_code == 404
    assert door.client.get("/api/published/grid").status_code == 422


def test_growth_is_told_of_two_published_counts_alone(door: Door) -> None:
    for feature in layer(door.client, "community", month="2026-02")["features"]:
        place = feature["properties"]
        if place["growth"] is not None:
            assert place["n_previous"] >= 20
            assert place["growth"] == pytest.approx(place["n"] / place["n_previous"] - 1)
    assert all(
        one["properties"]["n_previous"] is None
        for one in layer(door.client, "street", month="2026-01")["features"]
    )


@pytest.mark.parametrize("asked", [{}, {"month": "2026-01", "category": "噪声"}])
def test_a_file_holds_the_month_and_class_that_the_page_shows(
    door: Door, asked: dict[str, str]
) -> None:
    shown = counts(door.client, "community", **asked)
    wish = {"layer": "published-community", "format": "csv", **asked}

    told = finished(door.client, wish)
    text = door.client.get(told["file"]).content.decode("utf-8-sig")

    rows = list(csv.DictReader(text.splitlines()))
    assert {
        one["编码"]: int(one["诉求量（件）"]) if one["诉求量（件）"] else None for one in rows
    } == shown
    assert rows[0]["诉求类别"] == asked.get("category", "全部")
    assert rows[0]["统计时间"].startswith(asked.get("month", "2026-02"))
    assert "planner，2026-03-09 20:00" in text  # who took it and when stand in it (水印)


def test_one_case_has_the_same_coarse_place_in_every_answer_and_its_point_in_none(
    door: Door,
) -> None:
    case = appeals(2, 220, 2)[7]  # in the newest published month
    shown = counts(door.client, "community")
    there = f"/api/place?lon={case['lon']}&lat={case['lat']}"
    own = door.client.get(there).json()["units"]["community"]
    told = finished(door.client, {"layer": "published-community", "format": "geojson"})
    answers = [
        door.client.get(path)
        for path in (
            "/api/published/community", told["file"], "/tiles/base.js", "/api/exports",
            "/ogc/collections/published-community/items?limit=1000",
            "/ogc/collections/units-community/items?limit=1000", f"/api/units/{own['code']}",
        )
    ]  # fmt: skip

    assert [one.status_code for one in answers] == [200] * len(answers)
    features = [one.json()["features"] for one in (answers[0], answers[1], answers[4])]
    found = [
        next(one["properties"]["n"] for one in of if one["properties"]["code"] == own["code"])
        for of in features
    ]
    assert found == [shown[own["code"]]] * 3 != [None] * 3
    assert not [one for one in answers if f"{case['lon']:.5f}"[:-1].encode() in one.content]
    for path in ("/api/appeals", "/api/appeals/1", "/ogc/collections/appeals/items"):
        assert door.client.get(path).status_code == 403, path


def test_a_file_of_what_was_not_published_is_not_made(door: Door) -> None:
    layer(door.client, "street")
    wish = {"layer": "published-street", "format": "csv"}
    for asked in ({"month": "2026-03"}, {"category": "噪声/施工"}):
        assert finished(door.client, wish | asked)["state"] == "failed"


def test_a_planner_sees_no_count_but_published_ones(door: Door) -> None:
    for path in ("/api/overview", "/api/hotspots", "/api/layers/street", "/hotspots", "/"):
        assert door.client.get(path).status_code == 403, path
    assert door.client.get("/layers").status_code == 200


def test_without_a_month_that_is_over_nothing_is_published(engine: Engine, ring: KeyRing) -> None:
    with TestClient(create_app(engine, Settings(), ring=ring)) as client:
        assert client.get("/api/published").json()["months"] == []
        assert client.get("/api/published/street").status_code == 404

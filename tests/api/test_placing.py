from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
from fastapi.testclient import TestClient
from shapely.geometry import Point

from geo.datums import gcj02_from_wgs84
from maps.export import export

SAID = {"who": "值班员甲", "reason": "与承办单位核实"}


@pytest.fixture
def doubted(client: TestClient) -> dict[str, Any]:
    """An appeal 5 m from the border of two streets, its point known to 20 m."""
    row = {
        "id": "B1", "received_at": "2026-03-09 08:00", "class_1": "噪声", "text": "夜间施工",
        "address": "老电厂宿舍3号楼", "lon": 111.01995, "lat": 30.01, "radius_m": 20,
    }  # fmt: skip
    report = client.post("/api/appeals?datum=wgs84", json=row).json()
    assert report["needs_confirm"] == 1
    (item,) = client.get("/api/appeals?place=needs_confirm").json()["items"]
    found: dict[str, Any] = client.get(f"/api/appeals/{item['appeal_id']}").json()
    return found


def test_a_place_in_doubt_gives_both_candidates_with_distance_and_sends_nothing_anywhere(
    client: TestClient, doubted: dict[str, Any]
) -> None:
    place = doubted["place"]

    assert place["status"] == "needs_confirm"
    assert place["units"] == {}
    away = {one["name"]: one["distance_m"] for one in place["candidates"]}
    assert away == {"甲街道": 0.0, "乙街道": pytest.approx(4.8, abs=0.3)}
    assert doubted["sent_to"] is None
    assert doubted["dispatched_at"] is None
    assert doubted["suggested_name"] == "老电厂宿舍"


def test_a_candidate_is_confirmed_and_the_trail_tells_who_and_why(
    client: TestClient, doubted: dict[str, Any]
) -> None:
    address = f"/api/appeals/{doubted['appeal_id']}"

    moved = client.post(f"{address}/place", json={"unit": "990101002", **SAID})

    assert moved.status_code == 200, moved.text
    place = moved.json()["place"]
    assert (place["status"], place["how"]) == ("placed", "hand")
    assert place["units"]["street"]["name"] == "乙街道"
    assert (place["lon"], place["radius_m"]) == (111.01995, 20)
    trail = client.get(f"{address}/trail").json()["items"]
    assert [(one["why"], one["status"]) for one in trail] == [
        ("intake", "needs_confirm"),
        ("re-placed", "placed"),
    ]
    assert (trail[1]["who"], trail[1]["stated_reason"]) == ("值班员甲", "与承办单位核实")
    assert client.get("/api/appeals?place=needs_confirm").json()["items"] == []


def test_a_point_with_a_name_places_the_next_appeal_that_says_it(
    client: TestClient, doubted: dict[str, Any]
) -> None:
    asked = {"lon": 111.03, "lat": 30.015, "datum": "wgs84", "name": "老电厂宿舍", **SAID}

    moved = client.post(f"/api/appeals/{doubted['appeal_id']}/place", json=asked).json()
    found = client.post("/api/locate", json={"texts": ["老电厂宿舍5号楼"]}).json()["results"][0]

    assert moved["alias_id"] == 1
    assert (found["lon"], found["lat"]) == (111.03, 30.015)
    (alias,) = client.get("/api/aliases").json()["items"]
    assert (alias["place_name"], alias["who"]) == ("老电厂宿舍", "值班员甲")


def test_a_name_that_leads_elsewhere_is_a_conflict_and_nothing_is_changed(
    client: TestClient, doubted: dict[str, Any]
) -> None:
    here = {"lon": 111.03, "lat": 30.015, "datum": "wgs84", "name": "老电厂宿舍", **SAID}
    client.post(f"/api/appeals/{doubted['appeal_id']}/place", json=here)

    answer = client.post("/api/appeals/1/place", json=here | {"lon": 111.001})

    assert answer.status_code == 409
    assert "alias 1" in answer.json()["detail"]
    assert len(client.get("/api/appeals/1/trail").json()["items"]) == 1


def test_a_point_chosen_on_a_shifted_map_is_stored_and_exported_unshifted_with_its_crs(
    client: TestClient, tmp_path: Path
) -> None:
    shown = gcj02_from_wgs84(np.array([111.0312345]), np.array([30.0123456]))
    east, north = float(shown[0][0]), float(shown[1][0])
    asked = {"lon": east, "lat": north, "datum": "gcj02", **SAID}

    place = client.post("/api/appeals/1/place", json=asked).json()["place"]

    assert (place["lon"], place["lat"]) == (111.0312345, 30.0123456)
    again = gcj02_from_wgs84(np.array([place["lon"]]), np.array([place["lat"]]))
    assert (float(again[0][0]), float(again[1][0])) == pytest.approx((east, north), abs=1e-9)
    point = [Point(place["lon"], place["lat"])]
    layer = gpd.GeoDataFrame({"id": [1]}, geometry=point, crs="EPSG:4326")
    for name, crs in (("a.gpkg", None), ("b.gpkg", "EPSG:4490"), ("c.geojson", None)):
        path = export(layer, tmp_path / name, crs=crs).path
        written = pyogrio.read_dataframe(path)
        assert (written.geometry.x[0], written.geometry.y[0]) == pytest.approx(
            (111.0312345, 30.0123456), abs=1e-9
        )
        assert pyogrio.read_info(path)["crs"] == (crs or "EPSG:4326")
    about = pyogrio.read_info(tmp_path / "b.gpkg")["layer_metadata"]
    assert "4490" in str(about) or "CGCS2000" in str(about)

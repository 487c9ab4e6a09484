"""OGC API - Features: the requirements of Part 1 and 2 that are claimed, one by one."""

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.routes.features import CONFORMS_TO
from maps.catalogue import CATALOGUE
from maps.features import CRS84, SYSTEMS

EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
STREETS = "/ogc/collections/units-street/items"


def get(reader: TestClient, path: str, **asked: str) -> Any:
    answer = reader.get(path, params=asked or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def ring(feature: dict[str, Any]) -> list[list[float]]:
    points: list[list[float]] = feature["geometry"]["coordinates"][0]
    return points


def links(answer: dict[str, Any]) -> dict[str, str]:
    return {one["rel"]: one["href"] for one in answer["links"]}


def test_from_the_landing_page_everything_is_reached(reader: TestClient) -> None:
    landing = get(reader, "/ogc/")
    there = links(landing)

    assert get(reader, there["conformance"])["conformsTo"] == list(CONFORMS_TO)
    assert get(reader, there["service-desc"])["openapi"].startswith("3.0")
    listed = get(reader, there["data"])["collections"]
    assert [one["id"] for one in listed] == list(CATALOGUE)
    for one in listed:
        assert one["crs"] == list(SYSTEMS)
        assert get(reader, links(one)["self"])["id"] == one["id"]
        assert get(reader, links(one)["items"])["type"] == "FeatureCollection"


def test_a_feature_has_its_code_as_id_and_longitude_first(reader: TestClient) -> None:
    answer = reader.get(f"{STREETS}/990101002")
    feature = answer.json()

    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["content-crs"] == f"<{CRS84}>"
    assert (feature["id"], feature["properties"]["name"]) == ("990101002", "乙街道")
    assert {point[0] for point in ring(feature)} == {111.02, 111.04}
    assert {"self", "collection"} <= set(links(feature))


def test_pages_hold_each_feature_once(reader: TestClient) -> None:
    seen, path = [], f"{STREETS}?limit=1"
    while path:
        page = get(reader, path)
        assert page["numberReturned"] == len(page["features"]) == 1
        assert page["numberMatched"] == 2
        seen += [one["id"] for one in page["features"]]
        path = links(page).get("next", "")

    assert seen == ["990101001", "990101002"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"bbox": "111.03,30,111.05,30.01"}, ["990101002"]),
        ({"bbox": "111.03,30,0,111.05,30.01,99"}, ["990101002"]),
        ({"bbox": "30,111.03,30.01,111.05", "bbox-crs": f"{EPSG}4490"}, ["990101002"]),
        ({"bbox": "30,111.03,30.01,111.05", "bbox-crs": f"{EPSG}4326"}, ["990101002"]),
        (
            {"bbox": "12359803,3503549,12362029,3504835", "bbox-crs": f"{EPSG}3857"},
            ["990101002"],
        ),
        ({"bbox": "170,-10,-170,10"}, []),
        ({"bbox": "100,-10,-170,40"}, ["990101001", "990101002"]),  # over the date line
        ({"name": "甲街道"}, ["990101001"]),
        ({"name": "甲街道", "bbox": "111.03,30,111.05,30.01"}, []),
        ({"datetime": "2026-03-01T00:00:00Z/.."}, ["990101001", "990101002"]),
        ({"limit": "100000"}, ["990101001", "990101002"]),  # less is given, not refused
    ],
)
def test_what_is_asked_for_is_found(
    reader: TestClient, asked: dict[str, str], expected: list[str]
) -> None:
    page = get(reader, STREETS, **asked)

    assert [one["id"] for one in page["features"]] == expected
    assert page["numberMatched"] == len(expected)


@pytest.mark.parametrize(
    ("crs", "first", "second"),
    [("4326", 30.0, 111.02), ("4490", 30.0, 111.02), ("3857", 12358689.9, 3503549.8)],
)
def test_another_system_has_its_own_axes_and_is_named(
    reader: TestClient, crs: str, first: float, second: float
) -> None:
    answer = reader.get(f"{STREETS}/990101002", params={"crs": f"{EPSG}{crs}"})
    lowest = min(ring(answer.json()))

    assert answer.headers["content-crs"] == f"<{EPSG}{crs}>"
    assert lowest == pytest.approx([first, second], abs=0.1 if crs == "3857" else 1e-9)


@pytest.mark.parametrize(
    "asked",
    [
        {"bbox": "200,0,210,10"},
        {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"},
        {"bbox": "nan,0,1,1"},
        {"bbox": "111,31,112,30"},
        {"bbox": "111,30,112,31", "bbox-crs": "EPSG:4326"},
        {"crs": f"{EPSG}27700"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "ten"},
        {"offset": "1.5"},
        {"datetime": "yesterday"},
        {"datetime": "2026-03-02T00:00:00Z/2026-03-01T00:00:00Z"},
        {"datetime": "../.."},
        {"no-such-field": "1"},
    ],
)
def test_what_cannot_be_right_is_400_in_the_shape_of_all_problems(
    reader: TestClient, asked: dict[str, str]
) -> None:
    answer = reader.get(STREETS, params=asked)

    assert answer.status_code == 400
    assert answer.json()["status"] == 400
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path", ["/ogc/collections/nothing", "/ogc/collections/nothing/items", f"{STREETS}/nothing"]
)
def test_what_is_not_there_is_404(reader: TestClient, path: str) -> None:
    assert reader.get(path).status_code == 404


def test_an_unknown_parameter_is_refused_everywhere(reader: TestClient) -> None:
    for path in ("/ogc/", "/ogc/conformance", "/ogc/collections", f"{STREETS}/990101001"):
        assert reader.get(path, params={"f": "html"}).status_code == 400


def test_alerts_are_asked_by_their_moment(reader: TestClient) -> None:
    path = "/ogc/collections/alerts/items"
    every = get(reader, path)["features"]
    moments = sorted(one["properties"]["opened_at"] for one in every)

    assert len(every) == 3
    assert len(get(reader, path, datetime=moments[0])["features"]) == 1
    assert len(get(reader, path, datetime=f"{moments[1]}/..")["features"]) == 2
    assert get(reader, path, datetime="2020-01-01T00:00:00Z")["features"] == []


def test_the_figures_are_those_of_the_table(reader: TestClient) -> None:
    table = get(reader, "/api/hotspots", level="street")["items"]
    layer = get(reader, "/ogc/collections/hotspots-street/items")["features"]

    assert {one["id"]: one["properties"]["n"] for one in layer} == {
        one["code"]: one["n"] for one in table
    }
    assert len(layer) == 2


def test_each_route_that_is_described_is_there(reader: TestClient) -> None:
    described = get(reader, "/ogc/api")
    for path in described["paths"]:
        asked = path.format(collectionId="units-street", featureId="990101001")
        assert reader.get(asked).status_code == 200
    assert "$ref" not in json.dumps(described)

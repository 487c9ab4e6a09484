"""落图 and units over HTTP: a day, distances of what is in doubt, cells of a unit."""

import pytest
from fastapi.testclient import TestClient

PLACE = "/api/place?lon=111.01999&lat=30.01"


def test_units_in_doubt_are_told_with_their_distances_the_nearest_first(
    client: TestClient,
) -> None:
    found = client.get(f"{PLACE}&radius_m=20").json()
    assert found["status"] == "needs_confirm"
    assert [one["code"] for one in found["candidates"]] == ["990101001", "990101002"]
    inside, beyond = (one["distance_m"] for one in found["candidates"])
    assert inside == 0
    assert beyond == pytest.approx(1e-5 * 96_400, abs=0.1)


def test_a_day_can_be_asked_and_one_before_all_editions_is_placed_by_the_first(
    client: TestClient,
) -> None:
    assert client.get(f"{PLACE}&on=2024-01-01").json()["units"]["street"]["code"] == "990101001"
    assert client.get(f"{PLACE}&on=1850-01-01").json()["units"]["street"]["code"] == "990101001"
    assert client.get("/api/units/990101001?on=2024-01-01").status_code == 200
    assert client.get("/api/units/990101001?on=1850-01-01").status_code == 404
    assert client.get(f"{PLACE}&on=yesterday").status_code == 422


def test_a_unit_tells_its_cells_by_either_rule(client: TestClient) -> None:
    unit = client.get("/api/units/990101001").json()
    assert "cells" not in unit
    centre, overlap = (
        client.get(f"/api/units/990101001?cells=9&mode={mode}").json()["cells"]
        for mode in ("centre", "overlap")
    )
    assert set(centre["cells"]) < set(overlap["cells"])
    assert centre["fallback"] is False
    small = client.get("/api/units/990101001?cells=7").json()["cells"]
    assert len(small["cells"]) >= 1
    assert client.get("/api/units/990101001?cells=15").status_code == 422

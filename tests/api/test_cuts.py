"""Shapes travel without figures, and again only when they changed."""

from fastapi.testclient import TestClient

from tests.api.conftest import appeal

CUT = "/api/layers/street/cuts/0/0/0?month=2026-03"


def test_borders_are_sent_once_for_a_version(client: TestClient) -> None:
    first = client.get(CUT)
    again = client.get(CUT, headers={"If-None-Match": first.headers["etag"]})

    assert first.headers["cache-control"] == "private, no-cache"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]


def test_an_appeal_changes_figures_and_moves_no_border(client: TestClient) -> None:
    def table() -> dict[str, object]:
        found: dict[str, object] = client.get("/api/hotspots?month=2026-03&form=columns").json()
        return found

    before = table()
    rows = [appeal(0) | {"id": f"N{n}"} for n in range(7)]
    assert client.post("/api/appeals?datum=wgs84&source=12345", json=rows).is_success
    after = table()

    assert after["n"] == before["n"] + 7  # type: ignore[operator]
    assert after["shapes"] == before["shapes"] == client.get(CUT).json()["version"]


def test_shapes_carry_no_figure_and_cells_are_not_kept_by_a_browser(client: TestClient) -> None:
    cells = client.get("/api/layers/h3-9/cuts/0/0/0?month=2026-03")
    table = client.get("/api/hotspots?level=h3-9&month=2026-03").json()

    assert cells.headers["cache-control"] == "no-store"
    assert set(cells.json()["codes"]) == {one["code"] for one in table["items"]}
    assert set(cells.json()) == {
        "version", "bounds", "side", "west", "south", "lattice", "codes", "rings", "points",
        "steps",
    }  # fmt: skip


def test_columns_say_what_items_say(client: TestClient) -> None:
    items = client.get("/api/hotspots?month=2026-03").json()["items"]
    columns = client.get("/api/hotspots?month=2026-03&form=columns").json()["columns"]

    assert set(columns) == set(items[0])
    for at, item in enumerate(items):
        for name, value in item.items():
            said = None if columns[name] is None else columns[name][at]
            assert said == (round(value, 6) if isinstance(value, float) else value), name

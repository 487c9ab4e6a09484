"""Layers are worked out once for all desks, and anew as soon as an appeal is placed."""

from fastapi.testclient import TestClient

from tests.api.conftest import appeal

ADDRESS = "/api/layers/street?month=2026-03"


def counted(client: TestClient) -> int:
    features = client.get(ADDRESS).json()["features"]
    return sum(feature["properties"]["n"] or 0 for feature in features)


def test_a_layer_is_worked_out_once_and_anew_when_an_appeal_comes(
    client: TestClient,
) -> None:
    before = counted(client)
    kept = client.app.state.layers  # type: ignore[attr-defined]
    (packed,) = kept._answers._found.values()
    assert counted(client) == before
    assert next(iter(kept._answers._found.values())) is packed

    rows = [appeal(0) | {"id": f"N{n}"} for n in range(7)]
    answer = client.post("/api/appeals?datum=wgs84&source=12345", json=rows)
    assert answer.is_success, answer.text
    assert counted(client) == before + 7


def test_who_takes_no_gzip_reads_the_same(client: TestClient) -> None:
    squeezed = client.get(ADDRESS)
    plain = client.get(ADDRESS, headers={"Accept-Encoding": "identity"})

    assert squeezed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.json() == squeezed.json()

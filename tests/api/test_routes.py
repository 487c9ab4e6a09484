import asyncio
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Message

from api.guard import MOST_BYTES

NEW = {
    "id": "N1",
    "received_at": "2026-03-09T10:00:00+08:00",
    "kind": "投诉",
    "class_1": "物业",
    "text": "电梯停运",
    "lon": 111.005,
    "lat": 30.005,
}


def post(client: TestClient, body: object, **headers: str) -> Any:
    return client.post("/api/appeals?datum=wgs84", json=body, headers=headers)


def test_an_appeal_that_was_acknowledged_can_be_read(client: TestClient) -> None:
    answer = post(client, NEW)

    assert answer.status_code == 201
    assert answer.json()["accepted"] == 1
    newest = client.get("/api/appeals?limit=1").json()["items"][0]
    assert (newest["source"], newest["source_id"]) == ("api", "N1")
    whole = client.get(f"/api/appeals/{newest['appeal_id']}").json()
    place = whole["place"]
    assert place["status"] == "placed"
    assert place["units"]["street"]["name"] == "甲街道"
    assert isinstance(place["cells"]["9"], str)


def test_the_same_appeal_again_is_a_duplicate(client: TestClient) -> None:
    post(client, NEW)

    answer = post(client, NEW)

    assert answer.status_code == 200
    assert (answer.json()["accepted"], answer.json()["duplicates"]) == (0, 1)


def test_a_changed_appeal_is_an_update(client: TestClient) -> None:
    post(client, NEW)

    assert post(client, NEW | {"status": "办结"}).json()["updated"] == 1


def test_a_list_is_accounted_for_row_by_row(client: TestClient) -> None:
    report = post(client, [NEW, NEW, NEW | {"id": "N2", "received_at": "gestern"}]).json()

    assert (report["read"], report["accepted"], report["duplicates"]) == (3, 1, 1)
    assert report["rejects"] == [
        {"row": 3, "field": "received_at", "reason": report["rejects"][0]["reason"]}
    ]
    assert "gestern" not in report["rejects"][0]["reason"]


def test_an_idempotency_key_gives_the_first_answer_again(client: TestClient) -> None:
    first = post(client, NEW, **{"Idempotency-Key": "k1"})

    again = post(client, NEW, **{"Idempotency-Key": "k1"})

    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()


def test_an_idempotency_key_does_not_serve_two_requests(client: TestClient) -> None:
    post(client, NEW, **{"Idempotency-Key": "k1"})

    assert post(client, NEW | {"id": "N2"}, **{"Idempotency-Key": "k1"}).status_code == 409


def test_an_idempotency_key_gives_the_same_refusal_again(client: TestClient) -> None:
    first, again = (
        post(client, NEW | {"received_at": "gestern"}, **{"Idempotency-Key": "k1"}) for _ in "12"
    )

    assert first.status_code == again.status_code == 422
    assert again.json() == first.json()


def test_coordinates_without_a_datum_are_refused(client: TestClient) -> None:
    answer = client.post("/api/appeals", json=NEW)

    assert answer.status_code == 422
    assert "datum" in answer.json()["detail"]
    assert client.get("/api/appeals?limit=1").json()["items"][0]["source_id"] != "N1"


def test_chinese_headers_are_known(client: TestClient) -> None:
    row = {"工单编号": "C1", "受理时间": "2026-03-09 09:00:00", "诉求内容": "路灯不亮"}

    assert post(client, row).json()["accepted"] == 1


def test_paging_gives_every_appeal_once(client: TestClient) -> None:
    seen: list[str] = []
    path = "/api/appeals?limit=7"
    while path:
        page = client.get(path).json()
        seen += [one["source_id"] for one in page["items"]]
        path = f"/api/appeals?limit=7&after={page['next']}" if page["next"] else ""

    assert sorted(seen) == [f"A{number:04d}" for number in range(40)]


def test_alerts_come_newest_first_with_place_and_point(client: TestClient) -> None:
    page = client.get("/api/alerts?limit=2").json()

    assert [one["id"] for one in page["items"]] == [3, 2]
    first = page["items"][0]
    assert set(first) == {
        "id", "kind", "level", "state", "headline", "reason", "area_name", "class_code",
        "opened_at", "newest_at", "cases", "callers", "expected", "historical", "lon", "lat",
        "aside", "unconfirmed", "verdict", "verdict_at", "verdict_by",
    }  # fmt: skip
    assert first["area_name"] == "甲街道"
    assert 111.0 < first["lon"] < 111.02
    rest = client.get(f"/api/alerts?limit=2&after={page['next']}").json()
    assert [one["id"] for one in rest["items"]] == [1]
    assert rest["next"] is None


def test_an_alert_shows_its_signals(client: TestClient) -> None:
    alert = client.get("/api/alerts/1").json()

    assert alert["headline"] == "甲街道施工噪声突增1"
    assert len(alert["signals"]) == 1
    assert alert["signals"][0]["area_name"] == "甲街道"
    assert alert["signals"][0]["named"] is True
    assert alert["signals"][0]["tick"] == alert["opened_at"] == "2026-03-09T11:00:00+08:00"


def test_the_overview_is_of_the_newest_day_with_data(client: TestClient) -> None:
    head = client.get("/api/overview").json()

    assert head["day"] == "2026-03-09"
    assert head["streets"] == 2
    assert head["alerts_open"] == 3
    assert (head["alerts_historical"], head["alerts_ended"]) == (0, 0)
    assert head["demo"] is False
    assert head["months"] == [
        {"month": "2026-03", "first_day": "2026-03-01", "last_day": "2026-03-09"}
    ]
    assert head["month"] == "2026-03"
    today = head["today"]
    assert set(today) >= {"received", "located", "placed", "needs_confirm", "unlocated"}
    assert today["received"] == today["placed"] == 7


def test_a_layer_is_geojson_of_the_newest_month(client: TestClient) -> None:
    answer = client.get("/api/layers/street")

    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    assert {one["properties"]["name"] for one in features} == {"甲街道", "乙街道"}
    assert {"code", "name", "n", "rate", "growth"} <= set(features[0]["properties"])
    west = min(point[0] for one in features for point in one["geometry"]["coordinates"][0])
    assert west == pytest.approx(111.0)


def test_hot_spots_say_their_reading_and_what_is_not_placeable(client: TestClient) -> None:
    table = client.get("/api/hotspots?level=street&month=2026-03").json()

    assert table["reading"] == "lies"
    assert table["n"] + table["n_not_placeable"] == 40
    page = client.get("/hotspots/file").text
    assert "<dt>受理量</dt><dd>40 <small>件</small>" in page
    assert "属地口径" in page
    assert "未能落到街乡镇" in page
    assert "未能落到社区" not in page  # no communities were ever brought in
    assert [one["rank"] for one in table["items"]] == [1, 1]


def test_a_point_on_a_border_says_so(client: TestClient) -> None:
    place = client.get("/api/place?lon=111.02&lat=30.01").json()

    assert place["border"] is True
    assert place["units"]["street"]["code"] == "990101001"


def test_metrics_are_counts_alone(client: TestClient) -> None:
    text = client.get("/metrics").text

    assert 'wangge_rows{table="appeals"} 40' in text
    assert 'wangge_alerts{kind="surge",level="yellow",state="detected"} 3' in text
    assert "甲街道" not in text


def test_health_tells_what_is_ready(client: TestClient) -> None:
    answer = client.get("/health")

    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert answer.json()["watcher"]["alive"] is False


def test_the_hot_spot_page_is_made_once_for_one_state(client: TestClient) -> None:
    first = client.get("/hotspots/file").text

    assert client.get("/hotspots/file").text == first
    assert 'src="http' not in first


def test_the_hot_spot_file_shows_what_is_asked_for(client: TestClient) -> None:
    page = client.get("/hotspots/file?level=h3-9&category=噪声&first_reports=caller").text

    assert "六边形（约 0.1 平方公里）" in page
    assert "噪声 · 全部类型" in page
    assert "街乡镇诉求量" not in page


@pytest.mark.parametrize("path", ["/api/appeals", "/api/locate"])
def test_a_huge_body_is_refused_before_all_of_it_is_read(client: TestClient, path: str) -> None:
    read = 0
    sent: list[Message] = []

    async def receive() -> Message:
        nonlocal read
        read += 2**20
        return {"type": "http.request", "body": b" " * 2**20, "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": path, "headers": [], "query_string": b"",
    }  # fmt: skip

    async def call() -> None:
        await client.app(scope, receive, send)

    asyncio.run(call())

    assert sent[0]["status"] == 413
    assert (b"content-type", b"application/problem+json") in sent[0]["headers"]
    assert read == MOST_BYTES + 2**20

"""The desk judges alerts, and takes a verdict back."""

from typing import Any

from fastapi.testclient import TestClient

WHO = {"who": "值班员甲"}


def judge(client: TestClient, alert: int, verdict: str, **more: object) -> Any:
    return client.post(f"/api/alerts/{alert}/verdict", json={"verdict": verdict, **WHO, **more})


def undo(client: TestClient, alert: int) -> Any:
    return client.post(f"/api/alerts/{alert}/undo-verdict", json=WHO)


def test_a_verdict_stands_on_the_alert_and_in_its_trail(client: TestClient) -> None:
    answer = judge(client, 1, "false", reason="我叫王小明，施工已停")

    assert answer.status_code == 200, answer.text
    item = answer.json()
    assert (item["state"], item["verdict"], item["verdict_by"]) == (
        "withdrawn", "false", "值班员甲",
    )  # fmt: skip
    assert item["verdict_at"] == "2026-03-09T20:00:00+08:00"
    assert item["verdicts"][0]["stated_reason"] == "我叫〔姓名〕，施工已停"  # noqa: RUF001
    assert client.get("/api/alerts/1").json() == item
    listed = {one["id"]: one["verdict"] for one in client.get("/api/alerts").json()["items"]}
    assert listed == {1: "false", 2: None, 3: None}


def test_what_is_known_says_until_when(client: TestClient) -> None:
    (whole,) = judge(client, 2, "known").json()["verdicts"]
    (short,) = judge(client, 3, "known", days=3).json()["verdicts"]

    assert whole["until"] == "2026-03-23T20:00:00+08:00"
    assert short["until"] == "2026-03-12T20:00:00+08:00"
    assert client.get("/api/alerts/2").json()["state"] == "handling"


def test_a_second_verdict_is_refused_until_the_first_is_undone(client: TestClient) -> None:
    judge(client, 1, "true")

    again = judge(client, 1, "false")
    undone = undo(client, 1).json()
    twice = undo(client, 1)

    assert again.status_code == 409
    assert (undone["state"], undone["verdict"], undone["verdict_at"]) == ("detected", None, None)
    assert [one["verdict"] for one in undone["verdicts"]] == ["true", "undone"]
    assert twice.status_code == 409
    assert judge(client, 1, "known").status_code == 200


def test_what_has_gone_further_takes_neither_verdict_nor_undoing(
    client: TestClient, database: Any
) -> None:
    judge(client, 1, "true")
    with database.begin() as connection:
        connection.exec_driver_sql("UPDATE alerts SET state = 'signed' WHERE alert_id = 1")

    assert undo(client, 1).status_code == 409
    assert judge(client, 1, "false").status_code == 409


def test_every_desk_is_told_of_a_verdict(client: TestClient) -> None:
    before = client.get("/api/overview").json()
    judge(client, 1, "false")
    after = client.get("/api/overview").json()

    assert (before["alerts_open"], after["alerts_open"]) == (3, 2)
    assert after["alerts_ended"] == before["alerts_ended"] + 1


def test_what_is_set_apart_is_counted_apart(client: TestClient, database: Any) -> None:
    with database.begin() as connection:
        for alert, why in ((1, "over_budget"), (2, "known")):
            query = "UPDATE alerts SET aside = ? WHERE alert_id = ?"
            connection.exec_driver_sql(query, (why, alert))
    told = client.get("/api/overview").json()

    names = ("open", "over_budget", "aside", "historical", "ended")
    assert [told[f"alerts_{name}"] for name in names] == [1, 1, 1, 0, 0]

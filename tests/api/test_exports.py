"""Exports made aside: from the wish to the file, for its owner alone."""

import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from fastapi.testclient import TestClient

from api.export_jobs import KEPT, MOST_KEPT, MOST_WAITING, Job, Jobs, Made, Stage
from appeals.errors import Conflict, NotFound
from tests.api.conftest import NOW


def finished(client: TestClient, wish: dict[str, str]) -> dict[str, Any]:
    begun = client.post("/api/exports", json=wish)
    assert begun.status_code == 202, begun.text
    link = begun.headers["location"]
    for _ in range(500):
        told: dict[str, Any] = client.get(link).json()
        if told["state"] in ("ready", "failed"):
            return told
        time.sleep(0.01)
    raise AssertionError(told)


def test_a_wish_becomes_a_file_that_says_who_took_it(client: TestClient, tmp_path: Path) -> None:
    told = finished(client, {"layer": "units-street", "format": "gpkg", "crs": "EPSG:4490"})

    assert (told["state"], told["features"], told["lost"]) == ("ready", 2, [])
    got = client.get(told["file"])
    assert got.headers["cache-control"] == "no-store"
    assert told["name"] in got.headers["content-disposition"]
    path = tmp_path / told["name"]
    path.write_bytes(got.content)
    assert list(pyogrio.read_dataframe(path)["编码"]) == ["990101001", "990101002"]
    info = pyogrio.read_info(path)
    assert info["crs"] == "EPSG:4490"
    assert "下载：loopback" in str(info["layer_metadata"])
    assert client.get("/api/exports").json()["exports"][0]["file"] == told["file"]


def test_a_layer_without_anything_to_show_fails_with_its_reason(client: TestClient) -> None:
    told = finished(client, {"layer": "published-street", "format": "csv"})

    assert (told["state"], told["file"]) == ("failed", None)
    assert "published" in told["reason"]
    assert client.get(f"{told['link']}/file").status_code == 409


def test_each_format_can_be_had(client: TestClient) -> None:
    formats = [one["name"] for one in client.get("/api/exports").json()["formats"]]
    for name in formats:
        told = finished(client, {"layer": "units-street", "format": name})
        assert told["state"] == "ready", told
        assert len(client.get(told["file"]).content) > 100


def held() -> tuple[Jobs, threading.Event]:
    """Jobs whose first export waits for the event."""
    jobs, gate = Jobs(), threading.Event()

    def wait(path: Path, tell: object) -> Made:
        gate.wait(10)
        path.write_text("x")
        return Made(1, ())

    for _ in range(MOST_WAITING):
        jobs.start("甲", "a.csv", NOW, wait)
    return jobs, gate


def over(jobs: Jobs, owner: str) -> list[Job]:
    for _ in range(500):
        found = jobs.of(owner, NOW)
        if all(one.stage in (Stage.READY, Stage.FAILED) for one in found):
            return found
        time.sleep(0.01)
    raise AssertionError(found)


def write(path: Path, tell: object) -> Made:
    path.write_text("x")
    return Made(1, ())


def test_one_person_cannot_fill_the_queue_and_another_still_gets_in() -> None:
    jobs, gate = held()

    with pytest.raises(Conflict):
        jobs.start("甲", "b.csv", NOW, write)
    jobs.start("乙", "b.csv", NOW, write)
    gate.set()

    assert [one.stage for one in over(jobs, "甲")] == [Stage.READY] * MOST_WAITING
    assert [one.name for one in over(jobs, "乙")] == ["b.csv"]


def test_an_export_is_its_owners_alone_and_gone_after_its_hour() -> None:
    jobs = Jobs()
    job = jobs.start("甲", "a.csv", NOW, write)
    (done,) = over(jobs, "甲")
    path = jobs.file(done)

    assert path.parent.parent.stat().st_mode & 0o777 == 0o700
    with pytest.raises(NotFound):
        jobs.get("乙", job.job_id, NOW)
    assert jobs.of("甲", NOW + KEPT - timedelta(seconds=1)) == [done]
    with pytest.raises(NotFound):
        jobs.get("甲", job.job_id, NOW + KEPT)
    assert not path.exists()


def test_the_oldest_makes_room() -> None:
    jobs = Jobs()
    for number in range(MOST_KEPT + 2):
        jobs.start("甲", f"{number}.csv", NOW, write)
        over(jobs, "甲")

    assert [one.name for one in jobs.of("甲", NOW)][-1] == "2.csv"


def test_an_unforeseen_fault_tells_its_kind_alone_and_the_queue_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(path: Path, tell: object) -> Made:
        raise KeyError("王小明13800001234")

    jobs = Jobs()
    jobs.start("甲", "a.csv", NOW, fail)
    jobs.start("甲", "b.csv", NOW, write)

    second, first = over(jobs, "甲")
    assert (first.stage, first.reason) == (Stage.FAILED, "an unforeseen fault")
    assert second.stage is Stage.READY
    assert "KeyError" in caplog.text
    assert "13800001234" not in caplog.text

import contextlib
import csv
import gzip
import io
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.lease.store import take_lease
from appeals.database import open_database, writing
from appeals.record import Appeal, Arrival, Kind, Personal, Pin, Precision
from geo.formats import PLAIN
from wangge.cli import main
from wangge.ingest_report import IngestReport
from wangge.intake import BATCH_ROWS, Options, take_file
from wangge.pins import settle
from wangge.site import open_site

Run = Callable[..., Any]


def whole(report: dict[str, Any]) -> bool:
    parts = ("accepted", "updated", "rejected", "duplicates")
    return bool(report["read"] == sum(report[part] for part in parts))


def places(report: dict[str, Any]) -> int:
    found = sum(report["placed"].values())
    return int(found + report["needs_confirm"] + report["outside"] + report["unlocated"])


@pytest.fixture(scope="module")
def taken(
    empty_site: Path, town: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """An installation that took the town's appeals in once, and what was told of it."""
    site = tmp_path_factory.mktemp("taken") / "site"
    shutil.copytree(empty_site, site)
    typed = ["ingest", str(town.appeals), "--datum", "wgs84", "--source", "hotline", "--json"]
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(["--config", str(site / "wangge.toml"), *typed]) == 0
    return site, json.loads(out.getvalue())


@pytest.fixture
def first(taken: tuple[Path, dict[str, Any]], site: Path) -> dict[str, Any]:
    """What was told when the installation of this test took the town's appeals in."""
    shutil.copytree(taken[0], site, dirs_exist_ok=True)
    return taken[1]


def test_every_row_and_every_appeal_is_accounted_for(first: dict[str, Any], town: Any) -> None:
    report = first

    assert report["read"] == town.rows
    assert report["rejected"] == town.broken
    assert whole(report)
    assert places(report) == report["accepted"] == sum(report["located"].values())
    assert set(report) >= {"sinks", "signals", "alerts", "seconds"}


def test_rejects_stand_in_a_named_file_with_row_field_and_reason(first: dict[str, Any]) -> None:
    path = Path(first["rejects_file"])
    assert path.parent.name == "rejects"
    assert path.name.startswith("appeals-")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert [row["row"] for row in rows[:2]] == ["50", "100"]
    assert {row["field"] for row in rows} == {"received_at"}
    assert "不是时间" not in path.read_text(encoding="utf-8")


def test_a_second_run_finds_duplicates_and_the_same_rejects(
    run: Run, first: dict[str, Any], town: Any
) -> None:
    before = Path(first["rejects_file"])

    again = run("ingest", town.appeals, "--datum", "wgs84", "--source", "hotline")

    assert again["duplicates"] == first["accepted"]
    assert again["rejected"] == first["rejected"]
    assert Path(again["rejects_file"]).name == before.name
    assert Path(again["rejects_file"]).read_bytes() == before.read_bytes()


def test_a_file_of_other_bytes_is_compared_row_by_row(
    run: Run, first: dict[str, Any], town: Any, tmp_path: Path
) -> None:
    text = town.appeals.read_text(encoding="utf-8").replace("第3件", "第三件", 1)
    changed = tmp_path / "again.csv"
    changed.write_text(text, encoding="utf-8")

    again = run("ingest", changed, "--datum", "wgs84", "--source", "hotline")

    assert (again["accepted"], again["updated"]) == (0, 1)
    assert again["duplicates"] == first["accepted"] - 1


@pytest.mark.parametrize("form", ["csv.gz", "jsonl"])
def test_other_forms_give_the_same_appeals(
    run: Run, first: dict[str, Any], town: Any, tmp_path: Path, form: str
) -> None:
    other = tmp_path / f"other.{form}"
    if form == "csv.gz":
        other.write_bytes(gzip.compress(town.appeals.read_bytes()))
    else:
        rows = csv.DictReader(town.appeals.read_text(encoding="utf-8").splitlines())
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        other.write_text("\n".join(lines), encoding="utf-8")

    again = run("ingest", other, "--datum", "wgs84", "--source", "hotline")

    assert again["duplicates"] == first["accepted"]


def test_standard_input_is_read_too(run: Run, town: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Stdin:
        buffer = io.BytesIO(town.appeals.read_bytes())

    monkeypatch.setattr("sys.stdin", Stdin)

    report = run("ingest", "-", "--datum", "wgs84")

    assert report["accepted"] == town.rows - town.broken


def test_coordinates_without_a_datum_are_refused_whole(run: Run, town: Any) -> None:
    refusal = run("ingest", town.appeals, code=1)

    assert "datum" in refusal["error"]
    assert '"table":"appeals"' not in json.dumps(run("dump", "--stable"))


def test_the_datum_of_a_source_may_stand_in_the_settings(run: Run, town: Any, site: Path) -> None:
    config = site / "wangge.toml"
    config.write_text(config.read_text(encoding="utf-8") + 'hotline = "gcj02"\n', encoding="utf-8")

    report = run("ingest", town.appeals, "--source", "hotline")

    assert report["accepted"] == town.rows - town.broken


def test_a_rehearsal_tells_the_same_and_stores_nothing(
    run: Run, taken: tuple[Path, dict[str, Any]], town: Any
) -> None:
    before = run("dump", "--stable")

    trial = run("ingest", town.appeals, "--datum", "wgs84", "--dry-run")

    assert run("dump", "--stable") == before
    assert (trial["signals"], trial["alerts"]) == (None, None)
    for part in ("read", "accepted", "rejected", "located", "placed", "unlocated"):
        assert trial[part] == taken[1][part]


def test_what_lies_outside_the_bounding_box_is_a_reject(run: Run, town: Any, site: Path) -> None:
    config = site / "wangge.toml"
    text = config.read_text(encoding="utf-8")
    box = "bounding_box = [111.0, 30.0, 111.02, 31.0]\n[period]"
    config.write_text(text.replace("[period]", box, 1), encoding="utf-8")

    report = run("ingest", town.appeals, "--datum", "wgs84")

    rejects = Path(report["rejects_file"]).read_text(encoding="utf-8")
    rows = list(csv.DictReader(rejects.splitlines()))
    east = [row for row in rows if row["field"] == "lon"]
    assert len(east) > 50
    assert {row["reason"] for row in east} == {"outside the jurisdiction's bounding box"}
    again = run("ingest", town.appeals, "--datum", "wgs84")
    assert (again["rejected"], again["duplicates"]) == (report["rejected"], report["accepted"])


def test_a_missing_file_is_refused_before_any_other_is_read(run: Run, town: Any) -> None:
    refusal = run("ingest", town.appeals, "nowhere.csv", "--datum", "wgs84", code=1)

    assert "nowhere.csv" in refusal["error"]
    assert '"table":"appeals"' not in json.dumps(run("dump", "--stable"))


def test_several_files_are_one_report(run: Run, town: Any, tmp_path: Path) -> None:
    copy = tmp_path / "copy.csv"
    copy.write_bytes(town.appeals.read_bytes())

    report = run("ingest", town.appeals, copy, "--datum", "wgs84")

    assert report["read"] == 2 * town.rows
    assert report["accepted"] == 2 * (town.rows - town.broken)  # each file is a source of its own
    assert [one["read"] for one in report["files"]] == [town.rows, town.rows]
    assert whole(report)


def hold_lease(site: Path, pid: int) -> None:
    now = datetime.now(UTC)
    engine = open_database(f"sqlite:///{site / 'wangge.db'}")
    with writing(engine) as connection:
        take_lease(connection, f"{socket.gethostname()}:{pid}:1", now, timedelta(minutes=5))
    engine.dispose()


def test_where_a_live_watcher_detects_ingest_only_writes(run: Run, town: Any, site: Path) -> None:
    hold_lease(site, os.getpid())

    report = run("ingest", town.appeals, "--datum", "wgs84")

    assert report["accepted"] > 0
    assert (report["signals"], report["alerts"]) == (None, None)


def test_nobody_waits_for_a_watcher_that_was_killed(run: Run, town: Any, site: Path) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    hold_lease(site, dead.pid)

    assert run("ingest", town.appeals, "--datum", "wgs84")["signals"] is not None


def arrival(row: int, x: float, y: float, datum: str = "wgs84") -> Arrival:
    appeal = Appeal(
        source="s",
        source_id=str(row),
        received_at=datetime(2026, 1, 1, tzinfo=UTC),
        received_precision=Precision.DAY,
        local_day=date(2026, 1, 1),
        local_hour=None,
        kind=Kind.OTHER,
        class_code="未分类",
        pin=Pin(x, y, datum),
    )
    return Arrival(row, appeal, Personal(), ())


def test_the_box_is_compared_after_conversion() -> None:
    # 116.3975, 39.9087 in GCJ-02 is 116.3913, 39.9073 in WGS84.
    box = (116.39, 39.90, 116.395, 39.91)

    inside = [arrival(1, 116.3975, 39.9087, "gcj02")]
    assert settle(inside, PLAIN, box) == (inside, [])
    _, (reject,) = settle([arrival(1, 116.3975, 39.9087)], PLAIN, box)
    assert (reject.row, reject.field) == (1, "lon")


def test_metres_that_lie_nowhere_are_out_of_range() -> None:
    _, (reject,) = settle([arrival(7, 1e12, 1e12, "EPSG:4547")], PLAIN, None)

    assert reject.row == 7
    assert reject.reason == "out of range"


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), max_size=20))
def test_a_reject_is_exactly_a_point_outside(points: list[tuple[float, float]]) -> None:
    box = (-10.0, -20.0, 30.0, 40.0)
    arrivals = [arrival(row, lon, lat) for row, (lon, lat) in enumerate(points)]

    refused = {reject.row for reject in settle(arrivals, PLAIN, box)[1]}

    for row, (lon, lat) in enumerate(points):
        inside = -10 <= lon <= 30 and -20 <= lat <= 40
        assert (row in refused) is not inside


def test_reports_add_up() -> None:
    one, other = IngestReport(read=3, accepted=2, rejected=1), IngestReport(read=2, updated=2)
    other.placed["street"] = 2

    one.add(other)

    assert (one.read, one.accepted, one.updated, one.rejected) == (5, 2, 2, 1)
    assert one.placed == {"street": 2}


def test_two_runs_at_one_file_do_not_undo_each_other(site: Path, tmp_path: Path) -> None:
    rows = [["工单编号", "受理时间", "工单状态"]]
    rows += [[f"T{n:05d}", "2026-03-02 08:00", "办理中"] for n in range(2 * BATCH_ROWS)]
    rows.append(["T00001", "2026-03-02 08:00", "已办结"])  # a correction in the third batch
    file = tmp_path / "a.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    with open_site(site / "wangge.toml") as opened:

        def take(progress: Callable[[int, int | None], None]) -> IngestReport:
            return take_file(
                opened.engine, opened.settings, opened.ring(), file, Options(), progress,
                clock=lambda: datetime(2026, 4, 1, tzinfo=UTC), rejects_folder=tmp_path,
            )  # fmt: skip

        def another(done: int, _whole: int | None) -> None:
            if done == BATCH_ROWS:
                other.append(take(lambda _done, _whole: None))

        other: list[IngestReport] = []
        first = take(another)

    assert (first.accepted, first.updated, first.duplicates) == (BATCH_ROWS, 0, BATCH_ROWS + 1)
    assert (other[0].accepted, other[0].updated, other[0].duplicates) == (BATCH_ROWS, 1, BATCH_ROWS)


def counts(run: Run) -> list[str]:
    return [row for row in run("dump", "--stable")["rows"] if row.startswith('{"table":"counts"')]


def test_a_wrong_datum_is_put_right_by_giving_the_file_again(
    run: Run, first: dict[str, Any], town: Any
) -> None:
    words = ("ingest", town.appeals, "--source", "hotline", "--datum")
    before = counts(run)

    wrong = run(*words, "gcj02")
    assert counts(run) != before
    right = run(*words, "wgs84")
    again = run(*words, "wgs84")

    assert wrong["updated"] == right["updated"] > 0
    assert again["duplicates"] == first["accepted"]
    assert counts(run) == before

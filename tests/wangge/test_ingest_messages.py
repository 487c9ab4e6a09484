"""What a clerk is told of a file that is not as it should be."""

import csv
import gzip
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appeals.database import open_database
from appeals.errors import InputError
from appeals.seals import KeyRing
from wangge.cli import main
from wangge.handover import Handover
from wangge.intake import Options
from wangge.settings import read_settings

Run = Callable[..., Any]

HEADERS = ["工单编号", "受理时间", "诉求内容", "经度", "纬度"]
GOOD = ["0001", "2026-03-02 08:00:00", "路灯不亮", "111.01", "30.01"]


def write(path: Path, *rows: Sequence[str], headers: Sequence[str] = HEADERS) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([headers, *rows])
    return path


def said(site: Path, capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = main(["--config", str(site / "wangge.toml"), *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def changed(**cells: str) -> list[str]:
    english = {"id": 0, "received_at": 1, "text": 2, "lon": 3, "lat": 4}
    row = list(GOOD)
    for name, value in cells.items():
        row[english[name]] = value
    return row


@pytest.mark.parametrize(
    ("cells", "field", "reason"),
    [
        ({"lon": "116°23'75\"", "lat": "39°54'"}, "lon", "60 minutes or seconds or more"),
        ({"lon": "北纬30度", "lat": "30.01"}, "lon", "says that it is a latitude"),
        ({"lon": "111.01,30.01", "lat": "30.01"}, "lon", "is not a number"),
        ({"lon": "211.01"}, "lon", "longitude out of range"),
        ({"lon": "111010000", "lat": "30010000"}, "lat", "millionths of a degree"),
        ({"lon": "500000", "lat": "45000"}, "lat", "looks like metres"),
        ({"lon": "30.01", "lat": "111.01"}, "lat", "look swapped"),
        ({"lat": ""}, "lat", "give both or neither"),
        ({"received_at": "45352.5"}, "received_at", "format the column as a date"),
        ({"received_at": "8:05"}, "received_at", "names no day"),
        ({"id": "1.1E+14"}, "id", "format the column as text"),
    ],
)
def test_a_reject_says_what_to_do(
    run: Run, tmp_path: Path, cells: dict[str, str], field: str, reason: str
) -> None:
    file = write(tmp_path / "a.csv", GOOD, changed(**cells), changed(**cells))

    report = run("ingest", file, "--datum", "wgs84", "--dry-run")

    (cause,) = report["files"][0]["reasons"]
    assert (cause["field"], cause["n"], cause["first_row"]) == (field, 2, 2)
    assert reason in cause["reason"]


def test_a_reader_sees_the_reasons_and_the_columns_that_were_not_read(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    headers = [*HEADERS[:3], "经纬度", "内部备注"]
    file = write(tmp_path / "a.csv", GOOD, changed(received_at="昨天"), headers=headers)

    code, out, _ = said(site, capsys, "ingest", file)

    assert code == 0
    assert "row 2: received_at is not a time" in out
    assert "columns not read: 经纬度, 内部备注" in out
    assert "经纬度 holds both coordinates: part it into 经度 and 纬度" in out


def test_a_column_that_the_mapping_leaves_unread_is_not_told(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "a.csv", GOOD)
    mapping = tmp_path / "m.toml"
    mapping.write_text('[columns]\nlon = ""\nlat = ""\n', encoding="utf-8")

    assert run("ingest", file, "--mapping", mapping)["files"][0]["ignored"] == []


def test_a_file_without_a_row_is_told(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(tmp_path / "a.csv")

    code, out, _ = said(site, capsys, "ingest", file, "--datum", "wgs84")

    assert code == 0
    assert "there is no row below the header" in out


def test_ids_that_an_export_kept_as_text_are_the_ids_themselves(run: Run, tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", GOOD)
    kept = [changed(id=one) for one in ('="0001"', "'0001", "0001\t")]

    run("ingest", first, "--datum", "wgs84", "--source", "s")
    report = run("ingest", write(tmp_path / "b.csv", *kept), "--datum", "wgs84", "--source", "s")

    assert report["duplicates"] == 3


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["序号", *HEADERS[1:]], "no column for id"),
        ([*HEADERS[:4], "备注"], "none for lat: call it 纬度"),
        (HEADERS, "give --datum, or datum in the mapping"),
    ],
)
def test_a_refused_file_is_named_with_what_to_do(
    run: Run, tmp_path: Path, headers: list[str], reason: str
) -> None:
    refusal = run("ingest", write(tmp_path / "三月.csv", GOOD, headers=headers), code=1)

    assert refusal["error"].startswith("三月.csv: ")
    assert reason in refusal["error"]


def test_what_came_before_a_refused_file_is_told_and_stays(run: Run, tmp_path: Path) -> None:
    good = write(tmp_path / "a.csv", GOOD)
    bad = write(tmp_path / "b.csv", GOOD, headers=["序号", *HEADERS[1:]])

    report = run("ingest", good, bad, "--datum", "wgs84", code=1)

    assert report["accepted"] == 1
    assert report["error"].startswith("b.csv: no column for id")
    assert [Path(one["file"]).name for one in report["files"]] == ["a.csv"]


def test_appeals_are_told_as_stored_where_early_warning_cannot_run(
    run: Run, site: Path, tmp_path: Path
) -> None:
    config = site / "wangge.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("# lexicon =", "lexicon ="), encoding="utf-8")

    report = run("ingest", write(tmp_path / "a.csv", GOOD), "--datum", "wgs84", code=1)

    assert report["accepted"] == 1
    assert "the appeals are stored, but early warning did not run: lexicon" in report["error"]
    assert {"check": "lexicon", "well": False} in [
        {name: one[name] for name in ("check", "well")} for one in run("doctor", code=1)["checks"]
    ]


def test_a_folder_and_a_paper_are_no_files_of_appeals(run: Run, tmp_path: Path) -> None:
    assert "is a folder" in run("ingest", tmp_path, code=1)["error"]
    for name, start in (("a.pdf", b"%PDF-1.4\n"), ("a.zip", b"PK\x03\x04"), ("a.rar", b"Rar!")):
        (tmp_path / name).write_bytes(start)
        assert "is no table" in run("ingest", tmp_path / name, code=1)["error"]
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n" * 999)[:20])
    assert "is cut short" in run("ingest", tmp_path / "a.csv.gz", code=1)["error"]


def test_a_key_file_that_is_not_there_is_told_with_its_path(
    run: Run, site: Path, tmp_path: Path
) -> None:
    (site / "wangge.key").rename(tmp_path / "elsewhere")

    error = run("ingest", write(tmp_path / "a.csv", GOOD), "--datum", "wgs84", code=1)["error"]

    assert f"{site / 'wangge.key'} is not here: bring back the copy" in error


def test_nothing_is_made_where_nothing_can_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()

    assert main(["init", str(tmp_path / "file" / "below")]) == 1
    assert "nothing can be written in" in capsys.readouterr().err


# --- appeals that are posted ----------------------------------------------------------------------


def post(site: Path, *rows: dict[str, object], datum: str | None = "wgs84") -> Any:
    settings = read_settings(site / "wangge.toml")
    engine = open_database(settings.database)
    ring = KeyRing.load(key_file=settings.sealing.key_file)
    try:
        handover = Handover(engine, settings, ring, lambda: datetime.now(UTC))
        return handover.take(rows, Options(datum=datum))
    finally:
        engine.dispose()


ONE: dict[str, object] = {"id": "p1", "received_at": "2026-03-02 08:00:00"}


@pytest.mark.parametrize(
    ("row", "field", "reason"),
    [
        ({"received_at": "2026-03-02"}, "id", "is empty"),
        ({"id": "p1"}, "received_at", "is empty"),
        (ONE | {"lon": 111.0}, "lat", "is empty where lon is not"),
        (ONE | {"text": "路灯\x00不亮"}, "row", "NUL"),
        (ONE | {"text": "路灯\ud800"}, "row", "half a character"),
        (ONE | {"id": 1.1e17}, "id", "last digits are lost"),
    ],
)
def test_a_posted_row_that_lacks_something_is_a_reject_of_its_own(
    site: Path, row: dict[str, object], field: str, reason: str
) -> None:
    report = post(site, row)

    assert report.rejected == 1
    assert report.rejects[0].field == field
    assert reason in report.rejects[0].reason


def test_a_post_without_a_datum_is_told_in_the_words_of_a_post(site: Path) -> None:
    with pytest.raises(InputError, match=r"\?datum=") as caught:
        post(site, ONE | {"lon": 111.0, "lat": 30.0}, datum=None)

    assert "--datum" not in str(caught.value)


def test_true_and_false_are_answers(site: Path) -> None:
    report = post(site, ONE | {"direct": True, "repeat": False, "solved": True})

    assert (report.accepted, dict(report.unread)) == (1, {})


def test_alerts_on_a_terminal_stand_in_the_jurisdictions_time_with_its_offset(
    run: Run, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run("ingest", write(tmp_path / "a.csv", changed(text="厨房燃气泄漏")), "--datum", "wgs84")

    code, out, _ = said(site, capsys, "alerts", "list")

    assert code == 0
    assert re.search(r"^ +1 2026-03-02 0[89]:00:00\+08:00 ", out)

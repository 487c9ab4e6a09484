import csv
from pathlib import Path

import pytest

from tests.wangge.conftest import Run, Town

HEADERS = (
    "工单编号",
    "受理时间",
    "诉求类型",
    "一级分类",
    "诉求内容",
    "诉求地址",
    "经度",
    "纬度",
    "街道",
)
PLACES = "名称,地址,所属区,经度,纬度\n老电厂东区,样板路1号,,111.005,30.005\n"
SAID = ("--who", "王值班", "--reason", "来电人复核")
Row = tuple[str, ...]


def appeals(folder: Path, *rows: tuple[str, str, str, str]) -> Path:
    """Write appeals: id, address, longitude, latitude."""
    path = folder / "given.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(HEADERS)
        for number, address, lon, lat in rows:
            at = "2026-03-02 08:00"
            lines.writerow((number, at, "投诉", "噪声", "夜间施工", address, lon, lat, ""))
    return path


@pytest.fixture
def known(run: Run, tmp_path: Path) -> Run:
    path = tmp_path / "places.csv"
    path.write_text(PLACES, encoding="utf-8")
    run("gazetteer", "import", path, "--datum", "wgs84")
    return run


def where(run: Run, number: str) -> dict[str, object]:
    trail = run("appeals", "trail", number, "--source", "12345")["items"]
    assert isinstance(trail, list)
    last: dict[str, object] = trail[-1]
    return last


def ingest(run: Run, path: Path, datum: str = "wgs84") -> dict[str, object]:
    return run("ingest", path, "--source", "12345", "--datum", datum)


def test_a_misplaced_appeal_put_right_with_a_name_teaches_where_the_next_one_lies(
    known: Run, tmp_path: Path
) -> None:
    ingest(known, appeals(tmp_path, ("A1", "老电厂宿舍3号楼", "", "")))
    assert where(known, "A1")["lon"] is None
    point = ("--lon", 111.025, "--lat", 30.005, "--datum", "wgs84")

    moved = known(
        "appeals", "place", "A1", "--source", "12345", *point, "--name", "老电厂宿舍", *SAID
    )
    ingest(known, appeals(tmp_path, ("A2", "老电厂宿舍5号楼旁垃圾堆放", "", "")))

    assert moved["changed"] is True
    found = where(known, "A2")
    assert (found["lon"], found["lat"], found["how"]) == (111.025, 30.005, "point")
    units = found["units"]
    assert isinstance(units, dict)
    assert units["street"]["name"] == "乙街道"
    known("aliases", "withdraw", moved["alias_id"], *SAID)
    ingest(known, appeals(tmp_path, ("A3", "老电厂宿舍5号楼旁垃圾堆放", "", "")))
    assert where(known, "A3")["lon"] != 111.025


def test_a_name_taught_goes_before_a_wrong_pin_of_the_gazetteer(known: Run, tmp_path: Path) -> None:
    ingest(known, appeals(tmp_path, ("A1", "老电厂东区2号楼", "", "")))
    assert where(known, "A1")["lon"] == 111.005
    point = ("--lon", 111.025, "--lat", 30.015, "--datum", "wgs84")

    known("appeals", "place", "A1", "--source", "12345", *point, "--name", "老电厂东区", *SAID)
    ingest(known, appeals(tmp_path, ("A2", "老电厂东区7号楼", "", "")))

    assert where(known, "A2")["lon"] == 111.025


def test_an_update_keeps_the_hands_place_unless_the_source_says_another_place(
    run: Run, tmp_path: Path
) -> None:
    first = appeals(tmp_path, ("A1", "样板路7号", "111.005", "30.005"), ("A2", "样板路8号", "", ""))
    ingest(run, first)
    for number in ("A1", "A2"):
        point = ("--lon", 111.025, "--lat", 30.005, "--datum", "wgs84")
        run("appeals", "place", number, "--source", "12345", *point, *SAID)

    words = first.read_text(encoding="utf-8")
    first.write_text(words.replace("夜间施工", "夜间施工，仍未停"), encoding="utf-8")
    again = ingest(run, first)

    assert (again["updated"], again["by_hand"]) == (2, {"kept": 2, "given_up": 0})
    for number in ("A1", "A2"):
        assert (where(run, number)["lon"], where(run, number)["how"]) == (111.025, "hand")

    moved = appeals(tmp_path, ("A1", "样板路7号", "111.006", "30.006"), ("A2", "样板路9号", "", ""))
    last = ingest(run, moved)

    assert last["by_hand"] == {"kept": 0, "given_up": 2}
    assert where(run, "A1")["lon"] == 111.006
    assert "人工落点不再采用" in str(where(run, "A1")["evidence"])
    assert where(run, "A2")["how"] != "hand"


def test_the_same_file_again_is_a_duplicate_after_a_place_was_set_by_hand(
    run: Run, tmp_path: Path
) -> None:
    path = appeals(tmp_path, ("A1", "样板路7号", "111.005", "30.005"))
    ingest(run, path)
    point = ("--lon", 111.025, "--lat", 30.005, "--datum", "wgs84")
    run("appeals", "place", "A1", "--source", "12345", *point, *SAID)

    copy = path.with_name("copy.csv")
    copy.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    again = ingest(run, copy)

    assert (again["duplicates"], again["updated"]) == (1, 0)
    assert where(run, "A1")["how"] == "hand"


def test_appeals_in_doubt_are_listed_with_their_candidates(run: Run, tmp_path: Path) -> None:
    path = appeals(tmp_path, ("A1", "样板路7号", "111.01995", "30.005"))
    text = path.read_text(encoding="utf-8").splitlines()
    text = [text[0] + ",定位精度", text[1] + ",20"]
    path.write_text("\n".join(text), encoding="utf-8")
    report = ingest(run, path)
    assert report["needs_confirm"] == 1

    items = run("appeals", "list", "--place", "needs_confirm")["items"]
    assert isinstance(items, list)
    (one,) = items

    candidates = one["place"]["candidates"]
    assert {c["name"] for c in candidates if c["level"] == "street"} == {"甲街道", "乙街道"}
    assert all(c["distance_m"] <= 20 for c in candidates)
    code = next(c["code"] for c in candidates if c["name"] == "乙街道")
    run("appeals", "place", one["appeal_id"], "--unit", f"street:{code}", *SAID)
    assert run("appeals", "list", "--place", "needs_confirm")["items"] == []
    assert where(run, "A1")["lon"] == 111.01995


def test_names_and_renamed_districts_come_in_from_a_file(known: Run, tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    path.write_text(
        "别名,标准名称,编码,经度,纬度\n"
        "老甲街道办,甲街道,,,\n"
        "旧乙镇公所,,990101002,,\n"
        "电厂老楼,老电厂东区,,,\n"
        "示例大院,,,111.031,30.011\n"
        "中路,甲街道,,,\n"
        "某某大院,没有这个地方,,,\n"
        "另一大院,,000,,\n"
        "无处大院,,,,\n",
        encoding="gb18030",
    )

    report = known("aliases", "import", path, "--datum", "wgs84", *SAID)

    assert (report["rows"], report["accepted"], report["rejected"]) == (8, 4, 4)
    rejects = report["rejects"]
    assert isinstance(rejects, list)
    assert [(one["row"], one["field"]) for one in rejects] == [
        (5, "name"), (6, "place"), (7, "code"), (8, "row"),
    ]  # fmt: skip
    found = known("locate", "示例大院门口", "电厂老楼2号楼", "旧乙镇公所附近")["results"]
    assert isinstance(found, list)
    assert (found[0]["lon"], found[0]["lat"]) == (111.031, 30.011)
    assert (found[1]["lon"], found[1]["lat"]) == (111.005, 30.005)
    assert found[2]["units"]["street"]["code"] == "990101002"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("appeals", "trail", "7"), 1),
        (("appeals", "trail", "A9", "--source", "12345"), 1),
        (("appeals", "place", "7", "--lon", "111", "--lat", "30", *SAID), 1),
        (("aliases", "withdraw", "7", *SAID), 1),
    ],
)
def test_what_is_not_there_is_refused(run: Run, words: tuple[str, ...], code: int) -> None:
    assert "error" in run(*words, code=code)


def test_the_trail_reads_on_a_terminal(
    site: Path, run: Run, town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from wangge.cli import main

    ingest(run, appeals(tmp_path, ("A1", "老电厂宿舍", "", "")))
    config = ["--config", str(site / "wangge.toml")]
    point = ["--lon", "111.025", "--lat", "30.005", "--datum", "wgs84"]
    capsys.readouterr()

    assert main([*config, "appeals", "place", "1", *point, *SAID]) == 0
    assert "--name 老电厂宿舍" in capsys.readouterr().out
    assert main([*config, "appeals", "trail", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert "re-placed by 王值班" in lines[1]
    assert "by hand (来电人复核)" in lines[1]

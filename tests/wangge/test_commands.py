"""What single commands do with an installation, and what they refuse."""

import errno
import os
import socket
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from appeals.database import open_database, writing
from wangge.cli import main

Run = Callable[..., dict[str, object]]


def test_init_makes_settings_keys_and_a_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "new"

    assert main(["init", str(folder), "--json"]) == 0

    assert {path.name for path in folder.iterdir()} >= {"wangge.toml", "wangge.key", "wangge.db"}
    assert (folder / "wangge.key").stat().st_mode & 0o777 == 0o600
    assert orjson.loads(capsys.readouterr().out)["settings"].endswith("wangge.toml")


def test_init_does_not_touch_an_installation_that_is_there(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (site / "wangge.key").read_bytes()

    assert main(["init", str(site)]) == 1

    assert (site / "wangge.key").read_bytes() == before
    assert "wangge upgrade" in capsys.readouterr().err


def test_a_disk_that_is_full_at_init_leaves_nothing_that_looks_like_an_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(path: Path, _text: str, **_how: str) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(Path, "write_text", full)
        assert main(["init", str(tmp_path / "new")]) == 1
    assert "No space left" in capsys.readouterr().err

    assert main(["init", str(tmp_path / "new")]) == 0


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_refused_before_any_work(
    command: str, site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        assert main([command, "--config", str(site / "wangge.toml"), "--port", port]) == 1

    out, err = capsys.readouterr()
    assert out == ""
    assert f"cannot listen at 127.0.0.1 port {port} (Address already in use)" in err
    assert "--port another number" in err


def test_a_level_without_places_is_said_to_have_none(
    run: Run, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "one.csv").write_text("工单编号,受理时间\n1,2026-03-02 09:00\n", encoding="utf-8")
    run("ingest", tmp_path / "one.csv")
    assert main(["hotspots", "--config", str(site / "wangge.toml"), "--level", "grid"]) == 0

    assert "`wangge units list --level grid`" in capsys.readouterr().out


def test_units_are_listed_by_level(run: Run) -> None:
    units = run("units", "list", "--level", "street")["units"]

    assert isinstance(units, list)
    assert [(one["code"], one["name"]) for one in units] == [
        ("990101001", "甲街道"),
        ("990101002", "乙街道"),
    ]


def test_the_check_report_can_be_had_again(run: Run) -> None:
    levels = run("units", "check")["levels"]

    assert isinstance(levels, list)
    assert [one["level"] for one in levels] == ["street", "community"]
    assert all(one["ok"] for one in levels)


def test_a_point_is_placed_with_units_cells_and_border(run: Run) -> None:
    found = run("place", "--lon", "111.005", "--lat", "30.005")

    units, cells = found["units"], found["cells"]
    assert isinstance(units, dict)
    assert isinstance(cells, dict)
    assert units["street"]["name"] == "甲街道"
    assert units["community"]["name"] == "第1社区"
    assert set(cells) == {"8", "9", "10"}
    assert found["border"] is False
    assert run("place", "--lon", "111.02", "--lat", "30.005")["border"] is True


def test_swapped_coordinates_are_refused_before_any_cell_is_made(run: Run) -> None:
    found = run("place", "--lon", "39.9045", "--lat", "116.4075", code=1)

    assert "latitude out of range" in str(found["error"])


def test_texts_are_located_in_their_order(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    path.write_text("乙街道某处\n甲街道第1社区\n无处可寻\n", encoding="utf-8")

    results = run("locate", "--file", path)["results"]

    assert isinstance(results, list)
    assert [one["units"].get("street", {}).get("name") for one in results] == [
        "乙街道",
        "甲街道",
        None,
    ]
    assert set(results[0]) >= {
        "level", "lon", "lat", "radius_m", "confidence", "units", "candidates", "evidence",
    }  # fmt: skip


def test_a_file_without_texts_has_no_places_and_one_that_is_not_there_is_named(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    (tmp_path / "gbk.txt").write_bytes("某街道".encode("gbk"))

    assert run("locate", "--file", tmp_path / "empty.txt")["results"] == []
    absent = run("locate", "--file", tmp_path / "absent.txt", code=1)
    assert "absent.txt cannot be read: No such file" in str(absent["error"])
    assert "save it as UTF-8" in str(run("locate", "--file", tmp_path / "gbk.txt", code=1)["error"])


def test_the_doctor_finds_a_lost_key(site: Path, run: Run) -> None:
    (site / "wangge.key").unlink()

    checks = run("doctor", code=1)["checks"]

    assert isinstance(checks, list)
    assert [one["check"] for one in checks if not one["well"]].count("keys") == 1


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (["--host", "0.0.0.0"], "loopback"),
        (["--host", "192.168.1.4"], "loopback"),
        (["--workers", "2"], "exactly one process serves"),
    ],
)
def test_serving_strangers_or_two_watchers_is_refused_with_the_reason(
    run: Run, asked: list[str], reason: str
) -> None:
    assert reason in str(run("serve", *asked, code=1)["error"])


def test_an_alert_that_is_not_there_is_a_refusal(run: Run) -> None:
    assert "no alert" in str(run("alerts", "show", "17", code=1)["error"])


def test_hot_spots_and_exports_without_appeals_are_refused(run: Run, tmp_path: Path) -> None:
    assert "no appeals yet" in str(run("hotspots", "--level", "street", code=1)["error"])
    out = tmp_path / "out.geojson"
    assert "no appeals yet" in str(run("export", "street", "-o", out, code=1)["error"])
    assert not out.exists()


def test_an_older_schema_is_refused_with_the_command_that_upgrades_it(site: Path, run: Run) -> None:
    engine = open_database(f"sqlite:///{site / 'wangge.db'}")
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    engine.dispose()

    assert "wangge upgrade" in str(run("alerts", "list", code=1)["error"])

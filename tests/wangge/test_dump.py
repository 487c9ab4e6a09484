import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from wangge.cli import main

Run = Callable[..., Any]


def dumped(site: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main(["--config", str(site / "wangge.toml"), "dump", "--stable"]) == 0
    return capsys.readouterr().out.splitlines()


def test_two_ways_to_one_content_dump_equally(
    run: Run, site: Path, town: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    shutil.copytree(site, other)
    lines = town.appeals.read_text(encoding="utf-8").splitlines()
    halves = (tmp_path / "one.csv", tmp_path / "two.csv")
    halves[0].write_text("\n".join([lines[0], *lines[200:]]), encoding="utf-8")
    halves[1].write_text("\n".join([lines[0], *lines[1:200]]), encoding="utf-8")

    how = ["--datum", "wgs84", "--source", "hotline", "--json"]
    whole, parts = (["--config", str(folder / "wangge.toml")] for folder in (site, other))
    assert main([*whole, "ingest", str(town.appeals), *how]) == 0
    assert main([*parts, "ingest", *map(str, halves), *how]) == 0

    appeals, others = (
        [line for line in dumped(folder, capsys) if '"table":"alerts"' not in line]
        for folder in (site, other)
    )
    assert appeals == others


def test_a_dump_names_no_serial_and_no_moment_of_recording(
    run: Run, site: Path, town: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run("ingest", town.appeals, "--datum", "wgs84")

    lines = dumped(site, capsys)

    rows = [json.loads(line) for line in lines]
    assert {row["table"] for row in rows} >= {"appeals", "placements", "counts", "units"}
    for row in rows:
        assert not {"serial", "appeal_id", "recorded_at", "unit_id", "content_hash"} & set(row)
    assert lines == dumped(site, capsys)


def test_as_json_it_is_one_object(run: Run) -> None:
    assert isinstance(run("dump", "--stable")["rows"], list)


def test_another_kind_of_dump_is_wrong_usage(site: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--config", str(site / "wangge.toml"), "dump"])

    assert ended.value.code == 2

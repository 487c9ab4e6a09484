"""A new edition of units: the watch goes on with what it learnt, as if nothing had changed."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pytest

from appeals.database import Engine, reading
from grids.store import heirs
from tests.wangge.conftest import Town
from tests.wangge.three_weeks import BURST_DAY, DAYS, ingest, rows_of, write
from wangge.cli import main
from wangge.run_watch import run_watch
from wangge.settings import Settings

EngineOf = Callable[[Path], tuple[Engine, Settings]]
NEW_FROM = "2026-03-20"  # two days before the burst


def alerts_of(site: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["--config", str(site / "wangge.toml"), "dump", "--stable"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [one for one in (row.get("row", row) for row in rows) if "alert" in one]


def with_new_edition(site: Path, town: Town, folder: Path) -> None:
    layer = folder / "communities.gpkg"
    gpd.read_file(town.communities).assign(户数=900).to_file(layer)
    how = ["--level", "community", "--code", "code", "--name", "name", "--parent", "street"]
    more = ["--datum", "wgs84", "--valid-from", NEW_FROM]
    config = ["--config", str(site / "wangge.toml")]
    assert main([*config, "units", "import", str(layer), *how, *more]) == 0


def test_heirs_of_units_take_over_what_was_learnt_of_them(
    with_tree: Path,
    watched: Path,
    town: Town,
    tmp_path: Path,
    engine_of: EngineOf,
    capsys: pytest.CaptureFixture[str],
) -> None:
    renewed = shutil.copytree(with_tree, tmp_path / "renewed")
    parts = [rows_of(range(BURST_DAY - 3)), rows_of(range(BURST_DAY - 3, DAYS))]
    for number, part in enumerate(parts):
        ingest(renewed, write(tmp_path / f"{number}.csv", part))
        run_watch(*engine_of(renewed))
        if number == 0:
            with_new_edition(renewed, town, tmp_path)

    engine, _ = engine_of(renewed)
    with reading(engine) as connection:
        lines = heirs(connection, datetime(2026, 3, 23, tzinfo=UTC).date())
    assert sum(unit != heir for unit, heir in lines.items()) == 8
    expected = alerts_of(watched, capsys)
    assert expected
    assert alerts_of(renewed, capsys) == expected

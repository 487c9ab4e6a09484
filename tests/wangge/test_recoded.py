"""A class tree with other names and a crosswalk: the past of the old ones is that of the new."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.store import read_alerts
from appeals.database import Engine, reading
from appeals.privacy import Role, Viewer
from tests.wangge.three_weeks import DAYS, ingest, rows_of, write
from wangge.cli import main
from wangge.settings import Settings
from wangge.watcher import Watcher

NEW_TREE = """编码,名称,上级
A1,生活噪声污染,
A101,建筑施工噪声,A1
B1,物业服务,
B101,停车秩序,B1
"""
CROSSWALK = """旧编码,新编码
噪声,A1
噪声/施工噪声,A101
物业,B1
物业/停车管理,B101
"""


@pytest.mark.parametrize("running", [False, True], ids=["started-anew", "running"])
def test_a_recoded_tree_with_its_crosswalk_is_no_wave_of_new_matters(
    watched: Path,
    tmp_path: Path,
    engine_of: Callable[[Path], tuple[Engine, Settings]],
    *,
    running: bool,
) -> None:
    site = tmp_path / "site"
    shutil.copytree(watched, site)
    engine, settings = engine_of(site)
    watcher = Watcher(engine, settings)
    if running:
        watcher.step(datetime.now(UTC))
    (tmp_path / "tree.csv").write_text(NEW_TREE, encoding="utf-8")
    (tmp_path / "old.csv").write_text(CROSSWALK, encoding="utf-8")
    classes = ["--config", str(site / "wangge.toml"), "classes", "import"]
    assert main([*classes, str(tmp_path / "tree.csv")]) == 0
    assert main([*classes, str(tmp_path / "old.csv"), "--crosswalk"]) == 0
    for day in range(DAYS, DAYS + 4):
        rows = [row for row in rows_of([day]) if row[0].startswith("D")]
        ingest(site, write(tmp_path / f"{day}.csv", rows))
        watcher.step(datetime.now(UTC))
    watcher.stop(datetime.now(UTC))

    with reading(engine) as connection:
        alerts = read_alerts(connection, Viewer(actor="test", role=Role.OPERATOR))
    assert [one["class_code"] for one in alerts if one["kind"] == "surge"] == ["市容环卫/垃圾清运"]

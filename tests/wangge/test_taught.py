"""What the desk judged yesterday decides what is told tomorrow, from the file to the terminal."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.store import read_alerts
from alerts.verdicts.moves import Verdict
from alerts.verdicts.store import give_verdict, undo_verdict
from appeals.database import reading, writing
from appeals.privacy import Role, Viewer
from tests.wangge.three_weeks import BURST_DAY, DAYS, ingest, rows_of, write
from wangge.cli import main
from wangge.site import open_site

VIEWER = Viewer("test", Role.OPERATOR)
CLASS = "市容环卫/垃圾清运"
AGAIN = BURST_DAY + 5


def later() -> list[list[str]]:
    """Days after the three weeks; on one of them the same burst comes again."""
    start = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=AGAIN)
    again = [
        [f"C{n:03d}", f"{start:%Y-%m-%d} {9 + n // 4:02d}:{n:02d}:00", "投诉", "市容环卫",
         "垃圾清运", "垃圾又没有清运", "111.005", "30.005", f"1370000{n:04d}"]
        for n in range(14)
    ]  # fmt: skip
    return sorted([*rows_of(range(DAYS, AGAIN + 3)), *again], key=lambda row: row[1])


@pytest.mark.parametrize("undone", [False, True])
def test_what_is_known_comes_back_set_apart_unless_the_verdict_was_undone(
    watched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], undone: bool
) -> None:
    shutil.copytree(watched, tmp_path / "site")
    config = ["--config", str(tmp_path / "site" / "wangge.toml")]
    site = open_site(tmp_path / "site" / "wangge.toml")
    judged_at = datetime(2026, 3, 23, 9, tzinfo=UTC)
    said = {"who": "值班员甲", "reason": "环卫已在处理"}
    with writing(site.engine) as connection:
        first = next(a for a in read_alerts(connection, VIEWER) if a["class_code"] == CLASS)
        number, term = first["alert_id"], timedelta(days=14)
        give_verdict(connection, number, Verdict.KNOWN, **said, now=judged_at, term=term)
        if undone:
            undo_verdict(connection, number, **said, now=judged_at + timedelta(hours=1))

    ingest(tmp_path / "site", write(tmp_path / "more.csv", later()))

    with reading(site.engine) as connection:
        found = [a for a in read_alerts(connection, VIEWER) if a["class_code"] == CLASS]
    assert len(found) == 2
    again = max(found, key=lambda a: a["opened_at"])
    capsys.readouterr()
    assert main([*config, "alerts", "show", str(again["alert_id"]), "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    words = f"同一事项已判已知（在办）（提示{number}），4月6日前不再单独提示。"
    if undone:
        assert again["aside"] is None
        assert "已知" not in shown["reason"]
    else:
        assert again["aside"] == shown["aside"] == "known"
        assert shown["reason"].endswith(words)
    site.engine.dispose()

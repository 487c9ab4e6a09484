"""A file of the office's own that is broken while the watch runs stops no warning, and is named."""

import logging
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from alerts.store import read_alerts
from api.app import create_app
from appeals.database import Engine, reading
from appeals.errors import InputError
from appeals.privacy import Role, Viewer
from appeals.seals import KeyRing
from tests.wangge.three_weeks import HEADERS, Row, rows_of
from wangge import watcher as watcher_module
from wangge.handover import Handover
from wangge.intake import Options
from wangge.own_files import file_faults
from wangge.settings import Settings
from wangge.watcher import Watcher

EngineOf = Callable[[Path], tuple[Engine, Settings]]
PERIOD = '[[period]]\nname = "国庆"\nfirst = 2026-03-01\nlast = {}\n'
FOCUS = PERIOD.format("2026-03-31")
CASES = [
    ("focus", FOCUS, PERIOD.format("2026-02-01"), "last lies before first"),
    ("focus", FOCUS, FOCUS[:30], "focus"),  # half of it was saved
    (
        "subjects",
        '[names]\n"海鲸" = ["海鲸火锅"]\n',
        '[names]\n"海鲸" = 3\n',
        "needs a list of names",
    ),
    ("levels", '[[row]]\nlevel = "red"\nwhy = "一律"\n', "[[row]]\n", "level"),
]


def gas(number: int) -> Row:
    return [f"G{number}", f"2026-03-02 1{number}:05:00", "投诉", "物业", "停车管理",
            "地库里有很重的煤气味", f"111.0{number}5", "30.015", f"1370000111{number}"]  # fmt: skip


@pytest.fixture
def site(with_tree: Path, tmp_path: Path) -> Path:
    shutil.copytree(with_tree, tmp_path / "site")
    return tmp_path / "site"


@pytest.mark.parametrize(("name", "good", "broken", "said"), CASES)
def test_a_file_that_breaks_while_the_watch_runs_stops_no_warning_and_is_named_once(
    site: Path,
    engine_of: EngineOf,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    name: str,
    good: str,
    broken: str,
    said: str,
) -> None:
    monkeypatch.setattr(watcher_module, "RUN_AGAIN_S", 0)  # the files are read at each step
    monkeypatch.setattr("wangge.watcher.places_mark", lambda _: str(datetime.now(UTC)))
    log = logging.getLogger("wangge.own_files")
    monkeypatch.setattr(log, "propagate", False)
    monkeypatch.setattr(log, "handlers", [caplog.handler])
    own, settings_file = site / f"{name}.toml", site / "wangge.toml"
    own.write_text(good, encoding="utf-8")
    written = settings_file.read_text(encoding="utf-8")
    settings_file.write_text(
        written.replace("[alerts]\n", f'[alerts]\n{name} = "{name}.toml"\n', 1), encoding="utf-8"
    )
    engine, settings = engine_of(site)
    handover = Handover(
        engine, settings, KeyRing.load(site / "wangge.key"), lambda: datetime.now(UTC)
    )
    watcher = Watcher(engine, settings)

    def hand_over(rows: list[Row]) -> None:
        named = [dict(zip(HEADERS, row, strict=True)) for row in rows]
        handover.take(named, Options(datum="wgs84", source="hotline"))
        watcher.step(datetime.now(UTC))

    def raised() -> list[object]:
        with reading(engine) as connection:
            alerts = read_alerts(connection, Viewer(actor="test", role=Role.OPERATOR))
        return [a["detail"]["raised_by"] for a in reversed(alerts) if a["kind"] == "sensitive"]

    hand_over(rows_of([0])[:10])
    assert file_faults(engine, settings) == []
    own.write_text(broken, encoding="utf-8")
    for number in range(3):
        hand_over([gas(number)])
    told, health = (
        raised(),
        TestClient(create_app(engine, settings, faults=lambda: file_faults(engine, settings))).get(
            "/health"
        ),
    )
    own.write_text(good, encoding="utf-8")
    hand_over([gas(3)])
    watcher.stop(datetime.now(UTC))

    assert told == ["重点时段：国庆" if name == "focus" else None] * 3  # as the file said before
    fault, back = (one.getMessage() for one in caplog.records)
    assert said in fault
    assert back.endswith("read anew")
    assert len(raised()) == 4
    assert (health.status_code, health.json()["ready"]) == (200, True)
    (shown,) = health.json()["watcher"]["faults"]
    assert said in shown
    own.write_text(broken, encoding="utf-8")
    with pytest.raises(InputError):  # at the start it is an error
        Watcher(engine, settings).step(datetime.now(UTC))

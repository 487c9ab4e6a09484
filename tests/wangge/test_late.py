"""A late appeal joins what its day told: live, after a restart, and on a day still open."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.store import read_alert, read_alerts
from appeals.database import Engine, reading
from appeals.privacy import Role, Viewer
from appeals.seals import KeyRing
from tests.wangge.three_weeks import HEADERS, Row, rows_of
from wangge.handover import Handover
from wangge.intake import Options
from wangge.settings import Settings
from wangge.watcher import Watcher

EngineOf = Callable[[Path], tuple[Engine, Settings]]
VIEWER = Viewer(actor="test", role=Role.OPERATOR)


def said(number: int, text: str = "小区地库里有很重的煤气味", hour: int | None = None) -> Row:
    at = f"2026-03-02 {9 + number if hour is None else hour:02d}:05:00"
    return [f"G{number}", at, "投诉", "物业", "停车管理", text,
            "111.035", "30.015", f"1370000111{number}"]  # fmt: skip


@pytest.fixture
def site(with_tree: Path, tmp_path: Path) -> Path:
    shutil.copytree(with_tree, tmp_path / "site")
    return tmp_path / "site"


@pytest.mark.parametrize("ends", ["open", "closed", "closed and stopped"])
def test_a_late_appeal_is_counted_with_the_callers_of_its_day(
    site: Path, engine_of: EngineOf, ends: str
) -> None:
    engine, settings = engine_of(site)
    ring = KeyRing.load(site / "wangge.key")
    handover = Handover(engine, settings, ring, lambda: datetime.now(UTC))
    watcher = Watcher(engine, settings)

    def hand_over(*rows: Row) -> None:
        named = [dict(zip(HEADERS, row, strict=True)) for row in rows]
        handover.take(named, Options(datum="wgs84", source="hotline"))

    def told() -> list[tuple[object, ...]]:
        with reading(engine) as connection:
            found = [a for a in read_alerts(connection, VIEWER) if a["kind"] == "sensitive"]
            every = [read_alert(connection, VIEWER, a["alert_id"]) for a in found]
        return [
            (a["callers"], a["level"], [s["callers"] for s in a["signals"]], len(a["appeals"]))
            for a in every
        ]

    def provisional() -> list[bool]:
        with reading(engine) as connection:
            found = [a for a in read_alerts(connection, VIEWER) if a["kind"] == "sensitive"]
        return ["provisional" in a["detail"] for a in found]

    # One of the callers says so only when asked again.
    plain = said(7, "小区地库的灯坏了", hour=11)
    hand_over(*rows_of([0]), *(said(n) for n in range(5)), plain)
    watcher.step(datetime.now(UTC))
    if ends != "open":
        hand_over(*rows_of([1]))
        watcher.step(datetime.now(UTC))
    before = told(), provisional()
    if ends == "closed and stopped":
        watcher.stop(datetime.now(UTC))
        watcher = Watcher(engine, settings)
    hand_over(said(7, hour=11))
    watcher.step(datetime.now(UTC))
    watcher.stop(datetime.now(UTC))

    assert before == ([(5, "red", [5], 5)], [ends == "open"])
    assert told() == [(6, "red", [6], 6)]
    assert provisional() == [ends == "open"]

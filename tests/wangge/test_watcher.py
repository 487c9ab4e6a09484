"""The watch on a database: whatever way the rows come, the same alerts; one watcher at a time."""

import logging
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from alerts.lease.store import read_mark, take_lease
from alerts.store import read_alerts
from appeals.database import Engine, reading, writing
from appeals.errors import Conflict
from appeals.privacy import Role, Viewer
from appeals.seals import KeyRing
from tests.wangge.three_weeks import DAYS, HEADERS, ingest, rows_of, write
from wangge.cli import main
from wangge.commands.watch import watched as watched_until_stopped
from wangge.handover import Handover
from wangge.intake import Options
from wangge.run_watch import run_watch
from wangge.settings import Settings
from wangge.site import open_site
from wangge.watcher import Watcher

VIEWER = Viewer(actor="test", role=Role.OPERATOR)

Take = Callable[..., dict[str, object]]


GAS = ["L1", "2026-03-08 09:00:00", "投诉", "物业", "停车管理", "地库里有很重的煤气味",
       "111.035", "30.015", "13700001111"]  # fmt: skip


def kinds_told(engine: Engine) -> list[str]:
    with reading(engine) as connection:
        return [one["kind"] for one in read_alerts(connection, VIEWER)]


def dump(site: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["--config", str(site / "wangge.toml"), "dump", "--stable"]) == 0
    return capsys.readouterr().out


@pytest.fixture
def site(with_tree: Path, tmp_path: Path) -> Path:
    shutil.copytree(with_tree, tmp_path / "site")
    return tmp_path / "site"


def test_the_burst_is_told_once_with_its_place(
    watched: Path, engine_of: Callable[[Path], tuple[Engine, Settings]]
) -> None:
    engine, _ = engine_of(watched)
    with reading(engine) as connection:
        alerts = read_alerts(connection, VIEWER)

    ours = [one for one in alerts if one["class_code"] == "市容环卫/垃圾清运"]
    assert [one["detail"]["named"] for one in ours] == ["第1社区"]
    assert ours[0]["callers"] == 14
    assert ours[0]["historical"] is True


def test_rows_in_five_pieces_give_the_alerts_of_one_file(
    watched: Path, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(range(DAYS))
    cuts = [0, 400, 407, 1190, 1223, len(rows)]
    for low, high in pairwise(cuts):
        ingest(site, write(tmp_path / f"{low}.csv", rows[low:high]))

    assert dump(site, capsys) == dump(watched, capsys)


def test_a_watch_that_died_half_way_ends_as_one_that_did_not(
    watched: Path,
    tmp_path: Path,
    engine_of: Callable[[Path], tuple[Engine, Settings]],
    capsys: pytest.CaptureFixture[str],
) -> None:
    again = tmp_path / "again"
    shutil.copytree(watched, again)
    engine, settings = engine_of(again)
    with writing(engine) as connection:  # as if nothing had been watched
        for table in ("events", "alert_appeals", "signals", "alerts", "watch", "lease"):
            connection.exec_driver_sql(f"DELETE FROM {table}")

    def dies(done: int, whole: int) -> None:
        if done == 17:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Watcher(engine, settings).step(datetime.now(UTC), dies)
    run_watch(engine, settings, now=datetime.now(UTC) + timedelta(minutes=2))

    assert dump(again, capsys) == dump(watched, capsys)


def test_a_sensitive_appeal_is_told_however_late_it_comes(
    watched: Path, tmp_path: Path, engine_of: Callable[[Path], tuple[Engine, Settings]]
) -> None:
    site = tmp_path / "late"
    shutil.copytree(watched, site)
    ingest(site, write(tmp_path / "late.csv", [GAS]))
    ingest(site, write(tmp_path / "again.csv", [GAS, GAS]))

    engine, _ = engine_of(site)
    assert kinds_told(engine).count("sensitive") == 1


def test_a_told_appeal_that_moves_to_another_community_is_not_told_again(
    watched: Path, tmp_path: Path, engine_of: Callable[[Path], tuple[Engine, Settings]]
) -> None:
    site = tmp_path / "moved"
    shutil.copytree(watched, site)
    moved = [*GAS[:6], "111.005", "30.005", GAS[8]]
    ingest(site, write(tmp_path / "first.csv", [GAS]))
    ingest(site, write(tmp_path / "moved.csv", [moved]))

    engine, _ = engine_of(site)
    assert kinds_told(engine).count("sensitive") == 1


def test_a_month_of_changed_rows_is_no_backlog_and_raises_nothing_new(
    watched: Path, tmp_path: Path, engine_of: Callable[[Path], tuple[Engine, Settings]]
) -> None:
    site = tmp_path / "changed"
    shutil.copytree(watched, site)
    engine, settings = engine_of(site)
    rows = [[*row[:5], row[5] + "，已回复", *row[6:]] for row in rows_of(range(DAYS - 2))]
    ring = KeyRing.load(site / "wangge.key")
    report = Handover(engine, settings, ring, lambda: datetime.now(UTC)).take(
        [dict(zip(HEADERS, row, strict=True)) for row in rows],
        Options(datum="wgs84", source="hotline"),
    )
    watch = run_watch(engine, settings)

    assert report.updated == len(rows)
    assert watch.alerts == 0
    assert watch.days <= 2  # the open days alone: what was learnt is not learnt again


def test_a_backlog_is_learnt_and_what_was_told_stays_told_once(
    watched: Path, site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest(site, write(tmp_path / "second.csv", rows_of(range(10, DAYS))))
    ingest(site, write(tmp_path / "first.csv", rows_of(range(10))))

    assert dump(site, capsys) == dump(watched, capsys)


def test_what_an_outage_held_back_comes_the_day_after_and_twice_and_is_told_once(
    site: Path, tmp_path: Path, engine_of: Callable[[Path], tuple[Engine, Settings]]
) -> None:
    rows = rows_of(range(DAYS))
    held = [row for row in rows if "D16-030" <= row[0] < "D19"]
    later = [row for row in rows if row[1] >= "2026-03-22"]
    before = [row for row in rows if row not in held and row not in later]
    # Each file is a watch of its own: whatever was kept in memory is gone.
    for number, piece in enumerate((before, [*held, GAS], held + later)):
        ingest(site, write(tmp_path / f"{number}.csv", piece))

    engine, _ = engine_of(site)
    assert sorted(kinds_told(engine)) == ["sensitive", "surge"]


def test_a_second_watcher_is_refused_while_the_first_is_at_work(
    watched: Path, engine_of: Callable[[Path], tuple[Engine, Settings]]
) -> None:
    engine, settings = engine_of(watched)
    now = datetime.now(UTC)
    with writing(engine) as connection:
        assert take_lease(connection, "elsewhere:1:1", now, timedelta(seconds=90)) is not None

    with pytest.raises(Conflict, match="another watcher"):
        run_watch(engine, settings)
    with writing(engine) as connection:
        connection.exec_driver_sql("DELETE FROM lease")


def test_the_mark_stands_at_the_end_of_the_last_closed_day(
    watched: Path, engine_of: Callable[[Path], tuple[Engine, Settings]]
) -> None:
    engine, _ = engine_of(watched)
    with reading(engine) as connection:
        mark = read_mark(connection)

    # The last day is still open: no row shows that it is over.
    assert mark.tick == datetime(2026, 3, 22, 16, tzinfo=UTC)


def test_a_watch_outlives_its_database_and_tells_what_has_come_since(
    site: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rests: list[float] = []
    log = logging.getLogger("wangge.follow")  # ingesting sets up what stands above it anew
    monkeypatch.setattr(log, "propagate", False)
    monkeypatch.setattr(log, "handlers", [caplog.handler])
    file, away = site / "wangge.db", site / "away.db"
    with open_site(site / "wangge.toml") as opened:

        def rest(seconds: float) -> None:
            """While the watch rests the database goes, is back, and takes an appeal."""
            rests.append(seconds)
            if len(rests) == 1:
                opened.engine.dispose()
                file.rename(away)
                file.mkdir()
            elif len(rests) == 4:
                file.rmdir()
                away.rename(file)
                ingest(site, write(site / "late.csv", [GAS]))
            elif len(rests) == 8:
                raise KeyboardInterrupt

        monkeypatch.setattr("wangge.follow.time.sleep", rest)
        answer = watched_until_stopped(opened, once=False)
        assert "sensitive" in kinds_told(opened.engine)
    assert answer.data["alerts"]
    gone, back = (one.getMessage() for one in caplog.records)
    assert "does not answer" in gone
    assert back == "watcher: goes on"

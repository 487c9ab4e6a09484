"""The live watch on a database: whatever pieces rows come in, a closed day ends as one run."""

import json
import random
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from alerts.lease.store import read_mark
from alerts.state import unpack
from alerts.store import read_alert, read_alerts
from appeals.database import Engine, reading, writing
from appeals.privacy import Role, Viewer
from appeals.seals import KeyRing
from geo.aliases import Alias
from geo.store import add_aliases
from tests.wangge.three_weeks import DAYS, HEADERS, Row, ingest, rows_of, write
from wangge import watcher as watcher_module
from wangge.cli import main
from wangge.handover import Handover
from wangge.intake import Options
from wangge.settings import Settings
from wangge.watcher import Watcher

EngineOf = Callable[[Path], tuple[Engine, Settings]]
LAST_DAY_BEGINS = "2026-03-22T16:00:00+00:00"
BEFORE = 19  # days that are there before the live ones
TEN = datetime(2026, 3, 22, 2, tzinfo=UTC)  # in the morning of day 20, there
VIEWER = Viewer(actor="test", role=Role.OPERATOR)
Step = Callable[[list[Row], float], tuple[set[object], datetime | None]]
GAS = ["G1", "2026-03-22 10:30:00", "投诉", "物业", "停车管理", "地库里有很重的煤气味",
       "111.035", "30.015", "13700001111"]  # fmt: skip


@pytest.fixture(scope="module")
def nineteen(with_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nineteen")
    shutil.copytree(with_tree, folder / "site")
    ingest(folder / "site", write(folder / "some.csv", rows_of(range(BEFORE))))
    return folder / "site"


@pytest.fixture
def site(nineteen: Path, tmp_path: Path) -> Path:
    shutil.copytree(nineteen, tmp_path / "site")
    return tmp_path / "site"


def hand_over(site: Path, engine: Engine, settings: Settings, rows: list[Row]) -> None:
    handover = Handover(
        engine, settings, KeyRing.load(site / "wangge.key"), lambda: datetime.now(UTC)
    )
    named = [dict(zip(HEADERS, row, strict=True)) for row in rows]
    handover.take(named, Options(datum="wgs84", source="hotline"))


def closed_alerts(site: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    capsys.readouterr()
    assert main(["--config", str(site / "wangge.toml"), "dump", "--stable"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    told = [row.get("row", row) for row in rows]
    return [one for one in told if "alert" in one and one["opened_at"] < LAST_DAY_BEGINS]


def that_morning(site: Path, engine: Engine, settings: Settings) -> tuple[Watcher, Step]:
    """Give a watcher at ten of day 20, and what hands rows over so many hours later and steps.

    A step gives the kinds that were told, and the end of the last day that is closed.
    """
    hand_over(site, engine, settings, rows_of([19]))
    before, watcher = Watcher(engine, settings), Watcher(engine, settings)
    before.step(datetime.now(UTC))
    before.stop(TEN)

    def step(rows: list[Row], hours: float) -> tuple[set[object], datetime | None]:
        if rows:
            hand_over(site, engine, settings, rows)
        watcher.step(TEN + timedelta(hours=hours))
        while watcher.busy:
            watcher.step(TEN + timedelta(hours=hours))
        with reading(engine) as connection:
            kinds = {one["kind"] for one in read_alerts(connection, VIEWER)}
            return kinds, read_mark(connection).tick

    return watcher, step


@pytest.mark.parametrize("seed", [1])
def test_random_pieces_with_restarts_end_as_one_file(
    watched: Path,
    site: Path,
    engine_of: EngineOf,
    capsys: pytest.CaptureFixture[str],
    seed: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watcher_module, "RUN_AGAIN_S", 0)
    chance, (engine, settings) = random.Random(seed), engine_of(site)
    watcher = Watcher(engine, settings)
    for day in range(BEFORE, DAYS):
        rows = rows_of([day])
        chance.shuffle(rows)  # any order within the day
        while rows:
            n = chance.randint(1, 45)
            hand_over(site, engine, settings, rows[:n])
            rows = rows[n:]
            watcher.step(datetime.now(UTC))
            if chance.random() < 0.2:  # stopped, or killed: either way another one goes on
                watcher.stop(datetime.now(UTC))
                watcher = Watcher(engine, settings)
    watcher.step(datetime.now(UTC))
    watcher.stop(datetime.now(UTC))

    expected = closed_alerts(watched, capsys)
    assert expected
    assert closed_alerts(site, capsys) == expected


def test_a_sensitive_appeal_is_told_by_the_next_step_and_its_mark_is_settled_by_the_close(
    site: Path, engine_of: EngineOf
) -> None:
    engine, settings = engine_of(site)
    watcher = Watcher(engine, settings)
    hand_over(site, engine, settings, rows_of([19]))
    watcher.step(datetime.now(UTC))

    def told() -> list[dict[str, object]]:
        with reading(engine) as connection:
            found = read_alerts(connection, VIEWER)
        return [one["detail"] for one in found if one["kind"] == "sensitive"]

    hand_over(site, engine, settings, [GAS, *rows_of([20])[:5]])
    watcher.step(datetime.now(UTC))
    hand_over(site, engine, settings, [["G2", *GAS[1:6], "111.005", "30.005", "13700002222"]])
    report = watcher.step(datetime.now(UTC))

    assert report is not None
    assert (report.days, report.alerts) == (0, 1)  # by its fresh row alone
    assert [one["provisional"] for one in told()] == [True, True]
    taken_back = ["G2", *GAS[1:5], "地库没有异味，打错了", "111.005", "30.005", "13700002222"]
    hand_over(site, engine, settings, [taken_back, *rows_of([21])])
    watcher.step(datetime.now(UTC))
    assert ["provisional" in one for one in told()] == [False, False]
    assert ["unconfirmed" in one for one in told()] == [True, False]
    watcher.stop(datetime.now(UTC))


def test_a_matter_of_imported_history_that_goes_on_live_is_told(
    site: Path, engine_of: EngineOf
) -> None:
    engine, settings = engine_of(site)
    own = settings.alerts.model_copy(update={"stale_after_h": 24 * 36_500})  # all rows are live
    settings = settings.model_copy(update={"alerts": own})

    def step(watcher: Watcher) -> list[bool]:
        watcher.step(datetime.now(UTC))
        with reading(engine) as connection:
            found = read_alerts(connection, VIEWER)
        return [one["historical"] for one in found if one["kind"] == "sensitive"]

    hand_over(site, engine, settings, [*rows_of([19, 20]), GAS])
    history, live = Watcher(engine, settings, history=True), Watcher(engine, settings)
    assert step(history) == [True]
    history.stop(datetime.now(UTC))
    assert step(live) == [True]  # what the import found is found again
    hand_over(site, engine, settings, [["G2", "2026-03-22 11:30:00", *GAS[2:8], "13700002222"]])
    assert step(live) == [False]
    live.stop(datetime.now(UTC))


def test_a_row_that_is_dated_ahead_ends_no_day_and_waits_for_its_own_but_for_its_words(
    site: Path, engine_of: EngineOf
) -> None:
    watcher, step = that_morning(site, *engine_of(site))
    day = rows_of([20])
    begun = step([row for row in day if row[1] < "2026-03-22 10"], 0)
    gas = ["G1", "2026-03-23 09:00:00", *GAS[2:]]
    assert step([gas], 0.1) == ({"sensitive"}, begun[1])
    later = [row for row in day if row[1] >= "2026-03-22 10"]
    assert step(later, 10) == ({"sensitive", "surge"}, begun[1])
    _, over = step([["N1", "2026-03-23 02:01:00", *GAS[2:5], "车位被占", *GAS[6:]]], 16.1)
    assert over == datetime(2026, 3, 22, 16, tzinfo=UTC)
    watcher.stop(TEN)


def test_a_row_without_an_hour_moves_no_window_of_the_open_day(
    site: Path, engine_of: EngineOf
) -> None:
    engine, settings = engine_of(site)
    watcher, step = that_morning(site, engine, settings)
    day = rows_of([20])
    step([row for row in day if row[1] < "2026-03-22 10"], 0)
    assert step([["G1", "2026-03-22", *GAS[2:]]], 0.1)[0] == {"sensitive"}
    step([row for row in day if "2026-03-22 10" <= row[1] < "2026-03-22 12"], 1.99)
    with reading(engine) as connection:
        alerts = [one["alert_id"] for one in read_alerts(connection, VIEWER)]
        signals = [s for one in alerts for s in read_alert(connection, VIEWER, one)["signals"]]
    assert {"sensitive", "surge"} <= {one["kind"] for one in signals}
    assert max(one["tick"] for one in signals) == TEN + timedelta(hours=2)
    watcher.stop(TEN)


def test_what_is_dated_some_hours_ahead_is_counted_when_the_clock_is_there_without_a_fresh_row(
    site: Path, engine_of: EngineOf
) -> None:
    watcher, step = that_morning(site, *engine_of(site))
    step([row for row in rows_of([20]) if row[1] < "2026-03-22 10"], 0)
    ahead = [
        [
            f"S{i}",
            f"2026-03-22 13:{i:02d}:00",
            *GAS[2:5],
            "车位被占",
            *GAS[6:8],
            f"137000011{i:02d}",
        ]
        for i in range(14)
    ]
    assert step(ahead, 0.1)[0] == set()
    assert step([], 2.9)[0] == set()
    assert step([], 3.1)[0] == {"surge"}
    watcher.stop(TEN)


def test_sensitive_words_of_a_correction_are_told_by_the_next_step(
    site: Path, engine_of: EngineOf
) -> None:
    engine, settings = engine_of(site)
    watcher = Watcher(engine, settings)
    plain = [*GAS[:5], "地库的灯坏了", *GAS[6:]]
    hand_over(site, engine, settings, [plain])
    watcher.step(datetime.now(UTC))
    hand_over(site, engine, settings, [GAS])
    report = watcher.step(datetime.now(UTC))
    again = watcher.step(datetime.now(UTC))
    watcher.stop(datetime.now(UTC))

    assert report is not None
    assert again is not None
    assert (report.days, report.alerts) == (0, 1)  # the day is not begun anew for it at once
    assert again.alerts == 0


def test_a_name_that_is_taught_reaches_the_watch_without_a_restart(
    site: Path, engine_of: EngineOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher_module, "RUN_AGAIN_S", 0)
    engine, settings = engine_of(site)
    watcher = Watcher(engine, settings)
    said = [*GAS[2:5], "西大坑积水没人管", *GAS[6:8], "13700001111"]
    hand_over(site, engine, settings, [["T0", "2026-03-21 10:30:00", *said]])
    watcher.step(datetime.now(UTC))
    with writing(engine) as connection:
        taught = [Alias("西大坑", 111.035, 30.015)]
        add_aliases(connection, taught, who="desk", reason="local", now=datetime.now(UTC))
    hand_over(site, engine, settings, [["T1", "2026-03-21 11:30:00", *said]])
    watcher.step(datetime.now(UTC))
    hand_over(site, engine, settings, rows_of([21])[:5])
    watcher.step(datetime.now(UTC))
    watcher.stop(datetime.now(UTC))

    with reading(engine) as connection:
        mark = read_mark(connection)
    assert mark.state is not None
    closed = unpack(mark.state_version, mark.state)
    assert closed.closed == date(2026, 3, 21)
    assert closed.baseline.keys.subjects == ["西大坑"]

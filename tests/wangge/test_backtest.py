"""A replay tells what would have been raised, as of its time, and leaves nothing behind."""

import json
import shutil
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from alerts.episode import Episode
from alerts.store import read_alerts
from alerts.telling import Budget
from appeals.database import Engine, reading, writing
from appeals.errors import InputError
from appeals.privacy import Role, Viewer
from appeals.seals import KeyRing
from tests.wangge.three_weeks import BURST_DAY, DAYS, HEADERS, ingest, rows_of, write
from wangge.backtest import counted, judged, otherwise, precision, table
from wangge.city.truth import EventKind, read_truth
from wangge.cli import main
from wangge.handover import Handover
from wangge.intake import Options
from wangge.replay import replay
from wangge.settings import Settings
from wangge.watcher import Watcher

FIRST = date(2026, 3, 2)
LAST = FIRST + timedelta(days=DAYS - 1)
ZONE = ZoneInfo("Asia/Shanghai")
WHOLE = FIRST + timedelta(days=14), LAST

EngineOf = Callable[[Path], tuple[Engine, Settings]]


def burst(**changes: object) -> dict[str, object]:
    start = datetime(2026, 3, 2, 9, tzinfo=ZONE) + timedelta(days=BURST_DAY)
    known = {
        "kind": "surge",
        "areas": [],
        "class": "市容环卫/垃圾清运",
        "start": start.isoformat(),
        "end": (start + timedelta(hours=4)).isoformat(),
    }
    return known | changes


def test_a_replay_finds_the_burst_that_the_watch_told(watched: Path, engine_of: EngineOf) -> None:
    engine, settings = engine_of(watched)
    with reading(engine) as connection:
        found = replay(connection, settings, *WHOLE)
        alerts = table(connection, found, found.decide())

    ours = [one for one in alerts["raised"] if "市容环卫/垃圾清运" in one.classes]
    assert [len(one.appeals) for one in ours] == [14]
    assert {name[0] for name in ours[0].appeals} == {"B"}
    told = counted(found, alerts)
    assert told["alerts"] + sum(told["aside"].values()) == len(alerts)
    assert sum(one["n"] for one in told["daily"]) == told["alerts"]


def as_told(alerts: Sequence[Episode]) -> set[tuple[object, ...]]:
    return {
        (e.opened_at, e.kind, e.aside, tuple(sorted(e.signals)), e.named.reason) for e in alerts
    }


def test_what_is_decided_afterwards_is_what_the_watch_itself_would_have_raised(
    watched: Path, engine_of: EngineOf
) -> None:
    engine, settings = engine_of(watched)
    changed = settings.alerts.model_copy(update={"false_share": 0.05, "budget_per_day": 1})
    tried = settings.model_copy(update={"alerts": changed})
    with reading(engine) as connection:
        run = replay(connection, settings, *WHOLE)
        own = replay(connection, tried, *WHOLE)
        stored = read_alerts(connection, Viewer("test", Role.OPERATOR))
        tables = otherwise(connection, run)

    def told_by_watch(opened_at: datetime) -> bool:  # its last day is still open
        return run.first <= run.day_of(opened_at) < run.last

    watch = {
        (a["opened_at"], a["reason"], a["aside"]) for a in stored if told_by_watch(a["opened_at"])
    }
    ours = {
        (e.opened_at, e.named.reason, e.aside) for e in run.decide() if told_by_watch(e.opened_at)
    }
    assert ours == watch
    assert len(watch) > 0
    again = run.decide(0.05, Budget(1))
    assert as_told(again) == as_told(own.decide())
    assert run.false_share == 0.2
    with pytest.raises(InputError, match=r"shares up to 0\.2"):
        run.decide(0.5)
    told = [one["told_per_day"] for one in tables["budgets"]]
    assert told == sorted(told)
    assert [one["false_share"] for one in tables["false_shares"] if one["set"]] == [0.1]


def test_verdicts_of_the_desk_give_the_precision_of_what_would_be_told(
    watched: Path, tmp_path: Path, engine_of: EngineOf
) -> None:
    site = tmp_path / "site"
    shutil.copytree(watched, site)
    config = ["--config", str(site / "wangge.toml")]
    engine, settings = engine_of(site)
    with reading(engine) as connection:
        stored = read_alerts(connection, Viewer("test", Role.OPERATOR))
    burst_alert = next(a for a in stored if a["class_code"] == "市容环卫/垃圾清运")
    assert main([*config, "alerts", "verdict", str(burst_alert["alert_id"]), "true"]) == 0
    with reading(engine) as connection:
        run = replay(connection, settings, *WHOLE)
        alerts = table(connection, run, run.decide())

    same = alerts[alerts["verdict"].notna()]
    assert same["verdict"].tolist() == ["true"]
    assert "市容环卫/垃圾清运" in same["raised"].iloc[0].classes
    found = precision(same)
    assert (found["true"], found["precision"], found["between"][1]) == (1, 1.0, 1.0)
    assert 0.2 < found["between"][0] < 0.21  # Wilson: n / (n + 1.96 squared)


def test_a_replay_leaves_the_database_as_it_was(
    watched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = ["--config", str(watched / "wangge.toml")]
    main([*config, "dump", "--stable"])
    before = capsys.readouterr().out

    days = ["--from", str(WHOLE[0]), "--to", str(LAST)]
    assert main([*config, "backtest", *days, "--false-share", "0.2", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    main([*config, "dump", "--stable"])

    assert capsys.readouterr().out == before
    assert answer["changed"]["alerts"] >= answer["as_set"]["alerts"] > 0


def test_an_office_can_write_down_what_happened_without_the_numbers_of_appeals(
    watched: Path, tmp_path: Path, engine_of: EngineOf
) -> None:
    truth = tmp_path / "known.json"
    quiet = burst(**{"class": "噪声/施工噪声", "kind": "cluster"})
    truth.write_text(json.dumps({"events": [burst(), quiet]}), encoding="utf-8")
    engine, settings = engine_of(watched)
    with reading(engine) as connection:
        found = replay(connection, settings, *WHOLE)
        told = judged(found, table(connection, found, found.decide()), read_truth(truth))

    hits = {one["kind"]: one for one in told["hits"]}
    assert hits[EventKind.SURGE]["found"] == 1
    assert 0 <= hits[EventKind.SURGE]["median_delay_h"] <= 4
    assert hits[EventKind.CLUSTER]["found"] == 0
    assert [one["class"] for one in told["missed"]] == ["噪声/施工噪声"]


def test_rows_recorded_after_their_day_was_closed_are_late_in_the_replay_too(
    site: Path, tmp_path: Path, engine_of: EngineOf
) -> None:
    ingest(site, write(tmp_path / "all.csv", rows_of(range(DAYS))))
    engine, settings = engine_of(site)
    with writing(engine) as connection:  # as if all had come on its day, the burst a week later
        connection.exec_driver_sql("UPDATE versions SET recorded_at = received_at")
        connection.exec_driver_sql(
            "UPDATE versions SET recorded_at = '2026-04-01 00:00:00.000000' WHERE appeal_id IN "
            "(SELECT appeal_id FROM appeals WHERE source_id LIKE 'B%')"
        )
    with reading(engine) as connection:
        found = replay(connection, settings, *WHOLE)
        alerts = table(connection, found, found.decide())

    classes = {name for one in alerts["raised"] for name in one.classes}
    assert "市容环卫/垃圾清运" not in classes


def test_a_replay_tells_late_sensitive_appeals_as_the_watch_did(
    site: Path, engine_of: EngineOf
) -> None:
    engine, settings = engine_of(site)
    watcher, ring = Watcher(engine, settings), KeyRing.load(site / "wangge.key")

    def said(name: str, more: str = "") -> list[str]:
        at = f"2026-03-05 {'09' if name == 'G1' else '11'}:05:00"
        return [name, at, "投诉", "物业", "停车管理", f"地库里有很重的煤气味{more}",
                "111.035", "30.015", f"1370000{name}"]  # fmt: skip

    # One comes on its day and changes its words on the four days after it; one comes late.
    for day in range(9):
        now = datetime(2026, 3, 2, 22, tzinfo=ZONE) + timedelta(days=day)
        rows = rows_of([day])
        if 3 <= day < 8:
            rows.append(said("G1", "，已转办" * (day - 3)))
        if day == 5:
            rows.append(said("G2"))
        handover = Handover(engine, settings, ring, lambda now=now: now)  # type: ignore[misc]
        named = [dict(zip(HEADERS, row, strict=True)) for row in rows]
        handover.take(named, Options(datum="wgs84", source="hotline"))
        watcher.step(now)
    watcher.stop(now)
    with reading(engine) as connection:
        found = replay(connection, settings, FIRST, FIRST + timedelta(days=8)).decide()
        alerts = read_alerts(connection, Viewer(actor="test", role=Role.OPERATOR))

    live = [(a["opened_at"], a["callers"]) for a in alerts if a["kind"] == "sensitive"]
    assert [callers for _, callers in live] == [2]
    assert [(e.opened_at, e.named.callers) for e in found if e.kind == "sensitive"] == live


def test_a_span_without_appeals_is_refused(watched: Path, engine_of: EngineOf) -> None:
    engine, settings = engine_of(watched)
    with reading(engine) as connection:
        with pytest.raises(InputError, match="lies before"):
            replay(connection, settings, LAST, FIRST)
        with pytest.raises(InputError, match="no appeals between"):
            replay(connection, settings, date(2027, 1, 1), date(2027, 2, 1))


@pytest.fixture
def site(with_tree: Path, tmp_path: Path) -> Path:
    shutil.copytree(with_tree, tmp_path / "site")
    return tmp_path / "site"

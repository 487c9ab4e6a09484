"""The watch with its closed days in Spark: the answers of one machine, whoever dies on the way."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from shutil import which
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from alerts.lease.store import Mark, read_mark
from alerts.state import unpack
from appeals.database import Engine, reading, writing
from appeals.errors import InputError
from wangge.cli import main
from wangge.settings import Settings
from wangge.site import open_site
from wangge.spark import SparkDays

if TYPE_CHECKING:
    from pyspark import SparkContext

PATIENCE_S = 240

EngineOf = Callable[[Path], tuple[Engine, Settings]]


@pytest.fixture
def unwatched(watched: Path, tmp_path: Path, engine_of: EngineOf) -> Path:
    """The installation as if nothing had been watched."""
    shutil.copytree(watched, tmp_path / "unwatched")
    engine, _ = engine_of(tmp_path / "unwatched")
    with writing(engine) as connection:
        for table in ("events", "alert_appeals", "signals", "alerts", "watch", "lease"):
            connection.exec_driver_sql(f"DELETE FROM {table}")
    return tmp_path / "unwatched"


def mark_of(engine: Engine) -> Mark:
    with reading(engine) as connection:
        return read_mark(connection)


def closed(engine: Engine) -> date | None:
    mark = mark_of(engine)
    return unpack(mark.state_version, mark.state).closed if mark.state else None


def dump(site: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["--config", str(site / "wangge.toml"), "dump", "--stable"]) == 0
    return capsys.readouterr().out


def begin(site: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "wangge.cli", "--config", str(site / "wangge.toml")]
    command += ["spark", "backfill", "--master", "local[2,4]"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def workers(driver: int) -> list[int]:
    """The processes of Python that work for a driver: what Spark's daemon has forked."""
    parents, daemons = {}, set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            if b"pyspark.daemon" in (folder / "cmdline").read_bytes():
                daemons.add(int(folder.name))
        except OSError:
            continue  # it has ended
        parents[int(folder.name)] = int(stat[1])

    def of_driver(one: int) -> bool:
        return one == driver or (one in parents and of_driver(parents[one]))

    return [one for one in daemons if parents.get(one) in daemons and of_driver(one)]


def kill_a_worker(driver: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + PATIENCE_S
    while not (found := workers(driver.pid)):
        assert driver.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    os.kill(found[0], signal.SIGKILL)


@pytest.mark.spark
@pytest.mark.slow
@pytest.mark.skipif(find_spec("pyspark") is None, reason="pyspark is not installed")
@pytest.mark.skipif(which("java") is None, reason="there is no Java")
def test_killed_workers_and_a_killed_driver_end_as_one_machine_does(
    watched: Path,
    unwatched: Path,
    engine_of: EngineOf,
    capsys: pytest.CaptureFixture[str],
) -> None:
    engine, whole = engine_of(unwatched)[0], engine_of(watched)[0]
    last = closed(whole)
    assert last is not None
    first = begin(unwatched)
    kill_a_worker(first)
    until = time.monotonic() + PATIENCE_S
    while closed(engine) is None:
        assert first.poll() is None
        assert time.monotonic() < until
        time.sleep(0.01)
    first.kill()
    first.wait()
    reached = closed(engine)
    second = begin(unwatched)
    kill_a_worker(second)

    assert second.wait(PATIENCE_S) == 0
    assert reached is not None
    assert reached < last
    assert mark_of(engine) == mark_of(whole)  # every float of the state
    assert dump(unwatched, capsys) == dump(watched, capsys)


def test_without_pyspark_it_says_what_to_install(
    unwatched: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)

    assert main(["--config", str(unwatched / "wangge.toml"), "spark", "backfill"]) == 1
    assert "wangge[spark]" in capsys.readouterr().err


def test_a_file_is_no_database_for_a_cluster(unwatched: Path) -> None:
    cluster = cast("SparkContext", SimpleNamespace(master="spark://head:7077"))
    with open_site(unwatched / "wangge.toml") as site, pytest.raises(InputError, match="database"):
        SparkDays(cluster, site)

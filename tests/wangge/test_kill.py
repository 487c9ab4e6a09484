"""Killed at any moment and started again, intake ends as one clean run does."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

_COMMAND = [sys.executable, "-m", "wangge.cli"]


def ingest(site: Path, town: Any) -> list[str]:
    return [
        *_COMMAND, "--config", str(site / "wangge.toml"), "ingest", str(town.folder / "many.csv"),
        "--datum", "wgs84", "--source", "hotline", "--json",
    ]  # fmt: skip


def dump(site: Path) -> str:
    command = [*_COMMAND, "--config", str(site / "wangge.toml"), "dump", "--stable"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@pytest.fixture(scope="module")
def clean(
    empty_site: Path, town: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, float, float]:
    """What one clean run ends with, when it began to store, and how long it took."""
    site = tmp_path_factory.mktemp("clean") / "site"
    shutil.copytree(empty_site, site)
    _multiply(town)
    began = time.monotonic()
    running = subprocess.Popen(ingest(site, town), stdout=subprocess.DEVNULL)
    size, first = _size(site), None
    while running.poll() is None:
        if first is None and _size(site) != size:
            first = time.monotonic() - began
        time.sleep(0.005)
    assert running.returncode == 0
    return dump(site), first or 0.0, time.monotonic() - began


def _size(site: Path) -> int:
    return sum(path.stat().st_size for path in site.glob("wangge.db*") if path.exists())


def _multiply(town: Any) -> None:
    """Write a file of several batches: the town's appeals again and again, under other ids."""
    lines = town.appeals.read_text(encoding="utf-8").splitlines()
    many = [lines[0]]
    for copy in range(12):
        many += [line.replace("T", f"K{copy:02d}", 1) for line in lines[1:]]
    (town.folder / "many.csv").write_text("\n".join(many), encoding="utf-8")


def kill_and_run_again(
    moment_s: float, empty_site: Path, town: Any, folder: Path
) -> tuple[str, bool]:
    site = folder / f"{moment_s:.4f}"
    shutil.copytree(empty_site, site)
    running = subprocess.Popen(
        ingest(site, town), stdout=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(moment_s)
    killed = running.poll() is None
    if killed:
        os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    subprocess.run(ingest(site, town), stdout=subprocess.DEVNULL, check=True)
    return dump(site), killed


@pytest.mark.parametrize("share", [0.1, 0.45, 0.9])
def test_a_run_that_was_killed_ends_as_a_clean_one(
    share: float, clean: tuple[str, float, float], empty_site: Path, town: Any, tmp_path: Path
) -> None:
    wanted, first, last = clean

    found, _ = kill_and_run_again(first + share * (last - first), empty_site, town, tmp_path)

    assert found == wanted


@pytest.mark.slow
def test_twenty_random_moments_all_end_as_a_clean_run(
    clean: tuple[str, float, float], empty_site: Path, town: Any, tmp_path: Path
) -> None:
    wanted, _, last = clean
    chance = random.Random(20)
    n_killed = 0
    for _ in range(20):
        found, killed = kill_and_run_again(chance.uniform(0, last), empty_site, town, tmp_path)
        assert found == wanted
        n_killed += killed
    assert n_killed >= 10

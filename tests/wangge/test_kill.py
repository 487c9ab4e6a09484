"""Killed at any moment and started again, intake ends as one clean run does."""

import contextlib
import io
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from wangge.cli import main

_FORK = multiprocessing.get_context("fork")


def arguments(site: Path, town: Any) -> list[str]:
    return [
        "--config", str(site / "wangge.toml"), "ingest", str(town.folder / "many.csv"),
        "--datum", "wgs84", "--source", "hotline", "--json",
    ]  # fmt: skip


def run(typed: Sequence[str]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(typed) == 0
    return out.getvalue()


def dump(site: Path) -> str:
    return run(["--config", str(site / "wangge.toml"), "dump", "--stable"])


def _quietly(typed: Sequence[str]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        main(typed)


def _size(site: Path) -> int:
    return sum(path.stat().st_size for path in site.glob("wangge.db*"))


@pytest.fixture(scope="module")
def clean(
    empty_site: Path, town: Any, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, float, float]:
    """What one clean run ends with, when it began to store, and how long it took."""
    site = tmp_path_factory.mktemp("clean") / "site"
    shutil.copytree(empty_site, site)
    before, first = _size(site), 0.0
    began = time.monotonic()
    running = _FORK.Process(target=_quietly, args=(arguments(site, town),))
    running.start()
    while running.is_alive():
        if not first and _size(site) != before:
            first = time.monotonic() - began
        running.join(0.005)
    assert running.exitcode == 0
    return dump(site), first, time.monotonic() - began


@pytest.mark.parametrize("share", [0.05, 0.3, 0.7])
def test_a_run_that_was_killed_ends_as_a_clean_one(
    share: float, clean: tuple[str, float, float], empty_site: Path, town: Any, tmp_path: Path
) -> None:
    wanted, first, last = clean
    site = tmp_path / "site"
    shutil.copytree(empty_site, site)
    running = _FORK.Process(target=_quietly, args=(arguments(site, town),))
    running.start()
    running.join(first + share * (last - first))
    running.kill()
    running.join()

    run(arguments(site, town))

    assert dump(site) == wanted


@pytest.mark.slow
def test_twenty_random_moments_of_the_command_all_end_as_a_clean_run(
    clean: tuple[str, float, float], empty_site: Path, town: Any, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "wangge.cli"]
    chance = random.Random(20)
    began = time.monotonic()
    subprocess.run([*command, "--help"], check=True, stdout=subprocess.DEVNULL)
    start_s = time.monotonic() - began
    n_killed = 0
    for number in range(20):
        site = tmp_path / str(number)
        shutil.copytree(empty_site, site)
        running = subprocess.Popen(
            [*command, *arguments(site, town)], stdout=subprocess.DEVNULL, start_new_session=True
        )
        time.sleep(chance.uniform(0.5 * start_s, start_s + clean[2]))
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            n_killed += 1
        running.wait()
        run(arguments(site, town))
        assert dump(site) == clean[0]
    assert n_killed >= 10

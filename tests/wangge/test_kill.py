"""Killed at any moment and started again, intake ends as one clean run does."""

import contextlib
import io
import multiprocessing
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

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


Fresh = Callable[[], Path]


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def fresh(
    request: pytest.FixtureRequest,
    empty_site: Path,
    town: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Fresh]:
    """Makes a new installation with the town's units and without appeals."""
    made: list[str] = []
    server = _server() if request.param == "postgres" else None

    def make() -> Path:
        site = tmp_path_factory.mktemp("fresh") / "site"
        shutil.copytree(empty_site, site)
        if server is not None:
            made.append(f"wangge_kill_{os.getpid()}_{secrets.token_hex(4)}")
            _on_server(server, f'CREATE DATABASE "{made[-1]}"')
            _move_to_postgres(site, server.set(database=made[-1]), town)
        return site

    yield make
    for name in made:
        assert server is not None
        _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _server() -> sa.URL:
    address = os.environ.get("WANGGE_TEST_POSTGRES")
    if not address:
        message = "set WANGGE_TEST_POSTGRES=postgresql+psycopg://…"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return sa.make_url(address)


def _on_server(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


def _move_to_postgres(site: Path, database: sa.URL, town: Any) -> None:
    config = site / "wangge.toml"
    address = database.render_as_string(hide_password=False)
    text = config.read_text(encoding="utf-8").replace("sqlite:///wangge.db", address)
    config.write_text(text, encoding="utf-8")
    config.chmod(0o600)
    for path in site.glob("wangge.db*"):
        path.unlink()
    command = ["--config", str(config)]
    names = ["--code", "code", "--name", "name", "--datum", "wgs84"]
    run([*command, "upgrade"])
    run([*command, "units", "import", str(town.streets), "--level", "street", *names])
    parent = ["--level", "community", "--parent", "street"]
    run([*command, "units", "import", str(town.communities), *parent, *names])


def start(site: Path, town: Any) -> ForkProcess:
    running = _FORK.Process(target=_quietly, args=(arguments(site, town),))
    running.start()
    return running


@pytest.fixture(scope="module")
def clean(fresh: Fresh, town: Any) -> tuple[str, float]:
    """What one clean run ends with, and how long it took."""
    site = fresh()
    began = time.monotonic()
    running = start(site, town)
    running.join()
    assert running.exitcode == 0
    return dump(site), time.monotonic() - began


@pytest.mark.parametrize("share", [pytest.param(0.15, marks=pytest.mark.slow), 0.75])
def test_a_run_that_was_killed_ends_as_a_clean_one(
    share: float, clean: tuple[str, float], fresh: Fresh, town: Any
) -> None:
    wanted, seconds = clean
    site = fresh()
    running = start(site, town)
    running.join(share * seconds)
    running.kill()
    running.join()

    run(arguments(site, town))

    assert dump(site) == wanted


@pytest.mark.slow
def test_twenty_random_moments_of_the_command_all_end_as_a_clean_run(
    clean: tuple[str, float], fresh: Fresh, town: Any
) -> None:
    wanted, seconds = clean
    chance = random.Random(20)
    n_killed = tries = 0
    while n_killed < 20 and tries < 60:
        tries += 1
        site = fresh()
        began = time.monotonic()
        running = subprocess.Popen(
            [sys.executable, "-m", "wangge.cli", *arguments(site, town)],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        # The machine may be busy or idle: a run that was not caught tells how long one takes now.
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(chance.uniform(0.2, 1) * seconds)
        if running.poll() is not None:
            seconds = time.monotonic() - began
            continue
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
        n_killed += 1
        run(arguments(site, town))
        assert dump(site) == wanted
    assert n_killed == 20

"""Fixtures of all rooms: a fresh database per test on both dialects, and a ring of keys."""

import importlib
import os
import secrets
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa
from hypothesis import settings

from appeals.database import METADATA, Engine, open_database
from appeals.seals import KeyRing

# No test is a stopwatch: two run at a time, on whatever machine.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

_ROOT = Path(__file__).resolve().parent.parent
_ROOMS = "appeals geo grids alerts hotspots casework maps api wangge"
_ADDRESS = "WANGGE_TEST_POSTGRES"


@pytest.fixture(scope="session", autouse=True)
def light_passwords() -> Iterator[None]:
    """Hash passwords by argon2 with the least cost: what it costs has a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        light = partial(argon2.PasswordHasher, time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr("appeals.passwords.argon2.PasswordHasher", light)
        yield


def _create_tables(engine: Engine) -> None:
    for store in sorted([*_ROOT.glob("*/store.py"), *_ROOT.glob("*/*/store.py")]):
        importlib.import_module(".".join(store.relative_to(_ROOT).with_suffix("").parts))
    METADATA.create_all(engine)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables and no rows: copying it is faster than creating them."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    engine = open_database(f"sqlite:///{path}")
    _create_tables(engine)
    engine.dispose()  # the last connection to close folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgres_address() -> Iterator[sa.URL]:
    """The address of a PostgreSQL database of this run's own, dropped at its end."""
    address = os.environ.get(_ADDRESS)
    if not address:
        message = f"set {_ADDRESS}=postgresql+psycopg://…"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    server = sa.make_url(address)
    name = f"wangge_test_{os.getpid()}_{secrets.token_hex(3)}"
    _on_server(server, f'CREATE DATABASE "{name}"')
    yield server.set(database=name)
    _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(server: sa.URL, *statements: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def _empty(engine: Engine) -> None:
    """Leave all tables of this version and no row: emptying takes a tenth of creating."""
    if set(sa.inspect(engine).get_table_names()) == set(METADATA.tables):
        names = ", ".join(f'"{name}"' for name in METADATA.tables)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    _create_tables(engine)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database with all tables; its address is ``engine.url``."""
    if request.param == "sqlite":
        path = tmp_path / "wangge.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        engine = open_database(f"sqlite:///{path}")
        yield engine
        engine.dispose()
        return
    address: sa.URL = request.getfixturevalue("postgres_address")
    # What a test before left open would hold its locks.
    _on_server(
        address,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    engine = open_database(address.render_as_string(hide_password=False))
    _empty(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A ring of new keys; its file is ``wangge.key`` in ``tmp_path``."""
    return KeyRing.create(tmp_path / "wangge.key")

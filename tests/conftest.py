"""Fixtures of all rooms: a fresh database per test on both dialects, and a ring of keys."""

import importlib
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from appeals.database import METADATA, Engine, open_database
from appeals.seals import KeyRing

_ROOT = Path(__file__).resolve().parent.parent
_ADDRESS = "WANGGE_TEST_POSTGRES"


def _create_tables(engine: Engine) -> None:
    for store in sorted([*_ROOT.glob("*/store.py"), *_ROOT.glob("alerts/*/store.py")]):
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
def postgres_template() -> Iterator[sa.URL]:
    """The address of a PostgreSQL database with all tables and no rows."""
    address = os.environ.get(_ADDRESS)
    if not address:
        message = f"set {_ADDRESS}=postgresql+psycopg://…"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    server = sa.make_url(address)
    name = f"wangge_test_{os.getpid()}_{secrets.token_hex(3)}"
    _on_server(server, f'CREATE DATABASE "{name}"')
    template = server.set(database=name)
    engine = open_database(template.render_as_string(hide_password=False))
    _create_tables(engine)
    engine.dispose()
    yield template
    _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _on_server(server: sa.URL, statement: str) -> None:
    engine = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)


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
    template: sa.URL = request.getfixturevalue("postgres_template")
    name = f"{template.database}_{secrets.token_hex(4)}"
    # The fixture's own database stands in no one's way: DROP and CREATE run from the server's.
    server = sa.make_url(os.environ[_ADDRESS])
    _on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template.database}"')
    engine = open_database(template.set(database=name).render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    """A ring of new keys; its file is ``wangge.key`` in ``tmp_path``."""
    return KeyRing.create(tmp_path / "wangge.key")

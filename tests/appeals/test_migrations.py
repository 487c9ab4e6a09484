"""The migrations give the tables that the stores define, on both databases."""

import importlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from appeals.database import METADATA, Engine, check_schema, open_database, upgrade_schema
from appeals.errors import InputError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        engine = open_database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    request.getfixturevalue("postgres_address")  # says why where there is no server
    server = sa.make_url(os.environ["WANGGE_TEST_POSTGRES"])
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
    name = f"wangge_empty_{secrets.token_hex(4)}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    engine = open_database(server.set(database=name).render_as_string(hide_password=False))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


def test_the_migrations_give_the_tables_that_the_stores_define(empty: Engine) -> None:
    for store in sorted([*ROOT.glob("*/store.py"), *ROOT.glob("*/*/store.py")]):
        importlib.import_module(".".join(store.relative_to(ROOT).with_suffix("").parts))
    upgrade_schema(empty)

    with empty.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), METADATA)

    assert differences == []


def test_a_schema_can_be_upgraded_twice(empty: Engine) -> None:
    upgrade_schema(empty)
    upgrade_schema(empty)

    check_schema(empty)


def test_an_empty_database_is_refused_with_the_command_that_helps(empty: Engine) -> None:
    with pytest.raises(InputError, match="wangge upgrade"):
        check_schema(empty)
    with empty.connect():  # SQLite makes an empty file
        pass
    with pytest.raises(InputError, match=r"has no tables.*wangge upgrade"):
        check_schema(empty)


def test_checking_makes_no_file(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'typo.db'}")
    with pytest.raises(InputError, match=r"typo\.db is not there"):
        check_schema(engine)
    engine.dispose()

    assert list(tmp_path.iterdir()) == []


def test_an_older_schema_is_refused_with_the_command_that_upgrades_it(empty: Engine) -> None:
    upgrade_schema(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")

    with pytest.raises(InputError, match=r"schema is 0001, .*wangge upgrade"):
        check_schema(empty)


def test_a_newer_schema_is_refused_and_left_alone(empty: Engine) -> None:
    upgrade_schema(empty)
    with empty.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")

    for step in (check_schema, upgrade_schema):
        with pytest.raises(InputError, match="9999, which this version does not know"):
            step(empty)

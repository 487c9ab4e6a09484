"""The one place that opens a database and knows its dialect.

Stores define their tables on ``METADATA`` and run expressions on a connection that the edge opened:
one request or batch is one transaction, and nobody else commits.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any, Final

import orjson
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection as Connection  # for those who may not import sqlalchemy
from sqlalchemy.engine import Engine as Engine
from sqlalchemy.types import TypeDecorator

from appeals.errors import InputError, Unavailable

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Integer keys count up by themselves on both; SQLite does so only for plain INTEGER.
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Any fixed number: the lock under which appeals are appended (see append_lock).
_APPEND_LOCK = 0x77616E67
_PUBLISH_LOCK = 0x77616E68  # the same for what is published about alerts
_AUDIT_LOCK = 0x77616E69  # the same for the end of the audit log
_CASE_LOCK = 0x77616E6A  # the same for moves of cases


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored as UTC on both dialects; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn an aware instant into UTC before it is stored."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        utc = value if value.tzinfo is UTC else value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the stored time back as an aware UTC instant."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_SILENCE: Final = {
    "connect_timeout": 5,  # s
    "tcp_user_timeout": 10_000,  # ms
    "keepalives_idle": 10,  # s
    "keepalives_interval": 5,  # s
    "keepalives_count": 2,
}
"""A server whose machine or network is gone without a word is given up, not waited for.

Left to the system that takes a quarter of an hour, in which every page hangs. Queries that take
long are not touched: the other machine's system answers for them. Names are those of libpq.
"""


def open_database(address: str) -> Engine:
    """Open the database at this address; nothing is created and nothing is checked.

    Parameters
    ----------
    address
        ``sqlite:///file`` (``sqlite://`` in memory) or ``postgresql+psycopg://…``.

    Raises
    ------
    InputError
        The address names neither of the two.
    """
    if not address.startswith(("sqlite://", "postgresql+psycopg://")):
        raise InputError("database: the address must begin with sqlite:// or postgresql+psycopg://")
    try:
        sa.make_url(address)
    except (sa.exc.ArgumentError, ValueError):
        raise InputError(
            "database: the address cannot be read: postgresql+psycopg://user@host:5432/name"
        ) from None
    if address.startswith("sqlite"):
        memory = address in ("sqlite://", "sqlite:///:memory:")
        engine = sa.create_engine(
            address,
            hide_parameters=True,  # an error's message must not hold what was to be stored
            json_serializer=_json,
            # The pool hands a connection from thread to thread, to one at a time.
            connect_args={"timeout": 30, "check_same_thread": False},
            poolclass=sa.pool.StaticPool if memory else None,
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    return sa.create_engine(
        address,
        hide_parameters=True,
        json_serializer=_json,
        pool_pre_ping=True,
        connect_args={"options": "-c timezone=UTC"} | _SILENCE,
    )


def _json(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own BEGIN comes too late for a consistent read; we begin ourselves below.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("wangge_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def _file(engine: Engine) -> Path | None:
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name and name != ":memory:" else None


def _shown(engine: Engine) -> str:
    """Name a database for a message: never its user or password."""
    file, url = _file(engine), engine.url
    return str(file or f"{url.database} at {url.host or 'this machine'}:{url.port or 5432}")


@contextmanager
def _told(engine: Engine) -> Iterator[None]:
    """Turn what a driver says when it cannot work at all into words that help."""
    name, file = _shown(engine), _file(engine)
    try:
        yield
    except sa.exc.OperationalError as error:
        state = getattr(error.orig, "sqlstate", None) or ""
        if "locked" in str(error.orig) or state.startswith(("40", "55")):
            raise Unavailable(f"another command is writing to {name}: run this again") from error
        why = "is the server running, and are there such a database and such a user?"
        if file is not None:
            why = "is its folder there, may it be written, and is there room on the disk?"
        raise Unavailable(f"the database {name} does not answer: {why}") from error
    except sa.exc.DatabaseError as error:
        if file is not None and type(error) is sa.exc.DatabaseError:
            raise InputError(f"{name} is damaged or not a database") from error
        raise


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may write: committed at the end, undone on any error."""
    with _told(engine), engine.connect() as connection:
        connection = connection.execution_options(wangge_write=True)
        with connection.begin():
            yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that sees one moment and writes nothing."""
    with _told(engine), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection = connection.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
        with connection.begin():
            yield connection


def append_lock(connection: Connection) -> None:
    """Let one transaction at a time append appeals, so that a serial number is a position.

    On PostgreSQL a row may otherwise be committed after one with a higher number, and a reader
    that remembers the highest would miss it. SQLite has one writer anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_APPEND_LOCK)))


def publish_lock(connection: Connection) -> None:
    """Let one transaction at a time publish what became of alerts: watcher and desk both do.

    Positions in the stream are given in the order of the commits then, without gaps.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_PUBLISH_LOCK)))


def case_lock(connection: Connection) -> None:
    """Let one transaction at a time move cases: who was first is then never in doubt."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_CASE_LOCK)))


def audit_lock(connection: Connection) -> None:
    """Let one transaction at a time append to the audit log; taken after the two above."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_AUDIT_LOCK)))


def insert(connection: Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all name the same columns."""
    execute_many(connection, sa.insert(table), rows)


def execute_many(
    connection: Connection, statement: sa.Insert, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Run an insert for each of many rows that name the same columns.

    SQLAlchemy works out the parameters of each row anew, which takes longer than SQLite takes to
    store it; here the converters of the columns are looked up once.
    """
    if not rows:
        return
    dialect = connection.dialect
    compiled = statement.compile(dialect=dialect, column_keys=list(rows[0]))
    names = compiled.positiontup
    if names is None or set(names) != set(rows[0]):  # PostgreSQL, or columns with a default
        connection.execute(statement, rows)
        return
    columns: list[list[Any]] = []
    for name in names:
        convert = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        values = [row[name] for row in rows]
        columns.append(values if convert is None else [convert(value) for value in values])
    connection.exec_driver_sql(compiled.string, list(zip(*columns, strict=True)))


def upsert(
    connection: Connection,
    table: sa.Table,
    rows: Sequence[Mapping[str, Any]],
    *,
    add: Sequence[str] = (),
    replace: Sequence[str] = (),
) -> None:
    """Insert rows; where the primary key is there already, add to or replace the named columns.

    With neither ``add`` nor ``replace`` a row that is there already is left as it is.
    """
    if not rows:
        return
    make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = make(table)
    if not add and not replace:
        execute_many(connection, statement.on_conflict_do_nothing(), rows)
        return
    new = statement.excluded
    changes = {name: table.c[name] + new[name] for name in add} | {n: new[n] for n in replace}
    keys = [column.name for column in table.primary_key.columns]
    update = statement.on_conflict_do_update(index_elements=keys, set_=changes)
    execute_many(connection, update, rows)


# --- schema -------------------------------------------------------------------------------------


def _alembic(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(resources.files("appeals") / "migrations"))
    config.attributes["engine"] = engine
    return config


def upgrade_schema(engine: Engine) -> None:
    """Create the tables or bring an older schema up to this version.

    Raises
    ------
    InputError
        The schema is newer than this version, or the file is no database.
    Unavailable
        The database does not answer, or its file cannot be written.
    """
    with _told(engine):
        found = _revision(engine)
        if found is not None:
            _refuse_newer(engine, found)
        command.upgrade(_alembic(engine), "head")


def check_schema(engine: Engine) -> None:
    """Refuse a database whose schema is not this version's.

    Raises
    ------
    InputError
        The schema is missing, older or newer, or the file is not there or no database; the message
        names what helps.
    Unavailable
        The database does not answer.
    """
    file = _file(engine)
    if file is not None and not file.is_file():
        raise InputError(
            f"the database {file} is not there: mend its address in the settings, or make an empty "
            "one with `wangge upgrade`"
        )
    with _told(engine):
        found = _revision(engine)
    if found is None:
        raise InputError(
            f"the database {_shown(engine)} has no tables: make them with `wangge upgrade`"
        )
    wanted = ScriptDirectory.from_config(_alembic(engine)).get_current_head()
    if found != wanted:
        _refuse_newer(engine, found)
        raise InputError(
            f"the schema is {found}, this version needs {wanted}: run `wangge upgrade`"
        )


def _revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _refuse_newer(engine: Engine, found: str) -> None:
    known = {one.revision for one in ScriptDirectory.from_config(_alembic(engine)).walk_revisions()}
    if found not in known:
        raise InputError(
            f"the schema is {found}, which this version does not know: it was made by a newer one, "
            "use that"
        )

import threading
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa

from appeals.database import (
    Engine,
    append_lock,
    check_schema,
    insert,
    open_database,
    reading,
    upgrade_schema,
    upsert,
    writing,
)
from appeals.errors import InputError, Unavailable
from appeals.record import Appeal, Arrival, Kind, Personal, Precision
from appeals.seals import KeyRing
from appeals.store import AUDIT, CROSSWALK, IMPORTS, VERSIONS, append

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ENTRY = dict.fromkeys(("actor", "act", "subject", "detail", "previous", "hash"), "x") | {
    "serial": 1
}


def arrival(source_id: str) -> Arrival:
    day = date(2026, 3, 1)
    appeal = Appeal("s", source_id, NOW, Precision.DAY, day, None, Kind.HELP, "a")
    return Arrival(1, appeal, Personal())


# --- instants ------------------------------------------------------------------------------------


def test_an_instant_comes_back_as_the_same_moment_in_utc(engine: Engine) -> None:
    beijing = datetime(2026, 3, 2, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    with writing(engine) as connection:
        connection.execute(sa.insert(AUDIT).values(at=beijing, **ENTRY))

    with reading(engine) as connection:
        found = connection.execute(sa.select(AUDIT.c.at)).scalar_one()
    assert found == beijing
    assert found.utcoffset() == timedelta(0)


def test_a_naive_time_is_refused(engine: Engine) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(sa.exc.StatementError, match="aware"), writing(engine) as connection:
        connection.execute(sa.insert(AUDIT).values(at=naive, **ENTRY))


# --- transactions --------------------------------------------------------------------------------


def test_an_error_undoes_the_whole_transaction(engine: Engine) -> None:
    row = {"old_code": "a", "new_code": "b", "edition": "1"}

    def fail() -> None:
        with writing(engine) as connection:
            connection.execute(sa.insert(CROSSWALK), row)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    with reading(engine) as connection:
        assert connection.execute(sa.select(CROSSWALK)).all() == []


def test_a_reader_sees_one_moment(engine: Engine) -> None:
    count = sa.select(sa.func.count()).select_from(CROSSWALK)
    with reading(engine) as reader:
        before = reader.execute(count).scalar_one()
        with writing(engine) as connection:
            row = {"old_code": "a", "new_code": "b", "edition": "1"}
            connection.execute(sa.insert(CROSSWALK), row)
        assert reader.execute(count).scalar_one() == before == 0


def test_upsert_adds_replaces_or_leaves(engine: Engine) -> None:
    row = {"digest": "d", "source": "s", "rows_done": 1, "started_at": NOW}
    with writing(engine) as connection:
        upsert(connection, IMPORTS, [row])
        upsert(connection, IMPORTS, [row | {"source": "left"}])
        upsert(connection, IMPORTS, [row | {"rows_done": 4}], add=["rows_done"])
        upsert(connection, IMPORTS, [row | {"source": "new"}], replace=["source"])
        upsert(connection, IMPORTS, [])
        found = connection.execute(sa.select(IMPORTS.c.source, IMPORTS.c.rows_done)).one()
    assert tuple(found) == ("new", 5)


def test_a_row_must_belong_to_a_row(engine: Engine) -> None:
    row = {"at": NOW, "actor": "x", "action": "y", "reason": "z", "serial": 99}
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(sa.insert(AUDIT), row)


# --- the append lock -----------------------------------------------------------------------------


def test_serials_are_in_the_order_of_commits(engine: Engine, ring: KeyRing) -> None:
    """A slow writer that came first is not overtaken: whoever waits gets the later serial."""
    has_lock, other_waits = threading.Event(), threading.Event()
    order: list[tuple[str, int]] = []

    def slow() -> None:
        with writing(engine) as connection:
            done = append(connection, [arrival("slow")], ring=ring, now=NOW, who="slow")
            has_lock.set()
            other_waits.wait(10)
            # Time enough for the other to overtake, if anything let it.
            threading.Event().wait(0.3)
            order.append(("slow", done[0].serial))

    def fast() -> None:
        has_lock.wait(10)
        other_waits.set()
        with writing(engine) as connection:
            done = append(connection, [arrival("fast")], ring=ring, now=NOW, who="fast")
            order.append(("fast", done[0].serial))

    threads = [threading.Thread(target=work) for work in (slow, fast)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert order == [("slow", 1), ("fast", 2)]


def test_a_reader_that_remembers_the_highest_serial_misses_none(
    engine: Engine, ring: KeyRing
) -> None:
    n_writers, n_each = 3, 8
    stop = threading.Event()
    seen: list[int] = []

    def write(name: int) -> None:
        for i in range(n_each):
            with writing(engine) as connection:
                append(connection, [arrival(f"{name}-{i}")], ring=ring, now=NOW, who="w")

    def follow() -> None:
        while True:
            last = stop.is_set()
            with reading(engine) as connection:
                after = seen[-1] if seen else 0
                new = sa.select(VERSIONS.c.serial).where(VERSIONS.c.serial > after)
                seen.extend(connection.execute(new.order_by(VERSIONS.c.serial)).scalars())
            if last:
                return

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(name,)) for name in range(n_writers)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join(60)
    stop.set()
    reader.join(60)

    assert seen == list(range(1, n_writers * n_each + 1))


def test_the_lock_may_be_taken_twice_in_one_transaction(engine: Engine) -> None:
    with writing(engine) as connection:
        append_lock(connection)
        append_lock(connection)


# --- addresses ----------------------------------------------------------------------------------


def test_a_database_that_does_not_answer_is_unavailable_and_named(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'no such folder' / 'x.db'}")
    with pytest.raises(Unavailable, match=r"x\.db does not answer: is its folder there"):
        upgrade_schema(engine)
    engine.dispose()
    engine = open_database("postgresql+psycopg://me:hunter2@127.0.0.1:1/office")
    with pytest.raises(Unavailable, match=r"office at 127\.0\.0\.1:1 does not answer") as caught:
        check_schema(engine)
    assert "hunter2" not in str(caught.value)
    engine.dispose()


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_text("工单编号,受理时间\n" * 100, encoding="utf-8")
    engine = open_database(f"sqlite:///{path}")
    with pytest.raises(InputError, match=r"x\.db is damaged or not a database"):
        check_schema(engine)
    engine.dispose()


def test_a_second_writer_that_waits_too_long_is_told_to_come_again(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'x.db'}")
    other = open_database(f"sqlite:///{tmp_path / 'x.db'}")

    def write_too() -> None:
        with reading(other) as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=1")
            connection.exec_driver_sql("CREATE TABLE t (x)")

    with writing(engine), pytest.raises(Unavailable, match="run this again"):
        write_too()
    engine.dispose()
    other.dispose()


@pytest.mark.parametrize("address", ["mysql://x", "postgresql://x", "wangge.db", ""])
def test_an_address_of_another_kind_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="sqlite:// or postgresql"):
        open_database(address)


def test_an_address_that_cannot_be_read_is_refused_without_its_password() -> None:
    with pytest.raises(InputError, match="cannot be read") as caught:
        open_database("postgresql+psycopg://me:hunter2@host:port/office")
    assert "hunter2" not in str(caught.value)


# --- many rows ----------------------------------------------------------------------------------


def test_many_rows_are_stored_with_the_types_of_their_columns(engine: Engine) -> None:
    rows = [
        {"digest": f"d{n}", "source": "源", "rows_done": n, "started_at": NOW, "finished_at": None}
        for n in range(3)
    ]
    with writing(engine) as connection:
        insert(connection, IMPORTS, rows)
        insert(connection, IMPORTS, [])

    with reading(engine) as connection:
        found = connection.execute(sa.select(IMPORTS).order_by(IMPORTS.c.digest))
        assert [row._asdict() for row in found] == rows


def test_a_row_that_breaks_a_rule_undoes_all_and_its_values_are_not_told(engine: Engine) -> None:
    row = {"digest": "秘密", "source": "s", "rows_done": 1, "started_at": NOW}
    with pytest.raises(sa.exc.IntegrityError) as caught, writing(engine) as connection:
        insert(connection, IMPORTS, [row, row])

    assert engine.dialect.name == "postgresql" or "秘密" not in str(caught.value)

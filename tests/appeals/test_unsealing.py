from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from appeals.database import Engine, reading, writing
from appeals.errors import InputError, NotAllowed, NotFound
from appeals.seals import KeyRing
from appeals.store import (
    APPEALS,
    AUDIT,
    CLASSES,
    SEALED,
    VERSIONS,
    stable_rows,
    unfit_keys,
    unseal,
)
from tests.appeals.arrivals import NOW, SECRETS, arrival, count, kinds, put, undone


def test_nothing_personal_stands_anywhere_in_the_database(
    engine: Engine, ring: KeyRing, tmp_path: Path
) -> None:
    put(engine, ring, [arrival("A1"), arrival("A2")])

    with reading(engine) as connection:
        tables = (APPEALS, VERSIONS, SEALED, AUDIT, CLASSES)
        everything = str([connection.execute(sa.select(table)).all() for table in tables])
        everything += str(list(stable_rows(connection)))
    engine.dispose()
    raw = b"".join(path.read_bytes() for path in tmp_path.glob("wangge.db*"))
    for secret in SECRETS:
        assert secret not in everything
        assert secret.encode() not in raw


def test_unsealing_gives_the_words_as_they_came_and_writes_who_looked(
    engine: Engine, ring: KeyRing
) -> None:
    put(engine, ring, [arrival("A1"), arrival("A1", status="办结")])

    for serial in (1, 2):
        with writing(engine) as connection:
            found = unseal(
                connection, serial, ring=ring, actor="值班员甲", reason="回拨核实", now=NOW
            )
        assert found == arrival().personal

    with reading(engine) as connection:
        rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.serial)).all()
    assert [tuple(row)[1:6] for row in rows] == [
        (NOW, "值班员甲", "unseal", "version 1", "回拨核实"),
        (NOW, "值班员甲", "unseal", "version 2", "回拨核实"),
    ]


def test_who_looked_is_written_or_nothing_is_shown(engine: Engine, ring: KeyRing) -> None:
    put(engine, ring, [arrival()])

    for actor, reason in (("", "x"), ("x", ""), ("x", "  ")):
        with writing(engine) as connection, pytest.raises(NotAllowed):
            unseal(connection, 1, ring=ring, actor=actor, reason=reason, now=NOW)
    with undone(engine) as connection:
        unseal(connection, 1, ring=ring, actor="x", reason="y", now=NOW)
    assert count(engine, AUDIT) == 0


def test_a_site_that_keeps_hashes_only_seals_nothing_and_says_so(
    engine: Engine, ring: KeyRing
) -> None:
    hashing = replace(ring, keeps=False)
    put(engine, hashing, [arrival()])

    assert count(engine, SEALED) == 0
    with writing(engine) as connection, pytest.raises(NotFound, match='personal = "hash"'):
        unseal(connection, 1, ring=hashing, actor="x", reason="y", now=NOW)
    with writing(engine) as connection, pytest.raises(NotFound, match="no version 2"):
        unseal(connection, 2, ring=ring, actor="x", reason="y", now=NOW)
    assert kinds(put(engine, hashing, [arrival()])) == ["duplicate"]


def test_a_box_moved_to_another_row_does_not_open(engine: Engine, ring: KeyRing) -> None:
    put(engine, ring, [arrival("A1"), arrival("A2")])
    with writing(engine) as connection:
        box = connection.execute(sa.select(SEALED.c.box).where(SEALED.c.serial == 1)).scalar()
        connection.execute(sa.update(SEALED).where(SEALED.c.serial == 2).values(box=box))

    with writing(engine) as connection, pytest.raises(InputError, match="another row"):
        unseal(connection, 2, ring=ring, actor="x", reason="y", now=NOW)
    assert unfit(engine, ring) == sorted(ring.keys.seal)


def test_keys_that_do_not_fit_are_named(engine: Engine, ring: KeyRing, tmp_path: Path) -> None:
    assert unfit(engine, ring) == []
    put(engine, ring, [arrival(f"A{i}") for i in range(40)])
    newer = ring.rotated(tmp_path / "wangge.key")
    put(engine, newer, [arrival(f"B{i}") for i in range(40)])

    assert unfit(engine, newer) == []
    assert unfit(engine, ring) == sorted(newer.keys.seal.keys() - ring.keys.seal.keys())
    assert unfit(engine, KeyRing.create(tmp_path / "other.key")) == sorted(newer.keys.seal)


def unfit(engine: Engine, ring: KeyRing) -> list[str]:
    with reading(engine) as connection:
        return unfit_keys(connection, ring)

"""The audit log: a chain that shows where it was changed."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from appeals.audit.chain import START, Entry, entry_hash, first_break
from appeals.audit.store import AUDIT, append_entry, entries, head
from appeals.database import Connection, Engine, reading, writing
from tests.appeals.arrivals import NOW, undone


def chain(n: int) -> list[Entry]:
    made: list[Entry] = []
    previous = START
    for serial in range(1, n + 1):
        at = NOW + timedelta(seconds=serial)
        said = (at, "zhang", "unseal", f"version {serial}", "回拨核实")
        previous_now, previous = previous, entry_hash(serial, *said, previous)
        made.append(Entry(serial, *said, previous_now, previous))
    return made


CHANGES: dict[str, Any] = {
    "at": NOW, "actor": "li", "act": "place", "subject": "version 99", "detail": "",
    "previous": "sha256:0", "hash": "sha256:0", "serial": 77,
}  # fmt: skip


@given(st.integers(1, 6), st.sampled_from(sorted(CHANGES)))
def test_a_change_of_anything_is_found_where_it_was_made(serial: int, name: str) -> None:
    changed = chain(6)
    assert first_break(changed) is None
    changed[serial - 1] = replace(changed[serial - 1], **{name: CHANGES[name]})

    found = first_break(changed)

    assert found is not None
    assert found.serial == serial


@given(st.integers(1, 5))
def test_an_entry_that_is_gone_or_came_between_is_found(serial: int) -> None:
    whole = chain(6)
    without = [one for one in whole if one.serial != serial]
    twice = [*whole[:serial], whole[serial - 1], *whole[serial:]]

    assert (found := first_break(without)) is not None
    assert found.serial == serial
    assert (found := first_break(twice)) is not None
    assert found.serial == serial + 1


def test_a_head_that_was_kept_shows_an_end_cut_off_and_a_chain_written_anew() -> None:
    whole = chain(6)
    heads = {6: whole[-1].hash}
    rewritten = chain(3)
    for serial in range(4, 7):
        said = (NOW, "li", "unseal", "version 1", "")
        before = rewritten[-1].hash
        rewritten.append(Entry(serial, *said, before, entry_hash(serial, *said, before)))

    assert first_break(whole, heads) is None
    assert first_break(whole[:4]) is None  # nothing within the chain tells of it
    assert first_break(rewritten) is None
    assert (cut := first_break(whole[:4], heads)) is not None
    assert cut.serial == 5
    assert (anew := first_break(rewritten, heads)) is not None
    assert anew.serial == 6


def test_the_zone_in_which_a_moment_is_told_changes_no_hash() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=8)))

    assert entry_hash(1, east, "a", "b", "c", "", START) == entry_hash(
        1, NOW, "a", "b", "c", "", START
    )


def note(connection: Connection, actor: str, detail: str = "") -> None:
    append_entry(connection, now=NOW, actor=actor, act="try", subject="it", detail=detail)


def test_what_is_appended_verifies_and_an_act_undone_leaves_no_entry(engine: Engine) -> None:
    exact = datetime(2026, 3, 2, 4, 0, 0, 123456, tzinfo=UTC)
    with writing(engine) as connection:
        note(connection, "zhang", "我叫王小明，电话13800001234")
        append_entry(connection, now=exact, actor="li", act="try", subject="it")
    with undone(engine) as connection:
        note(connection, "wang")

    with reading(engine) as connection:
        found = list(entries(connection))
        assert head(connection) == found[-1]
    assert [one.actor for one in found] == ["zhang", "li"]
    assert first_break(found) is None
    assert "王小明" not in found[0].detail
    assert "13800001234" not in found[0].detail


@pytest.mark.parametrize(
    "change",
    [
        sa.update(AUDIT).where(AUDIT.c.serial == 2).values(actor="nobody"),
        sa.delete(AUDIT).where(AUDIT.c.serial == 2),
    ],
)
def test_a_row_that_was_changed_in_the_database_is_the_first_that_is_told(
    engine: Engine, change: sa.Update | sa.Delete
) -> None:
    with writing(engine) as connection:
        for actor in ("zhang", "li", "wang"):
            note(connection, actor)
        connection.execute(change)

    with reading(engine) as connection:
        found = first_break(entries(connection))
    assert found is not None
    assert found.serial == 2


def test_writers_at_the_same_time_make_one_chain(engine: Engine) -> None:
    together = threading.Barrier(2)
    failed: list[BaseException] = []

    def write(actor: str) -> None:
        together.wait(10)
        try:
            for _ in range(15):
                with writing(engine) as connection:
                    note(connection, actor)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=(actor,)) for actor in ("zhang", "li")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert not failed
    with reading(engine) as connection:
        found = list(entries(connection))
    assert first_break(found) is None
    assert sorted(one.actor for one in found) == ["li"] * 15 + ["zhang"] * 15

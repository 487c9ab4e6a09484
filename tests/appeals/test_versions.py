from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appeals.database import Engine, reading, writing
from appeals.record import Answer, Arrival, Personal
from appeals.seals import KeyRing
from appeals.store import (
    APPEALS,
    VERSIONS,
    Outcome,
    append,
    read_appeal,
    stable_rows,
)
from tests.appeals.arrivals import DESK, NOW, arrival, count, kinds, put, undone


def test_new_same_and_other_content_are_accepted_duplicate_and_updated(
    engine: Engine, ring: KeyRing
) -> None:
    first = put(engine, ring, [arrival("A1"), arrival("A2", row=2)])
    again = put(engine, ring, [arrival("A1", row=7)])
    changed = put(engine, ring, [arrival("A1", status="办结")])
    back = put(engine, ring, [arrival("A1")])

    assert kinds(first) == ["accepted", "accepted"]
    assert [outcome.serial for outcome in first] == [1, 2]
    assert (again[0].outcome, again[0].serial, again[0].row) == ("duplicate", 1, 7)
    assert (changed[0].outcome, changed[0].serial, changed[0].old_serial) == ("updated", 3, 1)
    # Content equal to an older version is a change, too.
    assert (back[0].outcome, back[0].serial, back[0].old_serial) == ("updated", 4, 3)
    assert count(engine, VERSIONS) == 4
    assert count(engine, APPEALS) == 2


def test_each_version_says_who_recorded_it_when_and_why(engine: Engine, ring: KeyRing) -> None:
    put(engine, ring, [arrival()])
    put(engine, ring, [arrival(status="办结")], NOW + timedelta(hours=1))
    with writing(engine) as connection:
        append(
            connection,
            [arrival(class_code="房屋/渗水", status="办结")],
            ring=ring,
            now=NOW + timedelta(hours=2),
            who="王主任",
            why="re-classed",
        )

    with reading(engine) as connection:
        columns = VERSIONS.c.version, VERSIONS.c.who, VERSIONS.c.why, VERSIONS.c.recorded_at
        rows = connection.execute(sa.select(*columns).order_by(VERSIONS.c.serial)).all()
    assert [tuple(row) for row in rows] == [
        (1, "ingest", "intake", NOW),
        (2, "ingest", "update", NOW + timedelta(hours=1)),
        (3, "王主任", "re-classed", NOW + timedelta(hours=2)),
    ]


def test_the_same_id_twice_in_one_batch_is_handled_in_order(engine: Engine, ring: KeyRing) -> None:
    batch = [
        arrival(row=1),
        arrival(row=2),
        arrival(row=3, status="办结"),
        arrival(row=4, status="办结"),
        arrival(row=5, source="other"),
    ]

    outcomes = put(engine, ring, batch)

    assert kinds(outcomes) == ["accepted", "duplicate", "updated", "duplicate", "accepted"]
    assert [(one.serial, one.old_serial) for one in outcomes] == [
        (1, None), (1, None), (2, 1), (2, None), (3, None),
    ]  # fmt: skip
    with reading(engine) as connection:
        current = connection.execute(sa.select(APPEALS.c.current).order_by(APPEALS.c.appeal_id))
        assert current.scalars().all() == [2, 3]


class _Said(NamedTuple):
    source_id: str
    status: str


_said = st.lists(st.builds(_Said, st.sampled_from("ABC"), st.sampled_from("xy")), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(said=_said, cuts=st.sets(st.integers(0, 12), max_size=3), mark=st.uuids())
def test_any_split_into_batches_gives_the_same_versions(
    engine: Engine, ring: KeyRing, said: list[_Said], cuts: set[int], mark: object
) -> None:
    def rows(source: str) -> list[Arrival]:
        return [
            arrival(one.source_id, row=i, source=source, status=one.status)
            for i, one in enumerate(said)
        ]

    whole, parts = f"whole {mark}", f"parts {mark}"
    at_once = put(engine, ring, rows(whole))
    edges = [0, *sorted(cuts), len(said)]
    in_parts: list[Outcome] = []
    for start, end in pairwise(edges):
        in_parts += put(engine, ring, rows(parts)[start:end])

    assert kinds(at_once) == kinds(in_parts)
    with reading(engine) as connection:
        dump = list(stable_rows(connection))
    dropped = ("source", "content_hash")
    one, other = (
        [{k: v for k, v in row.items() if k not in dropped} for row in dump if row["source"] == s]
        for s in (whole, parts)
    )
    assert one == other


def test_a_batch_that_fails_leaves_nothing(engine: Engine, ring: KeyRing) -> None:
    put(engine, ring, [arrival("A1")])
    with undone(engine) as connection:
        append(connection, [arrival("A2")], ring=ring, now=NOW, who="x")

    assert count(engine, VERSIONS) == 1
    assert put(engine, ring, [arrival("A2")])[0].serial == 2


def test_every_field_comes_back_as_it_went_in(engine: Engine, ring: KeyRing) -> None:
    full = replace(
        arrival().appeal,
        channel="电话", urgency="紧急", status="办结", subject="幸福物业", district="东区",
        street="海滨街道", community="灯塔社区", sent_to="海滨街道办", transferred="119",
        direct=True, repeat=True, contacted=Answer.YES, satisfied=Answer.UNRATED, excluded=True,
        exclusion_reason="重复", dispatched_at=NOW, closed_at=NOW, local_hour=None,
    )  # fmt: skip
    put(engine, ring, [replace(arrival(), appeal=full)])

    with reading(engine) as connection:
        found = read_appeal(connection, DESK, 1)
    assert found is not None
    for name in (column.name for column in VERSIONS.c):
        if hasattr(full, name):
            assert found[name] == getattr(full, name), name


def test_an_empty_batch_is_nothing(engine: Engine, ring: KeyRing) -> None:
    assert put(engine, ring, []) == []


def test_a_caller_is_known_by_a_keyed_hash_alone(engine: Engine, ring: KeyRing) -> None:
    silent = replace(arrival("A3"), personal=Personal())
    put(engine, ring, [arrival("A1"), arrival("A2"), silent])

    with reading(engine) as connection:
        hashes = connection.execute(
            sa.select(VERSIONS.c.caller_hash).order_by(VERSIONS.c.serial)
        ).scalars()
        assert list(hashes) == [ring.caller_hash(arrival().personal)] * 2 + [None]

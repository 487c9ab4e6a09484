# ruff: noqa: RUF001 -- the marks of redaction
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appeals.calendar import Entry
from appeals.categories import Class
from appeals.database import Connection, Engine, reading, writing
from appeals.errors import InputError, NotAllowed, NotFound
from appeals.privacy import Role, Viewer
from appeals.record import Answer, Appeal, Arrival, Kind, Personal, Pin, Precision
from appeals.seals import KeyRing
from appeals.store import (
    APPEALS,
    AUDIT,
    CLASSES,
    SEALED,
    VERSIONS,
    Filters,
    Outcome,
    add_calendar,
    add_classes,
    add_crosswalk,
    appeal_names,
    append,
    calendar,
    class_tree,
    import_advance,
    import_finish,
    import_position,
    newest_received,
    read_appeal,
    read_appeals,
    stable_rows,
    unfit_keys,
    unseal,
)

NOW = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DESK = Viewer("desk", Role.OPERATOR)
SECRETS = ("王小明", "13800001234", "11010519491231002X", "501室")


def arrival(
    source_id: str = "A1",
    *,
    row: int = 1,
    source: str = "12345",
    class_code: str = "房屋/漏水",
    day: date = date(2026, 3, 1),
    status: str | None = None,
) -> Arrival:
    return Arrival(
        row,
        Appeal(
            source=source,
            source_id=source_id,
            received_at=datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC),
            received_precision=Precision.MINUTE,
            local_day=day,
            local_hour=9,
            kind=Kind.COMPLAINT,
            class_code=class_code,
            status=status,
            solved=Answer.NO,
            direct=False,
            text="我叫〔姓名〕，电话〔电话〕，3号楼〔门牌〕漏水",
            address="幸福里3号楼",
            pin=Pin(116.4, 39.9, "gcj02"),
        ),
        Personal(
            name="王小明",
            phone="13800001234",
            id_number="11010519491231002X",
            address="幸福里3号楼501室",
            text="我叫王小明，电话13800001234，3号楼501室漏水",
        ),
    )


def put(
    engine: Engine, ring: KeyRing, arrivals: Sequence[Arrival], now: datetime = NOW
) -> list[Outcome]:
    with writing(engine) as connection:
        return append(connection, arrivals, ring=ring, now=now, who="ingest")


@contextmanager
def undone(engine: Engine) -> Iterator[Connection]:
    """A transaction that ends in an error."""
    with suppress(RuntimeError), writing(engine) as connection:
        yield connection
        raise RuntimeError


def kinds(outcomes: Sequence[Outcome]) -> list[str]:
    return [outcome.outcome for outcome in outcomes]


def count(engine: Engine, table: sa.Table) -> int:
    with reading(engine) as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


# --- versions ------------------------------------------------------------------------------------


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


# --- seals ---------------------------------------------------------------------------------------


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
        rows = connection.execute(sa.select(AUDIT).order_by(AUDIT.c.audit_id)).all()
    assert [tuple(row)[1:] for row in rows] == [
        (NOW, "值班员甲", "unseal", "回拨核实", 1),
        (NOW, "值班员甲", "unseal", "回拨核实", 2),
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


# --- classes, crosswalk, calendar ----------------------------------------------------------------


def test_classes_are_learnt_with_their_parents_and_their_earliest_day(
    engine: Engine, ring: KeyRing
) -> None:
    put(engine, ring, [arrival("A1", class_code="噪声/施工/夜间", day=date(2026, 3, 5))])
    put(
        engine,
        ring,
        [
            arrival("A2", class_code="噪声/施工", day=date(2026, 3, 2)),
            arrival("A3", class_code="噪声/施工/夜间", day=date(2026, 3, 9)),
            arrival("A4", class_code="噪声", day=date(2026, 3, 7)),
        ],
    )

    with reading(engine) as connection:
        tree = class_tree(connection)
        depths = connection.execute(sa.select(CLASSES.c.class_code, CLASSES.c.depth)).all()
    assert tree.first_day == {
        "噪声": date(2026, 3, 2),
        "噪声/施工": date(2026, 3, 2),
        "噪声/施工/夜间": date(2026, 3, 5),
    }
    assert tree.parent == {"噪声": None, "噪声/施工": "噪声", "噪声/施工/夜间": "噪声/施工"}
    assert tree.names["噪声/施工/夜间"] == "夜间"
    assert {row.class_code: row.depth for row in depths} == {
        "噪声": 1, "噪声/施工": 2, "噪声/施工/夜间": 3,
    }  # fmt: skip


def test_an_official_tree_gives_parents_and_keeps_first_days(engine: Engine, ring: KeyRing) -> None:
    put(engine, ring, [arrival("A1", class_code="0301", day=date(2026, 3, 5))])
    with writing(engine) as connection:
        add_classes(connection, [Class("0301", "施工噪声", "03"), Class("03", "噪声")], "2026")
    put(engine, ring, [arrival("A2", class_code="0301", day=date(2026, 3, 8))])

    with reading(engine) as connection:
        tree = class_tree(connection)
    assert tree.path("0301") == ("03", "0301")
    assert tree.first_day == {"0301": date(2026, 3, 5), "03": date(2026, 3, 8)}


def test_a_crosswalk_makes_new_codes_of_old_ones_and_no_row_an_update(
    engine: Engine, ring: KeyRing
) -> None:
    put(engine, ring, [arrival("A1", class_code="old")])
    with writing(engine) as connection:
        add_crosswalk(connection, {"old": "middle"}, "2025")
        add_crosswalk(connection, {"middle": "new"}, "2026")

    outcomes = put(engine, ring, [arrival("A1", class_code="old"), arrival("A2", class_code="old")])

    assert kinds(outcomes) == ["duplicate", "accepted"]
    assert outcomes[1].arrival.appeal.class_code == "new"
    with reading(engine) as connection:
        codes = connection.execute(sa.select(VERSIONS.c.class_code).order_by(VERSIONS.c.serial))
        assert codes.scalars().all() == ["old", "new"]
    with writing(engine) as connection, pytest.raises(InputError, match="leads back"):
        add_crosswalk(connection, {"new": "old"}, "2027")


def test_imported_days_stand_instead_of_those_that_were_shipped(engine: Engine) -> None:
    with reading(engine) as connection:
        assert calendar(connection).day_type(date(2026, 2, 17)) == "holiday"
        assert calendar(connection).missing_years([date(2027, 1, 1)]) == (2027,)
    for day in (date(2027, 1, 1), date(2027, 1, 2)):
        with writing(engine) as connection:
            assert add_calendar(connection, [Entry(day, "元旦", "holiday")]) == 1

    with reading(engine) as connection:
        known = calendar(connection)
    assert known.day_type(date(2027, 1, 1)) == "workday"  # the second import is the year's notice
    assert known.missing_years([date(2027, 1, 1), date(2026, 1, 1)]) == ()
    assert known.day_of("春节", 2027) == date(2027, 2, 6)


# --- files that were read ------------------------------------------------------------------------


def test_a_file_is_done_as_far_as_its_batches_were_committed(engine: Engine) -> None:
    with writing(engine) as connection:
        assert import_position(connection, "sha256:1", "12345", NOW) == 0
        import_advance(connection, "sha256:1", 2_000)
    with undone(engine) as connection:
        import_advance(connection, "sha256:1", 4_000)
    with writing(engine) as connection:
        import_advance(connection, "sha256:1", 1_000)  # it never goes back
        assert import_position(connection, "sha256:1", "12345", NOW) == 2_000
        assert import_position(connection, "sha256:2", "12345", NOW) == 0
        import_finish(connection, "sha256:1", NOW)
        import_finish(connection, "sha256:1", NOW + timedelta(hours=1))
        found = connection.execute(sa.text("select count(finished_at) from imports")).scalar()
    assert found == 1


# --- reading -------------------------------------------------------------------------------------


def test_pages_go_from_the_newest_to_the_oldest_without_gap_or_repeat(
    engine: Engine, ring: KeyRing
) -> None:
    put(engine, ring, [arrival(f"A{i}") for i in range(25)])
    put(engine, ring, [arrival("A3", status="办结")])

    pages: list[list[dict[str, object]]] = []
    after: int | None = None
    with reading(engine) as connection:
        while page := read_appeals(connection, DESK, after=after, limit=10):
            pages.append(page)
            after = int(str(page[-1]["serial"]))
    serials = [int(str(record["serial"])) for page in pages for record in page]

    assert [len(page) for page in pages] == [10, 10, 5]
    assert serials == sorted(serials, reverse=True)
    assert pages[0][0]["source_id"] == "A3"
    assert pages[0][0]["status"] == "办结"
    assert len({record["appeal_id"] for page in pages for record in page}) == 25


def test_filters_take_days_kinds_sources_and_classes_with_those_below(
    engine: Engine, ring: KeyRing
) -> None:
    batch = [
        arrival("A1", class_code="噪声", day=date(2026, 3, 1)),
        arrival("A2", class_code="噪声/施工", day=date(2026, 3, 2)),
        arrival("A3", class_code="噪声污染", day=date(2026, 3, 3)),
        arrival("A4", class_code="供水", day=date(2026, 3, 3), source="other"),
    ]
    put(engine, ring, batch)

    def found(filters: Filters) -> list[object]:
        with reading(engine) as connection:
            rows = read_appeals(connection, DESK, filters=filters)
        return [row["source_id"] for row in reversed(rows)]

    assert found(Filters()) == ["A1", "A2", "A3", "A4"]
    assert found(Filters(class_code="噪声")) == ["A1", "A2"]
    assert found(Filters(class_code="无")) == []
    assert found(Filters(first_day=date(2026, 3, 2), last_day=date(2026, 3, 2))) == ["A2"]
    assert found(Filters(source="other")) == ["A4"]
    assert found(Filters(kind="consult")) == []
    assert found(Filters(kind="complaint", first_day=date(2026, 3, 3))) == ["A3", "A4"]


@pytest.mark.parametrize("role", list(Role))
def test_no_reader_gets_hashes_or_sealed_words(engine: Engine, ring: KeyRing, role: Role) -> None:
    careless = arrival()
    # As if a source's words had come through without any redaction.
    careless = replace(
        careless,
        appeal=replace(
            careless.appeal, text=str(careless.personal.text), address="幸福里3号楼501室"
        ),
    )
    put(engine, ring, [careless])

    with reading(engine) as connection:
        listed = read_appeals(connection, Viewer("x", role))
        single = read_appeal(connection, Viewer("x", role), 1)
        assert read_appeal(connection, Viewer("x", role), 2) is None
    assert listed == [single]
    assert not set(listed[0]) & {"caller_hash", "content_hash"}
    for secret in SECRETS:
        assert secret not in str(listed)


def test_names_and_newest_time_are_given_for_the_rooms_above(engine: Engine, ring: KeyRing) -> None:
    with reading(engine) as connection:
        assert newest_received(connection) is None
    put(engine, ring, [arrival("A1"), arrival("A2", day=date(2026, 2, 1))])

    with reading(engine) as connection:
        assert newest_received(connection) == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
        assert appeal_names(connection) == {1: "12345/A1", 2: "12345/A2"}


# --- an acknowledged row is on disk --------------------------------------------------------------

_WRITER = """
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from appeals.database import open_database, writing
from appeals.record import Appeal, Arrival, Kind, Personal, Precision
from appeals.seals import KeyRing
from appeals.store import append

engine = open_database(sys.argv[1])
ring = KeyRing.load(Path(sys.argv[2]))
now = datetime(2026, 3, 1, tzinfo=UTC)
for i in range(100_000):
    row = Appeal("s", str(i), now, Precision.DAY, date(2026, 3, 1), None, Kind.HELP, "a")
    with writing(engine) as connection:
        append(connection, [Arrival(i, row, Personal())], ring=ring, now=now, who="w")
    print(i, flush=True)
"""


def test_what_was_acknowledged_before_a_kill_is_there_after_it(
    engine: Engine, ring: KeyRing, tmp_path: Path
) -> None:
    address = engine.url.render_as_string(hide_password=False)
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-c", _WRITER, address, str(tmp_path / "wangge.key")]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    ) as writer:
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(20)]
        writer.kill()
        acknowledged += [int(line) for line in writer.stdout if line.endswith(b"\n")]

    with reading(engine) as connection:
        stored = {row["source_id"] for row in stable_rows(connection)}
    assert {str(i) for i in acknowledged} <= stored
    assert len(stored) <= len(acknowledged) + 1
    with writing(engine) as connection:
        more = append(connection, [arrival()], ring=ring, now=NOW, who="x")
    assert more[0].serial == len(stored) + 1

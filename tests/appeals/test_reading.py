from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from appeals.database import Engine, reading
from appeals.privacy import Role, Viewer
from appeals.seals import KeyRing
from appeals.store import (
    Filters,
    appeal_names,
    newest_received,
    read_appeal,
    read_appeals,
)
from tests.appeals.arrivals import DESK, SECRETS, arrival, put


def test_pages_go_from_the_newest_to_the_oldest_without_gap_or_repeat(
    engine: Engine, ring: KeyRing
) -> None:
    put(engine, ring, [arrival(f"A{i}") for i in range(25)])

    pages: list[list[dict[str, object]]] = []
    after: int | None = None
    while True:
        with reading(engine) as connection:
            page = read_appeals(connection, DESK, after=after, limit=10)
        if not page:
            break
        pages.append(page)
        after = int(str(page[-1]["appeal_id"]))
        # Somebody updates an appeal of a page that is still to come, and a new one arrives.
        put(engine, ring, [arrival("A3", status=f"办结{len(pages)}"), arrival(f"N{len(pages)}")])
    found = [str(record["source_id"]) for page in pages for record in page]

    assert [len(page) for page in pages] == [10, 10, 5]
    assert found == [f"A{i}" for i in reversed(range(25))]
    assert next(r for r in pages[2] if r["source_id"] == "A3")["status"] == "办结2"


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

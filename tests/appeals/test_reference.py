from datetime import date

import pytest
import sqlalchemy as sa

from appeals.calendar import Entry
from appeals.categories import Class
from appeals.database import Engine, reading, writing
from appeals.errors import InputError
from appeals.seals import KeyRing
from appeals.store import (
    CLASSES,
    VERSIONS,
    add_calendar,
    add_classes,
    add_crosswalk,
    calendar,
    class_tree,
)
from tests.appeals.arrivals import arrival, kinds, put


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

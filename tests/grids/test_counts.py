from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appeals.database import METADATA, Engine, open_database, writing
from grids.boundaries import LEVELS
from grids.cube import AREA_KINDS
from grids.handled.store import HANDLED
from grids.store import (
    counted_days,
    cube,
    cube_as_of,
    load_boundaries,
    move_counts,
    recount,
)
from grids.totals.store import totals
from tests.grids.town import (
    FIRST,
    NOW,
    all_counts,
    bring_town,
    version,
)


def test_every_appeal_stands_in_the_city_of_both_readings(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        street = load_boundaries(connection, FIRST).named("street", "右街道")
        serials = [
            version(connection, "a", lon=111.005, lat=30.005, sent=street)[0],
            version(connection, "b", lon=112.0, lat=31.0)[0],
            version(connection, "c", named=("990101001",), hour=None)[0],
            version(connection, "d")[0],
        ]
        move_counts(connection, [], serials)
        total = {
            (kind, reading): int(
                cube(connection, kind, FIRST, date(2100, 1, 1), reading)["n"].sum()
            )
            for kind in AREA_KINDS
            for reading in ("lies", "sent")
        }
        sent = cube(connection, "street", FIRST, date(2100, 1, 1), "sent")
        hours = cube(connection, "city", FIRST, date(2100, 1, 1))["hour"].tolist()
    assert total["city", "lies"] == total["city", "sent"] == 4
    assert total["street", "lies"] == 2
    assert total["community", "lies"] == 1
    assert total["cell_8", "lies"] == total["cell_10", "lies"] == 2
    assert total["street", "sent"] == 1
    assert total["cell_8", "sent"] == 0
    assert sent["area"].tolist() == [street]
    assert sorted(hours) == [-1, 9]


def test_counts_are_read_by_day_class_and_kind(engine: Engine) -> None:
    with writing(engine) as connection:
        serials = [
            version(connection, "a", day=date(2024, 2, 1))[0],
            version(connection, "b", day=date(2024, 2, 2), class_code="供暖")[0],
            version(connection, "c", day=date(2024, 2, 2), kind="consult")[0],
        ]
        move_counts(connection, [], serials)
        day = date(2024, 2, 2)
        assert cube(connection, "city", day, day)["n"].sum() == 2
        rows = cube(connection, "city", day, day)
    assert list(rows.columns) == ["area", "class_code", "kind", "local_day", "hour", "n"]
    assert set(rows["local_day"]) == {day}


def test_a_class_is_counted_with_those_below_it_and_no_namesake(engine: Engine) -> None:
    first, last = date(2024, 2, 1), date(2024, 2, 2)
    codes = ["Noise", "Noise/Music", "Noise", "Noisette", "noise/music"]
    with writing(engine) as connection:
        serials = [
            version(connection, str(i), day=last if i == 2 else first, class_code=code,
                    kind="consult" if i == 1 else "complaint")[0]
            for i, code in enumerate(codes)
        ]  # fmt: skip
        move_counts(connection, [], serials)

        def counted(class_code: str | None, kinds: list[str] | None = None) -> list[list[object]]:
            days = totals(
                connection, "city", "lies", (first, last), ["area", "local_day"],
                class_code=class_code, kinds=kinds,
            )  # fmt: skip
            return days.to_numpy().tolist()

        assert counted("Noise") == [[0, first, 2], [0, last, 1]]
        assert counted("Noise/Music") == [[0, first, 1]]
        assert counted("Noise", ["complaint"]) == [[0, first, 1], [0, last, 1]]
        assert counted(None) == [[0, first, 4], [0, last, 1]]
        assert counted_days(connection) == (first, last)


def test_an_update_moves_the_count_and_leaves_no_zero_behind(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        first, _ = version(connection, "a", lon=111.005, lat=30.005)
        move_counts(connection, [], [first])
        later = NOW + timedelta(days=1)
        second, old = version(connection, "a", lon=111.015, lat=30.005, recorded=later)
        assert old == first
        move_counts(connection, [first], [second])
        right = load_boundaries(connection, FIRST).named("street", "右街道")
        day = date(2024, 2, 1)
        now, then = (
            cube(connection, "street", day, day),
            cube_as_of(connection, NOW + timedelta(hours=1), "street", day, day),
        )
        left = load_boundaries(connection, FIRST).named("street", "左街道")
        assert now["area"].tolist() == [right]
        assert then["area"].tolist() == [left]
        pd.testing.assert_frame_equal(cube_as_of(connection, later, "street", day, day), now)
        assert cube_as_of(connection, NOW - timedelta(days=1), "city", day, day).empty
        assert (pd.concat(all_counts(connection))["n"] > 0).all()


def test_an_appeal_that_comes_twice_in_a_batch_counts_once(engine: Engine) -> None:
    with writing(engine) as connection:
        first, _ = version(connection, "a")
        second, old = version(connection, "a", class_code="供暖")
        move_counts(connection, [old or 0], [first, second])
        rows = cube(connection, "city", FIRST, date(2100, 1, 1))
    assert rows[["class_code", "n"]].to_numpy().tolist() == [["供暖", 1]]


STEP = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from(
        [(None, None), (111.005, 30.005), (111.01, 30.01), (111.015, 30.0), (9.0, 9.0)]
    ),
    st.integers(1, 3),
    st.sampled_from([None, 0, 23]),
    st.sampled_from(["噪声", "供暖"]),
    st.booleans(),
    st.sampled_from(["yes", "no", None]),
)


@pytest.fixture(scope="module")
def town() -> Iterator[Engine]:
    """A database in memory that holds the town; examples undo what they write."""
    engine = open_database("sqlite://")
    METADATA.create_all(engine)
    with writing(engine) as connection:
        bring_town(connection)
    yield engine
    engine.dispose()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=8), cut=st.integers(1, 5))
def test_minus_old_plus_new_is_the_recount_from_scratch(
    town: Engine,
    steps: Sequence[
        tuple[str, tuple[float | None, float | None], int, int | None, str, bool, str | None]
    ],
    cut: int,
) -> None:
    with town.connect() as connection, connection.begin() as transaction:
        units = load_boundaries(connection, FIRST)
        street = units.named("street", "左街道")
        for start in range(0, len(steps), cut):
            olds, news = [], []
            for name, (lon, lat), day, hour, class_code, sent, solved in steps[start : start + cut]:
                serial, old = version(
                    connection,
                    name,
                    lon=lon,
                    lat=lat,
                    day=date(2024, 2, day),
                    hour=hour,
                    class_code=class_code,
                    sent=street if sent else None,
                    units=units,
                    solved=solved,
                    direct=hour == 0,
                )
                news.append(serial)
                olds += [old] if old is not None else []
            move_counts(connection, olds, news)
        moved = all_counts(connection)
        handled = connection.execute(HANDLED.select().order_by(*HANDLED.primary_key)).all()
        recount(connection)
        recounted = all_counts(connection)
        again = connection.execute(HANDLED.select().order_by(*HANDLED.primary_key)).all()
        as_of = cube_as_of(connection, NOW, "community", FIRST, date(2100, 1, 1))
        transaction.rollback()
    for one, other in zip(moved, recounted, strict=True):
        pd.testing.assert_frame_equal(one, other)
    assert handled == again
    sums = [int(frame["n"].sum()) for frame in moved]
    assert sums[0] == sums[1] == max(sums) == len({step[0] for step in steps})
    pd.testing.assert_frame_equal(as_of, moved[2 * (1 + LEVELS.index("community"))])

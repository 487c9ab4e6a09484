from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from appeals.database import METADATA, Connection, Engine, open_database, reading, writing
from appeals.errors import BoundaryError
from appeals.store import APPEALS, VERSIONS
from geo.locate import Located
from grids.boundaries import LEVELS, Boundaries
from grids.cube import AREA_KINDS
from grids.place import place
from grids.store import (
    PLACEMENTS,
    add_placements,
    add_units,
    appeal_rows,
    cube,
    cube_as_of,
    edition_days,
    find_sinks,
    load_boundaries,
    move_counts,
    newest_serial,
    recount,
    stable_rows,
)

FIRST = date(1900, 1, 1)
NOW = datetime(2024, 3, 1, 8, tzinfo=UTC)


def layer(*rows: tuple[str | None, str, str | None, shapely.Geometry | None]) -> gpd.GeoDataFrame:
    code, name, parent, shapes = zip(*rows, strict=True)
    frame = pd.DataFrame({"code": code, "name": name, "parent": parent}, dtype=object)
    empty = pd.array([None] * len(rows), dtype="Int64")
    return gpd.GeoDataFrame(
        frame.assign(households=empty, people=empty), geometry=list(shapes), crs="EPSG:4326"
    )


STREETS = layer(
    (None, "左街道", None, shapely.box(111.00, 30.00, 111.01, 30.02)),
    (None, "右街道", None, shapely.box(111.01, 30.00, 111.02, 30.02)),
)
COMMUNITIES = layer(
    (None, "左下社区", "左街道", shapely.box(111.00, 30.00, 111.01, 30.01)),
    (None, "左上社区", "左街道", shapely.box(111.00, 30.01, 111.01, 30.02)),
    (None, "右社区", None, shapely.box(111.01, 30.00, 111.02, 30.02)),
)


def bring_town(connection: Connection) -> None:
    add_units(connection, STREETS, "street", FIRST, jurisdiction="990101")
    add_units(connection, COMMUNITIES, "community", FIRST, jurisdiction="990101")


def version(
    connection: Connection,
    source_id: str,
    *,
    lon: float | None = None,
    lat: float | None = None,
    day: date = date(2024, 2, 1),
    hour: int | None = 9,
    class_code: str = "噪声",
    kind: str = "complaint",
    sent: int | None = None,
    named: tuple[str, ...] = (),
    recorded: datetime = NOW,
    caller: str | None = None,
    address: str = "",
    units: Boundaries | None = None,
) -> tuple[int, int | None]:
    """Append one version with its place; gives its serial and that of the one before."""
    mine = APPEALS.c.source_id == source_id
    old = connection.execute(APPEALS.select().where(mine)).one_or_none()
    if old is None:
        appeal = APPEALS.insert().values(source="s", source_id=source_id, current=0)
        appeal_id = connection.execute(appeal.returning(APPEALS.c.appeal_id)).scalar_one()
    else:
        appeal_id = old.appeal_id
    one = VERSIONS.insert().values(
        appeal_id=appeal_id,
        version=1 + (old.current if old else 0),
        why="intake",
        who="test",
        recorded_at=recorded,
        content_hash="test:0",
        received_at=datetime(day.year, day.month, day.day, hour or 0, tzinfo=UTC),
        received_precision="day" if hour is None else "minute",
        local_day=day,
        local_hour=hour,
        kind=kind,
        class_code=class_code,
        text="",
        address=address,
        caller_hash=caller,
    )
    serial: int = connection.execute(one.returning(VERSIONS.c.serial)).scalar_one()
    connection.execute(APPEALS.update().where(mine).values(current=serial))
    level = "point" if lon is not None else "street" if named else "unlocated"
    where = [Located(level, lon, lat, None if lon is None else 0.0, 1.0, named=named)]
    placed = place(where, units or load_boundaries(connection, day))
    add_placements(connection, [serial], where, placed, [sent])
    return serial, old.current if old else None


def all_counts(connection: Connection) -> list[pd.DataFrame]:
    return [
        cube(connection, area_kind, FIRST, date(2100, 1, 1), reading)
        for area_kind in AREA_KINDS
        for reading in ("lies", "sent")
    ]


# --- units --------------------------------------------------------------------------------------


def test_codes_are_made_west_to_east_below_the_parent(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        units = load_boundaries(connection, date(2024, 1, 1))
    assert units.frame("street")["code"].tolist() == ["990101001", "990101002"]
    codes = dict(
        zip(units.frame("community")["name"], units.frame("community")["code"], strict=True)
    )
    assert codes == {
        "左上社区": "990101001001",  # as far west as the next, and north of it
        "左下社区": "990101001002",
        "右社区": "990101002001",
    }
    right = units.named("street", "右街道办事处")
    assert right is not None
    assert units.ancestors(units.named("community", "右社区") or 0) == (right,)
    area = units.frame("street")["area_m2"].iloc[0]
    assert area == pytest.approx(964 * 2217, rel=0.01)


def test_the_same_layer_again_changes_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        before = list(stable_rows(connection))
        for day in (FIRST, date(2024, 6, 1)):
            report = add_units(connection, COMMUNITIES, "community", day, jurisdiction="990101")
            assert (report.new, report.changed, report.kept, report.ended) == (0, 0, 3, 0)
        assert list(stable_rows(connection)) == before


def test_a_new_edition_closes_what_changed_and_keeps_the_rest(engine: Engine) -> None:
    june = date(2024, 6, 1)
    moved = layer(
        (None, "左下社区", "左街道", shapely.box(111.00, 30.00, 111.01, 30.012)),
        (None, "新社区", "左街道", shapely.box(111.00, 30.012, 111.01, 30.02)),
    )
    with writing(engine) as connection:
        bring_town(connection)
        report = add_units(connection, moved, "community", june, jurisdiction="990101")
        old, new = (load_boundaries(connection, day) for day in (date(2024, 5, 31), june))
        days = edition_days(connection)
    assert (report.new, report.changed, report.kept, report.ended) == (1, 1, 0, 1)
    assert sorted(old.frame("community")["name"]) == sorted(["左下社区", "左上社区", "右社区"])
    assert sorted(new.frame("community")["name"]) == sorted(["左下社区", "新社区", "右社区"])
    # The changed one keeps its code, the new one gets a number that nobody ever had.
    codes = dict(zip(new.frame("community")["name"], new.frame("community")["code"], strict=True))
    assert codes["左下社区"] == "990101001002"
    assert codes["新社区"] == "990101001003"
    assert old.named("community", "左下社区") != new.named("community", "左下社区")
    assert days == [FIRST, june]


def test_children_hang_below_the_new_version_of_their_parent(engine: Engine) -> None:
    june = date(2024, 6, 1)
    renamed = layer(
        (None, "左街道", None, shapely.box(111.00, 30.00, 111.01, 30.021)),
        (None, "右街道", None, STREETS.geometry[1]),
    )
    with writing(engine) as connection:
        bring_town(connection)
        old_street = load_boundaries(connection, FIRST).named("street", "左街道")
        add_units(connection, renamed, "street", june, jurisdiction="990101")
        new = load_boundaries(connection, june)
        unit = new.named("community", "左下社区") or 0
        sent = new.named("street", "左街道")
        pair = [version(connection, "a", lon=111.005, lat=30.005, day=june, sent=unit)]
        move_counts(connection, [], [serial for serial, _ in pair])
        lies = cube(connection, "street", june, june)
        by_sent = cube(connection, "street", june, june, "sent")
    assert new.ancestors(unit) == (sent,)
    assert sent != old_street
    assert lies["area"].tolist() == [sent]
    assert by_sent["area"].tolist() == [sent]


def test_counts_follow_an_edition_that_comes_after_the_appeals_of_its_days(engine: Engine) -> None:
    february, march = date(2024, 2, 1), date(2024, 3, 1)
    districts = layer((None, "中区", None, shapely.box(111.00, 30.00, 111.02, 30.02)))
    renamed = layer((None, "中区", None, shapely.box(111.00, 30.00, 111.02, 30.021)))
    with writing(engine) as connection:
        add_units(connection, districts, "district", FIRST, jurisdiction="990101")
        bring_town(connection)
        street = load_boundaries(connection, FIRST).named("street", "左街道")
        serials = [version(connection, day.isoformat(), day=day, sent=street)[0]
                   for day in (date(2024, 1, 31), february, march)]  # fmt: skip
        move_counts(connection, [], serials)
        old = load_boundaries(connection, FIRST).named("district", "中区")
        add_units(connection, renamed, "district", february, jurisdiction="990101")
        new = load_boundaries(connection, february).named("district", "中区")
        update, before = version(connection, march.isoformat(), day=march, hour=10, sent=street)
        move_counts(connection, [before or 0], [update])
        sent = cube(connection, "district", FIRST, march, "sent")
        moved = all_counts(connection)
        recount(connection)
        again = all_counts(connection)
    assert sent[["area", "local_day", "hour", "n"]].to_numpy().tolist() == [
        [old, date(2024, 1, 31), 9, 1],
        [new, february, 9, 1],
        [new, march, 10, 1],
    ]
    for one, other in zip(moved, again, strict=True):
        pd.testing.assert_frame_equal(one, other)


def test_units_that_are_corrected_are_not_given_as_they_were(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        before = load_boundaries(connection, NOW.date())
        assert load_boundaries(connection, NOW.date() - timedelta(days=1)) is before
        add_units(connection, STREETS.assign(households=[7, 9]), "street", FIRST)
        after = load_boundaries(connection, NOW.date())
    assert after.frame("street")["households"].tolist() == [7, 9]


def test_an_edition_before_a_later_one_is_refused(engine: Engine) -> None:
    with writing(engine) as connection:
        add_units(connection, STREETS, "street", date(2024, 1, 1))
        with pytest.raises(BoundaryError, match="cannot begin on 2023-01-01"):
            add_units(connection, STREETS, "street", date(2023, 1, 1))


def test_two_units_with_one_code_are_refused(engine: Engine) -> None:
    twice = layer(("1", "甲", None, None), ("1", "乙", None, None))
    with writing(engine) as connection, pytest.raises(BoundaryError, match="code 1 stands on two"):
        add_units(connection, twice, "street", FIRST)


def test_codes_stay_text_with_their_zeros_and_all_digits(engine: Engine) -> None:
    codes = ["010101001001001", "110101001001001023"]
    with writing(engine) as connection:
        add_units(connection, layer(*((c, c, None, None) for c in codes)), "grid", FIRST)
        assert load_boundaries(connection, FIRST).frame("grid")["code"].tolist() == codes


# --- counts -------------------------------------------------------------------------------------


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
        assert cube(connection, "city", day, day, classes=["供暖"])["n"].sum() == 1
        assert cube(connection, "city", day, day, kinds=["consult"])["class_code"].item() == "噪声"
        rows = cube(connection, "city", day, day)
    assert list(rows.columns) == ["area", "class_code", "kind", "local_day", "hour", "n"]
    assert set(rows["local_day"]) == {day}


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
)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=8), cut=st.integers(1, 5))
def test_minus_old_plus_new_is_the_recount_from_scratch(
    steps: Sequence[tuple[str, tuple[float | None, float | None], int, int | None, str, bool]],
    cut: int,
) -> None:
    engine = open_database("sqlite://")
    METADATA.create_all(engine)
    with writing(engine) as connection:
        bring_town(connection)
        units = load_boundaries(connection, FIRST)
        street = units.named("street", "左街道")
        for start in range(0, len(steps), cut):
            olds, news = [], []
            for name, (lon, lat), day, hour, class_code, sent in steps[start : start + cut]:
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
                )
                news.append(serial)
                olds += [old] if old is not None else []
            move_counts(connection, olds, news)
        moved = all_counts(connection)
        recount(connection)
        for one, other in zip(moved, all_counts(connection), strict=True):
            pd.testing.assert_frame_equal(one, other)
        appeals = len({step[0] for step in steps})
        sums = [int(frame["n"].sum()) for frame in moved]
        assert sums[0] == sums[1] == appeals
        assert max(sums) == appeals
        as_of = cube_as_of(connection, NOW, "community", FIRST, date(2100, 1, 1))
        pd.testing.assert_frame_equal(as_of, moved[2 * (1 + LEVELS.index("community"))])
    engine.dispose()


# --- rows ---------------------------------------------------------------------------------------


def test_appeal_rows_are_the_current_versions_of_the_days_in_order(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        version(connection, "b", lon=111.005, lat=30.005, hour=11)
        version(connection, "a", hour=11)
        version(connection, "old", hour=3)
        version(connection, "old", lon=111.015, lat=30.005, hour=4)
        version(connection, "other day", day=date(2024, 2, 2))
    with reading(engine) as connection:
        rows = appeal_rows(connection, date(2024, 2, 1), date(2024, 2, 1))
        assert newest_serial(connection) == 5
        nothing = appeal_rows(connection, date(2025, 1, 1), date(2025, 1, 1))
        stored = connection.execute(PLACEMENTS.select().where(PLACEMENTS.c.serial == 1)).one()
    assert rows["source_id"].tolist() == ["old", "a", "b"]
    assert rows["local_hour"].tolist() == [4, 11, 11]
    assert rows["community_id"].notna().tolist() == [True, False, True]
    assert int(rows["cell_9"].iloc[2]) == stored.cell_9  # all 60 bits
    assert rows["received_at"].iloc[0] == datetime(2024, 2, 1, 4, tzinfo=UTC)
    assert not rows["sink"].any()
    assert nothing.empty
    assert list(nothing.columns) == list(rows.columns)
    assert nothing.dtypes["sink"].kind == "b"


def test_a_dump_names_units_and_holds_no_serial_and_no_moment(engine: Engine) -> None:
    with writing(engine) as connection:
        bring_town(connection)
        serial, _ = version(connection, "a", lon=111.005, lat=30.005)
        move_counts(connection, [], [serial])
        rows = list(stable_rows(connection))
    tables = [table for table, _ in rows]
    assert tables == sorted(tables, key=["units", "placements", "counts", "sinks"].index)
    placement = next(row for table, row in rows if table == "placements")
    assert placement["community_id"] == "community 990101001002 1900-01-01"
    assert not {"serial", "unit_id", "flagged_at"} & {key for _, row in rows for key in row}


# --- sinks --------------------------------------------------------------------------------------


def many(
    connection: Connection,
    n: int,
    lon: float,
    *,
    apart: float = 0.0,
    days: int = 60,
    caller: str | None = None,
    address: str = "",
    first: date = date(2024, 1, 1),
) -> None:
    """Store n appeals at once: at one coordinate, or each this many degrees from the one before."""
    start = connection.execute(sa.select(sa.func.count()).select_from(APPEALS)).scalar_one()
    ids = range(start + 1, start + n + 1)
    rows = [
        {
            "serial": serial,
            "appeal_id": serial,
            "version": 1,
            "why": "intake",
            "who": "test",
            "recorded_at": NOW,
            "content_hash": "test:0",
            "received_at": NOW,
            "received_precision": "day",
            "local_day": first + timedelta(days=i % days),
            "kind": "complaint",
            "class_code": "噪声",
            "text": "",
            "address": address.format(i),
            "caller_hash": caller,
        }
        for i, serial in enumerate(ids)
    ]
    appeals = [{"appeal_id": i, "source": "s", "source_id": str(i), "current": i} for i in ids]
    connection.execute(APPEALS.insert(), appeals)
    connection.execute(VERSIONS.insert(), rows)
    where = [Located("point", lon + i * apart, 30.005, 0.0, 1.0) for i in range(n)]
    placed = place(where, load_boundaries(connection, first))
    add_placements(connection, ids, where, placed, [None] * n)


def test_a_coordinate_with_improbably_many_cases_is_a_sink(engine: Engine) -> None:
    with writing(engine) as connection:
        many(connection, 60, 111.0011111111)  # a geocoder's middle of the town
        many(connection, 49, 111.002)  # under the floor
        many(connection, 60, 111.003, days=7)  # a burst
        many(connection, 60, 111.004, caller="one and the same")
        many(connection, 60, 111.005, address="样板路12号")  # a real place
        many(connection, 60, 111.006, address="样板路{}号")  # every door of a road in one point
        many(connection, 60, 111.01, apart=1e-4)
        found = find_sinks(connection, NOW)
        again = find_sinks(connection, NOW + timedelta(days=1), first_day=date(2024, 1, 1))
        rows = appeal_rows(connection, date(2024, 1, 1), date(2024, 3, 1))
    assert found == [(111.0011111, 30.005, 60), (111.006, 30.005, 60)]
    assert again == found
    assert rows["sink"].sum() == 120
    assert set(rows.loc[rows["sink"], "lon"]) == {111.0011111, 111.006}


def test_a_place_that_gathers_cases_over_years_is_no_sink(engine: Engine) -> None:
    with writing(engine) as connection:
        for year in (2021, 2022, 2023):
            many(connection, 40, 111.001, first=date(year, 1, 1))
        assert find_sinks(connection, NOW) == []


def test_a_city_whose_coordinates_are_all_distinct_has_no_sinks(engine: Engine) -> None:
    with writing(engine) as connection:
        many(connection, 80, 111.0, apart=1e-4)
        assert find_sinks(connection, NOW) == []
        assert find_sinks(connection, NOW, first_day=date(2030, 1, 1)) == []

from datetime import date, timedelta

import pandas as pd
import pytest
import shapely

from appeals.database import Engine, writing
from appeals.errors import BoundaryError
from grids.changes import changes
from grids.store import (
    add_units,
    cube,
    edition_days,
    heirs,
    load_boundaries,
    move_counts,
    recount,
    stable_rows,
)
from grids.units.store import units_below, units_within
from tests.grids.town import (
    COMMUNITIES,
    FIRST,
    NOW,
    STREETS,
    all_counts,
    bring_town,
    layer,
    version,
)


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


def test_a_unit_lies_within_an_area_if_all_its_editions_do(engine: Engine) -> None:
    left, right = "street:990101001", "street:990101002"
    with writing(engine) as connection:
        bring_town(connection)
        area = units_below(connection, [left])
        asked = [left, right, "community:990101001001", "street:999", "", "nonsense"]

        assert units_within(connection, asked, area) == {left, "community:990101001001"}
        assert units_within(connection, asked, units_below(connection, [left, right])) > {right}
        assert units_within(connection, asked, frozenset()) == units_within(connection, [], area)

        later = date(2024, 6, 1)
        add_units(connection, STREETS.assign(households=7), "street", later)
        assert units_within(connection, [left], area) == frozenset()
        assert units_within(connection, [left], units_below(connection, [left])) == {left}


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


def test_a_new_edition_of_the_same_code_is_the_heir_of_the_old(engine: Engine) -> None:
    june = date(2024, 6, 1)
    with writing(engine) as connection:
        bring_town(connection)
        old = load_boundaries(connection, FIRST)
        add_units(connection, STREETS.assign(households=[7, 9]), "street", june)
        new = load_boundaries(connection, june)
        before, after = heirs(connection, FIRST), heirs(connection, june)
    was, now = old.named("street", "左街道"), new.named("street", "左街道")
    assert was != now
    assert (before[was or 0], after[was or 0], after[now or 0]) == (was, now, now)
    community = new.named("community", "右社区") or 0
    assert after[community] == community
    (change, _) = changes(old, new, "street")
    assert (change.kind, change.code, change.what) == ("changed", "990101001", ("households",))
    assert changes(old, new, "community") == []

from collections.abc import Iterator
from datetime import date

import pytest

from appeals.database import Connection, Engine, writing
from appeals.errors import InputError, NotFound
from geo.cells import cell, cell_name
from grids.store import find_sinks, load_boundaries, move_counts
from hotspots.periods import Reckoning
from maps.answer import answer_of
from maps.asking import Question, question
from maps.atlas import course_of, table_of
from maps.office import Office
from maps.why import difference_of, why_of
from tests.grids.town import NOW, bring_town, version

LEFT, RIGHT = "990101001", "990101002"
MARCH = date(2024, 3, 5)
ASKED = Question("street", 2024, 3)


@pytest.fixture
def town(engine: Engine) -> Iterator[Connection]:
    """Two streets: the left one with 20 appeals in two communities, the right one with 12."""
    with writing(engine) as connection:
        bring_town(connection)
        units = load_boundaries(connection, MARCH)
        left = units.coded(LEFT)[0]
        right = units.coded(RIGHT)[0]
        serials = []

        def add(name: str, lon: float, lat: float, **more: object) -> None:
            given = {"lon": lon, "lat": lat, "day": MARCH, "units": units} | more
            serials.append(version(connection, name, **given)[0])  # type: ignore[arg-type]

        for i in range(13):
            add(f"a{i}", 111.005, 30.005, caller=f"c{i}", sent=left)
        for i in range(7):  # one caller, from one place, on seven days
            add(f"b{i}", 111.005, 30.015, caller="x", day=date(2024, 3, 10 + i), class_code="供水")
        for i in range(12):
            add(f"r{i}", 111.015, 30.005 + i / 1000, caller=f"r{i}", sent=left if i < 5 else right)
        for i in range(6):
            add(f"f{i}", 111.015, 30.015, day=date(2024, 2, 28))
        move_counts(connection, [], serials)
        yield connection


def test_what_makes_up_half_of_a_street_is_named(town: Connection) -> None:
    why = why_of(town, ASKED, LEFT)

    assert why["n"] == 20
    assert why["name"] == "左街道"
    parts = why["parts"]
    assert isinstance(parts, dict)
    assert parts["community"]["half"] == 1
    assert parts["community"]["items"] == [
        {"code": "990101001002", "name": "左下社区", "n": 13, "share": 0.65}
    ]
    topics = why["topics"]
    assert isinstance(topics, dict)
    assert [item["name"] for item in topics["items"]] == ["噪声"]
    assert topics["of"] == 2
    assert why["callers"] == 14
    assert why["places"] is None  # two: small
    assert why["repeats"] == pytest.approx({"place": 18 / 20, "caller": 6 / 20})


def test_a_spot_is_the_middle_of_a_small_cell_and_never_a_point(town: Connection) -> None:
    spots = why_of(town, ASKED, LEFT)["spots"]

    assert isinstance(spots, list)
    assert [spot["n"] for spot in spots] == [13, 7]
    assert spots[0]["cell"] == cell_name(cell(111.005, 30.005, 10))
    assert (spots[0]["lon"], spots[0]["lat"]) != (111.005, 30.005)


def test_both_readings_are_counted_and_their_difference_is_listed(town: Connection) -> None:
    readings = why_of(town, ASKED, LEFT)["readings"]
    difference = difference_of(town, ASKED, LEFT)

    assert readings == {"lies": 20, "sent": 18, "only_lies": 7, "only_sent": 5}
    assert difference["n"] == 12
    items = difference["items"]
    assert isinstance(items, list)
    assert [(one["lies"], one["sent"]) for one in items[:5]] == [("右街道", "左街道")] * 5
    assert [(one["lies"], one["sent"]) for one in items[5:]] == [("左街道", None)] * 7
    assert not {"text", "address", "caller_hash"} & set(items[0])
    sent = Question("street", 2024, 3, reading="sent")
    assert why_of(town, sent, LEFT)["n"] == 18
    assert table_of(town, sent).rows["n"].tolist() == [18, 7]


def test_repeats_of_a_caller_can_be_left_out_of_table_and_parts(town: Connection) -> None:
    asked = Question("street", 2024, 3, first_reports="caller")
    rows = table_of(town, asked).rows.set_index("code")

    # Thirteen callers and the one who called seven times; twelve on the right.
    assert [rows.loc[code, "n"] for code in (LEFT, RIGHT)] == [14, 12]
    assert why_of(town, asked, LEFT)["n"] == 14


def test_repeats_of_a_place_can_be_left_out_of_table_and_parts(town: Connection) -> None:
    asked = Question("street", 2024, 3, first_reports="place")
    rows = table_of(town, asked).rows.set_index("code")

    # One report a place and class; the right street has twelve places, none reported before.
    assert [rows.loc[code, "n"] for code in (LEFT, RIGHT)] == [2, 12]
    assert why_of(town, asked, LEFT)["n"] is None


def test_sinks_are_no_repeats_and_no_spots(town: Connection, engine: Engine) -> None:
    serials = [
        version(
            town, f"s{i}", lon=111.0051, lat=30.0151, day=date(2024, 3, 1 + i % 25),
            caller=f"s{i}", address=f"路{i}号",
        )[0]
        for i in range(120)
    ]  # fmt: skip
    move_counts(town, [], serials)
    assert find_sinks(town, NOW)

    first = Question("street", 2024, 3, first_reports="place")
    rows = table_of(town, first).rows.set_index("code")
    assert rows.loc[LEFT, "n"] == 122
    why = why_of(town, ASKED, LEFT)
    assert why["on_sinks"] == 120
    assert isinstance(why["spots"], list)
    assert sorted(spot["n"] for spot in why["spots"]) == [7, 13]
    cells = table_of(town, Question("h3-9", 2024, 3))
    assert (cells.n_sinks, cells.n) == (120, 32)
    # A cell is called by where its middle lies, with the end of its code.
    assert cells.rows["name"].str.fullmatch(r"(左下|左上|右)社区·[0-9a-f]{3}|").all()
    assert (cells.rows["name"] != "").any()


def test_a_class_is_asked_with_those_below_it_and_all_are_its_base(town: Connection) -> None:
    asked = Question("street", 2024, 3, class_code="供水")
    table = table_of(town, asked)

    assert table.base == "appeals"
    assert table.n == 7
    assert why_of(town, asked, LEFT)["n"] == 7
    answer = answer_of(table, asked)
    assert answer["half"] == {
        "places": 1, "of": 2, "gini": 0.5, "names": [{"code": LEFT, "name": "左街道"}],
    }  # fmt: skip


def test_the_course_of_months_hides_small_counts_and_keeps_one_scale(town: Connection) -> None:
    more = [
        version(town, f"m{i}", lon=111.015, lat=30.005, day=date(2024, 2, 1 + i % 28))[0]
        for i in range(30)
    ]
    first, _ = version(town, "one", lon=111.005, lat=30.005, day=date(2024, 1, 1))
    move_counts(town, [], [*more, first])
    course = course_of(town, ASKED)

    assert course["months"] == ["2024-01", "2024-02", "2024-03"]
    assert course["code"] == [LEFT, RIGHT]
    assert course["n"] == [[None, 0], [0, 36], [20, 12]]
    limits = course["limits"]
    assert isinstance(limits, list)
    assert 12 < limits[-1] <= 36


def test_a_place_that_is_not_there_is_refused(town: Connection) -> None:
    with pytest.raises(NotFound):
        why_of(town, ASKED, "990101009")
    with pytest.raises(NotFound):
        why_of(town, Question("h3-9", 2024, 3), "zz")
    with pytest.raises(InputError, match="never to a cell"):
        question(town, "h3-9", (2024, 3), Office(), reading="sent")


def test_the_office_month_and_hour_decide_what_is_counted(town: Connection) -> None:
    late, _ = version(town, "late", lon=111.005, lat=30.005, day=date(2024, 3, 19), hour=7)
    later, _ = version(town, "later", lon=111.005, lat=30.005, day=date(2024, 3, 19), hour=8)
    far, _ = version(town, "far", lon=111.005, lat=30.005, day=date(2024, 4, 20), hour=8)
    move_counts(town, [], [late, later, far])
    office = Office(Reckoning(month_start=19, cut_off_hour=8))
    asked = question(town, "street", (2024, 3), office)
    rows = table_of(town, asked).rows.set_index("code")

    # To 18 March, its last hour the one before eight on the 19th.
    assert rows.loc[LEFT, "n"] == 21
    assert rows.loc[RIGHT, "n"] == 18
    assert why_of(town, asked, LEFT)["n"] == 21

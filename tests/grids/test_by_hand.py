import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa

from appeals.database import Connection, Engine, writing
from appeals.errors import Conflict, InputError, NotFound
from appeals.privacy import Role, Viewer
from appeals.store import APPEALS, VERSIONS
from geo.datums import gcj02_from_wgs84
from geo.locate import Located
from geo.store import load_aliases, read_aliases, withdraw_alias
from grids.by_hand import Choice, placed_by_hand
from grids.hand.store import in_doubt, place_by_hand, read_placement, read_trail
from grids.place import place
from grids.store import (
    PLACEMENTS,
    add_placements,
    appeal_rows,
    cube,
    cube_as_of,
    find_sinks,
    load_boundaries,
    move_counts,
    recount,
)
from tests.grids.test_sinks import many
from tests.grids.town import FIRST, NOW, all_counts, bring_town, version

ME = Viewer("值班员", Role.OPERATOR)
LATER = NOW + timedelta(hours=1)
SAID: dict[str, Any] = {"who": "王值班", "reason": "来电人复核", "now": LATER}


def near_border(connection: Connection, source_id: str = "12") -> int:
    """An appeal 5 m from the border of two streets, known to 20 m: to be confirmed."""
    serial, _ = version(connection, source_id, lon=111.00995, lat=30.005, address="老电厂宿舍")
    where = [
        Located(
            "point", 111.00995, 30.005, 20.0, 1.0, "来源坐标（wgs84）", "wgs84", 111.00995, 30.005
        )
    ]
    connection.execute(PLACEMENTS.delete().where(PLACEMENTS.c.serial == serial))
    placed = place(where, load_boundaries(connection, date(2024, 2, 1)))
    add_placements(connection, [serial], where, placed, [None])
    move_counts(connection, [], [serial])
    return number_of(connection, source_id)


def number_of(connection: Connection, source_id: str) -> int:
    query = sa.select(APPEALS.c.appeal_id).where(APPEALS.c.source_id == source_id)
    return int(connection.execute(query).scalar_one())


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with writing(engine) as connection:
        bring_town(connection)
        yield connection


def placement(connection: Connection, number: int) -> dict[str, Any]:
    found = read_placement(connection, ME, number)
    assert found is not None
    return found


def trail(connection: Connection, number: int) -> list[Any]:
    return list(read_trail(connection, ME, number))


def test_a_place_near_a_border_waits_with_both_candidates_and_their_distances(
    connection: Connection,
) -> None:
    number = near_border(connection)

    found = placement(connection, number)

    assert found["status"] == "needs_confirm"
    assert found["units"] == {}
    away = {
        one["name"]: one["distance_m"] for one in found["candidates"] if one["level"] == "street"
    }
    assert away["左街道"] == 0.0
    assert away["右街道"] == pytest.approx(4.8, abs=0.2)
    waiting: list[Any] = list(connection.execute(in_doubt("needs_confirm")).scalars())
    assert waiting == [number]
    assert cube(connection, "street", FIRST, date(2100, 1, 1)).empty


def test_a_confirmed_candidate_keeps_the_point_and_moves_the_counts(connection: Connection) -> None:
    number = near_border(connection)
    code = next(
        one["code"]
        for one in placement(connection, number)["candidates"]
        if one["name"] == "右街道"
    )

    moved = place_by_hand(connection, number, Choice(unit=code), **SAID)

    found = placement(connection, number)
    assert moved.serial is not None
    assert (found["status"], found["how"]) == ("placed", "hand")
    assert found["units"]["street"]["name"] == "右街道"
    assert found["units"]["community"]["name"] == "右社区"
    assert (found["lon"], found["lat"], found["radius_m"]) == (111.00995, 30.005, 20.0)
    assert found["candidates"] == []
    counts = cube(connection, "street", FIRST, date(2100, 1, 1))
    assert counts["n"].tolist() == [1]
    before = all_counts(connection)
    recount(connection)
    for old, new in zip(before, all_counts(connection), strict=True):
        pd.testing.assert_frame_equal(old, new)


def test_the_old_place_is_kept_and_the_counts_of_before_can_still_be_asked(
    connection: Connection,
) -> None:
    serial, _ = version(connection, "1", lon=111.005, lat=30.005)
    move_counts(connection, [], [serial])
    number = number_of(connection, "1")

    place_by_hand(connection, number, Choice(111.015, 30.005, "wgs84"), **SAID)

    old, new = trail(connection, number)
    assert (old["why"], old["lon"], old["units"]["street"]["name"]) == ("intake", 111.005, "左街道")
    assert (new["why"], new["lon"], new["units"]["street"]["name"]) == (
        "re-placed",
        111.015,
        "右街道",
    )
    assert (new["who"], new["stated_reason"], new["recorded_at"]) == ("王值班", "来电人复核", LATER)
    for kind in ("city", "street", "cell_10"):
        was = cube_as_of(connection, NOW, kind, FIRST, date(2100, 1, 1))
        assert was["n"].sum() == 1
    streets = load_boundaries(connection, date(2024, 2, 1))
    left, right = (streets.named("street", name) for name in ("左街道", "右街道"))
    assert cube(connection, "street", FIRST, date(2100, 1, 1))["area"].tolist() == [right]
    assert cube_as_of(connection, NOW, "street", FIRST, date(2100, 1, 1))["area"].tolist() == [left]


def test_a_point_in_another_datum_comes_to_wgs84_and_the_sources_own_stays(
    connection: Connection,
) -> None:
    number = near_border(connection)
    lon, lat = gcj02_from_wgs84(np.array([111.015]), np.array([30.015]))

    place_by_hand(connection, number, Choice(float(lon[0]), float(lat[0]), "gcj02"), **SAID)

    found = placement(connection, number)
    assert (found["lon"], found["lat"]) == (111.015, 30.015)
    assert (found["datum"], found["x"], found["y"]) == ("wgs84", 111.00995, 30.005)
    assert "gcj02" in found["evidence"]


def test_a_unit_out_of_the_points_reach_takes_the_place_of_the_point(
    connection: Connection,
) -> None:
    serial, _ = version(connection, "1", lon=111.001, lat=30.001)
    move_counts(connection, [], [serial])
    units = load_boundaries(connection, date(2024, 2, 1))
    right = units.named("community", "右社区")
    assert right is not None
    number = number_of(connection, "1")

    place_by_hand(connection, number, Choice(unit=units.unit(right).code), **SAID)

    found = placement(connection, number)
    assert (found["level"], found["lon"], found["finest"]) == ("community", None, "community")
    assert found["units"]["street"]["name"] == "右街道"
    assert set(found["cells"].values()) == {None}
    assert "原点位不在其内" in found["evidence"]


def test_the_neighbour_of_a_pin_that_lies_on_the_border_may_be_chosen() -> None:
    from grids.boundaries import Boundaries

    boundaries: Boundaries = _town_boundaries()
    held = Located("point", 111.01, 30.005, 0.0, 1.0)
    right = boundaries.named("street", "右街道")
    assert right is not None
    assert place([held], boundaries)["street_id"].tolist() != [right]

    found, placed = placed_by_hand(Choice(unit=boundaries.unit(right).code), held, boundaries)

    assert placed["street_id"].tolist() == [right]
    assert placed["community_id"].isna().all()
    assert placed["finest"].tolist() == ["street"]
    assert found.lon == 111.01


def _town_boundaries() -> Any:
    from sqlalchemy import create_engine

    from appeals.database import METADATA

    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.begin() as connection:
        bring_town(connection)
        return load_boundaries(connection, date(2024, 2, 1))


def test_the_same_place_again_makes_no_version(connection: Connection) -> None:
    number = near_border(connection)
    choice = Choice(111.015, 30.005, "wgs84")
    assert place_by_hand(connection, number, choice, **SAID).serial is not None

    assert place_by_hand(connection, number, choice, **SAID).serial is None
    assert len(read_trail(connection, ME, number)) == 2


@pytest.mark.parametrize(
    ("choice", "said", "words"),
    [
        (Choice(), {}, "either a point"),
        (Choice(111.0, 30.0, "wgs84", "990101001"), {}, "either a point"),
        (Choice(111.0, None, "wgs84", "990101001"), {}, "either a point"),
        (Choice(111.0, 30.0), {}, "datum"),
        (Choice(30.0, 111.0, "wgs84"), {}, "longitude comes first"),
        (Choice(120.0, 30.0, "wgs84"), {"box": (111.0, 30.0, 112.0, 31.0)}, "bounding box"),
        (Choice(unit="000000"), {}, "no unit of this code"),
        (Choice(111.0, 30.0, "wgs84"), {"who": " "}, "who and reason"),
        (Choice(111.0, 30.0, "wgs84"), {"reason": ""}, "who and reason"),
        (Choice(111.005, 30.005, "wgs84", name="老电厂3号楼2单元501室"), {}, "door"),
        (Choice(111.005, 30.005, "wgs84", name="小区"), {}, "shorter"),
        (Choice(111.005, 30.005, "wgs84", name="右街道"), {}, "a unit is called so"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_changes_nothing(
    connection: Connection, choice: Choice, said: dict[str, Any], words: str
) -> None:
    number = near_border(connection)

    with pytest.raises(InputError, match=words):
        place_by_hand(connection, number, choice, **(SAID | said))
    assert len(read_trail(connection, ME, number)) == 1
    assert len(load_aliases(connection)) == 0


def test_an_appeal_that_is_not_there_cannot_be_placed(connection: Connection) -> None:
    with pytest.raises(NotFound):
        place_by_hand(connection, 7, Choice(111.0, 30.0, "wgs84"), **SAID)
    with pytest.raises(NotFound):
        read_trail(connection, ME, 7)


def test_a_citizens_words_in_a_reason_are_redacted(connection: Connection) -> None:
    number = near_border(connection)
    said = SAID | {"reason": "与来电人王小明13800001234核实"}

    place_by_hand(connection, number, Choice(111.015, 30.005, "wgs84"), **said)

    stored = connection.execute(sa.select(VERSIONS.c.stated_reason)).scalars().all()
    assert "13800001234" not in json.dumps(stored, ensure_ascii=False)
    assert "王小明" not in json.dumps(stored, ensure_ascii=False)


def test_a_name_that_is_taught_is_listed_with_who_and_why_and_can_be_withdrawn(
    connection: Connection,
) -> None:
    number = near_border(connection)
    moved = place_by_hand(connection, number, Choice(111.015, 30.005, "wgs84"), **SAID)
    assert moved.suggested_name == "老电厂宿舍"

    choice = Choice(111.015, 30.005, "wgs84", name="老电厂宿舍")
    moved = place_by_hand(connection, number, choice, **SAID)

    assert moved.serial is None  # the place was so already
    assert moved.alias_id is not None
    (one,) = read_aliases(connection, ME)
    assert (one["place_name"], one["who"], one["stated_reason"], one["at"]) == (
        "老电厂宿舍", "王值班", "来电人复核", LATER,
    )  # fmt: skip
    assert load_aliases(connection)["lon"].tolist() == [111.015]

    withdraw_alias(connection, moved.alias_id, who="李带班", reason="同名", now=LATER)

    assert len(load_aliases(connection)) == 0
    (one,) = read_aliases(connection, ME)
    assert (one["withdrawn_who"], one["withdrawn_reason"]) == ("李带班", "同名")
    with pytest.raises(Conflict):
        withdraw_alias(connection, moved.alias_id, who="李带班", reason="同名", now=LATER)


def test_a_name_that_leads_elsewhere_already_refuses_the_whole_move(connection: Connection) -> None:
    one, other = near_border(connection, "1"), near_border(connection, "2")
    place_by_hand(connection, one, Choice(111.015, 30.005, "wgs84", name="老电厂"), **SAID)

    with pytest.raises(Conflict, match="alias 1"):
        place_by_hand(connection, other, Choice(111.002, 30.002, "wgs84", name="老电厂"), **SAID)


@pytest.mark.slow
def test_many_appeals_set_by_hand_to_one_place_are_no_sink(connection: Connection) -> None:
    many(connection, 52, 111.002)
    many(connection, 300, 111.003, apart=1e-5)
    assert find_sinks(connection, NOW) == [(111.002, 30.005, 52)]

    for number in range(1, 53):
        place_by_hand(connection, number, Choice(111.0155, 30.003, "wgs84"), **SAID)

    assert find_sinks(connection, NOW) == []
    rows = appeal_rows(connection, FIRST, date(2100, 1, 1))
    assert not rows["sink"].any()

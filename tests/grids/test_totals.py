from datetime import date

import pandas as pd
import pytest

from appeals.database import Connection, Engine, writing
from grids.store import cube, load_boundaries, move_counts
from grids.totals.store import OUTCOMES, handled, told_again, totals
from tests.grids.town import FIRST, bring_town, version

DAYS = date(2024, 2, 1), date(2024, 2, 2)


def bring_cases(connection: Connection) -> dict[str, int]:
    bring_town(connection)
    units = load_boundaries(connection, FIRST)
    left, right = units.named("street", "左街道"), units.named("street", "右街道")
    community = units.named("community", "右社区")
    assert left is not None
    assert right is not None
    serials = [
        version(connection, "a", lon=111.005, lat=30.005, sent=left, direct=False,
                contacted="yes", solved="yes", satisfied="no")[0],
        version(connection, "b", lon=111.015, lat=30.005, sent=left, direct=False, excluded=True,
                contacted="no", solved="no", satisfied="unrated")[0],
        version(connection, "c", lon=111.005, lat=30.005, sent=community, direct=False,
                class_code="供暖", day=date(2024, 2, 2), hour=3)[0],
        version(connection, "d", lon=112.0, lat=31.0, direct=True, hour=None,
                day=date(2024, 2, 2))[0],
        version(connection, "e", lon=111.005, lat=30.005, day=date(2024, 2, 3), hour=2)[0],
    ]  # fmt: skip
    move_counts(connection, [], serials)
    return {"left": left, "right": right}


def test_sums_are_of_what_is_asked_and_of_the_days_asked(engine: Engine) -> None:
    with writing(engine) as connection:
        unit = bring_cases(connection)
        streets = totals(connection, "street", "lies", DAYS, ["area"])
        sent = totals(connection, "street", "sent", DAYS, ["area"])
        classes = totals(connection, "city", "lies", DAYS, ["class_code"])
        one = totals(connection, "city", "lies", DAYS, [], class_code="供暖")
        none = totals(connection, "city", "lies", (FIRST, FIRST), [])
    assert dict(streets.to_numpy().tolist()) == {unit["left"]: 2, unit["right"]: 1}
    assert dict(sent.to_numpy().tolist()) == {unit["left"]: 2, unit["right"]: 1}
    assert dict(classes.to_numpy().tolist()) == {"供暖": 1, "噪声": 3}
    assert one["n"].tolist() == [1]
    assert none["n"].tolist() == [0]


def test_what_became_of_appeals_is_summed_before_and_after_those_left_out(engine: Engine) -> None:
    with writing(engine) as connection:
        unit = bring_cases(connection)
        city = handled(connection, "city", "lies", DAYS, []).set_index("left_out")
        sent = handled(connection, "street", "sent", DAYS, ["area"]).set_index(["area", "left_out"])
        every = handled(connection, "street", "sent", DAYS, ["area"], unknown=True)
        lies = handled(connection, "street", "lies", DAYS, ["area"]).groupby("area")["n"].sum()
    kept, left_out = city[list(OUTCOMES)].to_numpy().tolist()
    assert kept == [3, 1, 2, 1, 0, 1, 0, 0, 0, 1, 0]
    assert left_out == [1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1]
    assert sent["n"].to_dict() == {
        (unit["left"], False): 1, (unit["left"], True): 1, (unit["right"], False): 1,
    }  # fmt: skip
    assert lies.to_dict() == {unit["left"]: 2, unit["right"]: 1}
    # With those sent to nobody known, under area 0, they are all of the city.
    assert every["area"].min() == 0
    pd.testing.assert_frame_equal(every.groupby("left_out")[list(OUTCOMES)].sum(), city)


@pytest.mark.parametrize("cut_off_hour", [0, 8])
def test_both_sums_know_the_same_appeals_on_the_same_statistical_days(
    engine: Engine, cut_off_hour: int
) -> None:
    with writing(engine) as connection:
        bring_cases(connection)
        asked = "city", "lies", DAYS, ["local_day", "class_code"]
        came = totals(connection, *asked, cut_off_hour=cut_off_hour)
        became = handled(connection, *asked, cut_off_hour=cut_off_hour)
        everything = cube(connection, "city", FIRST, date(2100, 1, 1))["n"].sum()
    again = became.groupby(["local_day", "class_code"], as_index=False)["n"].sum()
    assert came.to_numpy().tolist() == again.to_numpy().tolist()
    # From eight o'clock on, that of three in the night is of the first, that of two of the second.
    first = [[DAYS[0], "噪声", 2]]
    late = [[DAYS[1], "供暖", 1], [DAYS[1], "噪声", 1]]
    moved = [[DAYS[0], "供暖", 1], *first, [DAYS[1], "噪声", 2]]
    assert came.to_numpy().tolist() == (moved if cut_off_hour else first + late)
    assert everything == 5


def test_appeals_told_again_are_read_and_those_that_are_alone_are_not(engine: Engine) -> None:
    with writing(engine) as connection:
        unit = bring_cases(connection)
        third = date(2024, 2, 3)
        for name, caller in (("f", "x"), ("g", "x"), ("h", None)):
            version(connection, name, caller=caller, day=third)
        days = DAYS[0], third
        by_place = told_again(connection, "street", "lies", days, "place")
        by_caller = told_again(connection, "street", "sent", days, "caller")
        other_class = told_again(connection, "street", "lies", days, "place", class_code="供暖")

    # a and e lie on one point, c too, but it is of another class; f, g and h lie nowhere.
    assert by_place["area"].tolist() == [unit["left"], unit["left"]]
    assert by_place["key"].nunique() == 1
    assert by_place[["local_day", "local_hour"]].to_numpy().tolist() == [[DAYS[0], 9], [third, 2]]
    assert by_caller[["area", "local_day"]].to_numpy().tolist() == [[0, third], [0, third]]
    assert other_class.empty

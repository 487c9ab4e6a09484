"""Whose a case is: by the unit it was sent to, else by where it lies; no more than that is told."""

from typing import Any

import pytest

from casework.tasks.store import MOST_TASKS
from tests.casework.town import AWAY, PHONE, SOUTH, WEST, Town, order

NOISE = "城市管理/噪声扰民/生活噪声"


def has(town: Town, login: str, appeal_id: int) -> bool:
    """Whether a case stands among somebody's own."""
    town.come_as(login)
    return any(one["appeal_id"] == appeal_id and one["own"] for one in town.tasks())


def test_who_handed_a_case_back_does_not_take_it_from_whom_it_was_then_given_to(
    town: Town,
) -> None:
    town.come_as("street")
    town.move(3, "assign", person="jia")
    town.come_as("jia")
    assert town.move(3, "receive").status_code == 200
    town.move(3, "hand-back", reason="not_here", words="不在本网格")
    town.come_as("street")
    town.move(3, "assign", person="yi")
    town.come_as("jia")

    answer = town.move(3, "receive")

    assert (answer.status_code, answer.json()["holder"]) == (409, "yi")
    assert town.task(3)["own"] is False
    assert PHONE not in town.client.post("/api/field/tasks/3/phone", json={}).text
    town.come_as("yi")
    assert town.move(3, "receive").status_code == 200


def test_a_case_given_by_name_is_not_taken_by_another_worker_of_the_grid(town: Town) -> None:
    town.come_as("street")
    town.move(1, "assign", person="jia")
    town.come_as("bing")

    assert town.move(1, "receive").status_code == 409
    town.come_as("jia")
    assert town.move(1, "receive").status_code == 200


def test_a_street_that_once_pressed_a_case_gives_it_to_nobody_once_it_lies_elsewhere(
    town: Town,
) -> None:
    town.come_as("street")
    assert town.move(1, "remind").status_code == 200
    town.come_as("desk")
    elsewhere: dict[str, Any] = {"lon": WEST + 0.065, "lat": SOUTH + 0.005, "datum": "wgs84"}
    elsewhere |= {"who": "desk", "reason": "在丁街道"}
    assert town.client.post("/api/appeals/1/place", json=elsewhere).status_code == 200
    town.come_as("street")

    assert town.move(1, "assign", person="jia").status_code == 409
    assert has(town, "away", 1)
    assert has(town, "ding", 1)


def test_an_order_without_a_place_is_theirs_to_whom_the_desk_sends_it(both: Town) -> None:
    both.take(order(5, lon=None, lat=None, address="", dispatched_at=None))
    both.come_as("desk")
    assert both.move(5, "dispatch", unit=f"street:{AWAY}").status_code == 200

    assert has(both, "away", 5)
    assert not has(both, "street", 5)
    both.come_as("away")
    assert both.move(5, "assign", person="ding").status_code == 200
    assert has(both, "ding", 5)
    both.come_as("ding")
    assert both.move(5, "receive").status_code == 200
    assert both.move(5, "hand-back", reason="unclear", words="地址不清").status_code == 200
    assert has(both, "away", 5)


def test_a_case_that_was_sent_on_is_no_more_theirs_in_whose_street_it_lies(town: Town) -> None:
    town.come_as("street")
    town.move(1, "return", words="不属本街道")
    town.come_as("desk")
    town.move(1, "grant-return")
    assert town.move(1, "dispatch", unit=f"street:{AWAY}").status_code == 200

    assert not has(town, "street", 1)
    assert not has(town, "jia", 1)
    assert has(town, "away", 1)
    town.come_as("street")
    assert town.move(1, "receive").status_code == 409
    town.come_as("away")
    assert town.move(1, "receive").status_code == 200


def test_a_case_sent_to_the_street_in_which_it_lies_is_still_its_grids(town: Town) -> None:
    town.take(order(5, dispatched_at=None))
    town.come_as("desk")
    assert town.move(5, "dispatch", unit="street:110105001").status_code == 200

    assert has(town, "street", 5)
    assert has(town, "jia", 5)
    assert not has(town, "yi", 5)


def test_the_place_of_others_cases_is_not_found_by_moving_the_point(town: Town) -> None:
    home: dict[str, Any] = {"lon": WEST + 0.0043217, "lat": SOUTH + 0.0061234}
    town.take(order(5, **home, class_2="噪声扰民", class_3="生活噪声"))

    def near(login: str, east: float) -> list[dict[str, Any]]:
        town.come_as(login)
        asked = {"lon": home["lon"] + east, "lat": home["lat"], "class_code": NOISE}
        answer = town.client.post("/api/field/near", json=asked)
        found: list[dict[str, Any]] = answer.json()["near"]
        return found

    ((mine,), (other,)) = near("jia", 0.0003), near("ding", 0.0003)
    assert (mine["distance_m"], other["distance_m"]) == (pytest.approx(29, abs=1), None)
    edges = [east for east in range(-80, 80, 4) if near("ding", east * 1e-4)]
    # Of the 15 km that were tried it is told in its cell alone, some 350 m across.
    assert 5 < len(edges) < 15
    assert 0 in edges
    assert abs(sum(edges) / len(edges)) > 1  # whose middle is not the place
    assert near("jia", 0.006) == []


def test_overdue_orders_of_ones_own_stand_before_whatever_else_there_is(town: Town) -> None:
    many = MOST_TASKS + 10
    town.take(*[order(1000 + n, 2) for n in range(many)])
    town.later(days=8)

    town.come_as("jia")
    own = town.client.get("/api/field/tasks", params={"limit": 200}).json()
    assert [one["appeal_id"] for one in own["items"] if one["own"]] == [2, 1]
    assert own["more"] is True  # of the neighbours' matters
    town.come_as("street")
    found = town.client.get("/api/field/tasks", params={"limit": MOST_TASKS}).json()
    listed = {one["appeal_id"] for one in found["items"]}
    assert listed >= {1, 2, 3, 4, 4 + many}  # the oldest and the newest
    assert (len(listed), found["more"]) == (MOST_TASKS, True)

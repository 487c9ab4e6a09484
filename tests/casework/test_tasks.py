"""What a grid worker's phone reads: own tasks whole, the neighbours' matter alone."""

import json
from typing import Any

import pytest

from casework.found import SOURCE
from tests.casework.town import GRIDS, NAME, PHONE, SOUTH, WEST, Town, order, picture


def test_own_tasks_come_first_and_nearest_and_a_neighbours_has_its_matter_alone(
    town: Town,
) -> None:
    town.come_as("jia")

    items = town.tasks(lon=WEST + 0.0052, lat=SOUTH + 0.005)

    # The second lies here, the first 19 m away; the third grid touches the second, not the first.
    assert [(one["appeal_id"], one["own"]) for one in items] == [(2, True), (1, True), (3, False)]
    assert [one["distance_m"] for one in items] == [0, pytest.approx(19, abs=1), None]
    first, neighbour = items[0], items[2]
    assert (first["number"], first["state_word"]) == ("JS0002", "待签收")
    assert first["summary"] == "井盖缺了"
    assert first["moves"] == ["receive"]
    assert first["needs_photo"] is True
    assert first["handle_by"] == "2026-03-16T11:00:00+08:00"
    assert (neighbour["class_name"], neighbour["community"]) == ("井盖缺损", "乙社区")
    for name in ("lon", "lat", "distance_m"):
        assert neighbour[name] is None
    for name in ("summary", "number", "holder"):
        assert neighbour[name] == ""
    assert neighbour["moves"] == []
    told = str(town.task(3))
    for word in (PHONE, NAME, "1202", "30.005", "缺了"):
        assert word not in told


def test_what_is_new_is_marked_from_the_cursor_on(town: Town) -> None:
    town.come_as("jia")
    answer = town.client.get("/api/field/tasks").json()
    assert answer["new"] == 0
    town.take(order(7))
    town.come_as("street")
    town.move(2, "assign", person="jia")
    town.come_as("jia")

    items = town.tasks(since=answer["cursor"])

    assert sorted(one["number"] for one in items if one["new"]) == ["JS0002", "JS0007"]
    assert [one["appeal_id"] for one in town.tasks(state="received")] == []
    assert town.tasks(category="城市管理/市政") == []
    assert len(town.tasks(category="城市管理/市政设施")) == 4


def test_a_neighbours_case_becomes_ones_own_by_being_sent_and_no_other_way(town: Town) -> None:
    town.come_as("jia")
    assert town.move(3, "receive").status_code == 404
    town.come_as("street")
    town.move(3, "assign", person="jia")
    town.come_as("jia")

    task = next(one for one in town.tasks() if one["appeal_id"] == 3)

    assert (task["own"], task["mine"], task["number"]) == (True, True, "JS0003")
    assert task["lon"] == pytest.approx(WEST + 0.015)
    assert town.move(3, "receive").status_code == 200


def test_the_text_for_the_work_group_has_neither_caller_nor_door(town: Town) -> None:
    town.come_as("jia")

    text = town.task(1)["group_text"]

    assert text.splitlines() == [
        "【网格任务】井盖缺损",
        "工单：JS0001",
        "地点：甲街道乙社区",
        "时限：3月16日11:00前",
        "详情：http://127.0.0.1:8000/field#1",
    ]


def test_cases_of_one_class_near_each_other_are_shown_beside_each_other(town: Town) -> None:
    far: dict[str, Any] = {
        "lon": WEST + 0.0058
    }  # 77 m from the first: beyond the 30 m of its class
    town.take(order(8, **far), order(9, class_2="噪声扰民", class_3="施工噪声"))
    town.come_as("jia")

    near = town.task(1)["near"]

    assert [(one["appeal_id"], one["distance_m"]) for one in near] == [(2, 19)]
    asked = {"lon": WEST + 0.005, "lat": SOUTH + 0.005, "class_code": "城市管理/市政设施/井盖缺损"}
    assert len(town.client.post("/api/field/near", json=asked).json()["near"]) == 2
    town.later(days=29)
    town.come_as("jia")
    assert len(town.client.post("/api/field/near", json=asked).json()["near"]) == 2
    town.later(days=2)
    town.come_as("jia")
    assert town.client.post("/api/field/near", json=asked).json()["near"] == []


def test_a_border_case_is_told_to_both_grids_and_confirmed_by_one(town: Town) -> None:
    town.take(order(5, lon=WEST + 0.01, radius_m=30))
    town.come_as("yi")
    (doubted,) = [one for one in town.tasks() if one["border"]]
    assert doubted["own"] is False
    assert sorted(one["name"] for one in doubted["candidates"]) == ["一网格", "二网格"]
    address = f"/api/field/tasks/{doubted['appeal_id']}/place"

    said = {"unit": f"grid:{GRIDS[1]}", "reason": "现场核实在我网格一侧"}
    told = town.client.post(address, json=said)

    assert told.status_code == 200, told.text
    assert (told.json()["own"], told.json()["grid"]) == (True, "二网格")
    assert [one["why"] for one in told.json()["trail"]] == ["intake", "re-placed"]
    assert told.json()["trail"][-1]["who"] == "yi"
    town.come_as("jia")
    assert town.client.post(address, json=said).status_code == 404


def test_a_case_is_placed_anew_by_whose_it_is_and_leaves_the_list_with_the_grid(
    town: Town,
) -> None:
    town.come_as("jia")
    there = {"lon": WEST + 0.025, "lat": SOUTH + 0.005, "datum": "wgs84", "reason": "实际在三网格"}

    assert town.client.post("/api/field/tasks/3/place", json=there).status_code == 404
    told = town.client.post("/api/field/tasks/1/place", json=there)

    assert told.status_code == 200
    assert (told.json()["own"], told.json()["grid"]) == (False, "三网格")
    assert 1 not in [one["appeal_id"] for one in town.tasks()]


def test_a_place_that_is_sent_twice_stands_once_in_the_trail(both: Town) -> None:
    both.come_as("jia")
    key = {"Idempotency-Key": "k"}
    address = "/api/field/tasks/1/place"
    there = {"lon": WEST + 0.025, "lat": SOUTH + 0.005, "datum": "wgs84", "reason": "实际在三网格"}

    # By then the case has left the sender's grid: the answer is the same all the same.
    told = [both.client.post(address, json=there, headers=key) for _ in range(2)]
    other = both.client.post(address, json=there | {"lon": WEST}, headers=key)

    assert [one.status_code for one in (*told, other)] == [200, 200, 409]
    assert told[0].json() == told[1].json()
    both.come_as("desk")
    trail = both.client.get("/api/appeals/1/trail").json()["items"]
    assert [one["why"] for one in trail] == ["intake", "re-placed"]


def test_what_was_seen_is_taken_in_once_with_its_photo_and_is_the_workers_task(
    both: Town,
) -> None:
    both.come_as("jia")
    said = {"kind": "part", "class_code": "城市管理/市政设施/井盖缺损", "words": "又少了一块井盖",
            "lon": WEST + 0.004, "lat": SOUTH + 0.004, "accuracy_m": 8}  # fmt: skip

    def send(**more: Any) -> Any:
        return both.client.post(
            "/api/field/reports",
            data={"said": json.dumps(said | more)},
            files=[("photo", ("a.jpg", picture(), "image/jpeg"))],
            headers={"Idempotency-Key": "k"},
        )

    first, again, other = send(), send(), send(words="别的")

    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    assert other.status_code == 409
    found = [one for one in both.tasks() if one["source"] == SOURCE]
    assert [one["number"] for one in found] == [first.json()["number"]]
    assert found[0]["respond_by"] is None  # there is no caller
    assert found[0]["kind"] == "other"
    photo = f"/api/appeals/{found[0]['appeal_id']}/photos/1"
    assert both.client.get(photo).headers["content-type"] == "image/jpeg"
    both.come_as("yi")
    assert both.client.get(photo).status_code == 404


def test_a_report_that_cannot_be_is_refused_by_field(received: Town) -> None:
    good = {"kind": "event", "class_code": "城市管理/市政设施/井盖缺损", "words": "x",
            "lon": WEST, "lat": SOUTH}  # fmt: skip
    for wrong in ({"class_code": "没有"}, {"lon": 200}, {"kind": "other"}, {"words": ""}):
        answer = received.client.post("/api/field/reports", json=good | wrong)
        assert answer.status_code == 422


def test_words_are_told_their_class_by_what_the_city_has_learnt(town: Town) -> None:
    town.take(*(order(n, class_2="环境卫生", class_3="垃圾清运", text="楼下垃圾桶满了没人收")
                for n in range(20, 24)))  # fmt: skip
    town.come_as("jia")

    told = town.client.post("/api/field/suggest", json={"words": "垃圾桶满出来了"}).json()

    assert told["items"][0] == {"code": "城市管理/环境卫生/垃圾清运", "name": "垃圾清运"}
    assert town.client.post("/api/field/suggest", json={"words": "嗯"}).json()["items"] == []


def test_a_shift_has_the_own_grid_and_those_that_touch_it(received: Town) -> None:
    answer = received.client.get("/api/field/shift")
    told = answer.json()

    grids = {one["properties"]["name"]: one for one in told["grids"]["features"]}
    assert {name: one["properties"]["own"] for name, one in grids.items()} == {
        "一网格": True, "二网格": False
    }  # fmt: skip
    corner = grids["一网格"]["geometry"]["coordinates"][0][0]
    assert corner[0] > 100 > corner[1]  # longitude first
    assert told["me"]["login"] == "jia"
    assert told["expires_at"] == "2026-03-10T00:00:00+08:00"
    assert told["moves"]["hand-back"] == "退回"
    again = received.client.get(
        "/api/field/shift", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304


def test_navigation_is_handed_over_in_the_datum_that_each_map_expects(received: Town) -> None:
    maps = {one["name"]: one["url"] for one in received.task(1)["navigation"]}

    assert "to=104.005000,30.005000," in maps["高德"]
    assert "coordinate=wgs84" in maps["高德"]
    assert "location=30.005000,104.005000" in maps["百度"]
    assert "coord_type=wgs84" in maps["百度"]
    assert maps["地图应用"].startswith("geo:30.005000,104.005000?")

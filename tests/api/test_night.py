"""A night through the interface: what each role does with an alert or whistle, and may not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from alerts.duty.roster import Contact, Post, Seat, Shift
from alerts.duty.store import write_roster
from alerts.episode import Episode, Signal
from alerts.levels import read_levels
from alerts.response.follow import Follower
from alerts.routing import read_routing
from alerts.store import publish
from appeals.calendar import Entry
from appeals.database import Engine, writing
from appeals.people.roles import StaffRole
from appeals.people.store import Person, add_person, change_person
from appeals.seals import KeyRing
from appeals.store import add_calendar
from grids.store import load_boundaries
from tests.api.accounts import ORIGIN, STREET, Door, hashed, open_door
from tests.api.conftest import NOW

FOLLOWER = Follower(read_levels(), read_routing())
DESK, GAS, LOCAL = "市值班室", "应急联络员岗", "甲街道值班室"
DAY = timedelta(days=1)


def _people(door: Door) -> None:
    with writing(door.engine) as connection:
        liaison = Person("liaison", "联络员", (StaffRole.LIAISON,), duties=("应急",))
        change_person(connection, liaison, by="test", now=NOW)
        said = {"password": hashed(), "factor": None, "by": "test", "now": NOW}
        for one in (
            replace(liaison, login="police", duties=("公安",)),
            Person("head2", "乙街道", (StaffRole.STREET_LEADER,), ("street:990101002",)),
        ):
            add_person(connection, one, **said)  # type: ignore[arg-type]


def _roster(door: Door) -> None:
    posts = [Post(DESK, "值班"), Post(GAS, "应急"), Post(LOCAL, "街乡镇", STREET)]
    contacts = [
        Contact("duty_officer", "值班员甲", "duty_officer", "13900000001"),
        Contact("liaison", "联络员甲", "liaison", "13900000002"),
        Contact("备班乙", "备班乙", "", "13900000003"),
    ]
    seats = [
        (DESK, Seat.OFFICER, "duty_officer"),
        (GAS, Seat.OFFICER, "liaison"),
        (GAS, Seat.DEPUTY, "备班乙"),
        (LOCAL, Seat.OFFICER, "备班乙"),
    ]
    shifts = [Shift(*seat, NOW - DAY / 2, NOW + DAY / 2) for seat in seats]
    with writing(door.engine) as connection:
        write_roster(connection, posts, contacts, shifts)


def _gas_smell(door: Door) -> int:
    with writing(door.engine) as connection:
        street = int(load_boundaries(connection, NOW.date()).coded("990101001")[0])
        one = Episode(NOW, NOW)
        detail = {"severity": 3, "family": "gas", "duties": ["应急"]}
        one.add(
            Signal(
                NOW, "sensitive", "street", street, "甲街道", "燃气泄漏", 24, 2, 2, None, 3.0, NOW,
                "甲街道有2人反映燃气异味。", detail, frozenset({1, 3}),
            )
        )  # fmt: skip
        publish(connection, [one], NOW, DAY, following=FOLLOWER)
    assert one.alert_id is not None
    return one.alert_id


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        _people(door)
        _roster(door)
        yield door


def post(door: Door, who: str, path: str, **said: object) -> dict[str, object]:
    door.come_as(who)
    answer = door.client.post(f"/api/{path}", json={"who": "x", **said}, headers=ORIGIN)
    assert answer.status_code in (200, 201), (path, answer.text)
    found: dict[str, object] = answer.json()
    return found


def refused(door: Door, who: str, path: str, **said: object) -> tuple[int, str]:
    door.come_as(who)
    answer = door.client.post(f"/api/{path}", json={"who": "x", **said}, headers=ORIGIN)
    return answer.status_code, answer.json()["detail"]


def test_of_two_officers_who_press_at_once_the_second_learns_who_was_first(door: Door) -> None:
    alert = f"alerts/{_gas_smell(door)}"
    door.come_as("leader")
    seen = door.client.get(f"/api/{alert}").json()["seen"]
    said = {"verdict": "true", "how": "on_site", "seen": seen}
    post(door, "duty_officer", f"{alert}/verify", **said)

    status, why = refused(door, "leader", f"{alert}/verify", **said)
    assert status == 409
    assert "duty_officer, 核实" in why


def test_who_may_answer_for_a_post_and_who_may_not(door: Door) -> None:
    alert = f"alerts/{_gas_smell(door)}"

    assert refused(door, "police", f"{alert}/receive", post=GAS)[0] == 404  # not in its room
    assert refused(door, "liaison", f"{alert}/receive", post=DESK)[0] == 403
    assert refused(door, "liaison", f"{alert}/withdraw", reason="x")[0] == 403
    assert post(door, "liaison", f"{alert}/receive", post=GAS)["state"] == "detected"


def test_a_street_sees_the_alerts_of_its_own_area_alone(door: Door) -> None:
    number = _gas_smell(door)
    for who, sees in (("street_official", True), ("street_leader", True), ("head2", False)):
        door.come_as(who)
        listed = {one["id"] for one in door.client.get("/api/alerts").json()["items"]}
        assert (number in listed) is sees, who
        assert (1 in listed) is sees, who  # planted: of the first street
        assert (door.client.get(f"/api/alerts/{number}").status_code == 200) is sees
    assert refused(door, "head2", f"alerts/{number}/note", reason="x")[0] == 404


def test_a_whistle_is_blown_answered_and_ended_by_its_street_alone(door: Door) -> None:
    alert = _gas_smell(door)
    draft = {
        "cause": "emergency", "street": "990101001", "alert_id": alert, "words": "燃气泄漏，需关阀",
        "tried": "已疏散", "ask": "关阀检测", "bureaus": ["应急", "公安"],
    }  # fmt: skip
    assert refused(door, "head2", "whistles", **draft)[0] == 403
    made = post(door, "street_official", "whistles", **draft)
    whistle = f"whistles/{made['id']}"
    assert refused(door, "street_official", f"{whistle}/approve")[0] == 403
    assert refused(door, "head2", f"{whistle}/approve")[0] == 404
    post(door, "street_leader", f"{whistle}/approve")
    blown = post(door, "street_leader", f"{whistle}/blow")
    gas = blown["bureaus"][0]  # type: ignore[index]
    assert gas["on_site_by"] == "2026-03-09T20:30:00+08:00"

    door.later(minutes=5)
    assert refused(door, "police", f"{whistle}/answer", bureau="应急")[0] == 403
    post(door, "liaison", f"{whistle}/answer", bureau="应急")
    post(door, "liaison", f"{whistle}/report-in", bureau="应急", lon=111.005, lat=30.005)
    door.later(minutes=40)
    came = post(door, "police", f"{whistle}/report-in", bureau="公安", place="小区东门")
    late = [one["late_on_site"] for one in came["bureaus"]]  # type: ignore[attr-defined]
    assert late == [False, True]
    post(door, "liaison", f"{whistle}/report-back", bureau="应急", words="已关阀")
    assert refused(door, "street_leader", f"{whistle}/end")[0] == 409
    post(door, "police", f"{whistle}/report-back", bureau="公安", words="秩序正常")
    assert refused(door, "liaison", f"{whistle}/end")[0] == 403
    assert refused(door, "street_leader", f"{whistle}/veto")[0] == 422
    post(door, "street_leader", f"{whistle}/veto", words="仍有异味")
    post(door, "liaison", f"{whistle}/report-back", bureau="应急", words="复测正常")
    post(door, "police", f"{whistle}/report-back", bureau="公安", words="秩序正常")
    ended = post(door, "street_leader", f"{whistle}/end")
    assert ended["state"] == "ended"
    post(door, "street_leader", f"{whistle}/rate", bureau="公安", rating="poor", words="迟到")
    post(door, "police", f"{whistle}/object", bureau="公安", words="途中事故")

    door.come_as("planner")
    assert door.client.get("/api/whistles/rates").status_code == 403
    door.come_as("leader")
    rates = door.client.get("/api/whistles/rates").json()
    (street,) = rates["streets"]
    assert (street["name"], street["blown"], street["appeals"]) == ("甲街道", 1, 20)
    assert street["per_thousand"] == 50.0
    in_time = {one["bureau"]: one["on_site_in_time"] for one in rates["bureaus"]}
    assert in_time == {"公安": 0, "应急": 1}
    on_alert = door.client.get(f"/api/alerts/{alert}").json()["whistles"]
    assert on_alert == [{"id": made["id"], "street": "甲街道", "state": "ended"}]


def test_a_roster_comes_from_a_table_and_its_faults_are_told_by_row(door: Door) -> None:
    head = "岗位,职责,区域,固定电话,班次,姓名,账号,手机,邮箱,日期,时段\n"
    good = "消防岗,消防,990101001,010-1,值班员,赵某,,13900000009,,2026-03-09,8:00-次日8:00\n"
    door.come_as("duty_officer")

    def send(text: str) -> tuple[int, dict[str, object]]:
        answer = door.client.post("/api/duty/roster", content=text.encode(), headers=ORIGIN)
        return answer.status_code, answer.json()

    assert send(head + good) == (200, {"posts": 1, "people": 1, "shifts": 1})
    bad = (
        "消防岗,消防,99,,值班员,赵某,,,,2026-03-10,8:00-次日8:00\n"
        "消防岗,灭火,,,值班员,赵某,,,,2026-03-10,8:00-次日8:00\n"
        "消防岗,消防,990101001,010-1,主任,赵某,,,,2026-03-10,8:00-次日8:00\n"
        "消防岗,消防,990101001,010-1,值班员,赵某,,12,,2026-03-10,8:00-次日8:00\n"
        "消防岗,消防,990101001,010-1,值班员,赵某,,13900000009,,2026-03-10,整天\n"
        ",消防,,,值班员,赵某,,,,2026-03-10,8:00-次日8:00\n"
    )
    status, told = send(head + good + bad)
    assert status == 422
    assert [(one["row"], one["field"]) for one in told["errors"]] == [  # type: ignore[attr-defined]
        (2, "area"), (3, "duty"), (4, "seat"), (5, "phone"), (6, "hours"), (7, "post"),
    ]  # fmt: skip
    assert send("a,b\n1,2\n")[0] == 422
    now = door.client.get("/api/duty").json()
    fire = next(one for one in now["posts"] if one["name"] == "消防岗")
    assert fire["seats"]["officer"]["name"] == "赵某"
    assert [one["post"] for one in now["gaps"]].count("消防岗") == 1


def test_who_is_on_duty_reads_in_december_that_next_years_holidays_are_missing(door: Door) -> None:
    def missing() -> object:
        door.come_as("duty_officer")
        return door.client.get("/api/duty").json()["years_without_holidays"]

    assert missing() == []
    door.now[0] = datetime(2026, 12, 2, tzinfo=UTC)
    assert missing() == [2027]
    with writing(door.engine) as connection:
        add_calendar(connection, [Entry(date(2027, 1, 1), "元旦", "holiday")])
    assert missing() == []


def test_the_log_writes_itself_and_takes_what_is_written(door: Door) -> None:
    alert = _gas_smell(door)
    door.later(minutes=1)
    post(door, "duty_officer", "duty/entries", kind="nil", post=DESK)
    door.later(minutes=1)
    due = (NOW + timedelta(hours=2)).isoformat()
    order = post(
        door, "duty_officer", "duty/entries", kind="instruction", words="立即核查", leader="李某",
        alert_id=alert, due_at=due,
    )  # fmt: skip
    assert refused(door, "duty_officer", "duty/entries", kind="done", words="已办")[0] == 422
    assert refused(door, "duty_officer", "duty/entries", kind="note")[0] == 422
    missing = refused(door, "duty_officer", "duty/entries", kind="done", words="x", about=99)
    assert missing[0] == 404
    door.later(hours=3)
    door.come_as("duty_officer")
    (waiting,) = door.client.get("/api/duty").json()["instructions"]
    assert waiting["late"]
    done = {"kind": "done", "words": "已核查", "about": order["entry_id"]}
    post(door, "duty_officer", "duty/entries", **done)
    assert door.client.get("/api/duty").json()["instructions"] == []

    over = post(door, "duty_officer", "duty/entries", kind="hand_over", words="无")["entry_id"]
    taken = {"kind": "take_over", "about": over}
    assert refused(door, "duty_officer", "duty/entries", **taken)[0] == 409
    post(door, "leader", "duty/entries", **taken)
    assert refused(door, "leader", "duty/entries", **taken)[0] == 404  # it is taken

    lines = door.client.get("/api/duty/log").json()["items"]
    assert [one["what"] for one in lines] == [
        "拟哨", "即时推送（待核实、待审签）", "零报告", "领导批示", "落实情况", "交班",
        "接班",
    ]  # fmt: skip


def test_without_accounts_the_desk_does_all_under_the_names_that_are_typed(
    client: TestClient,
) -> None:
    said = {"who": "甲", "verdict": "true", "how": "recall"}
    assert client.post("/api/alerts/1/verify", json=said).status_code == 200
    said = {"who": "甲", "level": "yellow", "ask": "现场查看"}
    assert client.post("/api/alerts/1/assess", json=said).status_code == 200
    pushed = client.post("/api/alerts/1/push", json={"who": "甲"}).json()
    assert pushed["state"] == "pushed"
    assert pushed["nobody_told"]

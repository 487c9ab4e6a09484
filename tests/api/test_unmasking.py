"""Personal fields on request: who may ask, two persons for an id number, all of it on record."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.response.store import ALERT_MOVES
from alerts.rooms.store import let_in
from alerts.store import ALERT_APPEALS, ALERTS
from appeals.audit.chain import first_break
from appeals.audit.store import entries
from appeals.database import Engine, reading, writing
from appeals.people.store import change_person, find_person, set_disabled
from appeals.seals import KeyRing
from grids.store import PLACEMENTS
from tests.api.accounts import ORIGIN, Door, open_door
from tests.api.conftest import NOW, PLANTED

REASON = "回拨核实现场情况"


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        yield door


def ask(door: Door, *fields: str, appeal: int = 1, reason: str = REASON) -> Any:
    said = {"fields": fields, "reason": reason}
    return door.client.post(f"/api/appeals/{appeal}/unmask", json=said, headers=ORIGIN)


def acts(door: Door) -> list[tuple[str, str, str]]:
    with reading(door.engine) as connection:
        found = list(entries(connection))
    assert first_break(found) is None
    return [(one.actor, one.act, one.detail) for one in found if "unseal" in one.act]


def test_the_desk_opens_a_phone_with_a_reason_and_it_is_on_record(door: Door) -> None:
    door.come_as("duty_officer")

    answer = ask(door, "phone", "name")

    assert answer.status_code == 200
    assert answer.json()["fields"] == {"phone": PLANTED["phone"], "name": PLANTED["name"]}
    assert acts(door) == [("duty_officer", "unseal", f"phone, name: {REASON}")]


@pytest.mark.parametrize(
    ("fields", "reason", "status"),
    [
        (("phone",), "无", 422),
        (("phone",), "    .   ", 422),
        (("caller_hash",), REASON, 422),
        ((), REASON, 422),
    ],
)
def test_without_a_reason_or_a_field_that_there_is_nothing_is_opened(
    door: Door, fields: tuple[str, ...], reason: str, status: int
) -> None:
    door.come_as("duty_officer")

    answer = ask(door, *fields, reason=reason)

    assert answer.status_code == status
    assert PLANTED["phone"] not in answer.text
    assert acts(door) == []
    assert ask(door, "phone", appeal=999_999).status_code == 404


def test_an_id_number_needs_a_second_person_and_opens_once_for_who_asked(door: Door) -> None:
    door.come_as("duty_officer")
    asked = ask(door, "id_number")
    number = asked.json()["request_id"]
    assert (asked.status_code, asked.json()["fields"]) == (202, None)
    opening, agreeing = f"/api/unmaskings/{number}/open", f"/api/unmaskings/{number}/agree"
    assert door.client.post(opening, headers=ORIGIN).status_code == 409
    assert door.client.post(agreeing, headers=ORIGIN).status_code == 403  # one's own

    door.come_as("leader")
    (request,) = door.client.get("/api/unmaskings").json()["items"]
    assert (request["asked_by"], request["reason"]) == ("duty_officer", REASON)
    assert door.client.post(agreeing, headers=ORIGIN).status_code == 204
    assert door.client.post(agreeing, headers=ORIGIN).status_code == 409
    assert door.client.post(opening, headers=ORIGIN).status_code == 403  # not who asked

    door.come_as("duty_officer")
    opened = door.client.post(opening, headers=ORIGIN)
    assert opened.json()["fields"] == {"id_number": PLANTED["id_number"]}
    assert door.client.post(opening, headers=ORIGIN).status_code == 409
    assert [(who, act) for who, act, _ in acts(door)] == [
        ("duty_officer", "ask to unseal"),
        ("leader", "agree to unseal"),
        ("duty_officer", "unseal"),
    ]
    assert "agreed by leader" in acts(door)[-1][2]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_request_and_an_agreement_end_after_a_day(door: Door, when: str) -> None:
    door.come_as("duty_officer")
    number = ask(door, "id_number").json()["request_id"]
    if when == "before":
        door.later(hours=25)
    door.come_as("leader")
    agreed = door.client.post(f"/api/unmaskings/{number}/agree", headers=ORIGIN)
    assert agreed.status_code == (409 if when == "before" else 204)
    door.later(hours=25)
    door.come_as("duty_officer")

    assert door.client.post(f"/api/unmaskings/{number}/open", headers=ORIGIN).status_code == 409
    assert door.client.get("/api/unmaskings").json()["items"] == []


def test_a_grid_worker_opens_the_door_of_the_own_grid_and_no_other_field(door: Door) -> None:
    with writing(door.engine) as connection:  # the town has no grids: the streets stand in for them
        connection.execute(sa.update(PLACEMENTS).values(grid_id=PLACEMENTS.c.street_id))
    door.come_as("grid_worker")  # appeals of odd numbers lie in the own street

    assert ask(door, "address").json()["fields"] == {"address": "样板路5号3单元1202室"}
    assert ask(door, "address", appeal=2).status_code == 403
    assert ask(door, "phone").status_code == 403


@pytest.mark.parametrize("role", ["street_official", "planner", "audit_admin"])
def test_other_roles_cannot_ask_at_all(door: Door, role: str) -> None:
    door.come_as(role)

    assert ask(door, "phone").status_code == 403
    assert acts(door) == []


def live(door: Door, *appeals: int, state: str = "pushed", told: bool = True) -> None:
    """Let alert 1 stand on these appeals, be in a state, and be told."""
    with writing(door.engine) as connection:
        alert = sa.update(ALERTS).where(ALERTS.c.alert_id == 1).values(state=state)
        connection.execute(alert)
        links = [{"alert_id": 1, "appeal_id": appeal} for appeal in appeals]
        connection.execute(sa.insert(ALERT_APPEALS), links)
        let_in(connection, 1, ["应急", "宣传"], told=told)
        if told:
            move = {"alert_id": 1, "number": 1, "move": "push", "state": state, "level": "yellow"}
            rest = {"at": NOW, "who": "x", "post": "", "stated_reason": "", "detail": "{}"}
            connection.execute(sa.insert(ALERT_MOVES), move | rest)


def duty(door: Door, *duties: str) -> None:
    with writing(door.engine) as connection:
        found = find_person(connection, "liaison")
        assert found is not None
        change_person(connection, replace(found[0], duties=duties), by="test", now=NOW)


def behind(door: Door) -> dict[int, dict[str, Any]]:
    items = door.client.get("/api/alerts/1/appeals").json()["items"]
    return {item["appeal_id"]: item for item in items if "appeal_id" in item}


def test_a_responding_liaison_sees_of_a_live_alert_where_and_what_and_may_ask_who(
    door: Door,
) -> None:
    live(door, 1, 2)
    duty(door, "应急")
    door.come_as("liaison")

    seen = behind(door)[1]

    assert (seen["lon"], seen["address"]) == (111.005, "样板路5号")
    assert seen["text"].startswith("我叫〔姓名〕")  # noqa: RUF001
    assert not {"name", "phone", "street_id"} & set(seen)
    assert ask(door, "phone").json()["fields"] == {"phone": PLANTED["phone"]}
    assert ask(door, "phone", appeal=5).status_code == 403  # behind no alert


def test_another_liaison_sees_a_coarse_point_and_no_words(door: Door) -> None:
    live(door, 1)
    duty(door, "宣传")
    door.come_as("liaison")

    seen = behind(door)[1]

    assert not {"text", "address", "radius_m"} & set(seen)
    assert 0 < abs(seen["lon"] - 111.005) < 0.004
    assert ask(door, "phone").status_code == 403


@pytest.mark.parametrize(("state", "told"), [("lifted", True), ("detected", False)])
def test_behind_an_alert_that_is_over_or_was_not_told_a_liaison_sees_nothing(
    door: Door, state: str, told: bool
) -> None:
    live(door, 1, state=state, told=told)
    duty(door, "应急")
    door.come_as("liaison")

    assert behind(door) == {}
    assert ask(door, "phone").status_code == 403


def test_who_was_let_in_no_more_opens_nothing_that_was_agreed_to(door: Door) -> None:
    door.come_as("duty_officer")
    number = ask(door, "id_number").json()["request_id"]
    door.come_as("leader")
    door.client.post(f"/api/unmaskings/{number}/agree", headers=ORIGIN)
    door.come_as("duty_officer")
    with writing(door.engine) as connection:
        set_disabled(connection, "duty_officer", disabled=True, by="test", now=NOW)

    assert door.client.post(f"/api/unmaskings/{number}/open", headers=ORIGIN).status_code == 401

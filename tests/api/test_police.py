"""110's way back, duties asked in, and alerts merged, over the interface."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.outbox.pace import Outcome
from alerts.outbox.store import begin_attempt, end_attempt, put_notices
from alerts.store import ALERTS
from appeals.database import Engine, writing
from appeals.people.roles import Right, StaffRole
from appeals.people.store import Person, add_person
from appeals.seals import KeyRing
from tests.alerts.told import notice
from tests.api.accounts import ORIGIN, Door, hashed, open_door
from tests.api.conftest import NOW


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        with writing(database) as connection:
            connection.execute(sa.update(ALERTS).values(aside=None))
            officer = Person("police", "联络员", (StaffRole.LIAISON,), duties=("公安",))
            said = {"password": hashed(), "factor": None, "by": "test", "now": NOW}
            add_person(connection, officer, **said)  # type: ignore[arg-type]
        yield door


def handed_on(door: Door, reference: str = "", fault: str = "") -> None:
    """Let alert 1 have gone to 110, which took it under a number or returned it."""
    with writing(door.engine) as connection:
        put_notices(connection, [notice(1, channel="110台")], door.now[0])
        attempt = begin_attempt(connection, 1, "110台", door.now[0])
        outcome = Outcome.TAKEN if reference else Outcome.REFUSED
        end_attempt(
            connection, attempt, outcome, door.now[0], channel="110台", fault=fault,
            reference=reference,
        )  # fmt: skip


def move(door: Door, name: str, who: str = "duty_officer", alert: int = 1, **said: object) -> int:
    door.come_as(who)
    body = {"who": "x", "reason": "x", **said}
    answer = door.client.post(f"/api/alerts/{alert}/{name}", json=body, headers=ORIGIN)
    return answer.status_code


def shown(door: Door, alert: int = 1) -> dict[str, object]:
    door.come_as("duty_officer")
    found: dict[str, object] = door.client.get(f"/api/alerts/{alert}").json()
    return found


def test_the_number_of_110_and_what_came_back_stand_on_the_alert(door: Door) -> None:
    handed_on(door, reference="JJ-2026-0309")
    door.client.cookies.clear()
    token = door.token(Right.POLICE)
    said = {"reference": "JJ-2026-0309", "what": "reported_back", "words": "已劝离13900000001"}

    door.later(minutes=20)
    assert door.client.post("/api/police", json=said, headers=token).status_code == 200
    other = said | {"reference": "JJ-1"}
    assert door.client.post("/api/police", json=other, headers=token).status_code == 404
    wrong = door.token(Right.INTAKE, Right.MONITOR)
    assert door.client.post("/api/police", json=said, headers=wrong).status_code == 403

    told = shown(door)["police"]
    assert isinstance(told, list)
    assert [(one["what"], one["reference"]) for one in told] == [
        ("accepted", "JJ-2026-0309"), ("reported_back", "JJ-2026-0309"),
    ]  # fmt: skip
    assert "13900000001" not in str(told)


def test_what_110_returns_is_kept_by_the_first_receiver(door: Door) -> None:
    handed_on(door, fault="returned")
    assert move(door, "police", what="accepted") == 422
    assert move(door, "police", what="accepted", reference="13800001234") == 422
    assert move(door, "police", what="accepted", reference="JJ20260305001") == 200
    assert "JJ20260305001" in str(shown(door)["police"])
    assert move(door, "police", what="returned", reason="非警务事项") == 200
    assert move(door, "police", who="police", what="returned") == 403

    found = shown(door)
    assert isinstance(found["police"], list)
    assert [one["what"] for one in found["police"]] == ["returned", "accepted", "returned"]
    assert found["state"] == "detected"


def test_where_a_call_of_three_agrees_on_nobody_the_first_receiver_keeps_the_matter(
    door: Door,
) -> None:
    said: dict[str, Any] = {"parties": "来电人、12345 08席、110 3021", "first": "hotline",
                            "keeper": "nobody"}  # fmt: skip
    assert shown(door)["keeper"] == "hotline"
    assert move(door, "three-way", **said | {"keeper": "police"}) == 200
    assert shown(door)["keeper"] == "police"
    assert move(door, "police", what="returned", reason="非警务事项") == 200
    assert shown(door)["keeper"] == "hotline"
    door.later(minutes=1)
    assert move(door, "three-way", **said | {"first": "police"}) == 200
    found = shown(door)
    assert found["keeper"] == "police"
    assert [one["what"] for one in found["police"]] == ["three_way", "returned", "three_way"]  # type: ignore[attr-defined]
    assert found["police"][0]["parties"] == said["parties"]  # type: ignore[index]

    assert move(door, "three-way", **said, reason="") == 422  # what was said is written down
    ahead = (door.now[0] + timedelta(minutes=5)).isoformat()
    assert move(door, "three-way", **said, held_at=ahead) == 422
    assert move(door, "three-way", **said, who="police") == 403
    phone: dict[str, Any] = said | {"parties": "来电人13800001234与110"}
    assert move(door, "three-way", **phone) == 200
    assert "13800001234" not in str(shown(door))


def test_a_duty_that_is_asked_in_sees_the_alert_from_then_on(door: Door) -> None:
    door.come_as("police")
    assert door.client.get("/api/alerts/2").status_code == 404
    assert move(door, "call-in", alert=2, duties=["天文"]) == 422
    assert move(door, "call-in", alert=2, duties=["公安"], reason="") == 422
    assert move(door, "call-in", alert=2, duties=["公安"]) == 200

    door.come_as("police")
    seen = door.client.get("/api/alerts/2").json()
    assert seen["room"] == ["公安"]
    assert seen["near"] == []
    assert not seen["unsigned"]


def test_alerts_of_one_incident_are_merged_on_the_desk_and_parted_again(door: Door) -> None:
    near = shown(door, 2)["near"]
    assert isinstance(near, list)
    assert [one["id"] for one in near] == [3, 1]
    assert move(door, "merge", alert=2, into=99) == 404
    assert move(door, "merge", alert=2, into=1) == 200

    parent, child = shown(door), shown(door, 2)
    assert [one["id"] for one in parent["merged"]] == [2]  # type: ignore[attr-defined]
    assert [one["id"] for one in child["merged_into"]] == [1]  # type: ignore[attr-defined]
    assert (child["state"], child["lawful"]) == (
        "merged",
        ["note", "police", "three_way", "unmerge"],
    )
    assert move(door, "unmerge", alert=2) == 200
    assert shown(door)["merged"] == []

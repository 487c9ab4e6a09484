"""The administrators' pages: people are shut out at once; the log is read, verified, taken."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import orjson
import pytest
import sqlalchemy as sa

from appeals.audit.chain import Entry, first_break
from appeals.audit.store import AUDIT
from appeals.database import Engine, writing
from appeals.seals import KeyRing
from tests.api.accounts import ORIGIN, Door, open_door


@pytest.fixture
def door(database: Engine, tmp_path: Path) -> Iterator[Door]:
    with open_door(database, KeyRing.load(tmp_path / "site" / "wangge.key")) as door:
        yield door


def test_the_system_administrator_lets_somebody_in_no_more_and_again(door: Door) -> None:
    door.come_as("planner")
    theirs = dict(door.client.cookies)
    door.come_as("system_admin")
    listed = door.client.get("/api/people").json()
    assert listed["may_disable"] is True
    assert {"password", "factor"}.isdisjoint(listed["items"][0])

    said = door.client.post("/api/people/planner/disable", headers=ORIGIN)

    assert said.status_code == 204
    door.client.cookies.clear()
    door.client.cookies.update(theirs)
    assert door.client.get("/layers").status_code == 401
    door.come_as("system_admin")
    by_login = {one["login"]: one for one in door.client.get("/api/people").json()["items"]}
    assert by_login["planner"]["disabled_at"] is not None
    assert door.client.post("/api/people/planner/enable", headers=ORIGIN).status_code == 204
    assert door.client.post("/api/people/nobody/enable", headers=ORIGIN).status_code == 404
    assert door.client.post("/api/people/system_admin/disable", headers=ORIGIN).status_code == 409


def test_the_security_administrator_looks_and_changes_nothing(door: Door) -> None:
    door.come_as("security_admin")

    assert door.client.get("/api/people").json()["may_disable"] is False
    assert door.client.post("/api/people/planner/disable", headers=ORIGIN).status_code == 403


def test_the_audit_administrator_reads_verifies_and_takes_the_log(door: Door) -> None:
    door.come_as("audit_admin")
    page = door.client.get("/api/audit?limit=3").json()
    rest = door.client.get(f"/api/audit?limit=500&after={page['next']}").json()["items"]
    serials = [one["serial"] for one in [*page["items"], *rest]]
    assert serials == sorted(serials, reverse=True)
    assert serials[-1] == 1
    assert "联络员" in {one["told"] for one in rest}
    mine = door.client.get("/api/audit?actor=nobody").json()["items"]
    assert mine == []
    assert door.client.get("/api/audit/verified").json()["well"] is True

    taken = door.client.get("/api/audit/export").content

    lines = [orjson.loads(line) for line in taken.splitlines()]
    assert (lines[-1]["act"], lines[-1]["actor"]) == ("export audit", "audit_admin")
    names = list(Entry.__dataclass_fields__)
    told = ({name: one[name] for name in names} for one in lines)
    kept = [Entry(**one | {"at": datetime.fromisoformat(one["at"])}) for one in told]
    assert first_break(kept) is None


def test_a_changed_entry_is_told_on_the_page(door: Door) -> None:
    with writing(door.engine) as connection:
        connection.execute(sa.update(AUDIT).where(AUDIT.c.serial == 2).values(actor="somebody"))
    door.come_as("audit_admin")

    told = door.client.get("/api/audit/verified").json()

    assert (told["well"], told["serial"]) == (False, 2)


@pytest.mark.parametrize("role", ["duty_officer", "leader", "system_admin", "planner"])
def test_nobody_else_reads_the_log(door: Door, role: str) -> None:
    door.come_as(role)

    for path in ("/audit", "/api/audit", "/api/audit/verified", "/api/audit/export"):
        assert door.client.get(path).status_code == 403

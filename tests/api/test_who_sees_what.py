"""The matrix, walked: every route of the application as every role, for what each must not see.

Two appeals are planted, one in the area of the roles that have one and one outside it, each with a
name, phone, id number, door, words and point of its own. All that leaves is searched byte for byte.
A route that is added is walked without a change here.
"""

import asyncio
import contextlib
import logging
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient
from shapely.geometry import box

from alerts.response.store import ALERT_MOVES
from alerts.rooms.store import let_in
from alerts.store import ALERT_APPEALS
from api.app import create_app
from api.rights import ROUTES
from appeals.database import open_database, upgrade_schema, writing
from appeals.people.roles import Right, StaffRole, has_area, rights_of, viewer_as
from appeals.people.store import Person, add_person
from appeals.privacy import MATRIX, Mask, Role
from appeals.seals import KeyRing
from grids.store import add_units, load_boundaries
from tests.api.accounts import ORIGIN, SECRET, Door, hashed
from tests.api.conftest import plant_alert
from wangge.handover import Handover
from wangge.intake import Options
from wangge.serve import taking
from wangge.settings import Settings

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
AREA = ("street:990101001",)
GRID = ("grid:990101001001001",)
OWN: dict[str, str] = {
    "name": "欧阳惠兰", "phone": "13987654321", "id_number": "110101199003077918",
    "door": "3单元1202", "words": "半夜打桩", "building": "样板路5号", "point": "111.0051237",
}  # fmt: skip
OTHER: dict[str, str] = {
    "name": "司马静宜", "phone": "13612348765", "id_number": "110101198811023322",
    "door": "7单元2304", "words": "清晨切割", "building": "示范街8号", "point": "111.0251239",
}  # fmt: skip
SEALED = ("name", "phone", "id_number", "door")
# Who is asked for beside the roles themselves: liaisons look by their duties, and one without any
# has no business with the alert.
CALLED = ("应急", "宣传")
WHO = [*((role, ()) for role in StaffRole), *((StaffRole.LIAISON, (duty,)) for duty in CALLED)]


def login_of(role: StaffRole, duties: tuple[str, ...]) -> str:
    return f"{role.value}{''.join(str(CALLED.index(duty)) for duty in duties)}"


def row(number: int, one: dict[str, str]) -> dict[str, object]:
    return {
        "id": f"B{number}", "received_at": "2026-03-09T08:00:00Z", "class_1": "噪声",
        "name": one["name"], "phone": one["phone"], "id_number": one["id_number"],
        "text": "我叫{name}，电话{phone}，身份证{id_number}，工地{words}".format(**one),
        "address": f"{one['building']}{one['door']}室", "lon": float(one["point"]), "lat": 30.005,
    }  # fmt: skip


def plant(folder: Path) -> None:
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    upgrade_schema(engine)
    ring = KeyRing.create(folder / "wangge.key")
    shapes = [box(111.0, 30, 111.02, 30.02), box(111.02, 30, 111.04, 30.02)]
    codes = {
        "street": ["990101001", "990101002"],
        "community": ["990101001001", "990101002001"],
        "grid": ["990101001001001", "990101002001001"],
    }
    above: dict[str, list[str | None]] = {
        "street": [None, None], "community": [*codes["street"]], "grid": [*codes["community"]],
    }  # fmt: skip
    with writing(engine) as connection:
        for level, own in codes.items():
            columns = {"code": own, "name": own, "parent": above[level]}
            empty = {name: [None, None] for name in ("households", "people")}
            frame = gpd.GeoDataFrame(columns | empty, geometry=shapes, crs=4326)
            add_units(connection, frame, level, date(1900, 1, 1))
    rows = [row(1, OWN), row(2, OTHER)]
    taken = Handover(engine, Settings(), ring, lambda: NOW).take(rows, Options(datum="wgs84"))
    assert taken.accepted == 2
    with writing(engine) as connection:
        street = int(load_boundaries(connection, NOW.date()).ids[0])
        plant_alert(connection, 1, street)
        links = [{"alert_id": 1, "appeal_id": appeal} for appeal in (1, 2)]
        connection.execute(sa.insert(ALERT_APPEALS), links)
        let_in(connection, 1, CALLED)
        move = {"alert_id": 1, "number": 1, "move": "push", "state": "pushed", "level": "yellow"}
        rest = {"at": NOW, "who": "x", "post": "", "stated_reason": "", "detail": "{}"}
        connection.execute(sa.insert(ALERT_MOVES), move | rest)
        factor = ring.hide(SECRET, row="factor system_admin")
        people = [(StaffRole.SYSTEM_ADMIN, ()), *(one for one in WHO if "sys" not in one[0])]
        for role, duties in people:
            areas = GRID if role is StaffRole.GRID_WORKER else AREA if has_area([role]) else ()
            person = Person(login_of(role, duties), "某人", (role,), areas, duties)
            sealed = factor if role is StaffRole.SYSTEM_ADMIN else None
            add_person(
                connection, person, password=hashed(), factor=sealed, by="test", now=NOW
            )  # fmt: skip
    engine.dispose()


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder = tmp_path_factory.mktemp("matrix")
    plant(folder)
    engine = open_database(f"sqlite:///{folder / 'wangge.db'}")
    ring, settings = KeyRing.load(folder / "wangge.key"), Settings()
    take = taking(Handover(engine, settings, ring, lambda: NOW))
    app = create_app(engine, settings, take=take, clock=lambda: NOW, ring=ring)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield Door(client, engine, ring, [NOW])
    engine.dispose()


def forms(word: str) -> list[bytes]:
    """A word as it could be written by mistake: bytes of both encodings, escapes, parted digits."""
    written = [word, ascii(word)[1:-1]]
    if word.isdigit() and len(word) == 11:
        written += [f"{word[:3]}{gap}{word[3:7]}{gap}{word[7:]}" for gap in (" ", "-")]
    return [one.encode() for one in written] + [word.encode("gb18030")]


def denied(role: StaffRole, duties: tuple[str, ...]) -> dict[str, str]:
    """What a role must not see of the two appeals, by the matrix; without a right, all of it."""
    look = viewer_as("x", [role], frozenset(), duties).role
    found = {
        f"{who} {kind}": one[kind]
        for who, one in (("own", OWN), ("other", OTHER))
        for kind in SEALED
    }
    mine = ("own", "other") if duties else () if role is StaffRole.LIAISON else ("own",)
    for who, one in (("own", OWN), ("other", OTHER)):
        own = look is Role.OPERATOR or (who in mine and (look, True) in MATRIX)
        sight = MATRIX[look, own]
        if sight.words is not Mask.REDACTED:
            found[f"{who} words"] = one["words"]
        if sight.door is not Mask.BUILDING:
            found[f"{who} building"] = one["building"]
        if sight.point is not Mask.EXACT:
            found[f"{who} point"] = one["point"][:8]  # down to 40 m
    return found


PART = re.compile(r"\{(\w+)(:\w+)?\}")


def _part(filled: dict[str, list[str]], value: str, part: re.Match[str]) -> str:
    return value if part[1] == "appeal_id" else filled.get(part[1], [value])[0]


def requests() -> Iterator[tuple[str, str, Any]]:
    """Every route with numbers of both appeals, and bodies that hold planted words."""
    filled = {
        "code": ["990101001"],
        "level": ["street"],
        "period": ["day"],
        "appeal_id": ["1", "2"],
    }
    asked = {"GET /api/place": "?lon=111.0051237&lat=30.005"}
    echo = {name: [OWN["phone"]] for name in ("who", "reason", "fields", "texts", "login", "name")}
    for name in sorted(ROUTES, key=lambda name: name.startswith("DELETE")):
        method, path = name.split(" ")
        if path == "/api/alerts/stream":
            continue  # it never ends: see below
        first = PART.search(path)
        for value in filled.get(first[1], ["1"]) if first else ["1"]:
            there = PART.sub(partial(_part, filled, value), path)
            if method == "GET":
                yield method, there + asked.get(name, ""), None
            else:
                yield method, there, echo


@pytest.mark.parametrize(("role", "duties"), WHO, ids=lambda one: str(one))
def test_what_the_matrix_denies_leaves_nowhere(
    door: Door, role: StaffRole, duties: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    hidden = {what: forms(word) for what, word in denied(role, duties).items()}
    seen = b""
    for method, path, body in requests():
        door.come_as(login_of(role, duties))
        answer = door.client.request(method, path, json=body, headers=ORIGIN)
        told = answer.content + repr(answer.headers).encode()
        seen += told
        assert answer.status_code != 401, path
        own = path.encode()  # what was asked for may come back: the caller knows it
        for what, written in hidden.items():
            for form in written:
                assert form not in told or form in own, (what, method, path)
    logged = "\n".join(
        one.getMessage() for one in caplog.records if not one.name.startswith(("httpx", "httpcore"))
    ).encode()
    for one in (OWN, OTHER):
        for kind in (*SEALED, "words", "building"):
            assert not any(form in logged for form in forms(one[kind])), kind
    # The walk is worth something: what the matrix allows is found.
    if Right.APPEALS in rights_of([role]):
        assert OWN["words"].encode() in seen
        assert OWN["point"].encode() in seen


@pytest.mark.parametrize(("role", "duties"), WHO, ids=lambda one: str(one))
def test_the_stream_tells_no_more_than_the_list(
    door: Door, role: StaffRole, duties: tuple[str, ...]
) -> None:
    if Right.ALERTS not in rights_of([role]):
        return

    door.come_as(login_of(role, duties))
    cookie = f"wangge={door.client.cookies['wangge']}".encode()
    told = asyncio.run(_streamed(door.client.app, cookie))

    assert (b"event: alert" in told) is (role is not StaffRole.LIAISON or bool(duties))
    for what, word in denied(role, duties).items():
        assert not any(form in told for form in forms(word)), what


async def _streamed(app: Any, cookie: bytes) -> bytes:
    """What the stream sends from the first event on, until it falls quiet."""
    parts: list[bytes] = []
    headers = [(b"host", b"testserver"), (b"cookie", cookie), (b"last-event-id", b"0")]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": "/api/alerts/stream", "raw_path": b"/api/alerts/stream",
        "query_string": b"", "root_path": "", "headers": headers, "client": ("127.0.0.1", 1),
        "server": ("testserver", 80), "state": {},
    }  # fmt: skip

    async def receive() -> dict[str, object]:
        await asyncio.sleep(60)
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        parts.append(message.get("body", b""))

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(app(scope, receive, send), 1.5)
    return b"".join(parts)


def test_the_walk_would_find_what_is_planted(door: Door) -> None:
    door.come_as("duty_officer")
    said = {"fields": ["name", "phone"], "reason": "回拨核实情况"}

    answer = door.client.post("/api/appeals/1/unmask", json=said, headers=ORIGIN)

    for kind in ("name", "phone"):
        assert any(form in answer.content for form in forms(OWN[kind]))

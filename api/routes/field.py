"""What a grid worker's phone reads and asks: the shift, the tasks, what lies near."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.admission import Caller, TheCaller
from api.answers import answer, encode, in_zone, packed, squeezed
from api.case_rights import acts_over, move_name
from api.cursor import Number
from api.desk import DATUM, Desk, TheDesk
from api.once import Key, once
from api.routes.casework import TheRules
from api.tasks import around, list_tasks, step_item, task_item, told_to_group, workers
from appeals.database import Connection, reading, writing
from appeals.errors import Conflict, InputError, NotAllowed, NotFound, Unavailable
from appeals.people.roles import ROLE_WORDS
from appeals.store import class_tree
from appeals.unmasking.store import show_phone
from casework.act import HAND_BACK_WORDS, MOST_PHOTOS
from casework.moves import LABELS, Move
from casework.navigation import PROVIDERS, links
from casework.nearby import as_features, grids_in, grids_of, measured, search_box
from casework.photos import MOST_BYTES
from casework.rules import Rules
from casework.standing import REACHED_WORDS
from casework.store import photo_numbers, read_steps
from casework.tasks.store import (
    MOST_TASKS,
    Task,
    read_task,
    same_matter,
)
from geo.datums import range_fault, to_wgs84
from grids.by_hand import Choice
from grids.hand.store import place_by_hand, read_trail

router = APIRouter(prefix="/api/field", tags=["field"])

LONGEST_SIDE = 1280
"""In pixels, of a photo as a phone sends it."""

Lon = Annotated[float | None, Query(ge=-180, le=180, description="WGS84")]
Lat = Annotated[float | None, Query(ge=-90, le=90, description="WGS84")]


class Who(BaseModel):
    """Who asks, where nobody signs in."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    who: str = Field(default="", max_length=100, description="used where nobody signs in")


class Placing(Who):
    """Where a case lies: a point with its datum, or one of the units in doubt."""

    lon: float | None = None
    lat: float | None = None
    datum: str | None = Field(default=None, pattern=DATUM)
    unit: str | None = Field(default=None, max_length=100, description="level:code")
    reason: str = Field(min_length=1, max_length=500)


class Point(BaseModel):
    """A place and a class, to look for the same matter."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    lon: float
    lat: float
    datum: str = Field(default="wgs84", pattern=DATUM)
    class_code: str = Field(min_length=1, max_length=200)

    def wgs84(self) -> tuple[float, float]:
        """Give it in WGS84.

        Raises
        ------
        InputError
            There is no such place.
        """
        lon, lat = to_wgs84(np.array([self.lon]), np.array([self.lat]), self.datum)
        if range_fault(float(lon[0]), float(lat[0])):
            raise InputError("lon, lat: there is no such place")
        return float(lon[0]), float(lat[0])


@router.get("/shift", summary="What a shift needs, to be kept for when there is no network")
def shift(
    desk: TheDesk,
    caller: TheCaller,
    rules: TheRules,
    if_none_match: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Give one's grids and their neighbours, classes, words and settings; 304 where unchanged."""
    with reading(desk.engine) as connection:
        units = desk.units(connection)
        grids = grids_of(units, caller.viewer.area)
        tree = class_tree(connection)
    field = desk.settings.field
    person = caller.person
    told = {
        "me": {
            "login": caller.viewer.actor,
            "name": person.name if person else "",
            "role": caller.viewer.role.value,
            "roles": [ROLE_WORDS[role] for role in person.roles] if person else [],
        },
        "datum": field.datum,
        "navigation": [
            {"name": PROVIDERS[key].name, "url": PROVIDERS[key].url, "datum": PROVIDERS[key].datum}
            for key in field.navigation
        ],
        "dial": field.dial is not None,
        "photo": {"most_bytes": MOST_BYTES, "longest_side": LONGEST_SIDE, "most": MOST_PHOTOS},
        "grids": as_features(units, grids),
        "classes": [
            {
                "code": code,
                "name": tree.names.get(code, code),
                "parent": tree.parent[code],
                "photo": (rule := rules.of(code, None)).photo,
                "near_m": rule.near_m,
                "near_days": rule.near_days,
            }
            for code in sorted(tree.parent)
        ],
        "hand_back_reasons": _words(HAND_BACK_WORDS),
        "reached": _words(REACHED_WORDS),
        "moves": {move_name(one): LABELS[one] for one in Move},
    }
    tag = f'"{hashlib.sha256(encode(told)).hexdigest()[:24]}"'
    if if_none_match == tag:
        return Response(status_code=304, headers={"ETag": tag})
    ends = (desk.clock() + timedelta(hours=field.pack_h)).astimezone(desk.zone)
    return answer({**told, "expires_at": ends}, headers={"ETag": tag, "Cache-Control": "no-store"})


@router.get("/tasks", summary="Open cases, one's own first, the nearest first")
def tasks(
    request: Request,
    desk: TheDesk,
    caller: TheCaller,
    rules: TheRules,
    lon: Lon = None,
    lat: Lat = None,
    since: Annotated[str | None, Query(pattern=r"^\d{1,18}\.\d{1,18}$")] = None,
    state: Annotated[str | None, Query(max_length=20)] = None,
    category: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_TASKS)] = 200,
) -> Response:
    """Give the tasks of one's grids and the matters of the neighbours', and what is new."""
    if (lon is None) != (lat is None):
        raise InputError("lon, lat: both or neither")
    at = None if lon is None or lat is None else (lon, lat)
    found = list_tasks(desk, caller, rules, at, _cursor(since))
    items = [
        item
        for item in found["items"]
        if (state is None or item["state"] == state)
        and (category is None or f"{item['class_code']}/".startswith(f"{category}/"))
    ]
    more = found["more"] or len(items) > limit
    items = items[:limit]
    new = sum(bool(item.get("new")) for item in items)
    told = {**found, "items": items, "more": more, "new": new}
    return squeezed(request, packed(told))


@router.get("/tasks/{appeal_id}", summary="One case with its moves")
def task(desk: TheDesk, caller: TheCaller, rules: TheRules, appeal_id: Number) -> Response:
    """Give one case: its moves, what may be the same matter, what to copy, whom to send."""
    with reading(desk.engine) as connection:
        return answer(_whole(connection, desk, caller, rules, appeal_id))


@router.post("/tasks/{appeal_id}/phone", summary="Show the caller's number once")
def phone(desk: TheDesk, caller: TheCaller, appeal_id: Number, asked: Who) -> Response:
    """Show the number of the case in one's hands, once for each try to reach the caller."""
    if desk.settings.field.dial is not None:
        raise NotAllowed("the platform dials: the number is not shown")
    if desk.ring is None:
        raise Unavailable("this server has no keys")
    who = caller.said_by(asked.who.strip())
    with writing(desk.engine) as connection:
        found = read_task(connection, caller.viewer, appeal_id)
        if not found.own:
            raise NotFound("there is no such case")
        if found.case.holder != who:
            raise Conflict("the number is shown to the one in whose hands the case is")
        tries = [one.at for one in read_steps(connection, appeal_id) if one.move is Move.CONTACT]
        number = show_phone(
            connection,
            appeal_id,
            tried_at=max(tries, default=None),
            who=who,
            ring=desk.ring,
            now=desk.clock(),
        )
    if number is None:
        raise NotFound("the source gave no number")
    return answer({"phone": number})


@router.post("/tasks/{appeal_id}/place", summary="Place one's case, or confirm its grid")
def place(
    desk: TheDesk,
    caller: TheCaller,
    rules: TheRules,
    appeal_id: Number,
    asked: Placing,
    idempotency_key: Key = None,
) -> Response:
    """Set a case's place; the trail is kept. Of a border case one says whose it is."""
    choice = Choice(asked.lon, asked.lat, asked.datum, asked.unit)
    sent = f"POST /api/field/tasks/{appeal_id}/place\n{asked.model_dump_json()}".encode()

    def act(connection: Connection) -> dict[str, object]:
        found = read_task(connection, caller.viewer, appeal_id)
        doubted = not caller.viewer.area.isdisjoint(found.candidates) and asked.unit is not None
        if not found.own and not doubted:
            raise NotFound("there is no such case")
        place_by_hand(
            connection,
            appeal_id,
            choice,
            who=caller.said_by(asked.who),
            reason=asked.reason,
            now=desk.clock(),
            box=desk.settings.jurisdiction.bounding_box,
        )
        return {}

    once(desk, caller.viewer.actor, idempotency_key, sent, act)
    with reading(desk.engine) as connection:
        return answer(_whole(connection, desk, caller, rules, appeal_id))


@router.post("/near", summary="Open cases that may be the same matter")
def near(desk: TheDesk, caller: TheCaller, rules: TheRules, asked: Point) -> Response:
    """Give the cases of a class near a place, before it is reported once more."""
    at = asked.wgs84()
    with reading(desk.engine) as connection:
        items = _near(connection, desk, caller, rules, asked.class_code, None, at)
    return answer({"near": items})


def _whole(
    connection: Connection, desk: Desk, caller: Caller, rules: Rules, appeal_id: int
) -> dict[str, object]:
    found = read_task(connection, caller.viewer, appeal_id)
    here = around(connection, desk, caller, rules, [found])
    item = task_item(found, here)
    row = found.row
    told: dict[str, object] = {"group_text": told_to_group(found, here)}
    if not found.own:
        return item | told
    photos = photo_numbers(connection, appeal_id)
    lon, lat = row.get("lon"), row.get("lat")
    at = (lon, lat) if isinstance(lon, float) and isinstance(lat, float) else None
    maps = desk.settings.field.navigation
    told |= {
        "text": row.get("text"),
        "trail": [
            in_zone(one, desk.zone) for one in read_trail(connection, caller.viewer, appeal_id)
        ],
        "steps": [
            step_item(one, desk, photos.get(one.number, ()))
            for one in read_steps(connection, appeal_id)
        ],
        "near": _near(connection, desk, caller, rules, found.class_code, found, at) if at else [],
        "navigation": links(maps, *at, str(item["address"])) if at else [],
        "dial": _dial(desk, found),
        "workers": _workers(connection, caller),
    }
    return item | told


def _near(
    connection: Connection,
    desk: Desk,
    caller: Caller,
    rules: Rules,
    class_code: str,
    of: Task | None,
    at: tuple[float, float],
) -> list[dict[str, object]]:
    rule = rules.of(class_code, of.urgency if of else None)
    since = desk.clock() - timedelta(days=rule.near_days)
    received = of.row.get("received_at") if of else None
    if isinstance(received, datetime):  # of an old case, what came shortly before it
        since = min(since, received - timedelta(days=rule.near_days))
    box = search_box(*at, rule.near_m)
    grids, own = grids_in(desk.units(connection), box), of.appeal_id if of else None
    found = same_matter(connection, caller.viewer, class_code, box, grids, since, own)
    pairs = measured(found, *at, rule.near_m)
    here = around(connection, desk, caller, rules, [one for one, _ in pairs])
    return [
        {name: item[name] for name in _NEAR} | {"distance_m": None if far is None else round(far)}
        for item, far in ((task_item(one, here), far) for one, far in pairs)
    ]


_NEAR = ("appeal_id", "number", "class_name", "state_word", "received_at", "own")


def _dial(desk: Desk, found: Task) -> str | None:
    address = desk.settings.field.dial
    return None if address is None else address.replace("{number}", found.number)


def _workers(connection: Connection, caller: Caller) -> list[dict[str, str]]:
    if not acts_over(caller):
        return []
    return [{"login": one.login, "name": one.name} for one in workers(connection, caller)]


def _cursor(since: str | None) -> tuple[int, int] | None:
    if since is None:
        return None
    serial, _, position = since.partition(".")
    return int(serial), int(position)


def _words(table: Mapping[Any, str]) -> list[dict[str, str]]:
    return [{"key": str(key), "word": word} for key, word in table.items()]

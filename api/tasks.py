"""One task as the field's pages read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from api.admission import Caller
from api.case_rights import moves_for
from api.desk import Desk
from appeals.database import Connection, reading
from appeals.people.roles import StaffRole
from appeals.people.store import Person, find_person, read_people
from appeals.privacy import Role
from casework.found import SOURCE
from casework.moves import LABELS, STATE_WORDS, Move
from casework.nearby import grids_of
from casework.rules import Rules
from casework.standing import Step
from casework.store import last_position
from casework.tasks.store import MOST_TASKS, Task, newest_serial, tasks_of, unit_words
from casework.wording import address_of, group_text, summary, within
from geo.measure import distance_m
from grids.units.store import units_below

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Here:
    """What all tasks of one answer share."""

    desk: Desk
    caller: Caller
    rules: Rules
    units: Mapping[int, Mapping[str, str]]
    names: Mapping[str, str]
    at: Place | None = None
    since: tuple[int, int] | None = None


def around(
    connection: Connection,
    desk: Desk,
    caller: Caller,
    rules: Rules,
    tasks: Sequence[Task],
    at: Place | None = None,
    since: tuple[int, int] | None = None,
) -> Here:
    """Read what tasks name: units and people."""
    ids = {unit for task in tasks for unit in (*task.units.values(), *task.candidates)}
    names = {}
    for login in {task.case.holder for task in tasks} - {""}:
        found = find_person(connection, login)
        names[login] = found[0].name if found else login
    return Here(desk, caller, rules, unit_words(connection, ids), names, at, since)


def list_tasks(
    desk: Desk,
    caller: Caller,
    rules: Rules,
    at: Place | None = None,
    since: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """Give the open cases of the caller's grids and the matters of the neighbours', in order."""
    with reading(desk.engine) as connection:
        cursor = f"{newest_serial(connection)}.{last_position(connection)}"
        near = grids_of(desk.units(connection), caller.viewer.area).around
        found = tasks_of(connection, caller.viewer, near)
        here = around(connection, desk, caller, rules, found, at, since)
    items = sorted((task_item(one, here) for one in found), key=_order)
    more = sum(one.own for one in found) >= MOST_TASKS
    now = desk.clock().astimezone(desk.zone)
    return {"cursor": cursor, "now": now, "items": items, "more": more}


def task_item(task: Task, here: Here) -> dict[str, object]:
    """Give one task; a neighbour's has its matter and its building alone."""
    rule = here.rules.of(task.class_code, task.urgency)
    case, row, zone = task.case, task.row, here.desk.zone
    handle_by = rule.handle_by(case.dispatched_at)
    nobody = task.source == SOURCE  # a grid worker saw it: there is no caller
    respond_by = None if nobody else rule.respond_by(case.dispatched_at)
    now = here.desk.clock()
    names = [_name(task, here, level) for level in ("district", "street", "community")]
    late = handle_by is not None and now > handle_by
    late = late or (respond_by is not None and case.contacted_at is None and now > respond_by)
    item: dict[str, object] = {
        "appeal_id": task.appeal_id,
        "number": task.number,
        "source": task.source,
        "class_code": task.class_code,
        "class_name": task.class_name,
        "kind": row.get("kind"),
        "urgency": task.urgency,
        "own": task.own,
        "mine": case.holder == here.caller.viewer.actor,
        "holder": case.holder,
        "holder_name": here.names.get(case.holder, ""),
        "state": case.state.value,
        "state_word": STATE_WORDS[case.state],
        "seen": case.number,
        "received_at": _local(row.get("received_at"), zone),
        "dispatched_at": _local(case.dispatched_at, zone),
        "respond_by": _local(respond_by, zone),
        "contacted_at": _local(case.contacted_at, zone),
        "handle_by": _local(handle_by, zone),
        "late": late,
        "summary": summary(str(row.get("text") or "")),
        "address": within(address_of(row.get("address")), names),
        "community": _name(task, here, "community"),
        "grid": _name(task, here, "grid"),
        "lon": row.get("lon"),
        "lat": row.get("lat"),
        "radius_m": row.get("radius_m"),
        "distance_m": _distance(row, here.at),
        "needs_photo": rule.photo,
        "border": bool(task.candidates),
        "candidates": [here.units[one] for one in task.candidates if one in here.units],
        "moves": moves_for(here.caller, task),
    }
    if here.since is not None:
        serial, position = here.since
        item["new"] = task.serial > serial or task.position > position
    return item


def _order(item: Mapping[str, object]) -> tuple[object, ...]:
    # One's own first, then the nearest, the first that is due, the newest.
    away, due = item["distance_m"], item["handle_by"]
    return (
        not item["own"],
        float("inf") if away is None else away,
        str(due or "9"),
        -int(str(item["appeal_id"])),
    )


def told_to_group(task: Task, here: Here) -> str:
    """Give what is copied into a work group."""
    rule = here.rules.of(task.class_code, task.urgency)
    place = "".join(_name(task, here, level) for level in ("street", "community"))
    address = here.desk.settings.field.address.rstrip("/")
    return group_text(
        class_name=task.class_name,
        number=task.number,
        place=place,
        handle_by=rule.handle_by(task.case.dispatched_at),
        link=f"{address}/field#{task.appeal_id}",
        zone=here.desk.zone,
    )


def step_item(step: Step, desk: Desk, photos: Sequence[int]) -> dict[str, object]:
    """Give one move; where a device was stays in the record and is shown to nobody here."""
    return {
        "number": step.number,
        "move": step.move.value,
        "move_word": LABELS[Move(step.move)],
        "state_word": STATE_WORDS[step.state],
        "at": _local(step.at, desk.zone),
        "client_at": _local(step.client_at, desk.zone),
        "who": step.who,
        "words": step.words,
        "detail": dict(step.detail),
        "placed": step.spot is not None,
        "photos": list(photos),
    }


def workers(connection: Connection, caller: Caller) -> list[Person]:
    """Give the grid workers who may sign in and whom the caller may give a case to, by name."""
    within = caller.viewer.area if caller.viewer.role is Role.STREET else None
    found = [
        one
        for one in read_people(connection)
        if StaffRole.GRID_WORKER in one.roles
        and one.disabled_at is None
        and (within is None or not units_below(connection, one.areas).isdisjoint(within))
    ]
    return sorted(found, key=lambda one: one.name)


def _name(task: Task, here: Here, level: str) -> str:
    unit = here.units.get(task.units.get(level, 0))
    return "" if unit is None else unit["name"] or unit["code"]


def _distance(row: Mapping[str, object], at: Place | None) -> float | None:
    lon, lat = row.get("lon"), row.get("lat")
    if at is None or not isinstance(lon, float) or not isinstance(lat, float):
        return None
    away = distance_m(np.array([at[0]]), np.array([at[1]]), np.array([lon]), np.array([lat]))
    return round(float(away[0]))


def _local(moment: object, zone: ZoneInfo) -> datetime | None:
    return moment.astimezone(zone) if isinstance(moment, datetime) else None

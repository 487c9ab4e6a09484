"""Service requests out of the database, as the holder of a key may see them.

Only what came in by this door goes out by it. What the same key has sent is told as it was sent,
but for what names a person; of another key's there is the matter, and the middle of a cell.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import sqlalchemy as sa

from appeals.database import Connection
from appeals.privacy import Role, Viewer, view
from appeals.store import APPEALS, VERSIONS
from appeals.tokens.store import TOKENS
from casework.moves import STATE_WORDS, Move, State
from casework.nearby import box_around
from casework.open311.asked import MOST_REQUESTS, Wanted
from casework.rules import Rules
from casework.standing import CLOSED_WORDS
from casework.store import CASES, OF_CASE, OF_SOURCE, case_of, steps_after
from geo.measure import distance_m
from grids.store import PLACEMENTS, UNITS

SOURCE: Final = "open311"
"""Source of all that comes by this door is this, a slash, and the name of the key."""

_CELL_M: Final = 450.0  # beyond the middle of its cell of size 9 no point lies
_ENDED: Final = (State.CLOSED.value, State.RATED.value)
_GRID_OF_KEY: Final = 0  # no unit has this id: what a key has sent lies in it


def source_of(key: str) -> str:
    """Give the source under which what a key sends is kept."""
    return f"{SOURCE}/{key}"


@dataclass(frozen=True, slots=True)
class Found:
    """One request: number, tree to be written, and where it is shown."""

    appeal_id: int
    told: dict[str, object]
    point: tuple[float, float] | None


def read_requests(
    connection: Connection, wanted: Wanted, key: str, rules: Rules
) -> list[dict[str, object]]:
    """Give the requests that are asked for, the newest first, at most 1,000."""
    query = _requests()
    if wanted.numbers is not None:
        query = query.where(APPEALS.c.appeal_id.in_(wanted.numbers))
    else:
        query = query.where(VERSIONS.c.received_at.between(wanted.first, wanted.last))
        if wanted.services:
            query = query.where(VERSIONS.c.class_code.in_(wanted.services))
        if len(wanted.statuses) == 1:
            closed = _is_closed()
            query = query.where(closed if "closed" in wanted.statuses else sa.not_(closed))
    query = query.order_by(VERSIONS.c.received_at.desc(), APPEALS.c.appeal_id.desc())
    if wanted.near is None:
        size = wanted.page_size
        query = query.limit(size).offset((wanted.page - 1) * size)
        return [one.told for one in _read(connection, query, key, rules)]
    # By what is shown: an exact point could else be found out by asking for small circles.
    lon, lat, radius_m = wanted.near
    west, south, east, north = box_around(lon, lat, radius_m + _CELL_M)
    query = query.where(
        PLACEMENTS.c.lon.between(west, east), PLACEMENTS.c.lat.between(south, north)
    ).limit(MOST_REQUESTS)
    found = [one for one in _read(connection, query, key, rules) if _near(one, lon, lat, radius_m)]
    first = (wanted.page - 1) * wanted.page_size
    return [one.told for one in found[first : first + wanted.page_size]]


def state_of(connection: Connection, number: str) -> tuple[int, State] | None:
    """Give appeal and state of what a key sent under a token, ``None`` where there is none."""
    row = connection.execute(_requests().where(APPEALS.c.source_id == number)).first()
    return None if row is None else (row.appeal_id, case_of(row).state)


def _requests() -> sa.Select[Any]:
    names = ("received_at", "class_code", "urgency", "text", "subject", "address", "closed_at",
             "recorded_at", "sent_to")  # fmt: skip
    places = ("lon", "lat", "radius_m", "cell_9", "grid_id", "street_id")
    return (
        sa.select(APPEALS.c.appeal_id, APPEALS.c.source, *(VERSIONS.c[name] for name in names))
        .add_columns(*(PLACEMENTS.c[name] for name in places), *OF_CASE, *OF_SOURCE)
        .add_columns(UNITS.c.code.label("community_code"), UNITS.c.name.label("community_name"))
        .join(VERSIONS, VERSIONS.c.serial == APPEALS.c.current)
        .join(PLACEMENTS, PLACEMENTS.c.serial == VERSIONS.c.serial)
        .outerjoin(UNITS, UNITS.c.unit_id == PLACEMENTS.c.community_id)
        .outerjoin(CASES, CASES.c.appeal_id == APPEALS.c.appeal_id)
        .where(APPEALS.c.source.in_(_sources()))
    )


def _sources() -> sa.Select[tuple[str]]:
    # Each by its whole name, which an index finds: no key is ever removed.
    return sa.select(sa.literal(f"{SOURCE}/") + TOKENS.c.name)


def _is_closed() -> sa.ColumnElement[bool]:
    return sa.or_(
        VERSIONS.c.closed_at.is_not(None),
        sa.func.coalesce(VERSIONS.c.status, "").in_(sorted(CLOSED_WORDS)),
        sa.func.coalesce(VERSIONS.c.direct, sa.false()),
        sa.func.coalesce(CASES.c.state, "").in_(_ENDED),
    )


def _read(connection: Connection, query: sa.Select[Any], key: str, rules: Rules) -> list[Found]:
    rows = connection.execute(query).all()
    changes = _changes(connection, [row.appeal_id for row in rows])
    return [_found(row, key, rules, changes.get(row.appeal_id)) for row in rows]


def _changes(connection: Connection, numbers: Collection[int]) -> dict[int, datetime]:
    """Give when each case was moved last; of a closed one, when it was closed."""
    found = {}
    for number, steps in steps_after(connection, sorted(numbers)).items():
        closing = [one.at for one in steps if one.move in (Move.CLOSE, Move.ANSWER)]
        if steps:
            found[number] = closing[-1] if closing else steps[-1].at
    return found


def _found(row: sa.Row[Any], key: str, rules: Rules, changed_at: datetime | None) -> Found:
    given = dict(row._mapping)
    case = case_of(row)
    closed = case.state.value in _ENDED
    own = given["source"] == source_of(key)
    if own:
        shown = view(given | {"grid_id": _GRID_OF_KEY},
                     Viewer(key, Role.GRID, frozenset({_GRID_OF_KEY})))  # fmt: skip
    else:
        shown = view(given, Viewer(key, Role.LIAISON, frozenset({given["appeal_id"]})))
    lon, lat = shown.get("lon"), shown.get("lat")
    point = (lon, lat) if isinstance(lon, float) and isinstance(lat, float) else None
    rule = rules.of(given["class_code"], given["urgency"])
    expected = rule.handle_by(case.dispatched_at)
    updated = given["closed_at"] or changed_at or given["recorded_at"]
    told: dict[str, object] = {
        "service_request_id": str(given["appeal_id"]),
        "status": "closed" if closed else "open",
        "status_notes": STATE_WORDS[case.state],
        "service_name": given["class_code"].rpartition("/")[2],
        "service_code": given["class_code"],
        "description": shown.get("text") if own else None,
        "agency_responsible": given["sent_to"],
        "service_notice": None,
        "requested_datetime": _written(given["received_at"]),
        "updated_datetime": _written(updated),
        "expected_datetime": _written(expected),
        "address": (shown.get("address") if own else None) or given["community_name"],
        "address_id": given["community_code"],
        "zipcode": None,
        "lat": None if point is None else round(point[1], 7),
        "long": None if point is None else round(point[0], 7),
        "media_url": None,
    }
    return Found(given["appeal_id"], told, point)


def _near(one: Found, lon: float, lat: float, radius_m: float) -> bool:
    if one.point is None:
        return False
    here, there = (np.array([lon]), np.array([lat])), one.point
    away = distance_m(*here, np.array([there[0]]), np.array([there[1]]))
    return bool(away[0] <= radius_m)


def _written(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")

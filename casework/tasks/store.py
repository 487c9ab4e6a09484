"""The open cases of an area, and those near a place, as their viewers may see them."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from appeals.database import Connection
from appeals.errors import NotFound
from appeals.privacy import Role, Viewer, view
from appeals.store import APPEALS, CLASSES, VERSIONS
from casework.moves import State
from casework.standing import CLOSED_WORDS, Case
from casework.store import CASES, OF_CASE, OF_SOURCE, case_of
from casework.tasks.whose import is_theirs
from grids.store import PLACEMENTS, UNITS

MOST_TASKS: Final = 500

LOOKS_BACK: Final = 1_000_000
"""Versions among which an official's open cases are looked for: two weeks of the largest city."""

_MOST_NEAR: Final = 200
_VERSION: Final = (
    "kind", "class_code", "urgency", "received_at", "address", "text", "subject", "local_day",
)  # fmt: skip
_PLACE: Final = (
    "lon", "lat", "radius_m", "status", "border", "candidates", "cell_9",
    "district_id", "street_id", "community_id", "grid_id", "sent_unit_id",
)  # fmt: skip
_ENDED: Final = (State.CLOSED.value, State.RATED.value)


@dataclass(frozen=True, slots=True)
class Task:
    """One case as this viewer may see it.

    ``row`` has of the record what may be seen; ``number`` is the source's own, empty where it may
    not be seen. Units are internal ids.
    ``own`` tells that it is the viewer's to work on; ``serial`` and ``position`` are those of its
    newest version and newest move (0 where nothing was done). ``candidates`` are units in doubt.
    """

    appeal_id: int
    source: str
    number: str
    case: Case
    own: bool
    row: dict[str, object]
    class_code: str
    class_name: str
    urgency: str | None
    units: dict[str, int]
    candidates: tuple[int, ...]
    serial: int
    position: int


def tasks_of(
    connection: Connection, viewer: Viewer, around: Collection[int] = (), limit: int = MOST_TASKS
) -> list[Task]:
    """Give the open cases of the viewer's area, and their neighbours' matters.

    Where there are more, the newest and the oldest: those that just came, and the overdue ones.

    Parameters
    ----------
    viewer
        A grid worker (those given by name, of the own grids, of ``around``, and border cases of
        them), an official (of their units) or the desk (all, also what was sent to nobody yet: the
        newest).
    around
        Ids of the grids that touch the viewer's own.
    limit
        Most cases of one's own, and most of the neighbours'.
    """
    query, area = _open(), sorted(viewer.area)
    orders, half = (PLACEMENTS.c.serial.desc(), PLACEMENTS.c.serial), (limit + 1) // 2
    if viewer.role is Role.OPERATOR:
        own, others = [], [_open(sent=False)]
    elif viewer.role is Role.GRID:
        lies = sa.or_(
            PLACEMENTS.c.grid_id.in_(area),
            PLACEMENTS.c.grid_id.is_(None) & PLACEMENTS.c.community_id.in_(area),
        )
        doubted = PLACEMENTS.c.status == "needs_confirm"
        own = [query.where(lies), query.where(CASES.c.holder == viewer.actor)]
        others = [
            query.where(PLACEMENTS.c.grid_id.in_(sorted({*around} - {*area}))),
            query.where(doubted, PLACEMENTS.c.street_id.in_(_streets_of(connection, area))),
        ]
    elif viewer.role is Role.STREET:
        names = ("street_id", "community_id", "sent_unit_id")
        recent = PLACEMENTS.c.serial > newest_serial(connection) - LOOKS_BACK
        own = [query.where(recent, sa.or_(*(PLACEMENTS.c[name].in_(area) for name in names)))]
        others = []
    else:
        return []
    if own:
        own.append(query.where(CASES.c.unit.in_(_written(connection, area))))
    parts = [one.order_by(order).limit(half) for one in own for order in orders]
    parts += [one.order_by(orders[0]).limit(limit) for one in others]
    rows = {row.appeal_id: row for part in parts for row in connection.execute(part)}
    seen = frozenset({*area, *around})
    return [
        one
        for one in _tasks(connection, rows.values(), viewer)
        if viewer.role is not Role.GRID
        or one.own
        or one.units.get("grid") in seen
        or not viewer.area.isdisjoint(one.candidates)
    ]


def read_task(connection: Connection, viewer: Viewer, appeal_id: int) -> Task:
    """Give one case, open or not.

    Raises
    ------
    NotFound
        There is none that the viewer may know of.
    """
    row = connection.execute(_cases().where(APPEALS.c.appeal_id == appeal_id)).first()
    if row is None or viewer.role not in (Role.OPERATOR, Role.STREET, Role.GRID):
        raise NotFound("there is no such case")
    return _tasks(connection, [row], viewer)[0]


def numbered(connection: Connection, source: str, source_id: str) -> int | None:
    """Give the appeal of a source by that source's own number, ``None`` where there is none."""
    own = APPEALS.c.source == source, APPEALS.c.source_id == source_id
    found = connection.execute(sa.select(APPEALS.c.appeal_id).where(*own)).scalar()
    return None if found is None else int(found)


@dataclass(frozen=True, slots=True)
class Near:
    """A case that may be the same matter: where it lies (WGS84 degrees), its cell of size 9."""

    task: Task
    lon: float
    lat: float
    cell: int | None


def same_matter(
    connection: Connection,
    viewer: Viewer,
    class_code: str,
    box: tuple[float, float, float, float],
    grids: Sequence[int],
    since: datetime,
    but: int | None = None,
) -> list[Near]:
    """Give the cases of a class (or below its parent class) that came since, in a box of degrees.

    Others' cases are among them; their place is for :func:`casework.nearby.measured`.

    Parameters
    ----------
    box
        West, south, east, north, WGS84.
    grids
        Ids of those that the box touches: by them the cases are found. None, by the time.
    but
        The appeal that asks.
    """
    west, south, east, north = box
    family = class_code.rpartition("/")[0] or class_code
    query = (
        _cases()
        .where(VERSIONS.c.received_at >= since)
        .where(PLACEMENTS.c.lon.between(west, east), PLACEMENTS.c.lat.between(south, north))
        .where(VERSIONS.c.class_code.startswith(family, autoescape=True))
        .order_by(VERSIONS.c.received_at.desc())
        .limit(_MOST_NEAR)
    )
    if grids:
        query = query.where(PLACEMENTS.c.grid_id.in_(grids))
    rows = [row for row in connection.execute(query) if row.appeal_id != but]
    tasks = _tasks(connection, rows, viewer)
    both = zip(tasks, rows, strict=True)
    return [Near(task, row.lon, row.lat, row.cell_9) for task, row in both]


def learnt_from(connection: Connection, most: int, *, but: str) -> tuple[list[str], list[str]]:
    """Give words and class of the newest appeals, but for those of one source."""
    query = (
        sa.select(VERSIONS.c.text, VERSIONS.c.class_code)
        .join(APPEALS, APPEALS.c.current == VERSIONS.c.serial)
        .where(APPEALS.c.source != but)
        .order_by(VERSIONS.c.serial.desc())
        .limit(most)
    )
    rows = connection.execute(query).all()
    return [row.text for row in rows], [row.class_code for row in rows]


def unit_words(connection: Connection, ids: Collection[int]) -> dict[int, dict[str, str]]:
    """Give level, code and name of units by id."""
    columns = UNITS.c.unit_id, UNITS.c.level, UNITS.c.code, UNITS.c.name
    found = connection.execute(sa.select(*columns).where(UNITS.c.unit_id.in_(sorted(ids))))
    return {unit: {"level": at, "code": code, "name": name} for unit, at, code, name in found}


def newest_serial(connection: Connection) -> int:
    """Give the serial of the newest version of all appeals, 0 where there is none."""
    newest = sa.select(sa.func.coalesce(sa.func.max(VERSIONS.c.serial), 0))
    return int(connection.execute(newest).scalar_one())


def _cases() -> sa.Select[Any]:
    columns = (VERSIONS.c[name] for name in _VERSION)
    place = (PLACEMENTS.c[name] for name in _PLACE)
    return (
        sa.select(APPEALS.c.appeal_id, APPEALS.c.source, APPEALS.c.source_id, VERSIONS.c.serial)
        .add_columns(*columns, *place, *OF_SOURCE, *OF_CASE, CLASSES.c.name.label("class_name"))
        # By both keys: from a place one comes to its appeal without reading all appeals.
        .join(
            VERSIONS,
            (VERSIONS.c.appeal_id == APPEALS.c.appeal_id)
            & (VERSIONS.c.serial == APPEALS.c.current),
        )
        .join(PLACEMENTS, PLACEMENTS.c.serial == VERSIONS.c.serial)
        .outerjoin(CASES, CASES.c.appeal_id == APPEALS.c.appeal_id)
        .outerjoin(CLASSES, CLASSES.c.class_code == VERSIONS.c.class_code)
    )


def _open(*, sent: bool = True) -> sa.Select[Any]:
    """Leave out what is closed, here or by the source, and what was never ``sent`` to anybody."""
    status = sa.func.coalesce(VERSIONS.c.status, "")
    query = (
        _cases()
        .where(VERSIONS.c.closed_at.is_(None), status.not_in(sorted(CLOSED_WORDS)))
        .where(sa.not_(sa.func.coalesce(VERSIONS.c.direct, sa.false())))
        .where(sa.func.coalesce(CASES.c.state, "").not_in(_ENDED))
    )
    dispatched = sa.or_(VERSIONS.c.dispatched_at.is_not(None), CASES.c.state.is_not(None))
    return query.where(dispatched) if sent else query


def _streets_of(connection: Connection, area: Sequence[int]) -> list[int]:
    """Give the streets in which units lie: two steps up from a grid, one from a community."""
    up = sa.select(UNITS.c.parent_id).where(UNITS.c.unit_id.in_(area))
    above = sa.select(UNITS.c.parent_id).where(UNITS.c.unit_id.in_(up))
    either = sa.or_(UNITS.c.unit_id.in_(area), UNITS.c.unit_id.in_(up), UNITS.c.unit_id.in_(above))
    query = sa.select(UNITS.c.unit_id).where(UNITS.c.level == "street", either)
    return [int(one) for one in connection.execute(query).scalars()]


def _written(connection: Connection, area: Sequence[int]) -> list[str]:
    """Give units as a case names them, ``level:code``, by id."""
    columns = UNITS.c.level, UNITS.c.code
    found = connection.execute(sa.select(*columns).where(UNITS.c.unit_id.in_(area)).distinct())
    return [f"{level}:{code}" for level, code in found]


def _sent(connection: Connection, units: Collection[str]) -> dict[str, frozenset[int]]:
    """Give the ids of units as a case names them, those of all editions."""
    codes = sorted({unit.partition(":")[2] for unit in units})
    columns = UNITS.c.unit_id, UNITS.c.level, UNITS.c.code
    ids: dict[str, set[int]] = {unit: set() for unit in units}
    for unit_id, level, code in connection.execute(
        sa.select(*columns).where(UNITS.c.code.in_(codes))
    ):
        ids.get(f"{level}:{code}", set()).add(unit_id)
    return {unit: frozenset(found) for unit, found in ids.items()}


def _tasks(connection: Connection, rows: Iterable[sa.Row[Any]], viewer: Viewer) -> list[Task]:
    rows = list(rows)
    sent = _sent(connection, {row.case_unit for row in rows if row.case_unit})
    nowhere: frozenset[int] = frozenset()
    return [_task(row, viewer, sent.get(row.case_unit or "", nowhere)) for row in rows]


def _task(row: sa.Row[Any], viewer: Viewer, sent: frozenset[int]) -> Task:
    given = dict(row._mapping)
    case = case_of(row)
    own = is_theirs(given, case, sent, viewer)
    shown = view(_as_own(given) if own else given, _owner(viewer) if own else viewer)
    levels = ("district", "street", "community", "grid")
    doubted = json.loads(given["candidates"]) if given["candidates"] else []
    return Task(
        given["appeal_id"],
        given["source"],
        str(shown.get("source_id", "")),
        case,
        own,
        shown,
        given["class_code"],
        given["class_name"] or given["class_code"].rpartition("/")[2],
        given["urgency"],
        {at: given[f"{at}_id"] for at in levels if given[f"{at}_id"] is not None},
        tuple(int(one) for one in doubted),
        given["serial"],
        given["case_position"] or 0,
    )


_OWN_MARK: Final = 0  # no unit has this id


def _as_own(given: dict[str, Any]) -> dict[str, Any]:
    # What was given to somebody by name lies in no unit of theirs, and is theirs all the same.
    return given | {"grid_id": _OWN_MARK, "street_id": _OWN_MARK}


def _owner(viewer: Viewer) -> Viewer:
    return replace(viewer, area=frozenset({_OWN_MARK}))

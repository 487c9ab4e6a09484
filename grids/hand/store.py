"""Placing by hand, in and out of the database.

A place that a person sets is a further version of the appeal: the version before keeps its own
place, the counts move in the same transaction.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from appeals.audit.store import append_entry
from appeals.database import Connection
from appeals.errors import InputError, NotFound
from appeals.privacy import Viewer, view
from appeals.store import APPEALS, VERSIONS, Lies, Outcome, append_again
from geo.aliases import suggest_name
from geo.cells import EDGE_M, cell_name
from geo.locate import Located
from geo.store import add_aliases
from grids.boundaries import LEVELS, Boundaries
from grids.by_hand import Box, Choice, alias_of, placed_by_hand, says_the_same_place
from grids.counts.store import PLACEMENTS, add_placements, move_counts
from grids.place import CELL_COLUMNS, PLACED, UNIT_COLUMNS
from grids.placer import Placer, Places
from grids.rows import missing, records
from grids.units.store import UNITS, edition_days, load_boundaries

_LOCATED = ("level", "lon", "lat", "radius_m", "confidence", "evidence", "datum", "x", "y")
_TOLD = (*_LOCATED, "status", "finest", "how", "border")
_OF_VERSION = ("version", "why", "who", "stated_reason", "recorded_at")
_SAID = ("address", "district", "street", "community")
_OWN = ("street_id", "grid_id")
MOST_WORDS = 500
STATUSES = ("placed", "needs_confirm", "outside", "unlocated")
"""What may have become of placing an appeal."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What came of placing an appeal by hand.

    ``serial`` is of the new version, ``None`` where the place was the same already; ``alias_id`` of
    the name that was taught. ``suggested_name`` is what might be taught, where nothing was.
    """

    serial: int | None
    alias_id: int | None
    suggested_name: str | None


def place_by_hand(
    connection: Connection,
    appeal_id: int,
    choice: Choice,
    *,
    who: str,
    reason: str,
    now: datetime,
    box: Box | None = None,
) -> Moved:
    """Place one appeal as a person says, in the caller's transaction.

    Parameters
    ----------
    choice
        The point or unit, and the name to teach.
    who, reason, now
        Written beside the new version, and beside the name; the reason is redacted.
    box
        Of the jurisdiction, in WGS84 degrees.

    Raises
    ------
    NotFound
        There is no such appeal.
    InputError
        Nobody or nothing is named, or the choice cannot be.
    Conflict
        The name leads elsewhere already.
    """
    who, reason = who.strip(), reason.strip()
    if not who or not reason:
        raise InputError("a place is changed only with who and reason")
    if max(len(who), len(reason)) > MOST_WORDS:
        raise InputError(f"who and reason have at most {MOST_WORDS} characters")
    old = _current(connection, appeal_id)
    units = _units_of(connection, old["local_day"])
    held = Located(**{name: old[name] for name in _LOCATED})
    found, placed = placed_by_hand(choice, held, units, box)
    alias = alias_of(choice, found, units)
    serial = None
    if not _is_same(old, found, placed):
        said = {"who": who, "why": "re-placed", "reason": reason}
        before, serial = append_again(connection, appeal_id, now=now, **said)
        add_placements(connection, [serial], [found], placed, [old["sent_unit_id"]])
        move_counts(connection, [before], [serial])
    alias_id = None
    if alias is not None:
        (alias_id,) = add_aliases(connection, [alias], who=who, reason=reason, now=now)
    if serial is not None or alias_id is not None:
        what = {"subject": f"appeal {appeal_id}", "detail": reason}
        append_entry(connection, now=now, actor=who, act="place by hand", **what)
    return Moved(serial, alias_id, suggest_name(old["address"]) if alias_id is None else None)


def keep_by_hand(
    connection: Connection, outcomes: Sequence[Outcome], places: Places, placer: Placer
) -> tuple[Places, int, int]:
    """Let updates keep the place that a person set, unless the source says another place now.

    Parameters
    ----------
    outcomes
        Of the versions that were appended, in order.
    places
        Where they are by their own words and pins.
    placer
        By which they were placed.

    Returns
    -------
    places, kept, given_up
        ``places`` with those that a person had set; how many kept it, and how many gave it up
        because address or coordinates have changed, which their evidence says.
    """
    hands = _hands(connection, [one.old_serial for one in outcomes if one.old_serial])
    if not hands:
        return places, 0, 0
    located, placed = list(places.located), places.placed.copy()
    kept = given_up = 0
    for i, outcome in enumerate(outcomes):
        hand = hands.get(outcome.old_serial or 0)
        if hand is None:
            continue
        appeal, found = outcome.arrival.appeal, located[i]
        there = placer.on(appeal.local_day)
        ids = [hand[name] for name in UNIT_COLUMNS if hand[name] is not None]
        if says_the_same_place(hand, appeal) and all(unit in there for unit in ids):
            kept += 1
            hands[outcome.serial] = hand  # it may be updated once more in this batch
            own = {name: hand[name] for name in _LOCATED[:6]}
            located[i] = replace(found, **own, candidates=(), ambiguous=False)
            for name in PLACED:
                value = hand[name]
                nothing = pd.NA if name in (*UNIT_COLUMNS, *CELL_COLUMNS) else None
                placed.at[i, name] = nothing if value is None else value
        else:
            given_up += 1
            words = "来源的地址或坐标已变，原人工落点不再采用"
            located[i] = replace(found, evidence=f"{words}；{found.evidence}")
    return Places(located, placed, places.sent_ids), kept, given_up


def in_doubt(status: str) -> sa.Select[tuple[int]]:
    """Give the query for the numbers of appeals whose placing came to this status."""
    current = PLACEMENTS.join(APPEALS, APPEALS.c.current == PLACEMENTS.c.serial)
    return sa.select(APPEALS.c.appeal_id).select_from(current).where(PLACEMENTS.c.status == status)


def units_of_appeals() -> Lies:
    """Give the query for the units in which versions lie."""
    return sa.select(PLACEMENTS.c.serial, *(PLACEMENTS.c[name] for name in _OWN))


def read_placement(
    connection: Connection, viewer: Viewer, appeal_id: int
) -> dict[str, object] | None:
    """Give where an appeal's current version lies, as this viewer may see it.

    Units come by level with code and name, the units in doubt with their distance from the point in
    metres, cells by their text: a script in a browser cannot hold an H3 number.
    """
    try:
        row = _current(connection, appeal_id)
    except NotFound:
        return None
    doubted = json.loads(row["candidates"]) if row["candidates"] else []
    away: list[float | None] = [None] * len(doubted)
    if doubted and row["lon"] is not None:
        there = _units_of(connection, row["local_day"])
        away = there.distances_m(row["lon"], row["lat"], doubted)
    names = _names(connection, [row, *({"district_id": one} for one in doubted)])
    record = _told(row, names) | {
        "cells": {
            str(size): None if row[f"cell_{size}"] is None else cell_name(row[f"cell_{size}"])
            for size in EDGE_M
        },
        "candidates": [
            names[unit] | {"distance_m": None if far is None else round(far, 1)}
            for unit, far in zip(doubted, away, strict=True)
        ],
    }
    return _viewed(record, row, viewer, frozenset({"status"}))


def read_trail(connection: Connection, viewer: Viewer, appeal_id: int) -> list[dict[str, object]]:
    """Give where each version of an appeal lay, oldest first: who set it, when and why.

    Raises
    ------
    NotFound
        There is no such appeal.
    """
    query = sa.select(PLACEMENTS, *(VERSIONS.c[name] for name in _OF_VERSION))
    query = query.join(VERSIONS, VERSIONS.c.serial == PLACEMENTS.c.serial)
    mine = query.where(VERSIONS.c.appeal_id == appeal_id).order_by(VERSIONS.c.version)
    rows = [dict(row) for row in connection.execute(mine).mappings()]
    if not rows:
        raise NotFound("there is no such appeal")
    names = _names(connection, rows)
    of_version = [{name: row[name] for name in _OF_VERSION} for row in rows]
    told = (said | _told(row, names) for said, row in zip(of_version, rows, strict=True))
    also = frozenset({"status", "version"})
    return [_viewed(one, row, viewer, also) for one, row in zip(told, rows, strict=True)]


def _viewed(
    record: dict[str, object], row: Mapping[str, Any], viewer: Viewer, also: frozenset[str]
) -> dict[str, object]:
    """View a record by the units in which it lies: they decide whether it is the viewer's own."""
    shown = view(record | {name: row[name] for name in _OWN}, viewer, also)
    return {name: shown[name] for name in record if name in shown}


# --- rows -----------------------------------------------------------------------------------------


def _current(connection: Connection, appeal_id: int) -> dict[str, Any]:
    query = (
        sa.select(PLACEMENTS, VERSIONS.c.local_day, VERSIONS.c.address)
        .join(VERSIONS, VERSIONS.c.serial == PLACEMENTS.c.serial)
        .join(APPEALS, APPEALS.c.current == VERSIONS.c.serial)
    )
    row = connection.execute(query.where(APPEALS.c.appeal_id == appeal_id)).mappings().first()
    if row is None:
        raise NotFound("there is no such appeal")
    return dict(row)


def _hands(connection: Connection, serials: Sequence[int]) -> dict[int, dict[str, Any]]:
    if not serials:
        return {}
    query = (
        sa.select(PLACEMENTS, *(VERSIONS.c[name] for name in _SAID))
        .join(VERSIONS, VERSIONS.c.serial == PLACEMENTS.c.serial)
        .where(PLACEMENTS.c.serial.in_(serials), PLACEMENTS.c.how == "hand")
    )
    return {row["serial"]: dict(row) for row in connection.execute(query).mappings()}


def _units_of(connection: Connection, day: date) -> Boundaries:
    # Days before the first edition are placed by the first.
    first = min(edition_days(connection), default=day)
    return load_boundaries(connection, max(day, first))


def _is_same(old: Mapping[str, Any], found: Located, placed: pd.DataFrame) -> bool:
    (row,) = records(placed[list(UNIT_COLUMNS)])
    units = [None if missing(row[name]) else row[name] for name in UNIT_COLUMNS]
    here = [None if one is None else round(one, 7) for one in (found.lon, found.lat)]
    was = [old["lon"], old["lat"]]
    return old["how"] == "hand" and units == [old[name] for name in UNIT_COLUMNS] and here == was


def _names(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> dict[int, dict[str, Any]]:
    ids = {row[name] for row in rows for name in UNIT_COLUMNS if row.get(name) is not None}
    columns = UNITS.c.unit_id, UNITS.c.level, UNITS.c.code, UNITS.c.name
    found = connection.execute(sa.select(*columns).where(UNITS.c.unit_id.in_(ids)))
    return {unit: {"level": at, "code": code, "name": name} for unit, at, code, name in found}


def _told(row: Mapping[str, Any], names: Mapping[int, dict[str, Any]]) -> dict[str, object]:
    units = {level: row[f"{level}_id"] for level in LEVELS if row[f"{level}_id"] is not None}
    return {name: row[name] for name in _TOLD} | {
        "units": {level: names[unit] for level, unit in units.items()}
    }

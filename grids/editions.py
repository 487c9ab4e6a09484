"""Units over time: what a new edition of a level begins, ends and leaves as it is.

A unit that is as it was keeps its row and its id; a changed one ends on the first day of the
edition and a new row begins. A file speaks for the parents that it has units of: units of these
that it leaves out end; those of other parents stay, so that each office may hand in its own part.
An edition of the same first day as the one before is a correction and changes rows in place.

A unit names its parent's row of the time when it came. Where the parent has a newer version on the
day that is asked for, the unit hangs below that version (same level, same code).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from appeals.errors import BoundaryError
from geo.measure import area_m2
from grids.boundaries import LEVELS, Boundaries, on_day
from grids.codes import make_codes
from grids.findings import Finding
from grids.parents import find_parents
from grids.rows import missing, records

LINK = ("unit_id", "level", "code", "parent_id", "valid_from", "valid_to")
"""What :func:`with_sent` needs of each unit."""


class _Link(NamedTuple):
    unit_id: int
    level: str
    code: str
    parent_id: int | None
    valid_from: date
    valid_to: date | None

    def holds(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class UnitsReport:
    """How many units of an edition are new, changed, kept as they were, and ended."""

    level: str
    new: int
    changed: int
    kept: int
    ended: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, eq=False)
class UnitRow:
    """A unit as it is stored, apart from its id and its end; ``geometry`` is WGS84."""

    level: str
    code: str
    name: str
    parent_id: int | None
    valid_from: date
    geometry: BaseGeometry | None
    area_m2: float | None
    households: int | None
    people: int | None

    def same_as(self, other: "UnitRow") -> bool:
        """Tell whether two units differ in nothing that an office could have changed."""
        mine, theirs = (
            (
                one.name,
                one.parent_id,
                one.households,
                one.people,
                one.geometry and shapely.to_wkb(shapely.normalize(one.geometry)),
            )
            for one in (self, other)
        )
        return mine == theirs

    def values(self) -> dict[str, object]:
        """Give the columns of the table of units."""
        shape = None if self.geometry is None else shapely.to_wkb(self.geometry)
        names = [field.name for field in fields(self)]
        return {name: getattr(self, name) for name in names} | {"geometry": shape}


@dataclass(frozen=True, slots=True)
class Edition:
    """What is to be written for a new edition.

    ``changes`` are the new values of rows by id (an end, or a correction); ``begun`` the rows to
    insert.
    """

    changes: Mapping[int, Mapping[str, object]]
    begun: list[dict[str, object]]
    report: UnitsReport


def next_edition(
    layer: gpd.GeoDataFrame,
    level: str,
    valid_from: date,
    stored: gpd.GeoDataFrame,
    jurisdiction: str,
) -> Edition:
    """Compare a layer with the units that are stored.

    Parameters
    ----------
    layer
        Of :func:`grids.read.read_layer`.
    level
        Of ``LEVELS``.
    valid_from
        First day of the edition.
    stored
        All units ever, with the columns of :data:`grids.boundaries.COLUMNS`.
    jurisdiction
        Six digits, prefix of codes that are made.

    Raises
    ------
    BoundaryError
        Two units have one code, the level has later units already, or codes cannot be made.
    """
    ever = stored[stored["level"] == level]
    later = [first for first in ever["valid_from"] if first > valid_from]
    if later:
        raise BoundaryError(
            f"{level}: units from {max(later)} on are there already; an edition cannot begin on "
            f"{valid_from}, before them"
        )
    today = Boundaries.build(follow_parents(on_day(stored, valid_from), stored))
    rows, findings = _rows(layer, level, valid_from, today, ever, jurisdiction)
    held = today.frame(level)
    current = dict(zip(held["code"], zip(held["unit_id"], _units(held), strict=True), strict=True))
    begins = zip(ever["code"], ever["unit_id"], ever["valid_from"], strict=True)
    same_day = {code: int(unit) for code, unit, first in begins if first == valid_from}
    speaks_for = {row.parent_id for row in rows}
    ends = {"valid_to": valid_from}
    changes: dict[int, Mapping[str, object]] = {}
    begun: list[dict[str, object]] = []
    kept = changed = 0
    for row in rows:
        unit, old = current.pop(row.code, (None, None))
        if old is not None and old.same_as(row):
            kept += 1
            continue
        changed += old is not None
        if row.code in same_day:
            changes[same_day[row.code]] = {**row.values(), "valid_to": None}
            continue
        if unit is not None:
            changes[int(unit)] = ends
        begun.append(row.values())
    gone = [int(unit) for unit, old in current.values() if old.parent_id in speaks_for]
    new = len(rows) - kept - changed
    report = UnitsReport(level, new, changed, kept, len(gone), tuple(findings))
    return Edition(changes | dict.fromkeys(gone, ends), begun, report)


def _rows(
    layer: gpd.GeoDataFrame,
    level: str,
    valid_from: date,
    today: Boundaries,
    ever: pd.DataFrame,
    jurisdiction: str,
) -> tuple[list[UnitRow], list[Finding]]:
    parents, findings = find_parents(layer, level, today)
    code_of = dict(zip(today.ids.tolist(), today.units["code"], strict=True))
    parent_codes = [None if parent is None else code_of[parent] for parent in parents]
    held = today.frame(level)
    known = {
        (None if missing(parent) else code_of[parent], name): code
        for parent, name, code in zip(held["parent_id"], held["name"], held["code"], strict=True)
    }
    codes = make_codes(layer, level, parent_codes, known, list(ever["code"]), jurisdiction)
    twice = sorted(code for code, n in Counter(codes).items() if n > 1)
    if twice:
        raise BoundaryError(f"{level}: code {', '.join(twice[:5])} stands on two units")
    shapes = np.array(layer.geometry, dtype=object)
    areas = np.where(shapely.is_missing(shapes), np.nan, area_m2(shapes))
    above = pd.array(parents, dtype="Int64")
    whole = layer.assign(
        level=level, code=codes, valid_from=valid_from, parent_id=above, area_m2=areas
    )
    return _units(whole), findings


def _units(frame: gpd.GeoDataFrame) -> list[UnitRow]:
    names = [field.name for field in fields(UnitRow)]
    columns = [[None if missing(one) else one for one in frame[name].tolist()] for name in names]
    return [UnitRow(*row) for row in zip(*columns, strict=True)]


def follow_parents(units: pd.DataFrame, stored: pd.DataFrame) -> pd.DataFrame:
    """Hang the units of a day below the versions of their parents that hold on that day.

    Parameters
    ----------
    units
        The units of the day.
    stored
        All units ever.
    """
    named = {
        int(unit): (level, code)
        for unit, level, code in zip(
            stored["unit_id"], stored["level"], stored["code"], strict=True
        )
    }
    today = {
        (level, code): int(unit)
        for unit, level, code in zip(units["unit_id"], units["level"], units["code"], strict=True)
    }
    parents = [
        None if pd.isna(parent) else today.get(named[int(parent)]) for parent in units["parent_id"]
    ]
    return units.assign(parent_id=pd.array(parents, dtype="Int64"))


def with_sent(frame: pd.DataFrame, links: pd.DataFrame) -> pd.DataFrame:
    """Add the ids of the unit that each appeal was sent to and of those above it on its day.

    Parameters
    ----------
    frame
        ``sent_unit_id`` and ``local_day``, among others.
    links
        The columns ``LINK`` of all units to which anything may be sent.

    Returns
    -------
    DataFrame
        With ``sent_district_id``, ``sent_street_id`` … (``Int64``).
    """
    rows = records(links[list(LINK)])
    every = [_Link._make(None if missing(v) else v for v in row.values()) for row in rows]
    units = {link.unit_id: link for link in every}
    versions: dict[tuple[str, str], list[_Link]] = {}
    for link in every:
        versions.setdefault((link.level, link.code), []).append(link)

    def chain(unit: int, day: date) -> tuple[int, ...]:
        ids = [0] * len(LEVELS)
        at = units[unit]
        while True:
            ids[LEVELS.index(at.level)] = at.unit_id
            parent = None if at.parent_id is None else units.get(at.parent_id)
            if parent is None:
                return tuple(ids)
            # Appeals older than the first edition are placed by the first.
            of_day = (one for one in versions[parent.level, parent.code] if one.holds(day))
            at = next(of_day, parent)

    sent = frame["sent_unit_id"].astype("Int64")
    pairs = pd.MultiIndex.from_arrays([sent.fillna(0).to_numpy(np.int64), frame["local_day"]])
    number, distinct = pd.factorize(pairs)
    table = [chain(unit, day) if unit else (0,) * len(LEVELS) for unit, day in distinct]
    chains = np.array(table, np.int64).reshape(-1, len(LEVELS))[number]
    return frame.assign(
        **{f"sent_{level}_id": chains[:, column] for column, level in enumerate(LEVELS)}
    )

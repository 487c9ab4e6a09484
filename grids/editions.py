"""Units over time: what a new edition of a level begins, ends and leaves as it is.

A unit that is as it was keeps its row and its id; a changed one ends on the first day of the
edition and a new row begins. A file speaks for the parents that it has units of: units of these
that it leaves out end; those of other parents stay, so that each office may hand in its own part.
An edition of the same first day as the one before is a correction and changes rows in place.

A unit names its parent's row of the time when it came. Where the parent has a newer version on the
day that is asked for, the unit hangs below that version (same level, same code).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from appeals.errors import BoundaryError
from geo.measure import area_m2
from grids.boundaries import LEVELS, Boundaries, on_day
from grids.codes import find_parents, make_codes
from grids.findings import Finding

LINK = ("unit_id", "level", "code", "parent_id", "valid_from", "valid_to")
"""What :func:`with_sent` needs of each unit."""

_CONTENT = ("name", "parent_id", "households", "people", "geometry")


@dataclass(frozen=True, slots=True)
class UnitsReport:
    """How many units of an edition are new, changed, kept as they were, and ended."""

    level: str
    new: int
    changed: int
    kept: int
    ended: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """What is to be written for a new edition.

    ``ended`` are ids whose last day has come; ``corrected`` the new values by id; ``begun`` the
    rows to insert.
    """

    ended: tuple[int, ...]
    corrected: Mapping[int, dict[str, object]]
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
    current = {row["code"]: row for row in today.frame(level).to_dict("records")}
    same_day = dict(
        ever.loc[ever["valid_from"] == valid_from, ["code", "unit_id"]].itertuples(index=False)
    )
    speaks_for = {row["parent_id"] for row in rows}
    ended: list[int] = []
    corrected: dict[int, dict[str, object]] = {}
    begun: list[dict[str, object]] = []
    kept = changed = 0
    for row in rows:
        old = current.pop(row["code"], None)
        if old is not None and _content(old) == _content(row):
            kept += 1
            continue
        changed += old is not None
        if row["code"] in same_day:
            corrected[int(same_day[row["code"]])] = {**_stored(row), "valid_to": None}
            continue
        if old is not None:
            ended.append(int(old["unit_id"]))
        begun.append(_stored(row))
    gone = [int(o["unit_id"]) for o in current.values() if _id(o["parent_id"]) in speaks_for]
    new = len(rows) - kept - changed
    report = UnitsReport(level, new, changed, kept, len(gone), tuple(findings))
    return Edition((*ended, *gone), corrected, begun, report)


def _rows(
    layer: gpd.GeoDataFrame,
    level: str,
    valid_from: date,
    today: Boundaries,
    ever: pd.DataFrame,
    jurisdiction: str,
) -> tuple[list[dict[str, object]], list[Finding]]:
    parents, findings = find_parents(layer, level, today)
    code_of = dict(zip(today.ids.tolist(), today.units["code"], strict=True))
    parent_codes = [None if parent is None else code_of[parent] for parent in parents]
    held = today.frame(level)
    known = {
        (code_of.get(_id(parent) or 0), name): code
        for parent, name, code in zip(held["parent_id"], held["name"], held["code"], strict=True)
    }
    codes = make_codes(layer, level, parent_codes, known, list(ever["code"]), jurisdiction)
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise BoundaryError(f"{level}: code {', '.join(twice[:5])} stands on two units")
    shapes = np.array(layer.geometry, dtype=object)
    columns = zip(
        codes, layer["name"], parents, layer["households"], layer["people"], shapes,
        area_m2(shapes), strict=True,
    )  # fmt: skip
    rows: list[dict[str, object]] = [
        {
            "level": level,
            "code": code,
            "name": name,
            "parent_id": parent,
            "valid_from": valid_from,
            "households": _id(households),
            "people": _id(people),
            "geometry": shape,
            "area_m2": None if shape is None else float(area),
        }
        for code, name, parent, households, people, shape, area in columns
    ]
    return rows, findings


def _id(value: object) -> int | None:
    return None if value is None or pd.isna(value) else int(value)


def _content(row: Mapping[str, object]) -> tuple[object, ...]:
    values = {key: row[key] for key in _CONTENT}
    for key in ("parent_id", "households", "people"):
        values[key] = _id(values[key])
    shape = values["geometry"]
    values["geometry"] = None if shape is None else shapely.to_wkb(shapely.normalize(shape))
    return tuple(values.values())


def _stored(row: Mapping[str, object]) -> dict[str, object]:
    shape = row["geometry"]
    return {**row, "geometry": None if shape is None else shapely.to_wkb(shape)}


def follow_parents(units: gpd.GeoDataFrame, stored: pd.DataFrame) -> gpd.GeoDataFrame:
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
    units = {int(row["unit_id"]): row for row in links.to_dict("records")}
    versions: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in units.values():
        versions.setdefault((row["level"], row["code"]), []).append(row)

    def chain(unit: int, day: date) -> tuple[int, ...]:
        ids = [0] * len(LEVELS)
        at = units[unit]
        while True:
            ids[LEVELS.index(at["level"])] = int(at["unit_id"])
            if pd.isna(at["parent_id"]) or int(at["parent_id"]) not in units:
                return tuple(ids)
            parent = units[int(at["parent_id"])]
            # Appeals older than the first edition are placed by the first.
            at = next(
                (v for v in versions[parent["level"], parent["code"]] if _holds(v, day)), parent
            )

    sent = frame["sent_unit_id"].astype("Int64")
    pairs = pd.MultiIndex.from_arrays([sent.fillna(0).to_numpy(np.int64), frame["local_day"]])
    number, distinct = pd.factorize(pairs)
    table = [chain(unit, day) if unit else (0,) * len(LEVELS) for unit, day in distinct]
    chains = np.array(table, np.int64).reshape(-1, len(LEVELS))[number]
    return frame.assign(
        **{f"sent_{level}_id": chains[:, column] for column, level in enumerate(LEVELS)}
    )


def _holds(unit: Mapping[str, object], day: date) -> bool:
    first, last = unit["valid_from"], unit["valid_to"]
    return first <= day and (last is None or pd.isna(last) or day < last)

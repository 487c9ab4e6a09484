"""What the watch is told by an installation: names, calendar, classes, and what the office set."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from alerts.decide import Bounds
from alerts.lease import store as lease_store
from alerts.levels import Levels, read_levels
from alerts.sensitive import SensitiveWatch
from alerts.subjects import SubjectReader, read_aliases
from alerts.watch import Context
from appeals import store as appeal_store
from appeals.database import Connection
from geo.cells import cell_point
from geo.store import load_aliases, load_places
from grids import store as grid_store
from grids.boundaries import LEVELS, Boundaries
from grids.inside import units_of_points
from grids.place import UNIT_COLUMNS
from wangge.sensitive_terms import read_sensitive
from wangge.settings import Settings
from wangge.taught import read_possible, read_telling, read_watched

LATENESS = timedelta(hours=2)
"""A local day is over when an appeal has come that was received so long after its end.

The clock has to be as far too: by a clock or a zone that is wrong a row is dated ahead.
"""


def read_subjects(connection: Connection, aliases: Mapping[str, Sequence[str]]) -> SubjectReader:
    """Read the names of 被反映主体: the office's list, the gazetteer and what people taught.

    A taught name of a unit is none: whose an appeal is says its place.
    """
    places = load_places(connection)
    named = places.loc[~places["kind"].isin(["plate", "building"]), "name"]
    names = load_aliases(connection)
    taught = {
        name: place or name
        for name, place, code in zip(names["name"], names["place"], names["code"], strict=True)
        if not code
    }
    return SubjectReader.of(aliases, named.tolist(), taught)


@dataclass(frozen=True, slots=True)
class Names:
    """By which names the watch counts: a class by its path from the top, a unit by its heir.

    ``paths`` leads from codes of classes to paths, from an old code to that of its new one;
    ``heirs`` from the units of editions that are over to those that go on with their codes.
    ``classes`` is a digest of what the office brought in of both, empty where it brought nothing.
    """

    paths: Mapping[str, str] = field(default_factory=dict)
    heirs: Mapping[int, int] = field(default_factory=dict)
    classes: str = ""


def newest_by(connection: Connection, now: datetime) -> datetime:
    """Give the newest time of receipt, ``now`` where rows are dated ahead or there are none."""
    return min(appeal_store.newest_received(connection) or now, now)


def watch_context(
    connection: Connection,
    settings: Settings,
    sensitive: SensitiveWatch,
    subjects: SubjectReader,
    levels: Levels,
    now: datetime,
) -> tuple[Context, Names]:
    """Read what the watch is told from outside; give it with the names by which it counts."""
    zone = ZoneInfo(settings.jurisdiction.time_zone)
    calendar = appeal_store.calendar(connection)
    tree = appeal_store.class_tree(connection)
    known = {code: tree.words(code) for code in tree.parent}
    codes = {path: code for code, path in known.items()}
    # What was said under an old code is the past of its new one.
    moved = {old: tree.words(new) for old, new in appeal_store.crosswalk(connection).items()}
    brought = sorted(moved.items()) + sorted((code, known[code]) for code in tree.brought)
    classes = sha256(json.dumps(brought).encode()).hexdigest() if brought else ""
    unit_names = lease_store.unit_names(connection)
    city = settings.jurisdiction.name
    today = newest_by(connection, now).astimezone(zone).date()
    units = grid_store.load_boundaries(connection, today)
    lines = grid_store.heirs(connection, today).items()
    heirs = {unit: heir for unit, heir in lines if unit != heir}
    names = Names(known | moved, heirs, classes)

    def name_of(kind: str, area: int) -> str:
        if kind == "city":
            return city
        return cell_words(area, units, city) if kind.startswith("cell_") else unit_names[area]

    def nature(day: date) -> tuple[bool, bool]:
        kind = calendar.day_type(day)
        return kind == "holiday", kind == "workday" and day.weekday() >= 5

    context = Context(
        zone=zone,
        name_of=name_of,
        nature=nature,
        learning=lambda path, day: tree.learning(codes.get(path, path), day),
        sensitive=sensitive,
        subjects=subjects,
        bounds=Bounds(false_share=settings.alerts.false_share),
        learning_days=settings.alerts.learning_days,
        telling=read_telling(connection, settings, levels, zone, names.heirs),
        consult=settings.alerts.consult,
        watched=replace(read_watched(settings), classes=classes),
        possible=read_possible(connection, settings),
    )
    return context, names


def fresh_context(connection: Connection, settings: Settings) -> tuple[Context, Names]:
    """Read all that the watch is told from outside, as of now; as :func:`watch_context`."""
    sensitive, own = read_sensitive(connection, settings), settings.alerts
    subjects = read_subjects(connection, read_aliases(own.subjects))
    levels = read_levels(own.levels, ZoneInfo(settings.jurisdiction.time_zone))
    return watch_context(connection, settings, sensitive, subjects, levels, datetime.now(UTC))


def named_rows(
    connection: Connection,
    day: date,
    names: Names,
    known_by: datetime | None = None,
) -> pd.DataFrame:
    """Give a day's appeals with the names by which the watch counts.

    Parameters
    ----------
    connection
        An open transaction.
    day
        Local day.
    names
        Of classes and units.
    known_by
        As the rows stood at this moment; as they stand now without it.
    """
    rows = grid_store.appeal_rows(connection, day, day, known_by)
    code = rows["class_code"]
    rows = rows.assign(class_code=code.map(names.paths).fillna(code))
    for column in UNIT_COLUMNS if names.heirs else ():
        rows[column] = rows[column].replace(names.heirs)
    return rows


def cell_words(cell: int, units: Boundaries, city: str) -> str:
    """Name an H3 cell as an official reads it: by the unit in which its middle lies.

    A cell is never called 网格: that word is for the units of governance.
    """
    lon, lat = cell_point(cell)
    found, _ = units_of_points(np.array([lon]), np.array([lat]), units)
    inside = [unit for unit in found[0].tolist() if unit]
    # The community says where; a grid would say more than a cell of half a kilometre knows.
    finest = inside[-2] if len(inside) == len(LEVELS) else inside[-1] if inside else None
    return f"{units.unit(finest).name if finest else city}一带"

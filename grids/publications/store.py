"""Publications in and out of the database: written once, never changed.

A count that a planner was shown stays what it was: later corrections, which would tell by their
difference that one appeal moved, go into no publication that is out. Only whole months that are
over are published.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
import pandas as pd
import sqlalchemy as sa

from appeals.database import BIG_ID, METADATA, Connection, Instant, append_lock
from grids.boundaries import Boundaries
from grids.counts.store import COUNTS
from grids.publication import suppress
from grids.rows import missing, records
from grids.units.store import load_boundaries, read_frame, unit_versions

PUBLICATIONS = sa.Table(
    "publications",
    METADATA,
    sa.Column("publication_id", BIG_ID, primary_key=True),
    sa.Column("reading", sa.Text, nullable=False),
    sa.Column("first_day", sa.Date, nullable=False),
    sa.Column("last_day", sa.Date, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.UniqueConstraint("reading", "first_day", "last_day"),
)

PUBLISHED = sa.Table(
    "published",
    METADATA,
    sa.Column("publication_id", sa.ForeignKey("publications.publication_id"), primary_key=True),
    sa.Column("level", sa.Text, primary_key=True),  # city, district, street, community
    sa.Column("area", sa.BigInteger, primary_key=True),  # unit id, 0 for the city
    sa.Column("class_code", sa.Text, primary_key=True),  # of the first level; "" is all
    sa.Column("n", sa.Integer),  # null: hidden; a place and class without a row had none
    sqlite_with_rowid=False,
)

LEVELS: Final = ("district", "street", "community")
"""Levels whose counts are published; a grid's would point at a house."""

EVERY: Final = ""
"""Stands for all classes together."""

UNCLASSED: Final = "未分类"

_COLUMNS = ["level", "area", "class_code", "n"]


@dataclass(frozen=True, slots=True)
class Publication:
    """One month as it was published: when, and its cells (columns level, area, class_code, n)."""

    made_at: datetime
    first_day: date
    last_day: date
    cells: pd.DataFrame

    def counts(self, level: str, class_code: str = EVERY) -> pd.Series:
        """Give the counts of a level by area: NaN where hidden; areas that had none are missing."""
        mine = (self.cells["level"] == level) & (self.cells["class_code"] == class_code)
        return self.cells[mine].set_index("area")["n"]

    @property
    def classes(self) -> list[str]:
        """The classes of the first level that the city had."""
        city = self.cells[self.cells["level"] == "city"]
        return sorted(set(city["class_code"]) - {EVERY})


def published(
    connection: Connection, first_day: date, last_day: date, reading: str = "lies"
) -> Publication | None:
    """Give the publication of a month, ``None`` where there is none yet."""
    where = (
        PUBLICATIONS.c.reading == reading,
        PUBLICATIONS.c.first_day == first_day,
        PUBLICATIONS.c.last_day == last_day,
    )
    row = connection.execute(sa.select(PUBLICATIONS).where(*where)).one_or_none()
    if row is None:
        return None
    mine = PUBLISHED.c.publication_id == row.publication_id
    query = sa.select(*(PUBLISHED.c[name] for name in _COLUMNS)).where(mine)
    cells = read_frame(connection, query).astype({"area": "int64", "n": "Float64"})
    return Publication(row.made_at, first_day, last_day, cells.astype({"n": "float64"}))


def publish(
    connection: Connection, cells: pd.DataFrame, first_day: date, last_day: date, reading: str,
    now: datetime,
) -> None:  # fmt: skip
    """Write what :func:`prepare` gave; where somebody was first, theirs stands."""
    append_lock(connection)
    if published(connection, first_day, last_day, reading) is not None:
        return
    head = {"reading": reading, "first_day": first_day, "last_day": last_day, "made_at": now}
    made = PUBLICATIONS.insert().values(head).returning(PUBLICATIONS.c.publication_id)
    number = connection.execute(made).scalar_one()
    rows = [
        row | {"publication_id": number, "n": None if missing(row["n"]) else int(str(row["n"]))}
        for row in records(cells)
    ]
    if rows:
        connection.execute(PUBLISHED.insert(), rows)


def prepare(
    connection: Connection, first_day: date, last_day: date, reading: str = "lies"
) -> pd.DataFrame:
    """Work out what may be published of a month, out of the counts as they are now.

    Returns
    -------
    DataFrame
        Columns level, area, class_code, n (missing: hidden) of the places and classes that had
        appeals or are hidden. A place that ended is counted to the one that took its code over, on
        the month's last day.
    """
    units = load_boundaries(connection, last_day)
    places, parent = _tree(units)
    position = {unit: at for at, (_, unit) in enumerate(places)}
    counts = {
        level: _counted(connection, level, (first_day, last_day), reading)
        for level in ("city", *LEVELS)
    }
    classes = sorted(set(counts["city"]["top"]))
    column = {name: at for at, name in enumerate(classes, start=1)}
    n = np.zeros((len(places), 1 + len(classes)), np.int64)
    for level, frame in counts.items():
        heir = {} if level == "city" else _heirs(connection, level, last_day)
        for area, top, count in zip(frame["area"], frame["top"], frame["n"], strict=True):
            at = 0 if level == "city" else position.get(heir.get(area, area))
            if at is not None and top in column:
                n[at, column[top]] += count
    n[:, 0] = n[:, 1:].sum(axis=1)
    n, parent, kept = _consistent(n, parent)
    hidden, _ = suppress(n, parent)
    rows, columns = np.nonzero((n > 0) | hidden)
    names = [EVERY, *classes]
    made = {
        "level": [places[kept[row]][0] for row in rows],
        "area": [places[kept[row]][1] for row in rows],
        "class_code": [names[at] for at in columns],
        "n": pd.array(n[rows, columns], dtype="Int64"),
    }
    cells = pd.DataFrame(made)
    cells.loc[hidden[rows, columns], "n"] = pd.NA
    return cells


def _tree(units: Boundaries) -> tuple[list[tuple[str, int]], np.ndarray]:
    """Give the places, a place before its parts, and the position of each one's whole."""
    places, parents = [("city", 0)], [-1]
    position: dict[int, int] = {}
    for level in LEVELS:
        if level not in units.levels:
            continue
        frame = units.frame(level)
        above = frame["parent_id"].fillna(0).astype("int64")
        for unit, whole in zip(frame["unit_id"].astype("int64"), above, strict=True):
            places.append((level, int(unit)))
            parents.append(position.get(int(whole), 0))
            position[int(unit)] = len(places) - 1
    return places, np.array(parents)


def _consistent(n: np.ndarray, parent: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Leave out the parts of a place that hold more than it does: they changed hands in between.

    Returns the counts and parents that are left, and which places they are.
    """
    kept = np.ones(len(n), np.bool_)
    for place in range(len(n)):  # a place before its parts
        kept[place] &= place == 0 or kept[parent[place]]
        parts = np.flatnonzero(parent == place)
        if (n[parts].sum(axis=0) > n[place]).any():
            kept[parts] = False
    rows = np.flatnonzero(kept)
    renamed = np.cumsum(kept) - 1
    return n[rows], np.where(parent[rows] < 0, -1, renamed[parent[rows]]), rows


def _counted(
    connection: Connection, level: str, days: tuple[date, date], reading: str
) -> pd.DataFrame:
    """Count a level's appeals by area and class of the first level: area, top, n."""
    own = COUNTS.c.area_kind == level, COUNTS.c.reading == reading
    total = sa.func.sum(COUNTS.c.n).label("n")
    query = sa.select(COUNTS.c.area, COUNTS.c.class_code, total)
    query = query.where(*own, COUNTS.c.local_day.between(*days))
    frame = read_frame(connection, query.group_by(COUNTS.c.area, COUNTS.c.class_code))
    top = frame["class_code"].astype("str").str.split("/").str[0].replace("", UNCLASSED)
    summed = frame.assign(top=top).astype({"n": "int64", "area": "int64"})
    return summed.groupby(["area", "top"])["n"].sum().reset_index()


def _heirs(connection: Connection, level: str, day: date) -> dict[int, int]:
    versions = unit_versions(connection, level, day)
    return dict(zip(versions["unit_id"].astype(int), versions["heir"].astype(int), strict=True))

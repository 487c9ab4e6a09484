"""Classes, crosswalk and calendar in and out of the database."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import sqlalchemy as sa

from appeals.calendar import Calendar, Entry, shipped_calendar
from appeals.categories import Class, ClassTree
from appeals.database import METADATA, Connection, upsert
from appeals.errors import InputError

CLASSES = sa.Table(
    "classes",
    METADATA,
    sa.Column("class_code", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("parent_code", sa.Text),
    sa.Column("depth", sa.SmallInteger, nullable=False),  # 1, 2, 3
    sa.Column("first_day", sa.Date),  # of the first appeal: learning for 28 days from here
    sa.Column("edition", sa.Text, nullable=False),  # of the tree that brought it
)

CROSSWALK = sa.Table(
    "crosswalk",
    METADATA,
    sa.Column("old_code", sa.Text, primary_key=True),
    sa.Column("new_code", sa.Text, nullable=False),
    sa.Column("edition", sa.Text, nullable=False),
)

CALENDAR = sa.Table(
    "calendar",
    METADATA,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("nature", sa.Text, nullable=False),  # holiday, workday, lunar, season
)

_SEEN = "seen"  # edition of a class that came with an appeal and not with a tree


def class_tree(connection: Connection) -> ClassTree:
    """Give the classes that are known, from a tree or from an appeal."""
    rows = connection.execute(sa.select(CLASSES)).all()
    return ClassTree(
        parent={row.class_code: row.parent_code for row in rows},
        names={row.class_code: row.name for row in rows},
        first_day={row.class_code: row.first_day for row in rows if row.first_day is not None},
        brought=frozenset(row.class_code for row in rows if row.edition != _SEEN),
    )


def learn_classes(connection: Connection, seen: Iterable[tuple[str, date]]) -> None:
    """Write the first day of each class and of those above it, and the classes that are new.

    Parameters
    ----------
    seen
        Class code and local day of each version that was added.
    """
    days: dict[str, date] = {}
    for code, day in seen:
        days[code] = min(day, days.get(code, day))
    tree = class_tree(connection)
    first: dict[str, date] = {}
    depths: dict[str, tuple[str | None, int]] = {}
    for code, day in days.items():
        path = tree.path(code)
        for depth, one in enumerate(path, start=1):
            first[one] = min(day, first.get(one, day))
            depths[one] = (path[depth - 2] if depth > 1 else None, depth)
    new = [
        {"class_code": one, "name": tree.name(one), "parent_code": depths[one][0],
         "depth": depths[one][1], "first_day": day, "edition": _SEEN}
        for one, day in first.items()
        if one not in tree.parent
    ]  # fmt: skip
    earlier = [
        {"of": one, "to": day}
        for one, day in first.items()
        if one in tree.parent and day < tree.first_day.get(one, date.max)
    ]
    if new:
        connection.execute(sa.insert(CLASSES), new)
    if earlier:
        update = sa.update(CLASSES).where(CLASSES.c.class_code == sa.bindparam("of"))
        connection.execute(update.values(first_day=sa.bindparam("to")), earlier)


def add_classes(connection: Connection, classes: Sequence[Class], edition: str) -> int:
    """Bring in a class tree; classes that are there keep their first day. Gives how many."""
    parent = {one.code: one.parent for one in classes}
    tree = ClassTree(parent=parent)
    rows = [
        {"class_code": one.code, "name": one.name, "parent_code": one.parent,
         "depth": len(tree.path(one.code)) if one.parent else 1, "edition": edition}
        for one in classes
    ]  # fmt: skip
    upsert(connection, CLASSES, rows, replace=("name", "parent_code", "depth", "edition"))
    return len(rows)


def add_crosswalk(connection: Connection, steps: Mapping[str, str], edition: str) -> int:
    """Bring in which old code is which new one; rows stored before keep theirs. Gives how many.

    Codes that an earlier crosswalk leads to are followed on to the new ones.
    """
    rows = [{"old_code": old, "new_code": new, "edition": edition} for old, new in steps.items()]
    for old, new in connection.execute(sa.select(CROSSWALK.c.old_code, CROSSWALK.c.new_code)):
        if new in steps and old not in steps:
            rows.append({"old_code": old, "new_code": steps[new], "edition": edition})
    if any(row["old_code"] == row["new_code"] for row in rows):
        raise InputError("the crosswalk leads back to a code that an earlier one left")
    upsert(connection, CROSSWALK, rows, replace=("new_code", "edition"))
    return len(steps)


def crosswalk(connection: Connection) -> dict[str, str]:
    """Give all old codes that have a new one, with it."""
    rows = connection.execute(sa.select(CROSSWALK.c.old_code, CROSSWALK.c.new_code))
    return {row.old_code: row.new_code for row in rows}


def crosswalk_of(connection: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Give the new code of each of these codes that has one."""
    query = sa.select(CROSSWALK.c.old_code, CROSSWALK.c.new_code)
    rows = connection.execute(query.where(CROSSWALK.c.old_code.in_(list(codes))))
    return {row.old_code: row.new_code for row in rows}


def add_calendar(connection: Connection, entries: Sequence[Entry]) -> int:
    """Bring in days; they stand instead of all of the same year and kind. Gives how many."""
    imported = _imported_days(connection).replaced(entries)
    rows = [
        {"day": one.day, "name": one.name, "nature": one.nature}
        for day in imported.entries.values()
        for one in day
    ]
    connection.execute(sa.delete(CALENDAR))
    if rows:
        connection.execute(sa.insert(CALENDAR), rows)
    return len(entries)


def calendar(connection: Connection) -> Calendar:
    """Give the calendar that comes with the product, with the days that were brought in."""
    imported = _imported_days(connection)
    return shipped_calendar().replaced(one for day in imported.entries.values() for one in day)


def _imported_days(connection: Connection) -> Calendar:
    rows = connection.execute(sa.select(CALENDAR.c.day, CALENDAR.c.name, CALENDAR.c.nature))
    return Calendar.of(Entry(*row) for row in rows)

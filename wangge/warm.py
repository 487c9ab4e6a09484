"""What the rows give back of a watch: its ring of hours, recent rows and texts; what came late."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

import numpy as np
import pandas as pd

from alerts.columns import Columns, join
from alerts.episode import Episode
from alerts.evidence.store import told_appeals
from alerts.late import AROUND, find_late, grave
from alerts.lease import store as lease_store
from alerts.novelty import RecentTexts
from alerts.state import unpack
from alerts.watch import DAYS_BEHIND, Context, Watch
from appeals.database import Connection
from appeals.errors import StateMismatch
from wangge.watch_context import Names, named_rows

BACKLOG_DAYS = 7
"""Rows for more closed days than this are a backlog: all that was learnt is learnt again."""


def warm(connection: Connection, watch: Watch, context: Context, names: Names) -> None:
    """Give a watch that was unpacked what is not stored of it, up to its closed day."""
    if watch.closed is None:
        return
    watch.texts = RecentTexts(watch.texts.days_kept, watch.texts.most_texts)
    first = watch.closed - timedelta(days=watch.texts.days_kept)
    days = lease_store.days_with_rows(connection, after=first)
    frames: list[tuple[date, pd.DataFrame]] = []
    held = 0
    for day in reversed([day for day in days if day <= watch.closed]):
        if held > watch.texts.most_texts:
            break  # older words would be dropped again at once
        frames.append((day, named_rows(connection, day, names)))
        held += len(frames[-1][1])
    for day, rows in reversed(frames):
        watch.texts.add(day, rows["appeal_id"].to_numpy(np.int64), rows["text"].tolist())
    recall(connection, watch, context, names)


def recall(connection: Connection, watch: Watch, context: Context, names: Names) -> None:
    """Read the recent days of a watch again, by the names that hold now.

    A new edition of units begins new ids, which go on with what was learnt of those before them;
    a name that was taught is a subject in the windows of today too.
    """
    watch.carry_on(names.heirs)
    if watch.closed is not None:
        first = watch.closed - timedelta(days=DAYS_BEHIND)
        for day in lease_store.days_with_rows(connection, after=first):
            if day <= watch.closed:
                watch.remember(day, named_rows(connection, day, names), context)


def untold(connection: Connection, rows: Columns, context: Context) -> Columns:
    """Give what is grave and was not told: a state or place that changed is no reason to again."""
    rows = grave(rows, context)
    told = told_appeals(connection, rows.appeal_id.tolist())
    return rows.take(~np.isin(rows.appeal_id, list(told)))


def late_alerts(
    connection: Connection,
    late: Columns,
    context: Context,
    names: Names,
    known_by: datetime | None = None,
) -> list[Episode]:
    """Tell what late appeals say, by the rows of their days and of those around them.

    Parameters
    ----------
    late
        Grave ones that were not told, of any days.
    known_by
        As the rows stood at this moment; as they stand now without it.
    """
    if not len(late):
        return []
    days = sorted({day + timedelta(days=n) for day in late.day for n in AROUND})
    rows = [Columns.of(named_rows(connection, day, names, known_by)) for day in days]
    return find_late(late.appeal_id, join(rows), context)


class Here(NamedTuple):
    """The watch of this process, if it has one, with the newest row that was entered into it.

    ``renamed`` says that units or names changed since.
    """

    watch: Watch | None
    serial: int
    renamed: bool


def brought_up(
    connection: Connection, here: Here, context: Context, names: Names
) -> tuple[Watch, list[Episode]]:
    """Bring a watch up to what is stored; give it and what late rows have raised.

    A watch that is new here is read again: its state from the mark, its ring, recent rows and
    texts from the rows; of one that is here, the closed days that were added to. A backlog, or
    other keys that are to be counted, begin it anew.
    """
    watch, serial, renamed = here
    if watch is None:
        mark = lease_store.read_mark(connection)
        serial = mark.serial
        try:
            watch = unpack(mark.state_version, mark.state) if mark.state else Watch()
        except StateMismatch:
            watch = Watch()
        if watch.watched != context.watched:
            watch = Watch()  # what was not counted is counted from the rows
        warm(connection, watch, context, names)
    elif watch.watched != context.watched:
        watch = Watch()
    elif renamed:
        recall(connection, watch, context, names)
    if watch.closed is None:
        return watch, []
    late, n_new = lease_store.late_days(connection, serial, watch.closed)
    if n_new > BACKLOG_DAYS:
        return Watch(), []
    untold_of: list[Columns] = []
    for day in late:
        rows = named_rows(connection, day, names)
        fresh = Columns.of(rows[rows["serial"] > serial])
        untold_of.append(untold(connection, fresh, context))
        if (watch.closed - day).days < watch.texts.days_kept:
            watch.texts.replace(day, rows["appeal_id"].to_numpy(np.int64), rows["text"].tolist())
        if (watch.closed - day).days < DAYS_BEHIND:
            watch.remember(day, rows, context)
    if not late:
        return watch, []
    return watch, late_alerts(connection, join(untold_of), context, names)

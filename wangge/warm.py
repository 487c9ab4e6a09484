"""What the rows give back of a watch: its ring of hours, recent rows and texts; what is untold."""

from datetime import date, timedelta

import numpy as np
import pandas as pd

from alerts.columns import Columns
from alerts.evidence.store import told_appeals
from alerts.lease import store as lease_store
from alerts.novelty import RecentTexts
from alerts.watch import DAYS_BEHIND, Context, Watch
from appeals.database import Connection
from wangge.watch_context import Names, named_rows


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


def untold(connection: Connection, rows: Columns) -> Columns:
    """Leave out what was told: a state or place that changed is no reason to tell it again."""
    told = told_appeals(connection, rows.appeal_id.tolist())
    return rows.take(~np.isin(rows.appeal_id, list(told)))

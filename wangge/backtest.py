"""Replays stored appeals through the detectors as of their time: what would have been raised.

Each day is run on its rows as they were known when the day closed; what was recorded later enters
as late, as it would have. Days before the installation's first recording are history that came in
files: they are replayed as they stand. Nothing is stored and nobody is told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from alerts.episode import Episode, level_of
from alerts.lease import store as lease_store
from alerts.store import appeal_places
from alerts.watch import DAYS_BEHIND, Context, Watch
from appeals.database import Connection
from appeals.errors import InputError
from grids.store import newest_serial
from wangge.city.score import Raised, as_raised, false_alerts, matches
from wangge.city.truth import Event, EventKind, Truth
from wangge.sensitive_terms import read_sensitive
from wangge.settings import Settings
from wangge.watch_context import LATENESS, named_rows, read_subjects, watch_context

Progress = Callable[[int, int], None]

BUDGETS = (3, 6, 12, 24)
"""Alerts a day that an office may be able to read: what each budget would have let through."""

_NOT_TO_BE_FOUND = (EventKind.LOOKALIKE, EventKind.CALLER)


@dataclass(frozen=True, slots=True)
class Replay:
    """What one replay raised, from the first asked day to the last.

    ``alerts`` has one row an alert, in the order of their opening: ``day`` (local), ``opened_at``,
    ``kind``, ``level``, ``rank`` (its place among the alerts of its day that a budget counts, from
    0; -1: not counted), ``raised`` (as the score sees it).
    """

    first: date
    last: date
    alerts: pd.DataFrame

    @property
    def days(self) -> int:
        """Number of days, both ends included."""
        return (self.last - self.first).days + 1


def replay(
    connection: Connection,
    settings: Settings,
    first: date,
    last: date,
    progress: Progress | None = None,
) -> Replay:
    """Run a new watch from the first stored day on; give what it raised from ``first`` to ``last``.

    Parameters
    ----------
    connection
        An open transaction; it is only read.
    settings
        Of the installation, or with a change that is to be tried.
    first, last
        Local days, both included.
    progress
        Called with the days done and the days to do.

    Raises
    ------
    InputError
        The last day lies before the first, or there are no appeals in between.
    """
    if last < first:
        raise InputError(f"to: {last} lies before {first}")
    sensitive = read_sensitive(connection, settings)
    subjects = read_subjects(connection, settings)
    context, paths = watch_context(connection, settings, sensitive, subjects)
    days = [day for day in lease_store.days_with_rows(connection, after=None) if day <= last]
    if not days or days[-1] < first:
        raise InputError(f"from: there are no appeals between {first} and {last}")
    live_from = lease_store.first_recorded(connection)
    watch, found, seen = Watch(), dict[int, Episode](), 0
    for done, day in enumerate(days):
        close = context.tick_end(day, 23) + LATENESS
        known_by = close if live_from is not None and close >= live_from else None
        if known_by is not None:
            _late(connection, watch, context, paths, known_by, seen, found)
            seen = newest_serial(connection, known_by)
        for episode in watch.run_day(day, named_rows(connection, day, paths, known_by), context):
            found[id(episode)] = episode
        if progress:
            progress(done + 1, len(days))
    own = [e for e in found.values() if first <= _day(e, context) <= last]
    return Replay(first, last, _table(connection, own, context))


def _late(
    connection: Connection,
    watch: Watch,
    context: Context,
    paths: dict[str, str],
    known_by: datetime,
    seen: int,
    found: dict[int, Episode],
) -> None:
    """Let rows of closed days enter that were recorded after their day's close."""
    if watch.closed is None:
        return
    behind = [watch.closed - timedelta(days=back) for back in reversed(range(DAYS_BEHIND))]
    frames = [(day, named_rows(connection, day, paths, known_by)) for day in behind]
    fresh = [frame[frame["serial"] > seen] for _, frame in frames]
    if not any(len(frame) for frame in fresh):
        return
    for episode in watch.run_late(pd.concat(fresh), context):
        found[id(episode)] = episode
    for day, frame in frames:
        if len(frame):
            watch.remember(day, frame, context)


def _day(episode: Episode, context: Context) -> date:
    return (episode.opened_at - timedelta(seconds=1)).astimezone(context.zone).date()


def _table(connection: Connection, episodes: Sequence[Episode], context: Context) -> pd.DataFrame:
    ids = sorted({appeal for episode in episodes for appeal in episode.appeals})
    places = appeal_places(connection, ids).set_index("appeal_id")
    rows: list[dict[str, object]] = []
    told: dict[date, int] = {}
    for episode in sorted(episodes, key=lambda e: (e.opened_at, -e.named.score)):
        day, rank = _day(episode, context), -1
        if episode.kind != "sensitive":
            rank = told.get(day, 0)
            told[day] = rank + 1
        behind = places.loc[sorted(episode.appeals)]
        classes = [signal.class_code for signal in episode.signals.values()]
        rows.append(
            {
                "day": day,
                "opened_at": episode.opened_at,
                "kind": episode.kind,
                "level": level_of(episode),
                "rank": rank,
                "raised": as_raised(episode.kind, episode.named.area_kind, classes, behind),
            }
        )
    columns = ["day", "opened_at", "kind", "level", "rank", "raised"]
    return pd.DataFrame(rows, columns=columns)


def counted(run: Replay) -> dict[str, Any]:
    """Count the alerts of a replay: by kind and level, a day, and under other budgets."""
    by = run.alerts.value_counts(["kind", "level"], sort=False).sort_index().reset_index(name="n")
    per_day = run.alerts.groupby("day").size()
    whole = per_day.reindex(pd.date_range(run.first, run.last).date, fill_value=0)
    budgets = {
        str(budget): round(float(run.alerts["rank"].between(0, budget - 1).sum()) / run.days, 2)
        for budget in BUDGETS
    }
    return {
        "days": run.days,
        "alerts": len(run.alerts),
        "by_kind_and_level": [
            {"kind": kind, "level": level, "n": n, "per_day": round(n / run.days, 2)}
            for kind, level, n in by.itertuples(index=False)
        ],
        "per_day": {
            "mean": round(float(whole.mean()), 2),
            "median": float(whole.median()),
            "most": int(whole.max()),
        },
        "per_day_at_budget": budgets,
    }


def judged(run: Replay, truth: Truth) -> dict[str, Any]:
    """Compare a replay with what is known to have happened.

    Returns
    -------
    dict
        ``hits`` by kind of event: known, found, and the median hours from the event's first appeal
        to the alert; ``missed`` events; ``false_per_day``: alerts that match nothing known.
    """
    raised: list[Raised] = run.alerts["raised"].tolist()
    opened: list[datetime] = [one.to_pydatetime() for one in run.alerts["opened_at"]]

    def told_at(event: Event) -> datetime | None:
        both = zip(opened, raised, strict=True)
        return min((at for at, alert in both if matches(event, alert)), default=None)

    own = [(e, told_at(e)) for e in truth.events if run.first <= e.start.date() <= run.last]
    hits = [_hits(kind, [pair for pair in own if pair[0].kind == kind]) for kind in EventKind]
    false = len(false_alerts(truth, raised))
    return {
        "hits": [one for one in hits if one["known"]],
        "missed": [
            {"kind": event.kind.value, "start": event.start, "class": event.class_code}
            for event, at in own
            if event.kind not in _NOT_TO_BE_FOUND and at is None
        ],
        "false": false,
        "false_per_day": round(false / run.days, 2),
    }


def _hits(kind: EventKind, of: Sequence[tuple[Event, datetime | None]]) -> dict[str, Any]:
    delays = [(at - event.start).total_seconds() / 3600 for event, at in of if at is not None]
    return {
        "kind": kind.value,
        "known": len(of),
        "found": len(delays),
        "median_delay_h": round(float(np.median(delays)), 1) if delays else None,
    }

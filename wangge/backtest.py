"""The tables of a replay: alarms a day, precision by verdicts, delay, and what else could be."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from alerts.episode import Episode
from alerts.evidence.store import appeal_places
from alerts.telling import Budget
from alerts.verdicts.teach import Judged
from appeals.database import Connection
from wangge.city.score import Raised, as_raised, false_alerts, matches
from wangge.city.truth import Event, EventKind, Truth
from wangge.replay import FALSE_SHARES, Replay

BUDGETS = (3, 6, 12, 24)
"""Alerts a day that an office may be able to read, beside the number that is set."""

_NOT_TO_BE_FOUND = (EventKind.LOOKALIKE, EventKind.CALLER)
_VERDICTS = ("true", "false", "known")


def table(connection: Connection, run: Replay, episodes: Sequence[Episode]) -> pd.DataFrame:
    """Give one row an alert that a replay decided, in the order of their opening.

    Columns: ``day`` (local), ``opened_at``, ``kind``, ``level``, ``aside`` (why it is not told),
    ``delay_h`` (hours from its first appeal), ``raised`` (as the score of a truth sees it),
    ``verdict`` (of the stored alert that is the same, where the desk has judged it).
    """
    ids = sorted({appeal for episode in episodes for appeal in episode.appeals})
    places = appeal_places(connection, ids).set_index("appeal_id")
    levels = run.context.telling.taught.levels
    verdict_of = _verdicts(run.context.telling.taught.judged)
    rows: list[dict[str, object]] = []
    for episode in sorted(episodes, key=lambda e: (e.opened_at, -e.named.score)):
        behind = places.loc[sorted(episode.appeals)]
        classes = [signal.class_code for signal in episode.signals.values()]
        raised = as_raised(episode.kind, episode.named.area_kind, classes, behind)
        rows.append(
            {
                "day": run.day_of(episode.opened_at),
                "opened_at": episode.opened_at,
                "kind": episode.kind,
                "level": levels.of_episode(episode).level,
                "aside": episode.aside,
                "delay_h": max((episode.opened_at - raised.first).total_seconds() / 3600, 0.0),
                "raised": raised,
                "verdict": verdict_of(episode),
            }
        )
    columns = ["day", "opened_at", "kind", "level", "aside", "delay_h", "raised", "verdict"]
    return pd.DataFrame(rows, columns=columns)


def _verdicts(judged: Sequence[Judged]) -> Any:
    """Give a function that tells the verdict on the stored alert that an episode is, if any."""
    by_key: dict[object, list[Judged]] = {}
    for one in judged:
        for key in {one.key, *one.keys}:
            by_key.setdefault(key, []).append(one)

    def of(episode: Episode) -> str | None:
        keys = episode.signals
        near = [one for key in keys for one in by_key.get(key, ()) if one.is_on(episode)]
        # The alert of most common keys is the same, as when an alert is published again.
        return max(near, key=lambda one: (near.count(one), one.alert_id)).verdict if near else None

    return of


def counted(run: Replay, alerts: pd.DataFrame) -> dict[str, Any]:
    """Count what a replay would have told: by kind and level, day by day, and set apart."""
    told = alerts[alerts["aside"].isna()]
    by = told.value_counts(["kind", "level"], sort=False).sort_index().reset_index(name="n")
    whole = told.groupby("day").size().reindex(_days(run), fill_value=0)
    daily = told.value_counts(["day", "kind", "level"], sort=False).sort_index()
    return {
        "days": run.days,
        "alerts": len(told),
        "aside": {str(why): int(n) for why, n in alerts["aside"].value_counts().items()},
        "by_kind_and_level": [
            {"kind": kind, "level": level, "n": n, "per_day": a_day(n, run)}
            for kind, level, n in by.itertuples(index=False)
        ],
        "per_day": {
            "mean": a_day(len(told), run),
            "median": float(whole.median()),
            "most": int(whole.max()),
        },
        "daily": [
            {"day": day, "kind": kind, "level": level, "n": n}
            for day, kind, level, n in daily.reset_index(name="n").itertuples(index=False)
        ],
        "verdicts": [
            {"kind": kind, **precision(own)} for kind, own in told.groupby("kind", sort=True)
        ],
        "delays": [
            {
                "kind": kind,
                "median_h": round(float(own["delay_h"].median()), 1),
                "most_h": round(float(own["delay_h"].max()), 1),
            }
            for kind, own in told.groupby("kind", sort=True)
        ],
    }


def _days(run: Replay) -> list[object]:
    return list(pd.date_range(run.first, run.last).date)


def a_day(n: int, run: Replay) -> float:
    """Give a number as one a day, to two places, halves up as readers round."""
    return int(100 * n / run.days + 0.5) / 100


def precision(told: pd.DataFrame) -> dict[str, Any]:
    """Give verdicts on told alerts, and the share that was true with its 95 % interval (Wilson).

    已知 is neither: it says that nobody had to be told.
    """
    n = {verdict: int((told["verdict"] == verdict).sum()) for verdict in _VERDICTS}
    judged = n["true"] + n["false"]
    found: dict[str, Any] = {**n, "unjudged": len(told) - sum(n.values()), "precision": None}
    if judged:
        between = stats.binomtest(n["true"], judged).proportion_ci(method="wilson")
        found["precision"] = round(n["true"] / judged, 3)
        found["between"] = [round(float(between.low), 3), round(float(between.high), 3)]
    return found


def otherwise(connection: Connection, run: Replay) -> dict[str, Any]:
    """Tell what another false share and another budget would have done; the days are not rerun."""
    set_share, set_budget = run.context.bounds.false_share, run.context.telling.budget
    shares = sorted({*FALSE_SHARES, set_share})
    budgets = sorted({*BUDGETS, set_budget.per_day})
    return {
        "false_shares": [
            {"false_share": q, "set": q == set_share, **_short(connection, run, q, None)}
            for q in shares
        ],
        "budgets": [
            {
                "budget": n,
                "set": n == set_budget.per_day,
                **_short(connection, run, None, Budget(n, set_budget.by_level)),
            }
            for n in budgets
        ],
    }


def _short(
    connection: Connection, run: Replay, share: float | None, budget: Budget | None
) -> dict[str, Any]:
    alerts = table(connection, run, run.decide(share, budget))
    told = alerts[alerts["aside"].isna()]
    over = int((alerts["aside"] == "over_budget").sum())
    return {
        "told_per_day": a_day(len(told), run),
        "over_budget_per_day": a_day(over, run),
        **precision(told),
    }


def judged(run: Replay, told: pd.DataFrame, truth: Truth) -> dict[str, Any]:
    """Compare what a replay would have told with what is known to have happened.

    Returns
    -------
    dict
        ``hits`` by kind of event: known, found, and the median hours from the event's first appeal
        to the alert; ``missed`` events; ``false_per_day``: alerts that match nothing known.
    """
    raised: list[Raised] = told["raised"].tolist()
    opened: list[datetime] = [one.to_pydatetime() for one in told["opened_at"]]

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
        "false_per_day": a_day(false, run),
    }


def _hits(kind: EventKind, of: Sequence[tuple[Event, datetime | None]]) -> dict[str, Any]:
    delays = [(at - event.start).total_seconds() / 3600 for event, at in of if at is not None]
    return {
        "kind": kind.value,
        "known": len(of),
        "found": len(delays),
        "median_delay_h": round(float(np.median(delays)), 1) if delays else None,
    }

"""An episode as the rows that are stored of it: one alert, and a signal a key."""

import json
from datetime import datetime, timedelta
from typing import Any

from alerts.episode import Episode, Signal
from alerts.levels import Levels
from alerts.reason import headline

_PLAIN = (
    "tick",
    "kind",
    "area_kind",
    "area",
    "class_code",
    "window_h",
    "cases",
    "callers",
    "expected",
    "score",
    "reason",
)


def _ordered(episode: Episode) -> list[Signal]:
    return sorted(episode.signals.values(), key=lambda s: (s.tick, s.key))


def alert_row(
    episode: Episode,
    now: datetime,
    stale_after: timedelta | None,
    levels: Levels,
    *,
    provisional: bool = False,
) -> dict[str, Any]:
    """Give the alert of an episode, without its number and state.

    It is historical, shown and not delivered, where its newest appeal is older than
    ``stale_after`` at ``now``, and always without it. ``provisional``: of a day that is still open.
    """
    named, row = episode.named, levels.of_episode(episode)
    newest_at = max(s.newest_at for s in episode.signals.values())
    detail = {
        "named": named.area_name,
        "found_level": row.level,
        "level_row": row.why,
        "keys": [
            [s.kind, s.area_kind, s.area, s.area_name, s.class_code] for s in _ordered(episode)
        ],
        **named.detail,
    }
    if provisional:
        detail["provisional"] = True
    return {
        "kind": episode.kind,
        "level": row.level,
        "area_kind": named.area_kind,
        "area": named.area,
        "class_code": named.class_code,
        "opened_at": min(episode.opened_at, now),  # the hour may still be running
        "newest_at": newest_at,
        "cases": named.cases,
        "callers": named.callers,
        "expected": named.expected,
        "historical": stale_after is None or newest_at < now - stale_after,
        "headline": headline(
            episode.kind, named.area_name, named.class_code, named.detail.get("streets", ())
        ),
        "reason": named.reason + episode.lesson,
        "aside": episode.aside,
        "detail": json.dumps(detail, ensure_ascii=False, sort_keys=True),
    }


def signal_rows(episode: Episode) -> list[dict[str, Any]]:
    """Give the signals of an episode that has its alert's number, in the order of their ticks."""
    return [
        {name: getattr(signal, name) for name in _PLAIN}
        | {
            "alert_id": episode.alert_id,
            "detail": json.dumps(signal.detail, ensure_ascii=False, sort_keys=True),
        }
        for signal in _ordered(episode)
    ]

"""Alerts out of the database in a form that does not depend on the order of recording."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa

from alerts.store import ALERT_APPEALS, ALERTS, SIGNALS, UNIT_KINDS
from appeals.database import Connection


def stable_rows(
    connection: Connection, unit_codes: Mapping[int, str], appeal_names: Mapping[int, str]
) -> Iterator[dict[str, Any]]:
    """Give the alerts and their signals without numbers of rows and times of recording.

    ``unit_codes`` and ``appeal_names`` translate numbers that depend on the order of recording.
    """

    def area(kind: str, number: int) -> str:
        return unit_codes.get(number, "?") if kind in UNIT_KINDS else str(number)

    for row in connection.execute(sa.select(ALERTS)):
        links = sa.select(ALERT_APPEALS.c.appeal_id).where(ALERT_APPEALS.c.alert_id == row.alert_id)
        signals = connection.execute(sa.select(SIGNALS).where(SIGNALS.c.alert_id == row.alert_id))
        yield {
            "alert": row.kind,
            "level": row.level,
            "state": row.state,
            "area": [row.area_kind, area(row.area_kind, row.area)],
            "class": row.class_code,
            "opened_at": row.opened_at.isoformat(),
            "newest_at": row.newest_at.isoformat(),
            "numbers": [row.cases, row.callers, row.expected],
            "reason": row.reason,
            "verdict": row.verdict,
            "aside": row.aside,
            "appeals": sorted(appeal_names[a] for a in connection.execute(links).scalars()),
            "signals": sorted(
                [s.tick.isoformat(), s.kind, s.area_kind, area(s.area_kind, s.area), s.class_code,
                 s.window_h, s.cases, s.callers, s.score, s.reason]
                for s in signals
            ),
        }  # fmt: skip

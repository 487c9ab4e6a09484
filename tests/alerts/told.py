"""Alerts and notices that tests of the outbox plant."""

from datetime import UTC, datetime

import sqlalchemy as sa

from alerts.notice import Notice, NoticeKind
from alerts.store import ALERTS
from appeals.database import Connection

OPENED_AT = datetime(2026, 3, 9, 3, 0, tzinfo=UTC)


def add_alert(connection: Connection, number: int, *, level: str = "red") -> None:
    """One alert of the whole city, of this number."""
    row = {
        "alert_id": number, "kind": "sensitive", "level": level, "state": "detected",
        "area_kind": "city", "area": 0, "class_code": "火灾燃气", "opened_at": OPENED_AT,
        "newest_at": OPENED_AT, "cases": 2, "callers": 2, "expected": None, "historical": False,
        "headline": f"样板市火灾燃气{number}", "reason": "2人反映闻到燃气味。",
        "detail": '{"named": "样板市", "family": "fire_gas", "keys": []}',
    }  # fmt: skip
    connection.execute(sa.insert(ALERTS), row)


def notice(
    alert_id: int,
    *,
    move: int = 1,
    kind: str = "raise",
    level: str = "red",
    person: str = "wang",
    channel: str = "hook",
) -> Notice:
    """One notice about an alert."""
    return Notice(
        alert_id=alert_id,
        move=move,
        kind=NoticeKind(kind),
        level=level,
        post="应急联络员岗",
        person=person,
        duty="应急",
        channel=channel,
        reasons=("火灾燃气属应急职责",),
    )

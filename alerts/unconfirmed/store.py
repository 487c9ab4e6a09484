"""Alerts of an open day that its close did not confirm: they were told, and say so from then on."""

import json
from datetime import datetime, timedelta

import sqlalchemy as sa

from alerts.store import ALERTS, announce
from appeals.database import Connection

_DAY = timedelta(hours=25)  # the longest, when a clock is put back


def mark_unconfirmed(connection: Connection, closed_at: datetime, now: datetime) -> int:
    """Mark what is still provisional of a day that has been closed; give how many there are.

    Parameters
    ----------
    connection
        The transaction that stores what the close found: that is provisional no longer.
    closed_at
        End of the day, aware.
    now
        Recorded with the news of it.
    """
    of_day = ALERTS.c.opened_at.between(closed_at - _DAY, closed_at)
    provisional = ALERTS.c.detail.contains('"provisional": true')
    query = sa.select(ALERTS.c.alert_id, ALERTS.c.detail).where(of_day, provisional)
    found = connection.execute(query).all()
    for alert_id, stored in found:
        detail = json.loads(stored) | {"unconfirmed": True}
        del detail["provisional"]
        words = json.dumps(detail, ensure_ascii=False, sort_keys=True)
        mine = ALERTS.update().where(ALERTS.c.alert_id == alert_id)
        connection.execute(mine.values(detail=words))
        announce(connection, alert_id, "updated", now)
    return len(found)

"""Which messages were issued about alerts, in and out of the database."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from alerts.cap.of_alert import Issued
from appeals.database import METADATA, Connection

# The chain of an alert: which of its moves was told to other systems, under which number.
MESSAGES = sa.Table(
    "cap_messages",
    METADATA,
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), primary_key=True),
    sa.Column("move", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, nullable=False),  # raise, update, cancel
    sa.Column("stamp", sa.BigInteger, nullable=False, unique=True),  # tenths of a second
)

_ISSUED = ("raise", "update", "cancel")


def issue(connection: Connection, alert_id: int, move: int, kind: str, now: datetime) -> None:
    """Issue the message of a move that raises, updates or cancels: once; of other moves none.

    The first message of an alert raises it; what was never issued cannot be cancelled.

    Its stamp is later than every stamp before, which the caller's lock on what is published sees
    to. Within a second there are ten; the eleventh is of the next second.
    """
    if kind not in _ISSUED:
        return
    before = issued_of(connection, alert_id)
    if any(one.move == move for one in before) or (not before and kind == "cancel"):
        return
    kind = kind if before else "raise"
    newest = connection.execute(sa.select(sa.func.max(MESSAGES.c.stamp))).scalar() or 0
    stamp = max(int(now.timestamp()) * 10, newest + 1)
    row = {"alert_id": alert_id, "move": move, "kind": kind, "stamp": stamp}
    connection.execute(MESSAGES.insert().values(row))


def issued_of(connection: Connection, alert_id: int) -> list[Issued]:
    """Give the messages that were issued about an alert, in their order."""
    query = sa.select(MESSAGES.c.move, MESSAGES.c.kind, MESSAGES.c.stamp)
    query = query.where(MESSAGES.c.alert_id == alert_id).order_by(MESSAGES.c.stamp)
    return [Issued(*row) for row in connection.execute(query)]


def issued_of_all(connection: Connection, alert_ids: Collection[int]) -> list[Issued]:
    """Give the messages that were issued about some alerts, in their order."""
    query = sa.select(MESSAGES.c.move, MESSAGES.c.kind, MESSAGES.c.stamp)
    query = query.where(MESSAGES.c.alert_id.in_(alert_ids)).order_by(MESSAGES.c.stamp)
    return [Issued(*row) for row in connection.execute(query)]


def issued_alerts(connection: Connection, limit: int) -> list[int]:
    """Give the alerts about which a message was issued, the newest message first."""
    newest = sa.func.max(MESSAGES.c.stamp)
    query = sa.select(MESSAGES.c.alert_id).group_by(MESSAGES.c.alert_id).order_by(newest.desc())
    return list(connection.execute(query.limit(limit)).scalars())

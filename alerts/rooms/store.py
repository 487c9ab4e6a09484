"""Rooms of alerts in and out of the database.

A liaison has no business with an alert unless their duty stands in its room: because what was
found concerns it, or because it was told, called by a whistle or asked to a 会商. Whoever was only
concerned loses sight of the alert when it ends; who was told keeps it, for its end is told as well.
"""

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from appeals.database import METADATA, Connection, upsert

ALERT_ROOMS = sa.Table(
    "alert_rooms",
    METADATA,
    sa.Column("alert_id", sa.ForeignKey("alerts.alert_id"), primary_key=True),
    sa.Column("duty", sa.Text, primary_key=True, index=True),
    sa.Column("told", sa.Boolean, nullable=False),  # else it is only concerned
)


def let_in(
    connection: Connection, alert_id: int, duties: Iterable[str], *, told: bool = True
) -> None:
    """Let duties into the room of an alert; nobody is ever put out, or forgets that they were told.

    Parameters
    ----------
    told
        They were told or asked; else what was found concerns them.
    """
    rows = [
        {"alert_id": alert_id, "duty": duty, "told": told} for duty in dict.fromkeys(duties) if duty
    ]
    upsert(connection, ALERT_ROOMS, rows, replace=("told",) if told else ())


def room_of(connection: Connection, alert_id: int) -> list[str]:
    """Give the duties in the room of an alert, by name."""
    query = sa.select(ALERT_ROOMS.c.duty).where(ALERT_ROOMS.c.alert_id == alert_id)
    return list(connection.execute(query.order_by(ALERT_ROOMS.c.duty)).scalars())


def rooms_of(duties: Collection[str], *, told: bool) -> sa.Select[tuple[int]]:
    """Give the query of the alerts in whose rooms one of these duties stands, those told or all."""
    query = sa.select(ALERT_ROOMS.c.alert_id).where(ALERT_ROOMS.c.duty.in_(sorted(duties)))
    return query.where(ALERT_ROOMS.c.told) if told else query

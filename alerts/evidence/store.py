"""The appeals behind alerts, read with their times and places."""

from collections.abc import Sequence

import pandas as pd
import sqlalchemy as sa

from alerts.store import ALERT_APPEALS, ALERTS
from appeals.database import Connection
from appeals.store import APPEALS, VERSIONS
from grids.store import PLACEMENTS, UNITS
from grids.units.store import read_frame

_AT_ONCE = 10_000  # numbers in one query

_CODE = sa.select(UNITS.c.code).where(
    UNITS.c.unit_id
    == sa.func.coalesce(
        PLACEMENTS.c.grid_id,
        PLACEMENTS.c.community_id,
        PLACEMENTS.c.street_id,
        PLACEMENTS.c.district_id,
    )
)
_PLACES = APPEALS.join(VERSIONS, VERSIONS.c.serial == APPEALS.c.current).join(
    PLACEMENTS, PLACEMENTS.c.serial == APPEALS.c.current
)
_PLACE = (APPEALS.c.source_id, VERSIONS.c.received_at, _CODE.scalar_subquery().label("code"))


def evidence(connection: Connection) -> pd.DataFrame:
    """Give the appeals behind each alert: one row an alert and appeal.

    Columns: ``alert_id``, ``source_id``, ``received_at`` and ``code``, the code of the finest unit
    in which the appeal lies (null where none is known).
    """
    linked = _PLACES.join(ALERT_APPEALS, ALERT_APPEALS.c.appeal_id == APPEALS.c.appeal_id)
    query = sa.select(ALERT_APPEALS.c.alert_id, *_PLACE).select_from(linked)
    return _timed(read_frame(connection, query))


def told_appeals(
    connection: Connection, appeal_ids: Sequence[int], kinds: Sequence[str] = ("sensitive",)
) -> set[int]:
    """Tell which of these appeals stand in an alert of one of these kinds."""
    query = sa.select(ALERT_APPEALS.c.appeal_id).join(
        ALERTS, ALERTS.c.alert_id == ALERT_APPEALS.c.alert_id
    )
    query = query.where(ALERTS.c.kind.in_(kinds))
    found: set[int] = set()
    for at in range(0, len(appeal_ids), _AT_ONCE):
        some = appeal_ids[at : at + _AT_ONCE]
        found.update(connection.execute(query.where(ALERT_APPEALS.c.appeal_id.in_(some))).scalars())
    return found


def appeal_places(connection: Connection, appeal_ids: Sequence[int]) -> pd.DataFrame:
    """Give when and where some appeals are, as of :func:`evidence`, by ``appeal_id``."""
    query = sa.select(APPEALS.c.appeal_id, *_PLACE).select_from(_PLACES)
    parts = [
        read_frame(connection, query.where(APPEALS.c.appeal_id.in_(appeal_ids[at : at + _AT_ONCE])))
        for at in range(0, max(len(appeal_ids), 1), _AT_ONCE)
    ]
    return _timed(pd.concat(parts, ignore_index=True))


def _timed(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(received_at=pd.to_datetime(frame["received_at"], utc=True))

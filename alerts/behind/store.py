"""The appeals behind alerts, out of the database, for people who answer to an alert.

A liaison has no appeals of their own but those behind an alert that is live, was told and is theirs
to see: the rows of all others come without words, door and point.
"""

from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from alerts.response.merge import family_of
from alerts.response.moves import ASKING, ENDED
from alerts.response.store import ALERT_MOVES
from alerts.store import ALERT_APPEALS, ALERTS, read_alert, seen_by
from appeals.database import Connection
from appeals.privacy import Role, Viewer, view
from appeals.store import APPEALS, VERSIONS
from grids.store import PLACEMENTS

_OF_LIAISONS = (Role.RESPONDER, Role.LIAISON)
_OF_VERSION = (
    "local_day", "local_hour", "received_at", "kind", "class_code", "status", "subject", "text",
    "address", "district", "street", "community",
)  # fmt: skip
_OF_PLACE = ("level", "lon", "lat", "radius_m", "cell_9")
_OWN = ("street_id", "grid_id")  # whose it is; not told
_NOT_TOLD = {*_OWN, "cell_9"}


def with_live(connection: Connection, viewer: Viewer) -> Viewer:
    """Give a liaison the appeals behind the alerts that are live and were told; others stay."""
    if viewer.role not in _OF_LIAISONS:
        return viewer
    told = sa.select(ALERT_MOVES.c.alert_id).where(ALERT_MOVES.c.move.in_(sorted(ASKING)))
    live = (
        ALERTS.c.historical.is_(False),
        ALERTS.c.state.not_in(sorted(ENDED)),
        ALERTS.c.alert_id.in_(told),
        seen_by(viewer),
    )
    own = connection.execute(sa.select(ALERTS.c.alert_id).where(*live)).scalars()
    numbers = [number for one in own for number in (one, *family_of(connection, one))]
    query = sa.select(ALERT_APPEALS.c.appeal_id).where(ALERT_APPEALS.c.alert_id.in_(numbers))
    return replace(viewer, area=frozenset(connection.execute(query).scalars()))


def read_behind(
    connection: Connection, viewer: Viewer, alert_id: int, *, limit: int = 500
) -> list[dict[str, Any]]:
    """Give the appeals behind an alert and those merged into it, the newest first, as viewed.

    Raises
    ------
    NotFound
        There is no such alert, or the viewer has no business with it.
    """
    read_alert(connection, viewer, alert_id)
    query = (
        sa.select(
            APPEALS.c.appeal_id,
            *(VERSIONS.c[name] for name in _OF_VERSION),
            *(PLACEMENTS.c[name] for name in (*_OF_PLACE, *_OWN)),
        )
        .join(ALERT_APPEALS, ALERT_APPEALS.c.appeal_id == APPEALS.c.appeal_id)
        .join(VERSIONS, VERSIONS.c.serial == APPEALS.c.current)
        .outerjoin(PLACEMENTS, PLACEMENTS.c.serial == APPEALS.c.current)
        .distinct()
        .where(ALERT_APPEALS.c.alert_id.in_([alert_id, *family_of(connection, alert_id)]))
        .order_by(VERSIONS.c.received_at.desc(), APPEALS.c.appeal_id.desc())
        .limit(limit)
    )
    viewer = with_live(connection, viewer)
    rows = (view(dict(row._mapping), viewer) for row in connection.execute(query))
    return [{name: one[name] for name in one if name not in _NOT_TOLD} for one in rows]

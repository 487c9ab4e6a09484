"""Appeals as points on the map, as far as a viewer may see where they are."""

from datetime import date
from typing import Final

import sqlalchemy as sa

from appeals.database import Connection
from appeals.privacy import Role, Viewer, view
from appeals.store import class_tree
from appeals.versions.store import APPEALS, VERSIONS
from grids.counts.store import IS_CURRENT, PLACED_APPEALS, PLACEMENTS

_OF_VERSION: Final = ("received_at", "local_day", "class_code", "status", "address")
_OF_PLACE: Final = ("level", "lon", "lat", "radius_m", "confidence", "border")
# These say whose own a row is and what stands for its point; they go no further.
_WHOSE: Final = ("street_id", "grid_id", "cell_9")

FIELDS: Final = ("appeal_id", *_OF_VERSION, *_OF_PLACE)
"""Keys of a point."""


def read_points(
    connection: Connection,
    viewer: Viewer,
    *,
    days: tuple[date, date] | None = None,
    class_code: str | None = None,
    limit: int,
) -> list[dict[str, object]]:
    """Give the newest appeals whose place this viewer may see on a map, newest first.

    Parameters
    ----------
    days
        First and last local day, both included; all without it.
    class_code
        A class and those below it.
    limit
        Most appeals to give.

    Returns
    -------
    list of dict
        Keys of ``FIELDS``, of them what the viewer may see; ``lon`` and ``lat`` are WGS84 degrees.
        An appeal without a point, and one of which the viewer may not know it, is left out.
    """
    query = (
        sa.select(
            APPEALS.c.appeal_id,
            *(VERSIONS.c[name] for name in _OF_VERSION),
            *(PLACEMENTS.c[name] for name in (*_OF_PLACE, *_WHOSE)),
        )
        .select_from(PLACED_APPEALS)
        .where(IS_CURRENT, PLACEMENTS.c.lon.is_not(None), _own(viewer))
        .order_by(APPEALS.c.appeal_id.desc())
        .limit(limit)
    )
    if days is not None:
        query = query.where(VERSIONS.c.local_day.between(*days))
    if class_code is not None:
        tree = class_tree(connection)
        below = [code for code in tree.parent if class_code in tree.path(code)]
        query = query.where(VERSIONS.c.class_code.in_([class_code, *below]))
    seen = (view(row._asdict(), viewer) for row in connection.execute(query))
    return [
        {name: one[name] for name in FIELDS if name in one}
        for one in seen
        if one.get("lon") is not None
    ]


def _own(viewer: Viewer) -> sa.ColumnElement[bool]:
    """Leave out in the database already what the view would not give."""
    if viewer.role is Role.STREET:
        return PLACEMENTS.c.street_id.in_(sorted(viewer.area))
    if viewer.role is Role.GRID:
        return PLACEMENTS.c.grid_id.in_(sorted(viewer.area))
    return sa.true()

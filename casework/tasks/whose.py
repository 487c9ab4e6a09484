"""Whose a case is: by the unit that it was sent to, else by where it lies."""

from collections.abc import Mapping
from typing import Any, Final

from appeals.privacy import Role, Viewer
from casework.standing import Case

_LIES: Final = ("district_id", "street_id", "community_id", "grid_id")


def is_theirs(row: Mapping[str, Any], case: Case, sent: frozenset[int], viewer: Viewer) -> bool:
    """Say whether a case is the viewer's to work on.

    The hotline desk's are all; an official's those that lie in or were sent to their units; a grid
    worker's those of their own grid and those that were given to them by name. A case that was sent
    to a unit in which it does not lie is that unit's alone: where it lies decides no more. A
    neighbour's case becomes somebody's by 派单 or 分派 alone.

    Parameters
    ----------
    row
        Ids of the units in which the case lies, and ``sent_unit_id`` of the one that its source
        sent it to; ``None`` where there is none.
    case
        Where it stands.
    sent
        Ids of the unit that it was sent to here, of all its editions; empty where none is named.
    viewer
        Who asks.
    """
    if viewer.role is Role.OPERATOR:
        return True
    if viewer.role is Role.GRID and case.holder == viewer.actor:
        return True
    if viewer.role not in (Role.STREET, Role.GRID):
        return False
    if sent and sent.isdisjoint(row[name] for name in _LIES):
        return not sent.isdisjoint(viewer.area)
    if viewer.role is Role.GRID:
        lies = row["grid_id"] if row["grid_id"] is not None else row["community_id"]
        return lies in viewer.area
    units = {row[name] for name in _LIES[1:]} | ({row["sent_unit_id"]} if not sent else set())
    return not units.isdisjoint(viewer.area)

"""What changed among the units of a level between two days: begun, ended, changed, and heirs."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely

from geo.measure import area_m2
from grids.boundaries import Boundaries
from grids.rows import missing

LEAST_SHARE = 0.01
"""Who takes over less of a unit's ground than this is no heir: borders never match exactly."""


@dataclass(frozen=True, slots=True)
class Change:
    """One unit that is not as it was.

    ``kind`` is ``begun``, ``ended`` or ``changed`` (the code is the same); ``what`` names what of a
    changed one is different: ``name``, ``parent``, ``households``, ``people``, ``border``.
    ``heirs`` are the units of the later day that hold the ground of one that ended, each with its
    share of the area; ``before`` the units of the earlier day from which one that begun has its.
    """

    kind: str
    code: str
    name: str
    what: tuple[str, ...] = ()
    heirs: tuple[tuple[str, float], ...] = ()
    before: tuple[tuple[str, float], ...] = ()


def changes(old: Boundaries, new: Boundaries, level: str) -> list[Change]:
    """Compare the units of a level on two days.

    Parameters
    ----------
    old, new
        The units of the two days.
    level
        Of :data:`grids.boundaries.LEVELS`.

    Returns
    -------
    list of Change
        In the order of the codes.
    """
    was, now = (one.frame(level).set_index("code", drop=False) for one in (old, new))
    out = []
    ended, begun = was.index.difference(now.index), now.index.difference(was.index)
    heirs = _shares(was.loc[ended], now)
    before = _shares(now.loc[begun], was)
    for code in was.index.union(now.index).sort_values():
        if code in heirs:
            name = str(was.at[code, "name"])
            out.append(Change("ended", code, name, heirs=heirs[code]))
        elif code in before:
            name = str(now.at[code, "name"])
            out.append(Change("begun", code, name, before=before[code]))
        elif what := _different(was.loc[code], now.loc[code], old, new):
            out.append(Change("changed", code, str(now.at[code, "name"]), what))
    return out


def _different(was: pd.Series, now: pd.Series, old: Boundaries, new: Boundaries) -> tuple[str, ...]:
    out = []
    for name in ("name", "households", "people"):
        one, other = was[name], now[name]
        if missing(one) != missing(other) or (not missing(one) and one != other):
            out.append(name)
    parents = [
        None if missing(row["parent_id"]) else day.unit(int(row["parent_id"])).code
        for row, day in ((was, old), (now, new))
    ]
    if parents[0] != parents[1]:
        out.append("parent")
    one, other = was["geometry"], now["geometry"]
    if (one is None) != (other is None) or (one is not None and not one.equals(other)):
        out.append("border")
    return tuple(out)


def _shares(units: pd.DataFrame, others: pd.DataFrame) -> dict[str, tuple[tuple[str, float], ...]]:
    """Tell which others hold the ground of each unit, the largest share first."""
    out: dict[str, tuple[tuple[str, float], ...]] = dict.fromkeys(units.index, ())
    if not len(units) or not len(others):
        return out
    mine, theirs = (np.array(one["geometry"], dtype=object) for one in (units, others))
    own, other = shapely.STRtree(theirs).query(mine, predicate="intersects")
    common = area_m2(shapely.intersection(mine[own], theirs[other]))
    share = common / area_m2(mine)[own]
    codes = others.index.to_numpy()
    for i, code in enumerate(units.index):
        found = [(str(codes[other[j]]), float(share[j])) for j in np.flatnonzero(own == i)]
        kept = [one for one in found if one[1] >= LEAST_SHARE]
        out[code] = tuple(sorted(kept, key=lambda one: (-one[1], one[0])))
    return out

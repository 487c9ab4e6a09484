"""Named places against the units: pins that stray from their district, units without a place."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.quality import Lies
from grids.boundaries import LEVELS, Boundaries
from grids.place import place_points

_COVERED = ("district", "street", "community")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many units of a level hold a named place, and the names of those that hold none."""

    level: str
    units: int
    with_places: int
    without: tuple[str, ...]


def lies_of(places: pd.DataFrame, units: Boundaries) -> Lies | None:
    """Tell in which district each pin lies, and how far from the one that is stated.

    Parameters
    ----------
    places
        Columns of :data:`geo.places.COLUMNS`.
    units
        The units of today.

    Returns
    -------
    Lies or None
        ``None`` where no district has a border.
    """
    if "district" not in units.layers:
        return None
    lon, lat = places["lon"].to_numpy(np.float64), places["lat"].to_numpy(np.float64)
    held = place_points(lon, lat, 0.0, units)["district_id"].fillna(0).to_numpy(np.int64)
    meant = {name: units.named("district", name) for name in places["district"].unique() if name}
    stated = np.array([meant.get(name) or 0 for name in places["district"]], dtype=np.int64)
    away_m = np.where(held == stated, 0.0, np.nan)
    for i in np.flatnonzero((stated > 0) & (held != stated)).tolist():
        (far,) = units.distances_m(float(lon[i]), float(lat[i]), [int(stated[i])])
        away_m[i] = np.nan if far is None else far
    names = {0: ""} | {int(one): units.unit(int(one)).name for one in np.unique(held[held > 0])}
    district = tuple(names[one] for one in held.tolist())
    return Lies(district, tuple((stated > 0).tolist()), tuple(away_m.tolist()))


def coverage(places: pd.DataFrame, units: Boundaries) -> list[Coverage]:
    """Tell for each level with borders how many of its units hold a named place.

    Parameters
    ----------
    places
        All places that are stored, columns of :data:`geo.places.COLUMNS`.
    units
        The units of today.
    """
    lon, lat = places["lon"].to_numpy(np.float64), places["lat"].to_numpy(np.float64)
    placed = place_points(lon, lat, 0.0, units)
    out = []
    for level in (one for one in LEVELS if one in _COVERED and one in units.layers):
        frame = units.frame(level)
        frame = frame[frame.geometry.notna()]
        has = frame["unit_id"].isin(placed[f"{level}_id"].dropna().astype("int64"))
        without = tuple(sorted(frame.loc[~has, "name"]))
        out.append(Coverage(level, len(frame), int(has.sum()), without))
    return out

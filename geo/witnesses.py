"""What speaks for or against a datum: named places, stated units, places known beside.

Each witness compares the same points as they lie under several readings. It names the reading that
fits best, how far ahead of the others it is (in standard errors, paired point by point), and
whether that is clear enough to speak.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datums import Floats

Readings = Mapping[str, tuple[Floats, Floats]]
"""Name of a reading to WGS84 lon, lat of the points under it, each of shape (n,)."""

MIN_NAMED = 20
"""Fewer named places are heard and decide nothing: some of them are wrong."""

MIN_POINTS = 30
"""Fewer points in units, or beside known places, say nothing."""

_FEW = 5
_AHEAD = 3.0  # standard errors
_TIMES = 2.0  # the offset of a wrong reading against that of the right one
_NEAR_M = 10.0  # a pin and the place itself
_RING_M = 300.0  # half of the least shift: a true fit is lost there, a mere crowd of places is not
_RING = 2 * np.pi * np.arange(8) / 8
_CROWDS = 4.0  # a fit is so many times as deep as the hollow that a mere crowd makes
_MOST = 1_000  # points beyond these add nothing
_EARTH_M = 111_195.0  # metres of a degree on the sphere


@dataclass(frozen=True, slots=True)
class Witness:
    """What one kind of evidence says.

    ``figures`` has, by reading, what was measured: ``offset_m`` (length of the median displacement
    from the named places) and ``residual_m`` (median distance) for ``named``; ``share`` for
    ``inside``; ``median_m``, ``share_20_m`` and ``sharpness`` for ``near``. ``ahead`` has by how
    many standard errors the best reading is ahead of each other one.
    """

    kind: str
    n: int
    best: str
    figures: Mapping[str, Mapping[str, float]]
    ahead: Mapping[str, float]
    clear: bool

    def against(self, reading: str) -> bool:
        """Tell whether it clearly speaks against a reading."""
        return self.clear and self.ahead.get(reading, 0.0) >= _AHEAD

    def speaks_for(self, reading: str) -> bool:
        """Tell whether it clearly speaks for a reading and against all others."""
        return self.clear and reading == self.best and self.margin >= _AHEAD

    @property
    def margin(self) -> float:
        """By how many standard errors the best reading is ahead of the next."""
        return min(self.ahead.values(), default=0.0)


def by_names(readings: Readings, lon: Floats, lat: Floats) -> Witness | None:
    """Compare points with the named places that they should be at.

    Under the right reading the displacements scatter about zero, however far the single ones are;
    under a wrong one they share the shift. Their median (east and north apart) tells it with a
    fraction of the named places that the median distance needs.

    Parameters
    ----------
    readings
        Of n points.
    lon, lat
        WGS84 degrees of the place that is named with each point, shape (n,).

    Returns
    -------
    Witness or None
        ``None`` for less than five points; not clear for less than :data:`MIN_NAMED`.
    """
    n = len(lon)
    if n < _FEW:
        return None
    place = _flat(lon, lat, lat)
    offset_m: dict[str, float] = {}
    residual_m: dict[str, float] = {}
    error_m: dict[str, float] = {}
    for name, point in readings.items():
        apart = _flat(*point, lat) - place
        middle = np.median(apart, axis=0)
        spread = 1.4826 * np.median(np.abs(apart - middle), axis=0)
        offset_m[name] = float(np.hypot(*middle))
        residual_m[name] = float(np.median(np.hypot(*apart.T)))
        error_m[name] = float(1.2533 * np.hypot(*spread) / np.sqrt(2 * n)) + 1.0
    best = min(offset_m, key=offset_m.__getitem__)
    ahead = {name: 0.0 for name in readings if name != best}
    for name in ahead:
        if offset_m[name] >= _TIMES * offset_m[best]:
            ahead[name] = (offset_m[name] - offset_m[best]) / error_m[name]
    figures = {
        name: {"offset_m": round(offset_m[name], 1), "residual_m": round(residual_m[name], 1)}
        for name in readings
    }
    return Witness("named", n, best, figures, ahead, n >= MIN_NAMED)


def in_units(readings: Readings, units: NDArray[np.object_]) -> Witness | None:
    """Compare points with the unit that is stated of each.

    Parameters
    ----------
    readings
        Of n points.
    units
        WGS84 polygon that each should lie in, shape (n,).

    Returns
    -------
    Witness or None
        ``None`` for less than :data:`MIN_POINTS` points.
    """
    n = len(units)
    if n < MIN_POINTS:
        return None
    inside = {name: shapely.contains_xy(units, *point) for name, point in readings.items()}
    share = {name: float(np.mean(one)) for name, one in inside.items()}
    best = max(share, key=share.__getitem__)
    ahead: dict[str, float] = {}
    for name, one in inside.items():
        if name != best:
            won = int(np.count_nonzero(inside[best] & ~one))
            lost = int(np.count_nonzero(one & ~inside[best]))
            ahead[name] = (won - lost) / math.sqrt(max(won + lost, 1))
    figures = {name: {"share": round(value, 4)} for name, value in share.items()}
    # Units of another place hold hardly anything under any reading.
    return Witness("inside", n, best, figures, ahead, share[best] >= 0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Surroundings:
    """Places and borders that are known, ready to be asked for the nearest; see :meth:`build`.

    ``n`` is their number, with each segment of a line for itself; ``spread_m`` the root mean square
    of their distances from the middle.
    """

    tree: shapely.STRtree
    middle_lat: float
    spread_m: float
    n: int

    @classmethod
    def build(cls, known: NDArray[np.object_]) -> "Surroundings":
        """Make shapes ready.

        Parameters
        ----------
        known
            WGS84 points, lines or polygons, shape (m,); of a polygon its border counts.
        """
        parts = _parts(known)
        corners = shapely.get_coordinates(parts)
        middle = float(np.median(corners[:, 1])) if len(corners) else 0.0
        lat = np.array(middle)
        flat = shapely.transform(parts, lambda at: _flat(at[:, 0], at[:, 1], lat))
        spread_m = _spread_m(shapely.get_coordinates(flat)) if len(parts) else 0.0
        return cls(shapely.STRtree(flat), middle, spread_m, len(parts))


def near_known(readings: Readings, known: Surroundings) -> Witness | None:
    """Compare points with places, or borders, that are known beside.

    The mean logarithm of the distance to the nearest counts coincidences at every scale. A mere
    crowd of places draws points of any reading, but smoothly; a true fit is a sharp hollow, lost
    300 metres aside. Only a sharp one may speak, only one of them, and only where it is far deeper
    than the crowd itself: about a normal crowd the loss grows with the square of the distance over
    four variances, so that a ring of radius r lies (r / spread)² / 2 above its middle.

    Parameters
    ----------
    readings
        Of n points, each of shape (n,). Points at one coordinate are counted once.
    known
        What lies about.

    Returns
    -------
    Witness or None
        ``None`` for less than :data:`MIN_POINTS` different points or known places.
    """
    first = np.column_stack(next(iter(readings.values())))
    _, distinct = np.unique(first, axis=0, return_index=True)
    distinct = np.sort(distinct)
    rows = distinct[np.linspace(0, len(distinct) - 1, min(len(distinct), _MOST)).astype(np.int64)]
    if len(rows) < MIN_POINTS or known.n < MIN_POINTS:
        return None
    tree, middle = known.tree, np.array(known.middle_lat)
    ring = _RING_M * np.column_stack([np.cos(_RING), np.sin(_RING)])
    loss: dict[str, Floats] = {}
    sharp: dict[str, float] = {}
    deep: dict[str, float] = {}
    figures: dict[str, dict[str, float]] = {}
    for name, (lon, lat) in readings.items():
        at = _flat(lon[rows], lat[rows], middle)
        distance_m = _nearest_m(tree, at)
        loss[name] = np.log1p(distance_m / _NEAR_M)
        aside = np.mean([np.log1p(_nearest_m(tree, at + step) / _NEAR_M) for step in ring], axis=0)
        sharp[name] = _errors(aside - loss[name])
        deep[name] = float(np.mean(aside - loss[name]))
        figures[name] = {
            "median_m": round(float(np.median(distance_m)), 1),
            "share_20_m": round(float(np.mean(distance_m <= 20)), 4),
            "sharpness": round(sharp[name], 1),
        }
    best = min(loss, key=lambda name: float(loss[name].mean()))
    ahead = {name: _errors(loss[name] - loss[best]) for name in readings if name != best}
    rivals = [name for name in readings if name != best and sharp[name] >= _AHEAD]
    lon, lat = readings[best]
    spread_m = min(known.spread_m, _spread_m(_flat(lon[rows], lat[rows], middle)))
    crowd = (_RING_M / max(spread_m, 1.0)) ** 2 / 2
    clear = sharp[best] >= _AHEAD and not rivals and deep[best] >= _CROWDS * crowd
    return Witness("near", len(rows), best, figures, ahead, clear)


def _spread_m(at: Floats) -> float:
    return float(np.hypot(*np.std(at, axis=0)))


def _errors(difference: Floats) -> float:
    """Tell a mean in its standard errors."""
    error = float(np.std(difference, ddof=1)) / math.sqrt(len(difference))
    return float(np.mean(difference)) / max(error, 1e-9)


def _nearest_m(tree: shapely.STRtree, at: Floats) -> Floats:
    rows, far = tree.query_nearest(shapely.points(at), return_distance=True, all_matches=False)
    out = np.full(len(at), np.inf)
    out[rows[0]] = far
    return np.asarray(np.minimum(out, 1e7))


def _parts(known: NDArray[np.object_]) -> NDArray[np.object_]:
    """Give points as they are, and lines and borders as their single segments, which are quick."""
    kinds = shapely.get_type_id(known)
    points = known[kinds == shapely.GeometryType.POINT]
    others = known[(kinds >= 0) & (kinds != shapely.GeometryType.POINT)]
    rings = shapely.get_parts(
        np.where(shapely.get_dimensions(others) == 2, shapely.boundary(others), others)
    )
    corners, of_ring = shapely.get_coordinates(rings, return_index=True)
    follows = of_ring[1:] == of_ring[:-1]
    pairs = np.stack([corners[:-1][follows], corners[1:][follows]], axis=1)
    return np.concatenate([points, shapely.linestrings(pairs)])


def _flat(lon: Floats, lat: Floats, middle: Floats) -> Floats:
    """Give metres east and north, true to scale at the middle latitude, shape (n, 2)."""
    east = lon * (_EARTH_M * np.cos(np.radians(middle)))
    return np.column_stack([east, lat * _EARTH_M])

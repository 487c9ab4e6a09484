"""Grids made where a city has none: each inside one community, of about the households asked for.

How many grids a community gets is its households over those asked for, rounded so that the grids
come as near to the asked number as they can (up from √(k(k+1)), not from k + ½). Households are
what is known of the community; else what its buildings hold; else its area at the density of the
communities of its parent that are known, or of all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from appeals.errors import InputError
from geo.datums import Floats
from geo.measure import area_m2
from grids.bisection import SNAP_DEG, bisect, noded
from grids.findings import Finding
from grids.spread import Spread, lattice, roundness

LEAST, MOST = 0.5, 1.7
"""A grid's households over those asked for: outside of this it is listed, with its reason."""

_PER_GRID = 200  # lattice points

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class Buildings:
    """Where people live: WGS84 points, shape (n, 2), and households of each, shape (n,).

    ``counted``: the households are known; else each building counts as one, and only says where in
    its community the households are.
    """

    points: Floats
    households: Floats
    counted: bool


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """The grids of some communities.

    Attributes
    ----------
    grids
        ``community`` (position in the frame that was divided), ``households`` (float),
        ``roundness`` (Polsby–Popper) and ``geometry`` (WGS84), in the order of the communities.
    listed
        Grids outside of ``LEAST`` to ``MOST``, and communities whose households were taken from
        their area, each with its reason.
    """

    grids: gpd.GeoDataFrame
    listed: tuple[Finding, ...]


def divide(
    communities: gpd.GeoDataFrame,
    asked: float,
    buildings: Buildings | None = None,
    along: Sequence[BaseGeometry] = (),
) -> Division:
    """Divide communities into grids.

    Parameters
    ----------
    communities
        ``code``, ``name``, ``parent_id``, ``households`` (missing where not known), ``geometry``
        (WGS84 polygons).
    asked
        Households of a grid.
    buildings
        Where the households are; without them they are spread evenly.
    along
        WGS84 lines that borders should follow where the households allow it.

    Raises
    ------
    InputError
        Nothing tells how many households any of the communities has.
    """
    shapes = np.array(communities.geometry, dtype=object)
    inside = _inside(shapes, buildings)
    households, guessed = _households(communities, inside)
    tree = shapely.STRtree(np.array(along, dtype=object)) if along else None
    owner: list[int] = []
    grids: list[BaseGeometry] = []
    weights: list[float] = []
    listed = [
        _listed("households by area", communities, i, f"{households[i]:.0f}") for i in guessed
    ]
    for i, shape in enumerate(shapes):
        near = [along[j] for j in np.sort(tree.query(shape))] if tree is not None else []
        spread = inside[i]
        parts, sizes = _divide(shape, float(households[i]), asked, spread, near)
        owner += [i] * len(parts)
        grids += parts
        weights += sizes
        for part, size in zip(parts, sizes, strict=True):
            kind = _reason(size, float(households[i]), part, spread, asked)
            if kind is not None:
                listed.append(_listed(kind, communities, i, f"{size:.0f}", part))
    frame = gpd.GeoDataFrame(
        {
            "community": np.array(owner, np.int64),
            "households": np.array(weights, np.float64),
        },
        geometry=_matched(grids, shapes),
        crs="EPSG:4326",
    )
    round_of = [float(roundness([_largest(one)])[0]) for one in frame.geometry]
    return Division(frame.assign(roundness=round_of), tuple(listed))


def grids_of(ratio: float) -> int:
    """Tell how many grids a community gets that holds so many times the households asked for.

    Examples
    --------
    >>> [grids_of(ratio) for ratio in (0.2, 1.4, 1.42, 2.4, 2.5)]
    [1, 1, 2, 2, 3]
    """
    n = max(int(ratio), 1)
    return n + 1 if ratio > float(np.sqrt(n * (n + 1))) else n


# --- households -----------------------------------------------------------------------------------


def _inside(shapes: Shapes, buildings: Buildings | None) -> list[Spread | None]:
    """Give the buildings of each community, ``None`` where there are none."""
    out: list[Spread | None] = [None] * len(shapes)
    if buildings is None or not len(buildings.points):
        return out
    point, shape = shapely.STRtree(shapes).query(
        shapely.points(buildings.points), predicate="intersects"
    )
    point, first = np.unique(point, return_index=True)  # on a border or in two: the lowest code
    shape = shape[first]
    for i in np.unique(shape).tolist():
        mine = point[shape == i]
        households = buildings.households[mine]
        if households.sum() > 0:
            out[i] = Spread(buildings.points[mine], households, even=False)
    return out


def _households(
    communities: gpd.GeoDataFrame, inside: Sequence[Spread | None]
) -> tuple[Floats, list[int]]:
    known = communities["households"].astype("float64").to_numpy(na_value=np.nan)
    counted = np.array([np.nan if one is None else one.weights.sum() for one in inside])
    known = np.where(np.isnan(known), counted, known)
    if np.isnan(known).all() or not np.nansum(known) > 0:
        raise InputError(
            "no community has a number of households: bring them in with a column 户数, "
            "or give --buildings FILE"
        )
    area = area_m2(np.array(communities.geometry, dtype=object))
    guessed = np.flatnonzero(np.isnan(known))
    parents = communities["parent_id"].astype("float64").to_numpy(na_value=0.0)
    there = ~np.isnan(known)
    for i in guessed.tolist():
        mine = there & (parents == parents[i])
        some = mine if np.nansum(known[mine]) > 0 else there
        known[i] = area[i] * known[some].sum() / area[some].sum()
    return np.asarray(known, np.float64), guessed.tolist()


# --- shapes ---------------------------------------------------------------------------------------


def _divide(
    shape: BaseGeometry,
    households: float,
    asked: float,
    buildings: Spread | None,
    along: Sequence[BaseGeometry],
) -> tuple[list[BaseGeometry], list[float]]:
    """Divide one community: its large parts each for itself, its islands together."""
    parts = [one for one in shapely.get_parts(shape) if isinstance(one, Polygon)]
    weight = _shares(parts, buildings) * households
    if grids_of(households / asked) == 1:
        return [shape], [households]
    grids: list[BaseGeometry] = []
    sizes: list[float] = []
    for part, w in zip(parts, weight.tolist(), strict=True):
        if w < LEAST * asked:
            continue
        n = grids_of(w / asked)
        spread = None if buildings is None else buildings.within(part, part)
        if spread is None or not spread.weights.sum() > 0:
            spread = lattice(part, w, _PER_GRID * n)
        spread = Spread(spread.points, spread.weights * (w / spread.weights.sum()), spread.even)
        mine = bisect(part, spread, n, along)
        grids += mine
        sizes += [spread.of(one, part) for one in mine]
    islands = [i for i, w in enumerate(weight) if w < LEAST * asked]
    if grids and weight[islands].sum() < LEAST * asked:
        for i in islands:
            near = int(np.argmin(shapely.distance(np.array(grids, dtype=object), parts[i])))
            grids[near] = MultiPolygon([*shapely.get_parts(grids[near]), parts[i]])
            sizes[near] += float(weight[i])
        return grids, sizes
    for group in _grouped(parts, weight, islands, asked):
        grids.append(MultiPolygon([parts[i] for i in group]))
        sizes.append(float(weight[group].sum()))
    return grids, sizes


def _grouped(
    parts: Sequence[Polygon], weight: Floats, islands: Sequence[int], asked: float
) -> list[list[int]]:
    """Put islands together, west to east, into groups of about the weight asked for."""
    west = sorted(islands, key=lambda i: parts[i].centroid.x)
    total = float(weight[west].sum())
    if total <= 0:
        return [west]
    middle = np.cumsum(weight[west]) - weight[west] / 2
    group = np.floor(middle / total * grids_of(total / asked)).astype(np.int64)
    return [[west[j] for j in np.flatnonzero(group == k)] for k in np.unique(group)]


def _shares(parts: Sequence[Polygon], buildings: Spread | None) -> Floats:
    area = np.array([part.area for part in parts])
    held = area if buildings is None else np.array([buildings.of(one, one) for one in parts])
    weight = held if held.sum() > 0 else area
    return np.asarray(weight / weight.sum(), np.float64)


def _matched(grids: Sequence[BaseGeometry], communities: Shapes) -> Shapes:
    """Give neighbours across the borders of communities the same corners."""
    out = np.array(grids, dtype=object)
    old = {tuple(xy) for xy in shapely.get_coordinates(communities)}
    new = sorted({tuple(xy) for xy in shapely.get_coordinates(out)} - old)
    if not new:
        return out
    points = np.array(new)
    node, grid = shapely.STRtree(out).query(
        shapely.points(points), predicate="dwithin", distance=SNAP_DEG
    )
    for i in np.unique(grid).tolist():
        parts = [noded(one, points[node[grid == i]]) for one in shapely.get_parts(out[i])]
        out[i] = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    return out


def _largest(shape: BaseGeometry) -> Polygon:
    largest: Polygon = max(shapely.get_parts(shape), key=lambda part: part.area)
    return largest


# --- what is listed -------------------------------------------------------------------------------


def _reason(
    size: float, whole: float, grid: BaseGeometry, buildings: Spread | None, asked: float
) -> str | None:
    """Tell why a grid is too small or too large, ``None`` where it is neither."""
    if LEAST <= size / asked <= MOST:
        return None
    if whole < LEAST * asked:
        return "small community"
    if buildings is not None and size > MOST * asked:
        x, y = buildings.points.T
        mine = buildings.weights[shapely.intersects_xy(grid, x, y)]
        if mine.max(initial=0) * whole / buildings.weights.sum() > MOST * asked:
            return "large building"
    return "grid size"


def _listed(
    kind: str, communities: pd.DataFrame, i: int, detail: str, shape: BaseGeometry | None = None
) -> Finding:
    name, code = str(communities["name"].iloc[i]), str(communities["code"].iloc[i])
    return Finding(kind, (name,), detail, codes=(code,), shape=shape)

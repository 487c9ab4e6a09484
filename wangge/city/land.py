"""The land of the made-up city: units of four levels whose ragged borders are shared exactly."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi

from wangge.city.outline import Floats, Ints, Plan, draw_plan

LON_0, LAT_0 = 110.36, 35.02  # WGS84 degrees: the middle of the invented city
M_PER_DEG_LAT = 110_940.0
M_PER_DEG_LON = 111_320.0 * float(np.cos(np.radians(LAT_0)))
DIGITS = 7  # of a degree, about a centimetre: all files carry the same vertices
POINT_EVERY_M = 55.0
PREFIX = "9901"

Geometries = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Level:
    """The units of one level, in the order of their codes.

    ``geometry`` are WGS84 polygons (lon, lat), ``parent`` is the position of each unit's parent
    in the level above (zeros for districts).
    """

    codes: tuple[str, ...]
    geometry: Geometries
    parent: Ints


@dataclass(frozen=True, slots=True)
class Land:
    """All levels of the city; ``border`` are points (WGS84, shape (m, 2)) between two streets.

    ``border_streets`` (shape (m, 2)) are the positions of these two streets.
    """

    districts: Level
    streets: Level
    communities: Level
    grids: Level
    border: Floats
    border_streets: Ints


def degrees(points_m: Floats) -> Floats:
    """Turn plane metres (shape (n, 2)) into WGS84 lon, lat."""
    scale = np.array([M_PER_DEG_LON, M_PER_DEG_LAT])
    return np.asarray(np.round(points_m / scale + np.array([LON_0, LAT_0]), DIGITS))


def metres(lonlat: Floats) -> Floats:
    """Turn WGS84 lon, lat (shape (n, 2)) into plane metres; true to about 1 in 1,000 here."""
    scale = np.array([M_PER_DEG_LON, M_PER_DEG_LAT])
    return np.asarray((lonlat - np.array([LON_0, LAT_0])) * scale)


def make_land(rng: np.random.Generator) -> Land:
    """Make the units: every level is a union of grids, so nothing gapes and nothing overlaps."""
    plan = draw_plan(rng)
    cells, lines, sides = _ragged_cells(plan.diagram, len(plan.centres), rng)
    return _coded(plan, cells, lines, sides)


def _ragged_cells(
    diagram: Voronoi, n: int, rng: np.random.Generator
) -> tuple[Geometries, Geometries, Ints]:
    """Build the grids from ragged edges; give them, the edges, and the two grids of each edge."""
    corners = degrees(diagram.vertices)
    pairs = np.sort(np.asarray(diagram.ridge_points, dtype=np.int64), axis=1)
    used = np.flatnonzero(pairs[:, 0] < n)  # of pairs that are sorted the first is a grid
    sides = pairs[used]
    edges = [diagram.ridge_vertices[k] for k in used]
    lines: list[shapely.LineString] = []
    for (a, b), (one, _) in zip(edges, sides, strict=True):
        inner = degrees(_ragged(diagram.vertices[a], diagram.vertices[b], diagram.points[one], rng))
        lines.append(shapely.LineString(np.vstack([corners[a], inner, corners[b]])))
    faces = shapely.get_parts(shapely.polygonize(lines))
    tree = shapely.STRtree(faces)
    centres = shapely.points(degrees(diagram.points[:n]))
    found = tree.query(centres, predicate="within")
    order = np.full(n, -1, dtype=np.int64)
    order[found[0]] = found[1]
    if (order < 0).any() or len(np.unique(order)) != n:
        raise AssertionError("the ragged edges cross")
    return faces[order], np.array(lines, dtype=object), sides


def _ragged(a: Floats, b: Floats, centre: Floats, rng: np.random.Generator) -> Floats:
    """Give the inner vertices of a ragged edge from a to b (metres, shape (m, 2)).

    A vertex keeps within the two triangles that the edge makes with the centres on its sides.
    These triangles tile the plane, so no two edges can cross.
    """
    along = b - a
    length = float(np.hypot(along[0], along[1]))
    steps = max(round(length / POINT_EVERY_M), 1)
    if steps < 2:
        return np.empty((0, 2))
    t = np.arange(1, steps) / steps
    along = along / length
    across = np.array([-along[1], along[0]])
    foot = float((centre - a) @ along)
    height = abs(float((centre - a) @ across))
    s = t * length
    room = np.full(len(s), np.inf)
    if foot > 0:
        room = np.minimum(room, s * height / foot)
    if foot < length:
        room = np.minimum(room, (length - s) * height / (length - foot))
    walk = np.concatenate([[0.0], np.cumsum(rng.normal(size=steps))])
    bridge = walk[1:-1] - t * walk[-1]
    offset = np.clip(bridge * 0.32 * POINT_EVERY_M, -0.7 * room, 0.7 * room)
    return np.asarray(a + s[:, None] * along + offset[:, None] * across)


def _coded(plan: Plan, cells: Geometries, lines: Geometries, sides: Ints) -> Land:
    """Order the units inside their parents from west to east, then north to south; give codes."""
    n = len(plan.centres)
    groups = (plan.district, plan.street, plan.community, np.arange(n))
    levels: list[Level] = []
    rank = np.zeros(n, dtype=np.int64)  # of each grid's unit on the level above
    prefixes: list[str] = [PREFIX]
    for depth, group in enumerate(groups):
        numbers = np.unique(group)
        geometry = np.array([shapely.coverage_union_all(cells[group == k]) for k in numbers])
        parent = np.array([rank[group == k][0] for k in numbers])
        middle = shapely.get_coordinates(shapely.point_on_surface(geometry))
        order = np.lexsort((-middle[:, 1], middle[:, 0], parent))
        digits = 2 if depth == 0 else 3
        used = np.zeros(len(prefixes), dtype=np.int64)
        codes: list[str] = []
        for upper in parent[order]:
            used[upper] += 1
            codes.append(f"{prefixes[upper]}{used[upper]:0{digits}d}")
        levels.append(Level(tuple(codes), geometry[order], parent[order]))
        place = np.empty(len(numbers), dtype=np.int64)
        place[order] = np.arange(len(numbers))
        rank = place[np.searchsorted(numbers, group)]
        prefixes = codes
        if depth == 1:
            street_of = rank
    inner = (sides < n).all(axis=1)
    streets = np.sort(street_of[sides[inner]], axis=1)
    apart = streets[:, 0] != streets[:, 1]
    border = shapely.get_coordinates(
        shapely.line_interpolate_point(lines[inner][apart], 0.5, normalized=True)
    )
    return Land(levels[0], levels[1], levels[2], levels[3], border, streets[apart])

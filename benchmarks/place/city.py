"""A made-up Beijing: grids with ragged shared borders, and communities, streets, districts of them.

Every border is one chain of vertices that both neighbours hold to the last digit.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree

from geo.datums import Floats

Ints = NDArray[np.int64]
Shapes = NDArray[np.object_]

NUMBERS = (16, 350, 7_000, 30_000)
"""Districts, streets, communities and grids."""

# Of the ground, in degrees: about 170 km by 180 km, its centre of 35 km by 35 km.
_CENTRE = np.array([116.40, 39.92])
_HALF = np.array([1.00, 0.81])
_HALF_CENTRE = np.array([0.20, 0.16])
_IN_CENTRE = 0.6
_WAVES = 33  # vertices of a border of usual length: a grid has six such borders


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Shapes of each level, coarse to fine, and the position of each unit's parent one level up."""

    shapes: tuple[Shapes, ...]
    parents: tuple[Ints, ...]


def make_city(seed: int, numbers: tuple[int, ...] = NUMBERS) -> City:
    """Make the units of four levels.

    Parameters
    ----------
    seed
        Of the generator.
    numbers
        Units of each level, coarse to fine.
    """
    random = np.random.default_rng(seed)
    seeds = _spread(numbers[-1], random)
    shapes = [_grids(seeds, random)]
    middles = [seeds]
    parents: list[Ints] = []
    for number in numbers[-2::-1]:
        chosen = random.choice(len(middles[0]), number, replace=False)
        heads = middles[0][chosen]
        parent = np.asarray(cKDTree(heads).query(middles[0])[1], np.int64)
        shapes.insert(0, _unions(shapes[0], parent, number))
        middles.insert(0, heads)
        parents.insert(0, parent)
    return City(tuple(shapes), tuple(parents))


def make_points(n: int, random: np.random.Generator) -> tuple[Floats, Floats]:
    """Scatter n points over the city, six of ten in its centre, one of a hundred outside.

    Parameters
    ----------
    n
        How many; the result is two arrays of shape (n,), WGS84 degrees.
    random
        The generator to draw from.
    """
    points = _spread(n, random)
    far = random.random(n) < 0.01
    points[far] = _CENTRE + random.uniform(-1.3, 1.3, (int(far.sum()), 2)) * _HALF
    return points[:, 0].copy(), points[:, 1].copy()


def _spread(n: int, random: np.random.Generator) -> Floats:
    inner = random.random(n) < _IN_CENTRE
    half = np.where(inner[:, None], _HALF_CENTRE, _HALF)
    return np.asarray(_CENTRE + random.uniform(-1, 1, (n, 2)) * half)


def _grids(seeds: Floats, random: np.random.Generator) -> Shapes:
    """Draw the Voronoi cells of the seeds with ragged borders."""
    # Seeds around the city close its outermost cells; theirs are thrown away.
    turn = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    ring = _CENTRE + 1.5 * _HALF * np.column_stack([np.cos(turn), np.sin(turn)])
    mesh = Voronoi(np.vstack([seeds, ring]))
    chains: list[dict[int, tuple[int, Floats]]] = [{} for _ in seeds]
    lengths = [
        float(np.hypot(*(mesh.vertices[a] - mesh.vertices[b]))) if a >= 0 else 0.0
        for a, b in mesh.ridge_vertices
    ]
    for (one, other), (a, b), length in zip(
        mesh.ridge_points, mesh.ridge_vertices, lengths, strict=True
    ):
        if a < 0 or min(one, other) >= len(seeds):
            continue
        usual = np.sqrt(_area(mesh, min(one, other)))
        chain = _ragged(
            mesh.vertices[a], mesh.vertices[b], mesh.points[one], mesh.points[other],
            max(1, round(_WAVES * 1.6 * length / usual)), random,
        )  # fmt: skip
        for own, start, end, line in ((one, a, b, chain), (other, b, a, chain[::-1])):
            if own < len(seeds):
                _join(chains[own], start, end, line, mesh.points[own])
    rings = [_closed(one) for one in chains]
    owner = np.repeat(np.arange(len(rings)), [len(ring) for ring in rings])
    return np.asarray(shapely.polygons(shapely.linearrings(np.vstack(rings), indices=owner)))


def _area(mesh: Voronoi, cell: int) -> float:
    corners = mesh.vertices[mesh.regions[mesh.point_region[cell]]]
    x, y = (corners - corners[0]).T
    return abs(float(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def _join(
    chain: dict[int, tuple[int, Floats]], start: int, end: int, line: Floats, seed: Floats
) -> None:
    """Keep a border in the sense that turns left around the seed."""
    a, b = line[0] - seed, line[-1] - seed
    if a[0] * b[1] - a[1] * b[0] > 0:
        chain[start] = (end, line)
    else:
        chain[end] = (start, line[::-1])


def _closed(chain: dict[int, tuple[int, Floats]]) -> Floats:
    first = at = next(iter(chain))
    lines = []
    while True:
        at, line = chain[at]
        lines.append(line[:-1])
        if at == first:
            break
    return np.vstack([*lines, lines[0][:1]])


def _ragged(
    a: Floats, b: Floats, one: Floats, other: Floats, n: int, random: np.random.Generator
) -> Floats:
    """Bend the border from a to b towards its two seeds, never out of its own two triangles.

    The triangles of all borders tile the plane, and seen from its seed each bend keeps the order
    of the straight border: no two borders cross and none crosses itself.
    """
    along = np.linspace(0, 1, n + 1)[:, None]
    base = a + along * (b - a)
    waves = np.cumsum(random.normal(0, 1, n + 1))
    waves -= waves[0] + along[:, 0] * (waves[-1] - waves[0])
    pull = 0.25 * np.tanh(waves / 4)
    # A change of side goes through the border itself.
    pull[1:][pull[1:] * pull[:-1] < 0] = 0
    pull[[0, -1]] = 0
    towards = np.where(pull[:, None] > 0, one, other)
    return np.asarray(base + np.abs(pull)[:, None] * (towards - base))


def _unions(shapes: Shapes, parent: Ints, number: int) -> Shapes:
    order = np.argsort(parent, kind="stable")
    ends = np.searchsorted(parent[order], np.arange(number + 1))
    out = np.empty(number, dtype=object)
    for i, (start, end) in enumerate(pairwise(ends.tolist())):
        out[i] = shapely.coverage_union_all(shapes[order[start:end]])
    return out

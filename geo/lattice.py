"""H3 cells of many points at once: the hexagon of each is found by arithmetic, its name by h3.

On each face of its icosahedron H3 is a plain lattice of hexagons in the gnomonic plane, and the
cell of a point depends on face and hexagon alone. So the hexagon is found for all points by one
rounding, and h3 is asked once for each hexagon two resolutions above: the last two digits of a
cell follow from the lattice. Points within a hair of a border are left to h3 itself, so the
answers are its own. Source of the construction: https://h3geo.org/docs/core-library/overview.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, repeat

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

from geo.datums import Floats

Cells = NDArray[np.int64]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Flags = NDArray[np.bool_]

RESOLUTIONS = range(2, 11)
"""Above, rounding may come near a hair; below, there are no two coarser resolutions."""

# From the middle of a face to its corner in the gnomonic plane, and between hexagons of
# resolution 0: half of it.
_CORNER = 3 - np.sqrt(5)
_STEP = _CORNER / 2
# Each finer resolution is smaller by the root of seven; odd ones are turned by this angle.
_TURN = np.arcsin(np.sqrt(3 / 28))
# In steps of the lattice: rounding stays below 1e-6 down to resolution 10.
_HAIR = 1e-5
_BLOCK = 1 << 15  # points whose intermediate results stay in the processor's cache

# H3's digits of the six neighbours, by turns of 60 degrees from the first axis to the left.
_DIGITS = np.array([4, 6, 2, 3, 1, 5])
_DIRECTIONS = np.array([0, 5, 3, 4, 1, 6, 2, 0])  # the other way round, from 1


@dataclass(frozen=True, slots=True, eq=False)
class _Hexagons:
    """Where points lie in the lattice of one resolution, arrays of shape (n,).

    ``a`` and ``b``: the hexagon two resolutions above, in steps of two axes at 60 degrees;
    ``turns``: directions of the last two digits as 7 x coarser + finer, each 0 for the middle or
    1 to 6; -1 where a border is within a hair.
    """

    a: Ints32
    b: Ints32
    turns: NDArray[np.int8]


def cells_of_many(lon: Floats, lat: Floats, resolutions: Sequence[int]) -> list[Cells]:
    """Tell the cells of points at several resolutions.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,), all on the globe.
    resolutions
        Of ``RESOLUTIONS``.

    Returns
    -------
    list of ndarray of int64
        One array of shape (n,) a resolution.

    Examples
    --------
    >>> [f"{one[0]:x}" for one in cells_of_many(np.array([116.4075]), np.array([39.9045]), [8, 9])]
    ['8831aa4283fffff', '8931aa42827ffff']
    """
    n = len(lon)
    faces = np.zeros(n, np.int8)
    found = [
        _Hexagons(np.zeros(n, np.int32), np.zeros(n, np.int32), np.zeros(n, np.int8))
        for _ in resolutions
    ]
    for start in range(0, n, _BLOCK):
        block = slice(start, start + _BLOCK)
        faces[block], x, y, at_edge = _project(lon[block], lat[block])
        for into, resolution in zip(found, resolutions, strict=True):
            into.a[block], into.b[block], turns = _hexagons(x, y, resolution)
            turns[at_edge] = -1
            into.turns[block] = turns
    return [
        _named(lon, lat, faces, hexagons, resolution)
        for hexagons, resolution in zip(found, resolutions, strict=True)
    ]


def each_cell(lon: Floats, lat: Floats, resolution: int) -> Cells:
    """Ask h3 for each point.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,), all on the globe.
    resolution
        H3 resolution, 0 to 15.
    """
    found = map(h3.latlng_to_cell, lat.tolist(), lon.tolist(), repeat(resolution))
    return np.fromiter(found, dtype=np.int64, count=len(lon))


@cache
def _faces() -> tuple[Floats, Floats, Floats]:
    """Give middle, first axis and second axis of the 20 faces as unit vectors, (20, 3) each.

    The corners of the icosahedron are the pentagons; the first axis points to a corner.
    """
    lat, lon = np.radians([h3.cell_to_latlng(cell) for cell in h3.get_pentagons(0)]).T
    corners = np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
    # Neighbouring corners are 63 degrees apart, others 117 or more.
    neighbours = corners @ corners.T > 0
    triples = [
        triple
        for triple in combinations(range(12), 3)
        if all(neighbours[pair] for pair in combinations(triple, 2))
    ]
    middles = corners[np.array(triples)].sum(axis=1)
    middles /= np.linalg.norm(middles, axis=1)[:, None]
    first = corners[np.array(triples)[:, 0]]
    first = first - (first * middles).sum(axis=1)[:, None] * middles
    first /= np.linalg.norm(first, axis=1)[:, None]
    return middles, first, np.cross(middles, first)


@cache
def _pentagons() -> Cells:
    """Give the numbers of the 12 pentagons among the cells of resolution 0."""
    return np.array(sorted(h3.get_pentagons(0)), np.int64) >> 45 & 0x7F


def _project(lon: Floats, lat: Floats) -> tuple[NDArray[np.int8], Floats, Floats, Flags]:
    """Give the face of each point, its place in the face's plane, and whether it is at an edge."""
    middles, first, second = _faces()
    lon, lat = np.radians(lon), np.radians(lat)
    level = np.cos(lat)
    p = level * np.cos(lon), level * np.sin(lon), np.sin(lat)
    n = len(lon)
    faces, x, y, at_edge = np.full(n, -1, np.int8), np.zeros(n), np.zeros(n), np.zeros(n, bool)
    left = np.arange(n)
    while len(left):
        q = p if len(left) == n else tuple(one[left] for one in p)
        face = int(np.argmax(middles @ [one[0] for one in q]))
        up, east, north = (
            axes[face, 0] * q[0] + axes[face, 1] * q[1] + axes[face, 2] * q[2]
            for axes in (middles, first, second)
        )
        up[up <= 0.1] = np.nan  # the other side of the globe lies in no triangle
        east /= up
        north /= up
        half, slope = east / 2, north * (np.sqrt(3) / 2)
        # The three sides are half a corner away from the middle, in these directions.
        outward = np.maximum(np.maximum(half + slope, half - slope), -east) - _CORNER / 2
        mine = outward <= 1e-9
        mine[0] = True
        at = left[mine]
        faces[at], x[at], y[at] = face, east[mine], north[mine]
        at_edge[at] = outward[mine] > -1e-9
        left = left[~mine]
    return faces, x, y, at_edge


def _hexagons(x: Floats, y: Floats, resolution: int) -> tuple[Ints32, Ints32, NDArray[np.int8]]:
    """Find the hexagons in which places of the plane lie, as of :class:`_Hexagons`."""
    a, b, near = _nearest(x, y, resolution)
    up_a, up_b, turns = _seventh(resolution % 2)
    above_a, above_b = a // 7, b // 7
    at = 7 * (a - 7 * above_a) + (b - 7 * above_b)
    above_a += up_a.take(at)
    above_b += up_b.take(at)
    found = turns.take(at)
    found[near] = -1
    return above_a, above_b, found


def _nearest(x: Floats, y: Floats, resolution: int) -> tuple[Ints32, Ints32, Flags]:
    """Give the hexagon of a place, in steps of two axes, and whether a border is within a hair.

    A hexagon lies between two lines of each of three directions, whose numbers are whole: those
    of its middle plus and minus one.
    """
    per_step = np.sqrt(7.0) ** resolution / _STEP
    # The lines stand across the two axes and across their difference.
    first, second = (
        x * (2 * per_step * np.cos(angle)) + y * (2 * per_step * np.sin(angle))
        for angle in (_turn(resolution), _turn(resolution) + np.pi / 3)
    )
    third = first - second
    below = [np.floor(one) for one in (first, second, third)]
    off = [
        np.abs(one - floor - 0.5) for one, floor in zip((first, second, third), below, strict=True)
    ]
    near = np.maximum(np.maximum(off[0], off[1]), off[2]) > 0.5 - _HAIR
    i, j, k = (floor.astype(np.int32) for floor in below)
    return (i + k + 2) // 3, (j - k + 1) // 3, near


def _turn(resolution: int) -> float:
    return float(_TURN) if resolution % 2 else 0.0


@cache
def _seventh(odd: int) -> tuple[Ints32, Ints32, NDArray[np.int8]]:
    """Tell of a hexagon, by ``7 x (a % 7) + b % 7``, what lies two resolutions above it.

    Two resolutions are seven times as wide and not turned: the answer repeats with period seven.
    It is what ``a // 7`` and ``b // 7`` lack, and the directions of ``_Hexagons.turns``.
    """
    resolution = 8 + odd
    a, b = (one.astype(np.int32) for one in np.divmod(np.arange(49), 7))
    above, finer = _above(a, b, resolution)
    top, coarser = _above(*above, resolution - 1)
    return top[0], top[1], (7 * coarser + finer).astype(np.int8)


def _above(a: Ints32, b: Ints32, resolution: int) -> tuple[tuple[Ints32, Ints32], Ints32]:
    """Give the hexagon above each, and the direction in which the finer one lies (0: middle)."""
    a_above, b_above, _ = _nearest(*_middle(a, b, resolution), resolution - 1)
    a_middle, b_middle, _ = _nearest(*_middle(a_above, b_above, resolution - 1), resolution)
    steps = [(0, 0), (1, 0), (0, 1), (-1, 1), (-1, 0), (0, -1), (1, -1)]
    taken = zip((a - a_middle).tolist(), (b - b_middle).tolist(), strict=True)
    return (a_above, b_above), np.array([steps.index(step) for step in taken], np.int32)


def _middle(a: Ints32, b: Ints32, resolution: int) -> tuple[Floats, Floats]:
    """Give the middle of a hexagon in the plane."""
    step = _STEP / np.sqrt(7.0) ** resolution
    place = step * np.exp(1j * _turn(resolution)) * (a + b * np.exp(1j * np.pi / 3))
    return place.real, place.imag


def _named(
    lon: Floats, lat: Floats, faces: NDArray[np.int8], hexagons: _Hexagons, resolution: int
) -> Cells:
    """Turn hexagons into h3's cells by asking for one point of each hexagon two above."""
    out = np.zeros(len(lon), np.int64)
    for face in np.flatnonzero(np.bincount(faces)).tolist():
        rows = np.flatnonzero(faces == face)
        mine: slice | Ints = slice(None) if len(rows) == len(lon) else rows
        turns = hexagons.turns[mine].astype(np.int64)
        key = _dense(hexagons.a[mine], hexagons.b[mine])
        sample = np.full(int(key.max()) + 1, -1)
        # Written last, a point off the middle shows how the digits are turned.
        for some in (np.flatnonzero(turns == 0), np.flatnonzero(turns > 0)):
            sample[key[some]] = some
        asked = sample[sample >= 0]
        cells = each_cell(lon[mine][asked], lat[mine][asked], resolution)
        tables = np.vstack([_digits(cells, turns[asked], resolution), np.zeros((1, 49), np.int64)])
        # What nobody was asked about is the last row: all zero.
        row = np.where(sample >= 0, np.cumsum(sample >= 0) - 1, -1)
        found = tables.take(49 * (row.take(key) % len(tables)) + turns % 49)
        found[turns < 0] = 0
        out[mine] = found
    rest = np.flatnonzero(out == 0)
    out[rest] = each_cell(lon[rest], lat[rest], resolution)
    return out


def _dense(a: Ints32, b: Ints32) -> Ints:
    """Give hexagons numbers without large gaps."""
    a, b = a - a.min(), b - b.min()
    width = int(b.max()) + 1
    key = a.astype(np.int64) * width + b
    if int(key.max()) > 4 * len(key) + 1_000:
        key = np.unique(key, return_inverse=True)[1]
    return key


def _digits(cells: Cells, turns: Ints, resolution: int) -> Cells:
    """Give the cells of the 49 hexagons two below each one; 0 around a pentagon.

    Parameters are a cell of each, and where it lies (of ``_Hexagons.turns``); shape (m, 49).
    """
    shift = 3 * (15 - resolution)
    last, before = (cells >> shift) & 7, (cells >> (shift + 3)) & 7
    coarser, finer = np.divmod(turns, 7)
    digit, direction = np.where(finer > 0, (last, finer), (before, coarser))
    # All digits below one hexagon are turned alike, but around a pentagon.
    turned = np.where(direction > 0, _DIRECTIONS[digit] - direction, 0)
    names = np.zeros((len(cells), 7), np.int64)
    names[:, 1:] = _DIGITS[(np.arange(6) + turned[:, None]) % 6]
    stem = cells & ~np.int64(0o77 << shift)
    out = stem[:, None, None] | names[:, :, None] << (shift + 3) | names[:, None, :] << shift
    # A cell is a pentagon if it is the middle one, again and again, of one of resolution 0.
    to_middle = cells & ((1 << 45) - (1 << (shift + 6))) == 0
    out[to_middle & np.isin(cells >> 45 & 0x7F, _pentagons())] = 0
    return out.reshape(len(cells), 49)

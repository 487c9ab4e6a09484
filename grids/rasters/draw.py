"""Drawing the raster of a layer from its polygons."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.datums import Floats
from grids.rasters.raster import SIDE, Ints, Ints32, Raster, steps

Shapes = NDArray[np.object_]

# At most about so many squares (4 bytes each); a usual unit is at most so many small ones wide.
_SQUARES = 16_000_000
_ACROSS = 64
# A border within so much of a small square counts as touching it: far above all rounding.
_NEAR = 1e-3
_PIECES = 1_000_000  # of borders, worked on at a time


@dataclass(frozen=True, slots=True, eq=False)
class _Edges:
    """Straight pieces of borders, in small squares from the corner, and the shape of each."""

    x0: Floats
    y0: Floats
    x1: Floats
    y1: Floats
    owner: Ints

    def of(self, chosen: NDArray[np.bool_] | Ints) -> "_Edges":
        x0, y0, x1, y1 = (one[chosen] for one in (self.x0, self.y0, self.x1, self.y1))
        return _Edges(x0, y0, x1, y1, self.owner[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """Squares of some large rows, flat: as of :class:`Raster`, with pages counted from 0.

    Answers from n + 1 on number the squares that must be asked; ``members`` and ``sizes`` tell
    the shapes of each.
    """

    large: Ints
    small: Ints
    members: Ints
    sizes: Ints


def rasterise(shapes: Shapes) -> Raster:
    """Make the raster of a layer.

    Parameters
    ----------
    shapes
        WGS84 polygons and multipolygons, shape (n,).
    """
    n = len(shapes)
    edges, frame, rows, columns = _framed(shapes)
    low, high = np.minimum(edges.y0, edges.y1), np.maximum(edges.y0, edges.y1)
    bands = []
    pages = asked = 0
    for first, last in _bands(low, high, rows, columns):
        near = (high >= first * SIDE - 1) & (low <= last * SIDE + 1)
        band = _draw(edges.of(near), first, last, columns, n)
        band.large[band.large < 0] -= pages
        for squares in (band.large, band.small):
            squares[squares > n] += asked
        bands.append(band)
        pages += len(band.small) // SIDE**2
        asked += len(band.sizes)
    number, starts, members = _interned(
        np.concatenate([band.members for band in bands]),
        np.concatenate([band.sizes for band in bands]),
        n,
    )
    final = np.concatenate([np.arange(n + 1, dtype=np.int32), number])
    large, small = (
        np.concatenate([getattr(band, which) for band in bands]) for which in ("large", "small")
    )
    large = np.where(large < 0, large, final[np.maximum(large, 0)]).astype(np.int32)
    return Raster(
        frame, large.reshape(rows, columns), final[small].reshape(-1, SIDE**2), starts, members
    )


def _draw(edges: _Edges, first: int, last: int, columns: int, n: int) -> _Band:
    """Draw the large rows from the first to before the last."""
    row, column, edged = _touched(edges, first * SIDE, last * SIDE, columns * SIDE)
    square = (row // SIDE - first) * columns + column // SIDE
    divided = np.zeros((last - first) * columns, bool)
    divided[square] = True
    pages = int(divided.sum())
    # One line of addresses: the large squares, then the small ones page by page.
    page = len(divided) + (np.cumsum(divided) - 1) * SIDE**2
    crossed = page[square] + row % SIDE * SIDE + column % SIDE

    row, column, whole = _covered(edges, first, last, columns, SIDE)
    square = (row - first) * columns + column
    is_large = ~divided[square]
    large, whole = square[is_large], whole[is_large]

    row, column, part = _covered(edges, first * SIDE, last * SIDE, columns * SIDE, 1)
    square = (row // SIDE - first) * columns + column // SIDE
    is_small = divided[square]
    small = (page[square] + row % SIDE * SIDE + column % SIDE)[is_small]

    address = np.concatenate([crossed, large, small])
    shape = np.concatenate([edged, whole, part[is_small]])
    # A border runs through, or two shapes overlap.
    doubtful = np.bincount(address, minlength=len(divided) + pages * SIDE**2) > 1
    doubtful[crossed] = True
    asked = doubtful[address]
    answers = np.zeros(len(doubtful), np.int64)
    answers[address[~asked]] = shape[~asked] + 1
    key = np.sort(address[asked] * n + shape[asked])
    asked_at, members = np.divmod(key[_begins(key)], max(n, 1))
    begins = np.flatnonzero(_begins(asked_at))
    answers[asked_at[begins]] = n + 1 + np.arange(len(begins))
    answers[: len(divided)][divided] = -1 - np.arange(pages)
    sizes = np.diff(begins, append=len(members))
    return _Band(answers[: len(divided)], answers[len(divided) :], members, sizes)


def _framed(shapes: Shapes) -> tuple[_Edges, Floats, int, int]:
    """Choose the squares and give the borders in them: edges, frame, large rows and columns."""
    parts, whose = shapely.get_parts(shapes, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(points):
        nothing = np.zeros(0)
        edges = _Edges(nothing, nothing, nothing, nothing, np.zeros(0, np.int64))
        return edges, np.array([0.0, 0.0, 1.0, 1.0]), 1, 1
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    m_lon, m_lat = 111_320 * np.cos(np.radians((south + north) / 2)), 110_950.0
    ahead = np.flatnonzero(ring[1:] == ring[:-1])
    x0, y0 = points[ahead].T
    x1, y1 = points[ahead + 1].T
    # A border shared by two shapes is two edges on the same squares.
    length_m = float(np.hypot((x1 - x0) * m_lon, (y1 - y0) * m_lat).sum()) / 2
    box_m2 = (east - west) * m_lon * (north - south) * m_lat
    of_borders, of_all = 1.3 * SIDE * length_m, box_m2 / SIDE**2
    fitting = (of_borders + np.sqrt(of_borders**2 + 4 * of_all * _SQUARES)) / (2 * _SQUARES)
    boxes = shapely.bounds(shapes)
    across = np.hypot((boxes[:, 2] - boxes[:, 0]) * m_lon, (boxes[:, 3] - boxes[:, 1]) * m_lat)
    side_m = max(fitting, float(np.nanmedian(across)) / _ACROSS)
    per_lon, per_lat = m_lon / side_m, m_lat / side_m
    west, south = west - 1 / per_lon, south - 1 / per_lat
    rows = int((north - south) * per_lat + 2) // SIDE + 1
    columns = int((east - west) * per_lon + 2) // SIDE + 1
    owner = whose[part[ring[ahead]]].astype(np.int64)
    edges = _Edges(
        (x0 - west) * per_lon, (y0 - south) * per_lat,
        (x1 - west) * per_lon, (y1 - south) * per_lat, owner,
    )  # fmt: skip
    return edges, np.array([west, south, per_lon, per_lat]), rows, columns


def _bands(low: Floats, high: Floats, rows: int, columns: int) -> Iterator[tuple[int, int]]:
    """Cut the large rows into bands of about ``_PIECES`` pieces of work: first and after last."""
    middle = ((low + high) / 2).astype(np.int64) // SIDE
    work = np.bincount(middle, weights=high - low + 2, minlength=rows) + columns
    band = (np.cumsum(work) // _PIECES).astype(np.int64)
    cuts = [0, *(np.flatnonzero(np.diff(band)) + 1).tolist(), rows]
    yield from pairwise(cuts)


def _touched(edges: _Edges, first: int, last: int, columns: int) -> tuple[Ints, Ints, Ints]:
    """Give the small squares that borders run through or near: row, column, shape."""
    low, high = np.minimum(edges.y0, edges.y1), np.maximum(edges.y0, edges.y1)
    from_row = np.maximum(np.floor(low - _NEAR).astype(np.int64), first)
    to_row = np.minimum(np.floor(high + _NEAR).astype(np.int64), last - 1)
    row, at = steps(from_row, to_row)
    piece = edges.of(at)
    y0, y1 = (np.clip(y, row - _NEAR, row + 1 + _NEAR) for y in (piece.y0, piece.y1))
    rise = piece.y1 - piece.y0
    # Where an edge is flat, neither end was clipped.
    slope = np.divide(piece.x1 - piece.x0, rise, out=np.zeros_like(rise), where=rise != 0)
    xa = np.where(y0 == piece.y0, piece.x0, piece.x0 + (y0 - piece.y0) * slope)
    xb = np.where(y1 == piece.y1, piece.x1, piece.x1 + (y1 - piece.y1) * slope)
    left, right = np.minimum(xa, xb) - _NEAR, np.maximum(xa, xb) + _NEAR
    from_column = np.maximum(np.floor(left).astype(np.int64), 0)
    to_column = np.minimum(np.floor(right).astype(np.int64), columns - 1)
    column, at = steps(from_column, to_column)
    return row[at], column, piece.owner[at]


def _covered(
    edges: _Edges, first: int, last: int, columns: int, scale: int
) -> tuple[Ints, Ints, Ints]:
    """Give the squares of ``scale`` small ones whose middle lies in a shape: row, column, shape."""
    y0, y1 = edges.y0 / scale, edges.y1 / scale
    from_row = np.ceil(np.minimum(y0, y1) - 0.5).astype(np.int64)
    to_row = np.ceil(np.maximum(y0, y1) - 0.5).astype(np.int64) - 1
    row, at = steps(np.maximum(from_row, first), np.minimum(to_row, last - 1))
    piece = edges.of(at)
    along = (row + 0.5 - y0[at]) / (y1[at] - y0[at])
    x = (piece.x0 + along * (piece.x1 - piece.x0)) / scale
    order = np.lexsort((x, row, piece.owner))
    # In and out of the shape by turns.
    x, row, owner = x[order], row[order][::2], piece.owner[order][::2]
    from_column = np.maximum(np.ceil(x[::2] - 0.5).astype(np.int64), 0)
    to_column = np.minimum(np.ceil(x[1::2] - 0.5).astype(np.int64) - 1, columns - 1)
    column, at = steps(from_column, to_column)
    return row[at], column, owner[at]


def _begins(values: Ints) -> NDArray[np.bool_]:
    """Tell where a sorted array takes a new value."""
    return np.diff(values, prepend=-1) > 0


def _interned(members: Ints, sizes: Ints, n: int) -> tuple[Ints32, Ints32, Ints32]:
    """Give equal sets of shapes one number, from n + 1 on: numbers, and all answers' members."""
    starts = np.cumsum(sizes) - sizes
    known = np.zeros(len(sizes), np.int64)
    taken = 1
    for place in range(int(sizes.max(initial=0))):
        open_ = np.flatnonzero(sizes > place)
        key = known[open_] * n + members[starts[open_] + place]
        distinct, which = np.unique(key, return_inverse=True)
        known[open_] = taken + which
        taken += len(distinct)
    _, example, number = np.unique(known, return_index=True, return_inverse=True)
    position, at = steps(starts[example], starts[example] + sizes[example] - 1)
    del at
    every = np.concatenate([np.arange(n), members[position]])
    ends = np.cumsum(np.concatenate([[0, 0], np.ones(n, np.int64), sizes[example]]))
    return (
        (n + 1 + number).astype(np.int32),
        ends.astype(np.int32),
        every.astype(np.int32),
    )

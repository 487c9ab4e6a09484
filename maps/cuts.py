"""Places as they are drawn: cut to the view, simplified to its scale, packed as whole numbers.

A layer is a square of the ground that is halved as often as a map zooms in: cut (0, 0, 0) shows all
of it, the cuts (k, column, row) with 0 <= column, row < 2**k show its parts. Each cut has a
lattice of ``LATTICE`` steps a side, about four to a pixel of the map that it is made for. The
values that colour places travel by themselves: a change of month moves no shape.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

LATTICE: Final = 4096
"""Steps of a cut's side; a map shows it on at most 1,024 pixels."""

DEEPEST: Final = 12
"""Of a province's width a step is then two centimetres."""

_SIMPLIFIED: Final = 4  # deeper cuts hold few places: they go as they are
_TOLERANCE: Final = 2.0  # steps: half a pixel
_LEAST: Final = 16.0  # square steps: a pixel

Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Drawn:
    """The places of a layer that have a shape; ``cut`` gives what of them one part shows.

    Parameters
    ----------
    codes
        Of the places, length n.
    shapes
        WGS84 polygons, longitude first, shape (n,).
    cells
        Whether they are cells of a grid: these have no corner to spare.
    """

    codes: Sequence[str]
    shapes: Shapes
    cells: bool = False

    @cached_property
    def version(self) -> str:
        """Name of this state of the layer: the same as long as nothing in it changes."""
        digest = hashlib.sha256("\n".join(self.codes).encode())
        for shape in shapely.to_wkb(self.shapes):
            digest.update(shape)
        return digest.hexdigest()[:16]

    @cached_property
    def bounds_deg(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north, ``None`` where there is nothing to draw."""
        if not len(self.shapes):
            return None
        west, south, east, north = shapely.total_bounds(self.shapes).tolist()
        return west, south, east, north

    def cut(self, k: int, column: int, row: int) -> dict[str, Any]:
        """Pack what of the layer lies in one part of it; rows count from the south.

        Returns
        -------
        dict
            ``version``; ``bounds`` of the whole layer; ``side``, ``west``, ``south`` of the part
            and its ``lattice``; ``codes`` of the m places whose bounds it meets; ``rings`` of each
            place, shape (m,); ``points`` of each ring; ``steps``: x and y of every point in
            lattice steps, each less those of the point before (of the first, less 0).

        Raises
        ------
        ValueError
            There is no such part.
        """
        if not 0 <= k <= DEEPEST or not (0 <= column < 2**k and 0 <= row < 2**k):
            raise ValueError(f"cut: there is no part {k}/{column}/{row}")
        if self.bounds_deg is None:
            return {"version": self.version, "bounds": None, "codes": []}
        west, south, east, north = self.bounds_deg
        side = max(east - west, north - south) / 2**k
        west, south = west + side * column, south + side * row
        met = np.sort(self._tree.query(shapely.box(west, south, west + side, south + side)))
        shapes, step = self.shapes[met], side / LATTICE
        if len(met) and not self.cells and k <= _SIMPLIFIED:
            # Neighbours keep their common border: no gap opens between them.
            shapes = shapely.coverage_simplify(shapes, _TOLERANCE * step)
        rings, points, steps = _packed(shapes, (west, south), step)
        return {
            "version": self.version,
            "bounds": self.bounds_deg,
            "side": side,
            "west": west,
            "south": south,
            "lattice": LATTICE,
            "codes": [self.codes[at] for at in met],
            "rings": rings,
            "points": points,
            "steps": steps,
        }

    @cached_property
    def _tree(self) -> shapely.STRtree:
        return shapely.STRtree(self.shapes)


def _packed(shapes: Shapes, origin: tuple[float, float], step: float) -> tuple[Ints, Ints, Ints]:
    """Give rings a place, points a ring, and the steps from point to point, flat.

    Left out are a point that falls on the one before it, the one that closes a ring, and
    rings smaller than a pixel (slivers, islets) where a place has a larger one.
    """
    if not len(shapes):
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    # Outlines run one way, holes the other: where places overlap, both fill the ground.
    parts, place = shapely.get_parts(shapely.orient_polygons(shapes), return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    at, of_ring = shapely.get_coordinates(rings, return_index=True)
    lattice = np.rint((at - np.asarray(origin)) / step).astype(np.int64)
    starts = np.r_[True, of_ring[1:] != of_ring[:-1]]
    ends = np.r_[starts[1:], True]
    moved = np.r_[True, (lattice[1:] != lattice[:-1]).any(axis=1)]
    kept = starts | (moved & ~ends)
    lattice, of_ring = lattice[kept], of_ring[kept]
    of_place = place[of_part]
    area = _areas(lattice, of_ring)
    largest = np.maximum.reduceat(area, np.searchsorted(of_place, np.arange(len(shapes))))
    seen = (area >= _LEAST) | (area == largest[of_place])
    lattice, of_ring = lattice[seen[of_ring]], of_ring[seen[of_ring]]
    per_place = np.bincount(of_place[seen], minlength=len(shapes))
    points = np.bincount(of_ring, minlength=len(rings))[seen]
    return per_place, points, np.diff(lattice, axis=0, prepend=np.zeros((1, 2), np.int64)).ravel()


def _areas(lattice: Ints, of_ring: Ints) -> npt.NDArray[np.float64]:
    """Give the area of each ring in square steps (shoelace); every ring has a point."""
    first = np.searchsorted(of_ring, np.arange(of_ring[-1] + 1))
    following = np.arange(1, len(lattice) + 1)
    following[np.r_[first[1:], len(lattice)] - 1] = first
    x, y = lattice.T
    cross = x * y[following] - x[following] * y
    return np.abs(np.add.reduceat(cross, first)) / 2

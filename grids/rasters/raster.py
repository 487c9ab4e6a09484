"""A raster over the borders of one level: most points are decided by the square they lie in.

Large squares that a border runs through are divided once more. Where one runs through the small
square too, the raster names the shapes that may hold a point of it, and these must be asked: a
raster decides nothing that is in doubt, so its answers are those of the polygons.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.datums import Floats

Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]

SIDE = 4
"""Small squares along the side of a large one."""

_BLOCK = 1 << 15  # points whose intermediate results stay in the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Squares over a layer of n shapes; made by :func:`grids.rasters.draw.rasterise`.

    Attributes
    ----------
    frame
        West and south in WGS84 degrees, small squares per degree of longitude and of latitude.
    large
        Number of the answer of each large square, or ``-1 - page``; shape (rows, columns), from
        the south-west.
    pages
        Numbers of the answers of small squares, row by row; shape (pages, SIDE * SIDE).
    starts, members
        Answer a is ``members[starts[a] : starts[a + 1]]``: ascending positions of shapes. Answer 0
        is nobody and answer i + 1 is shape i for sure; from n + 1 on, these shapes must be asked.
    """

    frame: Floats
    large: Ints32
    pages: Ints32
    starts: Ints32
    members: Ints32

    def answers(self, lon: Floats, lat: Floats) -> Ints32:
        """Look up the number of the answer for each point.

        Parameters
        ----------
        lon, lat
            WGS84 degrees, shape (n,).
        """
        out = np.zeros(len(lon), np.int32)
        for start in range(0, len(lon), _BLOCK):
            block = slice(start, start + _BLOCK)
            out[block] = self._look_up(lon[block], lat[block])
        return out

    def _look_up(self, lon: Floats, lat: Floats) -> Ints32:
        west, south, per_lon, per_lat = self.frame
        rows, columns = self.large.shape
        x, y = (lon - west) * per_lon, (lat - south) * per_lat
        off = ~((x >= 0) & (y >= 0) & (x < columns * SIDE) & (y < rows * SIDE))
        if off.any():
            x[off] = y[off] = 0.0
        column, row = x.astype(np.int32), y.astype(np.int32)
        found: Ints32 = self.large.take((row // SIDE) * columns + column // SIDE)
        finer = np.flatnonzero(found < 0)
        small = row.take(finer) % SIDE * SIDE + column.take(finer) % SIDE
        page = -1 - found.take(finer).astype(np.int64)
        found[finer] = self.pages.take(page * (SIDE * SIDE) + small)
        found[off] = 0
        return found

    def pairs(self, answers: Ints32) -> tuple[Ints, Ints]:
        """Spread answers over their shapes: positions in ``answers``, and of shapes; (m,) each.

        Parameters
        ----------
        answers
            Of :meth:`answers`, shape (n,).
        """
        starts = self.starts.take(answers).astype(np.int64)
        position, at = steps(starts, self.starts.take(answers + 1).astype(np.int64) - 1)
        return at, self.members.take(position).astype(np.int64)


def steps(start: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Give all whole numbers from each start to its end, both included, and whose each is.

    Parameters
    ----------
    start, end
        Shape (n,); an end before its start gives none.
    """
    counts = np.maximum(end - start + 1, 0)
    at = np.repeat(np.arange(len(start)), counts)
    return np.arange(len(at)) - (np.cumsum(counts) - counts - start)[at], at

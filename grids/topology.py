"""What is wrong with the shapes of a layer: overlaps, gaps, what sticks out of its parent.

Neighbours should share their borders corner by corner. Where all do, the layer is a coverage and
nothing more is asked; only where some do not are the dear questions put, and to them alone.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple, cast

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.datums import Floats
from geo.measure import area_m2, width_m
from grids.findings import Finding

LEAST_M2 = 1.0
"""Overlaps, gaps and parts outside below this are the rounding of coordinates."""

_LEAST_DEG2 = 1e-11
# The same in the plane of longitude and latitude: a corner that one neighbour has on a straight
# border and the other has not encloses nothing there, but a little in every projection.

THIN_M = 0.5
"""A part that is narrower than this on average was drawn by mistake."""

_FILLED = 1e-9  # by how much areas that add up may differ, of the whole
_SNAP_DEG = 1e-7  # a centimetre: corners that are nearer are one, where gaps are looked for
_MOST_NAMES = 6

# The stubs do not know it yet.
_clean = cast("Callable[..., Shapes]", shapely.coverage_clean)  # type: ignore[attr-defined]

Shapes = NDArray[np.object_]
Flags = NDArray[np.bool_]


class Whose(NamedTuple):
    """The units that shapes belong to: names, codes (None without one), rows of a file."""

    names: Sequence[str]
    codes: Sequence[str | None]
    rows: Sequence[int | None]

    def some(self, units: Sequence[int]) -> "Whose":
        """Give some of the units."""
        names, codes, rows = ([column[i] for i in units] for column in self)
        return Whose(names, codes, rows)  # type: ignore[arg-type]

    def finding(
        self, kind: str, units: Sequence[int], size: float, shape: BaseGeometry, detail: str = ""
    ) -> Finding:
        """Make a finding about some of them, with the ground in question."""
        some = [int(one) for one in units[:_MOST_NAMES]]
        return Finding(
            kind,
            tuple(self.names[i] for i in some),
            detail,
            size,
            tuple(code for i in some if (code := self.codes[i]) is not None),
            self.rows[some[0]] if len(some) == 1 else None,
            shape,
        )


def check_shapes(shapes: Shapes, whose: Whose) -> list[Finding]:
    """Find overlaps, shapes given twice, slivers, and holes between units.

    Parameters
    ----------
    shapes
        Valid WGS84 polygons, shape (n,).
    whose
        Their units, in the same order.
    """
    if not len(shapes):
        return []
    bad = ~shapely.is_empty(shapely.coverage_invalid_edges(shapes))
    return [*_overlaps(shapes, bad, whose), *_slivers(shapes, whose), *_gaps(shapes, bad, whose)]


def check_parents(
    shapes: Shapes, whose: Whose, parents: Sequence[int], above: Shapes, names: Sequence[str]
) -> list[Finding]:
    """Find what lies outside of its parent, and what of a parent is not filled.

    Parameters
    ----------
    shapes, whose
        As of :func:`check_shapes`; only units whose parent has a shape.
    parents
        Position of each unit's parent in ``above``, shape (n,).
    above
        WGS84 polygons of the parents, shape (k,).
    names
        Their names.
    """
    at = np.asarray(parents, np.int64)
    shapely.prepare(above)
    covered = shapely.covers(above[at], shapes)
    beyond = np.flatnonzero(~covered)
    parts, sizes = _large(shapely.difference(shapes[beyond], above[at[beyond]]))
    out = [
        whose.finding("outside parent", [i], size, part, names[at[i]])
        for i, part, size in zip(beyond.tolist(), parts, sizes.tolist(), strict=True)
        if size
    ]
    # Where all lie inside and their areas add up, nothing is left and nothing is subtracted.
    n = len(above)
    area, filled = shapely.area(above), np.bincount(at, shapely.area(shapes), minlength=n)
    doubt = (np.abs(filled / area - 1) > _FILLED) | (np.bincount(at, ~covered, minlength=n) > 0)
    asked = np.flatnonzero(doubt)
    unions = np.array([shapely.union_all(shapes[at == one]) for one in asked], dtype=object)
    parts, sizes = _large(shapely.difference(above[asked], unions))
    return out + [
        Finding("parent not filled", (names[parent],), "", size, shape=part)
        for parent, part, size in zip(asked.tolist(), parts, sizes.tolist(), strict=True)
        if size
    ]


def _large(shapes: Shapes) -> tuple[Shapes, Floats]:
    """Leave out the parts that are rounding; give what is left of each shape, and its size."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    sizes = area_m2(parts)
    kept = _counts(parts, sizes)
    left = [shapely.multipolygons(parts[kept & (owner == i)]) for i in range(len(shapes))]
    total = np.bincount(owner[kept], sizes[kept], len(shapes))
    return np.array(left, dtype=object), np.asarray(total, np.float64)


def _counts(shapes: Shapes, sizes: Floats) -> Flags:
    """Tell which shapes are more than rounding."""
    return np.asarray((sizes >= LEAST_M2) & (shapely.area(shapes) >= _LEAST_DEG2), bool)


def _overlaps(shapes: Shapes, bad: Flags, whose: Whose) -> list[Finding]:
    doubtful = np.flatnonzero(bad)
    if not len(doubtful):
        return []
    some = shapes[doubtful]
    one, other = shapely.STRtree(some).query(some, predicate="intersects")
    first = one < other
    one, other = one[first], other[first]
    both = shapely.intersection(some[one], some[other])
    sizes = area_m2(both)
    large = _counts(both, sizes)
    one, other, both, sizes = one[large], other[large], both[large], sizes[large]
    same = shapely.equals(some[one], some[other])
    return [
        whose.finding(
            "same ground" if twin else "overlap", [doubtful[i], doubtful[j]], float(size), shape
        )
        for i, j, size, shape, twin in zip(one, other, sizes, both, same, strict=True)
    ]


def _slivers(shapes: Shapes, whose: Whose) -> list[Finding]:
    parts, owner = shapely.get_parts(shapes, return_index=True)
    several = np.flatnonzero(np.bincount(owner, minlength=len(shapes))[owner] > 1)
    thin = several[width_m(parts[several]) < THIN_M]
    sizes = area_m2(parts[thin])
    return [
        whose.finding("sliver", [owner[i]], float(size), parts[i])
        for i, size in zip(thin.tolist(), sizes, strict=True)
    ]


def _gaps(shapes: Shapes, bad: Flags, whose: Whose) -> list[Finding]:
    """Find the holes between units of the layer, with the units around each."""
    matched = _clean(shapes, snapping_distance=_SNAP_DEG) if bad.any() else shapes
    rings, owner = shapely.get_rings(
        shapely.get_parts(shapely.coverage_union_all(matched)), return_index=True
    )
    # Of each polygon the first ring is its outline, the others are holes.
    inner = np.r_[False, owner[1:] == owner[:-1]]
    holes = np.asarray(shapely.polygons(rings[inner]), dtype=object)
    sizes = area_m2(holes)
    large = _counts(holes, sizes)
    tree = shapely.STRtree(shapes)
    out = []
    for hole, size in zip(holes[large], sizes[large], strict=True):
        around = np.sort(tree.query(hole, predicate="dwithin", distance=_SNAP_DEG))
        out.append(whose.finding("gap", around.tolist(), float(size), hole))
    return out

"""A polygon divided into compact, contiguous parts of about equal weight, by straight cuts.

The whole is cut in two of about half the parts each, and so on (recursive bisection). Of the cuts
in all directions that balance the weights, the one that leaves the roundest parts is taken. Then
neighbours that are still long are joined and cut anew, as long as that helps.

Everything is done in degrees, so that the corners of the polygon stay as they are to the last
digit; angles, lengths and roundness are those of the plane that touches the Earth there.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiPoint, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.datums import Floats
from grids.spread import Spread, flat_of, lattice, roundness, shrink_of

Shapes = NDArray[np.object_]

SNAP_DEG = 1e-10
"""A corner this near to a neighbour's edge lies on it: a hundredth of a millimetre."""

_ANGLES = 24
_TRIED = 8  # cuts of each polygon and share that are carried out, the shortest
_MOST_PIECES = 9  # a cut that makes more is left out
_OFF = 0.12  # how far a part may be from its share where the choice is free
_OFF_BY_FAR = 0.4
_OFF_ROAD = 0.25  # and where the cut follows a road
_LONG = 0.55  # roundness below which a part is joined with a neighbour and cut anew
_ROUNDS = 3
_BARE = 500  # points of a lattice where nothing has weight


def bisect(
    whole: Polygon, spread: Spread, n: int, along: Sequence[BaseGeometry] = ()
) -> list[Polygon]:
    """Divide a polygon into n parts of about equal weight.

    Parameters
    ----------
    whole
        WGS84, one polygon, holes allowed.
    spread
        Where its weight lies.
    n
        How many parts.
    along
        WGS84 lines (roads, rivers) that are followed where the weights allow it.

    Returns
    -------
    list of Polygon
        n parts, fewer only where no cut could be found; they cover the whole, share their edges
        corner by corner and do not overlap.
    """
    size = float(spread.weights.sum()) / n
    parts: list[tuple[Polygon, int]] = [(whole, n)]
    done: list[Polygon] = []
    while parts:
        part, k = parts.pop()
        pair = _cut(part, spread.within(part, whole), k, size, along) if k > 1 else None
        if pair is None:
            done.append(part)
            continue
        nodes = _new_nodes(part, [one for one, _ in pair])
        done = [noded(one, nodes) for one in done]
        parts = [(noded(one, nodes), m) for one, m in parts] + pair
    return _rounder(done, spread, whole) if n > 2 and not along else done


def noded(shape: Polygon, nodes: Floats) -> Polygon:
    """Give a polygon the corners of its neighbours that lie on its edges.

    Parameters
    ----------
    nodes
        WGS84 degrees, shape (n, 2).
    """
    if not len(nodes):
        return shape
    snapped = shapely.snap(shape, MultiPoint(nodes), SNAP_DEG)
    return snapped if isinstance(snapped, Polygon) and snapped.is_valid else shape


def _new_nodes(whole: BaseGeometry, parts: Sequence[Polygon]) -> Floats:
    old = {tuple(xy) for xy in shapely.get_coordinates(whole)}
    new = {tuple(xy) for part in parts for xy in shapely.get_coordinates(part)} - old
    return np.array(sorted(new)).reshape(-1, 2)


# --- one cut --------------------------------------------------------------------------------------


def _cut(
    whole: Polygon, spread: Spread, n: int, size: float, along: Sequence[BaseGeometry]
) -> list[tuple[Polygon, int]] | None:
    """Cut a polygon in two, and say of how many parts each half is to be."""
    roads = [line for line in along if line.intersects(whole)]
    by_road = _best(whole, spread, n, size, roads)
    if by_road is not None and by_road.off <= _OFF_ROAD:
        return by_road.halves
    halves = sorted({n // 2 / n, 1 - n // 2 / n})
    # A shape with arms, or a few heavy points: more places to cut, in the end all of them.
    anywhere = np.linspace(0.1, 0.9, 17).tolist()
    best: _Cut | None = None
    for shares, tried, enough in (
        (halves, _TRIED, 0.0),
        (anywhere, _TRIED, _OFF),
        (anywhere, _ANGLES + 8, _OFF_BY_FAR),
    ):
        if best is None or best.off > enough:
            found = _best(whole, spread, n, size, _lines(whole, spread, shares, tried))
            best = min(
                (one for one in (best, found) if one), key=lambda one: one.cost, default=None
            )
    return None if best is None else best.halves


class _Cut(NamedTuple):
    off: float  # how far a half is from its share
    cost: float  # the lower, the rounder and the better balanced
    halves: list[tuple[Polygon, int]]  # each with the number of parts that it is to become


def _best(
    whole: Polygon, spread: Spread, n: int, size: float, lines: Sequence[BaseGeometry]
) -> _Cut | None:
    """Give the best of some cuts into n parts of a size."""
    best: _Cut | None = None
    total = float(spread.weights.sum())
    for line in lines:
        for pair in _halves(whole, line):
            weight = [spread.of(one, whole) for one in pair]
            share = weight[0] / total if total > 0 else pair[0].area / whole.area
            k = min(max(round(n * share), 1), n - 1)
            counts = (k, n - k)
            off = max(abs(w / (m * size) - 1) for w, m in zip(weight, counts, strict=True))
            round_of = roundness(pair).tolist()
            # Long halves are no harm where they will be cut across.
            cost = sum(1 / min(m * r, 1.0) for m, r in zip(counts, round_of, strict=True))
            cost *= 1 + (off / _OFF) ** 2
            if best is None or cost < best.cost:
                best = _Cut(off, cost, list(zip(pair, counts, strict=True)))
    return best


def _lines(
    whole: Polygon, spread: Spread, shares: Sequence[float], tried: int
) -> list[BaseGeometry]:
    """Give the shortest of the lines that leave these shares of the weight on one side."""
    if not spread.weights.sum() > 0:
        spread = lattice(whole, 1.0, _BARE)
    shrink = shrink_of(whole)
    flat = flat_of(whole)
    points = spread.points * [shrink, 1.0]
    angles = _directions(flat)
    across = np.column_stack([np.cos(angles), np.sin(angles)])
    reach = float(np.hypot(*np.subtract(flat.bounds[2:], flat.bounds[:2]))) * 1.5
    middle = shapely.get_coordinates(flat.centroid)[0]
    ends = []
    for normal in across:
        along = points @ normal
        order = np.argsort(along, kind="stable")
        sums = np.cumsum(spread.weights[order])
        for share in shares:
            at = int(np.searchsorted(sums, share * sums[-1]))
            at = min(max(at, 0), len(along) - 2) if len(along) > 1 else 0
            two = along[order[at : at + 2]]
            foot = middle + (float(two.mean()) - float(middle @ normal)) * normal
            side = reach * np.array([-normal[1], normal[0]])
            ends.append([foot - side, foot + side])
    lines = np.asarray(shapely.linestrings(np.array(ends)), dtype=object)
    length = shapely.length(shapely.intersection(flat, lines))
    chosen = np.argsort(length, kind="stable")[: tried * len(shares)]
    return [LineString(np.array(ends[i]) / [shrink, 1.0]) for i in chosen.tolist()]


def _directions(flat: Polygon) -> Floats:
    """Give the angles of cuts: all around, and along and across the polygon's own long sides."""
    plain = shapely.simplify(flat, 0.02 * np.sqrt(flat.area))
    rings = shapely.get_coordinates(shapely.get_exterior_ring(plain))
    sides = np.diff(rings, axis=0)
    longest = np.argsort(-np.hypot(sides[:, 0], sides[:, 1]), kind="stable")[:4]
    own = np.arctan2(sides[longest, 1], sides[longest, 0])
    around = np.linspace(0, np.pi, _ANGLES, endpoint=False)
    return np.concatenate([around, own % np.pi, (own + np.pi / 2) % np.pi])


def _halves(whole: Polygon, line: BaseGeometry) -> Iterator[tuple[Polygon, Polygon]]:
    """Give the ways to make two polygons of the pieces into which a line cuts a polygon."""
    pieces = _pieces(whole, line)
    if len(pieces) == 2:
        yield pieces[0], pieces[1]
        return
    if not 2 < len(pieces) <= _MOST_PIECES:
        return
    touch = [
        [i != j and _touch(one, other) for j, other in enumerate(pieces)]
        for i, one in enumerate(pieces)
    ]
    everything = set(range(len(pieces)))
    for size in range(1, len(pieces)):
        for some in combinations(range(1, len(pieces)), size):
            rest = everything - set(some)
            if _joined(set(some), touch) and _joined(rest, touch):
                one, other = (
                    shapely.union_all([pieces[i] for i in sorted(group)]) for group in (rest, some)
                )
                if isinstance(one, Polygon) and isinstance(other, Polygon):
                    yield one, other


def _pieces(whole: Polygon, line: BaseGeometry) -> list[Polygon]:
    edges = shapely.union(whole.boundary, line)
    faces = shapely.get_parts(shapely.polygonize([edges]))
    inner = shapely.point_on_surface(faces)
    return [
        face for face, inside in zip(faces, shapely.contains(whole, inner), strict=True) if inside
    ]


def _touch(one: Polygon, other: Polygon) -> bool:
    """Tell whether two polygons share more than corners of their borders."""
    return bool(shapely.relate_pattern(one, other, "F***1****"))


def _joined(group: set[int], touch: Sequence[Sequence[bool]]) -> bool:
    reached, fresh = set(), {min(group)}
    while fresh:
        reached |= fresh
        fresh = {j for i in fresh for j in group - reached if touch[i][j]}
    return reached == group


# --- joined and cut anew --------------------------------------------------------------------------


def _rounder(parts: list[Polygon], spread: Spread, whole: Polygon) -> list[Polygon]:
    """Join long parts with a neighbour, and cut the two anew where that makes them rounder."""
    for _ in range(_ROUNDS):
        moved = False
        round_of = roundness(parts)
        for i in np.argsort(round_of, kind="stable").tolist():
            if float(roundness([parts[i]])[0]) >= _LONG:
                continue
            for j in range(len(parts)):
                if j == i or not _touch(parts[i], parts[j]):
                    continue
                new = _recut(parts[i], parts[j], spread, whole)
                if new is not None:
                    nodes = _new_nodes(MultiPolygon([parts[i], parts[j]]), new)
                    parts[i], parts[j] = new
                    parts = [noded(one, nodes) for one in parts]
                    moved = True
        if not moved:
            break
    return parts


def _recut(one: Polygon, other: Polygon, spread: Spread, whole: Polygon) -> list[Polygon] | None:
    both = shapely.union_all([one, other])
    if not isinstance(both, Polygon):
        return None
    before = roundness([one, other])
    weights = np.array([spread.of(part, whole) for part in (one, other)])
    off = float(np.abs(weights / weights.mean() - 1).max())
    mine = spread.within(both, whole)
    best = _best(both, mine, 2, float(weights.mean()), _lines(both, mine, [0.5], _TRIED))
    if best is None or best.off > max(off, _OFF):
        return None
    new = [part for part, _ in best.halves]
    return new if (1 / roundness(new)).sum() < 0.97 * (1 / before).sum() else None

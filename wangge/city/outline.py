"""The plan of the land: where the grids lie and who belongs together, on a plane in metres."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Voronoi

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RADIUS_M = 9_500.0
SPACING_CENTRE_M = 240.0
SPACING_PER_M = 0.044  # grids grow towards the edge
N_COMMUNITIES = 132
N_STREETS = 13
N_DISTRICTS = 3
LEAST_GRIDS = 640


@dataclass(frozen=True, slots=True)
class Plan:
    """Grid centres (shape (n, 2), metres), their Voronoi diagram, and the group of each grid.

    ``community``, ``street`` and ``district`` are group numbers per grid (shape (n,)); every
    group is connected and lies inside one group of the level above. Points of the diagram from n
    on lie outside the city.
    """

    centres: Floats
    diagram: Voronoi
    community: Ints
    street: Ints
    district: Ints


def draw_plan(rng: np.random.Generator) -> Plan:
    """Draw the plan of a city: dense in the middle, with a ragged outline."""
    spacing = SPACING_CENTRE_M
    while True:
        inside, outside = _scatter(rng, spacing)
        if len(inside) >= LEAST_GRIDS:
            break
        spacing *= 0.95
    ring = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    far = 3 * RADIUS_M * np.column_stack([np.cos(ring), np.sin(ring)])
    diagram = Voronoi(np.vstack([inside, outside, far]))
    n = len(inside)
    pairs = diagram.ridge_points[(diagram.ridge_points < n).all(axis=1)].astype(np.int64)
    # Groups are drawn where all grids are of one size, so that each holds about as many of them.
    even = _evened(inside, spacing)
    community = _connected(_groups(rng, even, N_COMMUNITIES), pairs)
    upper_pairs = _between(community, pairs)
    middles = _means(even, community)
    street = _connected(_groups(rng, middles, N_STREETS), upper_pairs)
    top_pairs = _between(street, upper_pairs)
    district = _connected(_groups(rng, _means(middles, street), N_DISTRICTS), top_pairs)
    return Plan(inside, diagram, community, street[community], district[street[community]])


def _scatter(rng: np.random.Generator, spacing_m: float) -> tuple[Floats, Floats]:
    """Throw darts that keep their distance; give those inside the outline and those outside."""
    reach = 1.45 * RADIUS_M
    thrown = 14_000
    r = reach * rng.random(thrown) ** 0.75
    angle = rng.uniform(0, 2 * np.pi, thrown)
    darts = np.column_stack([r * np.cos(angle), r * np.sin(angle)])
    least = spacing_m + SPACING_PER_M * r
    kept = np.empty((thrown, 2))
    n = 0
    for dart, distance in zip(darts, least, strict=True):
        if n == 0 or ((kept[:n] - dart) ** 2).sum(axis=1).min() >= distance**2:
            kept[n] = dart
            n += 1
    points = kept[:n]
    phase = rng.uniform(0, 2 * np.pi, 3)
    theta = np.arctan2(points[:, 1], points[:, 0])
    edge = RADIUS_M * (
        1
        + 0.14 * np.sin(2 * theta + phase[0])
        + 0.07 * np.sin(3 * theta + phase[1])
        + 0.04 * np.sin(5 * theta + phase[2])
    )
    within = np.hypot(points[:, 0], points[:, 1]) < edge
    return points[within], points[~within]


def _evened(points: Floats, spacing_m: float) -> Floats:
    r = np.hypot(points[:, 0], points[:, 1])
    steps = np.log1p(SPACING_PER_M * r / spacing_m) / SPACING_PER_M
    return np.asarray(points * (steps / np.maximum(r, 1e-9))[:, None])


def _groups(rng: np.random.Generator, points: Floats, k: int) -> Ints:
    """Group points by k-means (k-means++ start, 12 rounds); no group is empty."""
    chosen = [int(rng.integers(len(points)))]
    near = ((points - points[chosen[0]]) ** 2).sum(axis=1)
    while len(chosen) < k:
        chosen.append(int(rng.choice(len(points), p=near / near.sum())))
        near = np.minimum(near, ((points - points[chosen[-1]]) ** 2).sum(axis=1))
    middles = points[chosen].copy()
    label = np.zeros(len(points), dtype=np.int64)
    for _ in range(12):
        distance = ((points[:, None, :] - middles[None, :, :]) ** 2).sum(axis=2)
        label = distance.argmin(axis=1).astype(np.int64)
        for empty in np.setdiff1d(np.arange(k), label):
            label[distance[np.arange(len(points)), label].argmax()] = empty
            distance[label == empty, empty] = 0.0
        middles = _means(points, label)
    return label


def _means(points: Floats, label: Ints) -> Floats:
    sizes = np.bincount(label)
    return np.column_stack([np.bincount(label, points[:, axis]) / sizes for axis in (0, 1)])


def _between(label: Ints, pairs: Ints) -> Ints:
    upper = np.sort(label[pairs], axis=1)
    return np.unique(upper[upper[:, 0] != upper[:, 1]], axis=0)


def _connected(label: Ints, pairs: Ints) -> Ints:
    """Give stray parts of a group to the neighbour they touch most, until all are connected."""
    label = label.copy()
    for _ in range(50):
        same = pairs[label[pairs[:, 0]] == label[pairs[:, 1]]]
        ones = np.ones(len(same))
        graph = coo_matrix((ones, (same[:, 0], same[:, 1])), shape=(len(label), len(label)))
        _, part = connected_components(graph, directed=False)
        sizes = np.bincount(part)
        main = np.zeros(label.max() + 1, dtype=np.int64)
        for group in range(len(main)):
            mine = np.unique(part[label == group])
            main[group] = mine[sizes[mine].argmax()]
        stray = np.flatnonzero(part != main[label])
        if len(stray) == 0:
            return label
        for one in stray:
            touched = np.concatenate([pairs[pairs[:, 0] == one, 1], pairs[pairs[:, 1] == one, 0]])
            settled = touched[part[touched] == main[label[touched]]]
            if len(settled):
                label[one] = np.bincount(label[settled]).argmax()
    raise AssertionError("the plan has a part that touches nothing")

"""Borders as outlines of a message: few corners, nothing of the unit left out."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from alerts.cap.area import rings_of
from alerts.cap.message import (
    MOST_CORNERS,
)


def star(points: int, seed: int) -> Polygon:
    rng = np.random.default_rng(seed)
    angles = np.sort(rng.uniform(0, 2 * np.pi, points))
    radius = rng.uniform(0.01, 0.02, points)
    return Polygon(
        list(zip(116.4 + radius * np.cos(angles), 39.9 + radius * np.sin(angles), strict=True))
    )


@settings(max_examples=25, deadline=None)
@given(points=st.integers(4, 800), seed=st.integers(0, 10**6))
def test_an_outline_has_few_corners_and_leaves_nothing_out(points: int, seed: int) -> None:
    shape = star(points, seed)
    (ring,) = rings_of(shape)

    drawn = Polygon(ring)
    assert len(ring) <= MOST_CORNERS
    assert drawn.is_valid
    assert drawn.buffer(1e-6).covers(Polygon(shape.exterior).buffer(0))


def test_five_thousand_corners_of_a_street_become_a_hundred_around_it() -> None:
    street = Point(116.4, 39.9).buffer(0.02, quad_segs=1250)
    (ring,) = rings_of(street)

    assert len(ring) <= MOST_CORNERS
    assert Polygon(ring).covers(street)
    assert Polygon(ring).area < 1.05 * street.area


def test_a_unit_of_two_parts_has_two_outlines() -> None:
    assert len(rings_of(MultiPolygon([box(0, 0, 1, 1), box(2, 0, 3, 1)]))) == 2

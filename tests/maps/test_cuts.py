"""Cuts of a layer: what comes back out of the packed numbers is what went in."""

from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from maps.cuts import LATTICE, Drawn


def unpacked(cut: dict[str, Any]) -> dict[str, Any]:
    """Read a cut as a client would; the first ring of a place is an outline, clockwise a hole."""
    step = cut["side"] / cut["lattice"]
    points = np.cumsum(np.reshape(cut["steps"], (-1, 2)), axis=0) * step
    points += (cut["west"], cut["south"])
    rings = np.split(points, np.cumsum(cut["points"])[:-1])
    found = {}
    for code, own in zip(
        cut["codes"], np.split(np.arange(len(rings)), np.cumsum(cut["rings"])[:-1]), strict=True
    ):
        outlines: list[shapely.LinearRing] = []
        holes: list[list[shapely.LinearRing]] = []
        for at in own:
            ring = shapely.LinearRing(rings[at])
            if ring.is_ccw:
                outlines.append(ring)
                holes.append([])
            else:
                holes[-1].append(ring)
        parts = np.array(
            [shapely.Polygon(o, h) for o, h in zip(outlines, holes, strict=True)], dtype=object
        )
        found[code] = shapely.multipolygons(parts)
    return found


def grid(n: int, west: float = 113.9, south: float = 30.0) -> Drawn:
    """Squares of a hundredth of a degree around 114 E, where two zones of 3 degrees meet."""
    boxes = [
        shapely.box(
            *(west + 0.01 * i, south + 0.01 * j), west + 0.01 * i + 0.01, south + 0.01 * j + 0.01
        )
        for i in range(n)
        for j in range(n)
    ]
    return Drawn([f"{at:04d}" for at in range(len(boxes))], np.array(boxes, dtype=object))


def test_a_place_of_forty_parts_with_holes_comes_back_within_a_step() -> None:
    parts = [
        shapely.Point(104 + 0.02 * (n % 8), 30 + 0.02 * (n // 8))
        .buffer(0.008)
        .difference(shapely.Point(104 + 0.02 * (n % 8), 30 + 0.02 * (n // 8)).buffer(0.004))
        for n in range(40)
    ]
    whole = shapely.multipolygons(np.array(parts, dtype=object))
    cut = Drawn(["A"], np.array([whole], dtype=object), cells=True).cut(0, 0, 0)

    back = unpacked(cut)["A"]
    assert len(back.geoms) == 40
    assert all(len(part.interiors) == 1 for part in back.geoms)
    assert back.hausdorff_distance(whole) <= cut["side"] / LATTICE


def test_parts_together_show_every_place_and_none_that_lies_elsewhere() -> None:
    drawn = grid(20)
    seen: set[str] = set()
    for column in range(4):
        for row in range(4):
            cut = drawn.cut(2, column, row)
            seen |= set(cut["codes"])
            part = shapely.box(
                cut["west"], cut["south"], cut["west"] + cut["side"], cut["south"] + cut["side"]
            )
            assert len(cut["codes"]) < 60
            for shape in unpacked(cut).values():
                assert shape.distance(part) <= cut["side"] / LATTICE
    assert seen == set(drawn.codes)


def test_what_is_smaller_than_a_pixel_is_left_out_but_no_whole_place() -> None:
    holed = shapely.box(104, 30, 105, 31).difference(shapely.box(104.5, 30.5, 104.5002, 30.5002))
    islet = shapely.box(105.5, 30, 105.5001, 30.0001)
    drawn = Drawn(["holed", "islet"], np.array([holed, islet], dtype=object))
    far, near = drawn.cut(0, 0, 0), drawn.cut(7, 42, 42)

    assert (list(far["codes"]), list(far["rings"])) == (["holed", "islet"], [1, 1])
    assert (list(near["codes"]), list(near["rings"])) == (["holed"], [2])


def test_neighbours_keep_their_common_border(communities: gpd.GeoDataFrame) -> None:
    shapes = shapely.segmentize(communities.geometry.to_numpy(), 0.0003)
    cut = Drawn(list(communities["code"]), shapes).cut(0, 0, 0)
    back = unpacked(cut)

    assert sum(cut["points"]) < shapely.get_num_coordinates(shapes).sum() / 2
    whole = shapely.union_all(list(back.values()))
    lost = shapely.union_all(shapes).area - whole.area
    overlap = sum(shape.area for shape in back.values()) - whole.area
    assert abs(lost) < 1e-4 * whole.area
    assert overlap < 1e-4 * whole.area


@given(st.integers(0, 12), st.data())
def test_a_part_says_where_it_lies(k: int, data: st.DataObject) -> None:
    drawn = grid(3)
    column, row = (data.draw(st.integers(0, 2**k - 1)) for _ in range(2))
    cut = drawn.cut(k, column, row)
    west, south, *_ = drawn.bounds_deg or (0.0, 0.0)

    assert cut["west"] == pytest.approx(west + cut["side"] * column)
    assert cut["south"] == pytest.approx(south + cut["side"] * row)
    assert cut["side"] == pytest.approx(0.03 / 2**k)


@pytest.mark.parametrize("part", [(0, 0, 1), (1, 2, 0), (13, 0, 0), (-1, 0, 0), (2, -1, 0)])
def test_a_part_that_is_not_there_is_refused(part: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no part"):
        grid(2).cut(*part)


def test_a_layer_without_shapes_has_no_bounds() -> None:
    cut = Drawn([], np.zeros(0, dtype=object)).cut(0, 0, 0)

    assert cut["bounds"] is None
    assert cut["codes"] == []


def test_the_version_is_that_of_codes_and_borders() -> None:
    assert grid(3).version == grid(3).version
    assert grid(3).version != grid(3, south=30.0001).version
    assert grid(2).version != Drawn(["a", "b", "c", "d"], grid(2).shapes).version

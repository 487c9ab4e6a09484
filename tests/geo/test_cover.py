import numpy as np
import pytest
import shapely

from appeals.errors import InputError
from geo.cells import cell, cells
from geo.cover import Cover, cover


def test_a_small_building_keeps_the_cell_of_its_inner_point() -> None:
    building = shapely.box(116.4075, 39.9045, 116.40768, 39.90464)

    found = cover(building, 8)

    assert found == Cover((cell(116.4076, 39.9046, 8),), True)
    assert len(cover(building, 8, "overlap").cells) == 1


def test_a_thin_river_is_never_empty_and_overlap_finds_every_cell_it_crosses() -> None:
    river = shapely.box(116.3, 39.9, 116.3 + 20_000 / 85_000, 39.9 + 5 / 111_000)
    middle = 39.9 + 2.5 / 111_000
    along = np.linspace(116.3, 116.3 + 20_000 / 85_000, 4_000)[1:-1]

    crossed = set(cells(along, np.full(len(along), middle), 9).tolist())
    centred, overlapping = cover(river, 9), cover(river, 9, "overlap")

    assert centred.cells
    assert len(crossed) > 50
    assert crossed <= set(overlapping.cells)
    assert not overlapping.fallback


def test_neighbouring_polygons_share_no_cell_by_the_centre_rule() -> None:
    west, east = shapely.box(116.3, 39.9, 116.35, 39.95), shapely.box(116.35, 39.9, 116.4, 39.95)

    a, b = cover(west, 9).cells, cover(shapely.MultiPolygon([east]), 9).cells

    assert len(a) > 100
    assert not set(a) & set(b)


def test_a_hole_in_a_polygon_has_no_cells() -> None:
    ring = shapely.box(116.3, 39.9, 116.4, 40.0) - shapely.box(116.32, 39.92, 116.38, 39.98)

    found = cover(ring, 9).cells

    assert cell(116.35, 39.95, 9) not in found
    assert cell(116.31, 39.95, 9) in found


def test_only_polygons_on_the_globe_are_filled() -> None:
    with pytest.raises(InputError, match="Polygon"):
        cover(shapely.Point(116.4, 39.9), 9)
    with pytest.raises(InputError, match="latitude out of range"):
        cover(shapely.box(39.9, 116.3, 40.0, 116.4), 9)
    assert cover(shapely.Polygon(), 9) == Cover((), False)

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.measure import area_m2
from grids.findings import COLUMNS, Finding, findings_frame, make_report
from grids.kinds import KINDS
from grids.topology import Whose, check_parents, check_shapes

SIDE = 0.01


def squares(n: int) -> np.ndarray:
    """A row of squares that share their corners."""
    return np.array(
        [shapely.box(116 + i * SIDE, 39.9, 116 + (i + 1) * SIDE, 39.9 + SIDE) for i in range(n)],
        dtype=object,
    )


def whose(n: int) -> Whose:
    return Whose([f"甲{i}" for i in range(n)], [f"{i}" for i in range(n)], list(range(1, n + 1)))


def found(shapes: np.ndarray) -> dict[str, list[Finding]]:
    out: dict[str, list[Finding]] = {}
    for finding in check_shapes(shapes, whose(len(shapes))):
        out.setdefault(finding.kind, []).append(finding)
    return out


def test_a_coverage_has_no_findings() -> None:
    assert found(squares(6)) == {}
    assert check_shapes(np.array([], dtype=object), whose(0)) == []


def test_an_overlap_tells_both_units_its_ground_and_its_size() -> None:
    shapes = squares(3)
    shapes[1] = shapely.box(116 + 0.9 * SIDE, 39.9, 116 + 2 * SIDE, 39.9 + SIDE)
    (overlap,) = found(shapes)["overlap"]
    ground = shapely.box(116 + 0.9 * SIDE, 39.9, 116 + SIDE, 39.9 + SIDE)
    assert (overlap.units, overlap.codes) == (("甲0", "甲1"), ("0", "1"))
    assert overlap.area_m2 == pytest.approx(area_m2([ground])[0])
    assert overlap.shape is not None
    assert overlap.shape.equals(ground)
    lon, lat = overlap.where or (0.0, 0.0)
    assert ground.contains(shapely.Point(lon, lat))


def test_a_gap_between_neighbours_is_found_though_their_corners_differ_by_millimetres() -> None:
    rng = np.random.default_rng(4)
    shapes = np.array(
        [
            shapely.box(116 + x * SIDE, 39 + y * SIDE, 116 + (x + 1) * SIDE, 39 + (y + 1) * SIDE)
            for x in range(3)
            for y in range(3)
            if (x, y) != (1, 1)
        ],
        dtype=object,
    )
    noisy = np.array([_shaken(one, rng) for one in shapes], dtype=object)
    told = found(noisy)
    assert set(told) == {"gap"}
    (gap,) = told["gap"]
    assert gap.area_m2 == pytest.approx(
        area_m2([shapely.box(116.01, 39.01, 116.02, 39.02)])[0], 1e-4
    )
    assert len(gap.units) == 6  # of the eight around it


def _shaken(shape: shapely.Polygon, rng: np.random.Generator) -> shapely.Polygon:
    ring = shapely.get_coordinates(shape)[:-1]
    return shapely.Polygon(ring + rng.normal(0, 1e-9, ring.shape))


def test_a_corner_on_one_side_only_of_a_straight_border_is_no_finding() -> None:
    west, east = squares(2)
    corner = (116 + SIDE, 39.9 + SIDE / 3)
    ring = [(116, 39.9), (116 + SIDE, 39.9), corner, (116 + SIDE, 39.9 + SIDE), (116, 39.9 + SIDE)]
    assert found(np.array([shapely.Polygon(ring), east], dtype=object)) == {}
    assert west.covers(shapely.Polygon(ring))


def test_the_same_ground_twice_and_a_sliver_are_told() -> None:
    twice = squares(1)[[0, 0]]
    assert set(found(twice)) == {"same ground"}
    sliver = shapely.box(116.5, 39.9, 116.5 + 1e-6, 39.91)
    shapes = np.array([shapely.MultiPolygon([squares(1)[0], sliver])], dtype=object)
    (told,) = found(shapes)["sliver"]
    assert told.severity == "note"
    assert told.row == 1


def test_what_sticks_out_of_its_parent_and_what_of_it_is_left_are_told() -> None:
    parent = np.array([shapely.box(116, 39.9, 116 + 3 * SIDE, 39.9 + SIDE)], dtype=object)
    assert check_parents(squares(3), whose(3), [0, 0, 0], parent, ["街道"]) == []
    told = check_parents(squares(4)[1:], whose(3), [0, 0, 0], parent, ["街道"])
    assert [one.kind for one in told] == ["outside parent", "parent not filled"]
    assert told[0].units == ("甲2",)
    assert told[0].words == "lies in part outside of 街道"
    assert told[1].units == ("街道",)
    assert told[0].area_m2 == pytest.approx(told[1].area_m2)


def test_the_table_of_findings_is_chinese_and_says_what_to_do() -> None:
    shapes = squares(2)
    shapes[1] = shapely.box(116 + 0.9 * SIDE, 39.9, 116 + 2 * SIDE, 39.9 + SIDE)
    findings = check_shapes(shapes, whose(2))
    frame = findings_frame(
        [make_report("grid", 2, [*findings, Finding("no name", ("甲",), row=3)])]
    )
    assert isinstance(frame, gpd.GeoDataFrame)
    assert list(frame.columns) == list(COLUMNS)
    row = frame[frame["问题"] == "重叠"].iloc[0]
    assert row["层级"] == "网格"
    assert row["名称"] == "甲0、甲1"
    assert row["面积_平方米"] > 90_000
    assert row["处理建议"] == KINDS["overlap"].advice
    assert row["经度"] == pytest.approx(116.0095, abs=0.001)
    other = frame[frame["问题"] == "缺少名称"].iloc[0]
    assert other["行号"] == 3
    assert pd.isna(other["面积_平方米"])
    assert findings_frame([]).empty


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_in_both_languages(kind: str) -> None:
    told = KINDS[kind]
    assert told.severity in ("error", "warning", "note")
    assert told.words.isascii()
    for text in (told.title, told.advice, told.says.replace("{}", "甲")):
        assert any("一" <= letter <= "鿿" for letter in text)

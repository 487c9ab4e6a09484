import math
from dataclasses import replace
from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError
from appeals.record import Appeal, Kind, Pin, Precision
from geo.gazetteer import COLUMNS
from geo.indexing import build_gazetteer
from geo.locate import Located, NamedUnit, locate

UNITS = (
    NamedUnit("district", "990101", "示例区", None),
    NamedUnit("district", "990102", "样本区", None),
    NamedUnit("street", "990101001", "学院街办", "990101"),
    NamedUnit("community", "990101001001", "竹涛山社区", "990101001"),
)
GAZETTEER = build_gazetteer(
    pd.DataFrame(
        [("银杏花园", "compound", "", "示例区", 116.4, 39.9, "made up")], columns=list(COLUMNS)
    )
)
PLAIN = Appeal(
    source="made up",
    source_id="1",
    received_at=datetime(2024, 1, 1, tzinfo=UTC),
    received_precision=Precision.DAY,
    local_day=date(2024, 1, 1),
    local_hour=None,
    kind=Kind.HELP,
    class_code="未分类",
)


def one(appeal: Appeal, address: str = "") -> Located:
    return locate([appeal], [address], GAZETTEER, UNITS)[0]


def test_a_pin_stands_as_declared_and_keeps_what_came() -> None:
    pin = Pin(116.3975, 39.906846, "gcj02", 25.0)

    found = one(replace(PLAIN, pin=pin))

    assert (found.lon, found.lat) == pytest.approx((116.391259, 39.905445), abs=1e-6)
    assert (found.level, found.radius_m, found.confidence) == ("point", 25.0, 1.0)
    assert (found.datum, found.x, found.y) == ("gcj02", 116.3975, 39.906846)
    assert "gcj02" in found.evidence


def test_pins_of_several_datums_keep_the_order_of_their_rows() -> None:
    pins = [
        Pin(116.397389, 39.908722, "wgs84"),
        Pin(116.403632553, 39.910125476, "gcj02"),
        None,
        Pin(448472.1, 4419567.942, "EPSG:4548"),
        Pin(116.410005415, 39.916465109, "bd09"),
        Pin(116.397389, 39.908722, "wgs84"),
    ]

    found = locate([replace(PLAIN, pin=pin) for pin in pins], [""] * 6, None, ())

    assert [f.level for f in found] == ["point", "point", "unlocated", "point", "point", "point"]
    for f, pin in zip(found, pins, strict=True):
        if pin is not None:
            assert (f.lon, f.lat) == pytest.approx((116.397389, 39.908722), abs=1e-8)
            assert (f.x, f.y, f.datum) == (pin.x, pin.y, pin.datum)


@pytest.mark.parametrize(
    ("x", "y"),
    [(39.9, 116.4), (0.0, 0.0), (math.nan, 39.9), (1e9, 1e9), (math.inf, 1.0)],
)
def test_an_impossible_pin_is_no_point_and_the_address_is_used(x: float, y: float) -> None:
    found = one(replace(PLAIN, pin=Pin(x, y, "wgs84")), "示例区银杏花园3号楼")

    assert (found.level, found.lon) == ("compound", 116.4)
    assert "未采用" in found.evidence
    assert found.datum == "wgs84"


def test_a_refused_datum_is_an_error_of_the_call() -> None:
    with pytest.raises(InputError, match="Beijing 1954"):
        one(replace(PLAIN, pin=Pin(500000.0, 4400000.0, "EPSG:2437")))
    with pytest.raises(ValueError, match="one address"):
        locate([PLAIN], [], None, ())


@pytest.mark.parametrize("level", ["district", "street", "community"])
def test_coordinates_that_stand_for_a_unit_are_no_point(level: str) -> None:
    pin = Pin(111.326, 30.77, "gcj02")

    found = one(replace(PLAIN, pin=pin, level_of_place=level))

    assert (found.level, found.lon, found.lat, found.named) == (level, None, None, ())
    assert (found.x, found.y) == (111.326, 30.77)


def test_a_coarse_level_takes_its_unit_from_the_columns_or_the_address() -> None:
    coarse = replace(PLAIN, pin=Pin(116.4, 39.9, "wgs84"), level_of_place="district")

    by_column = one(replace(coarse, district="示例区", community="竹涛山社区"))
    by_text = one(coarse, "示例区银杏花园")

    assert (by_column.named, by_column.confidence) == (("990101",), 1.0)
    assert by_text.named == ("990101",)
    assert by_text.lon is None


@pytest.mark.parametrize("level", ["building", "road", None, "exact"])
def test_a_fine_level_of_the_source_is_a_point_of_that_level(level: str | None) -> None:
    found = one(replace(PLAIN, pin=Pin(116.4, 39.9, "wgs84"), level_of_place=level))

    assert found.level == (level if level in ("building", "road") else "point")
    assert (found.lon, found.radius_m) == (116.4, 0.0)


def test_columns_name_units_for_a_pin_and_stand_where_there_is_no_text() -> None:
    row = replace(PLAIN, street="学院街道", community="竹涛山社区居委会")
    whole = ("990101001001", "990101001", "990101")

    assert one(replace(row, pin=Pin(116.4, 39.9, "wgs84"))).named == whole
    found = one(row)
    assert (found.level, found.named, found.lon) == ("community", whole, None)
    assert "登记" in found.evidence


def test_columns_constrain_the_text() -> None:
    found = one(replace(PLAIN, district="样本区"), "银杏花园")

    assert (found.level, found.named) == ("district", ("990102",))
    assert [c.name for c in found.candidates] == ["银杏花园"]


def test_text_and_columns_that_disagree_are_told_and_trusted_less() -> None:
    agree = one(replace(PLAIN, district="示例区"), "示例区银杏花园")
    disagree = one(replace(PLAIN, district="样本区"), "示例区银杏花园")

    assert agree.lon == disagree.lon == 116.4
    assert "不一致" in disagree.evidence
    assert disagree.confidence < 0.7 * agree.confidence


def test_a_row_without_anything_is_unlocated_and_still_a_row() -> None:
    found = one(PLAIN)

    assert (found.level, found.named, found.radius_m) == ("unlocated", (), None)


@given(st.lists(st.sampled_from(["pin", "coarse", "text", "none"]), max_size=12))
def test_rows_out_are_rows_in_and_one_does_not_change_another(kinds: list[str]) -> None:
    pin = Pin(116.4, 39.9, "gcj02")
    made = {
        "pin": (replace(PLAIN, pin=pin), ""),
        "coarse": (replace(PLAIN, pin=pin, level_of_place="district"), ""),
        "text": (PLAIN, "示例区银杏花园"),
        "none": (PLAIN, ""),
    }

    together = locate([made[k][0] for k in kinds], [made[k][1] for k in kinds], GAZETTEER, UNITS)

    assert together == [one(*made[k]) for k in kinds]

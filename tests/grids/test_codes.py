from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from grids.boundaries import COLUMNS, Boundaries
from grids.checks import check
from grids.codes import belongs, check_codes, has_form, make_codes, place_code
from grids.read import read_layer
from maps.export import export

NOBODY = Boundaries.build(pd.DataFrame(columns=list(COLUMNS)))


def layer(level_codes: list[str | None], names: list[str] | None = None) -> gpd.GeoDataFrame:
    n = len(level_codes)
    frame = pd.DataFrame(
        {"code": level_codes, "name": names or [f"甲{i}" for i in range(n)], "parent": [None] * n},
        dtype=object,
    )
    empty = pd.array([None] * n, dtype="Int64")
    shapes = gpd.GeoDataFrame(
        frame.assign(households=empty, people=empty), geometry=np.full(n, None), crs="EPSG:4326"
    )
    return shapes.set_index(pd.RangeIndex(1, n + 1, name="row"))


def units(*rows: tuple[int, str, str, str, int | None]) -> Boundaries:
    frame = pd.DataFrame(
        [
            dict(zip(("unit_id", "level", "code", "name", "parent_id"), row, strict=True))
            for row in rows
        ],
        columns=list(COLUMNS),
    ).astype({"parent_id": "Int64"})
    return Boundaries.build(
        gpd.GeoDataFrame(frame, geometry=np.full(len(rows), None), crs="EPSG:4326")
    )


@pytest.mark.parametrize(
    ("code", "level", "lawful"),
    [
        ("110105018001003", "grid", True),
        ("01020311010501800102", "grid", True),  # 专业网格, CJ/T 349
        ("110105018001", "community", True),
        ("110105018", "street", True),
        ("110105018000", "street", True),  # as the statistical list writes it
        ("110105", "district", True),
        ("11010501800100", "grid", False),
        ("望京-07", "grid", False),
        ("\uff11\uff11\uff10\uff11\uff10\uff15", "district", False),  # full width
    ],
)
def test_the_forms_of_codes(code: str, level: str, lawful: bool) -> None:
    assert has_form(code, level) is lawful


def test_a_code_begins_as_its_parents_code() -> None:
    assert belongs("110105018001003", "110105018001")
    assert not belongs("110105018001003", "110105018002")
    assert belongs("110105018001", "110105018000")
    assert belongs("01020311010501800102", "110105018001")
    # Communities that were merged into one grid are numbered from 601: the street must agree.
    assert belongs("01020311010501860100", "110105018001")
    assert not belongs("01020311010601860100", "110105018001")
    assert place_code("望京-07") == "望京-07"


def test_codes_are_found_wrong_with_row_field_and_reason() -> None:
    given = layer(["1.10105E+14", "11010501800100", "110105018001003", "望京-07", None])
    found = check_codes(given, "grid")
    assert [one.line() for one in found] == [
        "error: spoiled code: row 1: 甲0: code 1.10105E+14 was changed by a spreadsheet: "
        "digits are lost",
        "warning: code length: row 2: 甲1: has digits/should have: 14/15",
        "note: free code: 1 codes are not of the 6+3+3+3 form and are kept as they are",
    ]


def test_codes_of_children_are_held_against_the_padded_codes_of_a_statistical_list() -> None:
    streets = units(
        (1, "street", "110105018000", "甲街道", None), (2, "street", "110105019000", "乙乡", None)
    )
    given = layer(["110105018001", "110105019001"])
    report = check(given, "community", streets)
    assert report.findings == ()
    made = make_codes(layer([None]), "community", ["110105018000"], {}, ["110105018007"], "110105")
    assert made == ["110105018008"]


def test_a_new_unit_beside_padded_codes_gets_a_number_that_none_has() -> None:
    made = make_codes(layer([None]), "street", ["110105"], {}, ["110105018000"], "110105")
    assert made == ["110105019"]


def test_names_and_codes_are_compared_with_the_list_that_is_held() -> None:
    held = units(
        (1, "street", "110105018", "三间房乡", None),
        (2, "street", "110105019", "乙街道", None),
        (3, "street", "110105020", "丙街道", None),
    )
    given = layer(["110105018", "110105019", "110105099"], ["三间房地区", "丁街道", "丙街道"])
    found = {one.kind: one for one in check(given, "street", held).findings}
    assert found["spelt otherwise"].severity == "note"
    assert found["name differs"].line() == (
        "warning: name differs: row 2: 丁街道: "
        "its code belongs to 乙街道 in the units that are held"
    )
    assert found["code differs"].line() == (
        "warning: code differs: row 3: 丙街道: has the code 110105020 in the units that are held"
    )
    assert len(found) == 3


def test_one_code_on_two_rows_is_an_error_that_names_the_rows() -> None:
    report = check(layer(["110105018001", "110105018001"]), "community", NOBODY)
    assert not report.ok
    assert report.findings[0].line() == (
        "error: duplicate code: 甲0, 甲1: all have the code 110105018001 (rows 1, 2)"
    )


# --- codes are text, in and out -------------------------------------------------------------------

CODES = ["010101001001001", "110101001001001", "110101001001001023"]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg", ".geojson"])
def test_codes_go_out_and_come_in_with_their_zeros_and_all_digits(
    tmp_path: Path, suffix: str
) -> None:
    boxes = [shapely.box(116 + i, 39, 116.5 + i, 39.5) for i in range(3)]
    given = gpd.GeoDataFrame(
        {"code": CODES, "name": list("甲乙丙")}, geometry=boxes, crs="EPSG:4326"
    )
    path = export(given, tmp_path / f"units{suffix}").path
    datum = None if suffix in (".csv", ".xlsx") else "wgs84"
    assert read_layer(path, level="grid", datum=datum)["code"].tolist() == CODES


def test_a_workbook_that_kept_codes_as_numbers_is_read_where_no_digit_is_lost(
    tmp_path: Path,
) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (("编码", "名称"), (110101001001001, "甲"), (110101001001001023, "乙")):
        sheet.append(row)
    book.save(tmp_path / "units.xlsx")
    read = read_layer(tmp_path / "units.xlsx", level="grid")
    assert read["code"].iloc[0] == "110101001001001"
    # A whole number of 18 digits is kept here; what saves it as a double loses its last digits.
    frame = pd.DataFrame({"code": [110101001001001023.0], "name": ["乙"]})
    shape = gpd.GeoDataFrame(frame, geometry=[shapely.box(116, 39, 117, 40)], crs="EPSG:4326")
    shape.to_file(tmp_path / "units.gpkg")
    report = check(read_layer(tmp_path / "units.gpkg", level="grid", datum="wgs84"), "grid", NOBODY)
    assert [one.kind for one in report.findings if one.severity == "error"] == ["spoiled code"]


def test_marks_that_keep_a_code_from_a_spreadsheet_are_no_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "units.csv"
    path.write_text('code,name\n"=""010101001001001""",甲\n\'010101001001002,乙\n', "utf-8")
    assert read_layer(path, level="grid")["code"].tolist() == ["010101001001001", "010101001001002"]

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from appeals.errors import InputError
from geo.gazetteer import COLUMNS
from geo.places import read_places
from geo.quality import Lies, findings_frame, judge, share_with_number

HEADER = "名称,类型,地址,所属区,经度,纬度\n"
Place = tuple[str, str, str, str, float, float]


def places(*rows: Place) -> pd.DataFrame:
    return pd.DataFrame([(*row, "doc") for row in rows], columns=list(COLUMNS))


def problems(frame: pd.DataFrame, lies: Lies | None = None) -> list[tuple[int, str]]:
    return [(one.at, one.problem) for one in judge(frame, [""] * len(frame), lies)]


def read(path: Path, datum: str = "wgs84") -> tuple[pd.DataFrame, object]:
    return read_places(path, {}, datum, "compound", "示例局")


def test_five_names_at_one_coordinate_are_each_told_with_their_row() -> None:
    shared = [(f"示例{c}园", "compound", "", "", 116.3, 39.9) for c in "甲乙丙丁戊"]
    lone = ("样本家园", "compound", "", "", 116.4, 39.9)

    assert problems(places(*shared, lone)) == [(i, "sink") for i in range(5)]
    assert problems(places(*shared[:4], lone)) == []


def test_a_name_at_two_far_places_and_a_name_given_twice_are_told_apart() -> None:
    frame = places(
        ("太平家园", "compound", "", "示例区", 116.30, 39.90),
        ("太平家园", "compound", "", "样本区", 116.40, 39.90),
        ("示例花园", "compound", "样板路7号", "示例区", 116.35, 39.90),
        ("示例花园", "compound", "样板路7号", "示例区", 116.3501, 39.90),
        ("示例花园", "compound", "样板路9号", "示例区", 116.3502, 39.90),
        ("样板路", "road", "", "", 116.30, 39.90),
        ("样板路", "road", "", "", 116.40, 39.90),
    )

    assert problems(frame) == [(0, "far_apart"), (1, "far_apart"), (3, "twice")]


def test_a_pin_outside_of_the_stated_district_is_told_with_where_it_lies() -> None:
    frame = places(
        ("示例花园", "compound", "", "示例区", 116.30, 39.90),
        ("样本家园", "compound", "", "示例区", 116.31, 39.90),
        ("临界家园", "compound", "", "示例区", 116.32, 39.90),
        ("古城家园", "compound", "", "古城区", 116.33, 39.90),
        ("无区家园", "compound", "", "", 116.34, 39.90),
    )
    lies = Lies(
        ("示例区", "样本区", "样本区", "示例区", ""),
        (True, True, True, False, False),
        (0.0, 5600.0, 30.0, float("nan"), float("nan")),
    )

    found = judge(frame, [""] * 5, lies)
    table = findings_frame(frame, [1, 2, 3, 4, 5], found)

    assert [(one.at, one.problem) for one in found] == [(1, "stray"), (3, "unknown_district")]
    assert table["行号"].tolist() == [2, 4]
    assert table["说明"][0] == "坐标在样本区，距所填的区约 5600 米"
    assert (table["处理建议"] != "").all()


@pytest.mark.parametrize("name", ["2号院", "东区", "小区", "中路", "楼"])
def test_a_name_that_is_said_of_any_place_is_told(name: str) -> None:
    assert problems(places((name, "compound", "", "", 116.3, 39.9))) == [(0, "unusable")]


def test_kinds_are_read_from_their_chinese_words_and_strange_ones_are_told(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    rows = [
        "示例花园,小区,,,116.3,39.9",
        "样板路7号,门牌,,,116.31,39.9",
        "示例宫,宫殿,,,116.32,39.9",
    ]
    path.write_text(HEADER + "\n".join(rows), encoding="gb18030")

    frame, report = read_places(path, {}, "wgs84", "point", "示例局")

    assert frame["kind"].tolist() == ["compound", "plate", "point"]
    assert report.strange_kinds == ("", "", "宫殿")
    assert [one.problem for one in judge(frame, report.strange_kinds, None)] == ["kind"]


def test_the_share_with_a_number_counts_road_and_number() -> None:
    frame = places(
        ("示例花园", "compound", "样板路7号", "", 116.3, 39.9),
        ("样本家园", "compound", "样板路", "", 116.3, 39.9),
        ("示例大厦", "compound", "", "", 116.3, 39.9),
        ("示例院", "compound", "示例区样本街甲12号", "", 116.3, 39.9),
    )

    assert share_with_number(frame) == 0.5
    assert share_with_number(frame.iloc[:0]) is None


# --- files as offices send them -------------------------------------------------------------------


def test_a_workbook_with_numbers_gaps_and_degrees_in_words_is_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("名称", "经度（°）", "纬度（°）", "备注"),
        ("示例花园", 116.3, 39.9, "x"),
        (None, None, None, None),
        ("样本家园", "东经116度24分0秒", "北纬39度54分0秒", None),
        (None, 116.4, 39.9, None),
        ("缺坐标园", None, 39.9, None),
        ("零点家园", 0, 0, None),
        ("外星家园", 216.4, 39.9, None),
    ):
        sheet.append(row)
    book.save(tmp_path / "places.xlsx")

    frame, report = read_places(tmp_path / "places.xlsx", {}, "wgs84", "compound", "示例局")

    assert frame["name"].tolist() == ["示例花园", "样本家园"]
    assert frame["lon"].tolist() == pytest.approx([116.3, 116.4])
    assert report.row_numbers == (1, 2)
    assert [(r.row, r.field, r.reason.partition(":")[0]) for r in report.rejects] == [
        (3, "name", "is empty"),
        (4, "lon, lat", "is empty or not a number"),
        (5, "lon, lat", "out of range"),
        (6, "lon, lat", "out of range"),
    ]


def test_a_row_with_too_many_fields_is_a_reject_and_stops_nothing(tmp_path: Path) -> None:
    path = tmp_path / "places.csv"
    rows = ["示例花园,小区,,,116.3,39.9", "样本家园,小区,样板路7号,院内,示例区,116.3,39.9"]
    path.write_text(HEADER + "\n".join(rows), encoding="utf-8")

    frame, report = read_places(path, {}, "wgs84", "compound", "示例局")

    assert len(frame) == 1
    assert [(r.row, r.field) for r in report.rejects] == [(2, "row")]
    assert report.rows == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("名称,名称,经度,纬度\n甲园,乙园,116.3,39.9\n", "more than one column is called 名称"),
        ("名称,经度\n示例花园,116.3\n", "no column for lat"),
        ("名称,经度,纬度\n示例花园,39.9,116.3\n样本家园,39.9,116.4\n", "look swapped"),
        ("名称,经度,纬度\n,116.3,39.9\n", "row 1: name is empty"),
        ("", "places.csv"),
    ],
)
def test_a_file_of_which_nothing_can_be_used_is_refused_with_what_to_do(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "places.csv"
    path.write_text(text, encoding="gb18030")

    with pytest.raises(InputError, match=words):
        read(path)

"""Layers as tables for people: CSV and workbooks, codes as text, no cell a formula."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import geopandas as gpd
import openpyxl
import pandas as pd
import shapely
from openpyxl.worksheet.worksheet import Worksheet

from maps.loss import SHAPES_LOST, Loss
from maps.wording import COLUMN_NAMES, VALUE_NAMES

Notes = Sequence[tuple[str, str]]
"""What a file says of itself: a word (图层, 统计周期, 坐标系) and its value."""

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "＋", "－", "\uff20")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no workbook may hold them
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")


def safe_cell(value: object) -> object:
    """Make a text harmless for a spreadsheet, which would run it as a formula.

    Numbers stay numbers; only text is touched, by an apostrophe in front.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-12"), safe_cell(-12), safe_cell("噪声")
    ("'=1+1", "'-12", -12, '噪声')
    """
    if isinstance(value, str) and value.lstrip(" \n").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def write_csv(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """Write a layer for a spreadsheet: Chinese headers and the mark of UTF-8.

    Without the mark a spreadsheet reads Chinese as mojibake. A table has no place for notes, so
    each is a column that says the same in every row: a row that is copied out keeps them.
    """
    table, lost = _table(layer)
    _write_rows(_in_words(table).assign(**dict(notes)), path, "utf-8-sig")
    return lost


def write_csv_data(
    layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes
) -> list[Loss]:
    """Write a layer for programs: names of the code, no mark, shapes that are no points as WKT."""
    table, lost = _table(layer)
    if lost:
        table.insert(0, "WKT", layer.geometry.to_wkt(rounding_precision=7))
    _write_rows(table, path, "utf-8")
    return []


def write_xlsx(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """Write a layer as a workbook, its notes on a second sheet."""
    table, lost = _table(layer)
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _NOT_IN_TITLES.sub("_", layer_name)[:31]
    for row in _rows(_in_words(table)):
        sheet.append(row)
    sheet.freeze_panes = "A2"
    if notes:
        about = book.create_sheet("说明")
        for note in notes:
            about.append([_cell(value) for value in note])
    book.save(path)
    return lost


TABLES: Final = (".csv", ".xlsx")
"""Endings of files that :func:`write_table` writes."""


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table of text and numbers as it stands, for a spreadsheet; its ending is the form."""
    if path.suffix == ".csv":
        _write_rows(table, path, "utf-8-sig")
        return
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in _rows(table):
        sheet.append(row)
    sheet.freeze_panes = "A2"
    book.save(path)


def _table(layer: gpd.GeoDataFrame) -> tuple[pd.DataFrame, list[Loss]]:
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    if not (layer.geom_type == "Point").all():
        return table, [SHAPES_LOST]
    shapes = layer.geometry.to_numpy()
    names = ("x", "y") if layer.crs is not None and layer.crs.is_projected else ("lon", "lat")
    table[names[0]], table[names[1]] = shapely.get_x(shapes), shapely.get_y(shapes)
    return table, []


def _in_words(table: pd.DataFrame) -> pd.DataFrame:
    """Name columns and codes as people do; a code without a word stays."""
    said = {
        name: table[name].map(lambda code, words=words: words.get(code, code))
        for name, words in VALUE_NAMES.items()
        if name in table
    }
    return table.assign(**said).rename(columns=dict(COLUMN_NAMES))


def _write_rows(table: pd.DataFrame, path: Path, encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(_rows(table))


def _rows(table: pd.DataFrame) -> list[list[object]]:
    head: list[object] = [safe_cell(str(column)) for column in table.columns]
    return [
        head,
        *([_cell(one) for one in row] for row in table.itertuples(index=False, name=None)),
    ]


def _cell(value: object) -> object:
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "是" if value else "否"
    item = getattr(value, "item", None)
    plain = item() if callable(item) else value
    if isinstance(plain, (int, float)):
        return plain
    return safe_cell(_CONTROLS.sub("", str(plain)))

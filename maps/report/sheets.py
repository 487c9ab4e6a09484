"""A report as a workbook: what it says, then each table on a sheet of its own with true figures."""

import math
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from maps.report.figures import Cell, written
from maps.report.paper import Heading, Paper, Paragraph, Table

_FIRST_SHEET: Final = "报告"
_NO_SHEET: Final = re.compile(r"[\[\]:*?/\\]")
_LONGEST: Final = 31
_SIZE: Final = 11
_PAGE: Final = 72  # Latin letters across a page of A4
_SHRUNK: Final = 1.3  # to which a table may be too wide before its page is turned
_TEXT: Final = "@"
_LINE: Final = Side(style="thin", color="9AA7AC")
_THIN: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_FIGURE: Final = Alignment(horizontal="right")
_WORDS: Final = Alignment(horizontal="left", indent=1)
_HEAD: Final = PatternFill("solid", fgColor="D3E6EA")


def write_xlsx(paper: Paper, path: Path) -> None:
    """Write a report as a workbook; codes are text, and what is hidden is written in words."""
    book = Workbook()
    words = book.active
    if not isinstance(words, Worksheet):
        raise TypeError("a new workbook begins with a sheet")
    words.title = _FIRST_SHEET
    _write_words(words, paper)
    taken = {_FIRST_SHEET}
    for table in paper.tables:
        name = sheet_name(table.caption, taken)
        taken.add(name)
        _write_table(book.create_sheet(name), table, paper)
    for sheet in book.worksheets:
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
        # As many pages as it takes, each as wide as the paper.
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        if sheet.oddHeader is not None and sheet.oddFooter is not None:
            sheet.oddHeader.center.text = paper.mark.replace("&", "&&") or None
            sheet.oddFooter.center.text = "&P / &N"
    book.properties.title, book.properties.creator = paper.title, paper.office
    book.properties.created = book.properties.modified = paper.made_at.replace(tzinfo=None)
    book.save(path)


def sheet_name(caption: str, taken: set[str]) -> str:
    """Give a sheet a name that a spreadsheet takes and that is not taken.

    Examples
    --------
    >>> sheet_name("派单/直办", set()), sheet_name("表", {"表"})
    ('派单 直办', '表 2')
    """
    plain = _NO_SHEET.sub(" ", caption)[:_LONGEST]
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain[: _LONGEST - 1 - len(str(number))]} {number}"
    return name


def _write_words(sheet: Worksheet, paper: Paper) -> None:
    sheet.column_dimensions["A"].width = _PAGE
    lines = [(paper.title, Font(bold=True, size=16)), (paper.period, Font(size=_SIZE))]
    for block in paper.blocks:
        match block:
            case Heading(text):
                lines.append((text, Font(bold=True, size=12)))
            case Paragraph(text, note):
                lines.append((text, Font(size=9 if note else _SIZE)))
            case Table():
                lines.append((f"见表“{block.caption}”。", Font(size=_SIZE, italic=True)))
    for number, (text, font) in enumerate(lines, 1):
        _put(sheet, number, 1, text)
        line = sheet.cell(number, 1)
        line.font, line.alignment = font, Alignment(wrap_text=True, vertical="top")
        # Some programs leave a wrapped line as high as a single one.
        tall = math.ceil(_width(text) * font.size / _SIZE / (_PAGE - 4))
        sheet.row_dimensions[number].height = tall * font.size * 1.5


def _write_table(sheet: Worksheet, table: Table, paper: Paper) -> None:
    for number, text in enumerate((f"{paper.title} {table.caption}", paper.period), 1):
        _put(sheet, number, 1, text)
    sheet.cell(1, 1).font = Font(bold=True, size=12)
    head = 3
    for at, column in enumerate(table.columns, 1):
        _put(sheet, head, at, column.title)
        cell = sheet.cell(head, at)
        cell.font, cell.fill, cell.border = Font(bold=True), _HEAD, _THIN
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    for number, row in enumerate(table.rows, head + 1):
        for at, value in enumerate(row, 1):
            _put(sheet, number, at, value)
            cell = sheet.cell(number, at)
            cell.border = _THIN
            cell.alignment = _FIGURE if table.columns[at - 1].figures else _WORDS
    widths = _widths(table)
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = f"A{head + 1}"
    sheet.print_title_rows = f"1:{head}"
    if sum(widths) > _PAGE * _SHRUNK:
        sheet.page_setup.orientation = "landscape"
    if table.rows:
        last = get_column_letter(len(table.columns))
        sheet.auto_filter.ref = f"A{head}:{last}{head + len(table.rows)}"


def _put(sheet: Worksheet, row: int, column: int, value: Cell) -> None:
    cell = sheet.cell(row, column)
    number = None if isinstance(value, str) else value.number
    if number is None or isinstance(value, str):
        # Text that begins with = is text, and a code keeps its zeros.
        cell.value, cell.data_type, cell.number_format = written(value), "s", _TEXT
        return
    cell.value, cell.number_format = number, value.form


def _widths(table: Table) -> Sequence[float]:
    """Give each column the width of its longest text; a Chinese character is two wide."""
    texts = [[column.title, *(written(row[at]) for row in table.rows)]
             for at, column in enumerate(table.columns)]  # fmt: skip
    return [min(46, max(8, 4 + max(map(_width, of)))) for of in texts]


def _width(text: str) -> int:
    return sum(2 if ord(one) > 255 else 1 for one in text)

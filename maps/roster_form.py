"""The empty roster as a workbook: an office fills it in and brings it in again."""

from io import BytesIO
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from alerts.duty.roster import SEAT_WORDS
from alerts.duty.table import HEADERS
from alerts.routing import POST_DUTIES

ROWS: Final = 500
"""Rows for which the lists of choices hold."""

_WIDTH: Final = 18
_HEAD: Final = PatternFill("solid", fgColor="D3E6EA")
_EXAMPLE: Final = {
    "post": "市值班室", "duty": "值班", "area": "", "landline": "010-12345678", "seat": "值班员",
    "name": "王值班", "login": "wang", "phone": "13900000000", "mail": "", "begins": "", "ends": "",
    "day": "2026-03-09", "hours": "8:00-次日8:00",
}  # fmt: skip
_RULES: Final = {
    "post": "岗位名称，同名即同一岗位",
    "duty": "从列表选取；热线值班室填“值班”，街道填“街乡镇”",
    "area": "区县、街乡镇代码；全市留空",
    "landline": "岗位固定电话",
    "seat": "从列表选取；留空为值班员",
    "name": "必填",
    "login": "登录账号；没有账号留空",
    "phone": "短信、电话通知用",
    "mail": "邮件通知用",
    "begins": "开始时刻，如 2026-03-09 08:00；填了就不填日期、时段",
    "ends": "结束时刻",
    "day": "日期，与时段一起填",
    "hours": "如 8:00-次日8:00、18:00-次日8:00",
}


def roster_form() -> bytes:
    """Give the workbook: columns and lists of choices first, what each means on a second sheet."""
    book = Workbook()
    sheet = book.active
    if not isinstance(sheet, Worksheet):
        raise TypeError("a new workbook begins with a sheet")
    sheet.title = "值班表"
    names = list(HEADERS)
    for column, name in enumerate(names, start=1):
        _head(sheet, column, HEADERS[name][0])
        # As text: a spreadsheet makes figures of telephones, and dates of hours.
        for row in range(2, ROWS + 2):
            sheet.cell(row, column).number_format = "@"
    sheet.freeze_panes = "A2"
    for name, choices in (("duty", POST_DUTIES), ("seat", SEAT_WORDS.values())):
        listed = DataValidation("list", formula1=f'"{",".join(choices)}"', allow_blank=True)
        letter = get_column_letter(names.index(name) + 1)
        listed.add(f"{letter}2:{letter}{ROWS + 1}")
        sheet.add_data_validation(listed)
    notes = book.create_sheet("填写说明")
    for column, word in enumerate(("列", "说明", "示例"), start=1):
        _head(notes, column, word)
    for row, name in enumerate(names, start=2):
        for column, text in enumerate((HEADERS[name][0], _RULES[name], _EXAMPLE[name]), start=1):
            notes.cell(row, column, text)
    notes.column_dimensions["B"].width = 56
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _head(sheet: Worksheet, column: int, word: str) -> None:
    cell = sheet.cell(1, column, word)
    cell.font, cell.fill = Font(bold=True), _HEAD
    sheet.column_dimensions[get_column_letter(column)].width = _WIDTH

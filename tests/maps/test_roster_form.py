"""The empty roster: what is filled in as its notes say is brought in as it is."""

from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

from openpyxl import load_workbook

from alerts.duty.table import HEADERS, read_rows
from appeals.small_tables import read_table
from maps.roster_form import roster_form

ZONE = ZoneInfo("Asia/Shanghai")


def test_the_example_of_the_notes_fits_the_columns_and_is_read_without_a_fault(
    tmp_path: Path,
) -> None:
    book = load_workbook(BytesIO(roster_form()))
    sheet, notes = book.worksheets
    example = [row[2] or "" for row in notes.iter_rows(min_row=2, values_only=True)]
    for column, words in enumerate(example, start=1):
        sheet.cell(2, column, words)
    book.save(tmp_path / "roster.xlsx")

    rows = [(row.number, row.cells) for row in read_table(tmp_path / "roster.xlsx")]
    table = read_rows(rows, ZONE, lambda text: text)

    assert table.faults == []
    (shift,) = table.shifts
    assert (shift.post, shift.person) == ("市值班室", "wang")
    assert shift.begins_at.astimezone(ZONE).isoformat() == "2026-03-09T08:00:00+08:00"
    assert table.contacts["wang"].phone == "13900000000"


def test_an_empty_form_has_every_column_and_its_choices() -> None:
    sheet = load_workbook(BytesIO(roster_form())).worksheets[0]

    assert [cell.value for cell in sheet[1]] == [names[0] for names in HEADERS.values()]
    lists = {str(one.formula1) for one in sheet.data_validations.dataValidation}
    assert any("街乡镇" in one for one in lists)
    assert all(len(one) <= 257 for one in lists)  # a spreadsheet takes no longer one

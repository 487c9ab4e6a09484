"""Forms that hold cells and not lines: workbooks, JSON lines, Parquet; and how a form is known."""

import gzip
import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from appeals.errors import InputError
from appeals.files import open_rows
from appeals.times import NumberCell
from tests.appeals.test_files import CELLS, HEAD, LINE, read, reason


def workbook(fill: Callable[[Worksheet], None]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    fill(book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def table(*rows: list[object]) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(row)

    return fill


def test_a_workbook_gives_text_days_times_and_numbers_apart() -> None:
    def fill(sheet: Worksheet) -> None:
        moment = datetime(2024, 1, 1, 8, 5)  # noqa: DTZ001  a workbook's times name no zone
        sheet.append(["热线工单明细"])
        sheet.append(
            ["工单编号", "day", "moment", "serial", "phone", "code", "flag", "", "midnight"]
        )
        sheet.append(
            [110105001001001, date(2024, 1, 1), moment, 45292.5, 13800000000.0,
             1.10101199003070e17, True, None, moment.replace(hour=0, minute=0)]
        )  # fmt: skip
        sheet["B3"].number_format = "yyyy-mm-dd"
        sheet["I3"].number_format = "yyyy-mm-dd hh:mm:ss"
        sheet.append([None] * 9)
        sheet.append(["A2"])

    (n, cells), short = read(workbook(fill), "a.xlsx")

    assert n == 1
    assert cells == {
        "工单编号": "110105001001001",
        "day": "2024-01-01",
        "moment": "2024-01-01 08:05:00",
        "serial": "45292.5",
        "phone": "13800000000",
        "code": "1.10101199003070E+17",
        "flag": "true",
        "midnight": "2024-01-01 00:00:00",
    }
    assert isinstance(cells, dict)
    assert isinstance(cells["serial"], NumberCell)
    assert isinstance(short[1], dict)
    assert (short[0], short[1]["工单编号"], short[1]["phone"]) == (2, "A2", None)


def test_a_workbook_row_beyond_the_header_is_told() -> None:
    rows = read(workbook(table(["id", "t"], [1, 2, 3])), "a.xlsx")

    assert "beyond the 2 columns" in reason(rows[0])


def test_an_empty_workbook_is_told() -> None:
    with pytest.raises(InputError, match="no sheet has a row of column names"):
        read(workbook(lambda sheet: None), "a.xlsx")


def test_json_lines_keep_every_digit() -> None:
    lines = [
        '{"id": 110101199003070012345, "received_at": "2024-01-01", "lon": 116.30}',
        "",
        '{"id": "A2", "direct": true, "extra": {"a": [1]}}',
        "[1]",
        "{broken",
        '{"id": "\\ud800"}',
        '{"id": "\\u0000"}',
        '{"id": NaN}',
    ]
    rows = read("\n".join(lines).encode(), "a.jsonl")

    assert rows[0][1] == {
        "id": "110101199003070012345", "received_at": "2024-01-01", "lon": "116.30",
        "direct": None, "extra": None,
    }  # fmt: skip
    assert isinstance(rows[1][1], dict)
    assert rows[1][1]["direct"] == "true"
    assert [reason(row) for row in rows[2:6]] == [
        "is not a JSON object",
        "is not a JSON object",
        "holds half a character (an unpaired surrogate)",
        "holds a NUL character",
    ]
    assert len(rows) == 7


def test_a_field_that_appears_late_in_json_lines_is_told() -> None:
    lines = [json.dumps({"id": str(n)}) for n in range(1001)] + ['{"id": "x", "phone": "1"}']

    assert "has phone" in reason(read("\n".join(lines).encode(), "a.jsonl")[-1])


def test_parquet_gives_the_same_text_as_csv(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": pa.array(["A1", None]),
            "received_at": pa.array(
                [datetime(2024, 1, 1, 8, tzinfo=UTC), None], pa.timestamp("ns", "UTC")
            ),
            "day": pa.array([date(2024, 1, 1), None]),
            "phone": pa.array([13800000000.0, None]),
            "lon": pa.array([116.3, None]),
            "kind": pa.array(["投诉", None]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    with open_rows(tmp_path / "a.parquet") as rows:
        found = list(rows)

    assert found == [
        (
            1,
            {
                "id": "A1",
                "received_at": "2024-01-01 08:00:00+00:00",
                "day": "2024-01-01",
                "phone": "13800000000",
                "lon": "116.3",
                "kind": "投诉",
            },
        )
    ]


@pytest.mark.parametrize("name", ["the input", "a.txt", "a"])
def test_a_stream_without_a_telling_name_is_known_by_its_bytes(name: str) -> None:
    book = workbook(table(["id", "t"], ["A1", "x"]))
    if name != "a.txt":
        assert read(book, name)[0][1] == {"id": "A1", "t": "x"}
        assert read(gzip.compress(book), name)[0][1] == {"id": "A1", "t": "x"}
        assert read(b'{"id": "A1"}', name)[0][1] == {"id": "A1"}
    assert read((HEAD + LINE).encode(), name) == [(1, CELLS)]

import gzip
import hashlib
import io
import re
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from appeals.errors import InputError
from appeals.files import digest_of, open_rows
from appeals.record import Reject

Row = tuple[int, dict[str, str | None] | Reject]

HEAD = "工单编号,受理时间,诉求内容\n"
LINE = "A1,2024-01-01 08:00:00,夜间噪声\n"
CELLS = {"工单编号": "A1", "受理时间": "2024-01-01 08:00:00", "诉求内容": "夜间噪声"}


def read(data: bytes, name: str = "appeals.csv") -> list[Row]:
    with open_rows(io.BytesIO(data), name) as rows:
        return list(rows)


def reason(row: Row) -> str:
    assert isinstance(row[1], Reject)
    assert (row[1].row, row[1].field) == (row[0], "row")
    return row[1].reason


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_text_is_read_in_each_encoding_line_end_and_delimiter(
    encoding: str, end: str, mark: str
) -> None:
    text = (HEAD + LINE).replace("\n", end).replace(",", mark)

    assert read(text.encode(encoding)) == [(1, CELLS)]


def test_quoted_line_ends_and_delimiters_belong_to_the_field() -> None:
    rows = read((HEAD + 'A1,2024-01-01,"第一行\n第二行, ""引用"""\n').encode())

    assert isinstance(rows[0][1], dict)
    assert rows[0][1]["诉求内容"] == '第一行\n第二行, "引用"'


def test_empty_lines_and_empty_rows_are_no_rows() -> None:
    assert read(("\n" + HEAD + "\n,,\n \n" + LINE + ",,,,\n\n").encode()) == [(1, CELLS)]


def test_empty_fields_behind_the_last_column_are_no_fault() -> None:
    assert read((HEAD + LINE.replace("\n", ",,\n")).encode()) == [(1, CELLS)]


def test_a_table_name_above_the_header_is_passed_over() -> None:
    assert read(("热线工单明细,,\n" + HEAD + LINE).encode()) == [(1, CELLS)]


def test_a_ragged_row_is_told_with_its_number_of_fields() -> None:
    rows = read((HEAD + "A0,2024-01-01\n" + LINE + "A2,2024-01-01,噪声,多\n").encode())

    assert reason(rows[0]) == "has 2 fields where the header has 3"
    assert rows[1] == (2, CELLS)
    assert reason(rows[2]) == "has 4 fields where the header has 3"


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_bad_byte_costs_its_row_alone(encoding: str) -> None:
    bad = HEAD.encode(encoding) + b"A0,2024-01-01,\xff\xff\n" + LINE.encode(encoding)
    rows = read(bad * 1)

    assert reason(rows[0]) == f"holds bytes that are not {encoding.upper()}"
    assert rows[1] == (2, CELLS)


def test_a_bad_byte_behind_the_sample_costs_its_row_alone() -> None:
    n = 20_000
    rows = read(HEAD.encode() + LINE.encode() * n + b"A0,2024,\xd6\xd0\n" + LINE.encode())

    assert len(rows) == n + 2
    assert "UTF-8" in reason(rows[n])
    assert rows[-1] == (n + 2, CELLS)


def test_the_encoding_of_an_ascii_beginning_is_told_by_the_first_chinese_line() -> None:
    head, line = b"id,received_at,text\n", "A1,2024-01-01,噪声\n".encode("gb18030")
    rows = read(head + b"A0,2024-01-01,x\n" * 30_000 + line)

    assert rows[-1][1] == {"id": "A1", "received_at": "2024-01-01", "text": "噪声"}


def test_a_nul_byte_costs_its_row_alone() -> None:
    rows = read((HEAD + "A0,2024-01-01,\x00\n" + LINE).encode())

    assert reason(rows[0]) == "holds a NUL byte"
    assert rows[1] == (2, CELLS)


@pytest.mark.parametrize("broken", ['A0,2024-01-01,"开\n', 'A0,2024-01-01,"开"了\n'])
def test_an_open_quote_does_not_swallow_the_rows_behind_it(broken: str) -> None:
    rows = read((HEAD + broken + LINE * 3).encode())

    assert "quote" in reason(rows[0])
    assert [cells for _, cells in rows[1:]] == [CELLS] * 3


def test_an_open_quote_that_a_later_quote_closes_is_found() -> None:
    quoted = LINE.replace("夜间噪声", '"夜间噪声"')
    rows = read((HEAD + 'A0,2024-01-01,"开\n' + LINE * 700 + quoted * 2).encode())

    assert len(rows) == 703
    assert "quote" in reason(rows[0])
    assert all(cells == CELLS for _, cells in rows[1:])


def test_a_field_that_is_too_long_is_told() -> None:
    rows = read((HEAD + f"A0,2024-01-01,{'长' * 200_000}\n" + LINE).encode())

    assert "longer than" in reason(rows[0])
    assert rows[1] == (2, CELLS)


def test_columns_without_a_name_are_left_out() -> None:
    rows = read(b"id,,received_at\n1,x,2024-01-01\n")

    assert rows == [(1, {"id": "1", "received_at": "2024-01-01"})]


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (b"", "a.csv", "a.csv is empty"),
        (b"\n \n\xef\xbb\xbf\n", "a.csv", "a.csv is empty"),
        (b"", "a.xlsx", "a.xlsx is empty"),
        (b"", "a.jsonl", "a.jsonl: there is no row"),
        (b"id^time^text\n1^2^3\n", "a.csv", "not parted by a comma, semicolon, tab"),
        (b"A1,2024-01-01 08:00,x\nA2,2024-01-01 08:00,x\n", "a.csv", "looks like data"),
        (b"id,time,id\n", "a.csv", "more than one column is called id"),
        (b"id,\xd6\xff\xff\n", "a.csv", "header row holds bytes"),
        (b'id,"time\n1,2\n', "a.csv", "header row has a quote"),
        (b"PK\x03\x04junk", "a.xlsx", "not a readable .xlsx workbook"),
        (b"id,time\n1,2\n", "a.xlsx", "is not an .xlsx workbook"),
        (b"PK\x03\x04", "a.csv", "is a workbook: name it .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xlsx", "save it as .xlsx"),
        (b"<html><table>", "a.xls", "save it as .xlsx"),
        (b"<html><table>", "a.csv", "web page"),
        ("id,time\n".encode("utf-16"), "a.csv", "UTF-16"),
        (b"id,time\n1,2\n", "a.csv.gz", "not packed with gzip"),
        # Packed without its moment: else each worker of a run names the case otherwise.
        (gzip.compress((HEAD + LINE).encode() * 9, mtime=0)[:-20], "a.csv.gz", "cut short"),
        (b"PAR1junkPAR1", "a.parquet", "not a readable Parquet"),
        (b"id,time\n", "a.parquet", "its name and its content differ"),
        (b'[{"id": 1}]', "a.json", "one JSON array"),
        (b"junk\n", "a.jsonl", "no line of it is a JSON object"),
    ],
)
def test_a_file_that_cannot_be_right_is_told_by_name(data: bytes, name: str, told: str) -> None:
    with pytest.raises(InputError) as caught:
        read(data, name)
    assert told in str(caught.value)
    assert name in str(caught.value)


@pytest.mark.parametrize("way", ["damaged", "locked"])
def test_a_workbook_that_is_damaged_inside_or_locked_is_told_by_name(way: str) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for n in range(2000):
        book.active.append([f"A{n}", str(n * 7919)])
    stream = io.BytesIO()
    book.save(stream)
    data = bytearray(stream.getvalue())
    sheet = data.index(b"xl/worksheets/sheet1.xml")
    if way == "damaged":
        data[sheet + 100 : sheet + 140] = bytes(b ^ 0xA5 for b in data[sheet + 100 : sheet + 140])
    else:  # every part is marked, in the directory at the end, as under a password
        for part in re.finditer(rb"PK\x01\x02", data):
            data[part.start() + 8] |= 1

    with pytest.raises(InputError, match=r"a\.xlsx is not a readable \.xlsx workbook"):
        read(bytes(data), "a.xlsx")


def test_a_head_of_two_rows_is_named_by_the_lower_one_where_it_names_columns() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["热线工单明细"],
        ["编号", "来电", None, "诉求", None],
        [None, "受理时间", "来电号码", "诉求内容", "诉求地址"],
        ["A1", "2024-01-01", "1", "噪声", "样板路5号"],
    ):
        sheet.append(row)
    for merged in ("A2:A3", "B2:C2", "D2:E2"):
        sheet.merge_cells(merged)
    stream = io.BytesIO()
    book.save(stream)

    (found,) = read(stream.getvalue(), "a.xlsx")

    assert found == (1, {
        "编号": "A1", "受理时间": "2024-01-01", "来电号码": "1", "诉求内容": "噪声",
        "诉求地址": "样板路5号",
    })  # fmt: skip


def test_a_file_that_unpacks_to_more_than_the_ceiling_is_refused_before_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    bomb = bytearray(stream.getvalue())
    # The size that the directory at the end says of its last part: 3.75 GiB.
    directory = bomb.rindex(b"PK\x01\x02")
    bomb[directory + 24 : directory + 28] = b"\0\0\0\xf0"

    with pytest.raises(InputError, match=r"a\.xlsx unpacks to more than 2 GiB: part it"):
        read(bytes(bomb), "a.xlsx")

    monkeypatch.setattr("appeals.packed.MOST_BYTES", 1 << 10)
    with pytest.raises(InputError, match=r"a\.xlsx\.gz unpacks to more than"):
        read(gzip.compress(stream.getvalue(), mtime=0), "a.xlsx.gz")


def test_a_header_that_is_data_is_not_quoted() -> None:
    with pytest.raises(InputError) as caught:
        read("20240101001,王小明,13800000000\n20240101001,王小明,13800000000\n".encode())
    assert "王小明" not in str(caught.value)


def test_the_rows_before_a_cut_are_given() -> None:
    whole = gzip.compress(
        (HEAD + "".join(f"A{n},2024-01-01,{n * 7919}\n" for n in range(99_999))).encode()
    )
    seen: list[int] = []
    with open_rows(io.BytesIO(whole[:-100]), "a.csv.gz") as rows, pytest.raises(InputError):
        seen.extend(number for number, _ in rows)
    assert len(seen) > 50_000


def test_messages_do_not_name_folders(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        open_rows(tmp_path / "none.csv")
    assert str(caught.value) == "none.csv is not there"
    with pytest.raises(InputError):
        open_rows(tmp_path)


def test_a_path_and_a_packed_path_are_read_with_progress(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + LINE, encoding="utf-8")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress((HEAD + LINE).encode()))
    for name in ("a.csv", "b.csv.gz"):
        with open_rows(tmp_path / name) as rows:
            assert list(rows) == [(1, CELLS)]
            assert rows.progress() == 1.0
            assert (rows.name, rows.form, rows.headers) == (name, "csv", list(CELLS))


class Pipe(io.RawIOBase):
    """Bytes that come once, a few at a time, as from a pipe."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        part, self._data = self._data[:7], self._data[7:]
        buffer[: len(part)] = part
        return len(part)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_slow_pipe_is_read_like_a_file(encoding: str) -> None:
    with open_rows(Pipe((HEAD + LINE * 3).encode(encoding))) as rows:  # type: ignore[arg-type]
        assert [cells for _, cells in rows] == [CELLS] * 3


def test_a_digest_names_itself(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    assert digest_of(tmp_path / "a") == "sha256:" + hashlib.sha256(b"abc").hexdigest()
    # GB/T 32905-2016, appendix A.1
    assert digest_of(tmp_path / "a", "sm3") == (
        "sm3:66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    )
    with pytest.raises(InputError, match="none cannot be read"):
        digest_of(tmp_path / "none")


pieces = st.sampled_from(
    [b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"A1", b"2024-01-01", "噪声".encode(), b"\xd6\xd0"]
)


@given(st.lists(pieces, max_size=60).map(b"".join) | st.binary(max_size=200), st.booleans())
def test_any_bytes_are_rows_or_one_input_error(data: bytes, headed: bool) -> None:
    try:
        rows = read(HEAD.encode() + data if headed else data)
    except InputError:
        assert not headed
        return
    assert [number for number, _ in rows] == list(range(1, len(rows) + 1))
    for number, cells in rows:
        assert cells.row == number if isinstance(cells, Reject) else len(cells) >= 2

"""Rows of Excel workbooks, read as a stream."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, islice, zip_longest
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.datetime import WINDOWS_EPOCH

from appeals.cells import number_cell, text_of
from appeals.errors import InputError
from appeals.headers import is_header
from appeals.packed import check_unpacked

_CHUNK_ROWS = 1000
_TITLE_ROWS = 10  # rows above the header, such as a merged table name, that are passed over
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    RuntimeError,  # a workbook under a password
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
)


class Workbook:
    """The first sheet of an Excel workbook that holds a table, under a head of one row or two.

    A day that was formatted without a time is a day; numbers stay as exact as the workbook has
    them (:func:`appeals.cells.text_of`).

    Raises
    ------
    InputError
        It is no workbook or a damaged one, or no sheet has a header row.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._name = name
        self.headers: list[str] = []
        try:
            with zipfile.ZipFile(stream) as pack:
                check_unpacked(pack, name)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of styles and extensions, none of them our matter
                self._book = openpyxl.load_workbook(stream, read_only=True, data_only=True)
            # A Macintosh workbook counts its serial days from 1904.
            self._serials = self._book.epoch == WINDOWS_EPOCH
            for sheet in self._book.worksheets:
                self._rows = self._sheet_rows(sheet)
                for row in islice(self._rows, _TITLE_ROWS):
                    if sum(bool(cell and cell.strip()) for cell in row) > 1:
                        self._take_head(row)
                        return
        except InputError:
            raise
        except _BROKEN as error:
            raise InputError(self._damaged()) from error
        raise InputError(f"{name} is empty: no sheet has a row of column names")

    def __iter__(self) -> Iterator[list[str | None] | str]:
        """Give the rows under the header, each as wide as it is; empty rows are left out."""
        width = len(self.headers)
        try:
            for row in self._rows:
                filled = [cell for cell in row if cell]
                if not filled:
                    continue
                if any(row[width:]):
                    yield f"has values beyond the {width} columns of the header"
                    continue
                yield row[:width] + [None] * (width - len(row))
        except _BROKEN as error:
            raise InputError(self._damaged()) from error

    def _take_head(self, row: list[str | None]) -> None:
        below = next(self._rows, None)
        under = [(cell or "").strip() for cell in below or ()]
        if is_header(under):  # merged cells above name groups of columns, or hang down
            above = [(cell or "").strip() for cell in row]
            pairs = zip_longest(under, above, fillvalue="")
            self.headers = [name or group for name, group in pairs]
            return
        self.headers = [(cell or "").strip() for cell in row]
        if below is not None:
            self._rows = chain([below], self._rows)

    def _damaged(self) -> str:
        return f"{self._name} is not a readable .xlsx workbook: open it and save it again as .xlsx"

    def _sheet_rows(self, sheet: object) -> Iterator[list[str | None]]:
        # The written size of a sheet is often wrong, and rows beyond it would be lost.
        sheet.reset_dimensions()  # type: ignore[attr-defined]
        rows = iter(sheet.iter_rows())  # type: ignore[attr-defined]
        while True:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                chunk = [[self._text(cell) for cell in row] for row in islice(rows, _CHUNK_ROWS)]
            if not chunk:
                return
            yield from chunk

    def _text(self, cell: object) -> str | None:
        value = cell.value  # type: ignore[attr-defined]
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, datetime) and value.time() == datetime.min.time():
            shape = str(cell.number_format).lower()  # type: ignore[attr-defined]
            return text_of(value if "h" in shape else value.date())
        if isinstance(value, int | float) and not isinstance(value, bool) and self._serials:
            return number_cell(value)
        return text_of(value)

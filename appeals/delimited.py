"""Rows of separated text (CSV) out of its lines; a bad row is told and the run goes on."""

import csv
from collections.abc import Iterator

from appeals.errors import InputError
from appeals.textlines import RowTooLong, TextLines

_DELIMITERS = ",\t;|"
_TITLE_ROWS = 10  # rows above the header, such as a table's name, that are passed over


class Delimited:
    """A table of separated text: its headers are read at once, its rows as they are asked for.

    Parameters
    ----------
    lines
        The text.
    name
        Of the file, for messages.

    Raises
    ------
    InputError
        The file is empty, or none of ``,`` ``;`` tab ``|`` parts its header.
    """

    def __init__(self, lines: TextLines, name: str) -> None:
        self._lines = lines
        self._delimiter = ","
        self.headers: list[str] = []
        for n_rows in range(_TITLE_ROWS):
            headers = self._header_row(name)
            if headers is None and n_rows == 0:
                raise InputError(f"{name} is empty: there is no row in it")
            if headers is None:
                break
            if sum(bool(header) for header in headers) > 1:
                self.headers = headers
                return
        raise InputError(
            f"{name}: the first row is not parted by a comma, semicolon, tab or |: "
            "export it with one of them between the columns"
        )

    def _header_row(self, name: str) -> list[str] | None:
        lines = self._lines
        lines.reset()
        first = next((line for line in lines if line.strip("\ufeff\r\n\t ,;|")), None)
        if first is None:
            return None
        first = first.removeprefix("\ufeff")
        outside_quotes = "".join(first.split('"')[::2])
        self._delimiter = max(_DELIMITERS, key=outside_quotes.count)
        # Its names may hold line ends inside quotes, so it goes through the reader like any row.
        fault = lines.fault
        lines.put_back([first])
        row = next(self._rows(None), "is empty")
        if fault or isinstance(row, str):
            raise InputError(f"{name}: the header row {fault or row}")
        return [cell.strip() for cell in row]

    def __iter__(self) -> Iterator[list[str] | str]:
        """Give each row's fields, or what is wrong with the row; empty rows are left out."""
        return self._rows(len(self.headers))

    def _rows(self, width: int | None) -> Iterator[list[str] | str]:
        lines = self._lines
        reader = csv.reader(lines, delimiter=self._delimiter, strict=True)
        while True:
            lines.reset()
            row: list[str] = []
            fault: str | None = None
            try:
                row = next(reader)
            except StopIteration:
                return
            except RowTooLong:
                fault = "has a quote that is not closed"
            except csv.Error as error:
                fault = _words(error)
            if fault is None and len(row) != width:
                if not row or not any(map(str.strip, row)):
                    continue
                # Spreadsheets write empty fields behind the last column.
                if width is not None and (len(row) < width or any(map(str.strip, row[width:]))):
                    fault = f"has {len(row)} fields where the header has {width}"
            if fault is not None and len(lines.taken) > 1:
                # A quote that was never closed swallowed the rows behind this one: read them anew.
                lines.put_back(lines.taken[1:])
                yield f"{fault}; a quote in it may be open"
            elif fault or lines.fault:
                yield fault or lines.fault or ""
            elif any(map(str.strip, row)):
                yield row if width is None else row[:width]


def _words(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return f"has a field longer than {csv.field_size_limit():,} characters"
    if "expected after" in text:
        return "has a quote inside a quoted field that is not doubled"
    if "unexpected end" in text:
        return "has a quote that is not closed"
    return "cannot be parted into fields"

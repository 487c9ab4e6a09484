"""A file of appeals as a stream of rows, whatever its form: the one door for all of them."""

import gzip
import io
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import compress
from pathlib import Path
from typing import BinaryIO, Literal, Protocol, Self, cast

from cryptography.hazmat.primitives import hashes

from appeals.cells import fault_of
from appeals.delimited import Delimited
from appeals.errors import InputError
from appeals.headers import looks_like_data, shown
from appeals.jsonlines import JsonLines
from appeals.packed import copy_unpacked
from appeals.record import Reject
from appeals.textlines import SAMPLE_BYTES, TextLines, byte_lines, choose_encoding

Form = Literal["csv", "jsonl", "xlsx", "parquet"]

_SUFFIXES: dict[str, Form] = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_BLOCK = 1 << 20


class _Table(Protocol):
    headers: list[str]

    def __iter__(self) -> Iterator[list[str] | list[str | None] | str]: ...


class RowFile:
    """The rows of one file; use it as a context and iterate once.

    Iterating gives the number of each row and its cells by header. Rows are counted from 1, the
    first below the header, and rows with nothing in them are not counted; so the numbers have no
    gaps and the last one is the number of rows. A row that is wrong as a whole (fields missing or
    too many, an open quote, bytes of another encoding, NUL) comes as a
    :class:`appeals.record.Reject`, field ``row``. Columns without a name are left out.

    Attributes
    ----------
    name
        Of the file, without its folders.
    form
        csv, jsonl, xlsx or parquet.
    headers
        Names of the columns, none twice.
    """

    def __init__(self, raw: BinaryIO, name: str, size: int | None = None) -> None:
        self.name, self._raw, self._size = name, raw, size
        with _told(name):
            self._stream, self.form = _opened(raw, name)
            self._table = _table(self._stream, name, self.form)
        self.headers = [header for header in self._table.headers if header]
        if self.form in ("csv", "xlsx") and looks_like_data(self.headers):
            raise InputError(
                f"{name}: the first row looks like data, not like headers: "
                "put a row of column names on top"
            )
        twice = {header for header in self.headers if self.headers.count(header) > 1}
        if twice:
            raise InputError(
                f"{name}: more than one column is called {shown(sorted(twice))}: "
                "rename them so that each name stands once"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[tuple[int, dict[str, str | None] | Reject]]:
        """Give row numbers and cells, see the class.

        Raises
        ------
        InputError
            The file ends in its middle or is damaged; rows before that have been given.
        """
        headers, named = self.headers, [bool(header) for header in self._table.headers]
        every, checked, number = all(named), self.form == "csv", 0
        with _told(self.name):
            for number, row in enumerate(self._table, 1):
                if isinstance(row, str):
                    yield number, Reject(number, "row", row)
                    continue
                cells = cast(
                    dict[str, str | None],
                    dict(zip(headers, row if every else compress(row, named), strict=True)),
                )
                fault = None if checked else fault_of(cells)
                yield number, cells if fault is None else Reject(number, "row", fault)

    def progress(self) -> float | None:
        """Tell how much of the file has been read, 0 to 1; ``None`` where that is not known."""
        if not self._size or self.form == "xlsx":
            return None
        return min(1.0, self._raw.tell() / self._size)

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()
        self._raw.close()


def open_rows(source: Path | str | BinaryIO, name: str | None = None) -> RowFile:
    """Open a file of appeals: CSV, XLSX, JSON Lines or Parquet, plain or packed with gzip.

    The form is told by the name and checked on the first bytes; where the name says nothing it is
    told by these alone. Text is UTF-8, with or without a mark, or GB18030; its columns are parted
    by a comma, semicolon, tab or ``|``. Only a batch of rows is in memory at a time.

    Parameters
    ----------
    source
        The file, ``"-"`` for standard input, or a stream of bytes.
    name
        What messages call it; else the file's own name without folders.

    Raises
    ------
    InputError
        It is missing, empty, damaged, of another form than its name says, without a header row, or
        has a header twice. The message says what to do.
    """
    if isinstance(source, str) and source != "-":
        source = Path(source)
    if isinstance(source, Path):
        name = name or source.name
        try:
            raw: BinaryIO = cast(BinaryIO, source.open("rb", buffering=0))
            size: int | None = source.stat().st_size
        except FileNotFoundError as error:
            raise InputError(f"{name} is not there") from error
        except OSError as error:
            raise InputError(f"{name} cannot be opened") from error
    elif isinstance(source, str):
        name, size = name or "standard input", None
        raw = open(sys.stdin.fileno(), "rb", closefd=False)  # noqa: SIM115  closed by RowFile
    else:
        name, size, raw = name or "the input", None, source
    try:
        return RowFile(raw, name, size)
    except BaseException:
        raw.close()
        raise


def digest_of(path: Path, algorithm: Literal["sha256", "sm3"] = "sha256") -> str:
    """Give the digest of a file's bytes with its name, ``sha256:…`` or ``sm3:…``.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    digest = hashes.Hash(hashes.SM3() if algorithm == "sm3" else hashes.SHA256())
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise InputError(f"{path.name} cannot be read") from error
    return f"{algorithm}:{digest.finalize().hex()}"


@contextmanager
def _told(name: str) -> Iterator[None]:
    try:
        yield
    except EOFError as error:
        raise InputError(
            f"{name} is cut short: the packed file has no end; fetch or pack it again"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise InputError(f"{name} is damaged: it cannot be unpacked; pack it again") from error


def _opened(raw: BinaryIO, name: str) -> tuple[BinaryIO, Form]:
    stream = _peekable(raw)
    suffixes = [suffix.lower() for suffix in Path(name).suffixes]
    packed = _head(stream, 2) == b"\x1f\x8b"
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
        if not packed and _head(stream, 1):
            raise InputError(f"{name} is not packed with gzip: take .gz off its name or pack it")
    if packed:
        stream = _peekable(cast(BinaryIO, gzip.GzipFile(fileobj=stream)))
    form = _form(_head(stream, 512), suffixes[-1] if suffixes else "", name)
    if form in ("xlsx", "parquet") and (packed or not raw.seekable()):
        # These are read from their end, so a stream is put on disk first.
        spooled = tempfile.TemporaryFile()  # noqa: SIM115  closed by RowFile
        try:
            copy_unpacked(stream, cast(BinaryIO, spooled), name)
        except BaseException:
            spooled.close()
            raise
        spooled.seek(0)
        return cast(BinaryIO, spooled), form
    return cast(BinaryIO, stream), form


def _peekable(raw: BinaryIO) -> io.BufferedReader:
    return io.BufferedReader(cast(io.RawIOBase, raw), SAMPLE_BYTES)


def _head(stream: io.BufferedReader, n_bytes: int) -> bytes:
    return stream.peek(n_bytes)[:n_bytes]


def _form(head: bytes, suffix: str, name: str) -> Form:
    named = _SUFFIXES.get(suffix)
    if head.startswith(b"\xd0\xcf\x11\xe0") or suffix in (".xls", ".et"):
        raise InputError(f"{name} is not an .xlsx workbook but an older one: save it as .xlsx")
    if head.startswith((b"%PDF", b"Rar!", b"7z\xbc\xaf")) or suffix == ".zip":
        raise InputError(f"{name} is no table: unpack it, or export it as .xlsx or CSV")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(f"{name} is UTF-16 text: save it as UTF-8")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise InputError(f"{name} is a web page or XML, not a table: save it as .xlsx or CSV")
    found: Form = "jsonl" if start.startswith(b"{") else "csv"
    if head.startswith(b"PK\x03\x04"):
        found = "xlsx"
    elif head.startswith(b"PAR1"):
        found = "parquet"
    if named is None:
        return found
    if not head and named in ("xlsx", "parquet"):
        raise InputError(f"{name} is empty: there is no row in it")
    if "xlsx" in (named, found) and named != found:
        are = "is a workbook: name it .xlsx" if found == "xlsx" else "is not an .xlsx workbook"
        raise InputError(f"{name} {are}; give each file the name of its form")
    if "parquet" in (named, found) and named != found:
        raise InputError(f"{name}: its name and its content differ, one of them is Parquet")
    return named


def _table(stream: BinaryIO, name: str, form: Form) -> _Table:
    # Their libraries are heavy: only where such a file is opened.
    if form == "xlsx":
        from appeals.workbooks import Workbook

        return Workbook(stream, name)
    if form == "parquet":
        from appeals.parquet import ColumnStore

        return ColumnStore(stream, name)
    sample = cast(io.BufferedReader, stream).peek(SAMPLE_BYTES)
    # Its last line may be cut inside a character.
    encoding = choose_encoding(sample[: sample.rfind(b"\n") + 1])
    lines = TextLines(byte_lines(stream, sample), encoding)
    return Delimited(lines, name) if form == "csv" else JsonLines(lines, name)

"""Rows of Parquet files, read as a stream."""

from collections.abc import Iterator
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from appeals.cells import text_of
from appeals.errors import InputError

_CHUNK_ROWS = 1000


class ColumnStore:
    """The rows of a Parquet file, batch by batch.

    Raises
    ------
    InputError
        It is no Parquet file or a damaged one.
    """

    def __init__(self, stream: BinaryIO, name: str) -> None:
        self._name = name
        try:
            self._file = pq.ParquetFile(stream)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{name} is not a readable Parquet file") from error
        self.headers: list[str] = [str(column).strip() for column in self._file.schema_arrow.names]

    def __iter__(self) -> Iterator[list[str | None] | str]:
        """Give the rows; rows with nothing in them are left out."""
        try:
            for batch in self._file.iter_batches(batch_size=_CHUNK_ROWS):
                columns = [_texts(column) for column in batch.columns]
                for row in zip(*columns, strict=True):
                    if any(row):
                        yield list(row)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            raise InputError(f"{self._name}: the Parquet file is damaged") from error


def _texts(column: pa.Array) -> list[str | None]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        # Python's times end at the microsecond.
        column = column.cast(pa.timestamp("us", tz=column.type.tz), safe=False)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        texts: list[str | None] = column.to_pylist()
        return texts
    return [text_of(value) for value in column.to_pylist()]

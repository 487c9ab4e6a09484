"""Small tables that an office hands in: classes, crosswalks, calendars.

They lie in memory whole, and unlike a file of appeals one bad row refuses the table.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from appeals.errors import InputError
from appeals.files import open_rows
from appeals.record import Reject


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a small table, with what is needed to say where it is wrong."""

    table: str
    number: int
    cells: Mapping[str, str | None]

    def get(self, headers: Sequence[str]) -> str:
        """Give the cell under the first of these headers that the table has, trimmed.

        Raises
        ------
        InputError
            The table has none of them.
        """
        for header in headers:
            if header in self.cells:
                return (self.cells[header] or "").strip()
        raise self.wrong(f"there is no column {' or '.join(headers[:2])}")

    def wrong(self, reason: str) -> InputError:
        """Give the error that names this row."""
        return InputError(f"{self.table}: row {self.number}: {reason}")


def read_table(path: Path) -> Iterator[Row]:
    """Read a table in any of the forms in which appeals come (CSV, XLSX, JSON Lines …).

    Raises
    ------
    InputError
        The file cannot be read, or a row of it cannot.
    """
    with open_rows(path) as rows:
        for number, cells in rows:
            if isinstance(cells, Reject):
                raise InputError(f"{path.name}: row {number}: {cells.reason}")
            yield Row(path.name, number, cells)

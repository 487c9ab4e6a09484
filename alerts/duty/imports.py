"""Brings a roster in from a file: all of it, or none where a row is wrong."""

from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.duty.store import write_roster
from alerts.duty.table import HEADERS, Fault, RosterTable, read_rows
from appeals.database import Connection
from appeals.errors import InputError
from appeals.small_tables import read_table
from grids.units.store import unit_names


def import_roster(connection: Connection, path: Path, zone: ZoneInfo) -> RosterTable:
    """Read a roster and write it, unless a row is wrong.

    Raises
    ------
    InputError
        The file cannot be read.
    """

    def area_of(text: str) -> str:
        _, mark, code = text.rpartition(":")
        found = [one for one in unit_names(connection, code) if not mark or one == text]
        if len(found) != 1:
            raise InputError(
                "there is no such unit" if not found else f"give one of {', '.join(found)}"
            )
        return found[0]

    rows = [(row.number, row.cells) for row in read_table(path)]
    table = read_rows(rows, zone, area_of)
    if not table.shifts and not table.faults:
        headers = ", ".join(names[0] for names in HEADERS.values())
        table.faults.append(Fault(1, "post", f"there is no shift; columns: {headers}"))
    if not table.faults:
        posts, people = list(table.posts.values()), list(table.contacts.values())
        write_roster(connection, posts, people, table.shifts)
    return table

"""The content of a store as sorted JSON lines, without serials and recording times.

Two stores that came to the same content on different ways (killed and run again, SQLite and
PostgreSQL) dump equally.
"""

from collections.abc import Iterator, Mapping

from alerts.stable import store as alert_store
from appeals import store as appeal_store
from appeals.database import Connection
from grids import store as grid_store
from wangge.terminal import as_json


def stable_lines(connection: Connection) -> Iterator[str]:
    """Give the lines, sorted within each table."""
    # Sorted here, because databases collate each in their own way. The hash of the content is left
    # out: it is keyed, and the same words have another one in an installation with other keys.
    yield from sorted(
        _line("appeals", {name: value for name, value in row.items() if name != "content_hash"})
        for row in appeal_store.stable_rows(connection)
    )
    yield from sorted(_line(table, row) for table, row in grid_store.stable_rows(connection))
    names = appeal_store.appeal_names(connection)
    alerts = alert_store.stable_rows(connection, _unit_codes(connection), names)
    yield from sorted(_line("alerts", row) for row in alerts)


def _unit_codes(connection: Connection) -> dict[int, str]:
    codes: dict[int, str] = {}
    for day in grid_store.edition_days(connection):
        units = grid_store.load_boundaries(connection, day).units
        codes |= dict(zip(units["unit_id"].tolist(), units["code"].tolist(), strict=True))
    return codes


def _line(table: str, row: Mapping[str, object]) -> str:
    return as_json({"table": table, **row}).decode()

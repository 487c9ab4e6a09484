"""``wangge results``: what came of a platform's orders, for that platform to read in."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

import pandas as pd

from appeals.audit.store import append_entry
from appeals.database import Connection, writing
from appeals.errors import InputError
from appeals.mapping import Mapping as ColumnMapping
from appeals.mapping import read_mapping
from casework.results import FIELDS, headers, result_of
from casework.store import moved_cases, photo_counts, steps_after
from maps.export import write_whole
from maps.spreadsheets import TABLES, write_table
from wangge.arguments import Commands, add_site_command, day
from wangge.site import Site, wall_clock
from wangge.terminal import Answer

_AT_ONCE = 1_000


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    own = add_site_command(commands, shared, "results", _results)
    own.add_argument("-o", dest="output", type=Path, metavar="FILE", required=True,
                     help=".csv or .xlsx")  # fmt: skip
    own.add_argument("--source", metavar="NAME", help="as its orders were brought in")
    own.add_argument("--mapping", type=Path, metavar="FILE", help="of the source, with [results]")
    own.add_argument("--since", type=day, metavar="DATE", help="orders moved on this day or after")


def _results(arguments: argparse.Namespace, site: Site) -> Answer:
    mapping = read_mapping(arguments.mapping) if arguments.mapping else ColumnMapping()
    source = arguments.source or mapping.source
    path: Path = arguments.output
    if source is None:
        raise InputError("source: give --source, or source in the mapping")
    if path.suffix not in TABLES:
        raise InputError(f"{path.name}: its ending is one of {', '.join(TABLES)}")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}")
    unknown = set(mapping.results) - set(FIELDS)
    if unknown:
        known = ", ".join(FIELDS)
        raise InputError(f"[results]: unknown field {min(unknown)}; known are {known}")
    head = headers(mapping.results, mapping.columns.get("id"))
    zone = ZoneInfo(mapping.time_zone or site.settings.jurisdiction.time_zone)
    with writing(site.engine) as connection:
        rows = _rows(connection, source, arguments, site, zone)
        table = pd.DataFrame(rows, columns=list(FIELDS), dtype=object)[list(head)]
        write_whole(path, path.suffix, lambda half: write_table(table.rename(columns=head), half))
        said = {"act": "results", "subject": f"source {source}", "detail": f"{len(rows)} orders"}
        append_entry(connection, now=wall_clock(), actor="terminal", **said)
    data = {"source": source, "orders": len(rows), "file": str(path)}
    return Answer(data, [f"{len(rows)} orders of {source} in {path}"])


def _rows(
    connection: Connection, source: str, arguments: argparse.Namespace, site: Site, zone: ZoneInfo
) -> list[Mapping[str, object]]:
    found = moved_cases(connection, source)
    numbers = list(found)
    rows: list[Mapping[str, object]] = []
    for begin in range(0, len(numbers), _AT_ONCE):
        some = numbers[begin : begin + _AT_ONCE]
        steps, photos = steps_after(connection, some), photo_counts(connection, some)
        for one in some:
            last = steps[one][-1].at.astimezone(site.zone).date()
            if arguments.since is None or last >= arguments.since:
                number, case = found[one]
                rows.append(result_of(number, case, steps[one], photos.get(one, 0), zone))
    return rows

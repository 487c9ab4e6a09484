"""``wangge units``: boundaries in, their check report, and what there is."""

import argparse
from datetime import date
from pathlib import Path

from appeals.database import reading, writing
from geo.datum_checks.store import add_check
from geo.store import load_places
from grids.checks import check, check_units
from grids.findings import CheckReport
from grids.read import read_layer
from grids.store import add_units, load_boundaries
from wangge.arguments import (
    UNIT_LEVELS,
    Commands,
    add_family,
    add_site_command,
    datum,
    day,
)
from wangge.datum_check import check_layer, datum_data, datum_lines
from wangge.site import Site, today, wall_clock
from wangge.terminal import Answer, Refused

# The first edition of a level holds for appeals of any age.
_EVER = date(1900, 1, 1)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    units = add_family(commands, "units", "boundaries of districts, streets, communities, grids")
    bring = add_site_command(units, shared, "import", _import, "bring in the units of one level")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--level", required=True, choices=UNIT_LEVELS)
    bring.add_argument("--code", metavar="F", help="column of the code; made by rule without one")
    bring.add_argument("--name", metavar="F", help="column of the name")
    bring.add_argument("--parent", metavar="F", help="column of the parent's name or code")
    bring.add_argument("--datum", type=datum, help="of the coordinates")
    bring.add_argument("--encoding", help="of text in a shapefile or CSV")
    bring.add_argument(
        "--valid-from",
        type=day,
        metavar="DATE",
        help="first day; without it the first edition holds ever since, a later one from today",
    )
    add_site_command(units, shared, "check", _check, "the check report again")
    show = add_site_command(units, shared, "list", _list, "the units that hold today")
    show.add_argument("--level", choices=UNIT_LEVELS)


def _import(arguments: argparse.Namespace, site: Site) -> Answer:
    level: str = arguments.level
    layer = read_layer(
        arguments.file,
        level=level,
        code=arguments.code,
        name=arguments.name,
        parent=arguments.parent,
        datum=arguments.datum,
        encoding=arguments.encoding,
    )
    with writing(site.engine) as connection:
        known = load_boundaries(connection, today(site))
        before = check(layer, level, known)
        if not before.ok:
            name = arguments.file.name
            raise Refused(f"{name}: the layer has errors, nothing was stored", _report([before]))
        first = arguments.valid_from or (today(site) if len(known.frame(level)) else _EVER)
        # Without --datum the file's own plane counts, whose degrees may still be shifted.
        declared = arguments.datum or "wgs84"
        verdict = check_layer(layer, level, declared, load_places(connection), known)
        add_check(connection, "units", arguments.file.name, verdict, wall_clock())
        report = add_units(
            connection, layer, level, first, jurisdiction=site.settings.jurisdiction.code
        )
    data = {
        "level": level,
        "new": report.new,
        "changed": report.changed,
        "kept": report.kept,
        "ended": report.ended,
        "valid_from": first,
        "check": before.to_json(),
        "notes": [finding.line() for finding in report.findings],
        **datum_data(verdict),
    }
    said = f"{report.new} new, {report.changed} changed, {report.kept} kept, {report.ended} ended"
    notes = [*(one.line() for one in report.findings), *datum_lines(verdict)]
    return Answer(data, [*before.lines(), *notes, said])


def _report(reports: list[CheckReport]) -> Answer:
    data = {
        "ok": all(report.ok for report in reports),
        "levels": [report.to_json() for report in reports],
    }
    return Answer(data, [line for report in reports for line in report.lines()])


def _check(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        units = load_boundaries(connection, today(site))
    answer = _report(check_units(units))
    if not answer.data["ok"]:
        raise Refused("the units have errors", answer)
    return answer


def _list(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        units = load_boundaries(connection, today(site))
    items = []
    for level in [arguments.level] if arguments.level else units.levels:
        for row in units.frame(level).to_dict("records"):
            parent = units.unit(int(row["parent_id"])) if row["parent_id"] in units else None
            items.append(
                {
                    "level": level,
                    "code": row["code"],
                    "name": row["name"],
                    "parent": None if parent is None else parent.code,
                    "valid_from": row["valid_from"],
                    "shape": row["geometry"] is not None,
                }
            )
    lines = [f"{one['level']:<10}{one['code']:<16}{one['name']}" for one in items]
    return Answer({"units": items}, lines or ["no units yet"])

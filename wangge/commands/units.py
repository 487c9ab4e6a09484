"""``wangge units``: boundaries in, their check report, what there is and what changed."""

import argparse
from dataclasses import asdict
from pathlib import Path

from appeals.database import reading, writing
from geo.datum_checks.store import add_check
from geo.store import load_places
from grids.changes import changes
from grids.checks import check, check_units
from grids.read import read_layer
from grids.store import add_units, load_boundaries
from maps.export import export
from wangge.arguments import (
    UNIT_LEVELS,
    Commands,
    add_family,
    add_site_command,
    datum,
    day,
)
from wangge.commands.dividing import register_divide
from wangge.commands.units_report import first_day, report_answer
from wangge.datum_check import check_layer, datum_data, datum_lines
from wangge.site import Site, today, wall_clock
from wangge.terminal import Answer, Refused


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    units = add_family(commands, "units")
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
    again = add_site_command(units, shared, "check", _check, "the check report again")
    show = add_site_command(units, shared, "list", _list, "the units that hold on a day")
    between = add_site_command(units, shared, "changes", _changes, "what changed between two days")
    for one in (bring, again):
        one.add_argument(
            "-o", dest="output", type=Path, metavar="FILE", help="the findings for an official"
        )
    for one in (again, show):
        one.add_argument("--on", type=day, metavar="DATE", help="the day; default today")
    show.add_argument("--level", choices=UNIT_LEVELS)
    show.add_argument("-o", dest="output", type=Path, metavar="FILE", help="them as a layer")
    between.add_argument("--from", dest="first", type=day, metavar="DATE", required=True)
    between.add_argument("--to", dest="last", type=day, metavar="DATE", help="default today")
    between.add_argument("--level", choices=UNIT_LEVELS)
    register_divide(units, shared)


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
        told = report_answer([before], arguments.output)
        if not before.ok:
            raise Refused(f"{arguments.file.name}: the layer has errors, nothing was stored", told)
        first = arguments.valid_from or first_day(known, level, site)
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
        "file": arguments.output,
        **datum_data(verdict),
    }
    said = f"{report.new} new, {report.changed} changed, {report.kept} kept, {report.ended} ended"
    notes = [*(one.line() for one in report.findings), *datum_lines(verdict)]
    return Answer(data, [*told.lines, *notes, said])


def _check(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        units = load_boundaries(connection, arguments.on or today(site))
    answer = report_answer(check_units(units), arguments.output)
    if not answer.data["ok"]:
        raise Refused("the units have errors", answer)
    return answer


def _list(arguments: argparse.Namespace, site: Site) -> Answer:
    on = arguments.on or today(site)
    with reading(site.engine) as connection:
        units = load_boundaries(connection, on)
    levels = [arguments.level] if arguments.level else list(units.levels)
    codes = dict(zip(units.units["unit_id"], units.units["code"], strict=True))
    frame = units.units[units.units["level"].isin(levels)]
    frame = frame.assign(parent=frame["parent_id"].map(codes).astype(object))
    items = [
        {
            "level": row["level"],
            "code": row["code"],
            "name": row["name"],
            "parent": row["parent"] if isinstance(row["parent"], str) else None,
            "valid_from": row["valid_from"],
            "shape": row["geometry"] is not None,
        }
        for row in frame.to_dict("records")
    ]
    lines = [f"{one['level']:<10}{one['code']:<16}{one['name']}" for one in items]
    if arguments.output is not None:
        columns = ["level", "code", "name", "parent", "households", "people", "geometry"]
        export(frame[columns], arguments.output, layer_name="units")
        lines = [f"{len(items)} units in {arguments.output}"]
    return Answer({"on": on, "units": items, "file": arguments.output}, lines or ["no units yet"])


def _changes(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        old, new = (
            load_boundaries(connection, one)
            for one in (arguments.first, arguments.last or today(site))
        )
    items = [
        {"level": level} | asdict(change)
        for level in ([arguments.level] if arguments.level else UNIT_LEVELS)
        for change in changes(old, new, level)
    ]
    lines = [
        f"{one['level']:<10}{one['kind']:<9}{one['code']:<16}{one['name']} {_more(one)}".rstrip()
        for one in items
    ]
    return Answer({"changes": items}, lines or ["nothing changed"])


def _more(change: dict[str, object]) -> str:
    """Say what is different, or with whom a unit shares its ground."""
    what, heirs, before = (change[name] for name in ("what", "heirs", "before"))
    told = [str(one) for one in what] if isinstance(what, tuple) else []
    for sign, shares in (("→", heirs), ("←", before)):
        if isinstance(shares, tuple) and shares:
            told.append(sign + " ".join(f" {code} {share:.0%}" for code, share in shares))
    return ", ".join(told)

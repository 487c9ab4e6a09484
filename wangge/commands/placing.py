"""``wangge appeals`` and ``wangge aliases``: places put right by hand, and the names they teach."""

import argparse
from pathlib import Path

from appeals.database import Connection, reading, writing
from appeals.errors import Conflict, NotFound
from appeals.privacy import Role, Viewer
from appeals.record import Reject
from appeals.store import Filters, read_appeal, read_appeals
from geo.addresses import normalise
from geo.alias_files import read_alias_file
from geo.store import add_aliases, load_places, read_aliases, withdraw_alias
from grids.by_hand import Choice, known_aliases
from grids.hand.store import STATUSES, in_doubt, place_by_hand, read_placement, read_trail
from grids.store import load_boundaries
from wangge.arguments import Commands, add_family, add_site_command, count, datum
from wangge.site import Site, today, wall_clock
from wangge.terminal import Answer

_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "appeals")
    show = add_site_command(family, shared, "list", _list, "appeals, the newest first")
    show.add_argument("--place", choices=STATUSES, help="what became of placing them")
    show.add_argument("--limit", type=count, default=50)
    trail = add_site_command(family, shared, "trail", _trail, "all places that an appeal had")
    put = add_site_command(family, shared, "place", _place, "place one appeal by hand (改落点)")
    for one in (trail, put):
        one.add_argument("id", metavar="ID", help="number of the appeal, or its id in --source")
        one.add_argument("--source", help="take ID for the id of this source")
    put.add_argument("--lon", type=float, help="of the point, in the unit of its datum")
    put.add_argument("--lat", type=float)
    put.add_argument("--datum", type=datum, help="of the point")
    put.add_argument("--unit", metavar="CODE", help="unit that it lies in, CODE or LEVEL:CODE")
    put.add_argument("--name", default="", help="name of the place (地名), taught to the matcher")
    aliases = add_family(commands, "aliases")
    add_site_command(aliases, shared, "list", _aliases, "all names and what they lead to")
    bring = add_site_command(aliases, shared, "import", _import, "bring in a file of names")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--datum", type=datum, help="of the coordinates")
    drop = add_site_command(aliases, shared, "withdraw", _withdraw, "let a name lead nowhere")
    drop.add_argument("alias", type=count, metavar="ALIAS", help="number of the name")
    for one in (put, bring, drop):
        one.add_argument("--who", required=True, help="who says so")
        one.add_argument("--reason", required=True, help="why")


def _list(arguments: argparse.Namespace, site: Site) -> Answer:
    filters = Filters(among=None if arguments.place is None else in_doubt(arguments.place))
    with reading(site.engine) as connection:
        found = read_appeals(connection, _VIEWER, filters=filters, limit=arguments.limit)
        items = [
            one | {"place": read_placement(connection, _VIEWER, int(str(one["appeal_id"])))}
            for one in found
        ]
    lines = []
    for one in items:
        lines.append(f"{one['appeal_id']:>8} {one['source_id']}: {_where(one['place'])}")
        lines += [f"{'':>8} {said}" for said in _candidates(one["place"])]
    return Answer({"items": items}, lines or ["no appeals"])


def _number(connection: Connection, arguments: argparse.Namespace) -> int:
    if arguments.source is not None:
        filters = Filters(source=arguments.source, source_id=arguments.id)
        found = read_appeals(connection, _VIEWER, filters=filters, limit=1)
        if found:
            return int(str(found[0]["appeal_id"]))
    elif arguments.id.isascii() and arguments.id.isdecimal() and len(arguments.id) < 19:
        return int(arguments.id)
    else:
        arguments.parser.error("ID is a number; give --source for the id of a source")
    raise NotFound("there is no such appeal")


def _place(arguments: argparse.Namespace, site: Site) -> Answer:
    choice = Choice(arguments.lon, arguments.lat, arguments.datum, arguments.unit, arguments.name)
    with writing(site.engine) as connection:
        number = _number(connection, arguments)
        moved = place_by_hand(
            connection,
            number,
            choice,
            who=arguments.who,
            reason=arguments.reason,
            now=wall_clock(),
            box=site.settings.jurisdiction.bounding_box,
        )
        where = read_placement(connection, _VIEWER, number)
    lines = [_where(where) if moved.serial else "the place is the same already"]
    if moved.alias_id is not None:
        lines.append(f"the name is alias {moved.alias_id}: appeals that say it will lie here")
    elif moved.suggested_name is not None:
        lines.append(f"to teach a name as well: --name {moved.suggested_name}")
    told: dict[str, object] = {
        "changed": moved.serial is not None,
        "alias_id": moved.alias_id,
        "suggested_name": moved.suggested_name,
    }
    return Answer({"appeal_id": number, "place": where, **told}, lines)


def _trail(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        number = _number(connection, arguments)
        if read_appeal(connection, _VIEWER, number) is None:
            raise NotFound("there is no such appeal")
        items = read_trail(connection, _VIEWER, number)
    lines = [
        f"{one['version']:>3} {one['recorded_at']!s} {one['why']} by {one['who']}: {_where(one)}"
        + (f" ({one['stated_reason']})" if one["stated_reason"] else "")
        for one in items
    ]
    return Answer({"appeal_id": number, "items": items}, lines)


def _where(place: object) -> str:
    if not isinstance(place, dict):
        return "no place"
    units = "/".join(unit["name"] for unit in place["units"].values())
    point = "" if place["lon"] is None else f" {place['lon']:.6f},{place['lat']:.6f}"
    return f"{place['status']} {units}{point}" + (" by hand" if place["how"] == "hand" else "")


def _candidates(place: object) -> list[str]:
    doubted = place["candidates"] if isinstance(place, dict) else []
    return [
        f"{one['level']}:{one['code']} {one['name']}"
        + ("" if one["distance_m"] is None else f" {one['distance_m']:.0f} m away")
        for one in doubted
    ]


def _aliases(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        items = read_aliases(connection, _VIEWER)
    lines = [
        f"{one['alias_id']:>6} {one['place_name']} → "
        + str(one["means_unit"] or one["means_place"] or f"{one['lon']:.6f},{one['lat']:.6f}")
        + f" by {one['who']}: {one['stated_reason']}"
        + (" (withdrawn)" if one["withdrawn_at"] else "")
        for one in items
    ]
    return Answer({"items": items}, lines or ["no names were taught"])


def _import(arguments: argparse.Namespace, site: Site) -> Answer:
    given = read_alias_file(arguments.file, arguments.datum)
    with writing(site.engine) as connection:
        places = load_places(connection)
        units = load_boundaries(connection, today(site))
        known = {normalise(name) for name in places["name"]}
        good, rejects = known_aliases(given, known, units)
        said = {"who": arguments.who, "reason": arguments.reason}
        for row, alias in good:
            try:
                add_aliases(connection, [alias], **said, now=wall_clock())
            except Conflict as error:
                rejects.append(Reject(row, "name", str(error)))
    rejects.sort(key=lambda one: one.row)
    data = {
        "rows": given.rows,
        "accepted": given.rows - len(rejects),
        "rejected": len(rejects),
        "rejects": [{"row": r.row, "field": r.field, "reason": r.reason} for r in rejects],
    }
    lines = [f"{given.rows} rows read, {data['accepted']} names, {len(rejects)} rejected"]
    return Answer(data, [*lines, *(f"  row {r.row}: {r.field} {r.reason}" for r in rejects)])


def _withdraw(arguments: argparse.Namespace, site: Site) -> Answer:
    with writing(site.engine) as connection:
        withdraw_alias(
            connection,
            arguments.alias,
            who=arguments.who,
            reason=arguments.reason,
            now=wall_clock(),
        )
    return Answer({"alias_id": arguments.alias, "withdrawn": True}, ["withdrawn"])

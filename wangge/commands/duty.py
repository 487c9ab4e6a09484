"""``wangge duty``: rosters on a terminal."""

import argparse
from dataclasses import asdict
from pathlib import Path

from alerts.duty.imports import import_roster
from alerts.duty.roster import AHEAD, SEAT_WORDS, Seat, gaps, on_duty
from alerts.duty.store import read_contacts, read_posts, read_shifts
from api.answers import in_zone
from appeals.audit.store import append_entry
from appeals.database import reading, writing
from appeals.errors import InputError
from wangge.arguments import Commands, add_family, add_site_command
from wangge.site import Site, wall_clock
from wangge.terminal import Answer


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "duty")
    bring = add_site_command(family, shared, "import", _import, "bring in a roster")
    bring.add_argument("file", metavar="FILE", type=Path, help="XLSX or CSV, one row a shift")
    add_site_command(family, shared, "show", _show, "who is on duty, and gaps of 72 hours")


def _import(arguments: argparse.Namespace, site: Site) -> Answer:
    now = wall_clock()
    with writing(site.engine) as connection:
        table = import_roster(connection, arguments.file, site.zone)
        if table.faults:
            rows = "; ".join(f"row {one.row}: {one.field}: {one.reason}" for one in table.faults)
            raise InputError(f"{arguments.file.name}: nothing was taken: {rows}")
        detail = f"{len(table.shifts)} shifts"
        said = {"act": "import roster", "subject": "roster", "detail": detail}
        append_entry(connection, now=now, actor="terminal", **said)
    data = {"posts": len(table.posts), "people": len(table.contacts), "shifts": len(table.shifts)}
    return Answer(data, [", ".join(f"{name} {n}" for name, n in data.items())])


def _show(_: argparse.Namespace, site: Site) -> Answer:
    now = wall_clock()
    with reading(site.engine) as connection:
        posts, people = read_posts(connection), read_contacts(connection)
        shifts = read_shifts(connection, now, now + AHEAD)
    found = [in_zone(asdict(one), site.zone) for one in gaps(posts, shifts, now, now + AHEAD)]
    rows, lines = [], []
    for post in posts:
        held = {seat.value: on_duty(shifts, post.name, seat, now) for seat in Seat}
        names = {seat: people[one].name for seat, one in held.items() if one}
        rows.append({**asdict(post), "seats": names})
        words = [f"{SEAT_WORDS[Seat(seat)]} {name}" for seat, name in names.items()]
        lines.append("  ".join([post.name, post.duty, post.area or "-", *words]))
    lines += [f"gap: {one['post']} {one['begins_at']} to {one['ends_at']}" for one in found]
    return Answer({"posts": rows, "gaps": found}, lines or ["no posts"])

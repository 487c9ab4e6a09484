"""``wangge alerts``: the alert desk on a terminal."""

import argparse
from datetime import timedelta

from alerts.response.act import Said, undo, verify
from alerts.response.moves import Move
from alerts.routing import read_routing
from alerts.store import read_alert, read_alerts
from alerts.verdicts.moves import WORDS, Verdict
from alerts.verdicts.store import read_verdicts
from api.answers import in_zone
from appeals.database import reading, writing
from appeals.privacy import Role, Viewer
from grids.store import load_boundaries
from maps.marks import alert_items, signal_items
from wangge.arguments import Commands, add_family, add_site_command, count
from wangge.commands.moves import add_moves
from wangge.site import Site, today, wall_clock
from wangge.terminal import Answer

_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "alerts")
    show_all = add_site_command(family, shared, "list", _list, "alerts, the newest first")
    show_all.add_argument("--limit", type=count, default=50)
    show = add_site_command(family, shared, "show", _show, "one alert with its evidence")
    judge = add_site_command(family, shared, "verdict", _verdict, "say what an alert was worth")
    for one in (show, judge):
        one.add_argument("id", type=count)
    judge.add_argument("verdict", nargs="?", choices=[one.value for one in Verdict])
    judge.add_argument("--undo", action="store_true", help="take the verdict in force back")
    judge.add_argument("--who", default="terminal", help="a person or a post")
    judge.add_argument("--reason", default="", help="why")
    judge.add_argument("--days", type=count, help="term of what is known")
    add_moves(family, shared)


def _list(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        found = read_alerts(connection, _VIEWER, limit=arguments.limit)
        units = load_boundaries(connection, today(site))
    items = alert_items(found, units, site.zone)
    lines = [
        f"{one['id']:>6} {one['opened_at']!s} {one['level']:<6} {one['headline']}{_marks(one)}"
        for one in items
    ]
    return Answer({"items": items}, lines or ["no alerts"])


def _marks(item: dict[str, object]) -> str:
    known = [str(item[name]) for name in ("verdict", "aside") if item[name] is not None]
    return f" [{', '.join(known)}]" if known else ""


def _show(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        found = read_alert(connection, _VIEWER, arguments.id)
        said = read_verdicts(connection, _VIEWER, arguments.id)
        units = load_boundaries(connection, today(site))
    item = alert_items([found], units, site.zone)[0]
    trail = [in_zone(one, site.zone) for one in said]
    lines = [f"{name}: {value}" for name, value in item.items()]
    lines += [_said(one) for one in trail]
    signals = signal_items(found, site.zone)
    return Answer(
        {**item, "signals": signals, "verdicts": trail, "appeals": found["appeals"]}, lines
    )


def _said(one: dict[str, object]) -> str:
    verdict = str(one["verdict"])
    word = WORDS[Verdict(verdict)] if verdict in list(Verdict) else "撤回"
    until = f" until {one['until']}" if one["until"] is not None else ""
    return f"{one['at']}: {one['who']}: {verdict} {word}{until} {one['stated_reason']}".rstrip()


def _verdict(arguments: argparse.Namespace, site: Site) -> Answer:
    if arguments.undo == (arguments.verdict is not None):
        arguments.parser.error("give a verdict or --undo, one of the two")
    said = Said(arguments.who, wall_clock(), arguments.reason)
    routing = read_routing(site.settings.alerts.routing)
    with writing(site.engine) as connection:
        if arguments.undo:
            undo(connection, arguments.id, said, routing)
        else:
            term = timedelta(days=arguments.days or site.settings.alerts.known_days)
            verdict = Verdict(arguments.verdict)
            verify(connection, arguments.id, verdict, said, routing, term=term, move=Move.JUDGE)
    return _show(arguments, site)

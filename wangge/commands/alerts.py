"""``wangge alerts``: the alert desk on a terminal."""

import argparse

from alerts.store import read_alert, read_alerts
from appeals.database import reading
from appeals.privacy import Role, Viewer
from grids.store import load_boundaries
from maps.marks import alert_items, signal_items
from wangge.arguments import Commands, add_family, add_site_command, count
from wangge.site import Site, today
from wangge.terminal import Answer

_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "alerts", "the alert desk on a terminal")
    show_all = add_site_command(family, shared, "list", _list, "alerts, the newest first")
    show_all.add_argument("--limit", type=count, default=50)
    show = add_site_command(family, shared, "show", _show, "one alert with its evidence")
    show.add_argument("id", type=int)


def _list(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        found = read_alerts(connection, _VIEWER, limit=arguments.limit)
        units = load_boundaries(connection, today(site))
    items = alert_items(found, units, site.zone)
    lines = [
        f"{one['id']:>6} {one['opened_at']!s} {one['level']:<6} {one['headline']}" for one in items
    ]
    return Answer({"items": items}, lines or ["no alerts"])


def _show(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        found = read_alert(connection, _VIEWER, arguments.id)
        units = load_boundaries(connection, today(site))
    item = alert_items([found], units, site.zone)[0]
    lines = [f"{name}: {value}" for name, value in item.items()]
    return Answer(
        {**item, "signals": signal_items(found, site.zone), "appeals": found["appeals"]}, lines
    )

"""``wangge alerts``: the alert desk on a terminal."""

import argparse

from alerts.store import read_alert, read_alerts
from appeals.database import reading
from appeals.errors import NotFound
from appeals.privacy import Role, Viewer
from wangge.arguments import Commands, add_command, add_family
from wangge.site import open_site
from wangge.terminal import Answer

_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "alerts", "the alert desk on a terminal")
    show_all = add_command(family, shared, "list", _list, "alerts, the newest first")
    show_all.add_argument("--state", help="only those of this state")
    show_all.add_argument("--limit", type=int, default=50)
    show = add_command(family, shared, "show", _show, "one alert with its evidence")
    show.add_argument("id", type=int)


def _list(arguments: argparse.Namespace) -> Answer:
    site = open_site(arguments.config)
    with reading(site.engine) as connection:
        items = read_alerts(connection, _VIEWER, state=arguments.state, limit=arguments.limit)
    lines = [
        f"{one['id']:>6} {one['opened_at']:%Y-%m-%d %H:%M} {one['level']:<6} {one['headline']}"
        for one in items
    ]
    return Answer({"items": items}, lines or ["no alerts"])


def _show(arguments: argparse.Namespace) -> Answer:
    site = open_site(arguments.config)
    with reading(site.engine) as connection:
        found = read_alert(connection, _VIEWER, arguments.id)
    if found is None:
        raise NotFound(f"there is no alert {arguments.id}")
    return Answer(found, [f"{name}: {value}" for name, value in found.items()])

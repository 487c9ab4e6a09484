"""``wangge views``: borders and published counts for a GIS program that opens the database."""

import argparse

from appeals.database import writing
from grids.gis.store import drop_views, make_views
from wangge.arguments import Commands, add_site_command
from wangge.site import Site
from wangge.terminal import Answer


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    views = add_site_command(commands, shared, "views", _views)
    views.add_argument("--reader", metavar="ROLE", help="a role of the database that may read them")
    views.add_argument("--drop", action="store_true", help="take them away")


def _views(arguments: argparse.Namespace, site: Site) -> Answer:
    with writing(site.engine) as connection:
        if arguments.drop:
            drop_views(connection)
            return Answer({"views": []}, ["the views are gone"])
        made = make_views(connection, arguments.reader)
    return Answer({"views": made}, made)

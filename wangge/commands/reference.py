"""``wangge classes import`` and ``wangge calendar import``: what counts are read by."""

import argparse
from pathlib import Path

from appeals.calendar import read_calendar
from appeals.categories import read_class_tree, read_crosswalk
from appeals.database import writing
from appeals.store import add_calendar, add_classes, add_crosswalk
from wangge.arguments import Commands, add_family, add_site_command
from wangge.site import Site
from wangge.terminal import Answer


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    classes = add_family(commands, "classes")
    tree = add_site_command(classes, shared, "import", _classes, "bring in a tree, or a crosswalk")
    tree.add_argument("file", type=Path, metavar="FILE")
    tree.add_argument("--edition", help="name of this edition; the file's name without it")
    tree.add_argument(
        "--crosswalk", action="store_true", help="the file says which old code is which new one"
    )
    days = add_family(commands, "calendar")
    bring = add_site_command(days, shared, "import", _calendar, "bring in a year's days")
    bring.add_argument("file", type=Path, metavar="FILE")


def _classes(arguments: argparse.Namespace, site: Site) -> Answer:
    edition = arguments.edition or arguments.file.name.split(".")[0]
    if arguments.crosswalk:
        crosswalk = read_crosswalk(arguments.file)
        with writing(site.engine) as connection:
            n = add_crosswalk(connection, crosswalk, edition)
        return Answer({"codes": n, "edition": edition}, [f"{n} codes carried over"])
    tree = read_class_tree(arguments.file)
    with writing(site.engine) as connection:
        n = add_classes(connection, tree, edition)
    return Answer({"classes": n, "edition": edition}, [f"{n} classes"])


def _calendar(arguments: argparse.Namespace, site: Site) -> Answer:
    entries = read_calendar(arguments.file)
    with writing(site.engine) as connection:
        n = add_calendar(connection, entries)
    return Answer({"days": n}, [f"{n} days"])

"""``wangge units``: boundaries in, their check report, and what there is."""

import argparse
from datetime import date
from pathlib import Path

from appeals.database import reading, writing
from grids.store import add_units, load_boundaries
from wangge.arguments import UNIT_LEVELS, Commands, add_command, add_family, datum, day
from wangge.site import Site, open_site, wall_clock
from wangge.terminal import Answer

# The first edition of a level holds for appeals of any age.
_EVER = date(1900, 1, 1)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    units = add_family(commands, "units", "boundaries of districts, streets, communities, grids")
    bring = add_command(units, shared, "import", _import, "bring in the units of one level")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--level", required=True, choices=UNIT_LEVELS)
    bring.add_argument("--code", metavar="F", help="column of the code; made by rule without one")
    bring.add_argument("--name", metavar="F", help="column of the name")
    bring.add_argument("--parent", metavar="F", help="column of the parent's name or code")
    bring.add_argument("--datum", type=datum, help="of the coordinates")
    bring.add_argument("--encoding", help="of text in a shapefile or CSV")
    bring.add_argument("--valid-from", type=day, metavar="DATE")
    add_command(units, shared, "check", _check, "the check report again")
    show = add_command(units, shared, "list", _list, "the units that hold today")
    show.add_argument("--level", choices=UNIT_LEVELS)


def _import(arguments: argparse.Namespace) -> Answer:
    from grids.read import read_layer  # geopandas is heavy: only where a layer is read

    site = open_site(arguments.config)
    layer = read_layer(
        arguments.file,
        level=arguments.level,
        code=arguments.code,
        name=arguments.name,
        parent=arguments.parent,
        datum=arguments.datum,
        encoding=arguments.encoding,
    )
    raise NotImplementedError


def _today(site: Site) -> date:
    return wall_clock().astimezone(site.zone).date()


def _check(arguments: argparse.Namespace) -> Answer:
    raise NotImplementedError


def _list(arguments: argparse.Namespace) -> Answer:
    site = open_site(arguments.config)
    with reading(site.engine) as connection:
        units = load_boundaries(connection, _today(site))
    raise NotImplementedError


_ = (writing, add_units, _EVER)

"""``wangge export``: a layer of the catalogue as a file for other hands."""

import argparse
from pathlib import Path

from appeals.database import reading
from appeals.privacy import Role, Viewer
from maps.asking import LEVELS
from maps.catalogue import CATALOGUE, Asked, read_layer
from maps.export import export
from wangge.arguments import Commands, add_site_command
from wangge.commands.maps import add_filters
from wangge.site import Site, today
from wangge.terminal import Answer

_ALL = 1_000_000
_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    layer = add_site_command(commands, shared, "export", _export)
    layer.add_argument("layer", metavar="LAYER", choices=(*LEVELS, *CATALOGUE))
    layer.add_argument("-o", dest="output", type=Path, metavar="FILE", required=True)
    layer.add_argument("--format", help="without it the file's name decides")
    layer.add_argument("--crs", metavar="EPSG:…")
    layer.add_argument("--within", metavar="CODE", help="only what lies in the unit of this code")
    add_filters(layer)


def _export(arguments: argparse.Namespace, site: Site) -> Answer:
    # A level by itself is its hot spots.
    name = f"hotspots-{arguments.layer}" if arguments.layer in LEVELS else arguments.layer
    asked = Asked(
        _VIEWER,
        today(site),
        site.zone,
        site.office,
        month=arguments.month,
        class_code=arguments.category,
        reading=arguments.reading,
        first_reports=arguments.first_reports,
        within=arguments.within,
        most=_ALL,
    )
    with reading(site.engine) as connection:
        read = read_layer(name, connection, asked)
    done = export(
        read.layer,
        arguments.output,
        format=arguments.format,
        crs=arguments.crs,
        layer_name=arguments.layer,
        notes=read.notes,
    )
    features = len(read.layer)
    lost = [one.on_terminal for one in done.lost]
    data = {"layer": name, "file": done.path, "features": features, "lost": lost}
    return Answer(data, [f"{features} features in {done.path}", *lost])

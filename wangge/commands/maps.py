"""``wangge hotspots`` and ``wangge export``: tables and layers for other hands."""

import argparse
from pathlib import Path

import geopandas as gpd

from alerts.store import read_alerts
from appeals.database import Connection, reading
from appeals.privacy import Role, Viewer
from grids.store import load_boundaries
from hotspots.table import HotspotTable
from maps.answer import answer_of
from maps.asking import LEVELS, Question, question
from maps.atlas import layer_of, table_of
from maps.export import export
from maps.layers import alert_layer, hide_small
from maps.marks import alert_items
from maps.wording import READING_NAMES
from wangge.arguments import Commands, add_site_command, month
from wangge.site import Site, today
from wangge.terminal import Answer

_ALL = 1_000_000
_VIEWER = Viewer(actor="terminal", role=Role.OPERATOR)


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    spots = add_site_command(
        commands, shared, "hotspots", _hotspots, "places ranked for a month (热点)"
    )
    spots.add_argument("--level", required=True, choices=LEVELS)
    _filters(spots)
    spots.add_argument("-o", dest="output", type=Path, metavar="FILE")
    layer = add_site_command(commands, shared, "export", _export, "a layer as a file")
    layer.add_argument("layer", metavar="LAYER", choices=(*LEVELS, "alerts"))
    layer.add_argument("-o", dest="output", type=Path, metavar="FILE", required=True)
    layer.add_argument("--format", help="without it the file's name decides")
    layer.add_argument("--crs", metavar="EPSG:…")
    _filters(layer)


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--month", type=month, metavar="YYYY-MM", help="the newest without it")
    parser.add_argument("--category", metavar="C", help="a class and those below it")
    parser.add_argument(
        "--reading",
        choices=("lies", "sent"),
        default="lies",
        help="where appeals lie (属地口径) or the unit they were sent to (派单口径)",
    )
    parser.add_argument(
        "--first-reports",
        choices=("place", "caller"),
        help="leave out repeats within 30 days of one place or of one caller",
    )


def _question(
    site: Site, connection: Connection, level: str, asked: argparse.Namespace
) -> Question:
    return question(
        connection,
        level,
        asked.month,
        site.office,
        reading=asked.reading,
        class_code=asked.category,
        first_reports=asked.first_reports,
    )


def _hotspots(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        asked = _question(site, connection, arguments.level, arguments)
        table = table_of(connection, asked)
        shapes = layer_of(connection, table) if arguments.output is not None else None
    if shapes is not None:
        export(shapes, arguments.output, layer_name=f"hotspots {asked.level}")
    data = answer_of(table, asked) | {"file": arguments.output}
    shown = hide_small(table.rows)[["rank", "name", "n", "rate", "growth"]].head(20)
    return Answer(data, [*_totals(table), *shown.to_string(index=False).splitlines()])


def _totals(table: HotspotTable) -> list[str]:
    """Say what the figures are: the total is the 受理量 of the pages, the rows leave out some."""
    this = table.months.this
    received = table.n + table.n_not_placeable + table.n_sinks
    sinks = f", on sinks {table.n_sinks}" if table.n_sinks else ""
    return [
        f"{this.first} to {this.last}, {READING_NAMES[table.reading]} ({table.reading})",
        f"received (受理量) {received}: at this level {table.n}, "
        f"not placeable {table.n_not_placeable}{sinks}",
    ]


def _export(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        layer = _layer(site, connection, arguments)
    done = export(
        layer,
        arguments.output,
        format=arguments.format,
        crs=arguments.crs,
        layer_name=arguments.layer,
    )
    data = {"layer": arguments.layer, "file": done.path, "features": len(layer), "lost": done.lost}
    return Answer(data, [f"{len(layer)} features in {done.path}", *done.lost])


def _layer(site: Site, connection: Connection, asked: argparse.Namespace) -> gpd.GeoDataFrame:
    if asked.layer == "alerts":
        found = read_alerts(connection, _VIEWER, limit=_ALL)
        units = load_boundaries(connection, today(site))
        return alert_layer(alert_items(found, units, site.zone))
    return layer_of(
        connection, table_of(connection, _question(site, connection, asked.layer, asked))
    )

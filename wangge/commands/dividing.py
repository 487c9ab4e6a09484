"""``wangge units divide``: grids made where a city has none."""

import argparse
from pathlib import Path

import geopandas as gpd
import numpy as np

from appeals.database import Connection, writing
from appeals.errors import InputError
from geo.datums import to_wgs84
from geo.store import load_places
from grids.boundaries import Boundaries
from grids.buildings import read_buildings, read_lines
from grids.divide import Buildings, Division, divide
from grids.findings import make_report
from grids.made import grid_layer
from grids.store import add_units, load_boundaries
from grids.units.store import all_units
from maps.export import export
from wangge.arguments import Commands, add_site_command, count, datum, day
from wangge.commands.units_report import first_day
from wangge.site import Site, today
from wangge.terminal import Answer

GAZETTEER = "gazetteer"
_HOMES = ("compound", "building", "plate")


def register_divide(units: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    make = add_site_command(units, shared, "divide", _divide, "make grids where there are none")
    make.add_argument("--from", dest="level", choices=("community",), required=True)
    make.add_argument("--households", type=count, default=400, help="of a grid; default 400")
    make.add_argument(
        "--buildings",
        metavar="FILE",
        help=f"where the households are: a layer or table, or the word {GAZETTEER}",
    )
    make.add_argument("--roads", type=Path, metavar="FILE", help="lines that borders follow")
    make.add_argument("--datum", type=datum, help="of the coordinates in these files")
    make.add_argument("--valid-from", type=day, metavar="DATE", help="as of `units import`")
    make.add_argument("-o", dest="output", type=Path, metavar="FILE", help="the grids as a layer")
    make.add_argument("--dry-run", action="store_true", help="store nothing")


def _divide(arguments: argparse.Namespace, site: Site) -> Answer:
    asked: int = arguments.households
    roads = [] if arguments.roads is None else read_lines(arguments.roads, arguments.datum)
    with writing(site.engine) as connection:
        known = load_boundaries(connection, today(site))
        communities = _without_grids(known)
        buildings = _buildings(arguments, connection)
        division = divide(communities, asked, buildings, roads)
        ever = all_units(connection)
        used = ever.loc[ever["level"] == "grid", "code"].tolist()
        layer = grid_layer(division, communities, used)
        first = arguments.valid_from or first_day(known, "grid", site)
        if not arguments.dry_run:
            jurisdiction = site.settings.jurisdiction.code
            add_units(connection, layer, "grid", first, jurisdiction=jurisdiction)
    if arguments.output is not None:
        export(layer, arguments.output, layer_name="grids")
    report = make_report("grid", len(layer), division.listed)
    figures = _figures(division, asked, len(communities))
    data = {
        **figures,
        "stored": not arguments.dry_run,
        "valid_from": first,
        "file": arguments.output,
        "totals": report.to_json()["totals"],
        "listed": [finding.to_json() for finding in report.findings],
    }
    said = (
        f"{figures['grids']} grids in {figures['communities']} communities; households: median "
        f"{figures['median']}, from {figures['least']} to {figures['most']} (asked for {asked}); "
        f"roundness (Polsby-Popper): median {figures['roundness']}"
    )
    return Answer(data, [*report.lines(), said])


def _without_grids(units: Boundaries) -> gpd.GeoDataFrame:
    communities = units.frame("community")
    communities = communities[communities.geometry.notna()]
    if not len(communities):
        raise InputError("there are no communities with borders: bring them in with units import")
    held = set(units.frame("grid")["parent_id"].dropna().astype(int))
    waiting = communities[~communities["unit_id"].astype(int).isin(held)]
    if not len(waiting):
        raise InputError("every community has grids already")
    return waiting.reset_index(drop=True)


def _buildings(arguments: argparse.Namespace, connection: Connection) -> Buildings | None:
    if arguments.buildings is None:
        return None
    if arguments.buildings != GAZETTEER:
        return read_buildings(Path(arguments.buildings), arguments.datum)
    places = load_places(connection)
    homes = places[places["kind"].isin(_HOMES)]
    points = np.column_stack(to_wgs84(homes["lon"].to_numpy(), homes["lat"].to_numpy(), "wgs84"))
    return Buildings(points, np.ones(len(homes)), counted=False)


def _figures(division: Division, asked: int, communities: int) -> dict[str, object]:
    households, round_of = (division.grids[name] for name in ("households", "roundness"))
    return {
        "grids": len(division.grids),
        "communities": communities,
        "asked": asked,
        "median": round(float(households.median()), 1),
        "least": round(float(households.min()), 1),
        "most": round(float(households.max()), 1),
        "roundness": round(float(round_of.median()), 3),
        "roundness_lowest_tenth": round(float(round_of.quantile(0.1)), 3),
    }

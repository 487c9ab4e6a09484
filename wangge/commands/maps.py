"""``wangge hotspots``: places ranked for a month."""

import argparse
from pathlib import Path
from typing import Final

import pandas as pd

from appeals.database import Connection, reading
from hotspots.table import HotspotTable
from maps.answer import answer_of
from maps.asking import LEVELS, Question, question
from maps.atlas import layer_of, table_of
from maps.export import export
from maps.layers import hide_small
from maps.wording import READING_NAMES, count_text, growth_short
from wangge.arguments import Commands, add_site_command, month
from wangge.site import Site
from wangge.terminal import Answer

_SHOWN: Final = 20


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    spots = add_site_command(commands, shared, "hotspots", _hotspots)
    spots.add_argument("--level", required=True, choices=LEVELS)
    add_filters(spots)
    spots.add_argument("-o", dest="output", type=Path, metavar="FILE")


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add what narrows a hot-spot table."""
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
    return Answer(data, [*_totals(table), *_ranking(table, arguments.level)])


def _ranking(table: HotspotTable, level: str) -> list[str]:
    """Write the first places out: rank with its interval, figures, and what is said of each."""
    lines = []
    for row in hide_small(table.rows).head(_SHOWN).to_dict("records"):
        small = bool(row["small"])
        said = [
            word
            for word, holds in (("突增", row["surge"]), ("集中", row["concentrated"]))
            if holds and not small
        ]
        rank = "" if small else f"{row['rank']:.0f}"
        between = "" if small else f"{row['rank_low']:.0f}-{row['rank_high']:.0f}"
        rate = "" if pd.isna(row["rate"]) else f"{row['rate']:.1f}"
        growth = growth_short(row["growth"], sure=bool(row["growth_sure"]))
        count = count_text(row["n"], small=small)
        figures = f"{rank:>5} {between:>9} {count:>10} {rate:>8} {growth:>6}"
        lines.append(f"{figures}  {row['name'] or row['code']} {' '.join(said)}")
    if table.rows.empty:
        return [f"no place of this level is known: `wangge units list --level {level}`"]
    return [f"{'rank':>5} {'90%':>9} {'n':>10} {'/1000':>8} {'环比':>4}", *map(str.rstrip, lines)]


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

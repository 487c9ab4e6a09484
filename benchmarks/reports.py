"""Reports of a year of appeals: from the stored counts to the files, in seconds of the processor.

A made-up city of streets and communities gets a year of counts, as many as that many appeals leave
behind, written straight into the tables of counts: what is measured reads counts, never appeals.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from appeals.database import (
    Connection,
    insert,
    open_database,
    reading,
    upgrade_schema,
    writing,
)
from appeals.privacy import Role, Viewer
from benchmarks.result import Result
from grids.handled.store import HANDLED
from grids.store import COUNTS, add_units, load_boundaries
from hotspots.periods import Reckoning, Step
from maps.report.gather import gather
from maps.report.papers import paper_of
from maps.report.write import FORMS, write_report

SUMMARY = "reports of a year of two million appeals in four forms, seconds of the processor"

YEAR = 2025
_CLASSES = 100
_NOW = datetime(2026, 1, 2, 8, tzinfo=UTC)
_VIEWER = Viewer("bench", Role.OPERATOR)
_OUTCOMES = [
    dict(zip(("route", "contacted", "solved", "satisfied", "left_out"), said, strict=True))
    for said in (
        ("direct", "", "", "", False),
        ("dispatched", "yes", "no", "no", False),
        ("dispatched", "yes", "yes", "unrated", False),
        ("dispatched", "yes", "yes", "yes", False),
        ("dispatched", "yes", "no", "no", True),
    )
]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Ids of streets and communities, and the number of each community's street."""

    streets: Ints
    communities: Ints
    street_of: Ints


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Make the options known."""
    parser.add_argument("--appeals", type=int, default=2_000_000, help="of a year")
    parser.add_argument(
        "--years", type=int, choices=(1, 2), default=1, help="2: compared with the year before"
    )
    parser.add_argument("--streets", type=int, default=350)
    parser.add_argument("--communities", type=int, default=20, help="of a street")
    parser.add_argument("--seed", type=int, default=1)


def run(arguments: argparse.Namespace) -> Result:
    """Make the counts, then each report in each form."""
    with TemporaryDirectory(prefix="wangge-") as folder:
        file = Path(folder) / "bench.db"
        engine = open_database(f"sqlite:///{file}")
        upgrade_schema(engine)
        with writing(engine) as connection:
            units = _bring_units(connection, arguments.streets, arguments.communities)
            chance = np.random.default_rng(arguments.seed)
            for year in range(YEAR - arguments.years + 1, YEAR + 1):
                _bring_counts(connection, units, year, arguments.appeals, chance)
        rows = []
        for step in get_args(Step):
            with reading(engine) as connection:
                rows.append(_one(connection, step, Path(folder)))
        engine.dispose()
        size_mb = file.stat().st_size / 1e6
    head = (
        f"{arguments.appeals:,} appeals a year, {arguments.years} year(s), {arguments.streets} "
        f"streets, {len(units.communities):,} communities, {size_mb:,.0f} MB of counts"
    )
    titles = ["facts", *FORMS, "all", "clock"]
    lines = [head, "CPU seconds  " + "".join(f"{title:>8}" for title in titles)]
    for row in rows:
        figures = "".join(f"{row[title]:8.2f}" for title in titles)
        lines.append(f"{row['report']:<13}{figures}   received {row['received']:,}")
    return Result({"appeals": arguments.appeals, "size_mb": size_mb, "reports": rows}, lines)


def _one(connection: Connection, step: Step, folder: Path) -> dict[str, object]:
    """Make one report in all forms; seconds of the processor by what was made, and of the clock."""
    day = date(YEAR, 12, 31)
    started, begun = time.perf_counter(), time.process_time()
    facts = gather(connection, _VIEWER, step, day, Reckoning(), office="样板市", now=_NOW)
    paper = paper_of(facts)
    seconds = {"facts": time.process_time() - begun}
    for form in FORMS:
        begun = time.process_time()
        write_report(paper, folder / f"{step}.{form}")
        seconds[form] = time.process_time() - begun
    every = sum(seconds.values())
    clock = time.perf_counter() - started
    return {"report": step, "received": facts.received(), **seconds, "all": every, "clock": clock}


def _bring_units(connection: Connection, streets: int, communities: int) -> Units:
    """Lay out one row of streets, each with its communities above each other."""
    day = date(2020, 1, 1)
    west, south = 111 + 0.01 * np.arange(streets), np.full(streets, 30.0)
    codes = [f"990101{number:03d}" for number in range(1, streets + 1)]
    boxes = shapely.box(west, south, west + 0.01, south + 0.01 * communities)
    add_units(connection, _layer(codes, [None] * streets, boxes), "street", day)
    number = np.arange(streets * communities)
    at, row = number // communities, number % communities
    low = 30.0 + 0.01 * row
    boxes = shapely.box(west[at], low, west[at] + 0.01, low + 0.01)
    below = [f"{codes[one]}{other + 1:03d}" for one, other in zip(at, row, strict=True)]
    parents = [f"街道{codes[one]}" for one in at]
    add_units(connection, _layer(below, parents, boxes), "community", day)
    units = load_boundaries(connection, day)
    both = (units.frame(level)["unit_id"].to_numpy(np.int64) for level in ("street", "community"))
    street_ids, community_ids = both
    return Units(street_ids, community_ids, at)


def _layer(codes: list[str], parents: Sequence[str | None], boxes: object) -> gpd.GeoDataFrame:
    frame = pd.DataFrame(
        {
            "code": codes,
            "name": [f"街道{code}" if len(code) == 9 else f"社区{code}" for code in codes],
            "parent": parents,
        },
        dtype=object,
    )
    households = pd.array([1500 * (20 if len(code) == 9 else 1) for code in codes], dtype="Int64")
    people = pd.array([None] * len(codes), dtype="Int64")
    filled = frame.assign(households=households, people=people)
    return gpd.GeoDataFrame(filled, geometry=boxes, crs="EPSG:4326")


def _bring_counts(
    connection: Connection, units: Units, year: int, appeals: int, chance: np.random.Generator
) -> None:
    """Write the counts that appeals of a year leave behind, month by month."""
    first = date(year, 1, 1)
    days = (date(year + 1, 1, 1) - first).days
    weight = 1 / (1 + np.arange(_CLASSES))
    where = chance.gamma(1.0, size=len(units.communities))
    for begin in range(0, days, 30):
        stretch = min(30, days - begin)
        n = appeals * stretch // days
        day = begin + chance.integers(0, stretch, n)
        hour = chance.integers(0, 24, n)
        kind = chance.choice(_CLASSES, n, p=weight / weight.sum())
        at = chance.choice(len(where), n, p=where / where.sum())
        street = units.streets[units.street_of[at]]
        said = chance.choice(len(_OUTCOMES), n, p=(0.3, 0.1, 0.1, 0.45, 0.05))
        keys = {
            "city": np.zeros(n, np.int64),
            "street": street,
            "community": units.communities[at],
        }
        for area_kind, area in keys.items():
            rows = _counted(day, area, hour, kind)
            insert(
                connection,
                COUNTS,
                [
                    {
                        "area_kind": area_kind, "reading": "lies",
                        "local_day": first + timedelta(days=d), "area": a, "hour": h,
                        "class_code": _class(k), "kind": "complaint", "n": m,
                    }
                    for d, a, h, k, m in rows
                ],
            )  # fmt: skip
        rows = _counted(day, hour, kind, at, said)
        insert(
            connection,
            HANDLED,
            [
                {
                    "local_day": first + timedelta(days=d), "local_hour": h,
                    "class_code": _class(k), "district_id": 0,
                    "street_id": int(units.streets[units.street_of[a]]),
                    "community_id": int(units.communities[a]),
                    "sent_unit_id": int(units.streets[units.street_of[a]]),
                    **_OUTCOMES[s], "n": m,
                }
                for d, h, k, a, s, m in rows
            ],
        )  # fmt: skip


def _counted(*columns: Ints) -> Iterator[tuple[int, ...]]:
    """Count rows that are alike, in the order of their columns."""
    order = np.lexsort(columns[::-1])
    stacked = np.column_stack(columns)[order]
    new = np.ones(len(stacked), dtype=bool)
    new[1:] = (stacked[1:] != stacked[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    counts = np.diff(np.append(starts, len(stacked)))
    for row, n in zip(stacked[starts].tolist(), counts.tolist(), strict=True):
        yield (*row, n)


def _class(number: int) -> str:
    return f"大类{number // 20}/中类{number // 5}/小类{number}"

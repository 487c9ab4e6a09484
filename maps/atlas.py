"""From the stores to a table or a layer: hot spots of one level for one statistical month."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

import geopandas as gpd
import pandas as pd

from appeals.calendar import month_of, month_span
from appeals.database import Connection
from appeals.errors import InputError
from grids.boundaries import Boundaries
from grids.store import counted_days, day_counts, load_boundaries, sink_counts, unit_versions
from hotspots.months import Months, months
from hotspots.periods import Span
from hotspots.places import PLACE_COLUMNS, cell_places, ring
from hotspots.table import HotspotTable, Reading, hotspot_table
from maps.layers import cell_layer, hide_small, unit_layer

UNIT_LEVELS: Final = ("district", "street", "community", "grid")
CELL_LEVELS: Final = ("h3-8", "h3-9", "h3-10")
LEVELS: Final = (*UNIT_LEVELS, *CELL_LEVELS)


@dataclass(frozen=True, slots=True)
class Question:
    """What a hot-spot table is asked for.

    ``level`` is one of ``LEVELS``, ``reading`` is ``lies`` (属地口径) or ``sent`` (派单口径);
    ``class_code`` keeps a class and those below it; ``month_start`` is the first day of the
    statistical month (统计周期).
    """

    level: str
    year: int
    month: int
    reading: Reading = "lies"
    class_code: str | None = None
    kinds: tuple[str, ...] | None = None
    month_start: int = 1


def question(
    connection: Connection,
    level: str,
    month: tuple[int, int] | None,
    *,
    reading: Reading = "lies",
    class_code: str | None = None,
    month_start: int = 1,
) -> Question:
    """Put a question together; without a month (year, number) it is the newest one with data.

    Raises
    ------
    InputError
        No month is given and there are no data.
    """
    wanted = month or newest_month(connection, month_start)
    if wanted is None:
        raise InputError("month: there are no appeals yet")
    return Question(level, *wanted, reading, class_code, None, month_start)


def answer_of(table: HotspotTable, asked: Question) -> dict[str, object]:
    """Write a table out for a script: what was asked, the totals, one item a place.

    Small counts are hidden.
    """
    rows = hide_small(table.rows).drop(columns=["area"])
    return {
        "level": asked.level,
        "month": f"{asked.year}-{asked.month:02d}",
        "first_day": table.months.this.first,
        "last_day": table.months.this.last,
        "reading": table.reading,
        "category": asked.class_code,
        "n": table.n,
        "n_not_placeable": table.n_not_placeable,
        "n_sinks": table.n_sinks,
        "items": json.loads(rows.to_json(orient="records", force_ascii=False)),
    }


def newest_month(connection: Connection, month_start: int) -> tuple[int, int] | None:
    """Give the statistical month of the newest day with data, ``None`` where there are none."""
    days = counted_days(connection)
    if days is None:
        return None
    return month_of(days[1], month_start)


def months_with_data(
    connection: Connection, month_start: int, *, most: int = 24
) -> list[tuple[str, Span]]:
    """Give the statistical months between the first and the last appeal, the newest first.

    Returns
    -------
    list
        ``YYYY-MM`` and the days counted: from the month's first day, to its last or to the last day
        with data.
    """
    days = counted_days(connection)
    found: list[tuple[str, Span]] = []
    if days is None:
        return found
    year, month = month_of(days[1], month_start)
    while len(found) < most:
        first, last = month_span(year, month, month_start)
        if last < days[0]:
            break
        found.append((f"{year}-{month:02d}", Span(first, min(last, days[1]))))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found


def table_of(connection: Connection, asked: Question) -> HotspotTable:
    """Rank the places of one level for one month, out of the counts.

    Raises
    ------
    InputError
        The level is unknown, cells are asked for by where appeals were sent, or there are no data
        in that month.
    """
    if asked.level not in LEVELS:
        raise InputError(f"level: {asked.level} is none of {', '.join(LEVELS)}")
    by_cell = asked.level in CELL_LEVELS
    if by_cell and asked.reading == "sent":
        raise InputError("reading: an appeal is sent to a unit, never to a cell")
    spans, first = _spans(connection, asked)
    units = load_boundaries(connection, spans.this.last)
    area_kind = asked.level.replace("h3-", "cell_")
    days = first, spans.this.last
    what = asked.class_code, asked.kinds
    counts, city = (
        day_counts(connection, kind, days, asked.reading, *what) for kind in (area_kind, "city")
    )
    areas = counts["area"].unique()
    return hotspot_table(
        counts,
        cell_places(areas) if by_cell else _places(connection, asked.level, days[1], areas),
        spans,
        level=asked.level,
        reading=asked.reading,
        city=city,
        class_code=asked.class_code,
        kinds=asked.kinds,
        sinks=sink_counts(connection, area_kind, days, *what) if by_cell else None,
        around=ring if by_cell else _next_to(units, asked.level),
        study_m2=_whole_m2(units) if by_cell else None,
    )


def layer_of(connection: Connection, table: HotspotTable, *, hide: bool = True) -> gpd.GeoDataFrame:
    """Give a table its shapes: WGS84, longitude first, columns of ``maps.layers.LAYER_COLUMNS``."""
    if table.level in CELL_LEVELS:
        return cell_layer(table, hide=hide)
    units = load_boundaries(connection, table.months.this.last).frame(table.level)
    shapes = units[["unit_id", "geometry"]].rename(columns={"unit_id": "area"})
    return unit_layer(shapes, table, hide=hide)


def _spans(connection: Connection, asked: Question) -> tuple[Months, date]:
    days = counted_days(connection)
    if days is None:
        raise InputError("month: there are no appeals yet")

    def span(year: int, month: int) -> tuple[date, date]:
        return month_span(year, month, asked.month_start)

    if span(asked.year, asked.month)[1] < days[0]:
        raise InputError(f"month: {asked.year}-{asked.month:02d} lies before the first appeal")
    try:
        spans = months(asked.year, asked.month, span, data_from=days[0], data_to=days[1])
    except ValueError as error:
        raise InputError(f"month: {error}") from error
    return spans, days[0]


def _places(
    connection: Connection, level: str, day: date, counted: Collection[int]
) -> pd.DataFrame:
    """Give the units that hold on a day, and those that have ended but are counted."""
    versions = unit_versions(connection, level, day).rename(columns={"unit_id": "area"})
    listed = versions["holds"] | versions["area"].isin(counted)
    whole = versions.loc[listed, list(PLACE_COLUMNS)]
    return whole.astype({"households": "Float64"}).astype({"households": "float64"})


def _whole_m2(units: Boundaries) -> float | None:
    """Give the area of the jurisdiction: cells without appeals are not listed, yet belong to it."""
    for level in units.levels:
        areas = units.frame(level)["area_m2"].dropna()
        if len(areas):
            return float(areas.sum())
    return None


def _next_to(units: Boundaries, level: str) -> Callable[[int], Collection[int]] | None:
    """Give a function that lists the units which touch a unit, ``None`` without borders."""
    layer = units.layers.get(level)
    if layer is None or len(layer.rows) < len(units.frame(level)):
        return None
    one, other = layer.tree.query(layer.shapes, predicate="intersects")
    ids = units.ids[layer.rows]
    touching: dict[int, list[int]] = {int(unit): [] for unit in ids}
    for a, b in zip(ids[one].tolist(), ids[other].tolist(), strict=True):
        if a != b:
            touching[a].append(b)
    return lambda unit: touching.get(unit, [])

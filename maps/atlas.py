"""From the stores to a table or a layer: hot spots of one level for one statistical month."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from appeals.database import Connection
from geo.cells import cell_name, cell_polygon
from grids.boundaries import Boundaries
from grids.cube import CUBE, DAY_ONLY
from grids.place import place_points
from grids.store import load_boundaries, sink_counts, unit_versions
from grids.totals.store import told_again, totals
from grids.units.store import level_units
from hotspots.cube import About, Cube, build
from hotspots.measures import day_dispersion
from hotspots.months import Months
from hotspots.periods import Span, period_numbers
from hotspots.places import PLACE_COLUMNS, cell_places, ring
from hotspots.repeats import first_reports
from hotspots.table import HotspotTable, hotspot_table
from maps.asking import CELL_LEVELS, Question, Times, times_of, whole_city
from maps.cuts import Drawn
from maps.layers import SMALL_BELOW, cell_layer, unit_layer
from maps.palette import limits


def table_of(connection: Connection, asked: Question) -> HotspotTable:
    """Rank the places of one level for one month, out of the counts.

    Raises
    ------
    InputError
        There are no data, or none in that month.
    """
    times = times_of(connection, asked)
    units = load_boundaries(connection, times.months.this.last)
    counts = _read(connection, asked, times)
    every = counts
    if asked.class_code is not None:
        every = _read(connection, whole_city(asked), times)
    counted = np.union1d(counts.level["area"], every.level["area"])
    places = _places(connection, asked, times.days[1], counted)
    if asked.by_cell:
        places = _named_cells(places, units)

    def cube(of: _Counts, spans: Sequence[Span]) -> Cube:
        return _cube(of, spans, asked, times, places)

    months = times.months
    return hotspot_table(
        cube(counts, months.whole),
        places,
        like=cube(counts, months.like) if months.like != months.whole else None,
        weeks=cube(counts, times.weeks) if times.weeks else None,
        every=cube(every, months.whole) if asked.class_code is not None else None,
        class_code=asked.class_code,
        around=ring if asked.by_cell else touching(units, asked.level),
        study_m2=_whole_m2(units) if asked.by_cell else None,
        day_scatter=_day_scatter(counts.city, months),
    )


def course_of(connection: Connection, asked: Question) -> dict[str, object]:
    """Give the counts of all places, an array a month, for a slider: small ones are None.

    ``limits`` are class limits of all months together, so that a colour means the same in each.
    """
    times = times_of(connection, asked)
    spans = times.months.whole
    places, n = counts_by_month(connection, asked, times)
    small = (n > 0) & (n < SMALL_BELOW)
    ends = [asked.office.reckoning.month_of(span.last) for span in spans]
    return {
        "level": asked.level,
        "months": [f"{year:04d}-{month:02d}" for year, month in ends],
        "spans": [[span.first, span.last] for span in spans],
        "limits": list(limits(n[~small].astype(np.float64), whole=True)),
        "code": places["code"].tolist(),
        "n": np.where(small, np.array(None), n).T.tolist(),
    }


def counts_by_month(
    connection: Connection, asked: Question, times: Times
) -> tuple[pd.DataFrame, npt.NDArray[np.int64]]:
    """Give the places of a level and their counts by month, shape (n, months), row by row."""
    counts = _read(connection, asked, times)
    places = _places(connection, asked, times.days[1], counts.level["area"])
    cube = _cube(counts, times.months.whole, asked, times, places)
    ordered = places.set_index("area").loc[cube.areas].reset_index()
    return ordered, cube.of(asked.class_code)


def layer_of(connection: Connection, table: HotspotTable, *, hide: bool = True) -> gpd.GeoDataFrame:
    """Give a table its shapes: WGS84, longitude first, columns of ``maps.layers.LAYER_COLUMNS``."""
    if table.level in CELL_LEVELS:
        return cell_layer(table, hide=hide)
    units = load_boundaries(connection, table.months.this.last).frame(table.level)
    shapes = units[["unit_id", "geometry"]].rename(columns={"unit_id": "area"})
    return unit_layer(shapes, table, hide=hide)


def drawn_of(connection: Connection, asked: Question) -> Drawn:
    """Give the places of a level in a month as they are drawn: all that any class has, by code."""
    times = times_of(connection, asked)
    if asked.by_cell:
        every = totals(
            connection, asked.area_kind, "lies", times.days, ["area"],
            cut_off_hour=asked.office.reckoning.cut_off_hour,
        )  # fmt: skip
        cells = np.unique(every["area"]).tolist()
        shapes = np.array([cell_polygon(cell) for cell in cells], dtype=object)
        return Drawn([cell_name(cell) for cell in cells], shapes, cells=True)
    units = level_units(connection, asked.level, times.months.this.last)
    units = units[units["geometry"].notna() & ~shapely.is_empty(units["geometry"].to_numpy())]
    return Drawn(units["code"].tolist(), units["geometry"].to_numpy())


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Counts of a level, of the city and on sinks, with the columns ``grids.cube.CUBE``."""

    level: pd.DataFrame
    city: pd.DataFrame
    sinks: pd.DataFrame | None


def _read(connection: Connection, asked: Question, times: Times) -> _Counts:
    cut = asked.office.reckoning.cut_off_hour
    first, last = times.days
    # The day after ends the small hours of the last day.
    days = first, last + timedelta(days=1) if cut else last
    kind = [] if asked.kinds is None else ["kind"]

    def whole(counts: pd.DataFrame) -> pd.DataFrame:
        added = counts.assign(class_code=asked.class_code or "")
        for name, of in (("kind", ""), ("hour", DAY_ONLY)):
            if name not in added.columns:
                added[name] = of
        return added[list(CUBE)]

    level, city = (
        totals(
            connection, area_kind, asked.reading, times.days, ["area", "local_day", *kind],
            cut_off_hour=cut, class_code=asked.class_code, kinds=asked.kinds,
        )
        for area_kind in (asked.area_kind, "city")
    )  # fmt: skip
    sinks = None
    if asked.by_cell:
        keep = [*kind, *(["hour"] if cut else [])]
        about = asked.class_code, asked.kinds
        sinks = whole(sink_counts(connection, asked.area_kind, days, *about, keep=keep))
    counts = _Counts(whole(level), whole(city), sinks)
    return (
        counts if asked.first_reports is None else _without_repeats(connection, asked, days, counts)
    )


def _without_repeats(
    connection: Connection, asked: Question, days: tuple[date, date], counts: _Counts
) -> _Counts:
    """Take the appeals out of counts that repeat another: they are counted with -1."""
    rows = told_again(
        connection, asked.area_kind, asked.reading, days, asked.first_reports or "place",
        class_code=asked.class_code, kinds=asked.kinds,
    )  # fmt: skip
    if rows.empty:
        return counts
    received = pd.to_datetime(rows["local_day"]).to_numpy("datetime64[D]").astype(np.int64)
    again = rows[~first_reports(rows["key"].to_numpy(np.int64), received)]
    taken = again.rename(columns={"local_hour": "hour"}).assign(
        n=-1, class_code=asked.class_code or ""
    )
    placed = taken[taken["area"] != 0]
    sinks = counts.sinks
    return _Counts(
        pd.concat([counts.level, placed[list(CUBE)]], ignore_index=True),
        pd.concat([counts.city, taken.assign(area=0)[list(CUBE)]], ignore_index=True),
        None
        if sinks is None
        else pd.concat([sinks, placed[placed["sink"]][list(CUBE)]], ignore_index=True),
    )


def is_first(rows: pd.DataFrame, by: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Tell which rows, shape (n,), are no repeats: of one class from one place or one caller."""
    if by == "caller":
        known = rows["caller_hash"].notna()
        key = rows[["caller_hash", "class_code"]]
    else:
        # A heap of appeals on a sink is no address.
        known = rows["lon"].notna() & ~rows["sink"]
        key = rows[["lon", "lat", "class_code"]]
    number = key.groupby(list(key.columns), dropna=False).ngroup().to_numpy(np.int64)
    day = pd.to_datetime(rows["local_day"]).to_numpy("datetime64[D]").astype(np.int64)
    return first_reports(np.where(known, number, -1), day)


def _cube(
    counts: _Counts, spans: Sequence[Span], asked: Question, times: Times, places: pd.DataFrame
) -> Cube:
    about = About(
        level=asked.level,
        reading=asked.reading,
        boundaries=None if asked.by_cell else times.days[1],
        time_zone=asked.office.time_zone,
        kinds=asked.kinds,
        first_reports=asked.first_reports,
    )
    areas, sinks = places["area"], counts.sinks
    reckoning = asked.office.reckoning
    return build(counts.level, counts.city, spans, about, reckoning, areas=areas, sinks=sinks)


def _day_scatter(city: pd.DataFrame, spans: Months) -> float:
    """Measure how the days of the months compared scatter, around days of their kind."""
    by_day = city.groupby(pd.to_datetime(city["local_day"]))["n"].sum()
    days = by_day.index.to_numpy("datetime64[D]")
    month = period_numbers(days, spans.like)
    compared = month >= len(spans.like) - 2
    groups = month * 7 + days.astype(np.int64) % 7
    n = by_day.to_numpy(np.int64)
    return day_dispersion(n[compared], np.unique(groups[compared], return_inverse=True)[1])


def _places(
    connection: Connection, asked: Question, day: date, counted: Iterable[int]
) -> pd.DataFrame:
    """Give the cells counted; or the units that hold on a day, and those counted that ended."""
    if asked.by_cell:
        return cell_places(counted)
    versions = unit_versions(connection, asked.level, day).rename(columns={"unit_id": "area"})
    listed = versions["holds"] | versions["area"].isin(list(counted))
    whole = versions.loc[listed, list(PLACE_COLUMNS)]
    return whole.astype({"households": "Float64"}).astype({"households": "float64"})


def _named_cells(places: pd.DataFrame, units: Boundaries) -> pd.DataFrame:
    """Name cells by the finest unit around their middle, and what tells them apart in it."""
    if places.empty or not units.layers:
        return places
    middles = shapely.centroid([cell_polygon(int(area)) for area in places["area"]])
    around = place_points(shapely.get_x(middles), shapely.get_y(middles), 0.0, units)
    unit = around["community_id"].fillna(around["street_id"])
    names = unit.map(dict(zip(units.units["unit_id"], units.units["name"], strict=True)))
    tails = [code.rstrip("f")[-3:] for code in places["code"]]
    named = [f"{name}·{tail}" for name, tail in zip(names, tails, strict=True)]
    return places.assign(name=np.where(names.notna(), named, ""))


def _whole_m2(units: Boundaries) -> float | None:
    """Give the area of the jurisdiction: cells without appeals are not listed, yet belong to it."""
    for level in units.levels:
        areas = units.frame(level)["area_m2"].dropna()
        if len(areas):
            return float(areas.sum())
    return None


def touching(units: Boundaries, level: str) -> Callable[[int], Collection[int]] | None:
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

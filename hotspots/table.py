"""The hot-spot table: places of one level ranked for one statistical month.

What cannot be shown on this level is never dropped in silence: appeals without a place of the level
and appeals on sinks stand as totals beside the rows.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from hotspots.focus import AREA_SHARE, flag_top, focus
from hotspots.months import Months
from hotspots.neighbours import neighbours
from hotspots.periods import Span
from hotspots.rates import growth, rate

Reading = Literal["lies", "sent"]

COLUMNS: Final = (
    "rank", "area", "code", "name", "households", "n", "rate", "rate_low", "rate_high",
    "n_previous", "growth", "growth_low", "growth_high", "growth_sure",
    "n_last_year", "growth_year", "growth_year_low", "growth_year_high", "growth_year_sure",
    "focus", "focus_flag",
)  # fmt: skip
"""Columns of the rows, in order.

``rank`` (1 = most appeals, equal counts share a rank), ``area`` (unit id or H3 cell), ``code``,
``name``, ``households`` (NaN: unknown), ``n`` (件 in the month), ``rate`` (件 per 1,000
households), ``n_previous`` and ``growth`` (环比: month before, as a share), ``n_last_year`` and
``growth_year`` (同比: same month a year ago), each with its interval at 95 %; ``…_sure``: the
interval excludes the growth that the number of days alone would give; ``focus`` (weighted appeals a
month), ``focus_flag``. A figure that cannot be told is NaN.
"""

_KEYS: Final = ["area", "local_day", "n"]


@dataclass(frozen=True, slots=True)
class HotspotTable:
    """Ranked places of one level for one month, with what is not in the rows.

    Attributes
    ----------
    rows
        One row a place with the columns of ``COLUMNS``, ranked; places without appeals too when
        they were handed in as units.
    level
        ``district``, ``street``, ``community``, ``grid``, ``h3-8``, ``h3-9`` or ``h3-10``.
    reading
        ``lies`` (属地口径) or ``sent`` (派单口径).
    months
        The month and what it is compared with.
    class_code, kinds
        The filter, None: everything.
    n
        Appeals of the month in the rows.
    n_not_placeable
        Appeals of the month that have no place of this level.
    n_sinks
        Appeals of the month on sinks, not in the rows; 0 for units, which count them.
    focus_share
        Share of the area that ``focus_flag`` fills, None without a focus layer.
    """

    rows: pd.DataFrame
    level: str
    reading: Reading
    months: Months
    class_code: str | None
    kinds: tuple[str, ...] | None
    n: int
    n_not_placeable: int
    n_sinks: int
    focus_share: float | None


def hotspot_table(
    cube: pd.DataFrame,
    units: pd.DataFrame,
    spans: Months,
    *,
    level: str,
    reading: Reading,
    city: pd.DataFrame,
    class_code: str | None = None,
    kinds: Collection[str] | None = None,
    sinks: pd.DataFrame | None = None,
    around: Callable[[int], Iterable[int]] | None = None,
    focus_share: float = AREA_SHARE,
    study_m2: float | None = None,
) -> HotspotTable:
    """Rank the places of one level for one month.

    Parameters
    ----------
    cube
        Counts of this level and reading with the columns area, local_day, n (more do no harm), for
        all days that are compared; every month before counts into the focus layer.
    units
        The places: area (id), code, name, households, and area_m2 where ``around`` is given. Areas
        of the cube that are not listed are added with an empty name (cells; closed units).
    spans
        Of :func:`months`.
    level, reading, class_code, kinds
        What ``cube``, ``city`` and ``sinks`` were asked for, copied into the result.
    city
        Counts of the whole city in the same shape: what the level cannot place is the difference.
    sinks
        Counts of appeals on sinks in the shape of ``cube``, of :func:`grids.store.sink_counts`:
        taken out of the rows. Give it for cells, not for units.
    around
        Gives the neighbours of a place; with it the focus layer is filled in.
    focus_share
        Share of the area that the focus layer flags.
    study_m2
        Square metres of the whole area where ``units`` does not list it all (quiet cells).

    Returns
    -------
    HotspotTable
        ``n + n_not_placeable + n_sinks`` is the month's total of ``city``.

    Raises
    ------
    ValueError
        A column is missing, or the sinks hold more appeals than the cube.
    """
    level_cube, city_cube = _dated(cube, "cube"), _dated(city, "city")
    n_sinks = 0
    if sinks is not None:
        sink_cube = _dated(sinks, "sinks")
        n_sinks = int(_within(sink_cube, spans.this)["n"].sum())
        level_cube = pd.concat([level_cube, sink_cube.assign(n=-sink_cube["n"])])
    places = _all_places(units, level_cube)
    index = pd.Index(places["area"])

    def counted(span: Span | None) -> npt.NDArray[np.int64] | None:
        if span is None:
            return None
        return _by_area(_within(level_cube, span), index)

    def longer(span: Span | None) -> float:
        return 0.0 if span is None else spans.this.days / span.days - 1

    n = _by_area(_within(level_cube, spans.this), index)
    if (n < 0).any():
        raise ValueError("the sinks hold more appeals than the cube: not of one reading or moment")
    rows = places.assign(n=n, **_rates(n, places))
    rows = rows.assign(
        **_growth("growth", "n_previous", n, counted(spans.previous), longer(spans.previous)),
        **_growth(
            "growth_year", "n_last_year", n, counted(spans.last_year), longer(spans.last_year)
        ),
        focus=np.nan,
        focus_flag=False,
    )
    if around is not None and len(rows):
        ids = index.to_numpy(dtype=np.int64)
        score = focus(_monthly(level_cube, index, spans), neighbours(ids, around))
        area_m2 = places["area_m2"].to_numpy(dtype=np.float64)
        rows = rows.assign(
            focus=score, focus_flag=flag_top(score, area_m2, share=focus_share, study_m2=study_m2)
        )
    rows["rank"] = rows["n"].rank(method="min", ascending=False).astype(np.int64)
    rows = rows.sort_values(["rank", "code", "area"], kind="stable", ignore_index=True)
    placed = int(n.sum())
    total = int(_within(city_cube, spans.this)["n"].sum())
    return HotspotTable(
        rows=rows[list(COLUMNS)],
        level=level,
        reading=reading,
        months=spans,
        class_code=class_code,
        kinds=None if kinds is None else tuple(sorted(kinds)),
        n=placed,
        n_not_placeable=total - placed - n_sinks,
        n_sinks=n_sinks,
        focus_share=focus_share if around is not None else None,
    )


def _dated(cube: pd.DataFrame, what: str) -> pd.DataFrame:
    missing = [column for column in _KEYS if column not in cube.columns]
    if missing:
        raise ValueError(f"{what} has no column {missing[0]}")
    kept = cube[_KEYS]
    return kept.assign(local_day=pd.to_datetime(kept["local_day"]))


def _within(cube: pd.DataFrame, span: Span) -> pd.DataFrame:
    days = cube["local_day"]
    return cube[(days >= pd.Timestamp(span.first)) & (days <= pd.Timestamp(span.last))]


def _by_area(cube: pd.DataFrame, index: pd.Index) -> npt.NDArray[np.int64]:
    sums = cube.groupby("area")["n"].sum().reindex(index, fill_value=0)
    return sums.to_numpy(dtype=np.int64)


def _all_places(units: pd.DataFrame, cube: pd.DataFrame) -> pd.DataFrame:
    listed = units.reset_index(drop=True)
    for column, empty in (("households", np.nan), ("area_m2", np.nan), ("code", ""), ("name", "")):
        if column not in listed.columns:
            listed[column] = empty
    listed = listed[["area", "code", "name", "households", "area_m2"]]
    unknown = np.setdiff1d(cube["area"].unique(), listed["area"].to_numpy())
    if not len(unknown):
        return listed
    size = len(unknown)
    added = pd.DataFrame(
        {
            "area": unknown,
            "code": [str(area) for area in unknown],
            "name": [""] * size,
            "households": np.full(size, np.nan),
            # A cell that nobody listed is as large as the others.
            "area_m2": np.full(size, float(listed["area_m2"].mean()) if len(listed) else 1.0),
        }
    )
    return pd.concat([listed, added], ignore_index=True) if len(listed) else added


def _rates(n: npt.NDArray[np.int64], places: pd.DataFrame) -> dict[str, npt.NDArray[np.float64]]:
    of = rate(n, places["households"].to_numpy(dtype=np.float64))
    return {"rate": of.value, "rate_low": of.low, "rate_high": of.high}


def _growth(
    name: str,
    base_name: str,
    n: npt.NDArray[np.int64],
    base: npt.NDArray[np.int64] | None,
    longer: float,
) -> dict[str, npt.NDArray[np.float64] | npt.NDArray[np.bool_]]:
    if base is None:
        unknown = np.full(len(n), np.nan)
        return {
            base_name: unknown,
            name: unknown,
            f"{name}_low": unknown,
            f"{name}_high": unknown,
            f"{name}_sure": np.zeros(len(n), dtype=np.bool_),
        }
    of = growth(n, base)
    return {
        base_name: base.astype(np.float64),
        name: of.value,
        f"{name}_low": of.low,
        f"{name}_high": of.high,
        # A month longer by its days alone is no growth.
        f"{name}_sure": of.excludes(longer),
    }


def _monthly(cube: pd.DataFrame, index: pd.Index, spans: Months) -> npt.NDArray[np.float64]:
    """Count by place and month back from the last day, months of 30 days, oldest first."""
    last = pd.Timestamp(spans.this.last)
    past = cube[cube["local_day"] <= last]
    if past.empty:
        return np.zeros((len(index), 0))
    age = ((last - past["local_day"]).dt.days // 30).to_numpy(dtype=np.int64)
    steps = int(age.max()) + 1
    counts = np.zeros((len(index), steps))
    rows = index.get_indexer(pd.Index(past["area"]))
    np.add.at(counts, (rows, steps - 1 - age), past["n"].to_numpy(dtype=np.float64))
    return counts

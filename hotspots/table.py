"""The hot-spot table: places of one level ranked for one statistical month, out of the cube.

The one table that page, command, API, files and reports read. What cannot be shown on this level is
never dropped in silence: appeals without a place of the level and appeals on sinks stand as totals
beside the rows.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse

from hotspots import measures
from hotspots.backtest import MONTHS, Backtest, backtest
from hotspots.cube import About, Cube, Reading
from hotspots.emerging import emerging
from hotspots.focus import AREA_SHARE, flag_top, focus
from hotspots.getis_ord import getis_ord
from hotspots.measures import TREND_PERIODS, Change, Columns, Past
from hotspots.months import Months
from hotspots.neighbours import neighbours
from hotspots.periods import Span

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

COLUMNS: Final = (
    "rank", "area", "code", "name", "households", "n", "rate", "rate_low", "rate_high",
    "n_previous", "growth", "growth_low", "growth_high", "growth_sure",
    "n_last_year", "growth_year", "growth_year_low", "growth_year_high", "growth_year_sure",
    "rank_low", "rank_high", "in_worst", "n_3", "n_12", "rank_12", "rank_12_low", "rank_12_high",
    "expected", "usual_low", "usual_high", "surge", "expected_elsewhere", "concentrated",
    "strength", "course", "trend", "focus", "focus_flag",
    "least_3", "least_past",
)  # fmt: skip
"""Columns of the rows, in order.

``rank`` (1 = most appeals, equal counts share a rank), ``area`` (unit id or H3 cell), ``code``,
``name``, ``households`` (NaN: unknown), ``n`` (件 in the month), ``rate`` (件 per 1,000
households), ``n_previous`` and ``growth`` (环比: month before, as a share), ``n_last_year`` and
``growth_year`` (同比: same month a year ago), each with its interval at 95 %; ``…_sure``: the
interval, widened by the dispersion, excludes 0 and what the number of days alone would give;
``rank_low`` to ``rank_high`` (名次区间, 90 %), ``in_worst`` (probability of being among the ten
worst); ``n_3`` and ``n_12`` (the last 3 and 12 months, NaN before the data) with rank and interval;
``expected`` (the place's own past moved with the city), ``usual_low`` to ``usual_high`` (正常波动
范围, 95 %), ``surge`` (突增); ``expected_elsewhere`` (its share of the base) and ``concentrated``
(集中); ``strength`` (z of Gi*); ``course`` (-1, 0, 1: its share of the city falls, neither, rises);
``trend`` (number of :class:`hotspots.emerging.Pattern`, negative where cold, 0 none or not told);
``focus`` (weighted appeals a month), ``focus_flag``. A figure that cannot be told is NaN.

Whoever hides small counts has to hide what tells one by a subtraction or two: ``least_3`` is the
least month with appeals in ``n_3``, ``least_past`` that in the past of ``expected`` where this has
less than three months. NaN: no month has any, or a sum of more months stands for them.
"""

_FEW: Final = 3
"""Months, the newest among them, whose past is a month or two: its sum tells them."""

ALONE: Final = ("district", "street")
"""Levels whose units are too few and too unequal for Gi* and trend classes."""

HOUSEHOLDS_KNOWN: Final = 0.9
"""Share of appeals whose places must have households for these to be the base of 集中."""


@dataclass(frozen=True, slots=True)
class HotspotTable:
    """Ranked places of one level for one month, with what is not in the rows.

    Attributes
    ----------
    rows
        One row a place with the columns of ``COLUMNS``, ranked; places without appeals too when
        they were handed in.
    about
        Level, reading, boundaries, 诉求类型 and whether repeats are left out.
    months
        The month and what it is compared with.
    class_code
        The class asked for with those below it, None: everything.
    n, n_not_placeable, n_sinks
        Appeals of the month: in the rows; without a place of this level; on sinks, not in the rows
        (0 for units, which count them).
    focus_share
        Share of the area that ``focus_flag`` fills, None without a focus layer.
    dispersion
        By how much counts scatter more than chance from month to month; 1 without a past.
    base
        What ``expected_elsewhere`` refers to, None: nothing to refer to.
    trend_step, trend_periods
        Of what periods, and of how many, ``course`` and ``trend`` are; None: too few.
    backtest
        How the focus layer would have fared in up to twelve whole months, None before thirteen.
    city, city_year
        The whole city against the month before and the same month a year ago, None before the data.
    """

    rows: pd.DataFrame
    about: About
    months: Months
    class_code: str | None
    n: int
    n_not_placeable: int
    n_sinks: int
    focus_share: float | None
    dispersion: float
    base: Literal["households", "appeals"] | None
    trend_step: Literal["month", "week"] | None
    trend_periods: int
    backtest: Backtest | None
    city: Change | None
    city_year: Change | None

    @property
    def level(self) -> str:
        """Give the level of the places."""
        return self.about.level

    @property
    def reading(self) -> Reading:
        """Give the reading, ``lies`` (属地口径) or ``sent`` (派单口径)."""
        return self.about.reading

    @property
    def kinds(self) -> tuple[str, ...] | None:
        """Give the 诉求类型 that are counted, None: all."""
        return self.about.kinds


def hotspot_table(
    whole: Cube,
    places: pd.DataFrame,
    *,
    like: Cube | None = None,
    weeks: Cube | None = None,
    every: Cube | None = None,
    class_code: str | None = None,
    around: Callable[[int], Iterable[int]] | None = None,
    study_m2: float | None = None,
    focus_share: float = AREA_SHARE,
    day_scatter: float = 1.0,
) -> HotspotTable:
    """Rank the places of one level for one month.

    Parameters
    ----------
    whole
        Counts by month, of :attr:`hotspots.months.Months.whole`, the month asked for last.
    places
        area (id), code, name, households, and area_m2 where ``around`` is given. Areas of the cube
        that are not listed stand with an empty name (cells; closed units).
    like
        Counts of as many days of each month, where the month is still running.
    weeks
        Counts by week, from which trends are told where there are too few months.
    every
        ``whole`` for all classes: the base of 集中 where a class is asked for.
    class_code
        Keeps a class and those below it.
    around
        Gives the neighbours of a place; with it focus, strength and trend classes are filled in.
    study_m2
        Square metres of the whole area where ``places`` does not list it all (quiet cells).
    focus_share
        Share of the area that the focus layer flags.
    day_scatter
        Of :func:`hotspots.measures.day_dispersion`: widens the city's own growth.

    Returns
    -------
    HotspotTable
        ``n + n_not_placeable + n_sinks`` is the month's total of the city.

    Raises
    ------
    ValueError
        ``like`` has other months than ``whole``.
    """
    alike = like or whole
    if len(alike.spans) != len(whole.spans):
        raise ValueError("the months compared are not those of the table")
    spans = Months(whole.spans, alike.spans)
    listed = _listed(places, whole.areas)
    areas = listed["area"].to_numpy(np.int64)
    counts, compared = _on(whole, areas, class_code), _on(alike, areas, class_code)
    n, past = counts[:, -1], Past.of(compared)
    households = listed["households"].to_numpy(np.float64)
    base, base_name = _base(n, households, None if every is None else _on(every, areas, None))
    near = None if around is None else neighbours(areas, around)
    # A place with borders stands for itself; a cell is too small to.
    weights = sparse.csr_array(sparse.eye_array(len(areas)))
    if near is not None and whole.about.boundaries is None:
        weights = near.with_self()
    steps, step = _steps(counts, None if weeks is None else _on(weeks, areas, class_code))
    columns: Columns = {
        **measures.rates(n, households),
        **_growths(compared, spans, past.dispersion),
        **measures.ranks(n, past.dispersion),
        **_longer(counts, past.dispersion),
        **measures.surges(n, past, weights),
        "least_past": _least(counts[:, :-1] if counts.shape[1] <= _FEW else counts[:, :0]),
        **measures.concentrations(n, base, weights),
        "course": measures.course(steps),
        "trend": np.zeros(len(areas), dtype=np.int8),
        "strength": np.full(len(areas), np.nan),
        "focus": np.full(len(areas), np.nan),
        "focus_flag": np.zeros(len(areas), dtype=np.bool_),
    }
    tried = None
    if near is not None and len(areas):
        over = counts if like is None else counts[:, :-1]  # a running month foretells nothing
        score = focus(counts.astype(np.float64), near)
        area_m2 = listed["area_m2"].to_numpy(dtype=np.float64)
        flags = flag_top(score, area_m2, share=focus_share, study_m2=study_m2)
        columns |= {"focus": score, "focus_flag": flags}
        if over.shape[1] > MONTHS:
            past_months = over.astype(np.float64)
            tried = backtest(past_months, near, area_m2, share=focus_share, study_m2=study_m2)
        if whole.about.level not in ALONE:
            columns["strength"] = getis_ord(n[:, None], near.with_self())[:, 0]
            if step is not None:
                columns["trend"] = emerging(steps, near.with_self()).pattern
    rows = listed.assign(n=n, rank=_rank(n), **columns)
    rows = rows.sort_values(["rank", "code", "area"], kind="stable", ignore_index=True)
    of = whole.rows_of(class_code)
    return HotspotTable(
        rows=rows[list(COLUMNS)],
        about=whole.about,
        months=spans,
        class_code=class_code,
        n=int(n.sum()),
        n_not_placeable=int(whole.not_placed[of, -1].sum()),
        n_sinks=int(whole.sinks[of, -1].sum()),
        focus_share=None if near is None else focus_share,
        dispersion=past.dispersion,
        base=base_name,
        trend_step=step,
        trend_periods=steps.shape[1] if step is not None else 0,
        backtest=tried,
        city=_change(alike, class_code, spans, spans.previous, -2, day_scatter),
        city_year=_change(alike, class_code, spans, spans.last_year, -13, day_scatter),
    )


def _listed(places: pd.DataFrame, counted: Counts) -> pd.DataFrame:
    """Give every place that is handed in or counted, those in ascending order of their number."""
    known = places.set_index("area").rename(index=int)
    areas = np.union1d(known.index.to_numpy(np.int64), counted)
    listed = known.reindex(areas).rename_axis("area").reset_index()
    for column in ("households", "area_m2"):
        if column not in listed.columns:
            listed[column] = np.nan
    # A place that nobody listed is as large as the others.
    usual_m2 = float(listed["area_m2"].mean()) if listed["area_m2"].notna().any() else 1.0
    return listed.assign(
        code=listed["code"].fillna(listed["area"].astype(str)),
        name=listed["name"].fillna(""),
        area_m2=listed["area_m2"].fillna(usual_m2),
    )


def _on(cube: Cube, areas: Counts, class_code: str | None) -> Counts:
    """Give a cube's counts for these areas, shape (n, periods); 0 where it has none."""
    out = np.zeros((len(areas), len(cube.spans)), dtype=np.int64)
    there = np.isin(cube.areas, areas)
    out[np.searchsorted(areas, cube.areas[there])] = cube.of(class_code)[there]
    return out


def _rank(n: Counts) -> Counts:
    ranks = pd.Series(n).rank(method="min", ascending=False).astype(np.int64)
    return np.asarray(ranks.to_numpy(), dtype=np.int64)


def _base(
    n: Counts, households: Floats, every: Counts | None
) -> tuple[Floats | None, Literal["households", "appeals"] | None]:
    if every is not None:
        return every[:, -measures.YEAR :].sum(axis=1).astype(np.float64), "appeals"
    known = households > 0
    if known.any() and n[known].sum() >= HOUSEHOLDS_KNOWN * n.sum():
        return households, "households"
    return None, None


def _steps(
    counts: Counts, by_week: Counts | None
) -> tuple[Counts, Literal["month", "week"] | None]:
    """Choose the periods of which trends are told: months where there are enough, else weeks."""
    if counts.shape[1] >= TREND_PERIODS:
        return counts, "month"
    if by_week is not None and by_week.shape[1] >= TREND_PERIODS:
        return by_week, "week"
    return counts, None


def _growths(compared: Counts, spans: Months, scatter: float) -> Columns:
    out: Columns = {}
    for name, base_name, span, at in (
        ("growth", "n_previous", spans.previous, -2),
        ("growth_year", "n_last_year", spans.last_year, -13),
    ):
        base = None if span is None else compared[:, at]
        # A month longer by its days alone is no growth.
        longer = 0.0 if span is None else spans.this.days / span.days - 1
        out |= measures.growths(
            name, base_name, compared[:, -1], base, longer=longer, scatter=scatter
        )
    return out


def _change(
    alike: Cube, class_code: str | None, spans: Months, base: Span | None, at: int, scatter: float
) -> Change | None:
    if base is None:
        return None
    of = alike.rows_of(class_code)
    beside = alike.not_placed[of].sum(axis=0) + alike.sinks[of].sum(axis=0)
    total = alike.of(class_code).sum(axis=0) + beside
    longer = spans.this.days / base.days - 1
    return Change.of(int(total[-1]), int(total[at]), longer=longer, scatter=scatter)


def _longer(counts: Counts, scatter: float) -> Columns:
    """Give what the last 3 and 12 months say."""
    unknown = np.full(len(counts), np.nan)
    three, year = (
        counts[:, -months:].sum(axis=1) if counts.shape[1] >= months else None
        for months in (3, measures.YEAR)
    )
    out: Columns = {
        "n_3": unknown if three is None else three,
        "least_3": _least(counts[:, -3:]),
    }
    if year is None:
        return out | dict.fromkeys(("n_12", "rank_12", "rank_12_low", "rank_12_high"), unknown)
    ranks = measures.ranks(year, scatter, suffix="_12")
    return out | {"n_12": year, "rank_12": _rank(year)} | ranks


def _least(counts: Counts) -> Floats:
    """Give the least count above zero of each place, shape (n,); NaN where it has none."""
    some = np.where(counts > 0, counts.astype(np.float64), np.inf).min(axis=1, initial=np.inf)
    return np.where(np.isinf(some), np.nan, some)

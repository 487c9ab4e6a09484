"""A hot-spot table written out for the page, scripts and the terminal."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from appeals.database import Connection
from grids.store import load_boundaries, sinks_within
from hotspots.backtest import Backtest
from hotspots.concentration import gini
from hotspots.measures import Change
from hotspots.table import HotspotTable
from hotspots.why import making
from maps.asking import Question
from maps.layers import SMALL_BELOW, hide_small
from maps.silent import silent_days, silent_words

MOST_NAMES: Final = 12


def answer_of(table: HotspotTable, asked: Question, *, columns: bool = False) -> dict[str, object]:
    """Write a table out: what was asked, the totals, its places. Small counts are hidden.

    The places are ``items``, one for each; or ``columns``, one array a figure with six decimals
    (None where none is known): of thousands of places that is a third of the length.
    """
    places = {"columns": columns_of(table.rows)} if columns else {"items": _items(table.rows)}
    previous, last_year = table.months.previous, table.months.last_year
    return {
        "level": asked.level,
        "month": asked.text,
        "first_day": table.months.this.first,
        "last_day": table.months.this.last,
        "running": table.months.this.last
        < asked.office.reckoning.month(asked.year, asked.month)[1],
        "compared": None if previous is None else [previous.first, previous.last],
        "compared_year": None if last_year is None else [last_year.first, last_year.last],
        "reading": table.reading,
        "category": asked.class_code,
        "first_reports": asked.first_reports,
        "n": table.n,
        "n_not_placeable": table.n_not_placeable,
        "n_sinks": table.n_sinks,
        "city": _change(table.city),
        "city_year": _change(table.city_year),
        "half": _half(table),
        "dispersion": round(table.dispersion, 3),
        "base": table.base,
        "focus_share": table.focus_share,
        "backtest": _backtest(table.backtest),
        "trend_step": table.trend_step,
        "trend_periods": table.trend_periods,
        **places,
    }


def columns_of(rows: pd.DataFrame) -> dict[str, object]:
    """Give the figures of a table's places by name, one array each."""
    shown = hide_small(rows).drop(columns=["area"])
    return {name: _column(shown[name]) for name in shown.columns}


def _items(rows: pd.DataFrame) -> object:
    shown = hide_small(rows).drop(columns=["area"])
    return json.loads(shown.to_json(orient="records", force_ascii=False))


def _column(values: pd.Series) -> npt.NDArray[np.generic] | list[object] | None:
    if len(values) and not values.notna().any():
        return None
    if values.dtype.kind in "ib":
        return values.to_numpy()
    if values.dtype.kind == "f":
        return np.round(values.to_numpy(np.float64, na_value=np.nan), 6)
    return values.astype(object).where(values.notna(), None).tolist()


def _change(change: Change | None) -> Mapping[str, object] | None:
    if change is None:
        return None
    bounds = {"low": change.low, "high": change.high}
    finite = {name: value if np.isfinite(value) else None for name, value in bounds.items()}
    counts = {"n": change.n, "base": change.base, "sure": change.sure}
    return counts | {"growth": None if np.isnan(change.value) else change.value} | finite


def _backtest(of: Backtest | None) -> Mapping[str, object] | None:
    """Say how the focus layer would have fared beside the plain count of twelve months."""
    if of is None:
        return None
    said: dict[str, object] = {"months": len(of.layer)}
    for name, months in (("layer", of.layer), ("control", of.control)):
        figures = ("hit_rate", "pai", "pei")
        means = {f: np.array([getattr(one, f) for one in months]) for f in figures}
        said[name] = {
            f: None if np.isnan(v).all() else round(float(np.nanmean(v)), 3)
            for f, v in means.items()
        }
    return said


def _half(table: HotspotTable) -> dict[str, object]:
    """Say how few places hold half of the appeals, and name them."""
    n = table.rows["n"].to_numpy(np.int64)
    half = making(n)
    named = table.rows.iloc[half[:MOST_NAMES]]
    told = [
        {"code": str(code), "name": str(name)}
        for code, name, count in zip(named["code"], named["name"], named["n"], strict=True)
        if count >= SMALL_BELOW
    ]
    uneven = gini(n)
    return {
        "places": len(half),
        "of": len(n),
        "gini": None if np.isnan(uneven) else round(uneven, 3),
        "names": told,
    }


def sinks_of(connection: Connection, days: tuple[date, date]) -> list[dict[str, object]]:
    """Name the sinks (落点过于集中的坐标) on which appeals of these days lie.

    Small counts are left out.
    """
    units = load_boundaries(connection, days[1])
    names = dict(zip(units.units["unit_id"], units.units["name"], strict=True))
    found = sinks_within(connection, days)
    found = found[found["n"] >= SMALL_BELOW].head(MOST_NAMES)
    return [
        {
            "lon": row["lon"],
            "lat": row["lat"],
            "n": int(row["n"]),
            "street": names.get(row["street_id"]),
            "community": names.get(row["community_id"]),
        }
        for row in found.to_dict("records")
    ]


def silent_of(connection: Connection, table: HotspotTable, asked: Question) -> str:
    """Say on which days of the months that are counted and compared no appeal came."""
    months = table.months
    spans = {"this": months.this, "previous": months.previous, "last_year": months.last_year}
    known = {name: span for name, span in spans.items() if span is not None}
    silent = silent_days(connection, known, asked.office.reckoning.cut_off_hour)
    return silent_words(silent, {"previous": "环比", "last_year": "同比"})

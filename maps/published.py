"""The planners' layer: a level with its counts as published, and nothing that was not.

Every figure of it is worked out of published counts alone, so that none tells a hidden one.
"""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from grids.boundaries import Boundaries
from grids.publications.store import EVERY, Publication
from hotspots.rates import growth, rate

COLUMNS: Final = (
    "code", "name", "n", "households", "rate", "rate_low", "rate_high",
    "n_previous", "growth", "growth_low", "growth_high", "geometry",
)  # fmt: skip
"""``n`` and ``n_previous`` are missing where they are hidden, 0 where there was nothing."""


def published_layer(
    units: Boundaries,
    level: str,
    month: Publication,
    before: Publication | None,
    class_code: str = EVERY,
) -> gpd.GeoDataFrame:
    """Give one level with the counts of a month.

    Parameters
    ----------
    units
        That hold on the month's last day.
    level
        Of :data:`grids.publications.store.LEVELS`.
    month, before
        The publications of the month and of the one before it.
    class_code
        Of the first level; without it all classes together.

    Returns
    -------
    GeoDataFrame
        Columns of ``COLUMNS``, most appeals first, EPSG:4326; ``geometry`` may be missing.
    """
    frame = units.frame(level)
    area = frame["unit_id"].astype("int64")
    n = _counts(month, level, class_code, area)
    old = None if before is None else _counts(before, level, class_code, area)
    households = frame["households"].astype("Float64").to_numpy("float64", na_value=np.nan)
    known = np.isfinite(n)
    per = rate(np.where(known, n, 0).astype(np.int64), np.where(known, households, np.nan))
    rows = pd.DataFrame(
        {
            "code": frame["code"].astype("str"),
            "name": frame["name"],
            "n": pd.array(n).astype("Int64"),
            "households": pd.array(households).astype("Int64"),
            "rate": per.value,
            "rate_low": per.low,
            "rate_high": per.high,
            **_growth(n, old),
        }
    )
    layer = gpd.GeoDataFrame(rows, geometry=frame.geometry.to_numpy(), crs="EPSG:4326")
    order = ["n", "code"]
    sorted_ = layer.sort_values(order, ascending=[False, True], na_position="last")
    return sorted_.reset_index(drop=True)[list(COLUMNS)]


def _counts(month: Publication, level: str, class_code: str, area: pd.Series) -> np.ndarray:
    counts = month.counts(level, class_code)
    had = area.isin(counts.index).to_numpy()
    return np.where(had, area.map(counts).to_numpy("float64"), 0.0)


def _growth(n: np.ndarray, old: np.ndarray | None) -> dict[str, object]:
    if old is None:
        nothing = np.full(len(n), np.nan)
        figures = dict.fromkeys(("growth", "growth_low", "growth_high"), nothing)
        return {"n_previous": pd.array(nothing).astype("Int64"), **figures}
    both = np.isfinite(n) & np.isfinite(old)
    now, base = (np.where(both, one, 0).astype(np.int64) for one in (n, old))
    of = growth(now, base)  # a base of 0 is too small to tell any
    return {
        "n_previous": pd.array(old).astype("Int64"),
        "growth": of.value,
        "growth_low": of.low,
        "growth_high": of.high,
    }

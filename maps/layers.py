"""Layers: places and alerts as GeoDataFrames, ready for a page or a file.

Coordinates are WGS84, longitude first. A layer holds aggregates only; counts of one to four are
hidden here, once, for every page and export.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import orjson
import pandas as pd
import shapely

from geo.cells import cell_name, cell_polygon
from hotspots.table import HotspotTable

SMALL_BELOW: Final = 5
"""Counts above zero and below this are hidden: they could point at one household."""

SMALL_WORD: Final = "小于5"

LAYER_COLUMNS: Final = (
    "rank", "code", "name", "n", "small", "households", "rate", "rate_low", "rate_high",
    "n_previous", "growth", "growth_low", "growth_high", "growth_sure",
    "n_last_year", "growth_year", "growth_year_sure", "rank_low", "rank_high", "n_12",
    "usual_low", "usual_high", "surge", "concentrated", "trend",
    "focus", "focus_flag", "geometry",
)  # fmt: skip

ALERT_COLUMNS: Final = (
    "id", "kind", "level", "state", "headline", "reason", "area_name", "class_code",
    "opened_at", "newest_at", "cases", "callers", "expected", "historical", "geometry",
)  # fmt: skip

APPEAL_COLUMNS: Final = (
    "appeal_id", "received_at", "class_code", "status", "address", "place_level", "radius_m",
    "confidence", "border", "geometry",
)  # fmt: skip


def unit_layer(
    units: gpd.GeoDataFrame, table: HotspotTable, *, hide: bool = True
) -> gpd.GeoDataFrame:
    """Join a hot-spot table to the shapes of its units.

    Parameters
    ----------
    units
        Columns area (unit id) and geometry, WGS84; units without a shape may be missing or hold
        None and are left out of the layer.
    table
        Of a unit level.
    hide
        Whether counts of one to four are hidden.

    Returns
    -------
    GeoDataFrame
        Columns of ``LAYER_COLUMNS`` in the order of :func:`hide_small`, or of the table, EPSG:4326.
    """
    shapes = pd.DataFrame(units[["area", "geometry"]]).dropna(subset=["geometry"])
    joined = table.rows.merge(shapes, on="area", how="inner", validate="one_to_one")
    return _layer(joined, hide=hide)


def cell_layer(table: HotspotTable, *, hide: bool = True) -> gpd.GeoDataFrame:
    """Give a hot-spot table of H3 cells its hexagons.

    Parameters
    ----------
    table
        Of a level ``h3-8``, ``h3-9`` or ``h3-10``; ``area`` is the cell's number.
    hide
        Whether counts of one to four are hidden.

    Returns
    -------
    GeoDataFrame
        Columns of ``LAYER_COLUMNS``, ``code`` the cell's usual text, EPSG:4326.
    """
    cells = [int(area) for area in table.rows["area"]]
    named = table.rows.assign(
        code=[cell_name(cell) for cell in cells],
        geometry=pd.Series([cell_polygon(cell) for cell in cells], dtype=object),
    )
    return _layer(named, hide=hide)


def alert_layer(alerts: Sequence[Mapping[str, object]]) -> gpd.GeoDataFrame:
    """Give alerts that have a point as a layer of points.

    Parameters
    ----------
    alerts
        As ``alerts.store`` and ``GET /api/alerts`` give them: the keys of ``ALERT_COLUMNS`` without
        geometry, with lon and lat (WGS84 degrees or None).

    Returns
    -------
    GeoDataFrame
        Columns of ``ALERT_COLUMNS``, EPSG:4326; alerts without a point are left out.
    """
    frame = pd.DataFrame([dict(alert) for alert in alerts], dtype=object)
    frame = frame.reindex(columns=[*ALERT_COLUMNS[:-1], "lon", "lat"])
    frame = frame.dropna(subset=["lon", "lat"]).reset_index(drop=True)
    points = gpd.points_from_xy(frame["lon"].astype(float), frame["lat"].astype(float))
    return gpd.GeoDataFrame(frame[list(ALERT_COLUMNS[:-1])], geometry=points, crs="EPSG:4326")


def cluster_layer(
    clusters: Sequence[Mapping[str, object]], cells: Sequence[Sequence[int]]
) -> gpd.GeoDataFrame:
    """Give alerts of a cluster (集中反映) as the ground that their cells cover.

    Parameters
    ----------
    clusters
        As of :func:`alert_layer`.
    cells
        The H3 cells of each, in the same order.

    Returns
    -------
    GeoDataFrame
        Columns of ``ALERT_COLUMNS``, EPSG:4326.
    """
    frame = pd.DataFrame([dict(one) for one in clusters], dtype=object)
    shapes = [shapely.union_all([cell_polygon(cell) for cell in own]) for own in cells]
    frame = frame.reindex(columns=list(ALERT_COLUMNS[:-1]))
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")


def appeal_layer(appeals: Sequence[Mapping[str, object]]) -> gpd.GeoDataFrame:
    """Give appeals as points, with the fields that their reader may see.

    Parameters
    ----------
    appeals
        As ``grids.points.store`` gives them.

    Returns
    -------
    GeoDataFrame
        Columns of ``APPEAL_COLUMNS``, EPSG:4326; a field that may not be seen is empty.
    """
    frame = pd.DataFrame([dict(one) for one in appeals], dtype=object)
    frame = frame.rename(columns={"level": "place_level"})
    frame = frame.reindex(columns=[*APPEAL_COLUMNS[:-1], "lon", "lat"])
    frame["appeal_id"] = frame["appeal_id"].astype(str)
    for name in ("radius_m", "confidence"):
        frame[name] = pd.to_numeric(frame[name]).astype("float64")
    points = gpd.points_from_xy(frame["lon"].astype(float), frame["lat"].astype(float))
    return gpd.GeoDataFrame(frame[list(APPEAL_COLUMNS[:-1])], geometry=points, crs="EPSG:4326")


def feature_collection(layer: gpd.GeoDataFrame, *, digits: int = 6) -> dict[str, object]:
    """Give a layer as a GeoJSON FeatureCollection (RFC 7946: CRS84, no crs member).

    Parameters
    ----------
    layer
        EPSG:4326.
    digits
        Decimals of a degree that are kept; six are 0.1 m.

    Returns
    -------
    dict
        NaN becomes null, so that it is JSON for every reader.
    """
    shapes = layer.geometry.to_numpy()
    rounded = layer.set_geometry(shapely.set_precision(shapes, 10.0**-digits, mode="pointwise"))
    plain: dict[str, object] = orjson.loads(rounded.to_json(drop_id=True, na="null"))
    plain.pop("crs", None)
    return plain


def hide_small(frame: pd.DataFrame, *, below: int = SMALL_BELOW) -> pd.DataFrame:
    """Hide counts of one to ``below - 1`` and every figure that would tell them.

    The sum of three months tells a hidden one of them to whoever has the others; that of twelve is
    what officials are to look at, and is hidden where it is small itself. The rows come in the
    order of their ranks, those that are hidden by their code after them, since their order would
    tell too, those without appeals last.

    Examples
    --------
    >>> rows = {"code": list("cbad"), "n": [12, 4, 3, 0], "rank": [1, 2, 3, 4]}
    >>> shown = hide_small(pd.DataFrame(rows | {"n_3": [30, 24, 9, 9], "least_3": [9, 4, 3, 9]}))
    >>> shown["code"].tolist(), shown["small"].tolist()
    (['c', 'a', 'b', 'd'], [False, True, True, False])
    >>> shown["n"].tolist(), shown["rank"].tolist(), shown["n_3"].tolist()
    ([12.0, nan, nan, 0.0], [1.0, nan, nan, 4.0], [30.0, nan, nan, 9.0])
    """
    small = (frame["n"] > 0) & (frame["n"] < below)
    shown = frame.assign(
        small=small,
        group=np.select([small, frame["n"] == 0], [1, 2], 0),
        by=frame["code"].where(small, ""),
    )
    shown = shown.sort_values(["group", "by"], kind="stable", ignore_index=True)
    for base, figures in _TELLS.items():
        if base not in shown.columns:
            continue
        hidden = shown["small"] | ((shown[base] > 0) & (shown[base] < below))
        for column in (base, *figures):
            if column in shown.columns:
                shown[column] = shown[column].where(~hidden)
    return shown.drop(columns=["group", "by", *_LEAST], errors="ignore")


_GROWTH: Final = ("growth", "growth_low", "growth_high")
_GROWTH_YEAR: Final = ("growth_year", "growth_year_low", "growth_year_high")
_USUAL: Final = ("expected", "usual_low", "usual_high")
# A count on the left and the figures from which it could be worked out.
_TELLS: Final[Mapping[str, tuple[str, ...]]] = {
    "n": (
        "rate", "rate_low", "rate_high", "rank", "rank_low", "rank_high", "in_worst",
        "focus", "strength", *_GROWTH, *_GROWTH_YEAR,
    ),
    "n_previous": _GROWTH,
    "n_last_year": _GROWTH_YEAR,
    "least_3": ("n_3",),
    "n_12": (),
    "least_past": _USUAL,
}  # fmt: skip
_LEAST: Final = tuple(base for base in _TELLS if base.startswith("least_"))


def _layer(frame: pd.DataFrame, *, hide: bool) -> gpd.GeoDataFrame:
    shown = hide_small(frame) if hide else frame.assign(small=False)
    flags = "growth_sure", "growth_year_sure", "surge", "concentrated", "focus_flag", "small"
    for column in flags:
        shown[column] = shown[column].astype(bool)
    counts = "n", "n_previous", "n_last_year", "n_12", "households"
    for column in (*counts, "rank", "rank_low", "rank_high"):
        shown[column] = shown[column].astype("Float64").round().astype("Int64")
    return gpd.GeoDataFrame(shown[list(LAYER_COLUMNS)], geometry="geometry", crs="EPSG:4326")

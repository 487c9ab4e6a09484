"""A layer as an agreement lets it leave: its fields, its rows, its places, no small count."""

from datetime import datetime, timedelta

import geopandas as gpd
import pandas as pd

from appeals.errors import InputError
from maps.layers import SMALL_BELOW
from maps.sharing.agreement import Share

_COUNTS = ("cases", "callers", "n", "n_previous", "n_last_year", "n_12")


def mask(
    layer: gpd.GeoDataFrame,
    share: Share,
    units: gpd.GeoDataFrame,
    when: str | None,
    now: datetime,
) -> gpd.GeoDataFrame:
    """Cut a layer down to what is agreed.

    Parameters
    ----------
    layer
        Of the catalogue, WGS84.
    share
        What the agreement says of it.
    units
        Units of the level ``share.place``, columns code, name and geometry; empty without one.
    when
        The column of the layer's moments, if it has one.
    now
        Aware.

    Returns
    -------
    GeoDataFrame
        The agreed fields in the agreed order; with a ``place`` also ``place_code`` and
        ``place_name`` and the unit's border in place of the point, rows outside every unit left
        out. Counts of one to four are empty.

    Raises
    ------
    InputError
        A field is not in the layer.
    """
    missing = [name for name in share.fields if name not in layer.columns]
    if missing:
        raise InputError(f"{share.layer}: no field {missing[0]}; it has {', '.join(layer.columns)}")
    kept = layer
    if share.levels and "level" in kept:
        kept = kept[kept["level"].isin(share.levels)]
    if share.days and when is not None:
        moments = pd.to_datetime(kept[when], utc=True)
        kept = kept[moments >= now - timedelta(days=share.days)]
    fields = list(share.fields)
    shown = gpd.GeoDataFrame(kept[fields].copy(), geometry=kept.geometry.to_numpy(), crs=layer.crs)
    for name in [one for one in fields if one in _COUNTS]:
        n = pd.to_numeric(shown[name]).astype("Float64")
        shown[name] = n.mask((n > 0) & (n < SMALL_BELOW)).round().astype("Int64")
    if share.place:
        ground = units[["code", "name", "geometry"]].rename(
            columns={"code": "place_code", "name": "place_name"}
        )
        middle = shown.set_geometry(shown.geometry.representative_point())
        inside = gpd.sjoin(middle, ground, how="inner", predicate="within")
        borders = ground["geometry"].to_numpy()[
            ground.index.get_indexer(pd.Index(inside["index_right"]))
        ]
        columns = [*fields, "place_code", "place_name"]
        shown = gpd.GeoDataFrame(inside[columns], geometry=borders, crs=layer.crs)
    return shown.reset_index(drop=True)

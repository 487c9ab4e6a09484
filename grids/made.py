"""Grids that were made, as a layer to bring in: codes, names and whole households."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.datums import Floats
from grids.boundaries import Ints
from grids.codes import make_codes
from grids.divide import Division


def grid_layer(
    division: Division, communities: gpd.GeoDataFrame, used: Sequence[str]
) -> gpd.GeoDataFrame:
    """Give the grids of a division their numbers and names.

    Parameters
    ----------
    division
        Of :func:`grids.divide.divide`.
    communities
        The frame that was divided.
    used
        All codes of grids that were ever given.

    Returns
    -------
    GeoDataFrame
        The columns of :data:`grids.read.COLUMNS`, in the order of the codes: numbered inside their
        community from west to east, then from north to south.
    """
    grids = division.grids
    at = grids["community"].to_numpy(np.int64)
    parents = [str(code) for code in communities["code"].to_numpy()[at]]
    empty = pd.Series([None] * len(grids), dtype=object)
    layer = gpd.GeoDataFrame(
        {"code": empty, "name": empty, "parent": parents, "people": empty.astype("Int64")},
        geometry=grids.geometry.to_numpy(),
        crs="EPSG:4326",
    )
    codes = make_codes(layer, "grid", parents, {}, used, "")
    owners = communities["name"].to_numpy()[at]
    names = [f"{owner}第{int(code[-3:])}网格" for owner, code in zip(owners, codes, strict=True)]
    households = pd.array(_whole(grids["households"].to_numpy(np.float64), at), dtype="Int64")
    layer = layer.assign(code=codes, name=names, households=households)
    return layer.sort_values("code", ignore_index=True)


def _whole(sizes: Floats, owner: Ints) -> Ints:
    """Round the sizes of each owner so that their sum is the rounded sum."""
    whole = np.floor(sizes).astype(np.int64)
    for one in np.unique(owner):
        mine = np.flatnonzero(owner == one)
        left = round(float(sizes[mine].sum())) - int(whole[mine].sum())
        whole[mine[np.argsort(whole[mine] - sizes[mine], kind="stable")[:left]]] += 1
    return whole

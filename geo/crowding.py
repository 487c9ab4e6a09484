"""How closely places stand about each: where they stand close, roads and quarters are short."""

import numpy as np

from geo.datums import Floats

_NEIGHBOURS = 8
_LEAST_M = 20.0  # many names at one pin are no crowd
_MOST = 2.0
_DEGREE_M = 111_195.0


def crowding(lon: Floats, lat: Floats) -> Floats:
    """Compare the way to each place's eighth neighbour with that of the middle place of all.

    It is relative, so that a list of shops and one of compounds mean the same by it.

    Parameters
    ----------
    lon, lat
        WGS84 degrees, shape (n,).

    Returns
    -------
    ndarray of float
        Natural logarithm of how many times as near it is, from -2 to 2, shape (n,); 0 for all where
        there are too few places to tell.

    Examples
    --------
    Ten places a hundred metres apart, and eleven a kilometre apart:

    >>> lat = 40 + np.concatenate([np.arange(10) / 1112, 1 + np.arange(11) / 111.2])
    >>> crowding(np.full(21, 116.0), lat)[[4, 15]].round(1).tolist()
    [2.0, 0.0]
    """
    if len(lon) <= _NEIGHBOURS:
        return np.zeros(len(lon))
    # Only what builds an index needs it: a process that opens one starts sooner without.
    from scipy.spatial import KDTree

    east = lon * np.cos(np.radians(np.median(lat)))
    flat_m = np.column_stack([east, lat]) * _DEGREE_M
    away_m = np.asarray(KDTree(flat_m).query(flat_m, [_NEIGHBOURS + 1])[0])[:, 0]
    times = np.maximum(np.median(away_m), _LEAST_M) / np.maximum(away_m, _LEAST_M)
    return np.asarray(np.clip(np.log(times), -_MOST, _MOST))

"""Points by a written scale, and their weighted mean: 民生指数 from 0 (worst) to 100.

The scale is fixed, not drawn from the other places: an index changes only where the place's own
figures do, and can be worked out again with a pencil from its parts.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from hotspots.livelihood.scale import PARTS, PartScale, Scale

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST: Final = 20
"""Appeals of a base below which growth says nothing."""

WINDOW, BEFORE = 3, 12


def points(values: Floats, scale: PartScale) -> Floats:
    """Give the points of a part, NaN where it has no data; any shape.

    Examples
    --------
    >>> points(np.array([0.5, 0.75, 1.0, np.nan]), PartScale(1, full=1, none=0.5)).tolist()
    [0.0, 50.0, 100.0, nan]
    >>> points(np.array([0.0, 3.0]), PartScale(1, full=0.5, none=2)).tolist()
    [100.0, 0.0]
    """
    share = (values - scale.none) / (scale.full - scale.none)
    return np.asarray(100 * np.clip(share, 0, 1), dtype=np.float64)


def index(parts: Mapping[str, Floats], scale: Scale) -> tuple[dict[str, Floats], Floats, Floats]:
    """Give the points of each part, the index, and the share of the weights that is known.

    Parameters
    ----------
    parts
        Of :data:`hotspots.livelihood.scale.PARTS`, each of shape (n, months); NaN: no data.
    scale
        Weights and bounds.

    Returns
    -------
    points, index, known
        Each of shape (n, months); the index is NaN where less than ``scale.known`` is known.

    Examples
    --------
    >>> from hotspots.livelihood.scale import read_scale
    >>> parts = dict.fromkeys(PARTS, np.full((1, 1), np.nan))
    >>> parts |= {"load": np.array([[1.25]]), "resolution": np.array([[0.9]])}
    >>> parts |= {"satisfaction": np.array([[0.8]])}
    >>> of, value, known = index(parts, read_scale(None))
    >>> round(float(of["load"][0, 0]), 1), round(float(of["resolution"][0, 0]), 1)
    (50.0, 80.0)
    >>> round(float(value[0, 0]), 1), round(float(known[0, 0]), 2)
    (62.5, 0.6)
    """
    found = {part: points(parts[part], scale.parts[part]) for part in PARTS}
    every = sum(part.weight for part in scale.parts.values())
    total = np.zeros(parts[PARTS[0]].shape)
    weight = np.zeros_like(total)
    for part, of in found.items():
        there = ~np.isnan(of)
        total += np.where(there, of, 0.0) * scale.parts[part].weight
        weight += there * scale.parts[part].weight
    known = weight / every
    enough = (weight > 0) & (known >= scale.known - 1e-9)
    return found, np.where(enough, total / np.where(weight > 0, weight, 1), np.nan), known


def load(rates: Floats, city: Floats) -> Floats:
    """Give rates of places over that of the city, NaN where it is not above 0.

    ``rates`` has shape (n, months), ``city`` (months,).
    """
    out = np.full(rates.shape, np.nan)
    np.divide(rates, city[None, :], out=out, where=city[None, :] > 0)
    return out


def growth(counts: Counts, days: Ints) -> Floats:
    """Give appeals a day of three months over those of up to twelve months before.

    Parameters
    ----------
    counts
        Shape (n, months), the newest last.
    days
        Of each month, shape (months,): the last may be running.

    Returns
    -------
    Floats
        Shape (n, months); NaN where the base has less than three months or ``LEAST`` appeals.

    Examples
    --------
    >>> growth(np.array([[10] * 12 + [20] * 3]), np.full(15, 30))[0, -1].tolist()
    2.0
    """
    out = np.full(counts.shape, np.nan)
    for month in range(2 * WINDOW - 1, counts.shape[1]):
        new, old = (
            slice(month - WINDOW + 1, month + 1),
            slice(max(month - BEFORE - 2, 0), month - 2),
        )
        base = counts[:, old].sum(axis=1)
        now = counts[:, new].sum(axis=1) / days[new].sum()
        np.divide(now * days[old].sum(), base, out=out[:, month], where=base >= LEAST)
    return out

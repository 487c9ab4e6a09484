"""How well flagged places foretell where the next appeals lie: hit rate, PAI, PEI, RRI."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Figures of one month; they are comparable at one ``area_share`` only.

    ``hit_rate`` is the share of the appeals in flagged places, ``pai`` (预测准确指数) that share
    over the share of the area, ``pei`` (预测效率指数) ``pai`` over that of the best places of the
    same area.
    """

    area_share: float
    hit_rate: float
    pai: float
    pei: float


def accuracy(flags: Bools, came: Floats, area_m2: Floats, study_m2: float) -> Accuracy:
    """Hold flags against the appeals that came.

    Parameters
    ----------
    flags
        Places that were flagged, shape (n,).
    came
        Appeals that came there, shape (n,).
    area_m2
        Square metres of each place, shape (n,).
    study_m2
        Square metres of the whole area.

    Returns
    -------
    Accuracy
        NaN where nothing was flagged or nothing came.

    Notes
    -----
    Chainey, Tompson and Uhlig, Security Journal 21 (2008); Hunt, thesis, Rutgers (2016).

    Examples
    --------
    One of ten places, flagged, holds 40 of 100 appeals; the best one held 60:

    >>> came = np.array([40.0, 60, 0, 0, 0, 0, 0, 0, 0, 0])
    >>> of = accuracy(np.arange(10) == 0, came, np.ones(10), 10.0)
    >>> of.hit_rate, of.pai, round(of.pei, 3)
    (0.4, 4.0, 0.667)
    """
    flagged_m2, total = float(area_m2[flags].sum()), float(came.sum())
    if not flagged_m2 or not total:
        return Accuracy(flagged_m2 / study_m2, *(float("nan"),) * 3)
    hits = float(came[flags].sum()) / total
    order = np.argsort(-came / area_m2, kind="stable")
    fits = np.cumsum(area_m2[order]) <= flagged_m2 * (1 + 1e-12)
    best = float(came[order[fits]].sum()) / total
    share = flagged_m2 / study_m2
    return Accuracy(share, hits, hits / share, hits / best if best else float("nan"))


def recapture_rate(flags: Bools, before: Floats, after: Floats) -> float:
    """Give the recapture rate index: whether flagged places still hold their share a period later.

    Parameters
    ----------
    flags, before, after
        Flagged places and the appeals of two periods, shape (n,).

    Returns
    -------
    float
        1: as much as before; NaN where it cannot be told.

    Notes
    -----
    Levine, Security Journal 21 (2008).

    Examples
    --------
    >>> recapture_rate(np.array([True, False]), np.array([30.0, 70.0]), np.array([30.0, 170.0]))
    0.5
    """
    if not before[flags].sum() or not after.sum():
        return float("nan")
    return float(after[flags].sum() / after.sum() / (before[flags].sum() / before.sum()))

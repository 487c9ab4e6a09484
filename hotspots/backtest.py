"""How the focus layer would have fared: each past month foretold from the months before it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from hotspots.accuracy import Accuracy, accuracy
from hotspots.focus import AREA_SHARE, flag_top, focus
from hotspots.neighbours import Neighbours

Floats = npt.NDArray[np.float64]

MONTHS: Final = 12
"""Months that are foretold, and that the control counts."""


@dataclass(frozen=True, slots=True)
class Backtest:
    """The focus layer and its control, the plain count of twelve months, month by month."""

    layer: tuple[Accuracy, ...]
    control: tuple[Accuracy, ...]

    def difference(self) -> tuple[float, float]:
        """Give the mean of the layer's PAI less the control's, and its standard error.

        NaN where fewer than two months could be foretold.
        """
        pairs = zip(self.layer, self.control, strict=True)
        apart = np.array([layer.pai - control.pai for layer, control in pairs])
        apart = apart[~np.isnan(apart)]
        if len(apart) < 2:
            return float("nan"), float("nan")
        return float(apart.mean()), float(apart.std(ddof=1) / len(apart) ** 0.5)


def backtest(
    counts: Floats,
    around: Neighbours,
    area_m2: Floats,
    *,
    share: float = AREA_SHARE,
    study_m2: float | None = None,
) -> Backtest:
    """Foretell the last months, each from those before it.

    Parameters
    ----------
    counts
        Appeals by place and month, shape (n, months), oldest first; first reports are fairer.
    around
        The neighbours of the places.
    area_m2
        Square metres of each place, shape (n,).
    share, study_m2
        Of :func:`hotspots.focus.flag_top`.

    Returns
    -------
    Backtest
        At most twelve months; those that have no twelve before them are not foretold.
    """
    whole_m2 = max(float(area_m2.sum()), study_m2 or 0.0)
    layer: list[Accuracy] = []
    control: list[Accuracy] = []
    for month in range(max(MONTHS, counts.shape[1] - MONTHS), counts.shape[1]):
        scores = (
            focus(counts[:, :month], around),
            np.asarray(counts[:, month - MONTHS : month].sum(axis=1), dtype=np.float64),
        )
        for score, found in zip(scores, (layer, control), strict=True):
            flags = flag_top(score, area_m2, share=share, study_m2=study_m2)
            found.append(accuracy(flags, counts[:, month], area_m2, whole_m2))
    return Backtest(tuple(layer), tuple(control))

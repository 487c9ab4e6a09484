"""The best detectors of river on daily counts: forecasters by their residual, and the distance.

river is asked one count at a time. Settings are sensible ones, not tuned. Counts are raised by one,
because HoltWinters divides by its first season.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from river import anomaly, linear_model, preprocessing, stats, time_series

Floats = npt.NDArray[np.float64]

_models: Any = time_series  # without types
_anomaly: Any = anomaly

_WARM_STEPS, _FADING, _WINSOR_SD = 21, 0.03, 4.0


def holt_winters(counts: Floats) -> Floats:
    """Give standardised residuals of HoltWinters, shape (S, T)."""
    return _residuals(
        counts,
        lambda: _models.HoltWinters(
            alpha=0.1, beta=0.01, gamma=0.1, seasonality=7, multiplicative=False
        ),
    )


def snarimax(counts: Floats) -> Floats:
    """Give standardised residuals of SNARIMAX, shape (S, T)."""
    return _residuals(
        counts,
        lambda: _models.SNARIMAX(
            p=3,
            d=0,
            q=1,
            m=7,
            sp=2,
            regressor=preprocessing.StandardScaler() | linear_model.LinearRegression(l2=0.01),
        ),
    )


def absolute_deviation(counts: Floats) -> Floats:
    """Give StandardAbsoluteDeviation from the running mean, shape (S, T)."""
    out = np.zeros(counts.shape)
    for i, row in enumerate(counts.tolist()):
        model = _anomaly.StandardAbsoluteDeviation(sub_stat=stats.Mean())
        for t, count in enumerate(row):
            score = model.score_one(None, count)
            model.learn_one(None, count)
            out[i, t] = score if np.isfinite(score) else 0.0
    return out


def _residuals(counts: Floats, make: Callable[[], Any]) -> Floats:
    out = np.zeros(counts.shape)
    for i, row in enumerate((counts + 1).tolist()):
        model, mean, variance = make(), 0.0, 1.0
        for t, count in enumerate(row):
            if t >= _WARM_STEPS:
                forecast = min(max(model.forecast(horizon=1)[0], 0.0), 1e7)
                residual, sd = count - forecast, (variance + 0.05) ** 0.5
                out[i, t] = (residual - mean) / sd
                residual = min(residual, mean + _WINSOR_SD * sd)
                mean += _FADING * (residual - mean)
                variance += _FADING * ((residual - mean) ** 2 - variance)
            model.learn_one(count)
    return out

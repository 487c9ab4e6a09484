"""Does a series rise or fall: Mann and Kendall's test with ties, Sen's slope."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from hotspots.discoveries import two_sided

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Trend:
    """Mann and Kendall's test of n series, arrays of shape (n,).

    ``s`` is the number of rising pairs less the falling ones, ``tau`` Kendall's tau-b, ``z`` the
    score with tie and continuity corrections (0 for a constant series), ``p`` two-sided.
    """

    s: Floats
    tau: Floats
    z: Floats
    p: Floats


def mann_kendall(series: Floats) -> Trend:
    """Test each series for a monotone trend.

    Parameters
    ----------
    series
        One row a series, shape (n, steps), oldest step first.

    Returns
    -------
    Trend
        Of each row.

    Notes
    -----
    Mann, Econometrica 13 (1945); Kendall, Rank Correlation Methods (1975). Steps are taken as
    independent: windows that overlap make p too small.

    Examples
    --------
    With ties, as pymannkendall gives it:

    >>> of = mann_kendall(np.array([[0.0, 0, 0, 1, 0, 2, 0, 1, 3, 2, 2, 4]]))
    >>> of.s.tolist(), of.z.round(6).tolist(), of.p.round(6).tolist()
    ([40.0], [2.819482], [0.00481])
    """
    if series.ndim != 2:
        raise ValueError("series must have one row a series and one column a step")
    by_step = np.ascontiguousarray(series.T)
    steps, n = by_step.shape
    s = np.zeros(n, dtype=np.int64)
    for step in range(steps - 1):
        later = by_step[step + 1 :]
        signs = (later > by_step[step]).view(np.int8) - (later < by_step[step]).view(np.int8)
        s += signs.sum(axis=0, dtype=np.int32)
    tied_pairs, tied_variance = _ties(by_step)
    pairs = steps * (steps - 1) / 2
    variance = (steps * (steps - 1) * (2 * steps + 5) - tied_variance) / 18
    z, tau = np.zeros(n), np.zeros(n)
    np.divide(s - np.sign(s), np.sqrt(variance), out=z, where=variance > 0)
    np.divide(s, np.sqrt(pairs * (pairs - tied_pairs)), out=tau, where=tied_pairs < pairs)
    return Trend(s.astype(np.float64), tau, z, two_sided(z))


def _ties(by_step: Floats) -> tuple[Floats, Floats]:
    """Add up t(t-1)/2 and t(t-1)(2t+5) over the groups of t equal values, each shape (n,)."""
    ordered = np.sort(by_step, axis=0)
    run = np.ones(ordered.shape[1])
    pairs, variance = np.zeros_like(run), np.zeros_like(run)
    for step in range(1, len(ordered)):
        same = ordered[step] == ordered[step - 1]
        # From t - 1 to t equal values the sums grow by t - 1 and by 6 (t² - 1).
        pairs += np.where(same, run, 0)
        variance += np.where(same, 6 * run * (run + 2), 0)
        run = np.where(same, run + 1, 1)
    return pairs, variance


def sen_slope(series: Floats) -> Floats:
    """Give the median slope over all pairs of steps of each series.

    Parameters
    ----------
    series
        Shape (n, steps).

    Returns
    -------
    Floats
        Change a step, shape (n,); NaN where there is one step only.

    Notes
    -----
    Sen, J. Amer. Statist. Assoc. 63 (1968).

    Examples
    --------
    >>> sen_slope(np.array([[1.0, 3, 5, 7, 90], [2.0, 2, 2, 2, 2]])).tolist()
    [2.0, 0.0]
    """
    steps = series.shape[1]
    if steps < 2:
        return np.full(len(series), np.nan)
    early, late = np.triu_indices(steps, 1)
    out = np.empty(len(series))
    for start in range(0, len(series), 1024):  # the pairs of all series at once would fill memory
        part = series[start : start + 1024]
        slopes = (part[:, late] - part[:, early]) / (late - early)
        out[start : start + 1024] = np.median(slopes, axis=1)
    return out

"""Did it work (整改成效): appeals after a remedy against what would have come without one.

A place is chosen because it was bad, and what was bad falls by itself. What would have come is the
place's twelve months before the trigger month, moved with the city, times the part of the trigger's
excess that stays: both that part and the scatter around it are read off the city's own past, from
places and months in which nothing was done.

That a place became worse is said of single places only, and only beyond what places of the same
rank did before. Places that were picked together for their growth go on growing together, in no way
that a few years of past could put a bound to: of a batch it is told that it lies above, no more.
"""

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy import stats

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]
Verdict = Literal["fell", "unclear", "rose"]
"""明显下降, 看不出变化, 明显上升."""

BEFORE: Final = 12
"""Months before the trigger that the level is read off; the trigger month is not one of them."""

LEAST_STARTS: Final = 6
"""Past months from which courses must begin, before anything is judged."""

FEW: Final = 5.0
"""Appeals added to both sides of the trigger's excess, so that one appeal is no doubling."""

TOGETHER: Final = 0.3
"""Part of their scatter that the places of a batch share: they were listed for one reason."""

SAME_RANK_TAIL: Final = 0.025
"""Probability that a place lies above what those of its rank let expect."""

FALL: Final = 0.3
"""The fall of which it is told how likely it would have been seen."""

FALL_TAIL: Final = 0.015
RISE_TAIL: Final = 0.02
"""Share of courses without a remedy that may be called a fall, a rise."""


@dataclass(frozen=True, slots=True)
class Course:
    """How counts go on after a month, in this city.

    ``level`` is the factor at no excess, ``stays`` the power of the excess that stays (0: all of it
    is chance, 1: none), ``scatter`` the variance beyond Poisson over the squared expectation.
    ``low`` and ``high`` are the negative binomial probabilities beyond which the agreed share of
    past courses lie: real ones have heavier tails, and these are never nearer than the agreed ones.
    """

    level: float
    stays: float
    scatter: float
    low: float
    high: float


def course_of(counts: Counts, months: int) -> Course:
    """Read off the past how counts go on over some months.

    Parameters
    ----------
    counts
        Appeals of one topic by place and month, shape (n, t), oldest first, all of them before the
        remedy.
    months
        Months after the trigger that will be judged.

    Returns
    -------
    Course
        Fitted by Poisson likelihood to all places and all months of the past.

    Raises
    ------
    ValueError
        The past is too short: 12 + ``months`` and six months are needed.
    """
    triggers = range(BEFORE, counts.shape[1] - months)
    if len(triggers) < LEAST_STARTS:
        raise ValueError(f"{counts.shape[1]} months of past are too few to judge {months} by")
    city = counts.sum(axis=0).astype(np.float64)
    parts = [_before(counts, city, trigger, months) for trigger in triggers]
    plain, excess = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    came = np.concatenate([after(counts, trigger, months) for trigger in triggers])
    some = plain > 0
    if not some.any():
        return Course(1.0, 0.0, 0.0, FALL_TAIL, RISE_TAIL)  # the topic is new to the city
    plain, excess, came = plain[some], excess[some], came[some]
    design = np.column_stack([np.ones_like(excess), excess])
    power = np.zeros(2)
    for _ in range(25):  # Newton's rounds; the likelihood is concave
        mean = plain * np.exp(design @ power)
        step = np.linalg.lstsq(design.T @ (mean[:, None] * design), design.T @ (came - mean))[0]
        power += step
        if np.abs(step).max() < 1e-10:
            break
    mean = plain * np.exp(design @ power)
    scatter = max(float(((came - mean) ** 2 - mean).sum() / (mean**2).sum()), 0.0)
    low = min(FALL_TAIL, float(np.quantile(_cdf(came, mean, scatter), FALL_TAIL)))
    high = min(RISE_TAIL, float(np.quantile(1 - _cdf(came - 1, mean, scatter), RISE_TAIL)))
    return Course(float(np.exp(power[0])), float(power[1]), scatter, low, high)


def _cdf(n: Counts, mean: Floats, scatter: float) -> Floats:
    """P(N <= n) of negative binomial counts of this mean and variance mean + scatter mean²."""
    size = 1 / max(scatter, 1e-9)
    return np.asarray(stats.nbinom.cdf(n, size, size / (size + mean)), dtype=np.float64)


def _before(counts: Counts, city: Floats, trigger: int, months: int) -> tuple[Floats, Floats]:
    """Expect by the twelve months before alone; take the logarithm of the trigger's excess."""
    past = slice(max(trigger - BEFORE, 0), trigger)
    level = counts[:, past].sum(axis=1) / max(city[past].sum(), 1.0)
    usual = level * city[trigger]
    excess = np.log((counts[:, trigger] + FEW) / (usual + FEW))
    return level * city[trigger + 1 : trigger + 1 + months].sum(), excess


def after(counts: Counts, trigger: int, months: int) -> Counts:
    """Count what came in the months after the trigger, by place, shape (n,)."""
    return np.asarray(counts[:, trigger + 1 : trigger + 1 + months].sum(axis=1))


def expect(counts: Counts, apart: Ints, trigger: int, months: int, course: Course | None) -> Floats:
    """Reckon what comes after the trigger where nothing is done.

    Parameters
    ----------
    counts
        Appeals of one topic by place and month, shape (n, t), oldest first: all places of the city.
    apart
        Rows of the places that the city is read without, shape (k,); all places: it is read with
        them.
    trigger, months
        As for :func:`judge`.
    course
        How counts go on in this city; without one, the months before the trigger (twelve, or as
        many as there are) moved with the city stand alone.

    Returns
    -------
    Floats
        Appeals of the months after together, by place, shape (n,).
    """
    rest = np.delete(counts, apart, axis=0) if len(np.unique(apart)) < len(counts) else counts
    plain, excess = _before(counts, rest.sum(axis=0).astype(np.float64), trigger, months)
    return plain if course is None else course.level * plain * np.exp(course.stays * excess)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a batch of places.

    Attributes
    ----------
    came, expected
        Appeals of the months after, and those that would have come without a remedy.
    low, high
        Counts outside of which a change is one.
    verdict
        ``fell``, ``unclear`` or ``rose``; the last of single places only.
    above
        The count lies above ``high``: ``rose`` of one place, no proof of a batch.
    visible_fall
        The smallest fall, as a share of the expectation, that could have been seen; NaN where even
        no appeal at all would prove nothing.
    power
        Probability that a fall by ``FALL`` would have been seen.
    """

    came: int
    expected: float
    low: float
    high: float
    verdict: Verdict
    above: bool
    visible_fall: float
    power: float


def judge(
    counts: Counts, batch: Ints, trigger: int, months: int, *, remedied: Ints | None = None
) -> Outcome:
    """Judge the places of a batch together.

    The city against which they are held is all other places: what a large batch loses must not be
    taken for a fall of the city, which would make its neighbours rise.

    Parameters
    ----------
    counts
        Appeals of one topic by place and month, shape (n, t), oldest first: all places of the city.
    batch
        Rows of the places that were remedied in one go, shape (k,); hand in their neighbours to see
        whether the matter moved next door.
    trigger
        The month that set the remedy off; it is carried out at its end.
    months
        Months judged, from the one after the trigger.
    remedied
        Rows of the places in which something was done, shape (k,); the batch without it.

    Returns
    -------
    Outcome
        One place with few appeals proves little: ``visible_fall`` says how little.

    Raises
    ------
    ValueError
        The months after are not over, or the past is too short (:func:`course_of`).
    """
    if months < 1 or trigger + months >= counts.shape[1]:
        raise ValueError("the months to be judged are not over")
    course = course_of(counts[:, : trigger + 1], months)
    each = expect(counts, batch if remedied is None else remedied, trigger, months, course)
    expected = float(each[batch].sum())
    alone, shared = float((each[batch] ** 2).sum()), expected**2
    extra = course.scatter * ((1 - TOGETHER) * alone + TOGETHER * shared)
    came = int(after(counts, trigger, months)[batch].sum())
    if expected <= 0:
        return Outcome(came, expected, 0.0, 0.0, "unclear", came > 0, float("nan"), 0.0)
    size = expected**2 / max(extra, 1e-9 * expected)  # Poisson, but for rounding, if none scatters
    low, high = (float(_law(expected, size).ppf(at)) for at in (course.low, 1 - course.high))
    if len(batch) == 1:
        factor = _same_rank(counts[:, : trigger + 1], int(batch[0]), months, course)
        high = max(high, float(np.floor(expected * factor)))
    verdict: Verdict = "fell" if came < low else "unclear"
    if came > high and len(batch) == 1:
        verdict = "rose"
    fall = 1 - (low - 1) / expected if low >= 1 else float("nan")
    power = float(_law(expected * (1 - FALL), size).cdf(low - 1))
    return Outcome(came, expected, low, high, verdict, came > high, fall, power)


def _law(mean: float, size: float) -> "stats.distributions.rv_frozen":
    return stats.nbinom(size, size / (size + mean))


def _same_rank(counts: Counts, place: int, months: int, course: Course) -> float:
    """Give the factor of the expectation beyond which places of this rank hardly ever came.

    The place's rank in the last month of ``counts`` is that by appeals or by growth, whichever is
    higher; in every month before, whoever had that rank then is followed as if it were the place.
    """
    trigger = counts.shape[1] - 1
    ranks = _ranks(counts, trigger)[:, place]
    by = int(ranks.argmin())
    total, ratios = counts.sum(axis=0), []
    for month in range(BEFORE, trigger - months + 1):
        row = np.flatnonzero(_ranks(counts, month)[by] == ranks[by])
        rest = (total - counts[row[0]]).astype(np.float64)
        plain, excess = _before(counts[row], rest, month, months)
        mean = float(course.level * plain[0] * np.exp(course.stays * excess[0]))
        if mean > 0:
            came = max(float(after(counts[row], month, months)[0]), 0.5)
            ratios.append(np.log(came / mean))
    n = len(ratios)
    if n < LEAST_STARTS:
        return float("inf")
    tail = float(stats.t.ppf(1 - SAME_RANK_TAIL, n - 1))
    return float(np.exp(np.mean(ratios) + tail * np.std(ratios, ddof=1) * np.sqrt(1 + 1 / n)))


def _ranks(counts: Counts, month: int) -> Ints:
    """Rank places by the appeals of a month and by their growth, 0 the highest, shape (2, n)."""
    usual = counts[:, month - BEFORE : month].mean(axis=1)
    n = counts[:, month]
    orders = (np.argsort(-by, kind="stable") for by in (n, (n - usual) / np.sqrt(usual + 1)))
    out = np.empty((2, len(n)), dtype=np.int64)
    for row, order in enumerate(orders):
        out[row, order] = np.arange(len(n))
    return out

"""Repeats (重复诉求): appeals about what was reported a short while before.

One caller may make a hot spot, and so may one address. Cases, places and callers are reported
apart, and a cube may be built of first reports only.
"""

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

WITHIN_DAYS = 30


def first_reports(key: Ints, day: Ints, *, within_days: int = WITHIN_DAYS) -> Bools:
    """Tell which appeals are first reports.

    After a first report what has the same key is a repeat for ``within_days`` days; what comes
    later is a first report again, however many repeats lie between.

    Parameters
    ----------
    key
        What makes two appeals the same (place or caller, with or without the class), as numbers,
        shape (n,); a negative one is unknown and never a repeat.
    day
        Days from any one day, shape (n,), in any order; of one day the first in order is the first.
    within_days
        Not negative.

    Returns
    -------
    Bools
        Shape (n,).

    Examples
    --------
    An address on days 0, 20, 31 and 61; an appeal without address:

    >>> first_reports(np.array([7, 7, 7, 7, -1]), np.array([0, 20, 31, 61, 31])).tolist()
    [True, False, True, False, True]
    """
    order, start, _ = _by_key(key, day)
    first = key < 0
    keys, days = key[order], day[order]
    span = int(day.max() - day.min()) + within_days + 2 if len(day) else 1
    along = keys * span + (days - days.min() if len(days) else days)
    # The next first report of each, if it is one: the first of the key after the days of grace.
    following = np.searchsorted(along, along + within_days, side="right")
    at = np.flatnonzero(start & (keys >= 0))
    while len(at):
        first[order[at]] = True
        ahead = following[at]
        there = ahead < len(keys)
        at, ahead = at[there], ahead[there]
        at = ahead[keys[ahead] == keys[at]]
    return first


def repeat_share(key: Ints, day: Ints, *, within_days: int) -> float:
    """Give the share of appeals whose key was seen in the days before.

    Parameters
    ----------
    key, day
        Of :func:`first_reports`, shape (n,).
    within_days
        Days that lie between an appeal and the last of the same key, at most.

    Returns
    -------
    float
        NaN without appeals.

    Examples
    --------
    >>> repeat_share(np.array([7, 7, 7, 8]), np.array([0, 20, 90, 90]), within_days=30)
    0.25
    """
    if not len(key):
        return float("nan")
    order, start, gap = _by_key(key, day)
    return float((~start & (key[order] >= 0) & (gap <= within_days)).mean())


def _by_key(key: Ints, day: Ints) -> tuple[npt.NDArray[np.intp], Bools, Ints]:
    """Sort by key and day: the order, where a key begins, days since the one before."""
    order = np.lexsort((day, key))
    start = np.ones(len(key), dtype=np.bool_)
    start[1:] = np.diff(key[order]) != 0
    return order, start, np.diff(day[order], prepend=0)

"""Staggered roll-out (抽签分批): who begins is drawn by lot, and the lot judges what it brought.

Places that begin now and places that wait differ by nothing but the lot. No model of what would
have come has to hold: a lot of the same size is as likely as any other, and the share of them that
would look as good is the probability of the finding. It needs no years of past either.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from appeals.errors import InputError
from hotspots.remediation import (
    BEFORE,
    FALL,
    FEW,
    LEAST_STARTS,
    after,
    course_of,
    expect,
)

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]

TAIL: Final = 0.02
"""Share of the lots that may look as good as the one drawn, where it is told of a fall."""

LEAST_LOTS: Final = 50
"""With fewer the best of them would prove nothing: 8 places of which 3 to 5 begin have 56 or 70."""

_DRAWS: Final = 4000
_ALTERNATIVES: Final = 100


def draw_lot(codes: Sequence[str], begin: int, seed: str) -> frozenset[str]:
    """Draw which of the listed places begin now; the others wait.

    Whoever has the list and the seed can draw it again with any program for checksums: the places
    are ordered by the SHA-256 of seed, slash and code, and the first ones begin.

    Parameters
    ----------
    codes
        Of the listed places.
    begin
        How many begin now.
    seed
        The lot; kept with the list.

    Returns
    -------
    frozenset of str
        The codes of the places that begin.

    Raises
    ------
    InputError
        There are fewer than ``LEAST_LOTS`` ways to draw.
    """
    lots = comb(len(codes), begin) if begin > 0 else 0
    if lots < LEAST_LOTS:
        raise InputError(
            f"begin: {begin} of {len(codes)} places can be drawn in {lots} ways; a lot proves"
            f" something from {LEAST_LOTS} on, such as 3 to 5 of 8 or 2 of 11"
        )
    return frozenset(sorted(codes, key=lambda code: _digest(seed, code))[:begin])


def _digest(seed: str, code: str) -> str:
    return hashlib.sha256(f"{seed}/{code}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LotOutcome:
    """What the lot says of a roll-out.

    Attributes
    ----------
    began, waited
        Appeals that came over those expected, of the places that began and of those that waited;
        NaN where none were expected.
    p
        Share of the lots in which those that begin lie as low as here, one-sided.
    verdict
        ``fell`` where that is at most ``TAIL``.
    power
        Probability that a fall by ``FALL`` would have been seen.
    """

    began: float
    waited: float
    p: float
    verdict: Literal["fell", "unclear"]
    power: float


def judge_lot(
    counts: Counts,
    listed: Ints,
    began: npt.NDArray[np.bool_],
    trigger: int,
    months: int,
    chance: np.random.Generator,
) -> LotOutcome:
    """Judge a roll-out by the lot that was drawn.

    Parameters
    ----------
    counts
        Appeals of one topic by place and month, shape (n, t), oldest first: all places of the city.
    listed
        Rows of the listed places, shape (k,).
    began
        Which of them the lot had begin, shape (k,).
    trigger, months
        As for :func:`hotspots.remediation.judge`; none of those that wait begins in these months.
    chance
        Where other lots come from, if there are too many for all of them.

    Raises
    ------
    ValueError
        The months after are not over.
    """
    if months < 1 or trigger + months >= counts.shape[1]:
        raise ValueError("the months to be judged are not over")
    past = counts[:, : trigger + 1]
    old = past.shape[1] >= BEFORE + months + LEAST_STARTS
    course = course_of(past, months) if old else None
    expected = expect(counts, listed, trigger, months, course)[listed]
    came = after(counts, trigger, months)[listed].astype(np.float64)
    change = (came + FEW) / (expected + FEW)
    lots = _lots(len(listed), int(began.sum()), chance)
    p = lot_test(change, began, lots)
    return LotOutcome(
        _ratio(came[began], expected[began]),
        _ratio(came[~began], expected[~began]),
        p,
        "fell" if p <= TAIL else "unclear",
        _power(came, expected, began, lots),
    )


def _ratio(came: Floats, expected: Floats) -> float:
    return float(came.sum() / expected.sum()) if expected.sum() > 0 else float("nan")


def _lots(k: int, size: int, chance: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Give all lots of this size, or as many at random as are enough, shape (lots, k)."""
    if comb(k, size) <= _DRAWS:
        rows = np.array(list(combinations(range(k), size)), dtype=np.int64)
    else:
        rows = np.argsort(chance.random((_DRAWS, k)), axis=1)[:, :size]
    lots = np.zeros((len(rows), k), dtype=np.bool_)
    np.put_along_axis(lots, rows, values=True, axis=1)
    return lots


def lot_test(change: Floats, began: npt.NDArray[np.bool_], lots: npt.NDArray[np.bool_]) -> float:
    """Give the share of lots that look as good as the one that was drawn.

    Parameters
    ----------
    change
        Appeals after over those expected, by listed place, shape (k,).
    began
        The lot that was drawn, shape (k,).
    lots
        All lots of its size, or lots at random, shape (lots, k).

    Returns
    -------
    float
        One-sided; the lot that was drawn counts among the others.

    Notes
    -----
    Fisher, The Design of Experiments (1935): right by design, whatever the counts are like.

    Examples
    --------
    Three began and fell, three waited: one of twenty lots is as good.

    >>> change = np.array([0.6, 0.7, 0.65, 1.1, 1.0, 0.9])
    >>> lots = np.array([[i in lot for i in range(6)] for lot in combinations(range(6), 3)])
    >>> round(lot_test(change, np.arange(6) < 3, lots), 4)
    0.05
    """
    return float(_p(change[:, None], began[:, None], lots)[0])


def _p(change: Floats, began: npt.NDArray[np.bool_], lots: npt.NDArray[np.bool_]) -> Floats:
    """Test columns of ``change`` and ``began``, each of shape (k, m); shape (m,)."""
    reached = (change * began).sum(axis=0) + 1e-9
    as_good = (lots @ change <= reached).sum(axis=0)
    every = comb(lots.shape[1], int(lots[0].sum())) == len(lots)
    share = as_good / len(lots) if every else (1 + as_good) / (1 + len(lots))
    return np.asarray(share, dtype=np.float64)


def _power(
    came: Floats, expected: Floats, began: npt.NDArray[np.bool_], lots: npt.NDArray[np.bool_]
) -> float:
    """Give the share of other lots of these places in which a fall by ``FALL`` would be seen.

    What the remedy did is taken out first, as far as it shows: those that began are raised to the
    mean of those that waited, and all scatter as much more as two means leave out.
    """
    change = (came + FEW) / (expected + FEW)
    usual = change[~began].mean()
    still = np.where(began, change * usual / change[began].mean(), change)
    still = usual + (still - usual) * np.sqrt(len(change) / max(len(change) - 2, 1))
    step = max(len(lots) // _ALTERNATIVES, 1)
    others = lots[::step].T
    falls = FALL * (still - FEW / (expected + FEW))
    fallen = still[:, None] - np.where(others, falls[:, None], 0.0)
    return float((_p(fallen, others, lots) <= TAIL).mean())

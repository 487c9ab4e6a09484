"""What the desk's verdicts teach: appeals that may be sensitive in words that no list holds.

The list decides; this only raises 待核实 (possible) under a budget of its own. It is a logistic
regression on hashed character pairs and triples. Nothing of it is stored: it is learnt anew from
the verdicts that stand, so that one that is undone takes with it what it taught.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from river import linear_model, optim

from alerts.novelty import FEATURES, gram_matrix

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_VERDICTS = 30
"""Verdicts of each kind before anything is raised: fewer teach chance."""

_RATE = 1.0  # rows have length one, so that a step is as large as the rate
_ROUNDS = 3  # times that the verdicts are gone through


@dataclass(frozen=True, slots=True)
class Learnt:
    """The state: weights of the features that have one, shape (n,), and how many verdicts taught.

    ``true`` and ``false`` count the verdicts 属实 and 不属实.
    """

    feature: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    weight: Floats = field(default_factory=lambda: np.empty(0))
    intercept: float = 0.0
    true: int = 0
    false: int = 0

    @property
    def ready(self) -> bool:
        """Whether it has seen enough of both kinds to raise anything."""
        return min(self.true, self.false) >= LEAST_VERDICTS


def _unit_rows(texts: Sequence[str]) -> Any:
    """Give the grams of each text, rows of length one, CSR."""
    matrix = gram_matrix(texts)
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    scale = np.repeat(1.0 / np.maximum(length, 1e-9), np.diff(matrix.indptr))
    matrix = matrix.astype(np.float64)
    matrix.data *= scale
    return matrix


def _as_dicts(matrix: Any) -> Iterator[dict[int, float]]:
    index, data = matrix.indices.tolist(), matrix.data.tolist()
    for start, stop in itertools.pairwise(matrix.indptr.tolist()):
        yield dict(zip(index[start:stop], data[start:stop], strict=True))


def learn(texts: Sequence[str], verdicts: Sequence[bool]) -> Learnt:
    """Learn from appeals on which the desk has judged.

    Parameters
    ----------
    texts
        Redacted words of the appeals, in the order of the verdicts.
    verdicts
        Whether each was sensitive (属实); 已知 counts as that too.

    Raises
    ------
    ValueError
        The two differ in length.
    """
    rows = list(_as_dicts(_unit_rows(texts)))
    model = linear_model.LogisticRegression(
        optimizer=optim.SGD(_RATE), intercept_lr=_RATE / 10, l2=0.0
    )
    for _ in range(_ROUNDS):
        for row, verdict in zip(rows, verdicts, strict=True):
            model.learn_one(row, bool(verdict))
    weights = dict(sorted(model.weights.items()))
    true = sum(map(bool, verdicts))
    return Learnt(
        np.array(list(weights), np.int64),
        np.array(list(weights.values()), np.float64),
        float(model.intercept),
        true,
        len(texts) - true,
    )


def score(learnt: Learnt, texts: Sequence[str]) -> Floats:
    """Give the probability that each appeal is sensitive, shape (n,); 0 while not ready."""
    if not learnt.ready or not texts:
        return np.zeros(len(texts))
    dense = np.zeros(FEATURES)
    dense[learnt.feature] = learnt.weight
    margin = _unit_rows(texts) @ dense + learnt.intercept
    return np.asarray(1.0 / (1.0 + np.exp(-margin)))


def threshold(recent: Floats, budget_per_day: float, appeals_per_day: float) -> float:
    """Give the probability above which some ``budget_per_day`` appeals a day lie.

    Parameters
    ----------
    recent
        Scores of recent appeals that the list did not raise, shape (n,); of some days, so that
        one bad day does not silence the next.
    budget_per_day, appeals_per_day
        How many may be raised a day, and of how many.

    Examples
    --------
    >>> scores = np.linspace(0, 1, 1001)
    >>> round(threshold(scores, budget_per_day=10, appeals_per_day=1000), 2)
    0.99
    """
    if not len(recent) or appeals_per_day <= 0:
        return 1.0
    share = min(budget_per_day / appeals_per_day, 1.0)
    return float(np.quantile(recent, 1.0 - share))


def choose(scores: Floats, bound: float, left: int) -> Ints:
    """Give the positions of at most ``left`` of the scores, shape (n,), above the bound.

    The most probable come first.
    """
    above = np.flatnonzero(scores > bound)
    order = above[np.argsort(-scores[above], kind="stable")]
    return np.asarray(order[: max(left, 0)], dtype=np.int64)

"""Calls before they are written down: one row each, as columns."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

CONSULT, HELP, COMPLAINT, REPORT, SUGGESTION, PRAISE = range(6)  # as classes.KINDS

COLUMNS: dict[str, object] = {
    "second": -1,  # since midnight of the first day
    "leaf": -1,  # position in read_leaves()
    "kind": HELP,
    "place": -1,  # position in Settlement.places
    "caller": -1,
    "event": -1,  # position of the planted event, -1 for the normal run of things
    "again": 0,  # how many times this caller has called about this before
    "text": "",  # the matter in words where it is given, with {地点} to be filled in
    "subject": "",  # 被反映主体
}


def calls(n: int, **given: ArrayLike) -> pd.DataFrame:
    """Make n calls from the columns given; the others take their defaults."""
    frame = pd.DataFrame({name: [value] * n for name, value in COLUMNS.items()})
    for name, values in given.items():
        if name not in COLUMNS:
            raise ValueError(f"a call has no {name}")
        frame[name] = np.broadcast_to(np.asarray(values), (n,))
    return frame


class Call(NamedTuple):
    """One call: the fields are those of :data:`COLUMNS`."""

    second: int
    leaf: int
    kind: int
    place: int
    caller: int
    event: int
    again: int
    text: str
    subject: str


def each(frame: pd.DataFrame) -> list[Call]:
    """Give the calls one by one, in the order of the frame."""
    return [Call(*row) for row in zip(*(frame[name].tolist() for name in COLUMNS), strict=True)]


def joined(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put calls together, in the order of time."""
    return pd.concat(parts, ignore_index=True).sort_values(
        "second", kind="stable", ignore_index=True
    )


class Callers:
    """Gives numbers of callers: new ones once, and a few who call again and again."""

    def __init__(self, n_communities: int, rng: np.random.Generator) -> None:
        self._next = 0
        self._rng = rng
        self._regular = self.new(2 * n_communities).reshape(n_communities, 2)

    def new(self, n: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Give n callers who have not called before."""
        self._next += n
        return np.arange(self._next - n, self._next, dtype=np.int64)

    def anyone(self, communities: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pd.Series:
        """Give a caller for each call: mostly a new one, at times a regular of the community."""
        n = len(communities)
        callers = self.new(n)
        regular = self._rng.random(n) < 0.05
        which = (self._rng.random(n) < 0.3).astype(np.int64)
        return pd.Series(np.where(regular, self._regular[communities, which], callers))

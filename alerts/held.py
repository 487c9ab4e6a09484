"""Rows that are held and added to: the windows of a day that is still open."""

from collections.abc import Iterable
from dataclasses import fields

import numpy as np
import numpy.typing as npt

from alerts.keys import AREA_KINDS
from alerts.observe import Rows

_SUBJECT = AREA_KINDS.index("subject")
_LEAST_ROOM = 4_096


class Held:
    """Rows in the order of their hours, with room for more.

    Parameters
    ----------
    rows
        Those that are there to begin with, sorted by hour.
    """

    def __init__(self, rows: Rows) -> None:
        self._size = len(rows)
        self._room = rows

    @property
    def rows(self) -> Rows:
        """All rows, sorted by hour: views that hold until the next are added."""
        return self._room.take(slice(0, self._size))

    def add(self, rows: Rows) -> None:
        """Add rows, sorted by hour among themselves."""
        if not len(rows):
            return
        late = self._size > 0 and rows.number[0] < self._room.number[self._size - 1]
        end = self._size + len(rows)
        if end > len(self._room.number):
            self._room = _with_room(self.rows, max(_LEAST_ROOM, end))
        for one in fields(Rows):
            getattr(self._room, one.name)[self._size : end] = getattr(rows, one.name)
        self._size = end
        if late:
            order = np.argsort(self._room.number[:end], kind="stable")
            self._room = _with_room(self._room.take(order), 0)

    def set_subjects(self, rows: Rows) -> None:
        """Take over the subjects of rows that are held already."""
        for appeal, subject in zip(rows.appeal_id, rows.area[:, _SUBJECT], strict=True):
            self._room.area[: self._size][self._at([int(appeal)]), _SUBJECT] = subject

    def _at(self, appeals: Iterable[int]) -> npt.NDArray[np.int64]:
        return np.flatnonzero(np.isin(self._room.appeal_id[: self._size], list(appeals)))


def _with_room(rows: Rows, more: int) -> Rows:
    room = []
    for one in fields(Rows):
        array = getattr(rows, one.name)
        room.append(np.concatenate([array, np.empty((more, *array.shape[1:]), array.dtype)]))
    return Rows(*room)

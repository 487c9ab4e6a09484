"""Appeals before they are counted, column by column; as cheap for one as for a day of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from grids.rows import COLUMNS

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

DAY_ENDS = 23
"""A row whose time is known to the day only enters with the tick that closes the day."""

NOWHERE = -1
AREAS = ("district", "street", "community", "grid", "cell_8", "cell_9")
"""Kinds of area that a row names itself."""

_UNITS = 4  # the first of them are units, by their ids
_AREA_COLUMNS = (*(f"{name}_id" for name in AREAS[:_UNITS]), *AREAS[_UNITS:])
_NUMBERS = ("appeal_id", "local_hour", "sink", *_AREA_COLUMNS)
_VALUES = ("local_day", "kind", "class_code", "caller_hash", "text", "subject")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Appeals of any days, arrays of shape (n,), in any order.

    ``received_ns`` is the UTC instant in nanoseconds, ``day`` the local day, ``hour`` its hour.
    ``caller`` is the number of the appeal where nobody knows who called, so that unknown callers
    are all different. ``area`` has shape (n, len(AREAS)): unit id, cell or NOWHERE; a point that is
    a sink lies in no cell.
    """

    appeal_id: Ints
    received_ns: Ints
    day: Objects
    hour: Ints
    consult: Bools
    class_code: Objects
    caller: Objects
    text: Objects
    subject: Objects
    area: Ints

    def __len__(self) -> int:
        return len(self.appeal_id)

    @classmethod
    def of(cls, frame: pd.DataFrame) -> "Columns":
        """Take them from a frame of :func:`grids.store.appeal_rows`."""
        received = pd.to_datetime(frame["received_at"], utc=True).dt.as_unit("ns")
        numbers: dict[str, Ints] = {
            name: np.asarray(frame[name].astype("Int64").fillna(NOWHERE), np.int64)
            for name in _NUMBERS
        }
        values = {name: frame[name].to_numpy(object) for name in _VALUES}
        return _columns(values, np.asarray(received.astype(np.int64), np.int64), numbers)

    @classmethod
    def of_rows(cls, rows: Sequence[Sequence[object]]) -> "Columns":
        """Take them from rows of the columns :data:`grids.rows.COLUMNS`."""
        read = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
        received = [
            (at - _EPOCH) // _MICROSECOND * 1000
            for at in read.get("received_at", ())
            if isinstance(at, datetime)
        ]
        numbers = {
            name: np.array(
                [NOWHERE if one is None else one for one in read.get(name, ())], np.int64
            )
            for name in _NUMBERS
        }
        values = {name: _objects(read.get(name, ())) for name in _VALUES}
        return _columns(values, np.array(received, np.int64), numbers)

    def take(self, chosen: Bools | Ints | slice) -> "Columns":
        """Give some of the rows, by mask, positions or slice."""
        return Columns(*(getattr(self, one.name)[chosen] for one in fields(self)))

    def named(self, paths: Mapping[str, str], heirs: Mapping[int, int]) -> "Columns":
        """Put the path of names in place of class codes, and the heirs of units in their place."""
        code = _objects([paths.get(one, one) for one in self.class_code])
        area = self.area.copy()
        for column in range(_UNITS if heirs else 0):
            own = area[:, column].tolist()
            area[:, column] = [heirs.get(one, one) for one in own]
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return Columns(**(values | {"class_code": code, "area": area}))

    def said(self) -> list[int]:
        """Give for each appeal a number that changes with anything that the watch counts by."""
        columns = (self.hour, self.class_code, self.consult, self.caller, self.subject, self.text)
        areas = map(tuple, self.area.tolist())
        return list(map(hash, zip(*(one.tolist() for one in columns), areas, strict=True)))


def join(parts: Sequence[Columns]) -> Columns:
    """Put rows together."""
    if len(parts) == 1:
        return parts[0]
    every = (np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(Columns))
    return Columns(*every)


def _columns(
    values: Mapping[str, Objects], received_ns: Ints, numbers: Mapping[str, Ints]
) -> Columns:
    known = np.array([isinstance(one, str) for one in values["caller_hash"]], np.bool_)
    area = np.column_stack([numbers[name] for name in _AREA_COLUMNS])
    area[:, _UNITS:][numbers["sink"] == 1] = NOWHERE
    hour = numbers["local_hour"]
    return Columns(
        appeal_id=numbers["appeal_id"],
        received_ns=received_ns,
        day=values["local_day"],
        hour=np.where(hour == NOWHERE, DAY_ENDS, hour),
        consult=np.asarray(values["kind"] == "consult", np.bool_),
        class_code=values["class_code"],
        caller=np.where(known, values["caller_hash"], numbers["appeal_id"].astype(object)),
        text=values["text"],
        subject=values["subject"],
        area=area,
    )


def _objects(values: Sequence[object]) -> Objects:
    made = np.empty(len(values), np.object_)
    made[:] = values
    return made

"""First step of a tick: from appeals to counts by key.

Counts for warning are distinct callers per key and day: one who rings thirty times counts once.
Unknown callers count singly. The order in which rows arrive does not matter, only their times.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from alerts.columns import AREAS, Columns
from alerts.columns import DAY_ENDS as DAY_ENDS
from alerts.columns import NOWHERE as NOWHERE
from alerts.keys import AREA_KINDS, ClassToken, KeyTable, Watched, class_paths
from alerts.subjects import SubjectReader, subjects_of

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

_SUBJECT = AREA_KINDS.index("subject")
_PLAIN = SubjectReader()
ALL_WATCHED = Watched()
"""What is watched where nothing is switched."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Appeals as the watch reads them, arrays of shape (n,), sorted by hour.

    ``number`` is the hour's number (local day's ordinal × 24 + local hour), ``received_ns`` the
    UTC instant in nanoseconds. ``area`` has shape (n, kinds of area): unit id, cell, number of the
    subject or NOWHERE. ``token`` has shape (n, 4): the class at depths 0 to 3. Unknown callers are
    all different.
    """

    number: Ints
    received_ns: Ints
    appeal_id: Ints
    caller: Objects
    text: Objects
    class_code: Objects
    consult: Bools
    area: Ints
    token: Ints

    def __len__(self) -> int:
        return len(self.number)

    def take(self, chosen: "Bools | Ints | slice") -> "Rows":
        """Give some of the rows, by mask, positions or slice."""
        return Rows(*(getattr(self, one.name)[chosen] for one in fields(self)))

    def hours(self, low: int, high: int) -> "Rows":
        """Give the rows of the hours from ``low`` to ``high``, both included."""
        start, stop = np.searchsorted(self.number, [low, high + 1])
        return self.take(slice(int(start), int(stop)))

    def newest_at(self) -> datetime:
        """Give the UTC instant at which the newest was received."""
        return datetime.fromtimestamp(int(self.received_ns.max()) / 1e9, UTC)


def join(parts: Sequence[Rows]) -> Rows:
    """Put the rows of several days in order together."""
    return Rows(*(np.concatenate([getattr(p, one.name) for p in parts]) for one in fields(Rows)))


def rows_of(
    day: date,
    appeals: Columns,
    keys: KeyTable,
    subjects: SubjectReader | None = None,
    watched: Watched = ALL_WATCHED,
) -> Rows:
    """Give one local day's appeals as the watch reads them.

    Parameters
    ----------
    day
        The local day.
    appeals
        Of this day, in any order.
    keys
        The table of keys; grows by classes and subjects that are new.
    subjects
        Reads 被反映主体 from column and words; without aliases and places where it is not given.
    watched
        Subjects are not read where they are not watched.
    """
    order = np.lexsort((appeals.appeal_id, appeals.received_ns, appeals.hour))
    appeals = appeals.take(order)
    # What is counted in the whole city lies in area 0 of it.
    area = np.full((len(appeals), len(AREA_KINDS)), NOWHERE)
    area[:, AREA_KINDS.index("city")] = 0
    area[:, [AREA_KINDS.index(name) for name in AREAS]] = appeals.area
    if watched.counts("subject", 0):
        area[:, _SUBJECT] = _subjects(appeals, subjects or _PLAIN, day, keys)
    return Rows(
        number=day.toordinal() * 24 + appeals.hour,
        received_ns=appeals.received_ns,
        appeal_id=appeals.appeal_id,
        caller=appeals.caller,
        text=appeals.text,
        class_code=appeals.class_code,
        consult=appeals.consult,
        area=area,
        token=_tokens(appeals, keys),
    )


def _subjects(appeals: Columns, reader: SubjectReader, day: date, keys: KeyTable) -> Ints:
    named, since = subjects_of(reader, appeals, day, keys.subjects_since)
    for name in sorted(since):
        keys.subject_number(name, since[name])
    names = named.tolist()
    numbers = {name: keys.subject_number(name) for name in sorted({*names} - {None})}
    return np.array([numbers.get(name, NOWHERE) for name in names], np.int64)


def _tokens(appeals: Columns, keys: KeyTable) -> Ints:
    codes = appeals.class_code.tolist()
    paths = [(consult, code) for consult in (False, True) for code in sorted(set(codes))]
    tokens = {
        (consult, code): [
            keys.token_number(ClassToken(consult, path)) for path in class_paths(code)
        ]
        for consult, code in paths
    }
    both = zip(appeals.consult.tolist(), codes, strict=True)
    return np.array([tokens[one] for one in both], np.int64).reshape(-1, 4)


@dataclass(frozen=True, slots=True)
class DayCounts:
    """Distinct callers of one local day: by key and hour, sparse.

    ``key``, ``hour`` (0-23), ``callers`` have shape (n,), sorted by hour, then key.
    """

    key: Ints
    hour: Ints
    callers: Ints

    def at(self, hour: int) -> tuple[Ints, Ints]:
        """Give the keys that rose in this hour and by how many callers."""
        low, high = np.searchsorted(self.hour, [hour, hour + 1])
        return self.key[low:high], self.callers[low:high]


def keys_of(rows: Rows, keys: KeyTable, watched: Watched = ALL_WATCHED) -> tuple[Ints, Ints]:
    """Give every key that each row counts for; new keys are added.

    Returns
    -------
    position, number
        Position of the row and number of the key, both of shape (k,).
    """
    packed, kinds, positions, depths = [], [], [], []
    for kind in range(len(AREA_KINDS)):
        at = np.flatnonzero(rows.area[:, kind] != NOWHERE)
        for depth in range(4):
            if not watched.counts(AREA_KINDS[kind], depth):
                continue
            # A class that ends above this depth was counted at its own depth already.
            own = at if depth == 0 else at[rows.token[at, depth] != rows.token[at, depth - 1]]
            packed.append(keys.pack(kind, rows.area[own, kind], rows.token[own, depth]))
            kinds.append(np.full(len(own), kind))
            positions.append(own)
            depths.append(np.full(len(own), depth))
    position, kind_of = np.concatenate(positions), np.concatenate(kinds)
    number = keys.numbers(
        np.concatenate(packed),
        kind_of,
        rows.area[position, kind_of],
        rows.token[position, np.concatenate(depths)],
    )
    return position, number


def count_day(rows: Rows, keys: KeyTable, watched: Watched = ALL_WATCHED) -> DayCounts:
    """Count the distinct callers of one local day by key and hour; new keys are added.

    Parameters
    ----------
    rows
        The day's rows, n of them.
    keys
        The table of keys; grows by the keys that are new.
    watched
        Which are counted.
    """
    if not len(rows):
        empty = np.empty(0, np.int64)
        return DayCounts(empty, empty, empty)
    position, number = keys_of(rows, keys, watched)
    caller = pd.factorize(rows.caller)[0][position]
    hour = rows.number[position] % 24
    # The first of each caller in a key counts, in its hour: sorted by key, caller, hour.
    order = np.lexsort((hour, caller, number))
    first = (np.diff(number[order], prepend=-1) != 0) | (np.diff(caller[order], prepend=-1) != 0)
    own = order[first]
    counted, callers = np.unique(hour[own] * len(keys) + number[own], return_counts=True)
    return DayCounts(counted % len(keys), counted // len(keys), callers)


def added(before: tuple[Ints, Ints] | None, plus: Ints, minus: Ints) -> tuple[Ints, Ints]:
    """Add single callers to an hour's counts by key and take others away; keys stay sorted.

    Parameters
    ----------
    before
        Keys of the hour, sorted, and their callers, shape (k,) each; ``None`` before any.
    plus, minus
        The key of each caller that is added, and of each that is taken away, shape (n,).
    """
    key, callers = before or (plus[:0], plus[:0])
    every = np.concatenate([key, plus, minus])
    weight = np.concatenate([callers, np.ones(len(plus)), -np.ones(len(minus))])
    unique, inverse = np.unique(every, return_inverse=True)
    total = np.bincount(inverse, weight, len(unique)).astype(np.int64)
    return unique[total > 0], total[total > 0]

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

from alerts.keys import AREA_KINDS, CITY, ClassToken, KeyTable, Watched, class_paths
from alerts.subjects import SubjectReader, subjects_of

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Objects = npt.NDArray[np.object_]

DAY_ENDS = 23
"""A row whose time is known to the day only enters with the tick that closes the day."""

NOWHERE = -1
AREA_COLUMNS = {
    "district": "district_id",
    "street": "street_id",
    "community": "community_id",
    "cell_8": "cell_8",
    "grid": "grid_id",
    "cell_9": "cell_9",
}


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
    frame: pd.DataFrame,
    keys: KeyTable,
    subjects: SubjectReader | None = None,
    watched: Watched = ALL_WATCHED,
) -> Rows:
    """Give one local day's appeals as the watch reads them.

    Parameters
    ----------
    day
        The local day.
    frame
        From :func:`grids.store.appeal_rows`, in any order.
    keys
        The table of keys; grows by classes and subjects that are new.
    subjects
        Reads 被反映主体 from column and words; without aliases and places where it is not given.
    watched
        Subjects are not read where they are not watched.
    """
    hour = frame["local_hour"].fillna(DAY_ENDS).astype(np.int64)
    frame = frame.assign(hour=hour).sort_values(["hour", "received_at", "appeal_id"], kind="stable")
    known = frame["caller_hash"].notna().to_numpy()
    caller = frame["caller_hash"].to_numpy(object, copy=True)
    caller[~known] = frame["appeal_id"].to_numpy(object)[~known]
    if watched.counts("subject", 0):
        named = frame.assign(caller=caller)
        subject, since = subjects_of(subjects or _PLAIN, named, day, keys.subjects_since)
        for name in sorted(since):
            keys.subject_number(name, since[name])
        frame = frame.assign(subject=subject)
    else:
        frame = frame.assign(subject=None)
    received = pd.to_datetime(frame["received_at"], utc=True).dt.as_unit("ns")
    return Rows(
        number=day.toordinal() * 24 + frame["hour"].to_numpy(np.int64),
        received_ns=np.asarray(received.astype(np.int64), dtype=np.int64),
        appeal_id=frame["appeal_id"].to_numpy(np.int64),
        caller=caller,
        text=frame["text"].to_numpy(object),
        class_code=frame["class_code"].to_numpy(object),
        consult=(frame["kind"] == "consult").to_numpy(np.bool_),
        area=np.column_stack([_areas(frame, name, keys) for name in AREA_KINDS]),
        token=_tokens(frame, keys),
    )


def _tokens(frame: pd.DataFrame, keys: KeyTable) -> Ints:
    consult = (frame["kind"] == "consult").to_numpy()
    codes, unique = pd.factorize(frame["class_code"], sort=True)
    table = np.array(
        [
            [
                [keys.token_number(ClassToken(c, path)) for path in class_paths(code)]
                for code in unique
            ]
            for c in (False, True)
        ],
        dtype=np.int64,
    ).reshape(2, len(unique), 4)
    return np.asarray(table[consult.astype(np.int64), codes], dtype=np.int64)


def _areas(frame: pd.DataFrame, name: str, keys: KeyTable) -> Ints:
    if name == AREA_KINDS[CITY]:
        return np.zeros(len(frame), np.int64)
    if name == "subject":
        codes, unique = pd.factorize(frame["subject"], sort=True)
        numbers = [keys.subject_number(str(one)) for one in unique]
        return np.array([*numbers, NOWHERE], np.int64)[codes]
    area = np.array(frame[AREA_COLUMNS[name]].astype("Int64").fillna(NOWHERE), dtype=np.int64)
    if name.startswith("cell_"):
        area[frame["sink"].to_numpy(np.bool_)] = NOWHERE
    return area


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

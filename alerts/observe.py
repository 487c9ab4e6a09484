"""First step of a tick: from appeals to counts by key.

Counts for warning are distinct callers per key and day: one who rings thirty times counts once.
Unknown callers count singly. The order in which rows arrive does not matter, only their times.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from alerts.keys import AREA_KINDS, ClassToken, KeyTable, class_paths

Ints = npt.NDArray[np.int64]

DAY_ENDS = 23
"""A row whose time is known to the day only enters with the tick that closes the day."""

_AREA_COLUMNS = {"district": "district_id", "street": "street_id", "community": "community_id"}


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


def watched(rows: pd.DataFrame) -> pd.DataFrame:
    """Add what the watch needs to the rows of :func:`grids.store.appeal_rows`.

    Adds ``hour`` (0-23; day-precision rows get the last) and ``caller`` (unknown ones differ).
    """
    hour = rows["local_hour"].fillna(DAY_ENDS).astype(np.int64)
    caller = rows["caller_hash"].where(
        rows["caller_hash"].notna(), "?" + rows["appeal_id"].astype(str)
    )
    return rows.assign(hour=hour, caller=caller)


def count_day(rows: pd.DataFrame, keys: KeyTable) -> DayCounts:
    """Count the distinct callers of one local day by key and hour; new keys are added.

    Parameters
    ----------
    rows
        The day's rows from :func:`watched`, in any order.
    keys
        The table of keys; grows by the keys that are new.
    """
    if rows.empty:
        empty = np.empty(0, np.int64)
        return DayCounts(empty, empty, empty)
    rows = rows.sort_values(["hour", "received_at", "appeal_id"], kind="stable")
    tokens = _tokens(rows, keys)
    packed, kinds, areas, classes, positions = [], [], [], [], []
    for kind, name in enumerate(AREA_KINDS):
        area, has = _areas(rows, name, keys)
        at = np.flatnonzero(has)
        for depth in range(4):
            # A class that ends above this depth was counted at its own depth already.
            own = at if depth == 0 else at[tokens[at, depth] != tokens[at, depth - 1]]
            packed.append(keys.pack(kind, area[own], tokens[own, depth]))
            kinds.append(np.full(len(own), kind))
            areas.append(area[own])
            classes.append(tokens[own, depth])
            positions.append(own)
    position = np.concatenate(positions)
    number = keys.numbers(
        np.concatenate(packed),
        np.concatenate(kinds),
        np.concatenate(areas),
        np.concatenate(classes),
    )
    caller = pd.factorize(rows["caller"])[0]
    frame = pd.DataFrame(
        {"key": number, "caller": caller[position], "hour": rows["hour"].to_numpy()[position]}
    )
    first = frame.sort_values("hour", kind="stable").drop_duplicates(["key", "caller"])
    counted = first.groupby(["hour", "key"], sort=True).size()
    index = counted.index.to_frame()
    return DayCounts(
        index["key"].to_numpy(np.int64),
        index["hour"].to_numpy(np.int64),
        np.asarray(counted, dtype=np.int64),
    )


def _tokens(rows: pd.DataFrame, keys: KeyTable) -> Ints:
    """Give the class token at depths 0 to 3, shape (n, 4)."""
    consult = (rows["kind"] == "consult").to_numpy()
    codes, unique = pd.factorize(rows["class_code"], sort=True)
    table = np.array(
        [
            [
                [keys.token_number(ClassToken(c, path)) for path in class_paths(code)]
                for code in unique
            ]
            for c in (False, True)
        ],
        dtype=np.int64,
    )
    return table[consult.astype(np.int64), codes]


def _areas(rows: pd.DataFrame, name: str, keys: KeyTable) -> tuple[Ints, npt.NDArray[np.bool_]]:
    if name == "city":
        return np.zeros(len(rows), np.int64), np.ones(len(rows), np.bool_)
    if name == "subject":
        values = rows["subject"]
        has = values.notna().to_numpy()
        codes, unique = pd.factorize(values, sort=True)
        numbers = np.array([keys.subject_number(str(one)) for one in unique] + [0], np.int64)
        return numbers[codes], has
    column = rows[_AREA_COLUMNS.get(name, name)]
    has = column.notna().to_numpy()
    if name == "cell_8":
        has = has & ~rows["sink"].to_numpy(np.bool_)
    return column.fillna(0).to_numpy(np.int64), has

"""The cube: how many appeals lie in, or were sent to, each area on each day and hour by class."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from grids.boundaries import LEVELS

CITY = 0
DAY_ONLY = -1
KEYS = ("area_kind", "reading", "local_day", "area", "hour", "class_code", "kind")
AREA_KINDS = ("city", *LEVELS, "cell_8", "cell_9", "cell_10")
READINGS = ("lies", "sent")
"""属地口径 (where it lies) and 派单口径 (the unit it was sent to): never added up."""

CUBE = ("area", "class_code", "kind", "local_day", "hour", "n")
"""Columns of a cube that was read: of one kind of area and one reading."""

_COLUMNS: dict[str, dict[str, str | None]] = {
    "lies": {
        "city": None,
        **{level: f"{level}_id" for level in LEVELS},
        **{cell: cell for cell in AREA_KINDS[-3:]},
    },
    "sent": {"city": None, **{level: f"sent_{level}_id" for level in LEVELS}},
}


def count_rows(frame: pd.DataFrame, sign: int = 1) -> pd.DataFrame:
    """Count appeals into every area that they belong to, in both readings.

    The city is an area of both readings and holds every appeal, so that what a level cannot place
    is the difference between the city and the sum of the level.

    Parameters
    ----------
    frame
        One row an appeal: ``local_day``, ``local_hour`` (missing where the time is known to the
        day only), ``class_code``, ``kind``; the ids of the units in which it lies, ``district_id``
        …; its cells ``cell_8`` …; the ids of the unit that it was sent to and of those above,
        ``sent_district_id`` …; missing where there is none.
    sign
        1 to add the appeals, -1 to take them away.

    Returns
    -------
    DataFrame
        The columns ``KEYS`` and ``n``, one row a key, sorted by key; keys whose counts cancel out
        are left out. ``area`` is the unit id, the H3 cell, or 0 for the city; ``hour`` is -1 where
        the time is known to the day only.
    """
    rows, kinds, readings, areas = [], [], [], []
    every = np.arange(len(frame))
    for reading, columns in _COLUMNS.items():
        for area_kind, column in columns.items():
            area = np.zeros(len(frame), np.int64)
            if column is not None:
                area = frame[column].fillna(0).to_numpy(np.int64)
            there = every if column is None else np.flatnonzero(area)
            rows.append(there)
            areas.append(area[there])
            kinds += [area_kind] * len(there)
            readings += [reading] * len(there)
    row = np.concatenate(rows)
    counted = {
        "area_kind": np.array(kinds, dtype=object),
        "reading": np.array(readings, dtype=object),
        "local_day": frame["local_day"].to_numpy(object)[row],
        "area": np.concatenate(areas),
        "hour": frame["local_hour"].fillna(DAY_ONLY).to_numpy(np.int64)[row],
        "class_code": frame["class_code"].to_numpy(object)[row],
        "kind": frame["kind"].to_numpy(object)[row],
        "n": np.full(len(row), sign),
    }
    return net([pd.DataFrame(counted)])


def net(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Add counts with the columns ``KEYS`` and ``n`` up by key; keys that cancel out vanish."""
    there = [part for part in parts if len(part)]
    if not there:
        return pd.DataFrame(columns=[*KEYS, "n"])
    summed = pd.concat(there).groupby(list(KEYS), sort=True)["n"].sum().reset_index()
    return summed[summed["n"] != 0].reset_index(drop=True)


def slice_of(counts: pd.DataFrame, area_kind: str, reading: str) -> pd.DataFrame:
    """Keep one kind of area and one reading of counts with all ``KEYS``, as :func:`tidy` does."""
    return tidy(counts[(counts["area_kind"] == area_kind) & (counts["reading"] == reading)])


def tidy(counts: pd.DataFrame) -> pd.DataFrame:
    """Give counts of one kind of area and one reading the columns ``CUBE``, sorted by them."""
    types = {"class_code": "str", "kind": "str", "area": "int64", "hour": "int64", "n": "int64"}
    return counts[list(CUBE)].astype(types).sort_values(list(CUBE), ignore_index=True)

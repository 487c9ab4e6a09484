"""Sinks: coordinates that carry improbably many cases, because a geocoder knew no better.

A geocoder that does not find an address gives the middle of a road, a street or a town. Such a
point gathers cases of many places and makes a false hot spot. It must be told from a place that
really has many cases: a school, a large compound, a surge. Our rule, half-year by half-year
(January to June, July to December) so that a stock that grows over years turns no place into a
sink. A pin of the source is a sink if in one half-year

1. it has at least 50 cases of different callers (unknown callers count singly): one caller who
   rings every day is no sink;
2. and at least six times as many as nine tenths of all pinned coordinates of the half-year have at
   most: where every compound of a big city has dozens, dozens are not improbable;
3. and on at least 14 different days: an accident fills days, a geocoder errs all the time;
4. and no address of its own (one with a door, a block, or the name of a compound or building)
   stands in half of its cases or more: 300 cases that all name the same school are that school.

A flag holds for the coordinate as such, in every half-year: at the start of a new one it has not
yet gathered its fifty. Appeals at a sink are placed and counted in units all the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pandas as pd

from geo.addresses import parts

MIN_CALLERS = 50
TIMES = 6
SHARE_OF_COORDINATES = 0.9
MIN_DAYS = 14
SAME_ADDRESS = 0.5

_OWN_NAME = re.compile(
    "小区|家园|花园|公寓|大厦|广场|中心|学校|中学|小学|幼儿园|大学|学院|医院|公园|市场|超市|商场"
    "|酒店|宾馆|公司|工地|[东南西北一二三四五六七八九十]里|[苑厂庭]$"
)


def halves(first_day: date, last_day: date) -> Iterator[tuple[date, date]]:
    """List the half-years that these days touch, each as its first and last day.

    Examples
    --------
    >>> [str(first) for first, last in halves(date(2024, 3, 1), date(2025, 1, 2))]
    ['2024-01-01', '2024-07-01', '2025-01-01']
    """
    first = date(first_day.year, 1 if first_day.month < 7 else 7, 1)
    while first <= last_day:
        following = date(first.year, 7, 1) if first.month == 1 else date(first.year + 1, 1, 1)
        yield first, following - timedelta(days=1)
        first = following


def heaviest(pins: pd.DataFrame) -> pd.DataFrame:
    """Keep the coordinates of a half-year that have improbably many cases (rules 1 and 2).

    Parameters
    ----------
    pins
        Every pinned coordinate of the half-year: ``lon``, ``lat``, ``n``, ``days`` and ``callers``
        (different ones).
    """
    return pins[pins["n"] >= least_cases(pins["n"])].reset_index(drop=True)


def least_cases(cases: pd.Series[int]) -> int:
    """Give the least number of cases that is improbable among these coordinates.

    Parameters
    ----------
    cases
        Of every pinned coordinate in the half-year, shape (k,).

    Examples
    --------
    >>> least_cases(pd.Series([1] * 50 + [20] * 49 + [300]))
    120
    """
    if not len(cases):
        return MIN_CALLERS
    usual = cases.quantile(SHARE_OF_COORDINATES, interpolation="higher")
    return max(MIN_CALLERS, TIMES * int(usual))


def judge(heavy: pd.DataFrame, addresses: pd.DataFrame) -> pd.DataFrame:
    """Keep the coordinates that are sinks (rules 1, 3 and 4).

    Parameters
    ----------
    heavy
        Of :func:`heaviest`.
    addresses
        Their addresses, cut at the building: ``lon``, ``lat``, ``address``, ``n``.

    Returns
    -------
    DataFrame
        ``lon``, ``lat``, ``n``, most cases first.
    """
    own = addresses[addresses["address"].map(own_place).astype(bool)]
    most = own.groupby(["lon", "lat"])["n"].max().rename("same").reset_index()
    told = heavy.merge(most, on=["lon", "lat"], how="left").fillna({"same": 0})
    sink = (
        (told["callers"] >= MIN_CALLERS)
        & (told["days"] >= MIN_DAYS)
        & (told["same"] < SAME_ADDRESS * told["n"])
    )
    found = told[sink].sort_values(["n", "lon", "lat"], ascending=[False, True, True])
    return found[["lon", "lat", "n"]].reset_index(drop=True)


def own_place(address: str) -> bool:
    """Tell whether an address names a place of its own and not only a road or a unit.

    Examples
    --------
    >>> own_place("样板路12号"), own_place("和平小区"), own_place("示例区样板街道"), own_place("")
    (True, True, False, False)
    """
    words = parts(address) if address else None
    return words is not None and bool(words.number or words.building or _OWN_NAME.search(address))


def ranked(flags: pd.DataFrame) -> list[tuple[float, float, int]]:
    """Add the half-years of each flagged coordinate up, most cases first.

    Parameters
    ----------
    flags
        ``lon``, ``lat``, ``n``, one row a coordinate and half-year.
    """
    summed = flags.groupby(["lon", "lat"])["n"].sum().reset_index()
    summed = summed.sort_values(["n", "lon", "lat"], ascending=[False, True, True])
    return [(float(lon), float(lat), int(n)) for lon, lat, n in summed.to_numpy()]

"""Sums over statistical days: how many appeals came, and what became of them.

The database adds up, so that a year of millions of appeals leaves it as a few thousand rows.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final, Literal

import pandas as pd
import sqlalchemy as sa

from appeals.database import Connection
from appeals.store import VERSIONS
from grids.boundaries import LEVELS
from grids.counts.store import COUNTS, IS_CURRENT, PLACED_APPEALS, PLACEMENTS, about
from grids.handled.store import HANDLED
from grids.store import ON_SINK
from grids.units.store import read_frame, unit_links, unit_versions

Days = tuple[date, date]

OUTCOMES: Final = (
    "n", "direct", "dispatched",
    "contacted_yes", "contacted_no",
    "solved_yes", "solved_no", "solved_unrated",
    "satisfied_yes", "satisfied_no", "satisfied_unrated",
)  # fmt: skip
"""What :func:`handled` counts: all appeals, 直办, 派单, and the answers of the rating call."""


def totals(
    connection: Connection,
    area_kind: str,
    reading: str,
    days: Days,
    by: Sequence[str],
    *,
    cut_off_hour: int = 0,
    class_code: str | None = None,
    kinds: Collection[str] | None = None,
) -> pd.DataFrame:
    """Sum the counts of one kind of area and one reading.

    Parameters
    ----------
    area_kind, reading
        Of :data:`grids.cube.AREA_KINDS` and :data:`grids.cube.READINGS`.
    days
        First and last statistical day, both included.
    by
        Of ``area``, ``class_code``, ``kind`` and ``local_day``: what is kept apart.
    cut_off_hour
        Hour at which a statistical day begins; what is known to the day only stays on its day.
    class_code, kinds
        Count this class and those below it, these kinds; ``None``: all.

    Returns
    -------
    DataFrame
        ``by`` and ``n``, sorted; ``local_day`` is the statistical day. What was counted under an
        earlier version of a unit stands under the one of the last day (same code).
    """
    asked = COUNTS.c.area_kind == area_kind, COUNTS.c.reading == reading
    n = sa.func.sum(COUNTS.c.n).label("n")
    found = _summed(
        connection,
        (COUNTS.c.local_day, COUNTS.c.hour, cut_off_hour),
        days,
        {name: COUNTS.c[name] for name in by},
        [n],
        [*asked, *about(COUNTS, class_code, kinds)],
    )
    if area_kind in LEVELS and "area" in by:
        found["area"] = found["area"].map(_heirs(connection, area_kind, days[1]))
    return _added(found, by, ["n"])


def handled(
    connection: Connection,
    area_kind: str,
    reading: str,
    days: Days,
    by: Sequence[str],
    *,
    cut_off_hour: int = 0,
    class_code: str | None = None,
    unknown: bool = False,
) -> pd.DataFrame:
    """Sum what became of appeals.

    Parameters
    ----------
    area_kind
        ``city``, ``district``, ``street`` or ``community``.
    reading, days, by, cut_off_hour, class_code
        As of :func:`totals`; by ``sent`` an appeal stands under the unit of the level to which it
        was sent or which holds the unit that it was sent to.
    unknown
        By ``area``, keep appeals whose unit is not known, as those of area 0.

    Returns
    -------
    DataFrame
        ``by``, ``left_out`` (剔除) and ``OUTCOMES``, sorted; without ``area`` all appeals are in
        it, with it those whose unit is known.
    """
    column_of = {"area": "sent_unit_id" if reading == "sent" else f"{area_kind}_id"}
    keys = {name: HANDLED.c[column_of.get(name, name)].label(name) for name in by}
    found = _summed(
        connection,
        (HANDLED.c.local_day, HANDLED.c.local_hour, cut_off_hour),
        days,
        {**keys, "left_out": HANDLED.c.left_out},
        list(_outcomes()),
        list(about(HANDLED, class_code, None)),
    ).astype({"left_out": "bool"})
    if "area" in by:
        found["area"] = found["area"].map(_above(connection, area_kind, days[1]))
        if unknown:
            found["area"] = found["area"].fillna(0)
    return _added(found, [*by, "left_out"], list(OUTCOMES))


def told_again(
    connection: Connection,
    area_kind: str,
    reading: str,
    days: Days,
    by: Literal["place", "caller"],
    *,
    class_code: str | None = None,
    kinds: Collection[str] | None = None,
) -> pd.DataFrame:
    """Read the appeals of which another is of the same class and place, or class and caller.

    The database looks for them, so that the many appeals that are alone never leave it.

    Parameters
    ----------
    area_kind, reading, class_code, kinds
        As of :func:`totals`, but for ``city``.
    days
        First and last local day, both included.
    by
        What makes two appeals of a class the same. A coarse place and a sink are no place.

    Returns
    -------
    DataFrame
        ``area`` (0: none), ``key`` (number of what is the same), ``kind``, ``local_day``,
        ``local_hour`` (-1: not known) and ``sink``, in the order in which the appeals came.
    """
    where = "sent_unit_id" if reading == "sent" else area_kind
    unit = PLACEMENTS.c[f"{area_kind}_id" if where in LEVELS else where]
    same = [VERSIONS.c.caller_hash, VERSIONS.c.class_code]
    known: list[sa.ColumnElement[bool]] = [VERSIONS.c.caller_hash.is_not(None)]
    if by == "place":
        same = [PLACEMENTS.c.lon, PLACEMENTS.c.lat, VERSIONS.c.class_code]
        known = [PLACEMENTS.c.lon.is_not(None), ~ON_SINK]
    own = (VERSIONS.c[name] for name in ("serial", "kind", "local_day", "local_hour"))
    group = sa.func.dense_rank().over(order_by=same).label("key")
    times = sa.func.count().over(partition_by=same).label("times")
    asked = VERSIONS.c.local_day.between(*days), *about(VERSIONS, class_code, kinds)
    every = (
        sa.select(unit.label("area"), group, times, ON_SINK.label("sink"), *own)
        .select_from(PLACED_APPEALS)
        .where(IS_CURRENT, *known, *asked)
        .subquery()
    )
    names = "area", "key", "kind", "local_day", "local_hour", "sink"
    found = read_frame(
        connection,
        sa.select(*(every.c[name] for name in names))
        .where(every.c.times > 1)
        .order_by(every.c.serial),
    )
    if area_kind in LEVELS:
        stand = _above if reading == "sent" else _heirs
        found["area"] = found["area"].map(stand(connection, area_kind, days[1]))
    whole = found.fillna({"area": 0, "local_hour": -1})
    return whole.astype({"area": "int64", "key": "int64", "local_hour": "int64", "sink": "bool"})


def _outcomes() -> Iterator[sa.ColumnElement[Any]]:
    for name in OUTCOMES:
        if name == "n":
            counts: sa.ColumnElement[Any] = HANDLED.c.n
        else:
            what, _, said = name.partition("_")
            is_so = HANDLED.c[what] == said if said else HANDLED.c.route == what
            counts = sa.case((is_so, HANDLED.c.n), else_=0)
        yield sa.func.sum(counts).label(name)


def _summed(
    connection: Connection,
    when: tuple[sa.Column[Any], sa.Column[Any], int],
    days: Days,
    keys: Mapping[str, sa.ColumnElement[Any]],
    sums: list[sa.ColumnElement[Any]],
    asked: list[sa.ColumnElement[bool]],
) -> pd.DataFrame:
    """Sum the rows of some statistical days; early hours belong to the day before."""
    day, hour, cut_off_hour = when
    if not cut_off_hour:
        query = sa.select(*keys.values(), *sums).where(*asked, day.between(*days))
        return read_frame(connection, query.group_by(*keys.values()))
    one = timedelta(days=1)
    parts = []
    for early, (first, last) in ((False, days), (True, (days[0] + one, days[1] + one))):
        is_early = (hour >= 0) & (hour < cut_off_hour)
        query = sa.select(*keys.values(), *sums).where(*asked, day.between(first, last))
        part = read_frame(
            connection, query.where(is_early if early else ~is_early).group_by(*keys.values())
        )
        if early and "local_day" in keys:
            part["local_day"] = [value - one for value in part["local_day"]]
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _heirs(connection: Connection, level: str, day: date) -> dict[int, int]:
    versions = unit_versions(connection, level, day)
    return dict(zip(versions["unit_id"], versions["heir"], strict=True))


def _above(connection: Connection, level: str, day: date) -> dict[int, int]:
    """Give the unit of a level, as it is on a day, that holds each unit or is that unit."""
    links = unit_links(connection)
    heirs = _heirs(connection, level, day)
    parents: dict[int, int] = dict(zip(links["unit_id"], links["parent_id"], strict=True))
    levels: dict[int, str] = dict(zip(links["unit_id"], links["level"], strict=True))
    found: dict[int, int] = {}
    for unit in levels:
        at = unit
        while at in levels and levels[at] != level:
            at = parents[at]
        if at in levels:
            found[unit] = heirs[at]
    return found


def _added(found: pd.DataFrame, by: Sequence[str], sums: Sequence[str]) -> pd.DataFrame:
    types = dict.fromkeys(sums, "int64")
    if not by:
        return found[list(sums)].fillna(0).astype(types)
    summed = found.dropna(subset=list(by)).groupby(list(by), sort=True)[list(sums)].sum()
    return summed.reset_index().astype(types | ({"area": "int64"} if "area" in by else {}))

"""Did it work (整改成效): batches of remedies judged by the months after them.

Where a lot drew who begins, the lot is what counts; what would have come by the past stands beside.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Final, cast

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from appeals.database import Connection
from appeals.errors import InputError, NotFound
from grids.boundaries import Boundaries
from grids.store import counted_days, load_boundaries
from hotspots.lots import LotOutcome, judge_lot
from hotspots.remediation import BEFORE, LEAST_STARTS, Outcome, judge
from hotspots.remedies.store import Remedy, lots_withdrawn, read_remedies
from maps.asking import Question, times_of
from maps.atlas import counts_by_month, touching
from maps.office import Office

MOST_MONTHS: Final = 6
"""Months after the trigger that are judged at most."""

_LOOKED_AT: Final = 60
"""Months of the city's past from which is read how bad months go on."""

_OF_BATCH: Final = ("batch", "category", "trigger_month", "started_on", "months")
LAYER_COLUMNS: Final = (
    "id",
    *_OF_BATCH,
    "unit_level",
    "code",
    "name",
    "what",
    "waits",
    "verdict",
    "geometry",
)

Counts = npt.NDArray[np.int64]


def check_remedy(connection: Connection, remedy: Remedy, office: Office) -> None:
    """Refuse a remedy of a place that is not there, or that began before or long after its trigger.

    Raises
    ------
    NotFound
        There is no such place.
    InputError
        The month cannot be read, or the first day lies in neither the trigger month nor the one
        after.
    """
    year, month = int(remedy.trigger_month[:4]), int(remedy.trigger_month[5:])
    following = (year, month + 1) if month < 12 else (year + 1, 1)
    first, last = office.reckoning.month(year, month)[0], office.reckoning.month(*following)[1]
    if not first <= remedy.started_on <= last:
        raise InputError(
            f"started_on: a remedy begins in its trigger month or the one after: {first} to {last}"
        )
    units = load_boundaries(connection, remedy.started_on)
    if remedy.code not in set(units.frame(remedy.level)["code"]):
        raise NotFound(f"there is no {remedy.level} with this code")


def remedies_of(
    connection: Connection, office: Office, *, only: Collection[str] | None = None
) -> list[dict[str, object]]:
    """Judge every batch, or ``only`` those named, the newest first."""
    asked = (one for one in read_remedies(connection) if only is None or one.batch in only)
    every = sorted(asked, key=lambda one: one.batch)
    batches = [list(of) for _, of in groupby(every, key=lambda one: one.batch)]
    batches.sort(key=lambda of: (of[0].trigger_month, of[0].batch), reverse=True)
    return [_judged(connection, batch, office) for batch in batches]


def remedy_layer(units: Boundaries, batches: Sequence[Mapping[str, object]]) -> gpd.GeoDataFrame:
    """Give the places of judged batches as a layer; a verdict is of the whole batch.

    Parameters
    ----------
    units
        The boundaries that the places are drawn by.
    batches
        Of :func:`remedies_of`.

    Returns
    -------
    GeoDataFrame
        Columns of ``LAYER_COLUMNS``, EPSG:4326, one row a place; a place without a border is left
        out. ``verdict`` is empty while nothing can be said; ``waits`` marks who waits by lot.
    """
    rows = []
    for batch in batches:
        level = str(batch["level"])
        shapes = units.frame(level).set_index("code").geometry
        for place in cast("Sequence[Mapping[str, object]]", batch["places"]):
            shape = shapes.get(place["code"])
            if shape is not None:
                rows.append(
                    {
                        "id": f"{batch['batch']}/{place['code']}",
                        **{name: batch[name] for name in _OF_BATCH},
                        **place,
                        "unit_level": level,
                        "what": "；".join(cast("Sequence[str]", batch["what"])),
                        "verdict": batch["verdict"],
                        "geometry": shape,
                    }
                )
    frame = pd.DataFrame(rows, columns=list(LAYER_COLUMNS))
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")


def _judged(connection: Connection, batch: list[Remedy], office: Office) -> dict[str, object]:
    one = batch[0]
    days = counted_days(connection)
    said: dict[str, object] = {
        "batch": one.batch,
        "level": one.level,
        "category": one.class_code or None,
        "trigger_month": one.trigger_month,
        "started_on": min(remedy.started_on for remedy in batch),
        "what": sorted({remedy.what for remedy in batch}),
        "who": sorted({remedy.who for remedy in batch}),
        "places": _places(batch, {}),
        "months": 0,
        "verdict": None,
        "outcome": None,
        "neighbours": None,
        "lot": None,
        "missing": "no_data",
    }
    if one.lot:
        said["lot"] = {"seed": one.lot, "withdrawn": lots_withdrawn(connection, batch)}
    if days is None:
        return said
    newest = office.reckoning.month_of(days[1])
    asked = Question(one.level, *newest, class_code=one.class_code or None, office=office)
    times = times_of(connection, asked, most=_LOOKED_AT)
    places, counts = counts_by_month(connection, asked, times)
    said["places"] = _places(batch, dict(zip(places["code"], places["name"], strict=True)))
    spans = list(times.months.whole)
    if spans[-1].last < office.reckoning.month(*newest)[1]:
        counts, spans = counts[:, :-1], spans[:-1]  # a running month judges nothing
    trigger = _trigger(one, office, [span.first for span in spans])
    months = 0 if trigger is None else min(len(spans) - trigger - 1, MOST_MONTHS)
    said["months"] = max(months, 0)
    if trigger is None or months < 1:
        return said | {"missing": "not_over" if trigger is not None or not spans else "no_data"}
    codes = places["code"]
    if one.lot:
        ends = [span.last for span in spans[trigger + 1 : trigger + 1 + months]]
        lot = _lot(connection, batch, codes, counts, trigger, ends)
        said["lot"] = cast("dict[str, object]", said["lot"]) | lot
        said["verdict"] = lot.get("verdict")
    if trigger + 1 < BEFORE + months + LEAST_STARTS:
        needed = {"needed": BEFORE + months + LEAST_STARTS, "there": trigger + 1}
        return said | {"missing": "too_young"} | needed
    rows = np.flatnonzero(codes.isin({one.code for one in batch if not one.waits}).to_numpy())
    units = load_boundaries(connection, times.months.this.last)
    ring = _ring(units, one.level, places["area"].to_numpy(np.int64), rows)
    said["missing"] = None
    outcome = judge(counts, rows, trigger, months)
    said["outcome"] = _outcome(outcome)
    if not one.lot:
        said["verdict"] = outcome.verdict
    if len(ring):
        said["neighbours"] = _outcome(judge(counts, ring, trigger, months, remedied=rows))
    return said


def _places(batch: list[Remedy], names: Mapping[str, str]) -> list[dict[str, object]]:
    return [
        {"code": one.code, "name": names.get(one.code, one.code), "waits": one.waits}
        for one in batch
    ]


def _lot(
    connection: Connection,
    batch: list[Remedy],
    codes: "pd.Series[str]",
    counts: Counts,
    trigger: int,
    ends: list[date],
) -> dict[str, object]:
    """Judge by the lot the months, which end on ``ends``, in which those that wait waited."""
    waiting = {one.code for one in batch if one.waits}
    matter = batch[0].class_code
    begun = [
        one.started_on
        for one in read_remedies(connection)
        if one.code in waiting
        and not one.waits
        and one.level == batch[0].level
        and ("" in (matter, one.class_code) or akin(one.class_code, matter))
        and one.started_on >= batch[0].started_on
    ]
    until = min(begun, default=None)
    months = sum(until is None or end < until for end in ends)
    said: dict[str, object] = {"waited_until": until, "months": months}
    rows = np.flatnonzero(codes.isin({one.code for one in batch}).to_numpy())
    began = ~codes.iloc[rows].isin(waiting).to_numpy()
    if not months or began.all() or not began.any():
        return said
    chance = np.random.default_rng(int(str(batch[0].lot), 16))
    return said | _lot_outcome(judge_lot(counts, rows, began, trigger, months, chance))


def akin(one: str, other: str) -> bool:
    """Tell whether one class lies in the other; all classes are akin to none.

    Examples
    --------
    >>> akin("环境/噪声", "环境/噪声/施工"), akin("环境/噪声", "环境"), akin("", "环境")
    (True, True, False)
    """
    return bool(one) and (f"{one}/".startswith(f"{other}/") or f"{other}/".startswith(f"{one}/"))


def _trigger(one: Remedy, office: Office, firsts: list[date]) -> int | None:
    first, _ = office.reckoning.month(int(one.trigger_month[:4]), int(one.trigger_month[5:]))
    return firsts.index(first) if first in firsts else None


def _ring(units: Boundaries, level: str, areas: Counts, rows: Counts) -> Counts:
    """Give the rows of the units that touch those of a batch, without these."""
    around = touching(units, level)
    if around is None:
        return np.zeros(0, dtype=np.int64)
    mine = {int(area) for area in areas[rows]}
    near = {int(unit) for area in mine for unit in around(area)} - mine
    return np.flatnonzero(np.isin(areas, sorted(near)))


def _outcome(of: Outcome) -> dict[str, object]:
    return {
        "came": of.came,
        "expected": round(of.expected, 1),
        "low": of.low,
        "high": of.high,
        "verdict": of.verdict,
        "above": of.above,
        "power": round(of.power, 3),
        "visible_fall": None if np.isnan(of.visible_fall) else round(of.visible_fall, 3),
    }


def _lot_outcome(of: LotOutcome) -> dict[str, object]:
    ratios = {name: getattr(of, name) for name in ("began", "waited")}
    return {
        **{name: None if np.isnan(n) else round(n, 3) for name, n in ratios.items()},
        "p": round(of.p, 4),
        "verdict": of.verdict,
        "power": round(of.power, 3),
    }

"""The alerts (风险提示) of a period as a report names them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final, cast

import geopandas as gpd

from alerts.episode import GRAVITY
from maps.layers import SMALL_BELOW
from maps.palette import KIND_WORDS, LEVEL_WORDS
from maps.report.spans import Spans
from maps.wording import ALERT_STATES

ITEM: Final = ("id", "level", "kind", "topic", "place", "callers", "cases", "opened_at", "state")
"""Keys of one alert. It is named by its kind and topic: its sentence quotes what callers said."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The alerts that were raised in a period: those that were sent, and what was only kept.

    Attributes
    ----------
    sent
        With the keys of ``ITEM``, the gravest first.
    aside
        How many were set aside: over the budget, known, judged untrue before, snoozed.
    historical
        How many were found in old data, shown and never delivered.
    """

    sent: Sequence[Mapping[str, object]]
    aside: int = 0
    historical: int = 0


def alerts_of(
    alerts: Sequence[Mapping[str, object]],
    units: gpd.GeoDataFrame,
    spans: Spans,
    zone: tzinfo | None,
) -> Raised:
    """Give the alerts that were raised in a period.

    Parameters
    ----------
    alerts
        Of ``alerts.store.read_alerts``.
    units
        The units that hold, ``grids.boundaries.COLUMNS``.
    spans
        The period.
    zone
        Of the jurisdiction.

    Returns
    -------
    Raised
        The place of an alert with few callers is its street: a report travels further than the
        desk, and a community with one caller may be one home.
    """
    first = datetime.combine(spans.this.first, datetime.min.time(), zone)
    first += timedelta(hours=spans.cut_off_hour)
    end = first + timedelta(days=spans.this.days)
    streets = _streets(units)
    found = []
    aside = historical = 0
    for alert in alerts:
        opened = cast("datetime", alert["opened_at"])
        # It is raised at the end of the hour that it is about.
        if not first < opened <= end:
            continue
        # What is historical and set aside is historical, as the desk counts it.
        if alert["historical"]:
            historical += 1
            continue
        if alert["aside"] is not None:
            aside += 1
            continue
        found.append(
            {
                "id": alert["alert_id"],
                "level": LEVEL_WORDS[str(alert["level"])],
                "kind": KIND_WORDS[str(alert["kind"])],
                "topic": str(alert["class_code"]).rsplit("/", 1)[-1],
                "place": _place(alert, streets),
                "callers": int(str(alert["callers"])),
                "cases": int(str(alert["cases"])),
                "opened_at": opened.astimezone(zone),
                "state": ALERT_STATES.get(str(alert["state"]), str(alert["state"])),
                "gravity": GRAVITY.index(alert["level"]),
            }
        )
    found.sort(
        key=lambda item: (-int(str(item["gravity"])), -int(str(item["callers"])), item["id"])
    )
    return Raised([{key: item[key] for key in ITEM} for item in found], aside, historical)


def _streets(units: gpd.GeoDataFrame) -> dict[int, str]:
    """Name the street in which each community or grid lies."""
    parents = dict(zip(units["unit_id"], units["parent_id"], strict=True))
    levels = dict(zip(units["unit_id"], units["level"], strict=True))
    names = dict(zip(units["unit_id"], units["name"], strict=True))
    out: dict[int, str] = {}
    for unit in parents:
        at = unit
        while at in levels and levels[at] != "street":
            at = parents[at]
        if at in levels:
            out[int(unit)] = str(names[at])
    return out


def _place(alert: Mapping[str, object], streets: Mapping[int, str]) -> str:
    detail = cast("Mapping[str, object]", alert["detail"])
    if int(str(alert["callers"])) >= SMALL_BELOW:
        return str(detail["named"])
    if alert["area_kind"] in ("community", "grid"):
        return streets.get(int(str(alert["area"])), "街乡镇不详")
    touched = cast("Sequence[str]", detail.get("streets", ()))
    if str(alert["area_kind"]).startswith("cell"):
        return "、".join(touched) or "街乡镇不详"
    return str(detail["named"])

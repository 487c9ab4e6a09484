"""Alerts as a page marks them: with the name of their place and a point to stand on."""

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Final, cast

import shapely

from geo.cells import cell_point
from grids.boundaries import LEVELS, Boundaries

ITEM: Final = (
    "id", "kind", "level", "state", "headline", "reason", "area_name", "class_code", "opened_at",
    "newest_at", "cases", "callers", "expected", "historical", "verdict", "verdict_by",
    "verdict_at", "aside", "unconfirmed", "lon", "lat",
)  # fmt: skip
"""Keys of one alert, the same in lists and streams."""


def alert_items(
    alerts: Sequence[Mapping[str, object]], units: Boundaries, zone: tzinfo
) -> list[dict[str, object]]:
    """Give alerts the name and the point of their place.

    Parameters
    ----------
    alerts
        Of ``alerts.store``: viewed rows with ``alert_id``, ``area_kind``, ``area`` and ``detail``.
    units
        The boundaries in which their units are looked up.
    zone
        Of the jurisdiction: each moment is given with the offset that it has there (which changes
        with summer time), so that a page need not reckon.

    Returns
    -------
    list of dict
        With the keys of ``ITEM``. ``lon`` and ``lat`` are WGS84 degrees of a point inside the unit
        or the middle of the cell, ``None`` for the city and for a unit without a border: they say
        where the mark stands, not where somebody called from.
    """
    items = []
    for alert in alerts:
        point = _point(str(alert["area_kind"]), int(str(alert["area"])), units)
        lon, lat = point or (None, None)
        # The name as the alert was raised: a later edition of the boundaries does not rename it.
        detail = cast("Mapping[str, object]", alert["detail"])
        known = {
            "id": alert["alert_id"],
            "area_name": detail["named"],
            "lon": lon,
            "lat": lat,
            "unconfirmed": bool(detail.get("unconfirmed")),
        }
        item = {key: known[key] if key in known else alert[key] for key in ITEM}
        items.append({key: _local(value, zone) for key, value in item.items()})
    return items


def signal_items(alert: Mapping[str, object], zone: tzinfo) -> list[dict[str, object]]:
    """Give the signals of an alert the names of their places.

    Parameters
    ----------
    alert
        Of ``alerts.store.read_alert``: with ``signals`` and ``detail``.
    zone
        As of :func:`alert_items`.

    Returns
    -------
    list of dict
        The signals as stored with ``area_name``, the name as the alert was raised; the one that
        the alert names first, then the others by their people.
    """
    detail = cast("Mapping[str, Sequence[Sequence[object]]]", alert["detail"])
    names = {(kind, at, area, code): name for kind, at, area, name, code in detail["keys"]}
    named = alert["area_kind"], alert["area"], alert["class_code"]
    items: list[dict[str, object]] = []
    for signal in cast("Sequence[Mapping[str, object]]", alert["signals"]):
        place = signal["area_kind"], signal["area"], signal["class_code"]
        name = names.get((signal["kind"], *place), detail["named"] if place == named else None)
        items.append({key: _local(value, zone) for key, value in signal.items()})
        items[-1]["area_name"] = name
        items[-1]["named"] = place == named
    return sorted(items, key=lambda item: (not item["named"], -int(str(item["callers"]))))


def _local(value: object, zone: tzinfo) -> object:
    return value.astimezone(zone) if isinstance(value, datetime) else value


def _point(kind: str, area: int, units: Boundaries) -> tuple[float, float] | None:
    if kind.startswith("cell_"):
        lon, lat = cell_point(area)
        return round(lon, 6), round(lat, 6)
    if kind not in LEVELS or area not in units:
        return None
    shape = units.units.geometry.iloc[units.row(area)]
    if shape is None or shape.is_empty:
        return None
    inside = shapely.point_on_surface(shape)
    return round(inside.x, 6), round(inside.y, 6)

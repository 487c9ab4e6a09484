"""How a place is told: units by code and name, cells by their text, for screen, script and HTTP."""

import json

import numpy as np
import pandas as pd
from shapely.geometry.base import BaseGeometry

from appeals.errors import InputError
from geo.cells import EDGE_M, cell_name
from geo.cover import Cover, Mode, cover
from geo.datums import check_datum, in_range, to_wgs84
from geo.locate import Candidate, Located
from grids.boundaries import LEVELS, Boundaries
from grids.place import place
from grids.placer import Places
from grids.rows import missing, records


def describe_located(places: Places, units: Boundaries) -> list[dict[str, object]]:
    """Tell where texts are, in their order.

    Parameters
    ----------
    places
        Of :meth:`grids.placer.Placer.find`.
    units
        The boundaries by which they were placed.

    Returns
    -------
    list of dict
        ``level``, ``lon``, ``lat`` (WGS84 degrees), ``radius_m``, ``confidence``, ``units`` (code
        and name by level), ``status``, ``candidates``, ``evidence``.
    """
    rows = _rows(places.placed)
    return [
        {
            "level": found.level,
            "lon": found.lon,
            "lat": found.lat,
            "radius_m": found.radius_m,
            "confidence": round(found.confidence, 3),
            "units": _units(row, units),
            "status": row["status"],
            "ambiguous": found.ambiguous,
            "candidates": [_candidate(one) for one in found.candidates],
            "evidence": found.evidence,
        }
        for found, row in zip(places.located, rows, strict=True)
    ]


def describe_point(
    lon: float, lat: float, datum: str, radius_m: float, units: Boundaries
) -> dict[str, object]:
    """Tell whose a point is.

    Parameters
    ----------
    lon, lat
        In the unit of ``datum``: degrees, or metres east and north.
    datum
        Of the two.
    radius_m
        How exactly they are known, in metres.
    units
        The boundaries of the day.

    Raises
    ------
    InputError
        The datum is not known, or the point lies in no place on Earth.
    """
    check_datum(datum)
    there = to_wgs84(np.array([lon]), np.array([lat]), datum)
    east, north = float(there[0][0]), float(there[1][0])
    if not in_range(*there)[0]:
        what = "longitude" if not -180 <= east <= 180 else "latitude"
        raise InputError(f"{what} out of range")
    found = Located("point", east, north, radius_m, 1.0, "", datum, lon, lat)
    row = _rows(place([found], units))[0]
    return {
        "lon": round(east, 8),
        "lat": round(north, 8),
        "datum": datum,
        "radius_m": radius_m,
        "status": row["status"],
        "finest": row["finest"],
        "units": _units(row, units),
        "border": bool(row["border"]),
        "cells": {
            str(size): cell_name(cell) if isinstance(cell, int) else None
            for size in EDGE_M
            for cell in [row[f"cell_{size}"]]
        },
        "candidates": _doubted(row, units, east, north),
    }


def describe_unit(
    code: str, units: Boundaries, resolution: int | None = None, mode: Mode = "centre"
) -> dict[str, object] | None:
    """Tell what unit has this code, with those above it; ``None`` where there is none.

    Parameters
    ----------
    code
        Of the unit.
    units
        The boundaries of the day.
    resolution, mode
        Of the H3 cells of its polygon (:func:`geo.cover.cover`); without a resolution none are
        told.
    """
    ids = units.coded(code)
    if not ids:
        return None
    unit = units.unit(ids[0])
    (row,) = _rows(units.units.iloc[[units.row(ids[0])]])
    above = [units.unit(one) for one in units.ancestors(ids[0])]
    shape = row["geometry"]
    cells = {}
    if resolution is not None:
        covered = cover(shape, resolution, mode) if isinstance(shape, BaseGeometry) else Cover()
        names = [cell_name(one) for one in covered.cells]
        cells = {
            "cells": {
                "resolution": resolution,
                "mode": mode,
                "cells": names,
                "fallback": covered.fallback,
            }
        }
    return {
        "level": unit.level,
        "code": unit.code,
        "name": unit.name,
        "valid_from": str(row["valid_from"]),
        "valid_to": None if row["valid_to"] is None else str(row["valid_to"]),
        "area_m2": row["area_m2"],
        "households": row["households"],
        "people": row["people"],
        "above": [{"level": one.level, "code": one.code, "name": one.name} for one in above],
    } | cells


def _rows(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [
        {name: None if missing(value) else value for name, value in row.items()}
        for row in records(frame)
    ]


def _units(row: dict[str, object], units: Boundaries) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    for level in LEVELS:
        unit_id = row[f"{level}_id"]
        if isinstance(unit_id, int):
            unit = units.unit(unit_id)
            told[level] = {"code": unit.code, "name": unit.name}
    return told


def _doubted(
    row: dict[str, object], units: Boundaries, lon: float, lat: float
) -> list[dict[str, object]]:
    """Tell the units in doubt and how far each is from the point, the nearest first."""
    ids = json.loads(str(row["candidates"] or "[]"))
    if not ids:
        return []
    told: list[dict[str, object]] = [
        {
            "level": unit.level,
            "code": unit.code,
            "name": unit.name,
            "distance_m": None if far is None else round(far, 1),
        }
        for unit, far in zip(map(units.unit, ids), units.distances_m(lon, lat, ids), strict=True)
    ]
    return sorted(told, key=lambda one: (one["distance_m"] is None, one["distance_m"] or 0.0))


def _candidate(one: Candidate) -> dict[str, object]:
    return {
        "level": one.level,
        "name": one.name,
        "lon": one.lon,
        "lat": one.lat,
        "code": one.code,
        "district": one.district,
    }

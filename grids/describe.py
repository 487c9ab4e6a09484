"""How a place is told: units by code and name, cells by their text, for screen, script and HTTP."""

import json
from typing import Final

import numpy as np
import pandas as pd

from appeals.errors import InputError
from geo.cells import cell_name
from geo.datums import check_datum, in_range, to_wgs84
from geo.locate import Candidate, Located
from grids.boundaries import LEVELS, Boundaries
from grids.place import place
from grids.placer import Places

_CELLS: Final = (8, 9, 10)


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
    rows = _records(places.placed)
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
    row = _records(place([found], units))[0]
    return {
        "lon": round(east, 8),
        "lat": round(north, 8),
        "datum": datum,
        "radius_m": radius_m,
        "status": row["status"],
        "finest": _known(row["finest"]),
        "units": _units(row, units),
        "border": bool(row["border"]),
        "cells": {
            str(size): cell_name(cell) if isinstance(cell, int) and cell else None
            for size in _CELLS
            for cell in [_known(row[f"cell_{size}"])]
        },
        "candidates": _doubted(row, units),
    }


def describe_unit(code: str, units: Boundaries) -> dict[str, object] | None:
    """Tell what unit has this code, with those above it; ``None`` where there is none."""
    ids = units.coded(code)
    if not ids:
        return None
    unit = units.unit(ids[0])
    row = units.units.iloc[units.row(ids[0])]
    above = [units.unit(one) for one in units.ancestors(ids[0])]
    return {
        "level": unit.level,
        "code": unit.code,
        "name": unit.name,
        "valid_from": row["valid_from"].isoformat(),
        "area_m2": _known(row["area_m2"]),
        "households": _known(row["households"]),
        "people": _known(row["people"]),
        "above": [{"level": one.level, "code": one.code, "name": one.name} for one in above],
    }


def _records(placed: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): row[name] for name in row} for row in placed.to_dict("records")]


def _known(value: object) -> object:
    """Give a value out of a frame's row, ``None`` where it is missing."""
    if value is None or value is pd.NA or value is pd.NaT or value != value:
        return None
    return value.item() if isinstance(value, np.generic) else value


def _units(row: dict[str, object], units: Boundaries) -> dict[str, dict[str, str]]:
    told: dict[str, dict[str, str]] = {}
    for level in LEVELS:
        unit_id = _known(row[f"{level}_id"])
        if isinstance(unit_id, int | float):
            unit = units.unit(int(unit_id))
            told[level] = {"code": unit.code, "name": unit.name}
    return told


def _doubted(row: dict[str, object], units: Boundaries) -> list[dict[str, str]]:
    written = _known(row["candidates"])
    ids = json.loads(written) if isinstance(written, str) else []
    doubted = [units.unit(int(one)) for one in ids]
    return [{"level": one.level, "code": one.code, "name": one.name} for one in doubted]


def _candidate(one: Candidate) -> dict[str, object]:
    return {
        "level": one.level,
        "name": one.name,
        "lon": one.lon,
        "lat": one.lat,
        "code": one.code,
        "district": one.district,
    }

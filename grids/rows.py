"""Shapes of what is read: appeal rows with their types, and lines of the stable dump."""

import json
from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from grids.boundaries import LEVELS

OF_VERSION = (
    "appeal_id", "received_at", "local_day", "local_hour", "kind", "class_code",
    "caller_hash", "text", "subject", "transferred",
)  # fmt: skip
"""What an appeal row takes from the version itself."""

COLUMNS = (
    "serial", *OF_VERSION, "lon", "lat", "district_id", "street_id", "community_id", "grid_id",
    "cell_8", "cell_9", "cell_10", "sink", "source", "source_id",
)  # fmt: skip
"""Columns of appeal rows."""

_UNIT_IDS = (*(f"{level}_id" for level in LEVELS), "sent_unit_id")
_NUMBERS = dict.fromkeys(("local_hour", *_UNIT_IDS[:-1], "cell_8", "cell_9", "cell_10"), "Int64")
_WHOLE = {
    "serial": "int64",
    "appeal_id": "int64",
    "sink": "bool",
    "lon": "float64",
    "lat": "float64",
}


def missing(value: object) -> bool:
    """Tell whether a value of a frame stands for nothing: None, NaN, NaT or NA."""
    return value is None or value is pd.NA or value != value


def records(frame: pd.DataFrame) -> list[dict[str, object]]:
    """Give the rows of a frame by column name, with Python's own numbers."""
    columns = [frame[name].tolist() for name in frame.columns]
    names = [str(name) for name in frame.columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def with_shapes(units: pd.DataFrame) -> gpd.GeoDataFrame:
    """Read the WKB of stored units into WGS84 shapes, ``None`` where there is none."""
    shapes = shapely.from_wkb(np.array(units["geometry"], dtype=object))
    return gpd.GeoDataFrame(units.drop(columns="geometry"), geometry=shapes, crs="EPSG:4326")


def typed_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Give appeal rows their column types and their order: by time, source and the source's id."""
    times = pd.to_datetime(frame["received_at"], utc=True)
    typed = frame.astype(_NUMBERS | _WHOLE).assign(received_at=times)
    order = ["received_at", "source", "source_id"]
    return typed[list(COLUMNS)].sort_values(order, kind="stable", ignore_index=True)


def stable_units(units: pd.DataFrame) -> Iterator[tuple[str, dict[str, object]]]:
    """Give units as rows that name no internal id, sorted by level, code and first day.

    Parameters
    ----------
    units
        All units ever, with ``geometry`` as WGS84 shapes; it is written as hexadecimal WKB.
    """
    named = names_of_units(units)
    rows: list[dict[str, object]] = []
    for unit in records(units):
        row = {key: None if missing(value) else value for key, value in unit.items()}
        del row["unit_id"]
        row["parent_id"] = named.get(row["parent_id"])
        shape = unit["geometry"]
        row["geometry"] = (
            None if not isinstance(shape, BaseGeometry) else shapely.to_wkb(shape, hex=True)
        )
        rows.append(row)
    rows.sort(key=lambda row: (str(row["level"]), str(row["code"]), str(row["valid_from"])))
    yield from (("units", row) for row in rows)


def names_of_units(units: pd.DataFrame) -> dict[object, str]:
    """Name each unit by level, code and first day."""
    columns = (units[name] for name in ("unit_id", "level", "code", "valid_from"))
    return {
        int(unit): f"{level} {code} {day}" for unit, level, code, day in zip(*columns, strict=True)
    }


def stable(
    table: str, frame: pd.DataFrame, units: pd.DataFrame
) -> Iterator[tuple[str, dict[str, object]]]:
    """Give rows of a table without serials and moments, unit ids replaced by names, sorted.

    Parameters
    ----------
    table
        Its name.
    frame
        Its rows.
    units
        All units ever.
    """
    named = names_of_units(units)
    rows: list[dict[str, object]] = []
    for row in records(frame):
        clean: dict[str, object] = {}
        for key, value in row.items():
            if key in ("serial", "flagged_at"):
                continue
            if missing(value):
                clean[key] = None
            elif key == "candidates":
                clean[key] = [named[unit] for unit in json.loads(str(value))]
            elif key in _UNIT_IDS or (key == "area" and row["area_kind"] in LEVELS):
                clean[key] = named[value]
            else:
                clean[key] = value
        rows.append(clean)
    rows.sort(key=lambda row: json.dumps(row, ensure_ascii=False, default=str))
    yield from ((table, row) for row in rows)

"""How much any ranking of the readings that were found could keep: the ceiling of the figures."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from benchmarks.geocoding.fit import RIGHT_M
from benchmarks.geocoding.tables import offs
from benchmarks.result import Share
from geo.gazetteer import Gazetteer
from geo.ground import flat_m
from geo.locate import Located, NamedUnit
from geo.matcher import matcher_of
from geo.points import read_points

PRECISION = 0.96


def ceiling(
    table: pd.DataFrame, found: Sequence[Located], gazetteer: Gazetteer, units: Sequence[NamedUnit]
) -> list[Share]:
    """Judge readings instead of answers: is there a right one, and is the best one right.

    Parameters
    ----------
    table
        Columns text, lon, lat (WGS84 degrees, NaN where unknown).
    found
        One answer a row.
    """
    matcher = matcher_of(gazetteer, units)
    rows = [i for i, x in enumerate(table["lon"]) if x == x]
    texts, lon, lat = (table[name].tolist() for name in ("text", "lon", "lat"))
    some = best = 0
    findings = matcher.find([texts[i] for i in rows])
    readings = read_points(matcher, findings, [matcher.named(one) for one in findings])
    for i, reading in zip(rows, readings, strict=True):
        right = [p for p in reading.points if flat_m(p.lon, p.lat, lon[i], lat[i]) <= RIGHT_M]
        some += bool(right)
        best += reading.best in right
    off = offs(found, lon, lat)[rows]
    confidence = np.array([found[i].confidence for i in rows])
    return [
        Share("some reading within 500 m", some, len(rows)),
        Share("the best reading within 500 m", best, len(rows)),
        Share("most kept at precision .96, whatever the bound", _most(confidence, off), len(rows)),
    ]


def _most(confidence: "np.ndarray", off: "np.ndarray") -> int:
    """Count the most of the surest points of which the share asked is right."""
    placed = np.isfinite(off)
    order = np.argsort(-confidence[placed], kind="stable")
    right = np.cumsum(off[placed][order] <= RIGHT_M)
    good = np.flatnonzero(right / np.arange(1, len(right) + 1) >= PRECISION)
    return int(good[-1]) + 1 if len(good) else 0

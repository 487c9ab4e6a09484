"""The coordinates of the export: GCJ-02, beside the place, on a sink, or none at all."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from geo.datums import gcj02_from_wgs84
from wangge.city.land import degrees, metres
from wangge.city.outline import Floats, Ints
from wangge.city.settlement import SPOT, Settlement

JITTER_M = 10.0  # less than settlement.KEEP_OFF_M: a pin lies in the grid of its place
NO_POINT = 0.083  # share of calls without a pin
AT_SINK = 0.016
PINNED, SINK, NOWHERE = 0, 1, 2
_SINK_SHARES = (0.6, 0.25, 0.15)


@dataclass(frozen=True, slots=True)
class Pins:
    """GCJ-02 degrees and ``PINNED``, ``SINK`` or ``NOWHERE`` of each call (shape (n,)).

    ``sinks`` are WGS84 points (lon, lat) that carry improbably many calls.
    """

    lon: Floats
    lat: Floats
    where: Ints
    sinks: tuple[tuple[float, float], ...]


def draw_pins(calls: pd.DataFrame, settlement: Settlement, rng: np.random.Generator) -> Pins:
    """Draw the coordinates of all calls; planted ones never fall on a sink."""
    n = len(calls)
    points = np.array([(place.lon, place.lat) for place in settlement.places])
    at = metres(points[calls["place"].to_numpy()])
    r, angle = JITTER_M * np.sqrt(rng.random(n)), rng.uniform(0, 2 * np.pi, n)
    lonlat = degrees(at + np.column_stack([r * np.cos(angle), r * np.sin(angle)]))
    halls = [k for k, place in enumerate(settlement.places) if place.kind == SPOT]
    sinks: Floats = np.round(points[rng.choice(halls, size=len(_SINK_SHARES), replace=False)], 6)
    where = np.zeros(n, dtype=np.int64)
    luck = rng.random(n)
    normal = calls["event"].to_numpy() < 0
    where[luck < np.where(normal, NO_POINT, NO_POINT / 2)] = NOWHERE
    where[normal & (luck > 1 - AT_SINK)] = SINK
    sunk = where == SINK
    lonlat[sunk] = sinks[rng.choice(len(sinks), size=int(sunk.sum()), p=_SINK_SHARES)]
    lon, lat = gcj02_from_wgs84(lonlat[:, 0], lonlat[:, 1])
    return Pins(lon, lat, where, tuple((float(x), float(y)) for x, y in sinks))

"""The pins of a file: how its numbers are written, and which of them lie where no appeal can."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from appeals.record import Arrival, Pin, Reject
from geo.datums import Floats, in_range, to_wgs84
from geo.formats import PLAIN, Box, Notation, range_faults, read, recognise


def notation_of(arrivals: Sequence[Arrival], datum: str, box: Box | None) -> Notation:
    """Tell how the head of a file writes its coordinates.

    Parameters
    ----------
    arrivals
        The first rows that were understood.
    datum
        Of the file, empty where it has no coordinates.
    box
        Of the jurisdiction: west, south, east, north in WGS84 degrees.
    """
    pins = [arrival.appeal.pin for arrival in arrivals if arrival.appeal.pin is not None]
    return recognise(*_numbers(pins), datum, box) if pins and datum else PLAIN


def settle(
    arrivals: Sequence[Arrival], notation: Notation, box: Box | None
) -> tuple[list[Arrival], list[Reject]]:
    """Bring pins to the plain form of their datum; reject those that lie nowhere or outside.

    Parameters
    ----------
    arrivals
        Rows of one file that were understood; those without a pin pass.
    notation
        Of the file.
    box
        Of the jurisdiction; ``None`` checks the ranges of the Earth alone.

    Returns
    -------
    arrivals, rejects
        Every row is in one of them, in its order.
    """
    pinned = [(i, pin) for i, one in enumerate(arrivals) if (pin := one.appeal.pin) is not None]
    kept = list(arrivals)
    rejects: dict[int, Reject] = {}
    for datum in {pin.datum for _, pin in pinned}:
        mine = [(i, pin) for i, pin in pinned if pin.datum == datum]
        x, y = read(notation, *_numbers([pin for _, pin in mine]), datum)
        for at, (field, reason) in _faults(x, y, datum, box).items():
            i = mine[at][0]
            rejects[i] = Reject(arrivals[i].row, field, reason)
        if notation == PLAIN:
            continue
        for (i, pin), east, north in zip(mine, x.tolist(), y.tolist(), strict=True):
            moved = replace(pin, x=east, y=north)
            kept[i] = replace(arrivals[i], appeal=replace(arrivals[i].appeal, pin=moved))
    good = [arrival for i, arrival in enumerate(kept) if i not in rejects]
    return good, [rejects[i] for i in sorted(rejects)]


def _numbers(pins: Sequence[Pin]) -> tuple[Floats, Floats]:
    return np.array([pin.x for pin in pins]), np.array([pin.y for pin in pins])


def _faults(x: Floats, y: Floats, datum: str, box: Box | None) -> dict[int, tuple[str, str]]:
    faults = range_faults(x, y, datum)
    lon, lat = to_wgs84(x, y, datum)
    known = in_range(lon, lat)
    west, south, east, north = box or (-180.0, -90.0, 180.0, 90.0)
    bad_lon, bad_lat = ~((lon >= west) & (lon <= east)), ~((lat >= south) & (lat <= north))
    for i in np.flatnonzero(~known | bad_lon | bad_lat).tolist():
        reason = "outside the jurisdiction's bounding box" if known[i] else "out of range"
        faults.setdefault(i, ("lon" if bad_lon[i] else "lat", reason))
    return faults

"""A batch against what is known of the city: whether its points contradict their declared datum.

Pins of appeals are held against the places that their addresses name, the unit that their columns
state, and the gazetteer; a gazetteer against the places and units that are there; a layer of units
against the borders and places that are there. What is found is told and kept, never acted upon.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from appeals.record import Appeal, Arrival
from geo.datums import Floats, to_wgs84
from geo.located import COARSE
from geo.suspicion import Verdict, conclude, judge, mirrored, readings, told_apart
from geo.witnesses import Surroundings, in_units
from grids.boundaries import Boundaries
from grids.placer import Placer

_PINS = 2_000  # of a file: more tell no more
_TEXTS = 500
_SURE = 0.7  # of a name found in an address
_NAMED = ("plate", "building", "compound")
_UNITS = ("community", "street", "district")


@dataclass(slots=True)
class PinSample:
    """Pins of one file with what their rows say of the place; spread over the whole file."""

    kept: list[tuple[Appeal, str]] = field(default_factory=list)
    step: int = 1
    seen: int = 0

    def add(self, arrivals: Sequence[Arrival]) -> None:
        """Look at rows that were understood; addresses stay in memory and go with the sample."""
        for arrival in arrivals:
            appeal = arrival.appeal
            if appeal.pin is None or appeal.level_of_place in COARSE:
                continue
            self.seen += 1
            if self.seen % self.step == 0:
                self.kept.append((appeal, arrival.personal.address or appeal.address))
        while len(self.kept) > _PINS:
            self.kept = self.kept[1::2]
            self.step *= 2

    def verdict(self, placer: Placer, there: pd.DataFrame) -> Verdict | None:
        """Hear the witnesses, ``None`` where no pin came.

        Parameters
        ----------
        placer
            Finds what addresses name, and has the units.
        there
            The places that are there.
        """
        if not self.kept:
            return None
        appeals = [appeal for appeal, _ in self.kept]
        pins = [appeal.pin for appeal in appeals if appeal.pin is not None]
        declared = pins[0].datum
        lon, lat = to_wgs84(
            np.array([pin.x for pin in pins]), np.array([pin.y for pin in pins]), declared
        )
        day = max(appeal.local_day for appeal in appeals)
        return judge(
            readings(lon, lat, declared),
            named=self._named(placer, day) if len(there) else None,
            stated=_stated([_columns(appeal) for appeal in appeals], placer.on(day)),
            known=_points(*_lon_lat(there)),
        )

    def _named(self, placer: Placer, day: date) -> tuple[NDArray[np.int64], Floats, Floats]:
        rows = [i for i, (_, address) in enumerate(self.kept) if address]
        rows = rows[:: max(len(rows) // _TEXTS, 1)]
        found = placer.find([self.kept[i][1] for i in rows], day).located
        at = [
            (i, one.lon, one.lat)
            for i, one in zip(rows, found, strict=True)
            if one.level in _NAMED and one.confidence >= _SURE and one.lon is not None
        ]
        table = np.array(at, dtype=np.float64).reshape(-1, 3)
        return table[:, 0].astype(np.int64), table[:, 1], table[:, 2]


def check_places(
    frame: pd.DataFrame, declared: str, there: pd.DataFrame, units: Boundaries
) -> Verdict:
    """Hold a gazetteer that is to come in against the places and units that are there.

    Parameters
    ----------
    frame
        Of :func:`geo.places.read_places`, in WGS84 as read under the declared datum.
    declared
        That datum.
    there
        The places that are there, of the same columns.
    units
        The units of today.
    """
    lon, lat = _lon_lat(frame)
    # A name that stands for one place on both sides.
    once = there[~there["name"].duplicated(keep=False)]
    ours = np.flatnonzero(~frame["name"].duplicated(keep=False))
    mine = pd.DataFrame({"name": frame["name"].iloc[ours], "row": ours})
    pairs = mine.merge(once[["name", "lon", "lat"]], on="name")
    return judge(
        readings(lon, lat, declared),
        named=(pairs["row"].to_numpy(np.int64), *_lon_lat(pairs)),
        stated=_stated([{"district": district} for district in frame["district"]], units),
        known=_points(*_lon_lat(there)),
    )


def check_layer(
    layer: gpd.GeoDataFrame, level: str, declared: str, there: pd.DataFrame, units: Boundaries
) -> Verdict:
    """Hold a layer of units that is to come in against the borders and places that are there.

    Parameters
    ----------
    layer
        Of :func:`grids.read.read_layer`, in WGS84 as read under the declared datum.
    level
        Of its units.
    declared
        That datum.
    there, units
        The places and the units that are there.
    """
    shapes = np.array(layer.geometry, dtype=np.object_)
    corners = np.unique(shapely.get_coordinates(shapes[~shapely.is_missing(shapes)]), axis=0)
    # Grids have the borders of those above them, and many more.
    others = [one.shapes for name, one in units.layers.items() if name != "grid"]
    every = readings(corners[:, 0], corners[:, 1], declared)
    verdict = judge(every, known=Surroundings.build(np.concatenate(others)) if others else None)
    if level != "district" or not len(there):
        return verdict
    # Places that state their district say on which side of its border they lie.
    shape_of = dict(zip(layer["name"], layer.geometry, strict=True))
    stating = there[there["district"].isin([name for name, one in shape_of.items() if one])]
    places, _ = told_apart(mirrored(*_lon_lat(stating), declared))
    stated = np.array([shape_of[name] for name in stating["district"]], dtype=np.object_)
    witness = in_units(places, stated)
    return conclude(declared, [*verdict.witnesses, *([witness] if witness else [])], verdict.same)


def datum_data(verdict: Verdict | None) -> dict[str, object]:
    """Give a verdict as a report answers it; ``datum_suspect`` is ``None`` unless it is one."""
    data = None if verdict is None else verdict.as_data()
    suspect = verdict is not None and verdict.suspect
    return {"datum_check": data, "datum_suspect": data if suspect else None}


def datum_lines(verdict: Verdict | None) -> list[str]:
    """Say what somebody has to look into; nothing where nothing speaks against the datum."""
    if verdict is None or verdict.state not in ("suspect", "divided"):
        return []
    return [f"SUSPECT: {verdict.line()}"]


def _lon_lat(frame: pd.DataFrame) -> tuple[Floats, Floats]:
    return frame["lon"].to_numpy(np.float64), frame["lat"].to_numpy(np.float64)


def _points(lon: Floats, lat: Floats) -> Surroundings | None:
    points = np.asarray(shapely.points(lon, lat), dtype=np.object_)
    return Surroundings.build(points) if len(lon) else None


def _columns(appeal: Appeal) -> dict[str, str | None]:
    return {level: getattr(appeal, level) for level in _UNITS}


def _stated(
    columns: Sequence[dict[str, str | None]], units: Boundaries
) -> tuple[NDArray[np.int64], NDArray[np.object_]] | None:
    """Find the finest unit with a border that each row states."""
    borders = units.units.geometry.to_numpy()
    known: dict[tuple[str, str], int | None] = {}
    rows: list[int] = []
    shapes: list[object] = []
    for i, stated in enumerate(columns):
        for level in _UNITS:
            name = stated.get(level)
            if not name:
                continue
            if (level, name) not in known:
                known[level, name] = units.named(level, name)
            unit = known[level, name]
            shape = None if unit is None else borders[units.row(unit)]
            if shape is not None:
                rows.append(i)
                shapes.append(shape)
                break
    if not rows:
        return None
    return np.array(rows, np.int64), np.array(shapes, dtype=np.object_)

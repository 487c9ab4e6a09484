"""The layers that other programs are given by name, each with its right and where it comes from."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import geopandas as gpd

from alerts.store import read_alerts
from api.admission import Caller
from api.desk import Desk
from appeals.database import Connection
from appeals.people.roles import Right
from grids.boundaries import LEVELS as UNIT_LEVELS
from grids.units.store import level_units
from maps.asking import LEVELS, newest_month, question
from maps.atlas import layer_of, table_of
from maps.features import FeatureSet, feature_set
from maps.layers import LAYER_COLUMNS, alert_layer
from maps.marks import alert_items
from maps.wording import LEVEL_NAMES

MOST: Final = 10_000
"""Features of a page at most, and alerts of the collection: the newest ones."""

_KEPT: Final = timedelta(seconds=30)
_UNIT_FIELDS: Final = ("code", "name", "valid_from", "valid_to", "area_m2", "households", "people")


@dataclass(frozen=True, slots=True)
class Collection:
    """A layer under its name at this door.

    Attributes
    ----------
    title
        In Chinese.
    right
        What one must have to see it.
    key
        The column that names a feature.
    read
        Reads it; WGS84.
    when
        The column of moments that ``datetime`` asks about, if it has one.
    kept
        Whether it is the same for everybody, and so is kept for half a minute.
    """

    title: str
    right: Right
    key: str
    read: Callable[[Desk, Connection, Caller], gpd.GeoDataFrame]
    when: str | None = None
    kept: bool = True


def _units(level: str) -> Callable[[Desk, Connection, Caller], gpd.GeoDataFrame]:
    def read(desk: Desk, connection: Connection, _: Caller) -> gpd.GeoDataFrame:
        return level_units(connection, level, desk.today)[[*_UNIT_FIELDS, "geometry"]]

    return read


def _hotspots(level: str) -> Callable[[Desk, Connection, Caller], gpd.GeoDataFrame]:
    def read(desk: Desk, connection: Connection, _: Caller) -> gpd.GeoDataFrame:
        if newest_month(connection, desk.office.reckoning) is None:
            return gpd.GeoDataFrame(columns=list(LAYER_COLUMNS), crs="EPSG:4326")
        asked = question(connection, level, None, desk.office)
        layer = layer_of(connection, table_of(connection, asked))
        return layer.assign(month=asked.text)

    return read


def _alerts(desk: Desk, connection: Connection, caller: Caller) -> gpd.GeoDataFrame:
    found = read_alerts(connection, caller.viewer, limit=MOST)
    return alert_layer(alert_items(found, desk.units(connection), desk.zone))


COLLECTIONS: Final[Mapping[str, Collection]] = {
    **{
        f"units-{level}": Collection(LEVEL_NAMES[level], Right.FIGURES, "code", _units(level))
        for level in UNIT_LEVELS
    },
    **{
        f"hotspots-{level}": Collection(
            f"诉求热点（{LEVEL_NAMES[level]}，最近一个统计月）",
            Right.FIGURES,
            "code",
            _hotspots(level),
        )
        for level in LEVELS
    },
    "alerts": Collection("风险提示", Right.ALERTS, "id", _alerts, when="opened_at", kept=False),
}


class Shelf:
    """The feature sets that were built lately, each once for many readers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, FeatureSet]] = {}

    def get(self, name: str, desk: Desk, connection: Connection, caller: Caller) -> FeatureSet:
        """Give the features of a collection; they may be half a minute old."""
        one = COLLECTIONS[name]
        if not one.kept:
            return feature_set(one.read(desk, connection, caller), one.key)
        with self._lock:  # whoever comes while it is built waits for it
            now = desk.clock()
            until, features = self._kept.get(name, (now, None))
            if features is None or now >= until:
                features = feature_set(one.read(desk, connection, caller), one.key)
                self._kept[name] = now + _KEPT, features
            return features

"""The catalogue of layers as sets of features, kept for a while for many readers."""

import threading
from datetime import datetime
from typing import Final

import geopandas as gpd

from api.admission import Caller
from api.desk import Desk
from appeals.database import Connection
from appeals.errors import InputError
from maps.catalogue import CATALOGUE, Asked, Entry
from maps.features import FeatureSet, feature_set

MOST: Final = 10_000
"""Features of a page at most, and alerts of their collection: the newest ones."""


class Shelf:
    """The feature sets that were built lately."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[datetime, FeatureSet]] = {}

    def get(self, name: str, desk: Desk, connection: Connection, caller: Caller) -> FeatureSet:
        """Give the features of a layer; they may be as old as its entry lets them be."""
        entry = CATALOGUE[name]
        if not entry.kept:
            return _built(entry, desk, connection, caller)
        with self._lock:  # whoever comes while it is built waits for it
            now = desk.clock()
            until, features = self._kept.get(name, (now, None))
            if features is None or now >= until:
                features = _built(entry, desk, connection, caller)
                self._kept[name] = now + entry.kept, features
            return features


def _built(entry: Entry, desk: Desk, connection: Connection, caller: Caller) -> FeatureSet:
    asked = Asked(caller.viewer, desk.today, desk.zone, desk.office, most=MOST)
    try:
        layer = entry.read(connection, asked).layer
    except InputError:  # nothing to show yet: to a GIS that is a layer without features
        layer = gpd.GeoDataFrame({entry.key: []}, geometry=[], crs="EPSG:4326")
    return feature_set(layer, entry.key)

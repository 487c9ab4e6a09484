"""Layers of the maps as they are sent: worked out once for all desks that show the same."""

import gzip
import threading
from typing import Final

from api.answers import encode
from api.desk import Desk
from appeals.database import Connection
from grids.store import newest_serial
from maps.asking import Question
from maps.atlas import layer_of, table_of
from maps.layers import feature_collection

_KEPT: Final = 12
_LEVEL: Final = 1  # of gzip: the finest layer in a quarter of a second, in a tenth of its size


class LayerCache:
    """The newest layers, compressed, and the state of the data that they show."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[int, str] | None = None
        self._layers: dict[Question, bytes] = {}

    def get(self, desk: Desk, connection: Connection, asked: Question) -> bytes:
        """Give the GeoJSON of the present data, as gzip; whoever comes while it is made waits."""
        with self._lock:
            state = newest_serial(connection), desk.today.isoformat()
            if self._state != state:
                self._state, self._layers = state, {}
            if asked not in self._layers:
                if len(self._layers) >= _KEPT:
                    self._layers.pop(next(iter(self._layers)))
                shapes = layer_of(connection, table_of(connection, asked))
                self._layers[asked] = gzip.compress(encode(feature_collection(shapes)), _LEVEL)
            return self._layers[asked]

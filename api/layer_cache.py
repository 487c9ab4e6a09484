"""Layers of the maps as they are sent: worked out once for all desks that show the same."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from api.answers import packed
from api.desk import Desk
from appeals.database import Connection
from grids.store import newest_serial
from hotspots.table import HotspotTable
from maps.asking import Question
from maps.atlas import drawn_of, layer_of, table_of
from maps.cuts import Drawn
from maps.layers import feature_collection

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """The newest answers, by what was asked; whoever comes while one is made waits for it."""

    def __init__(self, most: int) -> None:
        self._lock = threading.Lock()
        self._most = most
        self._found: OrderedDict[Hashable, Made] = OrderedDict()

    def get(self, asked: Hashable, make: Callable[[], Made]) -> Made:
        """Give what was kept, or make it."""
        with self._lock:
            if asked not in self._found:
                self._found[asked] = make()
                if len(self._found) > self._most:
                    self._found.popitem(last=False)
            self._found.move_to_end(asked)
            return self._found[asked]


class LayerCache:
    """Tables, answers and shapes of the present data."""

    def __init__(self) -> None:
        self._tables: Kept[HotspotTable] = Kept(12)
        self._answers: Kept[bytes] = Kept(24)
        self._drawn: Kept[Drawn] = Kept(12)
        self._cuts: Kept[bytes] = Kept(512)

    def table(self, desk: Desk, connection: Connection, asked: Question) -> HotspotTable:
        """Give the table of a question."""
        key = _state(desk, connection), asked
        return self._tables.get(key, lambda: table_of(connection, asked))

    def answer(
        self, desk: Desk, connection: Connection, key: Hashable, make: Callable[[], object]
    ) -> bytes:
        """Give an answer as JSON in gzip."""
        whole = _state(desk, connection), key
        return self._answers.get(whole, lambda: packed(make()))

    def layer(self, desk: Desk, connection: Connection, asked: Question) -> bytes:
        """Give a layer as GeoJSON in gzip."""

        def make() -> object:
            return feature_collection(layer_of(connection, self.table(desk, connection, asked)))

        return self.answer(desk, connection, asked, make)

    def drawn(self, desk: Desk, connection: Connection, asked: Question) -> Drawn:
        """Give the shapes of the places of a question."""
        key = _state(desk, connection), asked.level, asked.year, asked.month
        return self._drawn.get(key, lambda: drawn_of(connection, asked))

    def cut(self, drawn: Drawn, part: tuple[int, int, int]) -> bytes:
        """Give a cut of shapes as JSON in gzip: as long as their version is the same, it is."""
        return self._cuts.get((drawn.version, part), lambda: packed(drawn.cut(*part)))


def _state(desk: Desk, connection: Connection) -> tuple[int, str]:
    return newest_serial(connection), desk.today.isoformat()

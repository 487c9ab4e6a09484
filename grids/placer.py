"""Where appeals lie and whose they are, for rows of any day: locate, then place.

The one thing here that is loaded from the stores once and used for many rows.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from appeals.database import Connection
from appeals.record import Appeal
from geo.gazetteer import Gazetteer
from geo.locate import Located, locate, locate_texts
from geo.store import load_gazetteer
from grids.boundaries import LEVELS, Boundaries
from grids.inside import units_of_points
from grids.place import place
from grids.rasters.store import with_rasters
from grids.store import edition_days, load_boundaries


@dataclass(frozen=True, slots=True)
class Places:
    """The places of n appeals, in their order.

    ``placed`` has one row an appeal and the columns of the table of placements from ``status`` to
    ``cell_10``; ``sent_ids`` are the units of 承办单位 (派单口径), ``None`` where it names none.
    """

    located: list[Located]
    placed: pd.DataFrame
    sent_ids: list[int | None]

    def take(self, at: Sequence[int]) -> "Places":
        """Give those at some positions."""
        placed = self.placed.iloc[list(at)].reset_index(drop=True)
        return Places([self.located[i] for i in at], placed, [self.sent_ids[i] for i in at])


@dataclass(frozen=True, slots=True)
class Placer:
    """Gazetteer and units of every edition; ``first_days[i]`` is when ``editions[i]`` begins.

    ``gazetteers[i]`` knows which units of that edition its places lie in. A row keeps the unit of
    its day: it is placed by the edition that holds on its local day.
    """

    gazetteers: tuple[Gazetteer | None, ...]
    first_days: tuple[date, ...]
    editions: tuple[Boundaries, ...]

    def on(self, day: date) -> Boundaries:
        """Give the units that hold on this day."""
        return self.editions[self._edition(day)]

    def _edition(self, day: date) -> int:
        # Days before the first edition are placed by the first.
        return max(bisect_right(self.first_days, day) - 1, 0)

    def place(self, appeals: Sequence[Appeal], addresses: Sequence[str]) -> Places:
        """Locate and place appeals, each by the units of its own day.

        Parameters
        ----------
        appeals
            n appeals.
        addresses
            Their addresses as they came, in memory only.
        """
        editions = np.array([self._edition(one.local_day) for one in appeals], np.int64)
        rows: list[int] = []
        located: list[Located] = []
        sent: list[int | None] = []
        frames = []
        for edition in np.unique(editions).tolist() or [-1]:
            mine = np.flatnonzero(editions == edition).tolist()
            part = self._place_by(edition, [appeals[i] for i in mine], [addresses[i] for i in mine])
            rows += mine
            located += part.located
            sent += part.sent_ids
            frames.append(part.placed)
        order = np.argsort(np.array(rows, np.int64)).tolist()
        placed = pd.concat(frames).iloc[order].reset_index(drop=True)
        return Places([located[i] for i in order], placed, [sent[i] for i in order])

    def _place_by(
        self, edition: int, appeals: Sequence[Appeal], addresses: Sequence[str]
    ) -> Places:
        units = self.editions[edition]
        located = locate(appeals, addresses, self.gazetteers[edition], units.named_units())
        return Places(located, place(located, units), sent_units(appeals, units))

    def find(self, texts: Sequence[str], day: date) -> Places:
        """Locate and place address texts by the units of one day."""
        edition = self._edition(day)
        units = self.editions[edition]
        located = locate_texts(texts, self.gazetteers[edition], units.named_units())
        return Places(located, place(located, units), [None] * len(texts))


def sent_units(appeals: Sequence[Appeal], units: Boundaries) -> list[int | None]:
    """Find the unit that each appeal was sent to: a street by its name, else a district.

    A department's name is no unit and gives ``None``.
    """
    known: dict[str, int | None] = {}
    for name in {appeal.sent_to for appeal in appeals if appeal.sent_to}:
        found = units.named("street", name)
        known[name] = found if found is not None else units.named("district", name)
    return [known.get(appeal.sent_to) if appeal.sent_to else None for appeal in appeals]


def load_placer(connection: Connection, cache: Path | None = None) -> Placer:
    """Load the gazetteer with the names that people taught, and the units of every edition.

    Parameters
    ----------
    cache
        Folder of what is kept to start and to place many points fast: the index of names, and
        rasters of borders; without it, there is none of them.
    """
    gazetteer = load_gazetteer(connection, cache)
    first_days = edition_days(connection) or [date.min]
    editions = tuple(load_boundaries(connection, day) for day in first_days)
    return Placer(
        tuple(
            None if gazetteer is None else _housed(_Edition(gazetteer, day, _marked(units), units))
            for day, units in zip(first_days, editions, strict=True)
        ),
        tuple(first_days),
        editions if cache is None else with_rasters(editions, cache),
    )


@dataclass(frozen=True, slots=True)
class _Edition:
    """A gazetteer and the units of a day, known again by their number and ids."""

    gazetteer: Gazetteer
    day: date
    mark: tuple[int, ...]
    units: Boundaries = field(compare=False)


def _marked(units: Boundaries) -> tuple[int, ...]:
    return (len(units), int(units.ids.max(initial=0)), int(units.ids.sum()))


@lru_cache(maxsize=8)
def _housed(edition: _Edition) -> Gazetteer:
    """Tell the gazetteer in which units its places lie, where there are borders."""
    places, units = edition.gazetteer, edition.units
    if not units.layers:
        return places
    chains = units_of_points(places.lon, places.lat, units)[0][:, : LEVELS.index("grid")]
    codes = dict(zip(units.ids.tolist(), units.units["code"], strict=True))
    finest = [next((unit for unit in chain[::-1] if unit), 0) for chain in chains.tolist()]
    return places.housed([codes.get(unit, "") for unit in finest])

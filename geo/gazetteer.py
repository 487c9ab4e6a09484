"""Named places (地名地址库): read from a file with a quality report, kept ready for the matcher."""

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

KINDS = ("plate", "building", "compound", "road", "point")
COLUMNS = ("name", "kind", "address", "district", "lon", "lat", "source")


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """What reading a file of places met."""

    rows: int
    accepted: int


def read_places(
    path: Path, columns: dict[str, str], datum: str | None, kind: str, source: str
) -> tuple[pd.DataFrame, PlaceReport]:
    """Read places of a file."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Places ready for matching; build it with :meth:`build`."""

    places: pd.DataFrame

    @classmethod
    def build(cls, frame: pd.DataFrame) -> "Gazetteer":
        """Make the index over a frame of :data:`COLUMNS`."""
        return cls(frame)

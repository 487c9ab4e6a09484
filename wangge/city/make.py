"""The made-up city (演示·云泽市) as files that a user would bring."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DEFAULT_START = date(2025, 4, 1)  # 清明 and 五一 lie within sixty days


@dataclass(frozen=True, slots=True)
class LayerFile:
    """One boundary file and how it is to be imported.

    ``columns`` maps ``code``, ``name``, ``parent``, ``households``, ``people`` to the file's own
    column names; ``datum`` and ``encoding`` are what ``wangge units import`` takes.
    """

    path: Path
    level: str
    columns: Mapping[str, str]
    datum: str
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class PlacesFile:
    """One gazetteer file and how it is to be imported.

    ``columns`` maps ``name``, ``address``, ``district``, ``lon``, ``lat`` to the file's own column
    names; ``kind`` is ``compound`` or ``plate``.
    """

    path: Path
    kind: str
    columns: Mapping[str, str]
    datum: str


@dataclass(frozen=True, slots=True)
class CityFiles:
    """All files of one made-up city.

    Attributes
    ----------
    folder
        Where they lie.
    units
        Boundary files from districts down to grids: import in this order.
    gazetteers
        Compounds (BD-09) and door plates (GCJ-02).
    appeals
        12345 exports in the order of time: ingest in this order.
    source, datum
        Name of the appeals' source and the datum of its coordinates.
    classes
        Class tree (CSV: 一级分类, 二级分类, 三级分类).
    settings
        A TOML snippet: ``demo``, ``[jurisdiction]`` and ``[datum]`` as this city needs them.
    truth
        ``truth.json``, see :mod:`wangge.city.truth`.
    """

    folder: Path
    units: tuple[LayerFile, ...]
    gazetteers: tuple[PlacesFile, ...]
    appeals: tuple[Path, ...]
    source: str
    datum: str
    classes: Path
    settings: Path
    truth: Path


def make_city(folder: Path, *, days: int, seed: int, start: date = DEFAULT_START) -> CityFiles:
    """Write a city as files; the same seed, days and start give the same content."""
    raise NotImplementedError

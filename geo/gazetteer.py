"""Named places (地名地址库) kept ready for the matcher."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from appeals.errors import InputError
from geo.addresses import normalise, parts
from geo.datums import Floats
from geo.places import COLUMNS, KINDS, PlaceReport, read_places

__all__ = ["ALIAS_COLUMNS", "COLUMNS", "KINDS", "Gazetteer", "PlaceReport", "read_places"]

Rows = tuple[int, ...]

ALIAS_COLUMNS = ("name", "place", "lon", "lat", "code")
"""What a name is also said for: the name of a known place, a point (WGS84), or a unit's code."""

# 南大街, 中路: the end of many roads' names and no name by itself.
_ANY_ROAD = re.compile(r"[东西南北中前后内外上下老新]{0,2}(?:大街|大道|胡同|路|街|巷|条|弄|道|里)")


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Places and their keys; build it with :meth:`build`. One is equal to itself alone.

    ``names``, ``kinds``, ``districts``, ``lon`` and ``lat`` (WGS84 degrees) have one entry a place,
    shape (n,). The mappings lead from a key to the numbers of places: ``by_name`` of the whole
    name, ``by_alias`` of the name without its brackets, ``by_road`` of a road that places lie on,
    and ``plates`` from road and door number. ``numbers`` has the plain door numbers of a road,
    ascending, each with its place; ``unit_aliases`` leads from a key to the code of a unit.
    """

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    districts: tuple[str, ...]
    roads: tuple[str, ...]
    lon: Floats
    lat: Floats
    by_name: Mapping[str, Rows] = field(repr=False)
    by_alias: Mapping[str, Rows] = field(repr=False)
    by_road: Mapping[str, Rows] = field(repr=False)
    plates: Mapping[tuple[str, str], Rows] = field(repr=False)
    numbers: Mapping[str, tuple[tuple[int, int], ...]] = field(repr=False)
    unit_aliases: Mapping[str, str] = field(repr=False, default_factory=dict)

    def __len__(self) -> int:
        """Tell how many places there are."""
        return len(self.names)

    @classmethod
    def build(cls, frame: pd.DataFrame, aliases: pd.DataFrame | None = None) -> "Gazetteer":
        """Make the index over a frame of places.

        Parameters
        ----------
        frame
            Columns :data:`COLUMNS`: name, kind (one of :data:`KINDS`), address, district, lon, lat
            (WGS84 degrees), source; one row a place.
        aliases
            Columns :data:`ALIAS_COLUMNS`, empty or NaN where not meant; one row a name that people
            use. Of ``code``, ``place`` and the point the first that is there counts, and stands
            before what the frame itself says of that name.

        Raises
        ------
        InputError
            A column is missing.

        Examples
        --------
        >>> place = ("示例花园(东区)", "compound", "样板路7号", "示例区", 116.0, 40.0, "doc")
        >>> gazetteer = Gazetteer.build(pd.DataFrame([place], columns=list(COLUMNS)))
        >>> sorted(gazetteer.by_name), sorted(gazetteer.by_alias), sorted(gazetteer.plates)
        (['示例花园东区'], ['示例花园'], [('样板路', '7')])
        """
        missing = [name for name in COLUMNS if name not in frame.columns]
        if missing:
            raise InputError(f"gazetteer: the frame has no column {missing[0]}")
        by_name: defaultdict[str, list[int]] = defaultdict(list)
        by_alias: defaultdict[str, list[int]] = defaultdict(list)
        by_road: defaultdict[str, list[int]] = defaultdict(list)
        plates: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        names = frame["name"].astype(str).tolist()
        kinds = frame["kind"].astype(str).tolist()
        addresses = frame["address"].fillna("").astype(str).tolist()
        numbers: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        roads = []
        for i, (name, kind, address) in enumerate(zip(names, kinds, addresses, strict=True)):
            key = normalise(name)
            # A plate's own name may be the address: 样板路7号.
            on = parts(address) if address else parts(name)
            road, number = (key, "") if kind == "road" else (on.road, on.number)
            roads.append(road)
            if road and not _ANY_ROAD.fullmatch(road):
                by_road[road].append(i)
                if number:
                    plates[road, number].append(i)
                    numbers[road].append((plain_number(number), i))
            if kind != "road" and len(key) > 1:
                by_name[key].append(i)
                bare = normalise(name.replace("（", "(").partition("(")[0])
                # Shorter ones (2号院, 东区) are said of anything.
                if bare != key and len(bare) > 2:
                    by_alias[bare].append(i)
        unit_aliases: dict[str, str] = {}
        lon = frame["lon"].to_numpy(dtype=np.float64)
        lat = frame["lat"].to_numpy(dtype=np.float64)
        districts = frame["district"].fillna("").astype(str).tolist()
        for alias in _aliases(aliases):
            key = normalise(alias.name)
            if alias.code:
                unit_aliases[key] = alias.code
            elif alias.place:
                by_name[key] = list(by_name[normalise(alias.place)])
            else:
                by_name[key] = [len(names)]
                names.append(alias.name)
                kinds.append("point")
                districts.append("")
                roads.append("")
                lon, lat = np.append(lon, alias.lon), np.append(lat, alias.lat)
        return cls(
            names=tuple(names),
            kinds=tuple(kinds),
            districts=tuple(districts),
            roads=tuple(roads),
            lon=lon,
            lat=lat,
            by_name={key: tuple(rows) for key, rows in by_name.items() if rows},
            by_alias={key: tuple(rows) for key, rows in by_alias.items() if key not in by_name},
            by_road={key: tuple(rows) for key, rows in by_road.items()},
            plates={key: tuple(rows) for key, rows in plates.items()},
            numbers={key: tuple(sorted(pairs)) for key, pairs in numbers.items()},
            unit_aliases=unit_aliases,
        )


@dataclass(frozen=True, slots=True)
class _Alias:
    name: str
    place: str
    code: str
    lon: float
    lat: float


def _aliases(frame: pd.DataFrame | None) -> list[_Alias]:
    if frame is None:
        return []
    missing = [name for name in ALIAS_COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(f"gazetteer: the aliases have no column {missing[0]}")
    words = (frame[name].fillna("").astype(str).tolist() for name in ("name", "place", "code"))
    points = (frame[name].astype("float64").tolist() for name in ("lon", "lat"))
    rows = [_Alias(*row) for row in zip(*words, *points, strict=True)]
    return [row for row in rows if row.code or row.place or row.lon == row.lon]


def plain_number(number: str) -> int:
    """Tell the number of a door without its stem and sub-number.

    Examples
    --------
    >>> plain_number("甲12-3")
    12
    """
    digits = re.search(r"\d+", number)
    return int(digits[0]) if digits else 0

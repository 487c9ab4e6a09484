"""Making the index over a frame of places and the names that people taught."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import marisa_trie
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from appeals.errors import InputError
from geo.addresses import doors_of_key, ends_in_numeral, normalise
from geo.crowding import crowding
from geo.datums import Floats
from geo.gazetteer import ALIAS_COLUMNS, COLUMNS, KINDS, MEANINGS, Gazetteer, plain_number
from geo.postings import Int32s, Postings, Words
from geo.quality import SINK_NAMES
from geo.sounding import Sounding
from geo.spoken import ROAD_LIKE, families, other_names

# 南大街, 中路: the end of many roads' names and no name by itself.
_ANY_ROAD = re.compile(r"[东西南北中前后内外上下老新]{0,2}(?:大街|大道|胡同|路|街|巷|条|弄|道|里)")
# B34路, 61路: a line of buses, not a road with places on it.
_BUS_LINE = re.compile(r"[a-z]{0,2}\d+路")
_HEAD = 3  # characters of a key that a text must have before the trie is asked


def build_gazetteer(frame: pd.DataFrame, aliases: pd.DataFrame | None = None) -> Gazetteer:
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
    >>> gazetteer = build_gazetteer(pd.DataFrame([place], columns=list(COLUMNS)))
    >>> gazetteer.rows("place", "示例花园东区"), gazetteer.rows("alias", "示例花园")
    ((0,), (0,))
    >>> gazetteer.plate("样板路", "7"), gazetteer.plate("样板路", "9")
    ((0,), ())
    """
    missing = [name for name in COLUMNS if name not in frame.columns]
    if missing:
        raise InputError(f"gazetteer: the frame has no column {missing[0]}")
    lists = _Lists()
    names = frame["name"].astype(str).tolist()
    kinds = frame["kind"].astype(str).tolist()
    addresses = frame["address"].fillna("").astype(str).tolist()
    for i, (name, kind, address) in enumerate(zip(names, kinds, addresses, strict=True)):
        lists.add(i, name, kind, address)
    lon = frame["lon"].to_numpy(dtype=np.float64)
    lat = frame["lat"].to_numpy(dtype=np.float64)
    sink = _sinks(lists.own, lon, lat)
    districts = frame["district"].fillna("").astype(str).tolist()
    points: list[tuple[float, float]] = []
    unit_aliases: dict[str, str] = {}
    for alias in _aliases(aliases):
        key = normalise(alias.name)
        if alias.code:
            unit_aliases[key] = alias.code
            continue
        rows = lists.of["place"].get(normalise(alias.place), []) if alias.place else None
        if rows is None:
            rows = [len(names)]
            names.append(alias.name)
            kinds.append("point")
            districts.append("")
            lists.roads.append("")
            points.append((alias.lon, alias.lat))
        if rows:
            lists.of["place"][key] = list(rows)
    extra = np.array(points, np.float64).reshape(-1, 2)
    lon, lat = np.concatenate([lon, extra[:, 0]]), np.concatenate([lat, extra[:, 1]])
    known = sorted({name for name in districts if name})
    number = {name: i for i, name in enumerate(known)}
    keys = marisa_trie.Trie(sorted({key for table in lists.of.values() for key in table}))
    doors, door_numbers = _doors(lists.doors, keys)
    plates = marisa_trie.Trie(sorted(lists.plates))
    return Gazetteer(
        names=Words.build(names),
        kinds=np.array([KINDS.index(kind) for kind in kinds], np.uint8),
        district_names=tuple(known),
        districts=np.array([number.get(name, -1) for name in districts], np.int32),
        roads=np.array([keys.get(road, -1) for road in lists.roads], np.int32),
        lon=lon,
        lat=lat,
        crowd=crowding(lon, lat),
        sink=np.concatenate([sink, np.zeros(len(extra), bool)]),
        keys=keys,
        heads=frozenset([key[:_HEAD] for key in keys if len(key) > 1]),
        numeral_names=frozenset(key for key in keys if len(key) < 5 and ends_in_numeral(key)),
        meant=tuple(
            Postings.build({keys[key]: rows for key, rows in lists.of[what].items()}, len(keys))
            for what in MEANINGS
        ),
        plates=plates,
        at_plate=Postings.build(
            {plates[key]: rows for key, rows in lists.plates.items()}, len(plates)
        ),
        doors=doors,
        door_numbers=door_numbers,
        sounding=Sounding.build(
            {keys[key]: key for what in ("place", "alias") for key in lists.of[what]}
        ),
        unit_aliases=unit_aliases,
        homes=np.zeros(len(names), np.int32),
        home_codes=("",),
    )


class _Lists:
    """What places are called and where they stand, gathered row by row."""

    def __init__(self) -> None:
        self.of: dict[str, dict[str, list[int]]] = {what: defaultdict(list) for what in MEANINGS}
        self.plates: defaultdict[str, list[int]] = defaultdict(list)
        self.doors: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        self.roads: list[str] = []
        self.own: list[str] = []

    def add(self, i: int, name: str, kind: str, address: str) -> None:
        key = normalise(name)
        self.own.append(key)
        # A plate's own name may be the address (样板路7号), a yard's number stands in its name.
        places = [*(doors_of_key(normalise(address)) if address else ()), *doors_of_key(key)]
        if kind == "road" or ROAD_LIKE.fullmatch(key):
            places.insert(0, (key, ""))
        roads = list(dict.fromkeys((r, n) for r, n in places if _is_road(r)))
        self.roads.append(roads[0][0] if roads else "")
        for road, number in roads:
            if i not in self.of["road"][road][-1:]:
                self.of["road"][road].append(i)
            if number:
                self.plates[f"{road} {number}"].append(i)
                self.doors[road].append((plain_number(number), i))
        if kind == "road" or len(key) < 2 or ROAD_LIKE.fullmatch(key):
            return
        self.of["place"][key].append(i)
        for other in other_names(name):
            self.of["alias"][other].append(i)
        for part in families(key):
            self.of["family"][part].append(i)


def _is_road(name: str) -> bool:
    return bool(name) and not (_ANY_ROAD.fullmatch(name) or _BUS_LINE.fullmatch(name))


def _sinks(keys: list[str], lon: Floats, lat: Floats) -> NDArray[np.bool_]:
    pins = list(zip(lon.tolist(), lat.tolist(), strict=True))
    at: defaultdict[tuple[float, float], set[str]] = defaultdict(set)
    for pin, key in zip(pins, keys, strict=True):
        at[pin].add(key)
    return np.array([len(at[pin]) >= SINK_NAMES for pin in pins], bool)


def _doors(
    doors: Mapping[str, list[tuple[int, int]]], keys: marisa_trie.Trie
) -> tuple[Postings, Int32s]:
    of = {keys[road]: sorted(pairs) for road, pairs in doors.items()}
    starts = np.zeros(len(keys) + 1, np.int32)
    np.cumsum([len(of.get(key, ())) for key in range(len(keys))], out=starts[1:])
    flat = [pair for key in range(len(keys)) for pair in of.get(key, ())]
    pairs = np.array(flat, np.int32).reshape(-1, 2)
    return Postings(starts, pairs[:, 1].copy()), pairs[:, 0].copy()


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

"""A second city: addresses of points of interest, asked of the other half's, inside real polygons.

The addresses of one half teach what readings along roads are worth; those of the other judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from appeals.errors import InputError
from benchmarks.geocoding.fit import RIGHT_M
from benchmarks.geocoding.tables import SURE, offs
from benchmarks.geocoding.texts import Asked, folds
from benchmarks.result import Share
from geo.addresses import parts
from geo.gazetteer import Gazetteer
from geo.indexing import build_gazetteer
from geo.locate import Located, NamedUnit, locate_texts
from geo.matcher import Matcher, matcher_of

_HOMES = "住宅"
_HALVES_SEED = 11
# Of the national list of divisions; the set's own column has a town's name for the last.
_DISTRICTS = {
    "420502": "西陵区",
    "420503": "伍家岗区",
    "420504": "点军区",
    "420505": "猇亭区",
    "420506": "夷陵区",
}


@dataclass(frozen=True, slots=True)
class City:
    """Places, and the streets and communities that hold them.

    ``shapes`` are WGS84 polygons of the units of each level, in the order of ``units`` of that
    level; ``within`` has for each level and place the number of its unit there, -1 outside of all,
    shape (n,).
    """

    places: pd.DataFrame
    units: tuple[NamedUnit, ...]
    shapes: dict[str, NDArray[np.object_]]
    within: dict[str, NDArray[np.int64]]

    def codes(self, level: str) -> list[str]:
        """List the codes of the units of a level."""
        return [unit.code for unit in self.units if unit.level == level]


def read_city(folder: Path) -> City:
    """Read the city of a folder ``yichang-2024``.

    Raises
    ------
    InputError
        It is not there.
    """
    folder = folder / "yichang-2024"
    if not folder.is_dir():
        raise InputError(f"{folder.parent} has no folder yichang-2024: give --data")
    raw = pd.read_csv(folder / "pois_3220.csv", dtype=str).fillna("")
    places = pd.DataFrame(
        {
            "name": raw["name"],
            "kind": np.where(raw["category"] == _HOMES, "compound", "point"),
            "address": raw["address"],
            "district": [
                stated if stated in _DISTRICTS.values() else parts(address).district
                for stated, address in zip(raw["district"], raw["address"], strict=True)
            ],
            "lon": raw["lon_wgs84"].astype(float),
            "lat": raw["lat_wgs84"].astype(float),
            "source": "points of interest",
        }
    )
    layers = {
        "street": gpd.read_file(folder / "streets_22.geojson"),
        "community": gpd.read_file(folder / "communities_193.geojson"),
    }
    lon, lat = places["lon"].to_numpy(), places["lat"].to_numpy()
    shapes = {level: np.asarray(layer.geometry, object) for level, layer in layers.items()}
    within = {level: holders(shapes[level], lon, lat) for level in layers}
    units = [NamedUnit("district", code, name, None) for code, name in _DISTRICTS.items()]
    code_of = {name: code for code, name in _DISTRICTS.items()}
    streets = layers["street"]["street"].tolist()
    for i, name in enumerate(streets):
        # A street lies in the district that most of its places state.
        told = places["district"][within["street"] == i].map(code_of).value_counts()
        parent = str(told.index[0]) if len(told) else None
        units.append(NamedUnit("street", f"s{i}", name, parent))
    rows = layers["community"][["community", "street"]].itertuples(index=False)
    for i, (name, street) in enumerate(rows):
        parent = f"s{streets.index(street)}" if street in streets else None
        units.append(NamedUnit("community", f"c{i}", name, parent))
    return City(places, tuple(units), shapes, within)


def holders(
    shapes: NDArray[np.object_], lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Find the first polygon that holds each point: numbers of shape (n,), -1 for none."""
    held = np.full(len(lon), -1)
    points, polygons = shapely.STRtree(shapes).query(shapely.points(lon, lat), "within")
    held[points[::-1]] = polygons[::-1]
    return held


def teaching(city: City) -> list[tuple[Matcher, Asked]]:
    """Give the addresses of one half of the places, by name, and the names of the other's."""
    taught, judged = folds(city.places, _HALVES_SEED, 2)
    matcher = matcher_of(_index(city, judged), city.units)
    text, lon, lat, district = (
        city.places[name].tolist() for name in ("address", "lon", "lat", "district")
    )
    return [
        (matcher, Asked(text[row], lon[row], lat[row], district[row], row, known=False))
        for row in taught.tolist()
    ]


def other_half(city: City) -> list[Share]:
    """Ask for the addresses that taught nothing, from the places of the half that did.

    A unit is that which the text names, else that which holds the point.
    """
    taught, rows = folds(city.places, _HALVES_SEED, 2)
    asked = city.places.iloc[rows]
    found = locate_texts(asked["address"].tolist(), _index(city, taught), city.units)
    off = offs(found, asked["lon"].tolist(), asked["lat"].tolist())
    sure = np.array([one.confidence >= SURE for one in found]) & np.isfinite(off)
    n, kept = len(found), int(sure.sum())
    shares = [
        Share("placed", int(np.isfinite(off).sum()), n),
        Share("within 100 m", int((off <= 100).sum()), n),
        Share("within 500 m", int((off <= RIGHT_M).sum()), n),
        Share("confidence >= .7: kept", kept, n),
        Share("confidence >= .7: within 500 m", int((off[sure] <= RIGHT_M).sum()), kept),
        Share("confidence >= .7: beyond 1 km", int((off[sure] > 1000).sum()), kept),
    ]
    for level in ("street", "community"):
        truth, got = city.within[level][rows], _units(city, level, found)
        told = truth >= 0
        right, said = int((told & (got == truth)).sum()), int((told & (got >= 0)).sum())
        shares += [
            Share(f"{level} right", right, int(told.sum())),
            Share(f"{level} right, of those told", right, said),
        ]
    return shares


def _index(city: City, rows: NDArray[np.int64]) -> Gazetteer:
    return build_gazetteer(city.places.iloc[rows]).housed(_homes(city, rows))


def _homes(city: City, rows: NDArray[np.int64]) -> list[str]:
    """Give the code of the finest unit that holds each of some places, empty for none."""
    streets, communities = (np.array([*city.codes(k), ""]) for k in ("street", "community"))
    fine, coarse = (city.within[level][rows] for level in ("community", "street"))
    return [str(code) for code in np.where(fine >= 0, communities[fine], streets[coarse])]


def _units(city: City, level: str, found: Sequence[Located]) -> NDArray[np.int64]:
    number = {code: i for i, code in enumerate(city.codes(level))}
    lon, lat = (np.array([getattr(o, k) or np.nan for o in found]) for k in ("lon", "lat"))
    got = np.full(len(found), -1)
    there = np.isfinite(lon)
    got[there] = holders(city.shapes[level], lon[there], lat[there])
    for i, one in enumerate(found):
        named = [number[code] for code in one.named if code in number]
        if named:
            got[i] = named[0]
    return got

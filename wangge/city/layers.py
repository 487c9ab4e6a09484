"""Boundaries and gazetteers as files, each in another form, as offices have them."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import geopandas as gpd
import numpy as np
import pyogrio

from geo.datums import bd09_from_wgs84, gcj02_from_wgs84
from wangge.city.land import Land, Level
from wangge.city.settlement import COMPOUND, PLATE, Place, Settlement

UNIT_COLUMNS = {"code": "代码", "name": "名称", "parent": "上级代码"}
PLACE_COLUMNS = {
    "name": "名称",
    "address": "地址",
    "district": "所属区",
    "lon": "经度",
    "lat": "纬度",
}
UNKNOWN_COMPOUNDS = 0.08  # share that the gazetteer does not know
_STAMP = (2025, 1, 1, 0, 0, 0)


def unit_frames(land: Land, settlement: Settlement) -> dict[str, gpd.GeoDataFrame]:
    """Give one frame per level: 代码, 名称, 上级代码, 户数, 人口 and WGS84 polygons."""
    grids = {"户数": settlement.households, "人口": settlement.people}
    community = land.grids.parent
    street = land.communities.parent[community]
    district = land.streets.parent[street]
    levels: Sequence[tuple[str, Level, Sequence[str], np.ndarray, Sequence[str]]] = (
        ("district", land.districts, settlement.district_names, district, ()),
        ("street", land.streets, settlement.street_names, street, land.districts.codes),
        (
            "community",
            land.communities,
            settlement.community_names,
            community,
            land.streets.codes,
        ),
        (
            "grid",
            land.grids,
            settlement.grid_names,
            np.arange(len(land.grids.codes)),
            land.communities.codes,
        ),
    )
    frames = {}
    for name, level, names, group, uppers in levels:
        columns: dict[str, object] = {"代码": list(level.codes), "名称": list(names)}
        if uppers:
            columns["上级代码"] = [uppers[k] for k in level.parent]
        for header, values in grids.items():
            columns[header] = np.bincount(group, values).astype(np.int64)
        frames[name] = gpd.GeoDataFrame(columns, geometry=level.geometry, crs="EPSG:4326")
    return frames


def write_units(folder: Path, frames: dict[str, gpd.GeoDataFrame]) -> dict[str, Path]:
    """Write each level in another form; the bytes do not depend on the day.

    Districts as GeoJSON, streets as a zipped shapefile in GBK, communities as FlatGeobuf, grids
    as GeoPackage.
    """
    paths = {
        "district": folder / "演示_区.geojson",
        "street": folder / "演示_街乡镇.zip",
        "community": folder / "演示_社区.fgb",
        "grid": folder / "演示_网格.gpkg",
    }
    pyogrio.write_dataframe(frames["district"], paths["district"], driver="GeoJSON")
    pyogrio.write_dataframe(frames["community"], paths["community"], driver="FlatGeobuf")
    with _fixed_day():
        pyogrio.write_dataframe(frames["grid"], paths["grid"], driver="GPKG", layer="网格")
    _write_shapefile(frames["street"], paths["street"])
    return paths


@contextmanager
def _fixed_day() -> Iterator[None]:
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2025-01-01T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _write_shapefile(frame: gpd.GeoDataFrame, path: Path) -> None:
    with TemporaryDirectory() as name:
        shapefile = Path(name) / "街乡镇.shp"
        pyogrio.write_dataframe(
            frame,
            shapefile,
            driver="ESRI Shapefile",
            encoding="GBK",
            layer_options={"DBF_DATE_LAST_UPDATE": "2025-01-01"},
        )
        with ZipFile(path, "w") as archive:
            for part in sorted(Path(name).iterdir()):
                info = ZipInfo(part.name, date_time=_STAMP)
                archive.writestr(info, part.read_bytes(), compress_type=ZIP_DEFLATED)


def write_gazetteers(
    folder: Path, land: Land, settlement: Settlement, rng: np.random.Generator
) -> dict[str, Path]:
    """Write compounds in BD-09, door plates and other named places in GCJ-02.

    A few compounds are left out, as no gazetteer knows all.
    """
    known = rng.random(len(settlement.places)) >= UNKNOWN_COMPOUNDS
    compounds = [
        place
        for place, there in zip(settlement.places, known, strict=True)
        if place.kind == COMPOUND and there
    ]
    others = [place for place in settlement.places if place.kind not in (COMPOUND, PLATE)]
    plates = [_as_plate(place) for place in settlement.places]
    paths = {
        "compound": folder / "演示_小区_BD09.csv",
        "plate": folder / "演示_门牌_GCJ02.csv",
        "point": folder / "演示_地名_GCJ02.csv",
    }
    _write_places(paths["compound"], compounds, land, settlement, bd09=True)
    _write_places(paths["plate"], plates, land, settlement, bd09=False)
    _write_places(paths["point"], others, land, settlement, bd09=False)
    return paths


def _as_plate(place: Place) -> Place:
    if place.kind == PLATE:
        return place
    address = place.address.removesuffix(place.name)
    name = place.road + address.rpartition(place.road)[2]
    return Place(name, address, PLATE, place.grid, place.lon, place.lat, place.road)


def _write_places(
    path: Path, places: Sequence[Place], land: Land, settlement: Settlement, *, bd09: bool
) -> None:
    lon = np.array([place.lon for place in places])
    lat = np.array([place.lat for place in places])
    x, y = bd09_from_wgs84(lon, lat) if bd09 else gcj02_from_wgs84(lon, lat)
    district = land.streets.parent[land.communities.parent[land.grids.parent]]
    rows = (
        [
            place.name,
            place.address,
            settlement.district_names[district[place.grid]],
            f"{x[k]:.6f}",
            f"{y[k]:.6f}",
        ]
        for k, place in enumerate(places)
    )
    write_table(path, list(PLACE_COLUMNS.values()), rows, encoding="utf-8-sig")


def write_table(
    path: Path, headers: Sequence[str], rows: Iterable[Sequence[str]], *, encoding: str
) -> None:
    """Write a CSV file with CRLF ends, as spreadsheets do."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows(rows)

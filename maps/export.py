"""Layers as files. A format is one entry of ``FORMATS``.

A layer that comes here has passed the one way out (``appeals.privacy``) or is an aggregate of
``maps.layers``; this module only writes. A file appears whole or not at all.
"""

import csv
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import geopandas as gpd
import openpyxl
import pandas as pd
import pyogrio
import shapely
from openpyxl.worksheet.worksheet import Worksheet
from pyproj import CRS

from appeals.errors import InputError
from maps.shapefile import write_shapefile
from maps.wording import COLUMN_NAMES

WGS84: Final = "EPSG:4326"
CGCS2000: Final = "EPSG:4490"

_FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "＋", "－", "\uff20")

_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no workbook may hold them
_NOT_IN_NAMES: Final = re.compile(r"[^\w-]")
_NOT_IN_TITLES: Final = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a layer.

    Attributes
    ----------
    name
        As on the command line.
    suffix
        Of the file's name, with the dot.
    words
        For a page, in Chinese.
    write
        Writes a layer that is in the right reference system to a new path under a layer name.
    any_crs
        Whether the format can hold another reference system than WGS84.
    """

    name: str
    suffix: str
    words: str
    write: Callable[[gpd.GeoDataFrame, Path, str], None]
    any_crs: bool


def export(
    layer: gpd.GeoDataFrame,
    path: Path,
    *,
    format: str | None = None,
    crs: str | None = None,
    layer_name: str = "wangge",
) -> Path:
    """Write a layer to a file, whole or not at all.

    Parameters
    ----------
    layer
        WGS84, longitude first; it may be empty.
    path
        The file to make or replace; its folder exists.
    format
        Name of a format; without it the path's suffix decides.
    crs
        Reference system to write (``EPSG:…``) where the format can hold one. ``EPSG:4490`` leaves
        the numbers as they are: WGS84 and CGCS2000 are equal for this use, and the file's metadata
        say so.
    layer_name
        Name of the layer or sheet inside the file.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        The format or reference system is unknown or they do not go together; the layer is not
        WGS84; the folder does not exist.
    """
    chosen = _format(path, format)
    if layer.crs is None or not CRS(layer.crs).equals(CRS(WGS84)):
        raise InputError("a layer to export must be WGS84 (EPSG:4326)")
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}")
    shaped = _in_crs(layer, chosen, crs)
    write_whole(path, chosen.suffix, lambda half: chosen.write(shaped, half, layer_name))
    return path


def write_whole(path: Path, suffix: str, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a new file with this suffix, then put it in the place of ``path``.

    When it fails, an older file stays as it was and nothing else is left.
    """
    with tempfile.TemporaryDirectory(prefix=".wangge-", dir=path.parent) as folder:
        half = Path(folder) / f"half{suffix}"
        write(half)
        half.chmod(0o644 & ~_umask())
        half.replace(path)


def safe_cell(value: object) -> object:
    """Make a text harmless for a spreadsheet, which would run it as a formula.

    Numbers stay numbers; only text is touched, by an apostrophe in front.

    Examples
    --------
    >>> safe_cell("=1+1"), safe_cell("-12"), safe_cell(-12), safe_cell("噪声")
    ("'=1+1", "'-12", -12, '噪声')
    """
    if isinstance(value, str) and value.lstrip(" \n").startswith(_FORMULA_STARTS):
        return "'" + value
    return value


def _write_geojson(layer: gpd.GeoDataFrame, path: Path, layer_name: str) -> None:
    pyogrio.write_dataframe(
        _plain(layer), path, layer=layer_name, driver="GeoJSON", RFC7946="YES", **_shape(layer)
    )


def _write_gpkg(layer: gpd.GeoDataFrame, path: Path, layer_name: str) -> None:
    note = {"DESCRIPTION": _crs_note(layer)}
    named = _plain(layer).rename(columns=dict(COLUMN_NAMES))
    pyogrio.write_dataframe(
        named, path, layer=layer_name, driver="GPKG", layer_metadata=note, **_shape(layer)
    )


def _write_shp(layer: gpd.GeoDataFrame, path: Path, layer_name: str) -> None:
    names = [str(one) for one in layer.columns if one != layer.geometry.name]
    titles = [COLUMN_NAMES.get(name, name) for name in names]
    write_shapefile(_plain(layer), titles, path, _NOT_IN_NAMES.sub("_", layer_name))


def _write_csv(layer: gpd.GeoDataFrame, path: Path, layer_name: str) -> None:
    table = _table(layer)
    # utf-8-sig: without the mark a spreadsheet reads Chinese as mojibake.
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([safe_cell(column) for column in table.columns])
        for row in table.itertuples(index=False, name=None):
            writer.writerow([_cell(value) for value in row])


def _write_xlsx(layer: gpd.GeoDataFrame, path: Path, layer_name: str) -> None:
    table = _table(layer)
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = _NOT_IN_TITLES.sub("_", layer_name)[:31]
    sheet.append([safe_cell(column) for column in table.columns])
    for row in table.itertuples(index=False, name=None):
        sheet.append([_cell(value) for value in row])
    sheet.freeze_panes = "A2"
    book.save(path)


FORMATS: Final = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("gpkg", ".gpkg", "GeoPackage 地图数据", _write_gpkg, any_crs=True),
            Format("shp", ".zip", "Shapefile 地图数据（压缩包）", _write_shp, any_crs=True),
            Format("geojson", ".geojson", "GeoJSON 地图数据", _write_geojson, any_crs=False),
            Format("csv", ".csv", "CSV 表格", _write_csv, any_crs=False),
            Format("xlsx", ".xlsx", "Excel 表格", _write_xlsx, any_crs=False),
        )
    }
)
"""The formats by name."""


def _format(path: Path, name: str | None) -> Format:
    known = ", ".join(FORMATS)
    if name is not None:
        if name.lower() not in FORMATS:
            raise InputError(f"no format {name}; known: {known}")
        return FORMATS[name.lower()]
    suffix = {".json": ".geojson"}.get(path.suffix.lower(), path.suffix.lower())
    for one in FORMATS.values():
        if one.suffix == suffix:
            return one
    hint = " (a shapefile is many files: name it .zip)" if path.suffix.lower() == ".shp" else ""
    raise InputError(f"no format for a file named *{path.suffix}{hint}; known: {known}")


def _in_crs(layer: gpd.GeoDataFrame, chosen: Format, crs: str | None) -> gpd.GeoDataFrame:
    if crs is None or crs.upper() == WGS84:
        return layer
    if not chosen.any_crs:
        raise InputError(f"{chosen.name} is WGS84 by definition; --crs does not go with it")
    if crs.upper() == CGCS2000:
        return layer.set_crs(CGCS2000, allow_override=True)
    try:
        return layer.to_crs(CRS.from_user_input(crs))
    except Exception as error:
        raise InputError(f"no reference system {crs}") from error


def _crs_note(layer: gpd.GeoDataFrame) -> str:
    if CRS(layer.crs).to_epsg() == 4490:
        return "坐标系 CGCS2000（EPSG:4490），经度在前；由 WGS84 坐标直接标记，本用途下两者等同"
    return f"坐标系 {CRS(layer.crs).to_string()}，东（经度）在前"


def _plain(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give columns of types that GDAL knows; an object column becomes text."""
    plain = layer.copy()
    for column in plain.columns:
        if column != plain.geometry.name and plain[column].dtype == object:
            plain[column] = [None if _missing(value) else str(value) for value in plain[column]]
    return plain


def _shape(layer: gpd.GeoDataFrame) -> dict[str, str]:
    """Name the geometry type: an empty layer cannot tell it by itself."""
    kinds = set(layer.geom_type.dropna())
    if kinds == {"Polygon", "MultiPolygon"}:
        return {"geometry_type": "MultiPolygon", "promote_to_multi": "YES"}
    return {"geometry_type": kinds.pop() if len(kinds) == 1 else "Unknown"}


def _table(layer: gpd.GeoDataFrame) -> pd.DataFrame:
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    shapes = layer.geometry
    if len(layer) and (layer.geom_type == "Point").all():
        table["lon"] = shapely.get_x(shapes.to_numpy())
        table["lat"] = shapely.get_y(shapes.to_numpy())
    return table.rename(columns=dict(COLUMN_NAMES))


def _cell(value: object) -> object:
    if _missing(value):
        return None
    if isinstance(value, bool) or type(value).__name__ == "bool":
        return "是" if value else "否"
    item = getattr(value, "item", None)
    plain = item() if callable(item) else value
    if isinstance(plain, (int, float)):
        return plain
    return safe_cell(_CONTROLS.sub("", str(plain)))


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

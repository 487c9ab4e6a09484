"""Layers as files. A format is one entry of ``FORMATS``.

A layer that comes here has passed the one way out (``appeals.privacy``) or is an aggregate of
``maps.layers``; here it only gets its reference system and its file, which appears whole or not at
all and says inside what it shows.
"""

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from shutil import disk_usage
from types import MappingProxyType
from typing import Final

import geopandas as gpd

from appeals.errors import InputError, Unavailable
from maps import spreadsheets, vectors
from maps.loss import Loss
from maps.projections import ZONE, project
from maps.spreadsheets import Notes

Write = Callable[[gpd.GeoDataFrame, Path, str, Notes], list[Loss]]
"""Writes a layer in the right reference system to a new path; says what the format cannot hold."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a layer.

    Attributes
    ----------
    name
        As on the command line.
    suffix
        Of the file's name, with the dot; where two formats share one, the first has it.
    words
        For a page, in Chinese.
    write
        Its writer.
    crs
        The reference system without ``--crs``.
    any_crs
        Whether the format can hold another reference system than WGS84.
    """

    name: str
    suffix: str
    words: str
    write: Write
    crs: str | None = None
    any_crs: bool = True


@dataclass(frozen=True, slots=True)
class Exported:
    """A file that was written, and what its format could not hold."""

    path: Path
    lost: tuple[Loss, ...]


def export(
    layer: gpd.GeoDataFrame,
    path: Path,
    *,
    format: str | None = None,
    crs: str | None = None,
    layer_name: str = "wangge",
    notes: Notes = (),
) -> Exported:
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
        Reference system to write, as ``maps.projections.project`` takes it, where the format can
        hold one.
    layer_name
        Name of the layer or sheet inside the file.
    notes
        What the layer shows: period, class, reading. What its coordinates are is added.

    Returns
    -------
    Exported
        The file and what was lost.

    Raises
    ------
    InputError
        The format or reference system is unknown or they do not go together; the layer is not
        WGS84; the folder does not exist.
    """
    chosen = _format(path, format)
    if not path.parent.is_dir():
        raise InputError(f"there is no folder {path.parent}")
    if crs is not None and crs.upper() != "EPSG:4326" and not chosen.any_crs:
        raise InputError(f"{chosen.name} is WGS84 by definition; --crs does not go with it")
    turned, words = project(layer, crs or chosen.crs)
    about = [*notes, ("坐标", words)]
    lost: list[Loss] = []
    write_whole(
        path,
        chosen.suffix,
        lambda half: lost.extend(chosen.write(turned, half, layer_name, about)),
    )
    return Exported(path, tuple(lost))


_ROOM = 1 << 20  # bytes; a disk with less is full


def write_whole(path: Path, suffix: str, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a new file with this suffix, then put it in the place of ``path``.

    When it fails, an older file stays as it was and nothing else is left.

    Raises
    ------
    Unavailable
        The disk is full.
    """
    with tempfile.TemporaryDirectory(prefix=".wangge-", dir=path.parent) as folder:
        half = Path(folder) / f"half{suffix}"
        try:
            write(half)
        finally:
            # GDAL may end without an error what a full disk has cut short.
            if disk_usage(folder).free < _ROOM:
                raise Unavailable(f"no room on the disk for {path.name}")
        half.chmod(0o644 & ~_umask())
        half.replace(path)


FORMATS: Final = MappingProxyType(
    {
        one.name: one
        for one in (
            Format("gpkg", ".gpkg", "GeoPackage 地图数据", vectors.write_gpkg),
            Format("shp", ".zip", "Shapefile 地图数据（压缩包）", vectors.write_shp),
            Format("gdb", ".gdb.zip", "文件地理数据库（压缩包）", vectors.write_gdb),
            Format("geojson", ".geojson", "GeoJSON 地图数据", vectors.write_geojson, any_crs=False),
            Format("fgb", ".fgb", "FlatGeobuf 地图数据", vectors.write_fgb),
            Format("parquet", ".parquet", "GeoParquet 地图数据", vectors.write_parquet),
            Format("kml", ".kml", "KML 地图标注", vectors.write_kml, any_crs=False),
            Format("kmz", ".kmz", "KMZ 地图标注（压缩）", vectors.write_kml, any_crs=False),
            Format("dxf", ".dxf", "DXF 图形（CAD）", vectors.write_dxf, crs=ZONE),
            Format("csv", ".csv", "CSV 表格（Excel 用）", spreadsheets.write_csv),
            Format("csv-data", ".csv", "CSV 数据（程序用）", spreadsheets.write_csv_data),
            Format("xlsx", ".xlsx", "Excel 表格", spreadsheets.write_xlsx),
        )
    }
)
"""The formats by name."""

_OTHER_SUFFIXES: Final = MappingProxyType({".json": ".geojson", ".geoparquet": ".parquet"})
_HINTS: Final = MappingProxyType(
    {
        ".shp": " (a shapefile is many files: name it .zip)",
        ".gdb": " (a geodatabase is a folder: name it .gdb.zip)",
    }
)


def _format(path: Path, name: str | None) -> Format:
    known = ", ".join(FORMATS)
    if name is not None:
        if name.lower() not in FORMATS:
            raise InputError(f"no format {name}; known: {known}")
        return FORMATS[name.lower()]
    last = path.suffix.lower()
    ending = path.name.lower().removesuffix(last) + _OTHER_SUFFIXES.get(last, last)
    # The longest one first: a .gdb.zip is a .zip too.
    for one in sorted(FORMATS.values(), key=lambda one: -len(one.suffix)):
        if ending.endswith(one.suffix):
            return one
    raise InputError(f"no format for a file named *{last}{_HINTS.get(last, '')}; known: {known}")


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask

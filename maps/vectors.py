"""Layers as files for GIS and CAD programs, each with what is known of the program's limits.

Every writer takes the layer in the reference system to write, a new path, the layer's name and its
notes, and says what the format could not hold.
"""

import re
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile

import geopandas as gpd
import pandas as pd
import pyarrow.parquet as pq
import pyogrio

from appeals.errors import InputError
from maps.loss import FIELDS_LOST, Loss, texts_cut
from maps.shapefile import NOTES_FILE, short_names, write_shapefile
from maps.spreadsheets import Notes
from maps.styles import COUNT, count_style
from maps.wording import COLUMN_NAMES

_NOT_IN_NAMES: Final = re.compile(r"[^\w-]")
_INT32_MOST: Final = 2**31 - 1


def write_gpkg(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """GeoPackage: Chinese field names, long texts, any reference system, its style for QGIS."""
    about = {"DESCRIPTION": _text(notes)}
    _write(_named(layer), path, "GPKG", layer=layer_name, layer_metadata=about)
    style = count_style(layer, COLUMN_NAMES[COUNT], COLUMN_NAMES["name"])
    if style is not None:
        _keep_style(path, layer_name, style)
    return []


def _keep_style(path: Path, layer_name: str, style: str) -> None:
    """Put a style where QGIS looks for that of a GeoPackage's layer."""
    row = {
        "f_table_catalog": "", "f_table_schema": "", "f_table_name": layer_name,
        "f_geometry_column": "geom", "styleName": layer_name, "styleQML": style, "styleSLD": "",
        "useAsDefault": True, "description": "", "owner": "", "ui": "",
        "update_time": pd.Timestamp(0, tz="UTC"),
    }  # fmt: skip
    styles = pd.DataFrame([row])
    pyogrio.write_dataframe(styles, path, driver="GPKG", layer="layer_styles", append=True)


def write_gdb(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """File geodatabase, a folder, packed as one zip that GDAL and ArcGIS open.

    Whole numbers are written with 32 bits where they fit: older readers have no longer ones.

    Raises
    ------
    InputError
        The layer has points and polygons: a geodatabase's layer holds one kind of shape.
    """
    named = _named(layer)
    if len({str(one).removeprefix("Multi") for one in layer.geom_type.dropna()}) > 1:
        raise InputError("a geodatabase's layer holds one kind of shape: take gpkg")
    kind = {"geometry_type": "MultiPolygon"} if layer.empty else {}
    for column in (one for one in named.columns if one != named.geometry.name):
        whole = pd.api.types.is_integer_dtype(named[column])
        if whole and (named[column].dropna().abs() <= _INT32_MOST).all():
            named[column] = named[column].astype("Int32")
    with TemporaryDirectory() as folder:
        base = Path(folder) / f"{_file_name(layer_name)}.gdb"
        name = _file_name(layer_name).replace("-", "_")  # a feature class has no hyphen
        _write(named, base, "OpenFileGDB", layer=name, **kind)
        _pack(path, sorted(base.iterdir()), f"{base.name}/", notes)
    return []


def write_shp(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """Shapefile in a zip: short names with a table of the whole ones, texts cut and counted."""
    names = [str(one) for one in layer.columns if one != layer.geometry.name]
    titles = [COLUMN_NAMES.get(name, name) for name in names]
    cut = write_shapefile(_plain(layer), titles, path, _file_name(layer_name), _text(notes))
    style = count_style(layer, *short_names([COUNT, "name"]))
    if style is not None:
        with ZipFile(path, "a", ZIP_DEFLATED) as pack:
            pack.writestr(f"{_file_name(layer_name)}.qml", style)
    return [texts_cut(title, n) for title, n in cut]


def write_geojson(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """GeoJSON by RFC 7946: WGS84, longitude first, names of the code."""
    _write(
        _plain(layer), path, "GeoJSON", layer=layer_name, RFC7946="YES", DESCRIPTION=_text(notes)
    )
    return []


def write_fgb(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """FlatGeobuf, with its index: the features leave in the order of the index."""
    about = {"TITLE": layer_name, "DESCRIPTION": _text(notes)}
    _write(_named(layer), path, "FlatGeobuf", layer=layer_name, layer_options=about)
    return []


def write_kml(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """KML, or KMZ by the path's suffix: each feature is labelled with its name, else its code."""
    named = _named(layer)
    label = next((one for one in ("name", "headline", "code") if one in layer), None)
    if label is not None:
        named.insert(0, "Name", layer[label].astype(object))
    about = {"NAME": layer_name, "DESCRIPTION": _text(notes)}
    # Plain letters: a layer with another name is not found again in a KMZ.
    _write(_plain(named), path, "LIBKML", layer="layer", layer_options=about)
    return []


def write_dxf(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """DXF: outlines and points in metres; a CAD layer a class of appeals, else a unit's code.

    The words are of GBK, as CAD programs of the country read a drawing older than 2007.

    Raises
    ------
    InputError
        The layer is in degrees: a drawing of degrees is flattened and has no scale.
    """
    if layer.crs is None or not layer.crs.is_projected:
        raise InputError("dxf is drawn in metres: give --crs cgcs2000-zone or another in metres")
    by = layer.get("class_code", layer.get("code", pd.Series("", layer.index)))
    names = by.astype(object).where(by.notna(), "")
    drawn = [_file_name(str(name).encode("gbk", "replace").decode("gbk")) or "0" for name in names]
    frame = gpd.GeoDataFrame({"Layer": drawn}, geometry=layer.geometry.to_numpy(), crs=layer.crs)
    pyogrio.set_gdal_config_options({"DXF_WRITE_HATCH": "NO"})  # outlines, not filled faces
    try:
        pyogrio.write_dataframe(frame, path, driver="DXF", geometry_type="Unknown")
    finally:
        pyogrio.set_gdal_config_options({"DXF_WRITE_HATCH": None})
    comments = "".join(f"999\n{line}\n" for line in _text(notes).splitlines())
    drawing = path.read_text(encoding="utf-8").replace("ANSI_1252", "ANSI_936", 1)
    path.write_text(comments + drawing, encoding="gbk", errors="replace")
    return [FIELDS_LOST]


def write_parquet(layer: gpd.GeoDataFrame, path: Path, layer_name: str, notes: Notes) -> list[Loss]:
    """GeoParquet, names of the code; the notes stand in the file's metadata."""
    _plain(layer).to_parquet(path, index=False)
    table = pq.read_table(path)
    about = {b"name": layer_name.encode(), b"description": _text(notes).encode()}
    pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), **about}), path)
    return []


def _write(shapes: gpd.GeoDataFrame, path: Path, driver: str, **options: Any) -> None:
    with warnings.catch_warnings():
        # A layer in shifted coordinates has no reference system on purpose.
        warnings.filterwarnings("ignore", message="'crs' was not provided")
        pyogrio.write_dataframe(shapes, path, driver=driver, **(_shape(shapes) | options))


def _named(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return _plain(layer).rename(columns=dict(COLUMN_NAMES))


def _plain(layer: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give columns of types that GDAL knows; an object column becomes text."""
    plain = layer.copy()
    for column in plain.columns:
        if column != plain.geometry.name and plain[column].dtype == object:
            plain[column] = [None if _missing(value) else str(value) for value in plain[column]]
    return plain


def _missing(value: object) -> bool:
    return value is None or value is pd.NA or value is pd.NaT or value != value


def _shape(layer: gpd.GeoDataFrame) -> dict[str, Any]:
    """Name the geometry type: an empty layer cannot tell it by itself."""
    kinds = set(layer.geom_type.dropna())
    if kinds == {"Polygon", "MultiPolygon"}:
        return {"geometry_type": "MultiPolygon", "promote_to_multi": True}
    return {"geometry_type": kinds.pop() if len(kinds) == 1 else "Unknown"}


def _text(notes: Notes) -> str:
    return "\n".join(f"{word}：{value}" for word, value in notes)


def _file_name(layer_name: str) -> str:
    return _NOT_IN_NAMES.sub("_", layer_name)


def _pack(path: Path, parts: list[Path], folder: str, notes: Notes) -> None:
    with ZipFile(path, "w", ZIP_DEFLATED) as pack:
        for part in parts:
            pack.write(part, f"{folder}{part.name}")
        if notes:
            pack.writestr(NOTES_FILE, _text(notes))

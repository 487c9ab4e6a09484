"""Layers as shapefiles: short field names with a table of the whole ones, never half a character.

A shapefile's table knows names of ten bytes and texts of 254. Fields are named in plain letters,
the names as they are stand in ``字段说明.csv`` beside it, and a text is cut between characters,
with the number of those that were cut. All parts go into one zip file, which every reader opens.
"""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from zipfile import ZIP_DEFLATED, ZipFile

import geopandas as gpd
import pandas as pd
import pyogrio

from appeals.errors import InputError

NAME_BYTES: Final = 10
TEXT_BYTES: Final = 254
NAMES_FILE: Final = "字段说明.csv"
NOTES_FILE: Final = "说明.txt"


def short_names(names: Sequence[str]) -> list[str]:
    """Give each field a name of at most ten plain letters; no two are the same.

    Examples
    --------
    >>> short_names(["code", "growth_high", "growth_higher", "街道办事处名称"])
    ['CODE', 'GROWTH_HIG', 'GROWTH_HI2', 'F4']
    """
    out: list[str] = []
    for position, name in enumerate(names, 1):
        plain = name.isascii() and name.isidentifier()
        short = name.upper()[:NAME_BYTES] if plain else f"F{position}"
        number = 2
        while short in out:
            tail = str(number)
            short = short[: NAME_BYTES - len(tail)] + tail
            number += 1
        out.append(short)
    return out


def cut(text: str, encoding: str, most: int = TEXT_BYTES) -> str:
    """Cut a text to so many bytes, between characters.

    Examples
    --------
    >>> cut("街道办事处名称", "utf-8", 10), cut("街道办事处名称", "gbk", 10)
    ('街道办', '街道办事处')
    """
    return text.encode(encoding)[:most].decode(encoding, errors="ignore")


def write_shapefile(
    layer: gpd.GeoDataFrame, titles: Sequence[str], path: Path, layer_name: str, notes: str = ""
) -> list[tuple[str, int]]:
    """Write a layer as a zipped shapefile in GBK, or in UTF-8 where GBK lacks a character.

    Parameters
    ----------
    layer
        In the reference system to write; object columns hold texts or None.
    titles
        What each column but the geometry is called, for the table of names.
    path
        The zip file to make.
    layer_name
        Name of the parts inside.
    notes
        What the layer shows, for ``说明.txt`` beside the parts.

    Returns
    -------
    list
        Title and number of the values that were cut, for each field that has some.

    Raises
    ------
    InputError
        The layer has points and polygons: a shapefile holds one kind of shape.
    """
    kinds = {str(kind).removeprefix("Multi") for kind in layer.geom_type.dropna()}
    if len(kinds) > 1:
        raise InputError("a shapefile holds one kind of shape: take gpkg")
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    encoding = "gbk" if _fits(table, "gbk") else "utf-8"
    shorts = short_names([str(column) for column in table.columns])
    columns, rows = {}, []
    for name, short, title in zip(table.columns, shorts, titles, strict=True):
        column, n = table[name], 0
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            whole = [None if pd.isna(value) else str(value) for value in column]
            texts = [None if text is None else cut(text, encoding) for text in whole]
            n = sum(one != other for one, other in zip(whole, texts, strict=True))
            column = pd.Series(texts, index=table.index, dtype=object)
        columns[short] = column
        rows.append((short, title, n))
    frame = gpd.GeoDataFrame(columns, geometry=layer.geometry, crs=layer.crs)
    with TemporaryDirectory() as folder:
        pyogrio.write_dataframe(
            frame,
            Path(folder) / "layer.shp",
            driver="ESRI Shapefile",
            encoding=encoding.upper(),
            geometry_type=kinds.pop() if kinds else "Polygon",
        )
        with ZipFile(path, "w", ZIP_DEFLATED) as pack:
            for part in sorted(Path(folder).iterdir()):
                pack.write(part, f"{layer_name}{part.suffix}")
            pack.writestr(NAMES_FILE, _names(rows))
            if notes:
                pack.writestr(NOTES_FILE, notes)
    return [(title, n) for _, title, n in rows if n]


def _fits(table: pd.DataFrame, encoding: str) -> bool:
    try:
        for name in table.columns:
            if not pd.api.types.is_numeric_dtype(table[name]):
                "".join(str(value) for value in table[name]).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _names(rows: Sequence[tuple[str, str, int]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("字段", "名称", "截断的值"))
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")

"""Boundary layers from files: GeoJSON, GPKG, FlatGeobuf, KML, shapefile, or a table of names."""

import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

from appeals.cells import text_of
from appeals.errors import BoundaryError, InputError
from appeals.headers import looks_like_data
from appeals.values import code as code_of
from appeals.values import plain_text
from appeals.workbooks import Workbook
from grids.findings import Finding
from grids.rows import missing
from grids.vectors import read_vector

COLUMNS = ("code", "name", "parent", "households", "people", "geometry")
TABLES = (".csv", ".xlsx")
FORMATS = (".geojson", ".json", ".gpkg", ".fgb", ".kml", ".kmz", ".shp", ".zip", *TABLES)

_CODES = (
    "code", "编码", "代码", "区划代码", "行政区划代码", "统计用区划代码", "标识码", "网格编码",
    "网格代码", "网格编号", "单元网格标识码", "社区编码", "社区代码", "街道编码", "街道代码",
)  # fmt: skip
NAMES = ("name", "名称", "单位名称", "区划名称")
"""Usual headers of a name."""

_LEVEL_NAMES = {
    "district": ("district", "区", "区县", "区名", "区县名称"),
    "street": ("street", "街道", "街乡镇", "街道名称", "街乡镇名称"),
    "community": ("community", "社区", "社区名称", "社区村"),
    "grid": ("grid", "网格", "网格名称"),
}
HOUSEHOLDS = ("households", "户数", "户籍户数", "住户数", "总户数")
"""Usual headers of a number of households."""

_PEOPLE = ("people", "population", "人口", "人口数", "常住人口", "总人口")


def read_layer(
    path: Path,
    *,
    level: str,
    code: str | None = None,
    name: str | None = None,
    parent: str | None = None,
    datum: str | None = None,
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """Read the units of one level.

    Heights are dropped; rings that cross or touch themselves are repaired. What was done, and what
    is missing, stands as a tuple of :class:`grids.findings.Finding` in ``attrs["findings"]`` of
    the result, which :func:`grids.checks.check` reports.

    Parameters
    ----------
    path
        A file of one of ``FORMATS``; a zip holds one shapefile.
    level
        Of :data:`grids.boundaries.LEVELS`.
    code, name, parent
        Columns; code and name are found by their usual headers where none is given, and a layer
        may have no code and no parent.
    datum
        Of the coordinates: ``wgs84 cgcs2000 gcj02 bd09 EPSG:n``. It may be left out where the file
        itself names a reference system other than EPSG:4326, which everybody writes whether it
        is true or not.
    encoding
        Of text in a shapefile or CSV; without one, UTF-8 or GB18030 by what the bytes are.

    Returns
    -------
    GeoDataFrame
        ``code``, ``name``, ``parent`` (text or None), ``households``, ``people`` (Int64),
        ``geometry`` (Polygon or MultiPolygon in WGS84, longitude first, or None). The index, of
        name ``row``, has the numbers of the rows, 1 below the header.

    Raises
    ------
    InputError
        The file cannot be read, a column is not there, or the datum is not known.
    BoundaryError
        The layer has no polygons or its text is not in the encoding.
    """
    suffix = path.suffix.lower()
    if not path.is_file():
        raise InputError(f"{path.name}: no such file")
    if suffix not in FORMATS:
        raise InputError(f"{path.name}: not one of {' '.join(FORMATS)}")
    if suffix in TABLES:
        table, notes = read_table(path, encoding)
        shapes: np.ndarray = np.full(len(table), None, dtype=object)
    else:
        table, shapes, notes = read_vector(path, datum, encoding)
    columns = _choose(table, level, code=code, name=name, parent=parent)
    columns, shapes, rows, found = _named(columns, shapes, path.name)
    notes += found
    if suffix not in TABLES:
        shapes, found = _mend(shapes, columns["name"].tolist(), rows)
        notes += found
    layer = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    layer.index = pd.Index(rows, name="row")
    layer.attrs["findings"] = tuple(notes)
    return layer


# --- tables -------------------------------------------------------------------------------------


def read_table(path: Path, encoding: str | None) -> tuple[pd.DataFrame, list[Finding]]:
    """Read a CSV or XLSX as text, with what is to be said about its encoding.

    Raises
    ------
    InputError
        It is no table.
    BoundaryError
        Its text is not in the encoding.
    """
    if path.suffix.lower() == ".xlsx":
        with path.open("rb") as stream:
            book = Workbook(stream, path.name)
            rows = [row for row in book if not isinstance(row, str)]
        return pd.DataFrame(rows, columns=book.headers, dtype=object), []
    encodings = ["utf-8-sig", "gb18030"] if encoding is None else [encoding]
    for tried in encodings:
        try:
            table = pd.read_csv(path, dtype=str, encoding=tried, keep_default_na=False)
        except (UnicodeDecodeError, LookupError):
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise InputError(f"{path.name}: not a table of comma-separated values") from error
        note = Finding("encoding", detail="read as GB18030")
        return table, [note] if tried == "gb18030" and not encoding else []
    raise BoundaryError(f"{path.name}: the text is not {encoding or 'UTF-8 or GB18030'}")


def _choose(
    table: pd.DataFrame, level: str, *, code: str | None, name: str | None, parent: str | None
) -> dict[str, pd.Series]:
    """Pick the columns that were named, else those with a usual header."""
    if looks_like_data([str(column) for column in table.columns]):
        # Such a row is never quoted: it may hold what a citizen wrote.
        raise InputError(
            "the first row looks like data, not like headers: put a row of column names on top"
        )

    def pick(given: str | None, usual: Sequence[str], option: str) -> pd.Series | None:
        found = find_column(table, usual if given is None else (given,))
        if found is None and given is not None:
            there = ", ".join(map(str, table.columns)) or "none"
            raise InputError(f"--{option}: no column {given!r}; there are: {there}")
        return found

    empty = pd.Series([None] * len(table), dtype=object)
    named = pick(name, (*NAMES, *_LEVEL_NAMES[level]), "name")
    if named is None:
        there = ", ".join(map(str, table.columns))
        raise InputError(f"no column of names; give --name with one of: {there}")
    texts = {
        "code": pick(code, _CODES, "code"),
        "name": named,
        "parent": pick(parent, (), "parent"),
    }
    chosen = {
        key: empty if one is None else one.map(_code if key == "code" else _text).astype(object)
        for key, one in texts.items()
    }
    for key, usual in (("households", HOUSEHOLDS), ("people", _PEOPLE)):
        one = pick(None, usual, key)
        numbers = pd.to_numeric(empty if one is None else one, errors="coerce")
        chosen[key] = pd.Series(numbers, dtype="float64").round().astype("Int64")
    return {key: column.reset_index(drop=True) for key, column in chosen.items()}


def _named(
    columns: dict[str, pd.Series], shapes: np.ndarray, file: str
) -> tuple[dict[str, pd.Series], np.ndarray, list[int], list[Finding]]:
    """Let units without a name go by their code, and leave out those without both."""
    nameless = columns["name"].isna()
    names = columns["name"].where(~nameless, columns["code"])
    out = names.isna().to_numpy(bool)
    if out.all():
        raise BoundaryError(f"{file}: no row has a name; give --name with its column")
    notes = [
        Finding("no name", (str(names[i]),), row=i + 1)
        for i in np.flatnonzero(nameless & ~out).tolist()
    ]
    notes += [Finding("no name, no code", row=i + 1) for i in np.flatnonzero(out).tolist()]
    kept = {key: column[~out] for key, column in {**columns, "name": names}.items()}
    kept = {key: one.reset_index(drop=True) for key, one in kept.items()}
    return kept, shapes[~out], (np.flatnonzero(~out) + 1).tolist(), notes


def find_column(table: pd.DataFrame, usual: Sequence[str]) -> pd.Series | None:
    """Give the column with the first of these headers that is there, ``None`` without any."""
    by_fold = {_fold(column): column for column in table.columns}
    return next((table[by_fold[_fold(one)]] for one in usual if _fold(one) in by_fold), None)


def _fold(header: object) -> str:
    return unicodedata.normalize("NFKC", str(header)).strip().casefold()


def _text(value: object) -> str | None:
    if missing(value):
        return None
    return plain_text(text_of(value.item() if isinstance(value, np.generic) else value))


def _code(value: object) -> str | None:
    """Give a code as text; one that a file keeps as a number gains no point."""
    text = _text(value)
    try:
        return code_of(text)
    except InputError:
        return text  # what a spreadsheet has lost is not made up: the check reports it


# --- shapes ---------------------------------------------------------------------------------------


def _mend(
    shapes: np.ndarray, names: Sequence[str], rows: Sequence[int]
) -> tuple[np.ndarray, list[Finding]]:
    """Keep what is polygon, repair rings, and say so."""
    out = np.full(len(shapes), None, dtype=object)
    findings: list[Finding] = []
    for i, (shape, name, row) in enumerate(zip(shapes, names, rows, strict=True)):
        if shape is None or shape.is_empty:
            findings.append(Finding("no shape", (name,), row=row))
            continue
        if shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise BoundaryError(f"row {row}: {name} is a {shape.geom_type}; units are polygons")
        if shape.is_valid:
            out[i] = shape
            continue
        reason = shapely.is_valid_reason(shape)
        mended = _polygons(shapely.make_valid(shape))
        if mended is None:
            findings.append(Finding("no inside", (name,), row=row))
            continue
        out[i] = mended
        findings.append(Finding("invalid ring", (name,), reason, row=row, shape=mended))
    return out, findings


def _polygons(shape: BaseGeometry) -> BaseGeometry | None:
    parts = [one for one in _parts(shape) if isinstance(one, Polygon) and one.area > 0]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _parts(shape: BaseGeometry) -> Iterator[BaseGeometry]:
    if isinstance(shape, BaseMultipartGeometry):
        for one in shape.geoms:
            yield from _parts(one)
    else:
        yield shape

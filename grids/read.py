"""Boundary layers from files: GeoJSON, GPKG, FlatGeobuf, KML, shapefile, CSV of names."""

import unicodedata
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import BadZipFile, ZipFile

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry, BaseMultipartGeometry

from appeals.errors import BoundaryError, InputError
from appeals.headers import looks_like_data
from geo.datums import check_datum, in_range, to_wgs84
from grids.dbf import judge_encoding
from grids.findings import Finding
from grids.rows import missing

COLUMNS = ("code", "name", "parent", "households", "people", "geometry")
FORMATS = (".geojson", ".json", ".gpkg", ".fgb", ".kml", ".kmz", ".shp", ".zip", ".csv")

_CODES = ("code", "编码", "代码", "区划代码", "行政区划代码", "网格编码", "网格代码", "社区编码")
_NAMES = ("name", "名称", "单位名称", "区划名称")
_LEVEL_NAMES = {
    "district": ("district", "区", "区县", "区名", "区县名称"),
    "street": ("street", "街道", "街乡镇", "街道名称", "街乡镇名称"),
    "community": ("community", "社区", "社区名称", "社区村"),
    "grid": ("grid", "网格", "网格名称"),
}
_HOUSEHOLDS = ("households", "户数", "户籍户数", "住户数", "总户数")
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
        ``geometry`` (Polygon or MultiPolygon in WGS84, longitude first, or None).

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
    if suffix == ".csv":
        table, notes = _read_table(path, encoding)
        shapes: np.ndarray = np.full(len(table), None, dtype=object)
    else:
        table, shapes, notes = _read_vector(path, datum, encoding)
    columns = _choose(table, level, code=code, name=name, parent=parent)
    columns, shapes, found = _named(columns, shapes, path.name)
    notes += found
    if suffix != ".csv":
        shapes, found = _mend(shapes, columns["name"].tolist())
        notes += found
    layer = gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4326")
    layer.attrs["findings"] = tuple(notes)
    return layer


# --- tables -------------------------------------------------------------------------------------


def _read_table(path: Path, encoding: str | None) -> tuple[pd.DataFrame, list[Finding]]:
    encodings = ["utf-8-sig", "gb18030"] if encoding is None else [encoding]
    for tried in encodings:
        try:
            table = pd.read_csv(path, dtype=str, encoding=tried, keep_default_na=False)
        except (UnicodeDecodeError, LookupError):
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise InputError(f"{path.name}: not a table of comma-separated values") from error
        note = Finding("encoding", (), "read as GB18030", severity="note")
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
    by_fold = {_fold(column): column for column in table.columns}

    def pick(given: str | None, usual: Sequence[str], option: str) -> pd.Series | None:
        if given is not None:
            if _fold(given) not in by_fold:
                there = ", ".join(map(str, table.columns)) or "none"
                raise InputError(f"--{option}: no column {given!r}; there are: {there}")
            return table[by_fold[_fold(given)]]
        usually = next((by_fold[_fold(one)] for one in usual if _fold(one) in by_fold), None)
        return None if usually is None else table[usually]

    empty = pd.Series([None] * len(table), dtype=object)
    named = pick(name, (*_NAMES, *_LEVEL_NAMES[level]), "name")
    if named is None:
        there = ", ".join(map(str, table.columns))
        raise InputError(f"no column of names; give --name with one of: {there}")
    texts = {
        "code": pick(code, _CODES, "code"),
        "name": named,
        "parent": pick(parent, (), "parent"),
    }
    chosen = {key: empty if one is None else one.map(_text) for key, one in texts.items()}
    for key, usual in (("households", _HOUSEHOLDS), ("people", _PEOPLE)):
        one = pick(None, usual, key)
        numbers = pd.to_numeric(empty if one is None else one, errors="coerce")
        chosen[key] = pd.Series(numbers, dtype="float64").round().astype("Int64")
    return {key: column.reset_index(drop=True) for key, column in chosen.items()}


def _named(
    columns: dict[str, pd.Series], shapes: np.ndarray, file: str
) -> tuple[dict[str, pd.Series], np.ndarray, list[Finding]]:
    """Let units without a name go by their code, and leave out those without both."""
    nameless = columns["name"].isna()
    names = columns["name"].where(~nameless, columns["code"])
    out = names.isna().to_numpy(bool)
    if out.all():
        raise BoundaryError(f"{file}: no row has a name; give --name with its column")
    notes = [Finding("no name", (str(one),), "goes by its code") for one in names[nameless & ~out]]
    notes += [
        Finding("no name", (), f"row {row + 1} has neither name nor code: left out")
        for row in np.flatnonzero(out)
    ]
    kept = {key: column[~out] for key, column in {**columns, "name": names}.items()}
    return {key: one.reset_index(drop=True) for key, one in kept.items()}, shapes[~out], notes


def _fold(header: object) -> str:
    return unicodedata.normalize("NFKC", str(header)).strip().casefold()


def _text(value: object) -> str | None:
    """Give a cell as text; codes that a file keeps as numbers lose no digit and gain no point."""
    if missing(value):
        return None
    if isinstance(value, float | np.floating) and float(value).is_integer():
        value = int(value)
    return str(value).strip() or None


# --- vectors ------------------------------------------------------------------------------------


def _read_vector(
    path: Path, datum: str | None, encoding: str | None
) -> tuple[pd.DataFrame, np.ndarray, list[Finding]]:
    notes: list[Finding] = []
    with _opened(path) as file, warnings.catch_warnings():
        if file.suffix.lower() == ".shp":
            encoding, words = judge_encoding(file, encoding)
            notes += [Finding("encoding", (), words, severity="note")] if words else []
        else:
            encoding = None
        try:
            warnings.simplefilter("ignore")  # rings that are not closed: reported by ourselves
            layers = [str(layer) for layer, _ in pyogrio.list_layers(file)]
            frames = [
                pyogrio.read_dataframe(file, layer=one, encoding=encoding, on_invalid="ignore")
                for one in layers
            ]
        except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
            raise InputError(f"{path.name}: cannot be read as a layer") from error
    frames = [frame for frame in frames if isinstance(frame, gpd.GeoDataFrame) and len(frame)]
    if not frames:
        raise BoundaryError(f"{path.name}: there are no shapes in it")
    frame = pd.concat(frames, ignore_index=True)
    shapes = np.array(frame.geometry, dtype=object)
    flat = shapely.has_z(shapes)
    if flat.any():
        words = f"dropped from {int(flat.sum())} shapes"
        notes.append(Finding("height", (), words, severity="note"))
    shapes = _in_wgs84(shapely.force_2d(shapes), frame.crs, datum, path.name)
    return pd.DataFrame(frame.drop(columns=frame.geometry.name)), shapes, notes


@contextmanager
def _opened(path: Path) -> Iterator[Path]:
    """Give the file to read; of a zip, its shapefile under a plain name."""
    if path.suffix.lower() != ".zip":
        yield path
        return
    with TemporaryDirectory() as folder:
        try:
            with ZipFile(path) as pack:
                inside = [one for one in pack.namelist() if one.lower().endswith(".shp")]
                if len(inside) != 1:
                    raise InputError(f"{path.name}: holds {len(inside)} shapefiles, not one")
                stem = inside[0][:-4].casefold()
                for member in pack.namelist():
                    head, dot, kind = member.rpartition(".")
                    if dot and head.casefold() == stem:
                        # Names inside may be in any encoding: the parts get a plain one.
                        part = Path(folder) / f"layer.{kind.lower()}"
                        part.write_bytes(pack.read(member))
        except BadZipFile as error:
            raise InputError(f"{path.name}: is no zip file") from error
        yield Path(folder) / "layer.shp"


def _in_wgs84(shapes: np.ndarray, crs: CRS | None, datum: str | None, name: str) -> np.ndarray:
    code = crs.to_epsg() if crs is not None else None
    if datum is None:
        if crs is None or code == 4326 or crs == CRS("OGC:CRS84"):
            raise InputError(
                f"{name}: the datum is not declared; give --datum "
                "(wgs84, cgcs2000, gcj02, bd09 or EPSG:n)"
            )
        if code is None:
            raise InputError(f"{name}: its reference system has no EPSG code; give --datum EPSG:n")
        datum = f"EPSG:{code}"
    elif crs is not None and crs.is_projected and not datum.upper().startswith("EPSG"):
        # Metres on the paper of a shifted datum: back to its degrees first.
        shapes = _moved(shapes, f"EPSG:{code}" if code else _no_code(name))
    shapes = _moved(shapes, check_datum(datum))
    west, south, east, north = shapely.total_bounds(shapes)
    if not in_range(np.array([west, east]), np.array([south, north])).all():
        raise BoundaryError(f"{name}: coordinates are not on the globe; is the datum {datum}?")
    return shapes


def _no_code(name: str) -> str:
    raise InputError(f"{name}: its reference system has no EPSG code; give --datum EPSG:n")


def _moved(shapes: np.ndarray, datum: str) -> np.ndarray:
    return np.asarray(
        shapely.transform(
            shapes, lambda points: np.column_stack(to_wgs84(points[:, 0], points[:, 1], datum))
        )
    )


def _mend(shapes: np.ndarray, names: Sequence[str]) -> tuple[np.ndarray, list[Finding]]:
    """Keep what is polygon, repair rings, and say so."""
    out = np.full(len(shapes), None, dtype=object)
    findings: list[Finding] = []
    for i, (shape, name) in enumerate(zip(shapes, names, strict=True)):
        if shape is None or shape.is_empty:
            words = (
                "has no shape that can be read; a ring needs 4 points, the first equal to the last"
            )
            findings.append(Finding("no shape", (name,), words))
            continue
        if shape.geom_type not in ("Polygon", "MultiPolygon"):
            raise BoundaryError(f"{name}: is a {shape.geom_type}; units are polygons")
        if shape.is_valid:
            out[i] = shape
            continue
        words = f"ring repaired: {shapely.is_valid_reason(shape)}"
        mended = _polygons(shapely.make_valid(shape))
        if mended is None:
            findings.append(Finding("no shape", (name,), "its ring has no inside"))
            continue
        out[i] = mended
        findings.append(Finding("invalid ring", (name,), words))
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

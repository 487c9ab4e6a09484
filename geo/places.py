"""Reading a file of named places, with a report on how far it can be trusted.

The ceiling of 落点 is the gazetteer, not the matcher: the report shows pins that many names share,
names given twice, and names whose points lie far apart.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from appeals.errors import InputError
from appeals.headers import looks_like_data, shown
from appeals.record import Reject
from geo.addresses import normalise
from geo.datums import check_datum, in_range, to_wgs84
from geo.measure import distance_m

KINDS = ("plate", "building", "compound", "road", "point")
"""What a place is; ``point`` is any other named place: a school, a shop, a station."""

COLUMNS = ("name", "kind", "address", "district", "lon", "lat", "source")

SINK_NAMES = 5
"""A coordinate with at least so many different names is a fallback of its geocoder."""

FAR_M = 800.0
"""Points of one name further apart than this are different places."""

_GUESSES: dict[str, tuple[str, ...]] = {
    "name": ("name", "名称", "地名", "标准名称", "小区名称"),
    "address": ("address", "addr", "地址", "详细地址"),
    "district": ("district", "区", "所属区", "行政区", "区县"),
    "lon": ("lon", "lng", "longitude", "经度", "x"),
    "lat": ("lat", "latitude", "纬度", "y"),
}


_NO_NUMBER = "is empty or not a number: write degrees with decimals"
_TELLING = (ValueError, RuntimeError, OSError, zipfile.BadZipFile)  # of a file that is broken


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """What reading a file of places met.

    ``sinks`` are WGS84 lon, lat and the number of different names there; ``far_apart`` are names
    and the distance in metres between their furthest points.
    """

    rows: int
    accepted: int
    rejects: tuple[Reject, ...] = ()
    sinks: tuple[tuple[float, float, int], ...] = ()
    duplicate_names: int = 0
    far_apart: tuple[tuple[str, float], ...] = ()

    def lines(self) -> list[str]:
        """Say it in words, the gravest first."""
        said = [f"{self.rows} rows read, {self.accepted} accepted, {len(self.rejects)} rejected"]
        if self.sinks:
            n = sum(count for _, _, count in self.sinks)
            said.append(
                f"{len(self.sinks)} coordinates carry {SINK_NAMES} names or more ({n} names)"
            )
        if self.duplicate_names:
            said.append(f"{self.duplicate_names} names occur more than once")
        if self.far_apart:
            said.append(f"{len(self.far_apart)} of them lie more than {FAR_M:.0f} m apart")
        return said


def read_places(
    path: Path, columns: Mapping[str, str], datum: str | None, kind: str, source: str
) -> tuple[pd.DataFrame, PlaceReport]:
    """Read places of a CSV, XLSX, GeoJSON or GPKG file.

    Parameters
    ----------
    path
        The file; of a layer the geometry's inner point is taken.
    columns
        From name, address, district, lon, lat, kind to the file's header; usual headers need no
        entry.
    datum
        Of the coordinates; ``None`` is refused, whatever the file says of itself.
    kind
        One of :data:`KINDS`, for rows whose file has no column of kinds.
    source
        Whose list it is; stands with each place.

    Returns
    -------
    frame : DataFrame
        :data:`COLUMNS`, lon and lat in WGS84 degrees.
    report : PlaceReport
        Rejects have the number of the data row, from 1.

    Raises
    ------
    InputError
        The datum is not declared, a column is missing, the file or kind is of no known sort.
    """
    if kind not in KINDS:
        raise InputError(f"kind {kind!r} is unknown: use {', '.join(KINDS)}")
    if datum is None:
        raise InputError(
            f"gazetteer: {path.name}: the datum of the coordinates is not declared: give --datum "
            "(wgs84, cgcs2000, gcj02, bd09 or EPSG:NNNN); it is never guessed"
        )
    check_datum(datum)
    table = _read_table(path, columns)
    headers = {name: _header(name, columns, table) for name in ("name", "lon", "lat")}
    lost = [name for name, header in headers.items() if header is None]
    if lost:
        there = [str(header) for header in table.columns]
        hint = f"name it by --{lost[0]}; there are {shown(there)}"
        if looks_like_data(there):  # a citizen's, which is never quoted
            hint = "the first row looks like data: put a row of column names on top"
        raise InputError(f"gazetteer: {path.name}: no column for {lost[0]}: {hint}")
    frame = pd.DataFrame({"name": _text(table, headers["name"])})
    given = columns.get("kind")
    kinds = _text(table, given) if given in table.columns else pd.Series([""] * len(table))
    frame["kind"] = kinds.where(kinds.isin(KINDS), kind)
    for name in ("address", "district"):
        frame[name] = _text(table, _header(name, columns, table))
    x = pd.to_numeric(table[headers["lon"]], errors="coerce").to_numpy(dtype=np.float64)
    y = pd.to_numeric(table[headers["lat"]], errors="coerce").to_numpy(dtype=np.float64)
    frame["lon"], frame["lat"] = to_wgs84(x, y, datum)
    frame["source"] = source
    nameless = frame["name"] == ""
    no_number = np.isnan(x) | np.isnan(y)
    off = ~in_range(frame["lon"].to_numpy(), frame["lat"].to_numpy()) | ((x == 0) & (y == 0))
    rejects = [
        Reject(int(i) + 1, "name" if nameless[i] else "lon, lat", reason)
        for i, reason in (
            (i, "is empty" if nameless[i] else _NO_NUMBER if no_number[i] else "out of range")
            for i in np.flatnonzero(nameless | off)
        )
    ]
    good = frame[~(nameless | off)].reset_index(drop=True)[list(COLUMNS)]
    return good, _report(len(frame), good, tuple(rejects))


def _read_table(path: Path, columns: Mapping[str, str]) -> pd.DataFrame:
    suffix = path.suffix.casefold()
    try:
        if suffix == ".csv":
            return _read_csv(path)
        if suffix == ".xlsx":
            return pd.read_excel(path, dtype=str)
        if suffix in (".geojson", ".json", ".gpkg"):
            layer = gpd.read_file(path)
        else:
            raise InputError(
                f"gazetteer: {suffix or 'a file without a suffix'} is not read here: save it as "
                ".csv, .xlsx, .geojson or .gpkg"
            )
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"gazetteer: {path.name} is not here") from error
    except _TELLING as error:
        # A reader's own words may quote a line of the file.
        raise InputError(
            f"gazetteer: {path.name} is empty, damaged or no {suffix[1:]} file: save it anew"
        ) from error
    # The file's own word on its datum does not count: many say EPSG:4326 over GCJ-02 numbers.
    points = layer.geometry.representative_point()
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    table[columns.get("lon", "lon")] = points.x
    table[columns.get("lat", "lat")] = points.y
    return table


def _read_csv(path: Path) -> pd.DataFrame:
    try:
        return pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    except UnicodeDecodeError:
        return pd.read_csv(path, dtype=str, encoding="gb18030")


def _header(name: str, columns: Mapping[str, str], table: pd.DataFrame) -> str | None:
    if name in columns:
        if columns[name] not in table.columns:
            raise InputError(f"gazetteer: the file has no column {columns[name]!r} (for {name})")
        return columns[name]
    return next((guess for guess in _GUESSES[name] if guess in table.columns), None)


def _text(table: pd.DataFrame, header: str | None) -> "pd.Series[str]":
    if header is None:
        return pd.Series([""] * len(table), dtype=object)
    return table[header].fillna("").astype(str).str.strip().reset_index(drop=True)


def _report(rows: int, good: pd.DataFrame, rejects: tuple[Reject, ...]) -> PlaceReport:
    keyed = good.assign(key=good["name"].map(normalise))
    shared = keyed.groupby(["lon", "lat"])["key"].nunique()
    shared = shared[shared >= SINK_NAMES].sort_values(ascending=False)
    pins = shared.reset_index()
    sinks = tuple(
        (float(lon), float(lat), int(n))
        for lon, lat, n in zip(pins["lon"], pins["lat"], pins["key"], strict=True)
    )
    spans = keyed.groupby("key").agg(
        n=("lon", "size"),
        west=("lon", "min"),
        east=("lon", "max"),
        south=("lat", "min"),
        north=("lat", "max"),
        name=("name", "first"),
    )
    spans = spans[spans["n"] > 1]
    span_m = distance_m(
        spans["west"].to_numpy(),
        spans["south"].to_numpy(),
        spans["east"].to_numpy(),
        spans["north"].to_numpy(),
    )
    far = tuple(
        (str(spans["name"].iloc[i]), float(span_m[i])) for i in np.flatnonzero(span_m > FAR_M)
    )
    return PlaceReport(rows, len(good), rejects, sinks, len(spans), far)

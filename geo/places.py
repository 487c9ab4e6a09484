"""Reading a file of named places, with a report on how far it can be trusted.

The ceiling of 落点 is the gazetteer, not the matcher: the report shows pins that many names share,
names given twice, and names whose points lie far apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from appeals.angles import coordinate
from appeals.errors import InputError
from appeals.files import open_rows
from appeals.headers import plain_header, shown
from appeals.record import Reject
from geo.addresses import normalise
from geo.datums import Floats, check_datum, in_range, to_wgs84
from geo.gazetteer import COLUMNS, KINDS
from geo.ground import FAR_M
from geo.measure import distance_m
from geo.quality import SINK_NAMES

_GUESSES: dict[str, tuple[str, ...]] = {
    "name": ("name", "名称", "地名", "标准名称", "小区名称"),
    "address": ("address", "addr", "地址", "详细地址"),
    "district": ("district", "区", "所属区", "行政区", "区县"),
    "lon": ("lon", "lng", "longitude", "经度", "x"),
    "lat": ("lat", "latitude", "纬度", "y"),
    "kind": ("kind", "地名类别", "类别", "类型"),
}
_KIND_WORDS = {
    "plate": ("plate", "门牌", "门楼牌", "门牌号"),
    "building": ("building", "楼栋", "楼宇", "大厦", "建筑", "楼"),
    "compound": ("compound", "小区", "住宅小区", "居民小区", "住宅区", "家属院"),
    "road": ("road", "道路", "街路巷", "街巷", "路"),
    "point": ("point", "其他", "其它", "兴趣点", "地名", "学校", "医院", "商场", "公园", "车站"),
}
_KIND_OF = {word: kind for kind, words in _KIND_WORDS.items() for word in words}

_NO_NUMBER = "is empty or not a number: write degrees with decimals"
_TELLING = (ValueError, RuntimeError, OSError)  # of a layer that is broken
_TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".jsonl", ".parquet", ".gz")


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """What reading a file of places met.

    ``sinks`` are WGS84 lon, lat and the number of different names there; ``far_apart`` are names
    and the distance in metres between their furthest points. ``row_numbers`` are the rows of the
    accepted places, ``strange_kinds`` the words of their column of kinds that are not known.
    """

    rows: int
    accepted: int
    rejects: tuple[Reject, ...] = ()
    sinks: tuple[tuple[float, float, int], ...] = ()
    duplicate_names: int = 0
    far_apart: tuple[tuple[str, float], ...] = ()
    row_numbers: tuple[int, ...] = ()
    strange_kinds: tuple[str, ...] = ()

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
    table, numbers, broken = _read_table(path, columns)
    headers = {name: _header(name, columns, table) for name in ("name", "lon", "lat")}
    lost = [name for name, header in headers.items() if header is None]
    if lost:
        there = [str(header) for header in table.columns]
        hint = f"name it by --{lost[0]}; there are {shown(there)}"
        raise InputError(f"gazetteer: {path.name}: no column for {lost[0]}: {hint}")
    frame = pd.DataFrame({"name": _text(table, headers["name"])})
    words = _text(table, _header("kind", columns, table))
    frame["kind"] = words.map(_KIND_OF).fillna(kind)
    for name in ("address", "district"):
        frame[name] = _text(table, _header(name, columns, table))
    x, y = (_numbers(_text(table, headers[name])) for name in ("lon", "lat"))
    frame["lon"], frame["lat"] = to_wgs84(x, y, datum)
    frame["source"] = source
    reasons = [
        _fault(*row) for row in zip(frame["name"], x, y, frame["lon"], frame["lat"], strict=True)
    ]
    good = np.array([reason is None for reason in reasons], dtype=bool)
    rejects = [Reject(n, *why) for n, why in zip(numbers, reasons, strict=True) if why is not None]
    rejects = sorted([*broken, *rejects], key=lambda one: one.row)
    if len(rejects) == len(numbers) + len(broken) and rejects:
        first = rejects[0]
        raise InputError(
            f"gazetteer: {path.name}: none of {len(rejects)} rows can be used; row {first.row}: "
            f"{first.field} {first.reason}"
        )
    kept = frame[good].reset_index(drop=True)[list(COLUMNS)]
    report = _report(len(numbers) + len(broken), kept, tuple(rejects))
    strange = words.where(~words.isin(_KIND_OF), "")
    return kept, replace(
        report,
        row_numbers=tuple(n for n, fine in zip(numbers, good, strict=True) if fine),
        strange_kinds=tuple(strange[good]),
    )


def _fault(name: str, x: float, y: float, lon: float, lat: float) -> tuple[str, str] | None:
    """Tell field and reason of a row that is no place."""
    if not name:
        return "name", "is empty"
    if np.isnan(x) or np.isnan(y):
        return "lon, lat", _NO_NUMBER
    if x == 0 and y == 0:
        return "lon, lat", "out of range: 0, 0 is a form's empty value"
    if not in_range(np.array([lon]), np.array([lat]))[0]:
        swapped = abs(x) <= 90 < abs(y) <= 180
        return "lon, lat", "out of range" + (": they look swapped" if swapped else "")
    return None


def _numbers(cells: "pd.Series[str]") -> Floats:
    return np.array([_number(cell) for cell in cells], dtype=np.float64)


def _number(cell: str) -> float:
    try:
        angle = coordinate(cell)
    except InputError:
        return np.nan
    return np.nan if angle is None else angle.value


def _read_table(
    path: Path, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, list[int], list[Reject]]:
    """Read rows as text, with the number of each, and those that are wrong as a whole."""
    suffix = path.suffix.casefold()
    if suffix in _TABLES:
        numbers, cells, broken = [], [], []
        with open_rows(path, f"gazetteer: {path.name}") as rows:
            for number, row in rows:
                if isinstance(row, Reject):
                    broken.append(row)
                else:
                    numbers.append(number)
                    cells.append(row)
            headers = list(rows.headers)
        return pd.DataFrame(cells, columns=headers, dtype=object), numbers, broken
    if suffix not in (".geojson", ".json", ".gpkg"):
        raise InputError(
            f"gazetteer: {suffix or 'a file without a suffix'} is not read here: save it as "
            ".csv, .xlsx, .geojson or .gpkg"
        )
    if not path.is_file():
        raise InputError(f"gazetteer: {path.name} is not here")
    try:
        layer = gpd.read_file(path)
    except _TELLING as error:
        # A reader's own words may quote a line of the file.
        raise InputError(
            f"gazetteer: {path.name} is empty, damaged or no {suffix[1:]} file: save it anew"
        ) from error
    # The file's own word on its datum does not count: many say EPSG:4326 over GCJ-02 numbers.
    points = layer.geometry.representative_point()
    table = pd.DataFrame(layer.drop(columns=layer.geometry.name))
    for name, numbers_of in (("lon", points.x), ("lat", points.y)):
        table[columns.get(name, name)] = [repr(float(one)) for one in numbers_of]
    return table, list(range(1, len(table) + 1)), []


def _header(name: str, columns: Mapping[str, str], table: pd.DataFrame) -> str | None:
    if name in columns:
        if columns[name] not in table.columns:
            raise InputError(f"gazetteer: the file has no column {columns[name]!r} (for {name})")
        return columns[name]
    plain = {plain_header(str(header)): str(header) for header in reversed(table.columns)}
    return next((plain[guess] for guess in _GUESSES[name] if guess in plain), None)


def _text(table: pd.DataFrame, header: str | None) -> "pd.Series[str]":
    if header is None:
        return pd.Series([""] * len(table), dtype=object)
    cells = table[header].reset_index(drop=True).astype(object)
    return cells.where(cells.notna(), "").astype(str).str.strip()


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

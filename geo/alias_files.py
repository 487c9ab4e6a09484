"""A file of names that people use, and what each leads to: a place, a unit or a point."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from appeals.errors import InputError
from appeals.files import open_rows
from appeals.headers import plain_header, shown
from appeals.record import Reject
from geo.aliases import Alias, name_fault
from geo.datums import check_datum, in_range, to_wgs84

HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "alias", "别名", "俗称", "曾用名", "旧名称", "原名称"),
    "place": ("place", "标准名称", "现名称", "新名称", "正式名称"),
    "code": ("code", "编码", "代码", "单位编码"),
    "lon": ("lon", "lng", "longitude", "经度"),
    "lat": ("lat", "latitude", "纬度"),
}
"""For each column the headers that name it."""


@dataclass(frozen=True, slots=True)
class AliasFile:
    """What a file of names held: its rows, those that may be taught with their number, the rest."""

    rows: int
    aliases: tuple[tuple[int, Alias], ...]
    rejects: tuple[Reject, ...]


def read_alias_file(path: Path, datum: str | None) -> AliasFile:
    """Read names and what they lead to; of code, place and point the first that is there counts.

    Parameters
    ----------
    path
        CSV, XLSX or another table that :func:`appeals.files.open_rows` reads.
    datum
        Of the coordinates, if there are any.

    Raises
    ------
    InputError
        A column is missing, coordinates have no datum, or the file cannot be read.
    """
    aliases: list[tuple[int, Alias]] = []
    rejects: list[Reject] = []
    number = 0
    with open_rows(path) as rows:
        columns = {
            column: header
            for column, names in HEADERS.items()
            for header in [next((h for h in rows.headers if plain_header(h) in names), None)]
            if header is not None
        }
        if "name" not in columns:
            raise InputError(
                f"aliases: {path.name}: no column 别名; there are {shown(rows.headers)}"
            )
        if not {"place", "code"} & set(columns) and not {"lon", "lat"} <= set(columns):
            raise InputError(
                f"aliases: {path.name}: nothing says what the names lead to: add a column "
                "标准名称, 编码, or 经度 and 纬度"
            )
        if "lon" in columns and datum is None:
            raise InputError(
                f"aliases: {path.name}: the datum of the coordinates is not declared: give --datum"
            )
        for number, cells in rows:
            if isinstance(cells, Reject):
                rejects.append(cells)
                continue
            said = {column: (cells[header] or "").strip() for column, header in columns.items()}
            made = _alias(number, said, datum)
            if isinstance(made, Reject):
                rejects.append(made)
            else:
                aliases.append((number, made))
    return AliasFile(number, tuple(aliases), tuple(rejects))


def _alias(row: int, said: Mapping[str, str], datum: str | None) -> Alias | Reject:
    name = said["name"]
    fault = "is empty" if not name else name_fault(name)
    if fault is not None:
        return Reject(row, "name", fault)
    if said.get("code"):
        return Alias(name, code=said["code"])
    if said.get("place"):
        return Alias(name, place=said["place"])
    try:
        x, y = float(said.get("lon", "")), float(said.get("lat", ""))
    except ValueError:
        return Reject(row, "row", "says not what the name leads to")
    lon, lat = to_wgs84(np.array([x]), np.array([y]), check_datum(datum or ""))
    if not in_range(lon, lat)[0] or (x == 0 and y == 0):
        return Reject(row, "lon, lat", "out of range")
    return Alias(name, float(lon[0]), float(lat[0]))

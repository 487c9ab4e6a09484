"""The sets that the benchmark reads, by the names of their files and columns."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from appeals.errors import InputError
from geo.datums import to_wgs84
from geo.located import NamedUnit
from geo.places import read_places

_UNITS = {"district": "districts", "street": "streets", "community": "villages"}


@dataclass(frozen=True, slots=True)
class Sets:
    """Places, units and a labelled table of one city; ``names`` are names without points."""

    places: pd.DataFrame
    units: tuple[NamedUnit, ...]
    table: pd.DataFrame
    names: tuple[str, ...]


def read_sets(folder: Path) -> Sets:
    """Read the sets of a folder.

    Raises
    ------
    InputError
        One is not there.
    """
    addresses, codes = folder / "addresses", folder / "beijing-admin-codes"
    if not addresses.is_dir() or not codes.is_dir():
        raise InputError(f"{folder} has no folders addresses and beijing-admin-codes: give --data")
    places, _ = read_places(
        addresses / "gazetteer_beijing_xiaoqu.csv",
        {"name": "name", "address": "addr", "district": "district", "lon": "lng", "lat": "lat"},
        "bd09",
        "compound",
        "gazetteer",
    )
    units = []
    for level, file in _UNITS.items():
        listed = pd.read_csv(codes / f"nbs2023_{file}.csv", dtype=str)
        units += [
            NamedUnit(level, code, name, None)
            for code, name in zip(listed["code"], listed["name"], strict=True)
        ]
    table = pd.read_csv(addresses / "addresses_dev.csv", dtype=str).fillna("")
    x, y = (
        pd.to_numeric(table[name], errors="coerce").to_numpy(np.float64) for name in ("lng", "lat")
    )
    table["lon"], table["lat"] = to_wgs84(x, y, "bd09")
    listed_names = folder / "compound-names-cn" / "community_names_234653.txt.gz"
    names: tuple[str, ...] = ()
    if listed_names.exists():
        names = tuple(pd.read_csv(listed_names, header=None, dtype=str, sep="\t")[0])
    return Sets(places, tuple(units), table, names)

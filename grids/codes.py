"""Codes of units: the forms that are known, and how codes are made where a layer has none.

A unit code is 6 + 3 + 3 + 3 digits: 区 (GB/T 2260), 街乡镇, 社区（村）, 网格; each begins with its
parent's (DB11 单元网格划分, GB/T 30428). Two other forms are known. The statistical list writes
区 and 街乡镇 with twelve digits, the rest zeros. A 专业网格 (CJ/T 349) has twenty: the managed
object's six, then 6 + 3 + 3 of the community, then two of its own. Any other code is free: kept
and never judged.

Where a layer has no codes we make them:

1. A unit of the same name under the same parent keeps the code that it has.
2. The others are numbered inside their parent, west to east and then north to south by an inner
   point (units without a border: as they stand in the file), from one above the highest number
   that was ever given there, so that no number comes to mean another place.
3. The code is the parent's followed by the number, two digits for a 区, three below it. Without a
   parent the jurisdiction's code stands in its place; levels that are missing are filled with 0.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from appeals.errors import BoundaryError
from grids.findings import Finding

WIDTH = {"district": 6, "street": 9, "community": 12, "grid": 15}

_FORMS = {"district": (12,), "street": (12,), "community": (), "grid": (20,)}
_SPOILT = re.compile(r"\d(\.\d*)?[eE]\+?\d+")


def place_code(code: str) -> str:
    """Give the part of a code that says where a unit is: what the codes below it begin with.

    Examples
    --------
    >>> place_code("110105018000"), place_code("110105000000"), place_code("110105018001")
    ('110105018', '110105', '110105018001')
    >>> place_code("01020311010501800102")
    '11010501800102'
    """
    if not is_number(code):
        return code
    if len(code) == 12 and code.endswith("000"):
        return code[:6] if code.endswith("000000") else code[:9]
    return code[6:] if len(code) == 20 else code


def belongs(code: str, parent: str) -> bool:
    """Tell whether a unit's code begins as its parent's code asks.

    A 专业网格 of merged communities has a community number from 601: its street must agree.

    Examples
    --------
    >>> belongs("110105018001003", "110105018001"), belongs("110105018", "110106000000")
    (True, False)
    >>> belongs("01020311010501860100", "110105018001")
    True
    """
    own, above = place_code(code), place_code(parent)
    if len(code) == 20 and len(above) == 12 and own[9:12] >= "601":
        above = above[:9]
    return own.startswith(above)


def is_number(code: str) -> bool:
    """Tell whether a code is made of plain digits."""
    return code.isascii() and code.isdecimal()


def check_codes(layer: gpd.GeoDataFrame, level: str) -> list[Finding]:
    """Check the form of a layer's codes.

    Parameters
    ----------
    layer
        Columns ``code`` (text or missing) and ``name``.
    level
        The layer's level.
    """
    out: list[Finding] = []
    free = 0
    for row, code, name in zip(rows_of(layer), layer["code"], layer["name"], strict=True):
        if pd.isna(code):
            continue
        if _SPOILT.fullmatch(code):
            out.append(Finding("spoiled code", (name,), code, codes=(code,), row=row))
        elif is_number(code) and 0 < abs(len(code) - WIDTH[level]) <= 2:
            digits = f"{len(code)}/{WIDTH[level]}"
            out.append(Finding("code length", (name,), digits, codes=(code,), row=row))
        else:
            free += not has_form(code, level)
    if free:
        out.append(Finding("free code", detail=str(free)))
    return out


def has_form(code: str, level: str) -> bool:
    """Tell whether a code has one of the written forms of its level.

    Examples
    --------
    >>> has_form("010101001001001", "grid"), has_form("B7", "grid"), has_form("110101", "street")
    (True, False, False)
    """
    return is_number(code) and (len(code) == WIDTH[level] or len(code) in _FORMS[level])


def rows_of(layer: pd.DataFrame) -> list[int | None]:
    """Give the number of each unit's row in its file, ``None`` where it is of none."""
    return layer.index.tolist() if layer.index.name == "row" else [None] * len(layer)


def make_codes(
    layer: gpd.GeoDataFrame,
    level: str,
    parent_codes: Sequence[str | None],
    known: Mapping[tuple[str | None, str], str],
    used: Sequence[str],
    jurisdiction: str,
) -> list[str]:
    """Give each unit a code: its own, else the one it has, else a new one by the rule above.

    Parameters
    ----------
    layer
        Columns ``code`` (text or missing), ``name`` and ``geometry``.
    level
        The layer's level.
    parent_codes
        Code of each unit's parent.
    known
        Codes of the units that hold today by parent's code and name.
    used
        All codes of the level that were ever given.
    jurisdiction
        Six digits.

    Raises
    ------
    BoundaryError
        A parent has more units than its digits can number.
    """
    codes: list[str | None] = [None if pd.isna(code) else str(code) for code in layer["code"]]
    for i, (parent, name) in enumerate(zip(parent_codes, layer["name"], strict=True)):
        codes[i] = codes[i] or known.get((parent, name))
    digits = 2 if level == "district" else 3
    highest: dict[str, int] = {}
    for code in (*used, *filter(None, codes)):
        own = place_code(code)
        tail = own[-digits:]
        if tail.isdecimal():
            prefix = own[:-digits]
            highest[prefix] = max(highest.get(prefix, 0), int(tail))
    waiting: dict[str | None, list[int]] = {}
    for i in sorted((i for i, code in enumerate(codes) if code is None), key=_order(layer)):
        waiting.setdefault(parent_codes[i], []).append(i)
    for parent, mine in waiting.items():
        prefix = _prefix(level, parent, jurisdiction)
        first = highest.get(prefix, 0) + 1
        if first + len(mine) > 10**digits:
            raise BoundaryError(
                f"{level}: {len(mine)} units under {prefix} do not fit into {digits} digits; "
                "give --parent or --code"
            )
        for number, i in enumerate(mine, first):
            codes[i] = f"{prefix}{number:0{digits}}"
        highest[prefix] = first + len(mine) - 1
    return [code for code in codes if code is not None]


def _prefix(level: str, parent: str | None, jurisdiction: str) -> str:
    if level == "district":
        return jurisdiction[:4]
    start = jurisdiction if parent is None else place_code(parent)
    length = WIDTH[level] - 3
    # A parent's code of another kind (a foreign number) is continued as it is.
    standard = start.isdecimal() and len(start) in (6, 9, 12)
    return start.ljust(length, "0") if standard else start


def _order(layer: gpd.GeoDataFrame) -> Callable[[int], tuple[bool, float, float, int]]:
    """Give the sort key of rows: west to east, then north to south; without a border, last."""
    inner = shapely.point_on_surface(np.array(layer.geometry, dtype=object))
    lon, lat = shapely.get_x(inner).tolist(), shapely.get_y(inner).tolist()

    def key(row: int) -> tuple[bool, float, float, int]:
        if np.isnan(lon[row]):
            return True, 0.0, 0.0, row
        return False, lon[row], -lat[row], row

    return key

"""The check report of a boundary layer: what an office should mend, with units and sizes."""

from collections import defaultdict
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from grids.boundaries import Boundaries, stem
from grids.codes import belongs, check_codes, has_form, rows_of
from grids.findings import CheckReport, Finding, make_report
from grids.parents import find_parents, level_above
from grids.topology import Whose, check_parents, check_shapes


def check(layer: gpd.GeoDataFrame, level: str, boundaries: Boundaries) -> CheckReport:
    """Check a layer as it was read, before it is taken in.

    Parameters
    ----------
    layer
        Of :func:`grids.read.read_layer`.
    level
        Of :data:`grids.boundaries.LEVELS`.
    boundaries
        The units of the day: among them parents are looked for, and those of the same level are
        the list with which codes and names are compared.
    """
    parents, findings = find_parents(layer, level, boundaries)
    findings = [*layer.attrs.get("findings", ()), *findings, *_list(layer, level, boundaries)]
    return _report(layer, level, parents, boundaries, findings)


def check_units(boundaries: Boundaries) -> list[CheckReport]:
    """Check the units that are stored, one report a level that has any.

    Parameters
    ----------
    boundaries
        The units of the day.
    """
    reports = []
    for level in boundaries.levels:
        layer = boundaries.frame(level)
        parents = [None if pd.isna(one) else int(one) for one in layer["parent_id"]]
        findings = []
        above = level_above(level, boundaries)
        for code, name, parent, shape in zip(
            layer["code"], layer["name"], parents, layer.geometry, strict=True
        ):
            if parent is None and above is not None:
                findings.append(Finding("no parent", (name,), above, codes=(code,)))
            if shape is None:
                findings.append(Finding("name only", (name,), codes=(code,)))
        reports.append(_report(layer, level, parents, boundaries, findings))
    return reports


def _report(
    layer: gpd.GeoDataFrame,
    level: str,
    parents: Sequence[int | None],
    boundaries: Boundaries,
    findings: Sequence[Finding],
) -> CheckReport:
    codes = [None if pd.isna(code) else str(code) for code in layer["code"]]
    whose = Whose([str(name) for name in layer["name"]], codes, rows_of(layer))
    shapes = np.array(layer.geometry, dtype=object)
    there = np.flatnonzero(~shapely.is_missing(shapes))
    found = [
        *findings,
        *check_codes(layer, level),
        *_twice(whose, parents),
        *_prefixes(whose, level, parents, boundaries),
        *check_shapes(shapes[there], whose.some(there.tolist())),
        *_parents(shapes, whose, parents, boundaries),
    ]
    return make_report(level, len(layer), found)


def _twice(whose: Whose, parents: Sequence[int | None]) -> list[Finding]:
    codes: dict[str, list[int]] = defaultdict(list)
    names: dict[tuple[str, int | None], list[int]] = defaultdict(list)
    for i, (name, code, parent) in enumerate(zip(whose.names, whose.codes, parents, strict=True)):
        if code is not None:
            codes[code].append(i)
        names[name, parent].append(i)
    out = [
        Finding(
            "duplicate code",
            tuple(whose.names[i] for i in who),
            f"{code}{_rows(whose, who)}",
            codes=(code,),
        )
        for code, who in codes.items()
        if len(who) > 1
    ]
    out += [
        Finding(
            "duplicate name",
            (name,),
            str(len(who)),
            codes=tuple(code for i in who if (code := whose.codes[i]) is not None),
        )
        for (name, _), who in names.items()
        if len(who) > 1
    ]
    return out


def _rows(whose: Whose, who: Sequence[int]) -> str:
    rows = [str(row) for i in who if (row := whose.rows[i]) is not None]
    return f" (rows {', '.join(rows)})" if rows else ""


def _prefixes(
    whose: Whose, level: str, parents: Sequence[int | None], boundaries: Boundaries
) -> list[Finding]:
    codes, names = (boundaries.units[column].tolist() for column in ("code", "name"))
    out = []
    for name, code, row, parent in zip(*whose, parents, strict=True):
        if parent is None or code is None or not has_form(code, level):
            continue
        above = boundaries.row(parent)
        if not belongs(code, codes[above]):
            words = f"{code} / {codes[above]} {names[above]}"
            out.append(Finding("code not of parent", (name,), words, codes=(code,), row=row))
    return out


def _list(layer: gpd.GeoDataFrame, level: str, boundaries: Boundaries) -> list[Finding]:
    """Compare codes and names with those of the units that are held."""
    held = boundaries.frame(level)
    by_code = dict(zip(held["code"], held["name"], strict=True))
    out = []
    for row, code, name in zip(rows_of(layer), layer["code"], layer["name"], strict=True):
        if pd.isna(code):
            continue
        known = by_code.get(code)
        if known is not None and known != name:
            kind = "spelt otherwise" if stem(known) == stem(name) else "name differs"
            out.append(Finding(kind, (name,), known, codes=(code,), row=row))
        elif known is None and (unit := boundaries.named(level, name)) is not None:
            other = boundaries.unit(unit).code
            out.append(Finding("code differs", (name,), other, codes=(code,), row=row))
    return out


def _parents(
    shapes: np.ndarray, whose: Whose, parents: Sequence[int | None], boundaries: Boundaries
) -> list[Finding]:
    above = np.array(boundaries.units.geometry, dtype=object)
    rows = [
        (i, row)
        for i, parent in enumerate(parents)
        if parent is not None
        and shapes[i] is not None
        and above[row := boundaries.row(parent)] is not None
    ]
    if not rows:
        return []
    own, at = (np.array(column) for column in zip(*rows, strict=True))
    used, position = np.unique(at, return_inverse=True)
    names = [str(boundaries.units["name"].iloc[row]) for row in used]
    return check_parents(
        shapes[own], whose.some(own.tolist()), position.tolist(), above[used], names
    )

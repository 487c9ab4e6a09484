"""What an import of named places tells: the findings row by row, and how far places reach."""

from collections import Counter
from pathlib import Path

import pandas as pd

from geo.places import PlaceReport
from geo.quality import PROBLEMS, findings_frame, judge, share_with_number
from grids.boundaries import Boundaries
from grids.coverage import coverage, lies_of
from maps.spreadsheets import safe_cell

_SHOWN = 5


def quality(
    frame: pd.DataFrame,
    report: PlaceReport,
    stored: pd.DataFrame,
    units: Boundaries,
    path: Path,
) -> tuple[dict[str, object], list[str]]:
    """Judge the places of a file, write the findings, and say them.

    Parameters
    ----------
    frame, report
        Of :func:`geo.places.read_places`.
    stored
        All places that are stored by now.
    units
        The units of today.
    path
        Where the findings are written, if there are any.

    Returns
    -------
    data, lines
        For a script and for a reader.
    """
    findings = judge(frame, report.strange_kinds, lies_of(frame, units))
    counts = Counter(one.problem for one in findings)
    if findings:
        path.parent.mkdir(parents=True, exist_ok=True)
        table = findings_frame(frame, report.row_numbers, findings).map(safe_cell)
        table.to_csv(path, index=False, encoding="utf-8-sig")  # the mark is for spreadsheets
    reach = coverage(stored, units)
    numbered = share_with_number(frame)
    data: dict[str, object] = {
        "kinds": frame["kind"].value_counts().to_dict(),
        "with_number": None if numbered is None else round(numbered, 3),
        "findings": {problem: counts[problem] for problem in PROBLEMS},
        "findings_file": str(path) if findings else None,
        "coverage": [
            {
                "level": one.level,
                "units": one.units,
                "with_places": one.with_places,
                "without": list(one.without),
            }
            for one in reach
        ],
    }
    lines = [f"{PROBLEMS[problem][0]}: {n}" for problem, n in counts.most_common()]
    if findings:
        lines.append(f"findings, row by row: {path}")
    if numbered is not None:
        lines.append(f"{numbered:.0%} have a road and a number in their address")
    for one in reach:
        few = "、".join(one.without[:_SHOWN]) + (" …" if len(one.without) > _SHOWN else "")
        missing = f"; none in {few}" if one.without else ""
        lines.append(f"{one.with_places} of {one.units} {one.level} units hold a place{missing}")
    return data, lines

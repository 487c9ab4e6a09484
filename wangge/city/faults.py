"""What a real export has besides its rows: corrections, duplicates, late and broken lines."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from wangge.city.classes import Leaf
from wangge.city.export import COLUMN, Row, Sheet
from wangge.city.outline import Ints

CORRECTED, DUPLICATED, LATE, BROKEN = 0.012, 0.003, 0.01, 0.0035  # shares of the rows
BREAKS = ("bad_time", "no_time", "no_id", "swapped", "not_a_number", "ragged_short", "ragged_long")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the export and the moment at which it came into the file."""

    at: datetime
    row: Row


def with_faults(
    sheet: Sheet, planted: Ints, leaves: tuple[Leaf, ...], until: datetime, rng: np.random.Generator
) -> tuple[list[Line], dict[str, int]]:
    """Put the rows in the order of the file, with all that goes wrong in one.

    A correction is a later line of the same 工单编号: the first line then has no point, or
    another class, or says less of the course. ``planted`` (shape (rows,)) is the event of each
    row, -1 for none; planted rows are neither corrected nor doubled. Broken lines are added, so
    that no row is lost; their number by sort of fault stands in the counts.
    """
    n = len(sheet.rows)
    normal = np.flatnonzero(planted < 0)
    luck = rng.random(n)
    late = {int(k) for k in normal[luck[normal] < LATE]}
    corrected = {int(k) for k in normal[luck[normal] > 1 - CORRECTED]}
    doubled = {int(k) for k in normal[(luck[normal] > 0.5) & (luck[normal] < 0.5 + DUPLICATED)]}
    lines: list[Line] = []
    for k, (row, at) in enumerate(zip(sheet.rows, sheet.received, strict=True)):
        if k in late:
            lines.append(Line(at + timedelta(hours=float(rng.uniform(1, 20))), row))
            continue
        lines.append(Line(at, _before(row, leaves, rng) if k in corrected else row))
        if k in corrected or k in doubled:
            later = at + timedelta(days=float(rng.uniform(0.5, 4)))
            lines.append(Line(min(later, until), row))
    broken = rng.choice(normal, size=round(BROKEN * n), replace=False).tolist()
    counts = dict.fromkeys(BREAKS, 0)
    for number, k in enumerate(broken):
        fault = BREAKS[number % len(BREAKS)]
        counts[fault] += 1
        lines.append(Line(sheet.received[k], _broken(sheet.rows[k], fault, number)))
    lines.sort(key=lambda line: line.at)
    totals = {
        "rows": len(lines),
        "appeals": n,
        "corrections": len(corrected),
        "duplicates": len(doubled),
        "late": len(late),
        "broken": len(broken),
    }
    return lines, totals | counts


def _before(row: Row, leaves: tuple[Leaf, ...], rng: np.random.Generator) -> Row:
    """Give the row as it stood before its correction."""
    first = list(row)
    for name in ("办结时间", "是否联系", "是否解决", "是否满意", "是否剔除", "剔除原因"):
        first[COLUMN[name]] = ""
    first[COLUMN["工单状态"]] = "待核实"
    luck = rng.random()
    if luck < 0.35:
        first[COLUMN["经度"]] = first[COLUMN["纬度"]] = ""
    elif luck < 0.7:
        upper = "/".join(row[5:7])
        others = [leaf.code for leaf in leaves if leaf.upper == upper and leaf.per_day > 0]
        first[5:8] = others[int(rng.integers(len(others)))].split("/")
    return first


def _broken(row: Row, fault: str, number: int) -> Row:
    """Give a broken copy of a row under an id of its own."""
    bad = list(row)
    bad[0] = f"YZX{number:06d}"
    received, lon, lat = COLUMN["受理时间"], COLUMN["经度"], COLUMN["纬度"]
    if fault == "bad_time":
        bad[received] = ("2025-02-30 10:00:00", "昨天下午", "2025-13-05 08:00:00")[number // 7 % 3]
    elif fault == "no_time":
        bad[received] = ""
    elif fault == "no_id":
        bad[0] = ""
    elif fault == "swapped":
        bad[lon], bad[lat] = "35.021340", "110.358210"
    elif fault == "not_a_number":
        bad[lon], bad[lat] = "不详", "待核实"
    elif fault == "ragged_short":
        bad = bad[:13]
    else:
        bad += ["", "多出一列"]
    return bad

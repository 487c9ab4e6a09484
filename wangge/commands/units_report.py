"""What the commands about units share: since when an edition holds, and the check report."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from grids.boundaries import Boundaries
from grids.findings import CheckReport, findings_frame
from maps.export import export
from wangge.site import Site, today
from wangge.terminal import Answer

# The first edition of a level holds for appeals of any age.
_EVER = date(1900, 1, 1)


def first_day(units: Boundaries, level: str, site: Site) -> date:
    """Tell since when an edition holds that names no day: the first ever since, others from now."""
    return today(site) if len(units.frame(level)) else _EVER


def report_answer(reports: Sequence[CheckReport], output: Path | None) -> Answer:
    """Tell the findings, and write them to a file where one is asked for."""
    lines = [line for report in reports for line in report.lines()]
    if output is not None:
        export(findings_frame(reports), output, layer_name="findings")
        lines.append(f"the findings are in {output}")
    data = {
        "ok": all(report.ok for report in reports),
        "levels": [report.to_json() for report in reports],
        "file": output,
    }
    return Answer(data, lines)

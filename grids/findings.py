"""What is wrong with a boundary layer, in words that an official can act on."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
from shapely.geometry.base import BaseGeometry

from grids.kinds import KINDS

COLUMNS = (
    "层级", "问题", "轻重", "行号", "编码", "名称", "面积_平方米", "经度", "纬度", "说明",
    "处理建议", "geometry",
)  # fmt: skip
"""Columns of :func:`findings_frame`."""

_SEVERITIES = {"error": "错误", "warning": "待核", "note": "提示"}
_LEVELS = {"district": "区", "street": "街乡镇", "community": "社区（村）", "grid": "网格"}


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """One finding about some units of a layer.

    Attributes
    ----------
    kind
        Of :data:`grids.kinds.KINDS`.
    units, codes
        Names and codes that it is about.
    detail
        What the kind's words leave open: another unit's name, the reason of an invalid ring.
    area_m2
        Its size where it has one.
    row
        Number of the row in the file, 1 below the header.
    shape
        Where it is: the ground in question, WGS84.
    """

    kind: str
    units: tuple[str, ...] = ()
    detail: str = ""
    area_m2: float | None = None
    codes: tuple[str, ...] = ()
    row: int | None = None
    shape: BaseGeometry | None = None

    @property
    def severity(self) -> str:
        """``error``, ``warning`` or ``note``."""
        return KINDS[self.kind].severity

    @property
    def words(self) -> str:
        """What it says, for a terminal."""
        return KINDS[self.kind].words.format(self.detail)

    @property
    def where(self) -> tuple[float, float] | None:
        """A WGS84 point of it, longitude first, at 1e-6 degrees."""
        if self.shape is None or self.shape.is_empty:
            return None
        point = self.shape.representative_point()
        return round(point.x, 6), round(point.y, 6)

    def line(self) -> str:
        """Write the finding as one line.

        Examples
        --------
        >>> Finding("overlap", ("甲社区", "乙社区"), area_m2=12345.6, row=3).line()
        'warning: overlap: row 3: 甲社区, 乙社区: both hold the same ground (12,346 m²)'
        """
        row = "" if self.row is None else f"row {self.row}: "
        who = f"{', '.join(self.units)}: " if self.units else ""
        near = "" if self.where is None else ", near {:.6f}, {:.6f}".format(*self.where)
        size = "" if self.area_m2 is None else f" ({self.area_m2:,.0f} m²{near})"
        return f"{self.severity}: {self.kind}: {row}{who}{self.words}{size}"

    def to_json(self) -> dict[str, object]:
        """Give the finding as data for ``--json``."""
        lon, lat = self.where or (None, None)
        return {
            "kind": self.kind,
            "severity": self.severity,
            "row": self.row,
            "units": self.units,
            "codes": self.codes,
            "words": self.words,
            "area_m2": None if self.area_m2 is None else round(self.area_m2, 1),
            "lon": lon,
            "lat": lat,
        }


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The findings about one level's units, errors first, then by kind and size."""

    level: str
    n_units: int
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing stands against taking the layer in."""
        return not any(finding.severity == "error" for finding in self.findings)

    def totals(self) -> dict[str, tuple[int, float]]:
        """Tell how many findings of each kind there are and their area in square metres."""
        out: dict[str, tuple[int, float]] = {}
        for finding in self.findings:
            n, area = out.get(finding.kind, (0, 0.0))
            out[finding.kind] = (n + 1, area + (finding.area_m2 or 0.0))
        return out

    def to_json(self) -> dict[str, object]:
        """Give the report as data for ``--json``."""
        totals = {kind: {"n": n, "area_m2": round(a)} for kind, (n, a) in self.totals().items()}
        return {
            "level": self.level,
            "units": self.n_units,
            "ok": self.ok,
            "totals": totals,
            "findings": [finding.to_json() for finding in self.findings],
        }

    def lines(self, most: int = 10) -> list[str]:
        """Write the report for a terminal, at most this many findings of a kind."""
        out = [f"{self.level}: {self.n_units} units, {len(self.findings)} findings"]
        for kind, (n, area_m2) in self.totals().items():
            size = f", {area_m2:,.0f} m² in all" if area_m2 else ""
            out.append(f"  {kind}: {n}{size}")
            mine = [finding for finding in self.findings if finding.kind == kind]
            out += [f"    {finding.line()}" for finding in mine[:most]]
            if n > most:
                out.append(f"    … and {n - most} more; -o FILE or --json lists all")
        return out


def make_report(level: str, n_units: int, findings: Sequence[Finding]) -> CheckReport:
    """Put findings in order: errors first, then by kind, the largest first."""
    rank = {"error": 0, "warning": 1, "note": 2}
    ordered = sorted(
        findings, key=lambda f: (rank[f.severity], f.kind, -(f.area_m2 or 0.0), f.units, f.detail)
    )
    return CheckReport(level, n_units, tuple(ordered))


def findings_frame(reports: Sequence[CheckReport]) -> gpd.GeoDataFrame:
    """Write reports as a table for an official, in Chinese.

    Returns
    -------
    GeoDataFrame
        One row a finding with the columns ``COLUMNS``: what it is, whom it is about, where, how
        large, and what to do; ``geometry`` is the ground in question (WGS84) or None.
    """
    rows = []
    for report in reports:
        for finding in report.findings:
            kind = KINDS[finding.kind]
            lon, lat = finding.where or (None, None)
            rows.append(
                (
                    _LEVELS[report.level],
                    kind.title,
                    _SEVERITIES[kind.severity],
                    finding.row,
                    "、".join(finding.codes),
                    "、".join(finding.units),
                    None if finding.area_m2 is None else round(finding.area_m2, 1),
                    lon,
                    lat,
                    kind.says.format(finding.detail),
                    kind.advice,
                    finding.shape,
                )
            )
    frame = gpd.GeoDataFrame(rows, columns=list(COLUMNS), geometry="geometry", crs="EPSG:4326")
    return frame.astype(
        {"行号": "Int64", "面积_平方米": "float64", "经度": "float64", "纬度": "float64"}
    )

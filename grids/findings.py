"""What is wrong with a boundary layer, in words that an official can act on."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding about one or two units of a layer.

    ``kind`` is one of a few fixed words (overlap, gap, no parent …), ``units`` the names it is
    about, ``area_m2`` its size in square metres where it has one. ``severity`` is ``error`` (the
    layer is refused), ``warning`` (look at it) or ``note`` (done for you).
    """

    kind: str
    units: tuple[str, ...]
    words: str
    area_m2: float | None = None
    severity: str = "warning"

    def line(self) -> str:
        """Write the finding as one line.

        Examples
        --------
        >>> Finding("overlap", ("甲社区", "乙社区"), "both hold the same ground", 12345.6).line()
        'warning: overlap: 甲社区, 乙社区: both hold the same ground (12,346 m²)'
        """
        size = "" if self.area_m2 is None else f" ({self.area_m2:,.0f} m²)"
        who = f"{', '.join(self.units)}: " if self.units else ""
        return f"{self.severity}: {self.kind}: {who}{self.words}{size}"


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
            "findings": [asdict(finding) for finding in self.findings],
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
                out.append(f"    … and {n - most} more; --json lists all")
        return out


def make_report(level: str, n_units: int, findings: Sequence[Finding]) -> CheckReport:
    """Put findings in order: errors first, then by kind, the largest first."""
    rank = {"error": 0, "warning": 1, "note": 2}
    ordered = sorted(
        findings, key=lambda f: (rank[f.severity], f.kind, -(f.area_m2 or 0.0), f.units)
    )
    return CheckReport(level, n_units, tuple(ordered))

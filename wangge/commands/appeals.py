"""``wangge ingest``: appeals in, from files and from standard input."""

import argparse
import sys
import time
from pathlib import Path

from appeals.errors import Conflict, InputError, WanggeError
from appeals.headers import plain_header, shown
from geo.formats import PLAIN
from wangge.arguments import Commands, add_site_command, datum
from wangge.datum_check import datum_lines
from wangge.ingest_report import IngestReport
from wangge.intake import Options, take_file
from wangge.site import Site, wall_clock
from wangge.terminal import Answer, Refused, progress_bar

_PAIRS = ("经纬度", "经纬度坐标", "坐标", "位置坐标", "lonlat", "latlon", "lnglat", "latlng")


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    ingest = add_site_command(commands, shared, "ingest", _ingest)
    ingest.add_argument("files", nargs="+", metavar="FILE", help="csv csv.gz xlsx jsonl parquet, -")
    ingest.add_argument("--mapping", type=Path, help="which column is which field (TOML)")
    ingest.add_argument("--datum", type=datum, help="of the coordinates")
    ingest.add_argument("--source", help="name of the source; ids are unique within it")
    ingest.add_argument(
        "--history", action="store_true", help="what is found is shown, never delivered"
    )
    ingest.add_argument(
        "--dry-run", action="store_true", help="tell what would come, store nothing"
    )


def _ingest(arguments: argparse.Namespace, site: Site) -> Answer:
    began = time.monotonic()
    for name in arguments.files:
        if name != "-" and not Path(name).is_file():
            folder = Path(name).is_dir()
            raise InputError(
                f"{name} is a folder: name its files" if folder else f"{name}: no such file"
            )
    options = Options(
        mapping=arguments.mapping,
        datum=arguments.datum,
        source=arguments.source,
        dry_run=arguments.dry_run,
    )
    ring = site.ring()
    whole, files, lines, why = IngestReport(), list[dict[str, object]](), list[str](), ""
    for name in arguments.files:
        try:
            report = take_file(
                site.engine,
                site.settings,
                ring,
                sys.stdin.buffer if name == "-" else Path(name),
                options,
                progress_bar(Path(name).name),
                clock=wall_clock,
                rejects_folder=site.folder / "rejects",
            )
        except WanggeError as error:
            if not files:
                raise
            why = f"{error} (the files named before it were taken in)"
            break
        whole.add(report)
        files.append({"file": name, **report.as_data()})
        lines += [f"{name}:", *_of_file(report)] if len(arguments.files) > 1 else _of_file(report)
    signals = alerts = None
    if not arguments.dry_run:
        try:
            signals, alerts = _watch(site, arguments.history)
        except WanggeError as error:
            why = why or f"the appeals are stored, but early warning did not run: {error}"
    data = {
        **whole.as_data(),
        "signals": signals,
        "alerts": alerts,
        "seconds": round(time.monotonic() - began, 2),
        "dry_run": arguments.dry_run,
        "files": files,
    }
    answer = Answer(
        {**data, "error": why} if why else data, [*_lines(whole, signals, alerts), *lines]
    )
    if why:
        raise Refused(why, answer)
    return answer


def _watch(site: Site, history: bool) -> tuple[int | None, int | None]:
    """Detect on what came in, where nobody else does; else give (None, None)."""
    if not site.embedded:
        return None, None
    from wangge.run_watch import run_watch  # river and scipy are heavy: only where they are needed

    try:
        report = run_watch(site.engine, site.settings, history=history)
    except Conflict:
        return None, None  # a live watcher sees the new appeals by itself
    return report.signals, report.alerts


def _lines(report: IngestReport, signals: int | None, alerts: int | None) -> list[str]:
    placed = ", ".join(f"{level} {n}" for level, n in report.placed.most_common()) or "none"
    lines = [
        f"read {report.read}: accepted {report.accepted}, updated {report.updated}, "
        f"duplicates {report.duplicates}, rejected {report.rejected}",
        f"placed: {placed}; to confirm {report.needs_confirm}, outside {report.outside}, "
        f"no place {report.unlocated}",
    ]
    lines += [f"sink: {lon:.6f}, {lat:.6f} carries {n} appeals" for lon, lat, n in report.sinks]
    if signals is not None:
        lines.append(f"signals {signals}, alerts {alerts}")
    return lines


def _of_file(report: IngestReport) -> list[str]:
    """Say what somebody has to mend in one file."""
    lines = [] if report.read else ["there is no row below the header"]
    if report.geocoder is not None:
        asked = "geocoder {name}: asked {asked}, answered {answered}".format(**report.geocoder)
        lines.append(asked + (f"; {report.geocoder['note']}" if report.geocoder["note"] else ""))
    if report.notation not in ("", str(PLAIN)):
        lines.append(f"coordinates are read as {report.notation}")
    lines += datum_lines(report.datum_check)
    if report.rejects_file:
        lines.append(f"rejects: {report.rejects_file}")
    for (field, reason), cause in report.most_common_reasons():
        rows = f"{cause.n} rows from row" if cause.n > 1 else "row"
        lines.append(f"  {rows} {cause.first_row}: {field} {reason}")
    if report.ignored:
        lines.append(f"columns not read: {shown(report.ignored)}")
    pairs = [header for header in report.ignored if plain_header(header) in _PAIRS]
    lines += [f"{one} holds both coordinates: part it into 经度 and 纬度" for one in pairs]
    lines += [f"left empty because not readable: {n} × {name}" for name, n in report.unread.items()]
    return lines

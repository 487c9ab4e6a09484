"""The made-up city through the public commands, and a scoreboard of what was found in it.

Everything that a user would do is done by the same commands; only the scoreboard reads the
database itself, to compare the alerts with what was planted.
"""

import contextlib
import csv
import io
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.evidence.store import evidence
from alerts.store import read_alerts
from appeals.database import reading
from appeals.errors import WanggeError
from appeals.privacy import Role, Viewer
from wangge.city.again import again
from wangge.city.export import HEADERS
from wangge.city.layers import write_table
from wangge.city.make import DATUM, SOURCE, TIME_ZONE, WEEK, CityFiles, make_city
from wangge.city.score import Raised, as_raised, false_alerts, missed, score
from wangge.city.truth import read_truth
from wangge.demo_people import make_people
from wangge.demo_roster import make_roster
from wangge.site import SETTINGS_FILE, Site, open_site

Run = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Board:
    """What a demo ends with: the counters of ``demo --json``, and lines for a reader."""

    counters: dict[str, object]
    lines: list[str]


def run_demo(folder: Path, run: Run, *, days: int, seed: int) -> Board:
    """Make a city in ``folder``, bring it in by the public commands, and compare.

    Parameters
    ----------
    folder
        Where the city's files and the installation go.
    run
        The command line: takes arguments and gives the exit code.
    days, seed
        Length of the made-up past, and what it is drawn from.

    Raises
    ------
    WanggeError
        A command was refused; its own reason stands on standard error.
    """
    started = time.monotonic()
    city = make_city(folder / "files", days=days, seed=seed)
    config = folder / SETTINGS_FILE
    if config.exists():
        raise WanggeError(f"{config} is here already: give another --dir")
    _command(run, ["init", str(folder)])
    _set_up(config, city)
    for arguments in commands(city, folder):
        _command(run, ["--config", str(config), *arguments])
    site = open_site(config)
    make_people(site)
    make_roster(site)
    board = compare(site, city)
    seconds = round(time.monotonic() - started, 1)
    return Board(
        {"seconds": seconds, **board.counters}, [*board.lines, f"{'seconds':<22} {seconds}"]
    )


def bring_today(folder: Path, run: Run, now: datetime) -> str:
    """Bring in the city's last week once more at today's dates; give a line that says so.

    After the comparison: what happens today was not planted, and its alerts are live.

    Parameters
    ----------
    folder, run
        As of :func:`run_demo`.
    now
        Aware.
    """
    local = now.astimezone(ZoneInfo(TIME_ZONE)).replace(tzinfo=None)
    with (folder / "files" / WEEK).open(encoding="utf-8-sig", newline="") as file:
        rows = again(list(csv.reader(file))[1:], local)
    if not rows:
        return "today                  no calls: the past is too short"
    path = folder / "files" / "演示_今天.csv"
    write_table(path, HEADERS, rows, encoding="utf-8-sig")
    words = ["ingest", str(path), "--datum", DATUM, "--source", SOURCE]
    _command(run, ["--config", str(folder / SETTINGS_FILE), *words])
    return f"today                  {len(rows)} calls: the city's last week once more, not compared"


def commands(city: CityFiles, folder: Path) -> list[list[str]]:
    """Give the commands that bring the city in, as a user would type them."""
    typed = [["classes", "import", str(city.classes)]]
    for layer in city.units:
        typed.append(["units", "import", str(layer.path), "--level", layer.level])
        typed[-1] += [f"--{name}={column}" for name, column in layer.columns.items()]
        typed[-1] += ["--datum", layer.datum, "--valid-from", "2020-01-01"]
        if layer.encoding:
            typed[-1] += ["--encoding", layer.encoding]
    for places in city.gazetteers:
        typed.append(["gazetteer", "import", str(places.path), "--kind", places.kind])
        typed[-1] += [f"--{name}={column}" for name, column in places.columns.items()]
        typed[-1] += ["--datum", places.datum]
    appeals = [str(path) for path in city.appeals]
    typed.append(["ingest", *appeals, "--datum", city.datum, "--source", city.source])
    month = read_truth(city.truth).start.strftime("%Y-%m")
    for level in ("street", "community", "h3-9"):
        out = folder / f"hotspots-{level}.geojson"
        typed.append(["hotspots", "--level", level, "--month", month, "-o", str(out)])
    return typed


def _command(run: Run, arguments: Sequence[str]) -> None:
    # A command's own answer is not the demo's: standard output belongs to the scoreboard.
    with contextlib.redirect_stdout(io.StringIO()):
        code = run(arguments)
    if code:
        raise WanggeError(f"`wangge {' '.join(arguments[:4])} …` ended with {code}")


def _set_up(config: Path, city: CityFiles) -> None:
    """Put the city's own settings in place of those that ``init`` wrote for any city."""
    ours = city.settings.read_text(encoding="utf-8")
    kept, skipping = [], False
    for line in config.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            skipping = line.split("]")[0] + "]" in ours
        if not skipping:
            kept.append(line)
    top, _, sections = ours.partition("[")
    config.write_text(top + "\n".join(kept) + "\n\n[" + sections, encoding="utf-8")


def compare(site: Site, city: CityFiles) -> Board:
    """Compare the alerts of an installation with what was planted in its city."""
    truth = read_truth(city.truth)
    raised = raised_alerts(site)
    counters = score(truth, raised)
    lines = [f"演示数据: {truth.city}, {truth.days} days, seed {truth.seed}", ""]
    for name, value in counters.items():
        # Found of planted, true of raised.
        shown = (
            " of ".join(map(str, reversed(value.values()))) if isinstance(value, dict) else value
        )
        lines.append(f"{name:<22} {shown}")
    lines += [
        f"missed                 {event.kind}: {event.class_code} ({event.size}), {event.note}"
        for event in missed(truth, raised)
    ]
    lines += [
        f"raised without cause   {', '.join([alert.kind, *sorted(alert.classes)])},"
        f" {len(alert.appeals)} appeals, {alert.first:%Y-%m-%d}"
        for alert in false_alerts(truth, raised)
    ]
    return Board(counters, lines)


def raised_alerts(site: Site) -> list[Raised]:
    """Give the alerts that the office was told, as the score sees them."""
    viewer = Viewer(actor="demo", role=Role.OPERATOR)
    with reading(site.engine) as connection:
        alerts = read_alerts(connection, viewer, limit=1_000_000)
        behind = dict(iter(evidence(connection).groupby("alert_id")))
    raised = []
    for alert in alerts:
        if alert["aside"]:
            continue
        classes = [key[4] for key in alert["detail"]["keys"]]
        rows = behind[alert["alert_id"]]
        raised.append(as_raised(alert["kind"], alert["area_kind"], classes, rows))
    return raised


def tell(board: Board) -> None:
    """Write the scoreboard for a reader on standard error, where logs go while pages are served."""
    sys.stderr.write("\n".join(board.lines) + "\n")

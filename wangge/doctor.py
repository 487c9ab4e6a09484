"""What is wrong with this installation, and what would put it right."""

import platform
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from alerts.duty.roster import AHEAD, gaps
from alerts.duty.store import read_posts, read_shifts
from alerts.lease.store import lease_is_held, read_mark
from alerts.routing import read_routing
from alerts.whistle.causes import read_causes
from appeals import store as appeal_store
from appeals.database import check_schema, open_database, reading
from appeals.errors import WanggeError
from geo.datum_checks.store import newest_checks
from grids.store import load_boundaries, newest_serial
from wangge.response import read_follower
from wangge.sensitive_terms import content_in_force, read_sensitive
from wangge.settings import read_settings
from wangge.site import Site, today, wall_clock

_ROOM_NEEDED = 1024**3  # bytes: a day of a large city's appeals with counts, many times over


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what was looked at, whether it is well, and what to say about it."""

    check: str
    well: bool
    says: str


def examine(config: Path) -> list[Finding]:
    """Look at everything that an installation stands on; never raises.

    Parameters
    ----------
    config
        The settings file.
    """
    findings = [_python()]
    try:
        settings = read_settings(config)
    except WanggeError as error:
        return [*findings, Finding("settings", False, str(error))]
    findings.append(Finding("settings", True, f"{config} is understood"))
    folder = config.resolve().parent
    findings += [_room(folder), _page()]
    try:
        engine = open_database(settings.database)
        check_schema(engine)
    except WanggeError as error:
        return [*findings, Finding("database", False, str(error))]
    findings.append(Finding("database", True, "answers, and its schema is this version's"))
    with Site(config.resolve(), settings, engine) as site:
        return [*findings, *_checks(site)]


def _checks(site: Site) -> list[Finding]:
    checks: tuple[tuple[str, Callable[[Site], Finding]], ...] = (
        ("keys", _keys),
        ("units", _units),
        ("calendar", _calendar),
        ("lexicon", _lexicon),
        ("response", _response),
        ("watcher", _watcher),
        ("datums", _datums),
    )
    findings = []
    for name, check in checks:
        try:
            findings.append(check(site))
        except WanggeError as error:
            findings.append(Finding(name, False, str(error)))
    return findings


def _python() -> Finding:
    version = platform.python_version()
    return Finding("python", sys.version_info >= (3, 11), f"Python {version}")


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    return Finding("disk", free >= _ROOM_NEEDED, f"{free / 1024**3:.1f} GiB free in {folder}")


def _page() -> Finding:
    static = resources.files("maps") / "static"
    if not (static / "index.html").is_file():
        return Finding("pages", False, "the live page is not installed")
    if not (static / "vendor").is_dir():
        return Finding("pages", False, "browser files are missing: run maps/web/install.py")
    return Finding("pages", True, "the pages and their browser files are here")


def _keys(site: Site) -> Finding:
    ring = site.ring()
    with reading(site.engine) as connection:
        unfit = appeal_store.unfit_keys(connection, ring)
    if unfit:
        return Finding("keys", False, f"the keys do not open what is sealed: {', '.join(unfit)}")
    return Finding("keys", True, "the keys are here and open what is sealed")


def _units(site: Site) -> Finding:
    with reading(site.engine) as connection:
        units = load_boundaries(connection, today(site))
    if not len(units):
        return Finding("units", False, "no boundaries yet: `wangge units import` brings them in")
    levels = ", ".join(f"{len(units.frame(level))} {level}" for level in units.levels)
    return Finding("units", True, levels)


def _calendar(site: Site) -> Finding:
    with reading(site.engine) as connection:
        known = appeal_store.calendar(connection)
    year, missing = today(site).year, known.missing_soon(today(site))
    says = "".join(f", no holidays of {one}: `wangge calendar import`" for one in missing)
    if year in missing:
        return Finding("calendar", False, says.removeprefix(", "))
    return Finding("calendar", True, f"the holidays of {year} are known{says}")


def _lexicon(site: Site) -> Finding:
    with reading(site.engine) as connection:
        _, whence = content_in_force(connection, site.settings)
        watch = read_sensitive(connection, site.settings)
        tree = appeal_store.class_tree(connection)
    focus, lexicon = watch.focus, watch.lexicon
    says = f"{len(lexicon.families)} families of sensitive terms, {lexicon.version}, {whence}"
    if site.settings.alerts.focus is not None:
        says += f"; {len(focus.periods)} periods, {len(focus.named)} points and people"
    # Without a tree a class is what the appeals say: then nothing can be held against it.
    known = {tree.words(code) for code in tree.parent}
    strange = sorted({c for one in focus.periods for c in one.classes} - known) if known else []
    if strange:
        says += f"; no class of this path: {', '.join(strange)}"
    return Finding("lexicon", not strange, says)


def _response(site: Site) -> Finding:
    own = site.settings.alerts
    levels = read_follower(site.settings).levels
    routing, causes = read_routing(own.routing), read_causes(own.whistles)
    tables = (
        f"{len(levels.rows)} rows of levels, {len(routing)} of who is told, {len(causes)} causes"
    )
    now = wall_clock()
    with reading(site.engine) as connection:
        posts = read_posts(connection)
        shifts = read_shifts(connection, now, now + AHEAD)
    empty = {one.post for one in gaps(posts, shifts, now, now + AHEAD)}
    if not posts:
        return Finding("response", True, f"{tables}; no posts: pushing an alert tells nobody")
    says = f"{tables}; {len(posts)} posts"
    if empty:
        says += f"; within 72 hours nobody is on duty for a time at {len(empty)} of them"
    return Finding("response", not empty, says)


def _datums(site: Site) -> Finding:
    with reading(site.engine) as connection:
        checks = newest_checks(connection)
    told = [one for one in checks if one.state in ("suspect", "divided")]
    if told:
        said = [f"{one.kind} of {one.source}: {one.figures}" for one in told]
        return Finding("datums", False, " | ".join(said))
    agreed = sum(one.state == "agrees" for one in checks)
    says = f"{agreed} of {len(checks)} sources agree with what is known"
    if agreed < len(checks):
        says += "; of the others nothing known tells"
    return Finding("datums", True, says)


def _watcher(site: Site) -> Finding:
    with reading(site.engine) as connection:
        mark, alive = read_mark(connection), lease_is_held(connection, wall_clock())
        newest = newest_serial(connection)
    behind = newest - mark.serial
    state = "alive" if alive else "not running"
    # On an embedded database ingest runs it to the end, and serve runs it inside.
    well = alive or behind == 0 or site.embedded
    return Finding("watcher", well, f"{state}, {behind} versions since its last closed day")

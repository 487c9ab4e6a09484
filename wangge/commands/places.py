"""``wangge gazetteer``, ``wangge locate`` and ``wangge place``: names in, 落点 and 落图 out."""

import argparse
from pathlib import Path

from appeals.database import reading, writing
from appeals.errors import InputError
from geo.datum_checks.store import add_check
from geo.gazetteer import KINDS
from geo.places import read_places
from geo.store import add_places, load_places
from grids.describe import describe_located, describe_point
from grids.placer import load_placer
from grids.store import load_boundaries
from wangge.arguments import Commands, add_family, add_site_command, datum, day, metres
from wangge.datum_check import check_places, datum_data, datum_lines
from wangge.site import Site, today, wall_clock
from wangge.terminal import Answer


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    gazetteer = add_family(commands, "gazetteer")
    bring = add_site_command(gazetteer, shared, "import", _import, "bring in a file of places")
    bring.add_argument("file", type=Path, metavar="FILE")
    for field in ("name", "address", "district", "lon", "lat"):
        bring.add_argument(f"--{field}", metavar="F", help=f"column of the {field}")
    bring.add_argument("--datum", type=datum, help="of the coordinates")
    bring.add_argument("--kind", choices=KINDS, default="compound")
    locate = add_site_command(commands, shared, "locate", _locate)
    locate.add_argument("texts", nargs="*", metavar="TEXT")
    locate.add_argument("--file", type=Path, help="one text a line, UTF-8")
    place = add_site_command(commands, shared, "place", _place)
    place.add_argument("--lon", type=float, required=True)
    place.add_argument("--lat", type=float, required=True)
    place.add_argument("--datum", type=datum, default="wgs84")
    place.add_argument("--radius-m", type=metres, default=0.0, help="how exactly it is known")
    place.add_argument("--on", type=day, metavar="DATE", help="by the units of this day")


def _import(arguments: argparse.Namespace, site: Site) -> Answer:
    from wangge.gazetteer_report import quality  # scipy is heavy: only where it is needed

    names = ("name", "address", "district", "lon", "lat")
    columns = {n: value for n in names if (value := getattr(arguments, n)) is not None}
    frame, report = read_places(
        arguments.file, columns, arguments.datum, arguments.kind, arguments.file.name
    )
    with writing(site.engine) as connection:
        units = load_boundaries(connection, today(site))
        verdict = check_places(frame, arguments.datum, load_places(connection), units)
        added = add_places(connection, frame)
        stored = load_places(connection)
        add_check(connection, "places", arguments.file.name, verdict, wall_clock())
    file = site.folder / "reports" / f"gazetteer-{arguments.file.name.split('.')[0]}.csv"
    judged, said = quality(frame, report, stored, units, file)
    data = {
        "rows": report.rows,
        "accepted": report.accepted,
        "added": added,
        "rejected": len(report.rejects),
        "rejects": [
            {"row": one.row, "field": one.field, "reason": one.reason} for one in report.rejects
        ],
        "sinks": [{"lon": lon, "lat": lat, "names": n} for lon, lat, n in report.sinks],
        "duplicate_names": report.duplicate_names,
        "far_apart": [{"name": name, "distance_m": far} for name, far in report.far_apart],
        **judged,
        **datum_data(verdict),
    }
    return Answer(data, [*report.lines(), *said, f"{added} places are new", *datum_lines(verdict)])


def _locate(arguments: argparse.Namespace, site: Site) -> Answer:
    texts: list[str] = list(arguments.texts)
    if arguments.file is not None:
        texts += _texts_of(arguments.file)
    elif not texts:
        arguments.parser.error("give TEXT or --file FILE")
    now = today(site)
    with reading(site.engine) as connection:
        placer = load_placer(connection, site.settings.cache)
    results = describe_located(placer.find(texts, now), placer.on(now))
    lines = [
        f"{one['level']:<10} {_units(one['units'])} "
        + (f"{one['lon']:.6f},{one['lat']:.6f} ±{one['radius_m']:.0f} m" if one["lon"] else "")
        for one in results
    ]
    return Answer({"results": results}, lines)


def _texts_of(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is no UTF-8 text: save it as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read: {error.strerror}") from error


def _units(units: object) -> str:
    return "/".join(one["name"] for one in units.values()) if isinstance(units, dict) else ""


def _place(arguments: argparse.Namespace, site: Site) -> Answer:
    with reading(site.engine) as connection:
        placer = load_placer(connection)
    found = describe_point(
        arguments.lon,
        arguments.lat,
        arguments.datum,
        arguments.radius_m,
        placer.on(arguments.on or today(site)),
    )
    border = " (on a border)" if found["border"] else ""
    lines = [f"{found['status']}: {_units(found['units'])}{border}"]
    candidates = found["candidates"]
    if isinstance(candidates, list):
        lines += [f"  {one['distance_m']} m  {one['code']}  {one['name']}" for one in candidates]
    return Answer(found, lines)

"""``wangge serve``, ``wangge doctor`` and ``wangge dump``: the service and its care."""

import argparse

from appeals.database import reading
from wangge.arguments import Commands, add_command, add_site_command, port
from wangge.site import Site
from wangge.terminal import Answer, Refused


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    serve = add_site_command(commands, shared, "serve", _serve)
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=port, default=8000)
    serve.add_argument(
        "--workers",
        type=int,
        default=1,
        metavar="N",
        help="1, the one process that serves; more are refused",
    )
    add_command(commands, shared, "doctor", _doctor)
    dump = add_site_command(commands, shared, "dump", _dump)
    dump.add_argument(
        "--stable",
        action="store_true",
        required=True,
        help="without serials and recording times: two stores of equal content dump equally",
    )


def _serve(arguments: argparse.Namespace, site: Site) -> Answer:
    from wangge.serve import serve  # the web server is needed here only

    serve(site, arguments.host, arguments.port, arguments.workers)
    return Answer({"served": True}, [])


def _doctor(arguments: argparse.Namespace) -> Answer:
    from wangge.doctor import examine

    findings = examine(arguments.config)
    sick = [one for one in findings if not one.well]
    data = {
        "well": not sick,
        "checks": [{"check": one.check, "well": one.well, "says": one.says} for one in findings],
    }
    lines = [f"{'ok  ' if one.well else 'BAD '} {one.check}: {one.says}" for one in findings]
    if sick:
        raise Refused(f"{len(sick)} of {len(findings)} checks failed", Answer(data, lines))
    return Answer(data, lines)


def _dump(arguments: argparse.Namespace, site: Site) -> Answer:
    from wangge.dump import stable_lines

    with reading(site.engine) as connection:
        lines = list(stable_lines(connection))
    return Answer({"rows": lines} if arguments.json else {}, [], raw=lines)

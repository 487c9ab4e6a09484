"""``wangge demo``: a made-up city through the same doors as a user's files."""

import argparse
import tempfile
from pathlib import Path

from wangge.arguments import Commands, add_command, port
from wangge.site import SETTINGS_FILE, open_site, wall_clock
from wangge.terminal import Answer


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the command known."""
    demo = add_command(commands, shared, "demo", _demo)
    demo.add_argument("--days", type=int, default=60)
    demo.add_argument("--seed", type=int, default=7)
    demo.add_argument("--port", type=port, default=8000)
    demo.add_argument("--no-serve", action="store_true")
    demo.add_argument("--dir", type=Path, help="where to make it; a new temporary folder without")


def _demo(arguments: argparse.Namespace) -> Answer:
    from wangge.cli import main  # the demo types what a user would type
    from wangge.demo import bring_today, run_demo

    if not arguments.no_serve:
        _check_port(arguments.port)
    folder: Path = arguments.dir or Path(tempfile.mkdtemp(prefix="wangge-demo-"))
    board = run_demo(folder, main, days=arguments.days, seed=arguments.seed)
    if arguments.no_serve:
        return Answer(board.counters, board.lines)
    today = bring_today(folder, main, wall_clock())
    lines = [*board.lines, today, "", f"http://127.0.0.1:{arguments.port}/ until Ctrl+C"]
    return Answer(board.counters, lines, then=lambda: _serve(folder, arguments.port))


def _check_port(port: int) -> None:
    """Refuse a port that is taken before the minutes that a city takes."""
    from wangge.serve import listening

    listening("127.0.0.1", port).close()


def _serve(folder: Path, port: int) -> None:
    from wangge.serve import serve  # the web server is needed here only

    with open_site(folder / SETTINGS_FILE) as site:
        serve(site, "127.0.0.1", port, 1)

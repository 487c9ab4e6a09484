"""How a command is made known to the parser, and the kinds of value that several take."""

import argparse
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from appeals.declared import CHOICES, declared_datum
from appeals.errors import InputError
from wangge.command_table import SUMMARIES
from wangge.site import Site, open_site
from wangge.terminal import Answer

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
Run = Callable[[argparse.Namespace], Answer]
RunAt = Callable[[argparse.Namespace, Site], Answer]

UNIT_LEVELS = ("district", "street", "community", "grid")
CELL_LEVELS = ("h3-8", "h3-9", "h3-10")


def add_command(
    commands: Commands, shared: argparse.ArgumentParser, name: str, run: Run, says: str = ""
) -> argparse.ArgumentParser:
    """Make one command known.

    Parameters
    ----------
    commands
        The group that it belongs to.
    shared
        The options that every command has.
    name
        As it is typed.
    run
        Called with the parsed arguments; gives the answer or raises.
    says
        One line of help; of a command that is in no family the table has it.
    """
    says = says or SUMMARIES[name]
    parser = commands.add_parser(
        name, help=says, description=says, parents=[shared], allow_abbrev=False
    )
    parser.set_defaults(run=run, parser=parser)
    return parser


def add_site_command(
    commands: Commands, shared: argparse.ArgumentParser, name: str, run: RunAt, says: str = ""
) -> argparse.ArgumentParser:
    """Make a command known that works on an opened installation; it is closed after it.

    Parameters are those of :func:`add_command`; ``run`` is given the installation too.
    """

    def opened(arguments: argparse.Namespace) -> Answer:
        with open_site(arguments.config) as site:
            return run(arguments, site)

    return add_command(commands, shared, name, opened, says)


def add_family(commands: Commands, name: str) -> Commands:
    """Make a group of commands known (``units import``, ``units list``) and give it."""
    says = SUMMARIES[name]
    parser = commands.add_parser(name, help=says, description=says, allow_abbrev=False)
    return parser.add_subparsers(dest="action", metavar="ACTION", required=True)


def day(text: str) -> date:
    """Read a day as ``YYYY-MM-DD``.

    >>> day("2026-02-28")
    datetime.date(2026, 2, 28)
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a day is YYYY-MM-DD") from error


def month(text: str) -> tuple[int, int]:
    """Read a month as ``YYYY-MM``.

    >>> month("2026-02")
    (2026, 2)
    """
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError as error:
        raise argparse.ArgumentTypeError("a month is YYYY-MM") from error
    return first.year, first.month


def count(text: str) -> int:
    """Read a number of things, at least one.

    >>> count("50")
    50
    """
    if not text.isascii() or not text.isdigit() or int(text) < 1 or len(text) > 9:
        raise argparse.ArgumentTypeError("a number of things is 1 or more")
    return int(text)


def port(text: str) -> int:
    """Read the number of a port.

    >>> port("8000")
    8000
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:6]) <= 65_535:
        raise argparse.ArgumentTypeError("a port is 1 to 65535")
    return int(text)


def metres(text: str) -> float:
    """Read a length in metres, 0 or more.

    >>> metres("12.5")
    12.5
    """
    try:
        length = float(text)
    except ValueError:
        length = -1.0
    if not 0 <= length < 1e8:
        raise argparse.ArgumentTypeError("a length in metres is 0 or more")
    return length


def datum(text: str) -> str:
    """Read the name of a datum.

    >>> datum("gcj02"), datum("epsg:4490")
    ('gcj02', 'EPSG:4490')
    """
    try:
        return declared_datum(text)
    except InputError as error:
        raise argparse.ArgumentTypeError(f"a datum is one of {CHOICES}") from error

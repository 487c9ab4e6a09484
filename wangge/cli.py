"""The command line: ``wangge``.

Exit codes: 0 done, 1 a refusal with its reason, 2 wrong usage. With ``--json`` one JSON object is
the only thing on standard output; progress, warnings and logs go to standard error.
"""

import argparse
import difflib
import errno
import importlib
import io
import logging
import os
import re
import sys
import traceback
from collections.abc import Collection, Iterable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Never, TextIO

from appeals.errors import WanggeError
from wangge.command_table import MODULES
from wangge.site import SETTINGS_FILE
from wangge.terminal import Answer, Refused, as_json

_NO_TEXT = re.compile("[\udc80-\udcff]")  # bytes of an argument that its encoding does not know


class _Parser(argparse.ArgumentParser):
    """argparse, with the nearest name in place of a riddle."""

    def error(self, message: str) -> Never:
        """Say what is wrong and what was probably meant; exit 2."""
        found = re.search(r"invalid choice: '?([^' ]*)'? \(choose from (.*)\)", message)
        if found:
            known = re.findall(r"[\w.:-]+", found.group(2))
            message = f"unknown: {found.group(1)!r}" + _nearest(found.group(1), known)
        missing = re.fullmatch(r"the following arguments are required: (COMMAND|ACTION)", message)
        if missing:
            message = f"name a {missing.group(1)}: `{self.prog} --help` lists them"
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}\n")


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(known)}"


def build_parser(asked: Collection[str] | None = None) -> argparse.ArgumentParser:
    """Build the parser of the commands that ``asked`` names; without it, of all.

    Of the others name and line of help are known: a slip is told, and the list is whole.
    """
    parser = _Parser(prog="wangge", description=__doc__, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"wangge {version('wangge')}")
    _add_globals(parser, top=True)
    # The same two options after the command; SUPPRESS keeps what stood before it.
    shared = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    _add_globals(shared, top=False)
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", required=True, parser_class=_Parser
    )
    for module, summaries in MODULES.items():
        if asked is None or not summaries.keys().isdisjoint(asked):
            family = importlib.import_module(f"wangge.commands.{module}")
            # The benchmarks are a table of their own, whose modules load heavy peers.
            family.register(commands, shared, *((asked,) if module == "bench" else ()))
        else:
            for name, says in summaries.items():
                commands.add_parser(name, help=says)
    return parser


def _add_globals(parser: argparse.ArgumentParser, *, top: bool) -> None:
    quiet = argparse.SUPPRESS
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=Path(SETTINGS_FILE) if top else quiet,
        help=f"settings file (default: {SETTINGS_FILE} here)",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        default=False if top else quiet,
        help="one JSON object on standard output",
    )
    parser.add_argument(
        "--verbose",
        action="store_true",
        default=False if top else quiet,
        help="tell more on standard error",
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code."""
    # What a terminal of another encoding (C, GBK) cannot show is written as an escape.
    for stream in (sys.stdout, sys.stderr):
        _set(stream, errors="backslashreplace")
    argv = sys.argv[1:] if argv is None else argv
    parser = build_parser(argv)
    arguments, unknown = parser.parse_known_args(argv)
    if unknown:
        mine: argparse.ArgumentParser = arguments.parser
        options = sorted(o for action in mine._actions for o in action.option_strings)
        near = _nearest(unknown[0], options) if unknown[0].startswith("-") else ""
        mine.error(f"unknown argument {unknown[0].partition('=')[0]!r}{near}")
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if arguments.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        force=True,
    )
    logging.captureWarnings(True)
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    try:
        answer: Answer = arguments.run(arguments)
        _print(answer, as_object=arguments.json)
        if answer.then is not None:
            answer.then()
    except Refused as refusal:
        _print(refusal.answer, as_object=arguments.json)
        print(f"wangge: {refusal}", file=sys.stderr)
        return 1
    except WanggeError as error:
        if arguments.json:
            _write([as_json({"error": str(error), "kind": type(error).__name__}).decode()])
        print(f"wangge: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        print("wangge: stopped", file=sys.stderr)
        return 130
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS):
            print(f"wangge: {os.strerror(error.errno)}", file=sys.stderr)
        elif isinstance(error, UnicodeEncodeError) and _NO_TEXT.search(error.object):
            print(
                "wangge: an argument (a file's name, a text) is not in this terminal's encoding",
                file=sys.stderr,
            )
        else:
            _tell_bug(error)
        return 1
    return 0


def _tell_bug(error: Exception) -> None:
    # Neither the message nor the values of an unforeseen error: they may hold a citizen's words.
    print(f"wangge: internal error {type(error).__name__} (a bug: please report)", file=sys.stderr)
    for frame in traceback.extract_tb(error.__traceback__)[-8:]:
        print(f"  {frame.filename}:{frame.lineno} in {frame.name}", file=sys.stderr)


def _print(answer: Answer, *, as_object: bool) -> None:
    if as_object:
        _write([as_json(answer.data).decode()])
    elif answer.raw is not None:
        _write(answer.raw)
    else:
        for line in answer.lines:
            print(line)
    sys.stdout.flush()


def _write(lines: Iterable[str]) -> None:
    # What programs read is UTF-8 on whatever terminal (RFC 8259).
    _set(sys.stdout, encoding="utf-8")
    for line in lines:
        print(line)


def _set(stream: TextIO, *, encoding: str | None = None, errors: str = "strict") -> None:
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding=encoding, errors=errors)


if __name__ == "__main__":
    sys.exit(main())

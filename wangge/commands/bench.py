"""``wangge bench``: the product measured on this machine beside the named peers."""

import argparse
import importlib
import pkgutil
from collections.abc import Collection
from types import ModuleType

import benchmarks
from benchmarks.result import Result
from wangge.arguments import Commands, add_family
from wangge.terminal import Answer


def register(
    commands: Commands,
    shared: argparse.ArgumentParser,
    asked: Collection[str] | None = None,
) -> None:
    """Make the commands known.

    Parameters
    ----------
    commands, shared
        As for every family.
    asked
        The words of the command line: a benchmark that they do not name is not loaded, for its
        peers are heavy. Without them all are.
    """
    family = add_family(commands, "bench")
    known = names()
    if asked is not None:
        known = [name for name in known if name in asked] or known
    for name in known:
        module = _module(name)
        command = family.add_parser(name, parents=[shared], help=module.SUMMARY.replace("%", "%%"))
        module.add_arguments(command)
        command.set_defaults(run=_run, bench=name, parser=command)


def names() -> list[str]:
    """List the benchmarks that are here."""
    found = (one.name for one in pkgutil.iter_modules(benchmarks.__path__))
    return sorted(name for name in found if name not in ("kept", "result"))


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}")


def _run(arguments: argparse.Namespace) -> Answer:
    result: Result = _module(arguments.bench).run(arguments)
    return Answer(result.data, result.lines)

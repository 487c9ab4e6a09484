"""``wangge bench``: the product measured on this machine beside the named peers."""

import argparse
import importlib
import pkgutil
from types import ModuleType

import benchmarks
from benchmarks.result import Result
from wangge.arguments import Commands, add_family
from wangge.terminal import Answer


def register(commands: Commands, shared: argparse.ArgumentParser) -> None:
    """Make the commands known."""
    family = add_family(commands, "bench", "the product's own benchmarks, as ratios")
    for name in names():
        module = _module(name)
        command = family.add_parser(name, parents=[shared], help=module.SUMMARY)
        module.add_arguments(command)
        command.set_defaults(run=_run, bench=name, parser=command)


def names() -> list[str]:
    """List the benchmarks that are here."""
    found = (one.name for one in pkgutil.iter_modules(benchmarks.__path__))
    return sorted(name for name in found if name != "result")


def _module(name: str) -> ModuleType:
    return importlib.import_module(f"benchmarks.{name}")


def _run(arguments: argparse.Namespace) -> Answer:
    result: Result = _module(arguments.bench).run(arguments)
    return Answer(result.data, result.lines)

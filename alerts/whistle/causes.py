"""The causes of a whistle (吹哨情形) with their clocks: a table that an office edits."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from appeals.errors import InputError
from appeals.toml_rows import read_rows


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause; without ``on_site_min`` the time on site is agreed when it is drafted."""

    key: str
    name: str
    answer_min: float
    on_site_min: float | None = None


Causes = dict[str, Cause]


def read_causes(path: Path | None = None) -> Causes:
    """Read the table of a file, or the one that the product brings, by key.

    Raises
    ------
    InputError
        A cause cannot be understood.

    Examples
    --------
    >>> read_causes()["emergency"]
    Cause(key='emergency', name='应急处置', answer_min=10, on_site_min=30)
    """
    where, given = read_rows(path, ("alerts.whistle", "causes.toml"), "whistles", "cause")
    causes: Causes = {}
    for number, one in enumerate(given, start=1):
        fault = next(_faults(one, causes), None)
        if fault is not None:
            raise InputError(f"{where}: cause {number}: {fault}")
        causes[one["key"]] = Cause(**one)
    if not causes:
        raise InputError(f"{where} has no cause")
    return causes


def _faults(given: dict[str, Any], before: Causes) -> Iterator[str]:
    unknown = given.keys() - Cause.__dataclass_fields__.keys()
    if unknown:
        yield f"{min(unknown)} is unknown; known: {', '.join(Cause.__dataclass_fields__)}"
    for name in ("key", "name"):
        if not str(given.get(name) or "").strip():
            yield f"{name} is empty"
    if given.get("key") in before:
        yield "key stands there twice"
    for name in ("answer_min", "on_site_min"):
        value = given.get(name, None if name == "answer_min" else 1)
        if not isinstance(value, int | float) or isinstance(value, bool) or value <= 0:
            yield f"{name} is a number of minutes above 0"

"""How one source's files are to be read: the mapping file that an office writes once.

A mapping is a TOML file::

    source = "12345"                 # name of the source; ids are unique within it
    time_zone = "Asia/Shanghai"      # of times without an offset; else the jurisdiction's
    datum = "gcj02"                  # of the coordinates: wgs84 cgcs2000 gcj02 bd09 EPSG:NNNN …
    notation = "millionths"          # of their numbers, where it is not to be recognised

    [columns]                        # field = "header"; "" leaves a known header unread
    id = "case"
    received_at = "date"

    [constants]                      # field = value that every row has
    district = "西陵区"

    [level_of_place]                 # value of the level_of_place column = level
    region = "district"
    ok = "point"

    [results]                        # field of a result = header that the platform reads
    result = "办理结果"

Headers that are known by alias need no entry.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from appeals.declared import CHOICES, FORM, NOTATIONS
from appeals.errors import InputError
from appeals.headers import FIELDS, nearest
from appeals.toml_files import read_toml

LEVELS_OF_PLACE: tuple[str, ...] = (
    "point",
    "plate",
    "building",
    "compound",
    "community",
    "road",
    "street",
    "district",
    "unlocated",
)
"""The levels that a source can say its coordinates have; ``point`` is a pin taken as declared."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """How one source's files are to be read; see the module for the file that holds it.

    ``columns`` and ``constants`` are by field name (:data:`appeals.headers.FIELDS`),
    ``level_of_place`` by the value that the source writes, ``results`` by the field of what came of
    an order (:data:`casework.results.FIELDS`).
    """

    source: str | None = None
    time_zone: str | None = None
    datum: str | None = None
    notation: str | None = None
    columns: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    level_of_place: dict[str, str] = field(default_factory=dict)
    # Not in the mark by which a file is known again: it does not change how the file is read.
    results: dict[str, str] = field(default_factory=dict, repr=False)


DEFAULT = Mapping()
"""No mapping file: headers are known by alias alone."""

_TOP = tuple(Mapping.__dataclass_fields__)


def read_mapping(path: Path) -> Mapping:
    """Read a mapping file.

    Raises
    ------
    InputError
        The file is missing or no TOML; a key, field, level, time zone or datum is unknown (the
        nearest known name is told); one field has both a column and a constant.
    """
    name = path.name
    given = read_toml(path, f"mapping file {name}")
    for key in given:
        _must_be_known(name, "key", key, _TOP)
    mapping = Mapping(
        source=_word(name, given, "source"),
        time_zone=_word(name, given, "time_zone"),
        datum=_word(name, given, "datum"),
        notation=_word(name, given, "notation"),
        columns=_table(name, given, "columns"),
        constants=_table(name, given, "constants"),
        level_of_place=_table(name, given, "level_of_place"),
        results=_table(name, given, "results"),
    )
    _check(name, mapping)
    return mapping


def _must_be_known(name: str, what: str, given: str, known: Iterable[str]) -> None:
    names = tuple(known)
    if given not in names:
        near = nearest(given, names)
        hint = f"; did you mean {near}?" if near else f"; known are {', '.join(names)}"
        raise InputError(f"mapping file {name}: unknown {what} {given}{hint}")


def _word(name: str, given: dict[str, object], key: str) -> str | None:
    value = given.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or not value.strip():
        raise InputError(f"mapping file {name}: {key} must be a text in quotes")
    return value.strip()


def _table(name: str, given: dict[str, object], key: str) -> dict[str, str]:
    table = given.get(key, {})
    if not isinstance(table, dict):
        raise InputError(f"mapping file {name}: {key} must be a table, [{key}]")
    words: dict[str, str] = {}
    for entry, value in table.items():
        if isinstance(value, bool):
            value = "true" if value else "false"
        if not isinstance(value, str) and (key != "constants" or isinstance(value, dict | list)):
            raise InputError(f"mapping file {name}: [{key}] {entry} must be a text in quotes")
        words[str(entry)] = str(value).strip()
    return words


def _check(name: str, mapping: Mapping) -> None:
    for part, table in (("columns", mapping.columns), ("constants", mapping.constants)):
        for entry in table:
            _must_be_known(name, f"field in [{part}]", entry, FIELDS)
    for entry in mapping.constants:
        if mapping.columns.get(entry):
            raise InputError(
                f"mapping file {name}: {entry} has a column and a constant: give one of them"
            )
    for level in mapping.level_of_place.values():
        _must_be_known(name, "level in [level_of_place]", level, LEVELS_OF_PLACE)
    if mapping.time_zone is not None:
        read_zone(mapping.time_zone, f"mapping file {name}: time_zone")
    if mapping.notation is not None:
        _must_be_known(name, "notation", mapping.notation, NOTATIONS)
    if mapping.datum is not None and not re.match(FORM, mapping.datum):
        raise InputError(
            f"mapping file {name}: unknown datum {mapping.datum}: give one of {CHOICES}"
        )


def read_zone(name: str, where: str = "time zone") -> ZoneInfo:
    """Give the time zone of this IANA name, such as ``Asia/Shanghai``.

    Raises
    ------
    InputError
        There is no such zone; ``where`` says which setting named it.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise InputError(f"{where}: there is no zone {name}; write it as Asia/Shanghai") from error

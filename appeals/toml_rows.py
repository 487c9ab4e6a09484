"""Tables that an office may change: rows of TOML, of a given file or of the product's own."""

import tomllib
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from appeals.toml_files import read_toml


def read_rows(path: Path | None, brought: tuple[str, str], what: str, key: str) -> tuple[str, Any]:
    """Read the rows of a table.

    Parameters
    ----------
    path
        The office's own file; without one, the file ``brought``.
    brought
        Package and name of the file that comes with the product.
    what, key
        What a message begins with, and under which key the rows stand.

    Returns
    -------
    where, rows
        How a message names the file, and what stands under the key, nothing where it is missing.

    Raises
    ------
    InputError
        The file cannot be read or is no TOML.
    """
    where = f"{what}: {path.name if path else brought[1]}"
    given = read_toml(path, where) if path else tomllib.loads(_text(*brought))
    return where, given.get(key, [])


@cache
def _text(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")
